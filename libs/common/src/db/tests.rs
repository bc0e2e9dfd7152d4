//! The write lane on SQLite: what fails leaves nothing, what panics fails alone, what is acknowledged stays.

use std::sync::Arc;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use model::instant::Instant;

use super::{Db, OnceKey, Surroundings, Target, Tx, idempotency, outbox};
use crate::{
    chance::Chance,
    clock::Clock,
    db::Answer,
    error::{Code, Error, Result},
    feed::{Emit, emit, head},
    kv::Kv,
};

const NONE: EmbeddedMigrations = embed_migrations!("migrations");

pub(crate) struct Folder(std::path::PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

pub(crate) fn open(clock: Clock) -> (Db, Folder) {
    let folder = std::env::temp_dir().join(Chance::system().id("db", Instant::from_micros(0)));
    let around = Surroundings { service: "test", clock, chance: Chance::system(), kv: Kv::memory() };
    let db = Db::open(&Target::Sqlite(folder.join("test.sqlite")), around, NONE).unwrap();
    (db, Folder(folder))
}

fn tell(tx: &mut Tx<'_>, subject: &str) -> Result<i64> {
    emit(tx, Emit { kind: "touchstone.test.thing.done.v1", audience: "partner", subject, actor: "test" }, &serde_json::json!({}))
}

fn refused() -> Error {
    Error::rule("refused", model::text::Text::new("不行", "no"))
}

#[actix_web::test]
async fn a_refused_write_leaves_nothing_and_takes_no_position() {
    let (db, _folder) = open(Clock::system());
    let writes = (0..50).map(|n| {
        let db = db.clone();
        async move {
            db.write(move |tx| {
                let position = tell(tx, &format!("S{n}"))?;
                if n % 3 == 0 { Err(refused()) } else { Ok(position) }
            })
            .await
        }
    });
    let outcomes = futures_util::future::join_all(writes).await;
    let mut positions: Vec<i64> = outcomes.into_iter().filter_map(Result::ok).collect();
    positions.sort_unstable();
    assert_eq!(positions, (1..=33).collect::<Vec<i64>>());
    let stored: i64 = db.read(|conn| Ok(outbox::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!((stored, db.read(head).await.unwrap()), (33, 33));
}

#[actix_web::test]
async fn a_panic_fails_only_its_own_write_even_from_within_a_savepoint() {
    let (db, _folder) = open(Clock::system());
    let bad = db.write(|tx| -> Result<()> {
        tell(tx, "LOST")?;
        tx.nested(|inner| {
            tell(inner, "LOST TOO")?;
            panic!("on purpose")
        })
    });
    let good = db.write(|tx| tell(tx, "KEPT"));
    let (bad, good) = futures_util::join!(bad, good);
    assert_eq!(bad.unwrap_err().status(), 500);
    assert_eq!(good.unwrap(), 1);
    let subjects: Vec<String> = db.read(|conn| Ok(outbox::table.select(outbox::subject).load(conn)?)).await.unwrap();
    assert_eq!(subjects, ["KEPT"]);
}

#[actix_web::test]
async fn a_bad_item_of_a_batch_costs_only_itself() {
    for bad in [None, Some(0), Some(1), Some(3)] {
        let (db, _folder) = open(Clock::system());
        let outcomes = db
            .write(move |tx| {
                let outcomes = tx.each(&[0, 1, 2, 3], |inner, n| {
                    tell(inner, &format!("S{n}"))?;
                    if Some(*n) == bad { Err(refused()) } else { Ok(*n) }
                })?;
                Ok(outcomes.into_iter().map(|outcome| outcome.ok()).collect::<Vec<_>>())
            })
            .await
            .unwrap();
        assert_eq!(outcomes, (0..4).map(|n| (Some(n) != bad).then_some(n)).collect::<Vec<_>>());
        let told: Vec<(i64, String)> =
            db.read(|conn| Ok(outbox::table.select((outbox::position, outbox::subject)).load(conn)?)).await.unwrap();
        let expected: Vec<(i64, String)> =
            (0..4).filter(|n| Some(*n) != bad).zip(1..).map(|(n, position)| (position, format!("S{n}"))).collect();
        assert_eq!(told, expected, "{bad:?}");
    }
}

#[actix_web::test]
async fn a_failure_within_a_batch_fails_it_whole() {
    let (db, _folder) = open(Clock::system());
    let outcome = db.write(|tx| {
        tx.each(&[0, 1], |inner, n| {
            tell(inner, &format!("S{n}"))?;
            if *n == 1 { Err(Error::internal("the disk is full")) } else { Ok(()) }
        })?;
        Ok(())
    });
    assert_eq!(outcome.await.unwrap_err().status(), 500);
    let told: i64 = db.read(|conn| Ok(outbox::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(told, 0);
}

#[actix_web::test]
async fn time_never_runs_back_in_the_feed() {
    let clock = Clock::fixed(Instant::from_micros(2_000_000));
    let (db, _folder) = open(clock.clone());
    db.write(|tx| tell(tx, "A")).await.unwrap();
    clock.set(Instant::from_micros(1_000_000));
    let stamped = db
        .write(|tx| {
            tell(tx, "B")?;
            Ok(tx.now())
        })
        .await
        .unwrap();
    assert_eq!(stamped, Instant::from_micros(2_000_000));
}

fn key(body: &str) -> Option<OnceKey> {
    Some(OnceKey { client: "c".into(), method: "POST".into(), path: "/x".into(), key: "k".into(), body_sha256: body.into() })
}

#[actix_web::test]
async fn one_key_has_one_effect_for_seven_days() {
    let clock = Clock::fixed(Instant::from_micros(1_000_000));
    let (db, _folder) = open(clock.clone());
    let once = |body: &'static str| {
        let db = db.clone();
        async move {
            db.write_once(key(body), |tx| {
                let position = tell(tx, "A")?;
                Ok(Answer { status: 201, etag: None, location: None, body: position.to_string() })
            })
            .await
        }
    };
    let answers = futures_util::future::join_all((0..64).map(|_| once("same"))).await;
    let first = answers.first().unwrap().as_ref().unwrap().clone();
    assert!(answers.iter().all(|answer| *answer.as_ref().unwrap() == first), "64 equal answers");
    assert_eq!(db.read(head).await.unwrap(), 1);
    assert_eq!(once("other").await.unwrap_err().code(), Code::IDEMPOTENCY_CONFLICT.code);
    clock.advance_millis(7 * 24 * 3_600_000 + 1);
    assert_eq!(once("other").await.unwrap().body, "2", "the key is free again");
    clock.advance_millis(7 * 24 * 3_600_000 + 1);
    assert_eq!(db.forget_old_answers().await.unwrap(), 1);
    let kept: i64 = db.read(|conn| Ok(idempotency::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(kept, 0);
}

#[actix_web::test]
async fn refusals_are_not_kept_under_a_key() {
    let (db, _folder) = open(Clock::system());
    let calls = Arc::new(std::sync::atomic::AtomicU32::new(0));
    for expected in [false, true] {
        let counted = Arc::clone(&calls);
        let answer = db.write_once(key("same"), move |tx| {
            if counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 {
                return Err(refused());
            }
            Ok(Answer { status: 201, etag: None, location: None, body: tell(tx, "A")?.to_string() })
        });
        assert_eq!(answer.await.is_ok(), expected);
    }
}

#[actix_web::test]
async fn a_reader_cannot_write() {
    let (db, _folder) = open(Clock::system());
    let tried = db.read(|conn| Ok(diesel::update(outbox::table).set(outbox::actor.eq("x")).execute(conn)?)).await;
    assert!(tried.is_err());
}
