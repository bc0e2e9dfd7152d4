//! Commit order: whoever follows by position misses nothing. Not here: the lane that makes it so.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use common::{
    chance::Chance,
    db::Db,
    error::Result,
    feed::{Emit, emit},
};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use serde_json::json;
use testkit::{Backend, Mode, Stack, fact, sample_enterprise};
use tokio::sync::watch;

use super::{Replicas, outbox};

const WRITERS: usize = 16;
const WRITES: usize = 25;
const READERS: usize = 4;

#[tokio::test]
async fn followers_of_two_replicas_miss_nothing_sqlite() {
    replicas(&Backend::Sqlite).await;
}

#[tokio::test]
async fn followers_of_two_replicas_miss_nothing_postgres() {
    let Some(backend) = Backend::postgres() else { return };
    replicas(&backend).await;
}

async fn replicas(backend: &Backend) {
    let (replicas, chance) = (Replicas::of(backend), Arc::new(Chance::seeded(7)));
    let (done, ended) = watch::channel(false);
    let readers: Vec<_> = (0..READERS).map(|number| tokio::spawn(follow(replicas.each(number), ended.clone()))).collect();
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let (db, chance) = (replicas.each(writer), Arc::clone(&chance));
        writers.push(tokio::spawn(async move {
            let mut positions = Vec::new();
            for number in 0..WRITES {
                let (pause, many) = (Duration::from_micros(chance.below(3_000)), 1 + chance.below(3));
                let subject = format!("{writer}-{number}");
                let ran = db.write(move |tx| {
                    let told = Emit { kind: "test", audience: "partner", subject: &subject, actor: "test" };
                    let told = (0..many).map(|_| emit(tx, told, &json!({}))).collect::<Result<Vec<_>>>();
                    // The position is taken; whoever commits earlier must not get a later one.
                    std::thread::sleep(pause);
                    // Some are refused after they took a position: no hole may stay.
                    if number % 5 == 4 { Err(common::error::Error::internal("refused")) } else { told }
                });
                match ran.await {
                    Ok(told) => positions.extend(told),
                    Err(error) => assert_eq!((error.code(), number % 5), ("internal", 4), "{error}"),
                }
            }
            positions
        }));
    }
    let mut written = BTreeSet::new();
    for writer in writers {
        for position in writer.await.unwrap() {
            assert!(written.insert(position), "{position} was given twice");
        }
    }
    done.send(true).unwrap();
    assert!(written.iter().zip(1..).all(|(found, expected)| *found == expected), "the feed has holes");
    for reader in readers {
        let seen = reader.await.unwrap();
        assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "positions must rise");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), written, "a reader missed what was committed late");
    }
}

/// Reads on from the last position that was seen, and never back.
async fn follow(db: Db, ended: watch::Receiver<bool>) -> Vec<i64> {
    let mut seen: Vec<i64> = Vec::new();
    loop {
        let last = *ended.borrow();
        let after = seen.last().copied().unwrap_or(0);
        let read = db.read(move |conn| {
            let rows = outbox::table.filter(outbox::position.gt(after)).order(outbox::position.asc()).limit(50);
            Ok(rows.select(outbox::position).load::<i64>(conn)?)
        });
        let rows = read.await.unwrap();
        let nothing = rows.is_empty();
        seen.extend(rows);
        if last && nothing {
            return seen;
        }
    }
}

#[tokio::test]
async fn followers_over_http_miss_nothing_sqlite() {
    over_http(&Backend::Sqlite).await;
}

#[tokio::test]
async fn followers_over_http_miss_nothing_postgres() {
    let Some(backend) = Backend::postgres() else { return };
    over_http(&backend).await;
}

async fn over_http(backend: &Backend) {
    let stack = Stack::start(Mode::AllInOne, backend, &[]);
    let officer = stack.officer().await;
    let (done, ended) = watch::channel(false);
    let readers: Vec<_> = (0..READERS)
        .map(|_| {
            let (officer, ended) = (officer.at(officer.base()), ended.clone());
            tokio::spawn(async move {
                let (mut after, mut seen) = (0, Vec::new());
                loop {
                    let last = *ended.borrow();
                    let page = officer.get(&format!("/credit/v1/events?after={after}&limit=7&wait=1")).await.expect_status(200);
                    let items = page.field("/items").as_array().unwrap();
                    seen.extend(items.iter().map(|event| event["position"].as_i64().unwrap()));
                    after = page.field("/next").as_i64().unwrap();
                    assert_eq!(seen.last().copied().unwrap_or(0), after, "an authority sees everything");
                    if last && items.is_empty() {
                        return seen;
                    }
                }
            })
        })
        .collect();
    let mut writers = Vec::new();
    for _ in 0..8 {
        let (officer, sample) = (officer.at(officer.base()), sample_enterprise());
        writers.push(tokio::spawn(async move {
            officer.put(&sample.path(), &sample.body).await.expect_status(201);
            for _ in 0..10 {
                officer.post("/credit/v1/facts", &fact(&sample.code, "award")).await.expect_status(201);
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let head = stack.head().await;
    done.send(true).unwrap();
    for reader in readers {
        assert_eq!(reader.await.unwrap(), (1..=head).collect::<Vec<_>>());
    }
}
