//! The explained score of the API's example, and of an enterprise that is too young for one.

use chrono::Days;
use serde_json::{Value, json};
use testkit::{Stack, fact, sample_enterprise, today};

on_both_databases!(the_score_is_explained);

async fn the_score_is_explained(stack: &mut Stack) {
    let officer = stack.officer().await;
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    let mut failed = fact(&sample.code, "spot_check");
    failed["external_id"] = json!("SZ-2026-0001");
    failed["detail"] = json!({"result": "fail", "product": "电热水壶", "items": ["接地措施"]});
    let id = officer.post("/credit/v1/facts", &failed).await.expect_status(201).text_at("/id");

    let score = officer.get(&format!("{}/score?as_of=2026-06-01", sample.path())).await.expect_status(200);
    assert_eq!((score.field("/score"), score.field("/grade")), (&json!(742), &json!("A")), "{}", score.text);
    assert_eq!(score.field("/model"), &json!({"id": "quality-credit", "version": 1}));
    assert_eq!(score.field("/vetoes"), &json!([]));
    assert_eq!(score.field("/watermark").as_i64(), Some(stack.head().await));
    assert!(score.text_at("/as_of").starts_with("2026-06-0"), "{}", score.text);
    let number = |value: &Value, name: &str| value[name].as_u64().unwrap();
    let families = score.field("/families").as_array().unwrap();
    assert_eq!(families.iter().map(|family| number(family, "points")).sum::<u64>(), 742, "the families add up to the score");
    assert_eq!(families.iter().map(|family| number(family, "max_points")).sum::<u64>(), 1000);
    let product = families.iter().find(|family| family["code"] == "product_quality").unwrap();
    assert_eq!(number(product, "max_points"), 250);
    let indicators = families.iter().flat_map(|family| family["indicators"].as_array().unwrap());
    let blamed: Vec<&Value> = indicators.filter(|indicator| indicator["fact_ids"] == json!([id])).collect();
    assert!(blamed.iter().any(|indicator| number(indicator, "points_lost") > 0), "{}", score.text);
    let lost: Vec<u64> = score.field("/reasons").as_array().unwrap().iter().map(|reason| number(reason, "points_lost")).collect();
    assert!(!lost.is_empty() && lost.windows(2).all(|pair| pair[0] >= pair[1]), "most points lost first: {lost:?}");

    let zh = officer.call("GET", &format!("{}/score?as_of=2026-06-01", sample.path())).header("Accept-Language", "zh").send().await;
    assert_ne!(zh.field("/reasons/0/text"), score.field("/reasons/0/text"));
    let before = officer.get(&format!("{}/score?as_of=2026-05-10", sample.path())).await.expect_status(200);
    assert!(before.field("/score").as_u64() > Some(742), "before the failed check: {}", before.text);

    let young = sample_enterprise();
    let established = today().checked_sub_days(Days::new(30)).unwrap().to_string();
    let young = young.with("established_on", json!(established));
    officer.put(&young.path(), &young.body).await.expect_status(201);
    let score = officer.get(&format!("{}/score", young.path())).await.expect_status(200);
    assert_eq!((score.field("/score"), score.field("/grade")), (&Value::Null, &json!("unrated")), "{}", score.text);
}
