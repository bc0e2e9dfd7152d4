//! What is named as the cause of a flip, as a table; and the job on both databases by a clock that is moved by hand. Not here: the story over HTTP,
//! `tests/it/flows/watches.rs`.

use std::sync::Arc;

use common::clock::Clock;
use contracts::procurement::{CriterionChange, FlipCause, OutcomeFlipped};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use model::instant::{Instant, parse_day};
use serde_json::{Value, json};
use testkit::{Folder, backends};

use super::{
    actions::{claim, mark, step},
    rules::{Seen, causes, changes},
    store as due,
};
use crate::{
    Procurement,
    decision::{self, actions::DecisionView},
    delivery::tests::{CLIENT, app, endpoint},
    replay::actions::again,
    standing::{
        rules::Standing,
        store::{self as rows, Place, RowKind},
        tests::{fact, standing},
    },
    watch::{
        actions::{self as watches, Wanted},
        rules::Moment,
        store::{self as kept, Watch},
    },
};

fn seen_as(rows: &[(&str, &str, &[&str])]) -> Vec<Seen> {
    let one = |(code, result, facts): &(&str, &str, &[&str])| Seen {
        code: (*code).to_owned(),
        result: (*result).to_owned(),
        fact_ids: facts.iter().map(|id| (*id).to_owned()).collect(),
    };
    rows.iter().map(one).collect()
}

fn told(causes: &[FlipCause]) -> Vec<String> {
    let one = |cause: &FlipCause| {
        [Some(&cause.what), cause.fact.as_ref(), cause.change.as_ref()].into_iter().flatten().cloned().collect::<Vec<_>>()
    };
    causes.iter().map(|cause| one(cause).join(" ")).collect()
}

#[test]
fn the_causes_of_a_flip() {
    let (ban, award) = (
        json!({"kind": "procurement_ban", "detail": {"scope": ["government_procurement"], "basis": "示例"}}),
        json!({"kind": "award", "detail": {"title": "示例"}}),
    );
    let with = |facts: &[Value]| standing(facts);
    let graded = |facts: &[Value]| Standing { timeline: None, ..standing(facts) };
    let altered = |facts: &[Value]| {
        let mut standing = standing(facts);
        standing.facts[0].valid_to = parse_day("2026-02-01").ok();
        standing
    };
    let (pass, fail) = (seen_as(&[("EXC", "pass", &[])]), seen_as(&[("EXC", "fail", &["fct_000"])]));
    for (name, before, now, stood, stands, expected) in [
        ("new", &pass, &fail, with(&[]), with(std::slice::from_ref(&ban)), vec!["fact fct_000 asserted"]),
        ("ended", &fail, &pass, with(std::slice::from_ref(&ban)), with(&[]), vec!["fact fct_000 ended"]),
        ("altered", &fail, &pass, with(std::slice::from_ref(&ban)), altered(std::slice::from_ref(&ban)), vec!["fact fct_000 altered"]),
        // What the criterion does not rest on is not named where something is.
        ("one of two", &pass, &fail, with(&[]), with(&[ban.clone(), award.clone()]), vec!["fact fct_000 asserted"]),
        // A grade rests on no single fact: all that changed is named.
        (
            "score",
            &seen_as(&[("EXC", "pass", &[])]),
            &seen_as(&[("EXC", "fail", &[])]),
            graded(&[]),
            with(std::slice::from_ref(&award)),
            vec!["fact fct_000 asserted", "score"],
        ),
        ("time", &pass, &fail, with(std::slice::from_ref(&ban)), with(std::slice::from_ref(&ban)), vec!["time"]),
    ] {
        let changed = changes(before, now);
        assert_eq!(told(&causes(&changed, (before, now), (&[stood], &[stands]))), expected, "{name}");
    }
    let gone = Standing { enterprise: None, ..with(&[]) };
    let changed = changes(&pass, &seen_as(&[("EXC", "unknown", &[])]));
    assert_eq!(told(&causes(&changed, (&pass, &pass), (&[with(&[])], &[gone]))), ["register"]);
    // Somebody whose standing was not known before: everything is new.
    assert_eq!(told(&causes(&changed, (&pass, &fail), (&[], &[with(&[ban])]))), ["fact fct_000 asserted"]);
}

#[test]
fn the_criteria_that_changed() {
    let before = seen_as(&[("A", "pass", &[]), ("A", "fail", &[]), ("B", "unknown", &[])]);
    let now = seen_as(&[("A", "fail", &[]), ("A", "fail", &[]), ("B", "unknown", &[]), ("C", "conditional", &[]), ("D", "pass", &[])]);
    let change = |code: &str, was: &str, now: &str| CriterionChange { code: code.to_owned(), was: was.to_owned(), now: now.to_owned() };
    assert_eq!(changes(&before, &now), [change("A", "pass", "fail"), change("C", "pass", "conditional")]);
    assert_eq!(changes(&now, &now), []);
}

diesel::table! {
    follower (source) {
        source -> Text,
        epoch -> Text,
        position -> BigInt,
        head -> BigInt,
        seen_at -> Timestamp,
    }
}

/// The feed of credit is known up to here, and was heard right now.
pub(crate) async fn heard(app: &Arc<Procurement>, position: i64) {
    let write = app.db.write(move |tx| {
        let at = tx.now().naive_utc();
        let row = (follower::epoch.eq("epoch-1"), follower::position.eq(position), follower::head.eq(position), follower::seen_at.eq(at));
        if diesel::update(follower::table.find("credit")).set(row).execute(tx.conn)? == 0 {
            diesel::insert_into(follower::table).values((follower::source.eq("credit"), row.0, row.1, row.2, row.3)).execute(tx.conn)?;
        }
        Ok(())
    });
    write.await.unwrap();
    app.standings.look().await.unwrap();
}

/// Credit tells of a supplier and its facts, at this position.
pub(crate) async fn told_by_credit(app: &Arc<Procurement>, standing: Standing, position: i64) {
    let write = app.db.write(move |tx| {
        let place = |kind, item| Place { source: "credit", uscc: &standing.uscc, kind, item };
        if position == 1 {
            rows::put(tx, place(RowKind::Enterprise, ""), position, &standing.enterprise)?;
            rows::put(tx, place(RowKind::Timeline, ""), position, &standing.timeline)?;
        }
        standing.facts.iter().try_for_each(|fact| rows::put(tx, place(RowKind::Fact, &fact.id), position, fact))
    });
    write.await.unwrap();
    heard(app, position).await;
}

pub(crate) fn ban(valid_to: Option<&str>) -> Value {
    json!({"kind": "procurement_ban", "valid_to": valid_to, "detail": {"scope": ["government_procurement"], "basis": "示例"}})
}

/// A decision as of now for the client, not stored yet.
pub(crate) async fn decided_with(app: &Arc<Procurement>, supplier: &str, receipt: Option<&str>) -> decision::store::Record {
    let (entry, now) = (app.rulebook.on("government-procurement", app.clock.now().day()).unwrap(), app.clock.now());
    let asked: DecisionView = serde_json::from_value(json!({
        "id": app.chance.id("dec", now), "supplier": supplier, "as_of": now, "known_at": now, "sources": [], "evaluator": "1", "facts_digest": "",
        "explain": "failed", "ruleset": {"id": entry.id(), "version": entry.version(), "digest": entry.digest},
        "outcome": "eligible", "criteria": [], "preferences": [], "conditions": [], "reasons": [],
    }))
    .unwrap();
    let view = DecisionView { receipt: receipt.map(str::to_owned), ..again(app, &asked).await.unwrap() };
    decision::actions::record(&view, (CLIENT, "914404001000000590")).unwrap()
}

/// The same, stored.
async fn decided(app: &Arc<Procurement>, supplier: &str) -> String {
    let row = decided_with(app, supplier, None).await;
    let id = row.id.clone();
    app.db.write(move |tx| decision::store::insert(tx.conn, &row)).await.unwrap();
    id
}

async fn watched(app: &Arc<Procurement>, decision: &str, moment: Moment) -> Watch {
    let until = Some(Instant::end_of(parse_day("2026-12-31").unwrap()));
    let wanted = Wanted { decision: decision.to_owned(), tender: None, until, moment, webhook: None };
    app.db.write(move |tx| watches::create(tx, (CLIENT, "12440300XY90000318"), &wanted)).await.unwrap()
}

async fn reread(app: &Arc<Procurement>, id: &str) -> Watch {
    let id = id.to_owned();
    app.db.read(move |conn| kept::find(conn, &id)).await.unwrap().unwrap()
}

/// The flips of a watch: from, to, causes.
async fn flips(app: &Arc<Procurement>, id: &str) -> Vec<(String, String, Vec<String>)> {
    let id = id.to_owned();
    let rows = app.db.read(move |conn| kept::flips(conn, &id, 0, 100)).await.unwrap();
    let read = rows.iter().map(|(_, _, body)| watches::told(body).unwrap());
    read.map(|flip: OutcomeFlipped| (flip.from, flip.to, told(&flip.causes))).collect()
}

async fn settle(app: &Arc<Procurement>) {
    while step(app).await.unwrap() {}
}

#[actix_web::test]
async fn a_flip_is_told_once_with_its_cause() {
    for backend in backends() {
        let (folder, clock) = (Folder::new(), Clock::fixed(Instant::start_of(parse_day("2026-06-01").unwrap())));
        let app = app(&backend, &folder, &clock);
        endpoint(&app, "http://127.0.0.1:1/").await;
        settle(&app).await;
        told_by_credit(&app, standing(&[]), 1).await;
        let supplier = standing(&[]).uscc.to_string();
        let decision = decided(&app, &supplier).await;
        let (moving, fixed) = (watched(&app, &decision, Moment::Moving).await, watched(&app, &decision, Moment::Fixed).await);
        assert_eq!(moving.outcome, "eligible", "{}", moving.findings);
        settle(&app).await;
        for id in [&moving.id, &fixed.id] {
            let row = reread(&app, id).await;
            assert_eq!((row.flips, row.due, row.considered_at.is_some()), (0, false, true));
        }

        // What changes nothing is not told.
        told_by_credit(&app, Standing { facts: vec![fact(7, &json!({"kind": "award", "detail": {"title": "示例"}}))], ..standing(&[]) }, 2)
            .await;
        settle(&app).await;
        assert_eq!((flips(&app, &moving.id).await.len(), reread(&app, &moving.id).await.position), (0, 2));

        told_by_credit(&app, standing(&[ban(Some("2026-06-10"))]), 3).await;
        settle(&app).await;
        let barred = ("eligible".to_owned(), "ineligible".to_owned(), vec!["fact fct_000 asserted".to_owned()]);
        for id in [&moving.id, &fixed.id] {
            assert_eq!(flips(&app, id).await, std::slice::from_ref(&barred));
        }

        // Nine days later the ban still holds; then it does not, and nobody said a word. As of the first of June it holds for ever.
        for (day, count) in [("2026-06-10", 1), ("2026-06-11", 2)] {
            clock.set(Instant::start_of(parse_day(day).unwrap()));
            settle(&app).await;
            assert_eq!(flips(&app, &moving.id).await.len(), 1, "credit has not been heard on that day: nobody knows");
            assert!(reread(&app, &moving.id).await.due);
            clock.advance_millis(60_000);
            heard(&app, 3).await;
            settle(&app).await;
            assert_eq!(flips(&app, &moving.id).await.len(), count, "{day}");
        }
        let ended = ("ineligible".to_owned(), "eligible".to_owned(), vec!["time".to_owned()]);
        assert_eq!(flips(&app, &moving.id).await, [barred, ended]);
        assert_eq!(flips(&app, &fixed.id).await.len(), 1);

        let messages = app.db.read(|conn| common::feed::told(conn, 0, &["touchstone.procurement.outcome.flipped.v1"], 10)).await.unwrap();
        let due = app.db.read(crate::delivery::store::waiting).await.unwrap();
        assert_eq!((messages.len(), due), (3, 3), "each in the feed and to the endpoint");

        clock.set(Instant::end_of(parse_day("2026-12-31").unwrap()));
        heard(&app, 3).await;
        settle(&app).await;
        for id in [&moving.id, &fixed.id] {
            let row = reread(&app, id).await;
            assert_eq!((row.state.as_str(), row.ended_because.as_deref(), row.due), ("ended", Some("until"), false));
        }
    }
}

#[actix_web::test]
async fn what_one_replica_asks_the_others_leave_alone_and_a_reason_in_between_is_not_lost() {
    for backend in backends() {
        let (folder, clock) = (Folder::new(), Clock::fixed(Instant::start_of(parse_day("2026-06-01").unwrap())));
        let app = app(&backend, &folder, &clock);
        told_by_credit(&app, standing(&[]), 1).await;
        let decision = decided(&app, standing(&[]).uscc.as_str()).await;
        let watch = watched(&app, &decision, Moment::Fixed).await;
        app.db.write(mark).await.unwrap();
        let leased = app.db.write(claim).await.unwrap();
        assert_eq!((leased.len(), app.db.write(claim).await.unwrap().len()), (1, 0));
        // It dies. Its lease ends, and somebody else asks.
        clock.advance_millis(15_000);
        heard(&app, 1).await;
        settle(&app).await;
        assert!(!reread(&app, &watch.id).await.due);
        // A change while somebody is asking: what was found does not end the need.
        told_by_credit(&app, standing(&[ban(None)]), 2).await;
        app.db.write(mark).await.unwrap();
        let asking = app.db.write(claim).await.unwrap();
        assert_eq!((asking.len(), asking[0].due_position), (1, 2));
        told_by_credit(&app, Standing { facts: vec![fact(9, &json!({"kind": "award", "detail": {"title": "示例"}}))], ..standing(&[]) }, 3)
            .await;
        app.db.write(mark).await.unwrap();
        let row = reread(&app, &watch.id).await;
        assert_eq!((row.due, row.due_position, row.leased_until), (true, 3, None));
        settle(&app).await;
        assert_eq!(flips(&app, &watch.id).await.len(), 1);
        let cursor = app.db.read(due::cursor).await.unwrap().unwrap();
        assert_eq!(cursor.position, 3);
    }
}
