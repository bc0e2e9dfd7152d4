//! Conformity with standards, case by case, on 1 June 2026. Not here: the editions themselves, which the register of standards tells.

use std::collections::{BTreeMap, BTreeSet};

use contracts::standards::EditionRecorded;
use serde_json::{Value, json};

use super::rules::*;
use crate::criterion::rules::{Answer, Helper, Question};
use crate::standard_register::rules::{Cited, RegisterAt, StandardRegister, Stricter};
use crate::standing::tests::{day, question, standing};

fn edition(number: &str, from: Option<&str>, ended: Option<&str>) -> EditionRecorded {
    EditionRecorded {
        id: format!("edn_{number}"),
        number: number.to_owned(),
        standard: number.rsplit_once('-').map_or(number, |(standard, _)| standard).to_owned(),
        title: "示例".to_owned(),
        mandatory: false,
        current_from: from.map(day),
        superseded_from: None,
        ended_from: ended.map(day),
        successors: Vec::new(),
        stricter_than: Vec::new(),
    }
}

fn register(fresh: bool, own: Vec<EditionRecorded>, stricter: Vec<EditionRecorded>) -> StandardRegister {
    let at = RegisterAt { epoch: "test".to_owned(), position: 7, seen_at: 0, fresh };
    let above = BTreeSet::from(["T/XXX 001-2020".to_owned()]);
    let stricter = stricter.into_iter().map(|edition| Stricter { edition, above: above.clone() }).collect();
    StandardRegister { at: Some(at), cited: BTreeMap::from([("T/XXX 001".to_owned(), Cited { dated: false, own, stricter })]) }
}

fn passed(standard: &str, result: &str, from: &str) -> Value {
    json!({"kind": "standard_conformity", "detail": {"standard": standard, "result": result}, "valid_from": from})
}

/// Domain 2.2: dashes and spaces of a number are no difference.
#[test]
fn conformity() {
    let one = |standard: &str, result: &str, from: &str| json!({"kind": "standard_conformity", "detail": {"standard": standard, "result": result}, "valid_from": from});
    for (facts, answer) in [
        (vec![], Answer::Unknown),
        (vec![one("GB 4706.1-2005", "pass", "2025-01-01")], Answer::Pass),
        (vec![one("gb4706.1—2005", "pass", "2025-01-01")], Answer::Pass),
        (vec![one("GB 4706.1-2024", "pass", "2025-01-01")], Answer::Unknown),
        (vec![one("GB 4706.1-2005", "pass", "2025-01-01"), one("GB 4706.1-2005", "fail", "2025-02-01")], Answer::Fail),
        (vec![one("GB 4706.1-2005", "pass", "2025-02-01"), one("GB 4706.1-2005", "fail", "2025-01-01")], Answer::Pass),
        (vec![one("GB 4706.1-2005", "pass", "2025-01-01"), one("GB 4706.1-2005", "fail", "2025-01-01")], Answer::Fail),
    ] {
        assert_eq!(standard_conformity(question(&standing(&facts)), "GB 4706.1–2005").answer, answer, "{facts:?}");
    }
}

/// Who has not heard the register cannot say what is current, and an assessment alone proves neither part.
#[test]
fn a_register_that_is_silent_tells_nothing() {
    let silent = register(false, vec![edition("T/XXX 001-2020", Some("2020-01-01"), None)], vec![]);
    for (facts, actual) in [
        (vec![], Value::Null),
        (vec![passed("T/XXX 001", "pass", "2025-01-01")], json!("pass")),
        (vec![passed("T/XXX 001", "fail", "2025-01-01")], json!("fail")),
    ] {
        let standing = standing(&facts);
        for register in [&StandardRegister::default(), &silent] {
            let judged = standard_or_stricter(Question { register, ..question(&standing) }, "T/XXX 001", None, false);
            assert_eq!((judged.answer, &*judged.reason.code, &judged.actual), (Answer::Unknown, "standards_silent", &actual));
            assert_eq!(judged.fact_ids.len(), facts.len());
        }
    }
}

/// "T/XXX 001 or stricter, current on the delivery date", undated: T/XXX 001-2020 until the end of 2026, T/XXX 001-2026 from 2027 on; T/YYY 5-2024 is
/// stricter than the first.
#[test]
fn the_standard_or_a_stricter_one_is_current_on_the_day_of_delivery() {
    let known = register(
        true,
        vec![edition("T/XXX 001-2020", Some("2020-01-01"), Some("2027-01-01")), edition("T/XXX 001-2026", Some("2027-01-01"), None)],
        vec![edition("T/YYY 5-2024", Some("2024-01-01"), None)],
    );
    let (old, new, stricter) = ("T/XXX 001-2020", "T/XXX 001—2026", "T/YYY 5-2024");
    let pass = |standard: &str| passed(standard, "pass", "2025-01-01");
    for (facts, on, strictly, answer, code) in [
        (vec![], Some("2026-06-01"), false, Answer::Unknown, "no_conformity_on_file"),
        (vec![pass(old)], None, false, Answer::Pass, "conforms"),
        (vec![pass(old)], Some("2026-12-31"), false, Answer::Pass, "conforms"),
        (vec![pass(old)], Some("2027-01-01"), false, Answer::Fail, "standard_not_current"),
        (vec![pass(new)], Some("2026-12-31"), false, Answer::Fail, "standard_not_current"),
        (vec![pass(new)], Some("2027-01-01"), false, Answer::Pass, "conforms"),
        (vec![pass(stricter)], Some("2026-12-31"), false, Answer::Pass, "conforms"),
        // Stricter than the one that has ended is not stricter than the one in its place.
        (vec![pass(stricter)], Some("2027-06-01"), false, Answer::Fail, "standard_not_current"),
        (vec![pass(stricter)], Some("2026-12-31"), true, Answer::Pass, "conforms"),
        (vec![pass(old)], Some("2026-12-31"), true, Answer::Fail, "standard_not_current"),
        (vec![passed(old, "fail", "2025-01-01")], Some("2026-12-31"), false, Answer::Fail, "does_not_conform"),
        (vec![passed(old, "fail", "2025-01-01"), pass(stricter)], Some("2026-12-31"), false, Answer::Pass, "conforms"),
        (vec![pass("T/ZZZ 9-2024")], Some("2026-12-31"), false, Answer::Unknown, "no_conformity_on_file"),
    ] {
        let standing = standing(&facts);
        let judged = standard_or_stricter(Question { register: &known, ..question(&standing) }, "T/XXX 001", on.map(day), strictly);
        assert_eq!((judged.answer, &*judged.reason.code), (answer, code), "{facts:?} {on:?} {strictly}");
    }
}

#[test]
fn a_standard_that_nobody_knows_or_that_has_ended_is_the_buyers_to_mend() {
    let standing = standing(&[passed("T/XXX 001-2020", "pass", "2025-01-01")]);
    for (known, answer, code) in [
        (register(true, vec![], vec![]), Answer::Unknown, "standard_unknown"),
        (
            register(true, vec![edition("T/XXX 001-2020", Some("2020-01-01"), Some("2026-01-01"))], vec![]),
            Answer::Fail,
            "standard_not_current",
        ),
        (register(true, vec![edition("T/XXX 001-2020", None, None)], vec![]), Answer::Fail, "standard_not_current"),
    ] {
        let judged = standard_or_stricter(Question { register: &known, ..question(&standing) }, "T/XXX 001", None, false);
        assert_eq!((judged.answer, &*judged.reason.code), (answer, code));
        assert_eq!(judged.remedy.map(|remedy| remedy.who), Some(Helper::Buyer));
    }
}
