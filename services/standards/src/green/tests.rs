//! Windows of green standards and states of marks, as tables. Not here: who grants a mark; the flows show that.

use model::{
    instant::{Day, parse_day},
    uscc::Uscc,
};
use proptest::prelude::*;

use super::rules::*;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn standard(from: &str, to: Option<&str>) -> GreenStandard {
    GreenStandard {
        id: "grs".to_owned(),
        edition: "edn".to_owned(),
        number: "GB/T 1-2024".to_owned(),
        category: "示例家具".to_owned(),
        effective_from: day(from),
        effective_to: to.map(day),
        document_no: String::new(),
    }
}

#[test]
fn windows_share_a_day_or_not() {
    let cases = [
        (("2024-01-01", None), ("2030-01-01", None), true),
        (("2024-01-01", Some("2024-12-31")), ("2025-01-01", None), false),
        (("2024-01-01", Some("2025-01-01")), ("2025-01-01", None), true),
        (("2024-01-01", Some("2024-12-31")), ("2020-01-01", Some("2023-12-31")), false),
    ];
    for ((from, to), (other_from, other_to), expected) in cases {
        let (one, other) = (standard(from, to), standard(other_from, other_to));
        assert_eq!((one.overlaps(&other), other.overlaps(&one)), (expected, expected), "{from} {other_from}");
    }
    let one = standard("2024-01-01", Some("2024-12-31"));
    assert!(one.holds_on(day("2024-12-31")) && !one.holds_on(day("2025-01-01")) && !one.holds_on(day("2023-12-31")));
}

fn entry(act: GreenMarkAct, on: &str) -> GreenMarkEntry {
    GreenMarkEntry { act, on: day(on), by: Uscc::parse(&testkit::next_code()).unwrap(), text: String::new() }
}

fn mark() -> GreenMark {
    let first = entry(GreenMarkAct::Grant, "2026-01-01");
    GreenMark {
        certificate: "C-1".to_owned(),
        enterprise: first.by.clone(),
        product: "示例".to_owned(),
        standard: "grs".to_owned(),
        number: "GB/T 1-2024".to_owned(),
        category: "示例家具".to_owned(),
        issuer: first.by.clone(),
        valid_from: day("2026-02-01"),
        valid_to: day("2026-12-31"),
        report: String::new(),
        history: vec![first],
    }
}

/// Plan 2016-2020, 2 (2): standards, certification and marks of green products, and their results made public.
#[test]
fn a_mark_is_what_time_and_steps_make_it() {
    use GreenMarkAct::{Resume, Revoke, Suspend};
    use GreenMarkState::{Expired, Revoked, Suspended, Upcoming, Valid};
    let suspended = mark().step(entry(Suspend, "2026-03-01")).unwrap();
    let resumed = suspended.clone().step(entry(Resume, "2026-04-01")).unwrap();
    let revoked = resumed.clone().step(entry(Revoke, "2026-05-01")).unwrap();
    let cases = [
        (&resumed, "2026-01-31", Upcoming),
        (&resumed, "2026-02-01", Valid),
        (&resumed, "2026-03-01", Suspended),
        (&resumed, "2026-03-31", Suspended),
        (&resumed, "2026-04-01", Valid),
        (&resumed, "2026-12-31", Valid),
        (&resumed, "2027-01-01", Expired),
        (&suspended, "2027-01-01", Expired),
        (&revoked, "2026-04-30", Valid),
        (&revoked, "2026-05-01", Revoked),
        (&revoked, "2027-01-01", Revoked),
    ];
    for (mark, on, expected) in cases {
        assert_eq!(mark.state_on(day(on)), expected, "{on}");
    }
    assert!(mark().step(entry(Suspend, "2026-01-15")).is_none(), "what is not valid yet is not suspended");
    assert!(mark().step(entry(Revoke, "2026-01-15")).is_some());
    assert!(mark().step(entry(Revoke, "2027-01-01")).is_none());
}

proptest! {
    /// What is revoked stays so, whatever is tried.
    #[test]
    fn nothing_brings_a_revoked_mark_back(path in proptest::collection::vec(0..3_usize, 0..12)) {
        let (mut stands, mut over) = (mark(), false);
        for step in path {
            let act = [GreenMarkAct::Suspend, GreenMarkAct::Resume, GreenMarkAct::Revoke][step];
            if let Some(moved) = stands.clone().step(entry(act, "2026-06-01")) {
                prop_assert!(!over);
                stands = moved;
            }
            over |= stands.state_on(day("2026-06-01")) == GreenMarkState::Revoked;
            prop_assert_eq!(over, stands.state_on(day("2028-01-01")) == GreenMarkState::Revoked);
        }
    }
}
