//! How many meet a criterion together, as a table; what a consortium may be; what one more member can never do.

use model::uscc::Uscc;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::rules::{Consortium, NewConsortium, misplaced, read};
use crate::criterion::rules::{Answer, Finding};
use crate::decision::rules::{Outcome, Verdict, decide, decide_together};
use crate::ruleset::rules::{Compiled, parse};
use crate::ruleset::tests::starter_value;
use crate::standing::rules::Standing;
use crate::standing::tests::{fact, standing};

const LEAD: &str = "914404001000000590";
const SECOND: &str = "91440400100000075M";
const LENDER: &str = "91440400100000083G";

/// A standing of another enterprise; the ids of its facts do not meet those of others.
fn of(code: &str, facts: &[Value]) -> Standing {
    let mut standing = standing(facts);
    standing.uscc = Uscc::parse(code).unwrap();
    for (place, fact) in standing.facts.iter_mut().enumerate() {
        fact.id = format!("fct_{}_{place}", &code[14..]);
    }
    standing
}

fn rules(criteria: &Value) -> Compiled {
    let mut value = starter_value();
    value["criteria"] = criteria.clone();
    value["conditions"] = json!([]);
    value["preferences"] = json!([]);
    value["tests"] = json!([{"name": "示例", "as_of": "2026-06-01T00:00:00+08:00", "expect": {"outcome": "indeterminate"}}]);
    parse(&value).unwrap().compile()
}

fn consortium(value: &Value) -> Consortium {
    serde_json::from_value(value.clone()).unwrap()
}

fn decided(criteria: &Value, all: &Consortium, standings: &[Standing]) -> Verdict {
    let standings: Vec<&Standing> = standings.iter().collect();
    let party = all.party(&standings).unwrap();
    decide_together(&rules(criteria), &party, model::instant::Instant::parse("2026-06-01T09:30:00+08:00").unwrap())
}

fn first(verdict: &Verdict) -> &Finding {
    &verdict.criteria[0]
}

fn ban() -> Value {
    json!({"kind": "procurement_ban", "detail": {"scope": ["government_procurement"]}, "valid_from": "2026-01-01"})
}

fn licence(last: &str) -> Value {
    json!({"kind": "licence", "detail": {"number": "示例-1", "name": "甲"}, "valid_from": "2024-01-01", "valid_to": last})
}

fn cover(amount: &str) -> Value {
    json!({"kind": "insurance_cover", "detail": {"amount": {"amount": amount, "currency": "CNY"}}, "valid_from": "2026-01-01"})
}

/// Government Procurement Law Art 24 (each member meets the conditions), MOF Cai Ku [2016] No. 125 (a member's bad record is that of all).
#[test]
fn members_meet_a_criterion_together() {
    let two = consortium(&json!({"members": [LEAD, SECOND]}));
    let cover_of = |amount: &str| json!([{"code": "SEL.LIABILITY_COVER", "params": {"amount": {"amount": amount, "currency": "CNY"}}}]);
    let one_licence = json!([{"code": "SEL.LICENCE_VALID", "params": {"when_recorded": false}, "combination": "any_of"}]);
    let each_licence = json!([{"code": "SEL.LICENCE_VALID", "params": {"when_recorded": false}, "combination": "all_of"}]);
    let bans = json!([{"code": "EXC.PROCUREMENT_BAN"}]);
    let long = licence("2030-01-01");
    for (name, criteria, lead, second, expected) in [
        ("nobody is barred", &bans, vec![], vec![], Answer::Pass),
        ("one member's ban counts for all", &bans, vec![], vec![ban()], Answer::Fail),
        ("one licence is enough", &one_licence, vec![], vec![long.clone()], Answer::Pass),
        ("an expired one beside none: nobody can tell", &one_licence, vec![], vec![licence("2025-01-01")], Answer::Unknown),
        ("each must have one", &each_licence, vec![long.clone()], vec![licence("2025-01-01")], Answer::Fail),
        ("each has one", &each_licence, vec![long.clone()], vec![long.clone()], Answer::Pass),
        ("sums add up", &cover_of("300.00"), vec![cover("100.00")], vec![cover("200.00")], Answer::Pass),
        ("to no more than there is", &cover_of("300.01"), vec![cover("100.00")], vec![cover("200.00")], Answer::Fail),
    ] {
        let verdict = decided(criteria, &two, &[of(LEAD, &lead), of(SECOND, &second)]);
        assert_eq!(first(&verdict).result, expected, "{name}");
    }
}

#[test]
fn a_finding_names_who_made_it_so() {
    let two = consortium(&json!({"members": [LEAD, SECOND]}));
    let verdict = decided(&json!([{"code": "EXC.PROCUREMENT_BAN"}]), &two, &[of(LEAD, &[]), of(SECOND, &[ban()])]);
    let finding = first(&verdict);
    let said: Vec<_> = finding.members.iter().map(|member| (member.supplier.as_str(), member.result)).collect();
    assert_eq!(said, [(LEAD, Answer::Pass), (SECOND, Answer::Fail)]);
    assert_eq!(finding.fact_ids, ["fct_075M_0"]);
    assert!(finding.reason.text.en.starts_with(&format!("{SECOND}: ")), "{}", finding.reason.text.en);
    assert!(verdict.reasons[0].text.zh.starts_with(&format!("{SECOND}：")));
    assert_eq!(verdict.outcome, Outcome::Ineligible);
}

#[test]
fn every_members_condition_is_stated() {
    let soon = json!([{"code": "SEL.LICENCE_VALID", "params": {"when_recorded": false, "valid_days": 90}, "combination": "all_of"}]);
    let two = consortium(&json!({"members": [LEAD, SECOND]}));
    let verdict = decided(&soon, &two, &[of(LEAD, &[licence("2026-08-01")]), of(SECOND, &[licence("2026-07-01")])]);
    assert_eq!(verdict.outcome, Outcome::EligibleWithConditions);
    assert_eq!(verdict.conditions[0].due_on.to_string(), "2026-07-01");
    assert!(verdict.conditions[0].text.en.contains(LEAD) && verdict.conditions[0].text.en.contains(SECOND));
    // Of several that would do, one without a condition makes the pass unconditional.
    let any = json!([{"code": "SEL.LICENCE_VALID", "params": {"when_recorded": false, "valid_days": 90}, "combination": "any_of"}]);
    let verdict = decided(&any, &two, &[of(LEAD, &[licence("2026-08-01")]), of(SECOND, &[licence("2030-07-01")])]);
    assert_eq!(verdict.outcome, Outcome::Eligible);
}

/// Whoever is relied upon lends what it is named for, and must itself be free of grounds for exclusion [D].
#[test]
fn capacity_is_lent_and_a_clean_record_is_not() {
    let all = consortium(&json!({"members": [LEAD], "relied_upon": [{"supplier": LENDER, "criteria": ["SEL.LICENCE_VALID"]}]}));
    let criteria = json!([
        {"code": "SEL.LICENCE_VALID", "params": {"when_recorded": false}, "combination": "any_of"},
        {"code": "SEL.LIABILITY_COVER", "params": {"amount": {"amount": "100.00", "currency": "CNY"}}},
        {"code": "EXC.PROCUREMENT_BAN"}
    ]);
    let results = |lender: &[Value]| {
        let verdict = decided(&criteria, &all, &[of(LEAD, &[]), of(LENDER, lender)]);
        verdict.criteria.iter().map(|finding| finding.result).collect::<Vec<_>>()
    };
    assert_eq!(results(&[licence("2030-01-01"), cover("100.00")]), [Answer::Pass, Answer::Unknown, Answer::Pass], "the cover is not lent");
    assert_eq!(results(&[ban()]), [Answer::Unknown, Answer::Unknown, Answer::Fail]);
}

#[test]
fn what_cannot_be_a_consortium_is_named() {
    let asked = |value: &Value| read(&serde_json::from_value::<NewConsortium>(value.clone()).unwrap());
    let faults = |value: &Value| {
        let found = asked(value).unwrap_err();
        found.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect::<Vec<_>>()
    };
    assert_eq!(faults(&json!({"members": []})), ["/consortium/members empty"]);
    assert_eq!(faults(&json!({"members": [LEAD, LEAD]})), ["/consortium/members/1 consortium_repeated"]);
    assert_eq!(
        faults(&json!({"members": [LEAD], "relied_upon": [{"supplier": LEAD, "criteria": []}]})),
        ["/consortium/relied_upon/0/supplier consortium_repeated", "/consortium/relied_upon/0/criteria empty"]
    );
    let many: Vec<String> = (0..21).map(|_| LEAD.to_owned()).collect();
    assert!(faults(&json!({"members": many})).contains(&"/consortium/members consortium_too_large".to_owned()));
    assert_eq!(faults(&json!({"members": ["x"]})).len(), 1);

    let all = asked(&json!({"members": [LEAD], "relied_upon": [{"supplier": SECOND, "criteria": ["EXC.PROCUREMENT_BAN", "SEL.CCC"]}]}));
    let wrong = misplaced(&all.unwrap(), &rules(&json!([{"code": "EXC.PROCUREMENT_BAN"}])));
    let places: Vec<_> = wrong.iter().map(|fault| fault.pointer.as_str()).collect();
    assert_eq!(places, ["/consortium/relied_upon/0/criteria/0", "/consortium/relied_upon/0/criteria/1"]);
}

#[test]
fn a_missing_standing_makes_no_party() {
    let two = consortium(&json!({"members": [LEAD, SECOND]}));
    assert!(two.party(&[&of(LEAD, &[])]).is_none());
}

proptest! {
    /// Alone, a consortium of one is judged as the enterprise is.
    #[test]
    fn a_consortium_of_one_is_its_member(banned in any::<bool>(), licensed in any::<bool>(), covered in any::<bool>()) {
        let facts: Vec<Value> = [(banned, ban()), (licensed, licence("2030-01-01")), (covered, cover("100.00"))]
            .into_iter().filter_map(|(has, fact)| has.then_some(fact)).collect();
        let (alone, compiled) = (of(LEAD, &facts), crate::ruleset::tests::starter());
        let at = model::instant::Instant::parse("2026-06-01T09:30:00+08:00").unwrap();
        let one = consortium(&json!({"members": [LEAD]}));
        let standings = [&alone];
        let together = decide_together(&compiled, &one.party(&standings).unwrap(), at);
        let single = decide(&compiled, &alone, at);
        let results = |verdict: &Verdict| verdict.criteria.iter().map(|finding| (finding.code.to_string(), finding.result)).collect::<Vec<_>>();
        prop_assert_eq!(results(&together), results(&single));
        prop_assert_eq!(together.outcome, single.outcome);
    }

    /// A ban of any one member bars all of them, wherever it stands in the list.
    #[test]
    fn a_ban_of_one_bars_all(place in 0_usize..3) {
        let codes = [LEAD, SECOND, LENDER];
        let mut standings: Vec<Standing> = codes.iter().map(|code| of(code, &[licence("2030-01-01")])).collect();
        standings[place].facts.push(fact(900, &ban()));
        let all = consortium(&json!({"members": codes}));
        let verdict = decided(&json!([{"code": "EXC.PROCUREMENT_BAN"}]), &all, &standings);
        prop_assert_eq!(verdict.outcome, Outcome::Ineligible);
    }
}
