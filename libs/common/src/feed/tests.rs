//! What is withdrawn: gone for readers below internal, still there for services, and nothing else with it.

use model::instant::Instant;
use serde_json::{Value, json};

use super::{
    Emit, Told, emit,
    read::{Sight, read},
    withdraw,
};
use crate::{
    clock::Clock,
    db::{Db, tests::open},
};

const NOW: Instant = Instant::from_micros(1_780_000_000_000_000);

async fn tell(db: &Db, subject: &'static str, audience: &'static str, data: Value) -> i64 {
    let told =
        move |tx: &mut crate::db::Tx<'_>| emit(tx, Emit { kind: "touchstone.test.thing.told.v1", audience, subject, actor: "test" }, &data);
    db.write(told).await.unwrap()
}

/// Position, data, mark of every event that a reader gets.
async fn seen(db: &Db, internal: bool) -> Vec<(i64, Value, bool)> {
    let clock = db.clock().clone();
    let page = db.read(move |conn| read(conn, "test", &clock, 0, 50, &Sight { internal, without: Vec::new() })).await.unwrap();
    page.items.into_iter().map(|event| (event.position, event.data, event.withdrawn)).collect()
}

#[actix_web::test]
async fn what_is_withdrawn_is_gone_below_internal_only() {
    let clock = Clock::fixed(NOW);
    let (db, _folder) = open(clock.clone());
    for (subject, audience, id) in
        [("A", "partner", "one"), ("A", "partner", "two"), ("B", "partner", "one"), ("A", "internal", "one"), ("A", "public", "three")]
    {
        tell(&db, subject, audience, json!({"id": id})).await;
    }
    clock.advance_millis(1);
    tell(&db, "A", "partner", json!({"id": "one"})).await;
    let before = seen(&db, true).await;
    let take_back = |id: &'static str| {
        db.write(move |tx| withdraw(tx, Told { subject: "A", at: NOW }, |kind, data| kind.ends_with("told.v1") && data.contains(id)))
    };
    assert_eq!(take_back("one").await.unwrap(), 1, "only that subject, that instant, those data; what is internal stays");
    assert_eq!(take_back("three").await.unwrap(), 1);
    assert_eq!(take_back("one").await.unwrap(), 0, "again changes nothing");
    let below = seen(&db, false).await;
    let expected: Vec<_> = before
        .iter()
        .filter(|(position, ..)| *position != 4)
        .map(
            |(position, data, _)| if [1, 5].contains(position) { (*position, Value::Null, true) } else { (*position, data.clone(), false) },
        )
        .collect();
    assert_eq!(below, expected);
    assert_eq!(seen(&db, true).await, before, "the internal history stays");
}

#[actix_web::test]
async fn a_withdrawn_event_says_so_on_the_wire() {
    let (db, _folder) = open(Clock::fixed(NOW));
    tell(&db, "A", "partner", json!({"id": "one"})).await;
    db.write(|tx| withdraw(tx, Told { subject: "A", at: NOW }, |_, _| true)).await.unwrap();
    let clock = db.clock().clone();
    let page = db.read(move |conn| read(conn, "test", &clock, 0, 50, &Sight { internal: false, without: Vec::new() })).await.unwrap();
    let wire = serde_json::to_value(page.items.first().unwrap()).unwrap();
    assert_eq!(
        (&wire["data"], &wire["withdrawn"], &wire["subject"], &wire["position"]),
        (&Value::Null, &json!(true), &json!("A"), &json!(1))
    );
    assert_eq!((page.next, page.head), (1, 1), "the place in the feed stays");
    let back: super::Event = serde_json::from_value(wire).unwrap();
    assert!(back.withdrawn && back.data.is_null());
}
