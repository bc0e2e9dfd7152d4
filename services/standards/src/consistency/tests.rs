//! Exact figures of consistency (domain 2.4), as tables and over the tables of the database. Not here: the same over HTTP, the flows.

use common::service::Service;
use model::{instant::parse_day, standard_no::StandardNo};
use proptest::prelude::*;
use testkit::{Folder, backends};

use super::{actions::judged, rules::*, store::Class};
use crate::{
    Standards,
    edition::{
        actions::{record, relate},
        rules::{Degree, Entry, Relation, RelationKind, Stated},
    },
};

const ISO: &str = "ISO 99001:2020";

fn adoption(from: &str, level: &str, holds: bool, degree: Option<Degree>, to: &str) -> Adoption {
    Adoption { from: from.to_owned(), level: level.to_owned(), holds, degree, to: to.to_owned() }
}

fn verdict(all: &[Adoption], division: Option<&str>) -> Verdict {
    judge(ISO, &all.iter().collect::<Vec<_>>(), division)
}

/// Domain 2.4: "applicable international standards with an IDT or MOD current Chinese standard"; "NEQ never counted".
#[test]
fn what_counts_as_taken_over() {
    use ConsistencyGap::*;
    let (idt, modified, neq) = (Some(Degree::Idt), Some(Degree::Mod), Some(Degree::Neq));
    let gap = |gap: ConsistencyGap, by: &str| Verdict::Gap(gap, vec![by.to_owned()]);
    let cases = [
        (adoption("GB/T 1-2022", "national", true, idt, ISO), None, Verdict::Adopted(Degree::Idt, vec!["GB/T 1-2022".to_owned()])),
        (adoption("QB/T 1-2022", "industry", true, modified, ISO), None, Verdict::Adopted(Degree::Mod, vec!["QB/T 1-2022".to_owned()])),
        (adoption("GB/T 1-2022", "national", true, neq, ISO), None, gap(NotEquivalent, "GB/T 1-2022")),
        (adoption("GB/T 1-2022", "national", true, None, ISO), None, gap(NotEquivalent, "GB/T 1-2022")),
        // Upcoming or withdrawn on the day.
        (adoption("GB/T 1-2022", "national", false, idt, ISO), None, gap(NotInForce, "GB/T 1-2022")),
        (adoption("T/SL 1-2022", "group", true, idt, ISO), None, gap(OtherLevel, "T/SL 1-2022")),
        (adoption("Q/SL 1-2022", "enterprise", true, idt, ISO), None, gap(OtherLevel, "Q/SL 1-2022")),
        (adoption("DB44/T 1-2022", "local", true, idt, ISO), None, gap(OtherLevel, "DB44/T 1-2022")),
        (adoption("DB44/T 1-2022", "local", true, idt, ISO), Some("310000"), gap(OtherLevel, "DB44/T 1-2022")),
        (
            adoption("DB44/T 1-2022", "local", true, idt, ISO),
            Some("440300"),
            Verdict::Adopted(Degree::Idt, vec!["DB44/T 1-2022".to_owned()]),
        ),
        (
            adoption("DB4403/T 1-2022", "local", true, idt, ISO),
            Some("440300"),
            Verdict::Adopted(Degree::Idt, vec!["DB4403/T 1-2022".to_owned()]),
        ),
        (adoption("DB4403/T 1-2022", "local", true, idt, ISO), Some("440000"), gap(OtherLevel, "DB4403/T 1-2022")),
        // Another edition, or none, is named.
        (adoption("GB/T 1-2022", "national", true, idt, "ISO 99001:2015"), None, gap(OtherEdition, "GB/T 1-2022")),
        (adoption("GB/T 1-2022", "national", true, idt, "ISO 99001"), None, gap(OtherEdition, "GB/T 1-2022")),
    ];
    for (number, (adoption, division, expected)) in cases.into_iter().enumerate() {
        assert_eq!(verdict(&[adoption], division), expected, "case {number}");
    }
    assert_eq!(verdict(&[], None), Verdict::Gap(NotAdopted, Vec::new()));
    let both = [adoption("GB/T 1-2022", "national", true, modified, ISO), adoption("QB/T 1-2022", "industry", true, idt, ISO)];
    assert_eq!(verdict(&both, None), Verdict::Adopted(Degree::Idt, vec!["GB/T 1-2022".to_owned(), "QB/T 1-2022".to_owned()]));
}

fn international(ics: &[&str]) -> International {
    International { id: "edn".to_owned(), number: ISO.to_owned(), ics: ics.iter().map(|code| (*code).to_owned()).collect() }
}

#[test]
fn every_class_is_counted_once_and_the_whole_once() {
    let (yes, no) = (Verdict::Adopted(Degree::Mod, Vec::new()), Verdict::Gap(ConsistencyGap::NotAdopted, Vec::new()));
    let judged = [
        (international(&["97.190", "97.190.10", "13.120"]), yes.clone()),
        (international(&["97.190"]), no.clone()),
        (international(&["97"]), yes.clone()),
        (international(&[]), no),
        (international(&["97.200.50"]), Verdict::Adopted(Degree::Idt, Vec::new())),
    ];
    let whole = figure(&judged, None);
    let share = |numerator, denominator| Share { numerator, denominator };
    assert_eq!((whole.share, whole.identical, whole.modified), (share(3, 5), 1, 2));
    let fields: Vec<(&str, Share)> = whole.fields.iter().map(|(code, field)| (code.as_str(), field.share)).collect();
    assert_eq!(fields, [("", share(0, 1)), ("13", share(1, 1)), ("97", share(3, 4))]);
    let groups: Vec<(&str, Share)> = whole.fields["97"].groups.iter().map(|(code, share)| (code.as_str(), *share)).collect();
    assert_eq!(groups, [("97.190", share(1, 2)), ("97.200", share(1, 1))]);
    // Another class of the same edition says nothing of the wanted one.
    assert_eq!(figure(&judged[..1], Some("97.190")).fields.keys().collect::<Vec<_>>(), ["97"]);
}

/// Plan 2016-2020 (Guobanfa [2016] 68), 1 (3): at least 95 %.
#[test]
fn the_target_is_compared_exactly() {
    let policy = policy().unwrap();
    assert!(policy.at(parse_day("2016-09-05").unwrap()).is_none());
    let percent = policy.at(parse_day("2016-09-06").unwrap()).unwrap().value.target_percent;
    for (numerator, denominator, expected) in [(19, 20, Some(true)), (18, 19, Some(false)), (94_999, 100_000, Some(false)), (0, 0, None)] {
        assert_eq!(Share { numerator, denominator }.reaches(percent), expected, "{numerator}/{denominator}");
    }
}

#[test]
fn a_mark_holds_from_its_day() {
    let day = |text: &str| parse_day(text).unwrap();
    let mark = |applicable, on| ApplicabilityMark { applicable, reason: "示例".to_owned(), on: day(on), by: String::new() };
    let marks = [mark(false, "2026-02-01"), mark(true, "2026-03-01")];
    for (on, expected) in [("2026-01-31", true), ("2026-02-01", false), ("2026-02-28", false), ("2026-03-01", true)] {
        assert_eq!(is_applicable(&marks, day(on)), expected, "{on}");
    }
}

fn entry(number: &str, effective: &str, withdrawn: Option<&str>, ics: &[&str]) -> Entry {
    let day = |text: &str| parse_day(text).unwrap();
    Entry {
        number: StandardNo::parse(number).unwrap(),
        title: "示例".to_owned(),
        title_en: None,
        published_on: Some(day("2015-01-01")),
        effective_on: Some(day(effective)),
        withdrawn_on: withdrawn.map(day),
        transition_until: None,
        stated: Stated::Current,
        stated_on: day("2026-08-18"),
        mandatory: false,
        publisher: None,
        association: None,
        ics: ics.iter().map(|code| (*code).to_owned()).collect(),
        ccs: vec!["Y57".to_owned()],
        stage: None,
        scope: None,
        text_digest: None,
        source: "test".to_owned(),
    }
}

/// Five international standards in force; one that is withdrawn, one upcoming and an amendment stand aside.
#[tokio::test]
async fn the_tables_give_the_same_figure() {
    let folder = Folder::new();
    for backend in backends() {
        let db = testkit::open(&backend, folder.path(), "standards", Standards::migrations());
        let ids = db.write(|tx| {
            let ended = Some("2021-01-01");
            let editions = [
                entry("ISO 99001:2020", "2020-01-01", None, &["97.190"]),
                entry("ISO 99002:2020", "2020-01-01", None, &["97.190.10"]),
                entry("ISO 99003:2020", "2020-01-01", None, &["97.200"]),
                entry("ISO 99004:2020", "2020-01-01", None, &["13.120"]),
                entry("ISO 99005:2020", "2020-01-01", None, &["97.1901"]),
                entry("ISO 99006:2010", "2015-01-01", ended, &["97.190"]),
                entry("ISO 99007:2027", "2027-01-01", None, &["97.190"]),
                entry("ISO 99001:2020/Amd 1:2022", "2022-01-01", None, &["97.190"]),
                entry("GB/T 99001-2021", "2021-06-01", None, &[]),
                entry("GB/T 99002-2021", "2021-06-01", None, &[]),
                entry("GB/T 99003-2021", "2021-06-01", None, &[]),
                entry("GB/T 99004-2027", "2027-06-01", None, &[]),
                entry("T/SLXH 005-2021", "2021-06-01", None, &[]),
            ];
            let ids = editions.iter().map(|entry| Ok(record(tx, entry, "test")?.0.id)).collect::<common::error::Result<Vec<_>>>()?;
            let relations = [
                ("GB/T 99001-2021", "ISO 99001:2020", Degree::Idt),
                ("GB/T 99002-2021", "ISO 99002:2020", Degree::Mod),
                ("GB/T 99003-2021", "ISO 99003:2020", Degree::Neq),
                ("GB/T 99004-2027", "ISO 99004:2020", Degree::Idt),
                ("T/SLXH 005-2021", "ISO 99005:2020", Degree::Idt),
            ];
            for (from, to, degree) in relations {
                let (kind, source) = (RelationKind::Adopts, "test".to_owned());
                relate(tx, &Relation { from: from.to_owned(), kind, to: to.to_owned(), degree: Some(degree), source, note: None }, "test")?;
            }
            Ok(ids)
        });
        let ids = ids.await.unwrap();
        let ask = async |ics: Option<&'static str>, ccs: Option<&'static str>, on: &'static str| {
            let class = Class { ics: ics.map(str::to_owned), ccs: ccs.map(str::to_owned) };
            let found = db.read(move |conn| judged(conn, &class, None, parse_day(on).unwrap())).await.unwrap();
            let share = figure(&found.editions, ics).share;
            (share.numerator, share.denominator, found.not_applicable)
        };
        assert_eq!(ask(None, None, "2026-11-01").await, (2, 5, 0), "{}", backend.name());
        assert_eq!(ask(Some("97.190"), None, "2026-11-01").await, (2, 2, 0), "97.1901 is no class below 97.190");
        assert_eq!(ask(Some("97"), Some("Y"), "2026-11-01").await, (2, 4, 0));
        assert_eq!(ask(None, Some("A"), "2026-11-01").await, (0, 0, 0));
        assert_eq!(ask(None, None, "2020-06-01").await, (0, 6, 0), "before the Chinese ones, beside one that ended later");
        assert_eq!(ask(None, None, "2027-06-01").await, (3, 6, 0));
        let left_out = ids[3].clone();
        let mark =
            ApplicabilityMark { applicable: false, reason: "示例".to_owned(), on: parse_day("2026-01-01").unwrap(), by: String::new() };
        db.write(move |tx| super::store::save(tx.conn, &left_out, std::slice::from_ref(&mark), 1)).await.unwrap();
        assert_eq!(ask(None, None, "2026-11-01").await, (2, 4, 1));
        assert_eq!(ask(None, None, "2025-12-31").await, (2, 5, 0), "the mark came later");
    }
}

proptest! {
    /// Whatever else is said, one more adoption never makes a standard less taken over, and NEQ alone never counts.
    #[test]
    fn more_adoptions_never_count_for_less(rows in proptest::collection::vec((0..4_usize, any::<bool>(), 0..4_usize, any::<bool>()), 0..8)) {
        let levels = [("GB/T 1-2022", "national"), ("QB/T 1-2022", "industry"), ("T/SL 1-2022", "group"), ("DB44/T 1-2022", "local")];
        let degrees = [Some(Degree::Idt), Some(Degree::Mod), Some(Degree::Neq), None];
        let all: Vec<Adoption> = rows
            .iter()
            .map(|(level, holds, degree, named)| adoption(levels[*level].0, levels[*level].1, *holds, degrees[*degree], if *named { ISO } else { "ISO 99001:2015" }))
            .collect();
        let expected = rows.iter().any(|(level, holds, degree, named)| *level < 2 && *holds && *degree < 2 && *named);
        prop_assert_eq!(matches!(verdict(&all, None), Verdict::Adopted(..)), expected);
        for place in 0..all.len() {
            if matches!(verdict(&all[..place], None), Verdict::Adopted(..)) {
                let still = matches!(verdict(&all[..=place], None), Verdict::Adopted(..));
                prop_assert!(still);
            }
        }
    }
}
