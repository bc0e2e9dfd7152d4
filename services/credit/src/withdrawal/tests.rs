//! What is taken back when: cases by day, and the job over years without a clock that turns by itself.

use common::{
    clock::Clock,
    db::{Conn, Db},
    service::Service,
};
use contracts::{
    credit::{Fact, FactRecorded, WithdrawnBecause},
    event::tell,
};
use diesel::{RunQueryDsl, sql_query, sql_types::BigInt};
use model::{
    instant::{Day, Instant, parse_day},
    uscc::Uscc,
};
use serde_json::{Value, json};
use testkit::{Folder, backends};

use super::{actions, rules::*};
use crate::{Credit, enterprise, fact, fact::store::Stored, publicity::rules::Regimes};

const CODE: &str = "914404001000000590";

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn penalty(id: &str, types: Value, more: Value) -> Fact {
    let mut told = json!({
        "id": id, "enterprise": CODE, "kind": "penalty", "detail": {"types": types}, "source": {"authority": "示例市市场监督管理局"},
        "asserted_by": CODE, "decided_on": "2026-05-11", "published_on": "2026-05-20", "valid_from": "2026-05-11", "degree": "general",
        "recorded_at": "2026-05-21T09:00:00+08:00",
    });
    for (name, value) in more.as_object().unwrap() {
        told[name] = value.clone();
    }
    let fact: Fact = serde_json::from_value(told).unwrap();
    Fact { publicity: Regimes::built_in().unwrap().windows(&fact), ..fact }
}

#[test]
fn what_was_public_and_is_not_any_more_is_taken_back() {
    use WithdrawnBecause::{Expired, Masked, Repaired, Stayed};
    let mark = |kind: &str| json!({"marks": [{"kind": kind, "from": "2026-06-01", "to": "2026-06-30", "ground": "示例"}]});
    let plain = || json!({});
    for (fact, on, expected, why) in [
        (penalty("fct_1", json!(["fine"]), plain()), "2027-05-11", None, "the last day of the year (Order 36)"),
        (penalty("fct_1", json!(["fine"]), plain()), "2027-05-12", Some(Expired), "it stops by itself (Order 36)"),
        (penalty("fct_1", json!(["fine"]), mark("repaired")), "2026-05-31", None, "not repaired yet"),
        (penalty("fct_1", json!(["fine"]), mark("repaired")), "2026-06-01", Some(Repaired), "repaired"),
        (penalty("fct_1", json!(["fine"]), mark("masked")), "2026-06-30", Some(Masked), "masked"),
        (penalty("fct_1", json!(["fine"]), mark("masked")), "2026-07-01", None, "no longer masked"),
        (penalty("fct_1", json!(["fine"]), mark("stayed")), "2026-06-15", Some(Stayed), "stayed"),
        (penalty("fct_1", json!(["fine"]), mark("under_objection")), "2026-06-15", None, "an objection hides nothing"),
        (
            penalty("fct_1", json!(["warning"]), json!({"decided_on": "2024-05-11", "valid_from": "2024-05-11", "published_on": null})),
            "2029-06-01",
            None,
            "what was never public cannot end (Order 45 Art 2)",
        ),
    ] {
        assert_eq!(withdrawn(&fact, &[&fact], day(on)), expected, "{why}");
    }
}

#[test]
fn an_event_holds_a_fact_or_only_names_it() {
    for (data, expected) in [
        (r#"{"fact":{"id":"fct_1","kind":"penalty"}}"#, true),
        (r#"{"superseded":"fct_0","reason":"x","fact":{"id":"fct_1"}}"#, true),
        (r#"{"superseded":"fct_1","reason":"x","fact":{"id":"fct_2"}}"#, false),
        (r#"{"fact":{"id":"fct_2","detail":{"of_fact":"fct_1"}}}"#, false),
        (r#"{"enterprise":"914404001000000590","annulled":"fct_1","reason":"x"}"#, false),
        ("fct_1", false),
    ] {
        assert_eq!(holds(data, "fct_1"), expected, "{data}");
    }
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn count(conn: &mut Conn, query: &str) -> i64 {
    sql_query(query).get_result::<Count>(conn).unwrap().count
}

/// Withdrawn events, and events that say so.
async fn seen(db: &Db) -> (i64, i64) {
    db.read(|conn| {
        let withdrawn = count(conn, "SELECT count(*) AS count FROM withdrawal");
        let told = count(conn, "SELECT count(*) AS count FROM outbox WHERE kind = 'touchstone.credit.fact.withdrawn.v1'");
        Ok((withdrawn, told))
    })
    .await
    .unwrap()
}

async fn record(db: &Db, fact: Fact) {
    db.write(move |tx| {
        let fact = Fact { recorded_at: tx.now(), ..fact.clone() };
        let stored = Stored {
            fact: fact.clone(),
            external_id: None,
            superseded_at: None,
            superseded_by: None,
            annulled: false,
            ended_because: None,
            supersedes: None,
            deadlines: Vec::new(),
        };
        fact::store::insert(tx.conn, &stored, "test")?;
        tell(tx, &FactRecorded { fact: fact.clone() }, "test")?;
        actions::at_once(tx, &fact)
    })
    .await
    .unwrap();
}

#[actix_web::test]
async fn the_job_takes_back_what_ends_as_the_years_pass() {
    for backend in backends() {
        let folder = Folder::new();
        let db = testkit::open(&backend, folder.path(), "credit", Credit::migrations());
        let entry: enterprise::rules::Enterprise = serde_json::from_value(json!({
            "uscc": CODE, "name": "示例电器有限公司", "former_names": [], "division": "440305", "status": "active", "established_on": "1999-02-11",
        }))
        .unwrap();
        db.write(move |tx| enterprise::store::save(tx.conn, &entry, None, 1, tx.now(), "test")).await.unwrap();
        record(&db, penalty("fct_01JD0000000000000000000001", json!(["fine"]), json!({}))).await;
        record(&db, penalty("fct_01JD0000000000000000000002", json!(["fine"]), json!({"degree": "serious"}))).await;
        let old = json!({"decided_on": "2022-05-11", "valid_from": "2022-05-11", "published_on": "2022-05-20"});
        record(&db, penalty("fct_01JD0000000000000000000003", json!(["fine"]), old)).await;
        assert_eq!(seen(&db).await, (1, 0), "over before it was told: nobody ever reads it, nobody is told");

        let mut place = None;
        for (on, taken, expected) in [
            ("2026-11-21", 0, (1, 0)),
            ("2027-05-11", 0, (1, 0)),
            ("2027-05-12", 1, (2, 1)),
            ("2027-05-12", 0, (2, 1)),
            ("2029-05-11", 0, (2, 1)),
            ("2029-05-13", 1, (3, 2)),
            ("2040-01-01", 0, (3, 2)),
        ] {
            let clock = Clock::fixed(Instant::start_of(day(on)).plus_millis(1));
            assert_eq!(actions::catch_up(&db, &clock, &mut place).await.unwrap(), taken, "{on}, {}", backend.name());
            assert_eq!(seen(&db).await, expected, "{on}, {}", backend.name());
        }
        // A process that starts again looks once more and changes nothing.
        let clock = Clock::fixed(Instant::start_of(day("2040-01-01")).plus_millis(1));
        assert_eq!(actions::catch_up(&db, &clock, &mut None).await.unwrap(), 0);
        corrected(&db, &clock).await;
    }
}

/// A version that was annulled is taken back, and only once.
async fn corrected(db: &Db, clock: &Clock) {
    let uscc = Uscc::parse(CODE).unwrap();
    let id = "fct_01JD0000000000000000000004";
    record(db, penalty(id, json!(["fine"]), json!({"decided_on": "2039-12-01", "valid_from": "2039-12-01", "published_on": "2039-12-01"})))
        .await;
    let before = seen(db).await;
    db.write(move |tx| {
        fact::store::end(tx.conn, id, tx.now(), None, true, "撤销")?;
        tell(tx, &contracts::credit::FactAnnulled { enterprise: uscc.clone(), annulled: id.to_owned(), reason: "撤销".to_owned() }, "test")
    })
    .await
    .unwrap();
    assert_eq!(actions::catch_up(db, clock, &mut None).await.unwrap(), 1);
    assert_eq!(seen(db).await, (before.0 + 1, before.1), "the annulment was told as such");
    assert_eq!(actions::catch_up(db, clock, &mut None).await.unwrap(), 0);
}
