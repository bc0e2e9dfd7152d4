//! Every naughty string on every string field of a fact of every kind, of its correction and its annulment. Not here: wrong types, `shapes.rs`.

use std::collections::{BTreeMap, BTreeSet};

use model::normalise::line;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::{Value, json};
use testkit::{Client, KINDS, Reply, fact};

use super::{
    case::{Answers, Case, Rule, Sent, judge, run},
    corpus::{Takes, naughty},
    rows::{Product, Rows},
};

on_both!(a_fact_takes_no_bad_string);
on_both!(a_detail_takes_no_bad_string);
on_both!(a_reason_is_no_bad_string);

/// A place in a fact and what it takes.
type Field = (String, Takes);

/// One string in so many is stored with each kind.
const SHARE: usize = 6;
const FACTS: &str = "/credit/v1/facts";
/// What a new fact may move beside its own table.
const FREELY: [&str; 3] = ["credit.outbox", "credit.score_timeline", "credit.fact_deadline"];

const FIELDS: [(&str, Takes); 10] = [
    ("/enterprise", Takes::Uscc),
    ("/kind", Takes::Word),
    ("/external_id", Takes::Line(100)),
    ("/source/authority", Takes::Line(200)),
    ("/source/document_no", Takes::Line(200)),
    ("/decided_on", Takes::Day),
    ("/valid_from", Takes::Day),
    ("/valid_to", Takes::Day),
    ("/published_on", Takes::Day),
    ("/degree", Takes::Word),
];

async fn a_fact_takes_no_bad_string(product: Product) {
    let (officer, strings) = (product.stack.officer().await, naughty());
    let codes = product.enterprises(strings.len()).await;
    let mut cases = Vec::new();
    for (pointer, takes) in FIELDS {
        let mut seen = BTreeSet::new();
        for (text, code) in strings.iter().zip(&codes) {
            let mut body = whole(code, "licence");
            *body.pointer_mut(pointer).unwrap() = json!(text);
            let again = line(text, 200).is_ok_and(|kept| !seen.insert(kept));
            // An own id names one fact: where two strings are equal once trimmed, one of them comes too late.
            let rule = if pointer == "/external_id" && again { None } else { Some(takes.rule(text, pointer)) };
            cases.extend(rule.map(|rule| Case::json(&officer, "POST", FACTS, body).must(pointer, rule, text)));
        }
    }
    post_all(&product, cases, &codes).await;
}

/// A fact with every field that facts have in common.
fn whole(code: &str, kind: &str) -> Value {
    let mut body = fact(code, kind);
    body["external_id"] = Value::Null;
    body["valid_to"] = json!("2030-05-11");
    body["published_on"] = json!("2026-05-12");
    body
}

async fn a_detail_takes_no_bad_string(product: Product) {
    let (officer, strings) = (product.stack.officer().await, naughty());
    let codes = product.enterprises(strings.len()).await;
    let before = product.rows();
    let (mut answers, mut fields) = (Vec::new(), 0);
    for (number, kind) in KINDS.into_iter().enumerate() {
        let all = strings_of(kind);
        fields += all.len();
        let of = |wanted: fn(Takes) -> bool| all.iter().filter(|(_, takes)| wanted(*takes)).cloned().collect::<Vec<Field>>();
        let lines = of(|takes| matches!(takes, Takes::Line(_)));
        // An amount is read in a good currency only: it has a turn of its own.
        let (amounts, rest) = (of(|takes| matches!(takes, Takes::Amount)), of(|takes| !matches!(takes, Takes::Amount)));
        let mut cases = Vec::new();
        for (place, (text, code)) in strings.iter().zip(&codes).enumerate() {
            // Beside a bad date nothing is stored, and every field is judged all the same.
            cases.push((spoilt(&officer, kind, code, text, &rest, true), &rest));
            cases.push((spoilt(&officer, kind, code, text, &amounts, false), &amounts));
            // All details lie in one column: each string is stored with some kinds, each kind with some strings.
            if place % SHARE == number % SHARE {
                cases.push((spoilt(&officer, kind, code, text, &lines, false), &lines));
            }
        }
        cases.retain(|(_, set)| !set.is_empty());
        let (cases, sets): (Vec<Case>, Vec<&Vec<Field>>) = cases.into_iter().unzip();
        let mut alone = Vec::new();
        for part in cases.chunks(1000) {
            alone.extend(batch(part).await);
        }
        for ((case, reply), set) in alone.into_iter().zip(sets) {
            check_each(&case, &reply, set);
            answers.push((case, reply));
        }
    }
    assert_eq!(fields, 55, "every string of every detail");
    settle(&product, &before, &judge(answers), &codes).await;
}

/// A fact with this string in all these fields.
fn spoilt(officer: &Client, kind: &str, code: &str, text: &str, set: &[Field], undated: bool) -> Case {
    let mut body = detailed(code, kind);
    let mut rules = Vec::new();
    for (pointer, takes) in set {
        *body.pointer_mut(pointer).unwrap() = json!(text);
        rules.push((pointer.clone(), takes.rule(text, pointer)));
    }
    if undated {
        body["decided_on"] = json!("no day");
        rules.insert(0, ("/decided_on".to_owned(), Rule::Refused(Some("date_invalid"))));
    }
    let first = rules.iter().find(|(_, rule)| matches!(rule, Rule::Refused(_)));
    let first = first.or_else(|| rules.iter().find(|(_, rule)| matches!(rule, Rule::Either))).or_else(|| rules.first());
    let (pointer, rule) = first.cloned().unwrap_or((String::new(), Rule::Either));
    Case::json(officer, "POST", FACTS, body).must(&pointer, rule, text)
}

/// Every field that takes no such string is named, and no other; where all take it, all are kept.
#[track_caller]
fn check_each(case: &Case, reply: &Reply, set: &[Field]) {
    let faults = reply.faults();
    for (pointer, takes) in set {
        let named = faults.iter().any(|(found, _)| found == pointer);
        match takes.rule(&case.tried, pointer) {
            Rule::Refused(_) => assert!(named, "{pointer} {:?}: {}", case.tried, reply.text),
            Rule::Kept { .. } => assert!(!named, "{pointer} {:?}: {}", case.tried, reply.text),
            Rule::Either => {}
        }
        if let (Rule::Kept { at, text }, 201) = (takes.rule(&case.tried, pointer), reply.status) {
            assert_eq!(reply.field(&at), &json!(text), "{pointer}");
        }
    }
}

/// Sends facts in one request; each answer as if it had come alone.
async fn batch(cases: &[Case]) -> Vec<(Case, Reply)> {
    let body = |case: &Case| if let Sent::Json(body) = &case.sent { body.clone() } else { Value::Null };
    let items: Vec<Value> = cases.iter().map(body).collect();
    let reply = cases[0].client.post("/credit/v1/facts/batch", &json!({"items": items})).await.expect_status(200);
    let results = reply.field("/items").as_array().unwrap();
    assert_eq!(results.len(), cases.len());
    let alone = |(case, item): (&Case, &Value)| {
        let status = u16::try_from(item["status"].as_u64().unwrap()).unwrap();
        let (kind, json) = if status < 400 { ("application/json", &item["body"]) } else { ("application/problem+json", &item["problem"]) };
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
        (case.clone(), Reply { status, headers, json: json.clone(), text: json.to_string() })
    };
    cases.iter().zip(results).map(alone).collect()
}

/// A fact whose detail has every field that its kind knows.
pub(super) fn detailed(code: &str, kind: &str) -> Value {
    let mut body = fact(code, kind);
    match kind {
        "penalty" => {
            body["detail"]["ban_until"] = json!("2027-05-11");
            body["detail"]["field"] = json!("food");
        }
        "spot_check" | "inspection" => body["detail"]["of_penalty"] = json!("fct_01JD0000000000000000000000"),
        "rectification" => body["detail"]["of_fact"] = json!("fct_01JD0000000000000000000000"),
        _ => {}
    }
    body
}

/// Where strings stand in the detail of a kind, and what they take.
fn strings_of(kind: &str) -> Vec<(String, Takes)> {
    let mut found = Vec::new();
    walk(&detailed("", kind)["detail"], "/detail", &mut found);
    found.into_iter().map(|pointer| (pointer.clone(), takes(&pointer))).collect()
}

fn walk(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(pointer.to_owned()),
        Value::Array(items) => items.iter().enumerate().for_each(|(place, item)| walk(item, &format!("{pointer}/{place}"), found)),
        Value::Object(fields) => fields.iter().for_each(|(name, item)| walk(item, &format!("{pointer}/{name}"), found)),
        _ => {}
    }
}

fn takes(pointer: &str) -> Takes {
    match pointer.trim_start_matches("/detail/") {
        "types/0" | "scope/0" | "result" | "mode" | "state" | "field" | "of_fact" | "of_penalty" => Takes::Word,
        "fine/amount" | "amount/amount" => Takes::Amount,
        "fine/currency" | "amount/currency" => Takes::Currency,
        "ban_until" | "resolved_on" => Takes::Day,
        "standard" => Takes::Standard,
        "buyer" => Takes::Uscc,
        "law" | "ground" | "basis" | "subject" | "outcome" => Takes::Line(1000),
        _ => Takes::Line(200),
    }
}

/// Sends facts; what was answered is what is stored, and nothing else.
async fn post_all(product: &Product, cases: Vec<Case>, codes: &[String]) {
    let before = product.rows();
    settle(product, &before, &run(cases).await, codes).await;
}

async fn settle(product: &Product, before: &Rows, answers: &Answers, codes: &[String]) {
    let made = answers.count(201);
    assert!(made > 500, "many strings are texts as good as any: {made}");
    product.grew(before, &[("credit.fact", made)], &FREELY);
    assert_eq!(i64::try_from(answers.done().count()).unwrap(), made, "every fact is new");
    read_back(product, answers, codes).await;
}

async fn read_back(product: &Product, answers: &Answers, codes: &[String]) {
    let officer = product.stack.officer().await;
    let lists = codes.iter().map(|code| {
        let path = format!("/credit/v1/enterprises/{code}/facts?limit=500");
        Case::get(&officer, &path).must("", Rule::Either, "")
    });
    let lists = run(lists.collect()).await;
    let items = lists.0.iter().flat_map(|(_, reply)| reply.field("/items").as_array().unwrap());
    let stored: BTreeMap<&str, &Value> = items.map(|item| (item["id"].as_str().unwrap(), item)).collect();
    assert_eq!(stored.len(), answers.done().count(), "what was not acknowledged is not there");
    for (case, reply) in answers.done() {
        let found = stored[reply.text_at("/id").as_str()];
        assert_eq!(found, &reply.json, "{:?} at {}", case.tried, case.pointer);
    }
}

async fn a_reason_is_no_bad_string(product: Product) {
    let (officer, strings) = (product.stack.officer().await, naughty());
    let codes = product.enterprises(strings.len()).await;
    let items: Vec<Value> = codes.iter().map(|code| fact(code, "award")).collect();
    let made = officer.post("/credit/v1/facts/batch", &json!({"items": items})).await.expect_status(200);
    let id_of = |item: &Value| item["body"]["id"].as_str().unwrap().to_owned();
    let ids: Vec<String> = made.field("/items").as_array().unwrap().iter().map(id_of).collect();
    let before = product.rows();
    let corrections = ids.iter().zip(&codes).zip(&strings).map(|((id, code), text)| {
        let body = json!({"reason": text, "fact": fact(code, "award")});
        let rule = match Takes::Line(500).rule(text, "") {
            Rule::Kept { .. } => Rule::Kept { at: "/supersedes".to_owned(), text: id.clone() },
            rule => rule,
        };
        Case::json(&officer, "POST", &format!("{FACTS}/{id}/supersede"), body).must("/reason", rule, text)
    });
    let answers = run(corrections.collect()).await;
    product.grew(&before, &[("credit.fact", answers.count(201))], &FREELY);
    ended(&officer, &ids, &strings).await;

    // What stands by now is annulled for the same reason.
    let standing = ids.iter().zip(&answers.0).map(|(id, (_, reply))| reply.field("/id").as_str().unwrap_or(id).to_owned());
    let standing: Vec<String> = standing.collect();
    let before = product.rows();
    let annulments = standing.iter().zip(&strings).map(|(id, text)| {
        let case = Case::json(&officer, "POST", &format!("{FACTS}/{id}/annul"), json!({"reason": text}));
        case.must("/reason", Takes::Line(500).rule(text, "/ended_because"), text)
    });
    run(annulments.collect()).await;
    product.grew(&before, &[], &FREELY);
    ended(&officer, &standing, &strings).await;
}

/// A fact ended where its string is a reason, and stands where it is none.
async fn ended(officer: &Client, ids: &[String], strings: &[String]) {
    let read = ids.iter().zip(strings).map(|(id, text)| Case::get(officer, &format!("{FACTS}/{id}")).must("", Rule::Either, text));
    for (case, reply) in run(read.collect()).await.0 {
        let reason = line(&case.tried, 500).ok();
        assert_eq!(reply.field("/ended_because").as_str(), reason.as_deref(), "{:?}", case.tried);
        assert_eq!(reply.field("/state") == "asserted", reason.is_none(), "{}", reply.text);
    }
}
