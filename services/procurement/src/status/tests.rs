//! Places and marks, in memory and on both databases. Not here: the form of a list, `libs/receipt`.

use std::collections::BTreeSet;

use common::{db::Db, service::Service};
use model::instant::Instant;
use receipt::{LIST_BITS, StatusRef};
use testkit::{Folder, backends};

use super::{
    actions::{Change, mark_changed, mark_unchanged, place_of, revoke},
    rules::{BLOCK, Block, DecisionStatus, ListName, Mark, Purpose, list_of, place, status_of},
    store,
};
use crate::{Procurement, decision};

#[test]
fn every_place_of_a_block_is_handed_out_once() {
    for (step, offset) in [(0, 0), (1, 5), (2, 1_023), (777, 4), (1_023, 512)] {
        let mut block = Block { first: 3 * BLOCK, used: 0, step, offset };
        let handed: BTreeSet<u64> = std::iter::from_fn(|| block.hand_out()).collect();
        assert_eq!(handed, (3 * BLOCK..4 * BLOCK).collect(), "{step} {offset}");
        assert_eq!(block.hand_out(), None);
    }
    assert_eq!(LIST_BITS % BLOCK, 0, "no block is in two lists");
}

#[test]
fn a_list_has_one_name() {
    for name in ["revocation-0", "message-17"] {
        assert_eq!(ListName::parse(name).unwrap().text(), name);
    }
    for other in [
        "",
        "revocation",
        "revocation-",
        "revocation-00",
        "revocation-+1",
        "revocation--1",
        "suspension-0",
        "Revocation-0",
        "revocation-0-1",
    ] {
        assert_eq!(ListName::parse(other), None, "{other}");
    }
    let far = place("https://example.gov", LIST_BITS * 2 + 5);
    assert_eq!((far.index, list_of(&far)), (5, Some(2)));
    assert_eq!(far.message, "https://example.gov/procurement/v1/status/message-2");
    assert_eq!(list_of(&place("urn:touchstone:local", 0)), Some(0));
    assert_eq!(list_of(&StatusRef { revocation: "elsewhere".to_owned(), ..far }), None);
}

#[test]
fn who_withdraws_has_the_last_word() {
    let mark = |purpose| Mark { purpose, reason: String::new(), outcome: None, recorded_at: Instant::from_micros(0) };
    let (revoked, changed) = (mark(Purpose::Revocation), mark(Purpose::Message));
    for (marks, expected) in [
        (vec![], DecisionStatus::Active),
        (vec![changed.clone()], DecisionStatus::Changed),
        (vec![revoked.clone()], DecisionStatus::Revoked),
        (vec![changed, revoked], DecisionStatus::Revoked),
    ] {
        assert_eq!(status_of(&marks).0, expected);
    }
}

async fn decided(db: &Db, id: &'static str, status: Option<StatusRef>) {
    let body = serde_json::json!({"id": id, "status": status}).to_string();
    db.write(move |tx| {
        let row = decision::store::Record {
            id: id.to_owned(),
            supplier: "914404001000000590".to_owned(),
            ruleset: "r".to_owned(),
            ruleset_version: 1,
            outcome: "eligible",
            decided_at: tx.now(),
            client: "buyer".to_owned(),
            organisation: "914404001000000590".to_owned(),
            tender: None,
            body: body.clone(),
        };
        decision::store::insert(tx.conn, &row)
    })
    .await
    .unwrap();
}

#[actix_web::test]
async fn marks_become_bits() {
    for backend in backends() {
        let folder = Folder::new();
        let db = testkit::open(&backend, folder.path(), "procurement", Procurement::migrations());
        assert_eq!(db.read(store::taken).await.unwrap(), 0);
        for taken in [BLOCK, 2 * BLOCK] {
            db.write(move |tx| store::take(tx.conn, taken)).await.unwrap();
            assert_eq!(db.read(store::taken).await.unwrap(), taken);
        }
        let far = place("https://example.gov", LIST_BITS + 77);
        decided(&db, "dec_signed", Some(far.clone())).await;
        decided(&db, "dec_plain", None).await;
        assert_eq!(db.read(|conn| place_of(conn, "dec_signed")).await.unwrap(), Some(far));
        assert!(db.read(|conn| place_of(conn, "dec_none")).await.is_err());

        let bits = |purpose, list| db.read(move |conn| store::bits(conn, purpose, list));
        for id in ["dec_signed", "dec_plain"] {
            let change = Change { outcome: "ineligible", reason: "fct_1" };
            db.write(move |tx| mark_changed(tx, id, change, "watch")).await.unwrap();
            // Once more, with another fact: still one mark.
            db.write(move |tx| mark_changed(tx, id, Change { reason: "fct_2", ..change }, "watch")).await.unwrap();
            let marks = db.read(move |conn| store::marks(conn, id)).await.unwrap();
            assert_eq!((marks.len(), marks[0].reason.as_str(), marks[0].outcome.as_deref()), (1, "fct_2", Some("ineligible")));
        }
        assert_eq!(bits(Purpose::Message, 1).await.unwrap(), [77]);
        assert!(bits(Purpose::Message, 0).await.unwrap().is_empty() && bits(Purpose::Revocation, 1).await.unwrap().is_empty());

        for reason in ["first", "second"] {
            db.write(move |tx| revoke(tx, "dec_signed", reason, ("914404001000000590", "buyer"))).await.unwrap();
        }
        db.write(|tx| mark_unchanged(tx, "dec_signed")).await.unwrap();
        let marks = db.read(|conn| store::marks(conn, "dec_signed")).await.unwrap();
        assert_eq!((status_of(&marks).0, marks[0].reason.as_str()), (DecisionStatus::Revoked, "first"), "withdrawn once and for good");
        assert_eq!(bits(Purpose::Revocation, 1).await.unwrap(), [77]);
        assert!(bits(Purpose::Message, 1).await.unwrap().is_empty());
    }
}
