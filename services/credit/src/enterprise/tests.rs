//! What a register entry must be like: tables of cases.

use contracts::credit::EnterpriseStatus;
use model::{
    instant::{Day, parse_day},
    uscc::Uscc,
};

use super::rules::*;

fn entry() -> NewEnterprise {
    NewEnterprise {
        name: "示例电器有限公司".into(),
        former_names: None,
        short_name: None,
        name_en: None,
        division: "440305".into(),
        industry: Some("C3854".into()),
        status: EnterpriseStatus::Active,
        status_since: None,
        established_on: "1999-02-11".into(),
    }
}

fn today() -> Day {
    Day::from_ymd_opt(2026, 11, 21).unwrap()
}

fn code() -> Uscc {
    Uscc::parse("914404001000000590").unwrap()
}

fn former(name: &str, since: &str, until: &str) -> NewFormerName {
    let day = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    NewFormerName { name: name.into(), since: day(since), until: day(until) }
}

#[test]
fn all_faults_are_said_at_once() {
    let mut new = entry();
    new.name = "a\u{0}b".into();
    new.division = "44".into();
    new.industry = Some("Z1".into());
    new.established_on = "2030-01-01".into();
    new.status_since = Some("2030-01-01".into());
    new.former_names = Some(vec![former("旧名", "2030-01-01", "2019-02-30")]);
    let faults = read(code(), &new, today()).unwrap_err();
    let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
    assert_eq!(
        pointers,
        ["/name", "/division", "/industry", "/established_on", "/status_since", "/former_names/0/since", "/former_names/0/until"]
    );
    assert!(faults.iter().all(|fault| !fault.shape));
}

#[test]
fn industries() {
    for (text, good) in [("C38", true), ("C3854", true), ("T9", false), ("U38", false), ("c38", false), ("C38541", false), ("", false)] {
        let new = NewEnterprise { industry: Some(text.to_owned()), ..entry() };
        assert_eq!(read(code(), &new, today()).is_ok(), good, "{text:?}, GB/T 4754-2017");
    }
}

#[test]
fn what_is_told_holds_no_name() {
    let proposed = read(code(), &entry(), today()).unwrap();
    assert!(!serde_json::to_string(&proposed.entry.told()).unwrap().contains("示例"));
}

#[test]
fn an_enterprise_bears_one_name_at_a_time() {
    for (names, expected, case) in [
        (vec![("甲", "1999-02-11", "2003-05-01"), ("乙", "2003-05-02", "2010-01-01")], vec![], "one after the other"),
        (vec![("乙", "2003-05-02", "2010-01-01"), ("甲", "1999-02-11", "2003-05-01")], vec![], "the latest first"),
        (vec![("甲", "1999-02-11", "2003-05-01"), ("甲", "2010-01-01", "2011-01-01")], vec![], "a name is borne again"),
        (vec![("甲", "", "2003-05-01"), ("乙", "", "2010-01-01"), ("丙", "", "")], vec![], "beginnings are not known"),
        (
            vec![("甲", "1999-02-11", "2003-05-01"), ("乙", "2003-05-01", "2010-01-01")],
            vec!["/former_names/1 periods_overlap"],
            "both on one day",
        ),
        (vec![("甲", "1999-02-11", "2010-05-01"), ("乙", "", "2003-05-01")], vec!["/former_names/1 periods_overlap"], "an end inside"),
        (
            vec![("甲", "1999-02-11", "2010-05-01"), ("乙", "2000-01-01", "2001-01-01"), ("丙", "2011-01-01", "")],
            vec!["/former_names/1 periods_overlap"],
            "inside",
        ),
        (vec![("甲", "2003-05-02", "2003-05-01")], vec!["/former_names/0/until date_order"], "backwards"),
        (vec![("甲", "2003-05-01", "2003-05-01")], vec![], "one day"),
    ] {
        let names = names.into_iter().map(|(name, since, until)| former(name, since, until)).collect();
        let found = read(code(), &NewEnterprise { former_names: Some(names), ..entry() }, today()).err().unwrap_or_default();
        let found: Vec<_> = found.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect();
        assert_eq!(found, expected, "{case}");
    }
}

#[test]
fn what_is_left_unsaid_stays() {
    let stands = {
        let mut new = entry();
        new.former_names = Some(vec![former("示例旧厂", "", "2019-03-01")]);
        new.status_since = Some("1999-02-11".into());
        read(code(), &new, today()).unwrap().entry
    };
    let onto = |new: &NewEnterprise| read(code(), new, today()).unwrap().onto(Some(&stands), today());
    assert_eq!(onto(&entry()).unwrap(), (stands.clone(), None), "the same without saying the former names and the day");
    let none = NewEnterprise { former_names: Some(vec![]), ..entry() };
    assert!(onto(&none).unwrap().0.former_names.is_empty(), "an empty list is said");
    let revoked = NewEnterprise { status: EnterpriseStatus::Revoked, ..entry() };
    assert_eq!(onto(&revoked).unwrap().0.status_since, None, "a new status has a day of its own");
    assert_eq!(read(code(), &entry(), today()).unwrap().onto(None, today()).unwrap().0.former_names, []);
}

#[test]
fn a_name_that_is_given_up_goes_among_the_former_ones() {
    let stands = read(code(), &entry(), today()).unwrap().entry;
    let renamed = NewEnterprise { name: "示例新名有限公司".into(), ..entry() };
    let given_up = FormerName { name: stands.name.clone(), since: None, until: Some(parse_day("2026-11-20").unwrap()) };
    let (after, moved) = read(code(), &renamed, today()).unwrap().onto(Some(&stands), today()).unwrap();
    assert_eq!((after.former_names, moved), (vec![given_up.clone()], Some(given_up)), "borne until yesterday");
    let again = NewEnterprise { name: "示例戊有限公司".to_owned(), ..renamed.clone() };
    let first = read(code(), &renamed, today()).unwrap().onto(Some(&stands), today()).unwrap().0;
    let (after, moved) = read(code(), &again, today()).unwrap().onto(Some(&first), today()).unwrap();
    assert_eq!((after.former_names, moved), (first.former_names, None), "borne for less than a day");
    let said =
        NewEnterprise { former_names: Some(vec![former("示例电器有限公司", "1999-02-11", "2026-05-01")]), ..renamed.clone() };
    let (after, moved) = read(code(), &said, today()).unwrap().onto(Some(&stands), today()).unwrap();
    assert_eq!((after.former_names.len(), moved), (1, None), "the period that was said stands");
    let clash = NewEnterprise { former_names: Some(vec![former("示例丙", "2026-01-01", "2026-11-20")]), ..renamed };
    let faults = read(code(), &clash, today()).unwrap().onto(Some(&stands), today()).unwrap_err();
    assert_eq!(faults[0].code, "periods_overlap", "yesterday it cannot have had two names");
}
