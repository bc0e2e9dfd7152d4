//! Questions to a standing, and the makers of standings for the tests of the other rooms.

use contracts::credit::{
    BanScope, Detail, EnterpriseRecorded, EnterpriseStatus, Fact, FactKind, FactSource, Grade, ModelRef, ScoreSegment, ScoreTimeline,
};
use model::{
    instant::{Day, Instant, parse_day},
    uscc::Uscc,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::rules::{CREDIT, SourceState, Standing, day_after, looks_back_on, months_after};
use crate::criterion::rules::Question;

pub(crate) fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

/// A fact out of `kind`, `detail` and dates.
pub(crate) fn fact(place: usize, value: &Value) -> Fact {
    let when = |name: &str| value.get(name).and_then(Value::as_str).map(day);
    let uscc = Uscc::parse("914404001000000590").unwrap();
    let detail = value.get("detail").cloned().unwrap_or_else(|| json!({}));
    Fact {
        id: format!("fct_{place:03}"),
        enterprise: uscc.clone(),
        detail: Detail::deserialize(json!({"kind": value["kind"], "detail": detail})).unwrap(),
        source: FactSource { authority: "示例机关".to_owned(), document_no: None },
        asserted_by: uscc,
        decided_on: when("decided_on"),
        published_on: None,
        valid_from: when("valid_from").unwrap_or_else(|| day("2026-01-01")),
        valid_to: when("valid_to"),
        degree: value.get("degree").map(|degree| Deserialize::deserialize(degree).unwrap()),
        self_declared: value.get("self_declared") == Some(&json!(true)),
        recorded_at: Instant::start_of(day("2026-01-01")),
        publicity: Vec::new(),
        marks: Vec::new(),
        origin: None,
    }
}

/// An active supplier of grade A with a fresh source and the given facts.
pub(crate) fn standing(facts: &[Value]) -> Standing {
    let uscc = Uscc::parse("914404001000000590").unwrap();
    let segment = ScoreSegment { from: day("2010-02-11"), to: None, score: Some(742), grade: Grade::A, vetoes: Vec::new(), model: None };
    Standing {
        enterprise: Some(EnterpriseRecorded {
            uscc: uscc.clone(),
            division: "440400".to_owned(),
            industry: None,
            status: EnterpriseStatus::Active,
            established_on: day("2010-02-11"),
        }),
        facts: facts.iter().enumerate().map(|(place, value)| fact(place, value)).collect(),
        timeline: Some(ScoreTimeline {
            uscc: uscc.clone(),
            model: ModelRef { id: "quality-credit".to_owned(), version: 1 },
            segments: vec![segment],
        }),
        measures: Vec::new(),
        sources: vec![SourceState { service: CREDIT.to_owned(), position: 7, epoch: "e".to_owned(), fresh: true }],
        uscc,
    }
}

/// Asks on 1 June 2026 for government procurement.
pub(crate) fn question(standing: &Standing) -> Question<'_> {
    Question {
        standing,
        day: day("2026-06-01"),
        scope: BanScope::GovernmentProcurement,
        register: &crate::standard_register::rules::UNASKED,
    }
}

/// Civil Code 201 and 202.
#[test]
fn periods_end_on_the_same_numbered_day() {
    for (event, months, last) in [
        ("2023-06-01", 36, "2026-06-01"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2026-06-01", 0, "2026-06-01"),
    ] {
        assert_eq!(months_after(day(event), months), day(last), "{event}");
    }
    assert_eq!(day_after(day("2024-02-28")), day("2024-02-29"));
    for (event, expected) in [("2023-05-31", false), ("2023-06-01", true), ("2026-06-01", true), ("2026-06-02", false)] {
        assert_eq!(looks_back_on(day(event), day("2026-06-01"), 36), expected, "{event}");
    }
}

#[test]
fn facts_of_a_day() {
    let standing = standing(&[
        json!({"kind": "licence", "detail": {"number": "1", "name": "a"}, "valid_from": "2026-06-01", "valid_to": "2026-06-01"}),
        json!({"kind": "licence", "detail": {"number": "2", "name": "a"}, "valid_from": "2026-06-02"}),
        json!({"kind": "licence", "detail": {"number": "3", "name": "a"}, "self_declared": true}),
        json!({"kind": "award", "detail": {"title": "示例"}}),
    ]);
    let on = |text: &str| standing.holding(FactKind::Licence, day(text)).map(|fact| fact.id.as_str()).collect::<Vec<_>>();
    assert_eq!(on("2026-05-31"), Vec::<&str>::new());
    assert_eq!(on("2026-06-01"), ["fct_000"]);
    assert_eq!(on("2026-06-02"), ["fct_001"]);
    assert_eq!(standing.of(FactKind::Licence).count(), 2, "what is self-declared carries no weight");
}

#[test]
fn segments_of_a_day() {
    let mut standing = standing(&[]);
    let segment = |from: &str, to: Option<&str>, score| ScoreSegment {
        from: day(from),
        to: to.map(day),
        score: Some(score),
        grade: Grade::B,
        vetoes: Vec::new(),
        model: None,
    };
    standing.timeline.as_mut().unwrap().segments = vec![segment("2026-01-01", Some("2026-05-31"), 1), segment("2026-06-01", None, 2)];
    let score = |text: &str| standing.segment_on(day(text)).and_then(|one| one.score);
    assert_eq!((score("2025-12-31"), score("2026-05-31"), score("2026-06-01"), score("2099-01-01")), (None, Some(1), Some(2), Some(2)));
    assert_eq!(standing.segments_after(day("2026-05-31")).count(), 1);
    standing.timeline.as_mut().unwrap().segments[1].model = Some(ModelRef { id: "quality-credit".to_owned(), version: 2 });
    let model = |text: &str| standing.model_on(day(text)).map(|model| model.version);
    assert_eq!((model("2025-12-31"), model("2026-05-31"), model("2026-06-01")), (Some(1), Some(1), Some(2)));
    standing.timeline = None;
    assert_eq!(standing.segment_on(day("2026-06-01")), None);
}

#[test]
fn the_digest_does_not_see_the_order_of_the_facts() {
    let mut standing = standing(&[json!({"kind": "award", "detail": {"title": "a"}}), json!({"kind": "award", "detail": {"title": "b"}})]);
    let before = standing.digest_value();
    standing.facts.reverse();
    assert_eq!(standing.digest_value(), before);
    standing.sort();
    assert_eq!(standing.facts[0].id, "fct_000");
    assert!(standing.is_fresh("credit") && !standing.is_fresh("standards"));
    standing.facts.pop();
    assert_ne!(standing.digest_value(), before);
}
