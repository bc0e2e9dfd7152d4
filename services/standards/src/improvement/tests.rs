//! Reasons why a standard needs improvement, as tables. Not here: the list over HTTP, the flows.

use common::service::Service;
use model::{
    calendar::Calendar,
    instant::{Day, parse_day},
    standard_no::StandardNo,
};
use proptest::prelude::*;
use testkit::{Folder, backends};

use super::{
    actions::{Wanted, needing},
    rules::*,
};
use crate::{
    Standards,
    edition::{
        actions::{record, relate},
        rules::{Entry, Relation, RelationKind, Stated},
    },
};

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn entry(number: &str, published: Option<&str>) -> Entry {
    Entry {
        number: StandardNo::parse(number).unwrap(),
        title: "示例".to_owned(),
        title_en: None,
        published_on: published.map(day),
        effective_on: None,
        withdrawn_on: None,
        transition_until: None,
        stated: Stated::Current,
        stated_on: day("2026-08-18"),
        mandatory: false,
        publisher: None,
        association: None,
        ics: Vec::new(),
        ccs: Vec::new(),
        stage: None,
        scope: None,
        text_digest: None,
        source: "test".to_owned(),
    }
}

fn found(entry: &Entry, level: &str, known: &Known, on: &str) -> Vec<ImprovementReason> {
    reasons(entry, level, known, &policy().unwrap(), day(on), &Calendar::built_in())
}

/// Standardization Law 29: reviewed in normally not over five years.
#[test]
fn a_review_is_overdue_after_five_years() {
    type Case = (&'static str, Option<&'static str>, &'static [&'static str], &'static str, &'static str, Option<&'static str>);
    let cases: [Case; 9] = [
        ("GB/T 9-2020", Some("2020-03-01"), &[], "national", "2025-03-01", None),
        ("GB/T 9-2020", Some("2020-03-01"), &[], "national", "2025-03-02", Some("2025-03-01")),
        ("GB/T 9-2020", Some("2020-03-01"), &["2024-06-30"], "national", "2025-03-02", None),
        ("GB/T 9-2020", Some("2020-03-01"), &["2024-06-30"], "national", "2029-07-01", Some("2029-06-30")),
        // A confirmation of later days says nothing of this one.
        ("GB/T 9-2020", Some("2020-03-01"), &["2025-06-30"], "national", "2025-03-02", Some("2025-03-01")),
        // Where the day of issue is not known, it lies in the year of the number.
        ("GB/T 9-2020", None, &[], "national", "2025-12-31", None),
        ("GB/T 9-2020", None, &[], "national", "2026-01-01", Some("2025-12-31")),
        ("Q/SL 9-2010", Some("2010-03-01"), &[], "enterprise", "2025-03-02", None),
        // The law of 2017 is in force since 2018.
        ("GB/T 9-2010", Some("2010-03-01"), &[], "national", "2017-12-31", None),
    ];
    for (number, (name, published, confirmed, level, on, expected)) in cases.into_iter().enumerate() {
        let known = Known { confirmed: confirmed.iter().map(|on| day(on)).collect(), ..Known::default() };
        let due = found(&entry(name, published), level, &known, on).into_iter().find_map(|reason| match reason {
            ImprovementReason::ReviewOverdue { due_on, .. } => Some(due_on),
            _ => None,
        });
        assert_eq!(due, expected.map(day), "case {number}");
    }
}

fn results(clause: &str, failed: usize, all: usize, source: FindingSource) -> Vec<Finding> {
    (0..all).map(|place| Finding { clause: clause.to_owned(), failed: place < failed, source, on: day("2026-01-01") }).collect()
}

/// Seed 4, 2 (3) 6: problems in practice; plan 2016-2020: spot checks are passed in at least 90 %.
#[test]
fn failures_are_counted_by_clause_and_complaints_apart() {
    let cases: [(Vec<Finding>, &str, &[&str]); 8] = [
        (results("5.1", 1, 10, FindingSource::SpotCheck), "2026-02-01", &[]),
        (results("5.1", 2, 19, FindingSource::SpotCheck), "2026-02-01", &["5.1: 2/19"]),
        (results("5.1", 4, 4, FindingSource::Test), "2026-02-01", &[]),
        (results("5.1", 5, 5, FindingSource::Recall), "2026-02-01", &["5.1: 5/5"]),
        (results("5.1", 2, 6, FindingSource::Complaint), "2026-02-01", &["complaints 2"]),
        (results("5.1", 0, 6, FindingSource::Complaint), "2026-02-01", &[]),
        (
            [results("5.2", 3, 5, FindingSource::Test), results("5.1", 3, 5, FindingSource::Test)].concat(),
            "2026-02-01",
            &["5.1: 3/5", "5.2: 3/5"],
        ),
        // Too old, and not yet.
        (results("5.1", 5, 5, FindingSource::Test), "2029-01-01", &[]),
    ];
    for (number, (findings, on, expected)) in cases.into_iter().enumerate() {
        let known = Known { findings, ..Known::default() };
        let told: Vec<String> = found(&entry("GB/T 9-2026", Some("2026-01-01")), "national", &known, on)
            .into_iter()
            .map(|reason| match reason {
                ImprovementReason::Failures { clause, failed, results, .. } => format!("{clause}: {failed}/{results}"),
                ImprovementReason::Complaints { count, .. } => format!("complaints {count}"),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(told, expected, "case {number}");
    }
}

#[test]
fn feedback_counts_organisations_and_not_voices() {
    let voice = |organisation: &str, subject| Feedback { organisation: organisation.to_owned(), subject, on: day("2026-01-01") };
    let (unclear, well) = (FeedbackSubject::Unclear, FeedbackSubject::WorksWell);
    let cases = [
        (vec![voice("A", unclear), voice("A", FeedbackSubject::Outdated)], None),
        (vec![voice("A", unclear), voice("B", well)], None),
        (vec![voice("A", unclear), voice("B", unclear), voice("C", well)], Some(2)),
    ];
    for (feedback, expected) in cases {
        let known = Known { feedback, ..Known::default() };
        let told =
            found(&entry("GB/T 9-2026", Some("2026-01-01")), "national", &known, "2026-02-01").into_iter().find_map(
                |reason| match reason {
                    ImprovementReason::Feedback { organisations, .. } => Some(organisations),
                    _ => None,
                },
            );
        assert_eq!(told, expected);
    }
}

/// The list over the tables: deterministic, by number, with the cursor it ends at.
#[tokio::test]
async fn the_list_is_in_order_and_looser_ones_stand_in_it() {
    let folder = Folder::new();
    for backend in backends() {
        let db = testkit::open(&backend, folder.path(), "standards", Standards::migrations());
        db.write(|tx| {
            for entry in [
                entry("GB 99010-2024", Some("2024-01-01")),
                entry("GB/T 99011-2024", Some("2024-01-01")),
                entry("GB/T 99012-2015", Some("2015-01-01")),
                entry("QB/T 99013-2016", Some("2016-01-01")),
                entry("ISO 99014:2001", Some("2001-01-01")),
                entry("T/SLXH 015-2026", Some("2026-01-01")),
            ] {
                record(tx, &entry, "test")?;
            }
            for (from, to) in
                [("GB 99010-2024", "GB/T 99011-2024"), ("T/SLXH 015-2026", "GB/T 99011-2024"), ("GB 99999-2024", "GB/T 99012-2015")]
            {
                let (kind, source, note) = (RelationKind::StricterThan, "test".to_owned(), Some("cmp_1".to_owned()));
                relate(tx, &Relation { from: from.to_owned(), kind, to: to.to_owned(), degree: None, source, note }, "test")?;
            }
            Ok(())
        })
        .await
        .unwrap();
        let ask = async |after: Option<&'static str>, limit: usize, reason: Option<ReasonKind>| {
            let found = db.read(move |conn| {
                let (bounds, calendar) = (policy().unwrap(), Calendar::built_in());
                let after = after.map(str::to_owned);
                let wanted =
                    Wanted { level: None, ics: None, reason, day: day("2026-11-01"), after, limit, bounds: &bounds, calendar: &calendar };
                needing(conn, &wanted)
            });
            let (all, next) = found.await.unwrap();
            let told = all.into_iter().map(|(stored, reasons)| format!("{} {}", stored.entry.number, reasons.len()));
            (told.collect::<Vec<_>>(), next)
        };
        let whole = ["GB/T 99011-2024 2", "GB/T 99012-2015 1", "QB/T 99013-2016 1"];
        assert_eq!(ask(None, 10, None).await, (whole.map(str::to_owned).to_vec(), None), "{}", backend.name());
        assert_eq!(ask(None, 1, None).await.1.as_deref(), Some("GB/T 99011-2024"));
        assert_eq!(ask(Some("GB/T 99011-2024"), 10, None).await.0, whole[1..].to_vec());
        assert_eq!(ask(None, 10, Some(ReasonKind::Looser)).await.0, whole[..1].to_vec());
        assert_eq!(ask(None, 3, None).await.1, None);
    }
}

proptest! {
    /// The order in which evidence came in changes nothing.
    #[test]
    fn reasons_do_not_depend_on_the_order_of_evidence(rows in proptest::collection::vec((0..3_u8, any::<bool>(), 0..4_usize), 0..20)) {
        let mut findings: Vec<Finding> = rows
            .iter()
            .map(|(clause, failed, source)| Finding { clause: format!("5.{clause}"), failed: *failed, source: FindingSource::ALL[*source].1, on: day("2026-01-01") })
            .collect();
        let entry = entry("GB/T 9-2026", Some("2026-01-01"));
        let one = found(&entry, "national", &Known { findings: findings.clone(), ..Known::default() }, "2026-02-01");
        findings.reverse();
        prop_assert_eq!(one, found(&entry, "national", &Known { findings, ..Known::default() }, "2026-02-01"));
    }
}
