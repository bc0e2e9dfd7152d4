//! Every naughty string in paths, in queries and in headers. Not here: bodies.

use std::{collections::BTreeSet, fmt::Write};

use model::instant::{Instant, parse_day};
use serde_json::json;
use testkit::{fact, sample_enterprise};

use super::{
    case::{Case, Rule, Sent, run},
    corpus::naughty,
    rows::Product,
};

on_both!(a_path_takes_no_bad_string);
on_both!(a_query_takes_no_bad_string);
on_both!(a_header_takes_no_bad_string);

/// Every byte escaped that is no letter and no digit.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").unwrap();
        }
    }
    escaped
}

async fn a_path_takes_no_bad_string(product: Product) {
    let (officer, buyer) = (product.stack.officer().await, product.stack.buyer().await);
    let mut cases = Vec::new();
    // Dots alone are steps of a path even when they are escaped.
    for text in naughty().into_iter().filter(|text| !matches!(text.as_str(), "" | "." | "..")) {
        let part = escaped(&text);
        let new = sample_enterprise();
        cases.push(Case::json(&officer, "PUT", &format!("/credit/v1/enterprises/{part}"), new.body.clone()).must(
            "{uscc}",
            Rule::Refused(None),
            &text,
        ));
        for (client, method, path, pointer) in [
            (&officer, "GET", format!("/credit/v1/enterprises/{part}"), "{uscc}"),
            (&officer, "GET", format!("/credit/v1/enterprises/{part}/facts"), "{uscc}"),
            (&officer, "GET", format!("/credit/v1/enterprises/{part}/score"), "{uscc}"),
            (&officer, "GET", format!("/credit/v1/enterprises/{part}/queries"), "{uscc}"),
            (&officer, "GET", format!("/credit/v1/enterprises/{part}/measures"), "{uscc}"),
            (&officer, "GET", format!("/credit/v1/facts/{part}"), "{id}"),
            (&officer, "GET", format!("/credit/v1/listings/{part}"), "{id}"),
            (&buyer, "GET", format!("/procurement/v1/decisions/{part}"), "{id}"),
            (&buyer, "POST", format!("/procurement/v1/decisions/{part}/replay"), "{id}"),
            (&buyer, "GET", format!("/procurement/v1/rulesets/government-procurement/versions/{part}"), "{version}"),
            (&buyer, "GET", format!("/procurement/v1/rulesets/{part}/versions/1"), "{id}"),
        ] {
            cases.push(Case { method, ..Case::get(client, &path) }.must(pointer, Rule::Refused(None), &text));
        }
        let reason = json!({"reason": "示例"});
        let path = format!("/credit/v1/facts/{part}/annul");
        cases.push(Case::json(&officer, "POST", &path, reason).must("{id}", Rule::Refused(None), &text));
    }
    for case in &mut cases {
        // The first version of the first ruleset is there, under its own name.
        if case.path.ends_with("/versions/1") && case.tried == "1" {
            case.rule = Rule::Either;
        }
    }
    let before = product.rows();
    run(cases).await;
    product.grew(&before, &[], &[]);
}

/// Whether a parameter may well say this.
fn may_say(name: &str, text: &str) -> bool {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match name {
        "q" => true,
        "client" => (1..=100).contains(&text.len()),
        "division" => digits && [2, 4, 6].contains(&text.len()),
        "industry" => (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "limit" => digits && text.parse::<i64>().is_ok_and(|limit| (1..=500).contains(&limit)),
        "as_of" | "known_at" => Instant::parse_or_day_end(text).is_ok(),
        "from" | "to" => parse_day(text).is_ok(),
        "after" => text.parse::<i64>().is_ok_and(|after| after >= 0),
        "wait" => text.parse::<i64>().is_ok_and(|wait| (0..=30).contains(&wait)),
        _ => false,
    }
}

async fn a_query_takes_no_bad_string(product: Product) {
    let officer = product.stack.officer().await;
    let code = product.enterprises(1).await.remove(0);
    let (facts, score) = (format!("/credit/v1/enterprises/{code}/facts"), format!("/credit/v1/enterprises/{code}/score"));
    let (list, feed, log) = ("/credit/v1/enterprises", "/credit/v1/events", "/credit/v1/query_log");
    let (listings, due, standing) = ("/credit/v1/listings", "/credit/v1/listings/due", "/credit/v1/lists/trustworthy");
    let measures = format!("/credit/v1/enterprises/{code}/measures");
    let mut cases = Vec::new();
    for (path, name) in [
        (list, "q"),
        (list, "division"),
        (list, "industry"),
        (list, "limit"),
        (list, "cursor"),
        (&facts, "kind"),
        (&facts, "as_of"),
        (&facts, "known_at"),
        (&facts, "limit"),
        (&facts, "cursor"),
        (&score, "as_of"),
        (&score, "known_at"),
        (log, "enterprise"),
        (log, "client"),
        (log, "from"),
        (log, "to"),
        (log, "limit"),
        (log, "cursor"),
        (listings, "enterprise"),
        (listings, "list"),
        (listings, "state"),
        (listings, "limit"),
        (listings, "cursor"),
        (due, "as_of"),
        (due, "cursor"),
        (standing, "as_of"),
        (standing, "limit"),
        (standing, "cursor"),
        (&measures, "as_of"),
        (&measures, "known_at"),
        (feed, "after"),
        (feed, "limit"),
        (feed, "wait"),
    ] {
        for text in naughty() {
            let rule = if may_say(name, &text) { Rule::Either } else { Rule::Refused(None) };
            cases.push(Case::get(&officer, &format!("{path}?{name}={}", escaped(&text))).must(&format!("?{name}"), rule, &text));
        }
    }
    // As names, the strings are repeated back without what cannot be shown.
    for text in naughty().into_iter().filter(|text| !text.is_empty()) {
        cases.push(Case::get(&officer, &format!("{list}?{}=1", escaped(&text))).must("", Rule::Refused(None), &text));
    }
    let before = product.rows();
    run(cases).await;
    product.grew(&before, &[], &[]);
}

async fn a_header_takes_no_bad_string(product: Product) {
    let (officer, buyer) = (product.stack.officer().await, product.stack.buyer().await);
    let code = product.enterprises(1).await.remove(0);
    product.settled(&code).await;
    // A header is trimmed on its way; two strings that then say the same are one key.
    let legal: BTreeSet<String> = naughty()
        .into_iter()
        .map(|text| text.trim_matches([' ', '\t']).to_owned())
        .filter(|text| text.bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte)))
        .collect();
    assert!(legal.len() > 200, "{}", legal.len());
    let mut cases = Vec::new();
    for text in &legal {
        let key = (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        let refused = || Rule::Refused(Some("bad_header"));
        let rule = || if key { Rule::Kept { at: "/enterprise".to_owned(), text: code.clone() } } else { refused() };
        let header = Some(("Idempotency-Key", text.clone()));
        let mut body = fact(&code, "award");
        body["detail"]["title"] = json!(format!("示例{}", cases.len()));
        let case = Case::json(&officer, "POST", "/credit/v1/facts", body).must("Idempotency-Key", rule(), text);
        cases.push(Case { header: header.clone(), ..case });
        let body = json!({"supplier": code, "explain": "failed"});
        let rule = if key { Rule::Kept { at: "/supplier".to_owned(), text: code.clone() } } else { refused() };
        let case = Case::json(&buyer, "POST", "/procurement/v1/decisions", body).must("Idempotency-Key", rule, text);
        cases.push(Case { header, ..case });
        let case = Case::json(&officer, "PUT", &format!("/credit/v1/enterprises/{code}"), sample_enterprise().body);
        // A tag that is not ours matches nothing; what is no tag cannot be read.
        let case = case.must("If-Match", Rule::Refused(None), text);
        cases.push(Case { header: Some(("If-Match", text.clone())), ..case });
    }
    let before = product.rows();
    let answers = run(cases).await;
    let of = |path: &str| i64::try_from(answers.done().filter(|(case, _)| case.path == path).count()).unwrap();
    let (facts, decisions) = (of("/credit/v1/facts"), of("/procurement/v1/decisions"));
    let by = [
        ("credit.fact", facts),
        ("credit.idempotency", facts),
        ("procurement.decision", decisions),
        ("procurement.idempotency", decisions),
        ("procurement.outbox", decisions),
    ];
    product.grew(&before, &by, &["credit.outbox", "credit.score_timeline"]);
    assert!(answers.done().all(|(case, _)| !matches!(case.sent, Sent::Nothing)));
}
