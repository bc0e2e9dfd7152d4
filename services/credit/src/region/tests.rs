//! What events of another region mean, as a table.

use contracts::{
    credit::{
        Detail, Fact, FactAnnulled, FactKind, FactMarked, FactRecorded, FactSource, FactSuperseded, FactWithdrawn, Mark, MarkKind, Origin,
        Titled, WithdrawnBecause,
    },
    event::Payload,
};
use model::{
    instant::{Instant, parse_day},
    uscc::Uscc,
};
use serde_json::{Value, json};

use super::rules::{NewRegion, Step, code, draft, faults, marks, step, stop};

fn fact() -> Fact {
    let uscc = Uscc::parse("914404001000000590").unwrap();
    let day = parse_day("2026-05-11").unwrap();
    Fact {
        id: "fct_01JD0000000000000000000000".into(),
        enterprise: uscc.clone(),
        detail: Detail::Award(Titled { title: "示例".into() }),
        source: FactSource { authority: "示例机关".into(), document_no: None },
        asserted_by: uscc,
        decided_on: Some(day),
        published_on: None,
        valid_from: day,
        valid_to: None,
        degree: None,
        self_declared: false,
        recorded_at: Instant::from_micros(0),
        publicity: Vec::new(),
        marks: Vec::new(),
        origin: None,
    }
}

fn data(told: impl serde::Serialize) -> Value {
    serde_json::to_value(told).unwrap()
}

#[test]
fn what_an_event_means() {
    let kinds = [FactKind::Award];
    let third = Fact { origin: Some(Origin { region: "330100".into(), fact_id: "fct_x".into(), position: 7 }), ..fact() };
    let own_word = Fact { self_declared: true, ..fact() };
    let take = Step::Take(Box::new(fact()));
    let end = |old: &str| Step::End { old: old.into(), reason: "示例".into() };
    let superseded = |fact: Fact| data(FactSuperseded { superseded: "fct_old".into(), reason: "示例".into(), fact });
    let annulled = data(FactAnnulled { enterprise: fact().enterprise, annulled: "fct_old".into(), reason: "示例".into() });
    let withdrawn = |because| data(FactWithdrawn { enterprise: fact().enterprise, fact: "fct_old".into(), because });
    let hide = |kind| Step::Withdraw { old: "fct_old".into(), kind };
    for (why, kind, data, kinds, expected) in [
        ("asserted there", FactRecorded::TYPE, data(FactRecorded { fact: fact() }), &kinds[..], take),
        ("another kind", FactRecorded::TYPE, data(FactRecorded { fact: fact() }), &[FactKind::Penalty], Step::Skip),
        ("told there by a third region", FactRecorded::TYPE, data(FactRecorded { fact: third.clone() }), &kinds, Step::Skip),
        ("its own word", FactRecorded::TYPE, data(FactRecorded { fact: own_word }), &kinds, Step::Skip),
        (
            "corrected",
            FactSuperseded::TYPE,
            superseded(fact()),
            &kinds,
            Step::Replace { old: "fct_old".into(), fact: Box::new(fact()), reason: "示例".into() },
        ),
        ("corrected into another kind", FactSuperseded::TYPE, superseded(fact()), &[FactKind::Penalty], end("fct_old")),
        ("marked", FactMarked::TYPE, data(FactMarked { fact: fact() }), &kinds, Step::Mark(Box::new(fact()))),
        ("another kind is marked", FactMarked::TYPE, data(FactMarked { fact: fact() }), &[FactKind::Penalty], Step::Skip),
        ("a third region's is marked", FactMarked::TYPE, data(FactMarked { fact: third.clone() }), &kinds, Step::Skip),
        ("its time has run", FactWithdrawn::TYPE, withdrawn(WithdrawnBecause::Expired), &kinds, hide(None)),
        ("stayed", FactWithdrawn::TYPE, withdrawn(WithdrawnBecause::Stayed), &kinds, hide(Some(MarkKind::Stayed))),
        ("annulled", FactAnnulled::TYPE, annulled, &kinds, end("fct_old")),
        ("withdrawn", FactRecorded::TYPE, Value::Null, &kinds, Step::Skip),
        ("of a newer speaker", FactRecorded::TYPE, json!({"fact": {"kind": "tomorrow"}}), &kinds, Step::Skip),
        ("something else", "touchstone.credit.score.changed.v1", json!({}), &kinds, Step::Skip),
    ] {
        assert_eq!(step(kind, &data, kinds), expected, "{why}");
    }
}

#[test]
fn a_draft_says_where_it_comes_from() {
    let draft = draft("330100", 42, &fact());
    let origin = draft.origin.unwrap();
    assert_eq!((origin.region.as_str(), origin.fact_id.as_str(), origin.position), ("330100", "fct_01JD0000000000000000000000", 42));
    assert_eq!(draft.external_id.as_deref(), Some("330100/fct_01JD0000000000000000000000"));
}

#[test]
fn marks_say_which_region_set_them() {
    let mark = |ground: &str| Mark { kind: MarkKind::Stayed, from: fact().valid_from, to: None, ground: ground.into() };
    let there = Fact { marks: vec![mark("示例1号")], ..fact() };
    assert_eq!(marks("330100", &there), [mark("330100/示例1号")]);
    assert!(marks("330100", &fact()).is_empty());
}

#[test]
fn when_a_feed_is_not_followed() {
    for (followed, told, expected) in [
        ((None, 0), ("a", 0), None),
        ((Some("a"), 7), ("a", 7), None),
        ((Some("a"), 7), ("a", 6), Some("another_history")),
        ((Some("a"), 7), ("b", 9), Some("another_history")),
        ((None, 0), ("ours", 9), Some("own_feed")),
    ] {
        assert_eq!(stop(followed, told, "ours"), expected, "{followed:?} {told:?}");
    }
}

#[test]
fn entries() {
    for (text, good) in [("330100", true), ("3301", false), ("33010a", false), ("", false), ("３３０１００", true)] {
        assert_eq!(code(text).is_ok(), good, "{text}");
    }
    let new = |name: &str, kinds: &[FactKind]| NewRegion { name: name.into(), kinds: kinds.to_vec(), active: true };
    let found = |new: NewRegion| faults(&new).into_iter().map(|fault| (fault.pointer, fault.code)).collect::<Vec<_>>();
    assert!(found(new("示例市", &[FactKind::Award])).is_empty());
    assert_eq!(found(new(" ", &[])), [("/name".to_owned(), "text_empty"), ("/kinds".to_owned(), "nothing_selected")]);
    assert_eq!(found(new("示例市", &[FactKind::Award, FactKind::Award])), [("/kinds".to_owned(), "repeated_item")]);
}
