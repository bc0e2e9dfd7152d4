//! Every naughty string on every string field of an enterprise. Not here: files of enterprises, `files.rs`.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::sample_enterprise;

use super::{
    case::{Case, run},
    corpus::{Takes, naughty},
    rows::Product,
};

on_both!(an_enterprise_takes_no_bad_string);

const FIELDS: [(&str, Takes); 11] = [
    ("/name", Takes::Line(200)),
    ("/short_name", Takes::Line(200)),
    ("/name_en", Takes::Line(200)),
    ("/former_names/0/name", Takes::Line(200)),
    ("/former_names/0/since", Takes::Day),
    ("/former_names/0/until", Takes::Day),
    ("/division", Takes::Division),
    ("/industry", Takes::Industry),
    ("/established_on", Takes::Day),
    ("/status", Takes::Word),
    ("/status_since", Takes::Day),
];

async fn an_enterprise_takes_no_bad_string(product: Product) {
    let officer = product.stack.officer().await;
    let mut cases = Vec::new();
    for (pointer, takes) in FIELDS {
        for text in naughty() {
            let mut sample = sample_enterprise();
            for (name, value) in [("short_name", json!("示例")), ("name_en", json!("Sample")), ("industry", json!("C3854"))] {
                sample.body[name] = value;
            }
            sample.body["former_names"] = json!([{"name": "示例旧名", "since": "2000-01-01", "until": "2019-03-01"}]);
            sample.body["status_since"] = json!("2000-01-01");
            *sample.body.pointer_mut(pointer).unwrap() = json!(text);
            let (path, body) = (sample.path(), sample.body);
            cases.push(Case::json(&officer, "PUT", &path, body).must(pointer, takes.rule(&text, pointer), &text));
        }
    }
    let before = product.rows();
    let answers = run(cases).await;
    let made = answers.count(201);
    assert!(made > 1000, "most strings are names as good as any: {made}");
    assert_eq!(i64::try_from(answers.done().count()).unwrap(), made, "every code is new");
    let by = [("credit.enterprise", made), ("credit.enterprise_version", made), ("credit.enterprise_name", made * 4)];
    product.grew(&before, &by, &["credit.outbox", "credit.score_timeline", "credit.name_key"]);

    // What is read is what was answered, and nothing else is there.
    let mut stored: BTreeMap<String, Value> = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let page = officer.get(&format!("/credit/v1/enterprises?limit=500{cursor}")).await.expect_status(200);
        for item in page.field("/items").as_array().unwrap() {
            stored.insert(item["uscc"].as_str().unwrap().to_owned(), item.clone());
        }
        match page.field("/next_cursor").as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let answered: BTreeMap<String, Value> = answers.done().map(|(_, reply)| (reply.text_at("/uscc"), reply.json.clone())).collect();
    assert!(stored == answered, "{} stored, {} answered", stored.len(), answered.len());
}
