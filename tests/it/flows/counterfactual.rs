//! What it would take: who can do what from when, the smallest sets that flip the outcome, and that they do when they are carried out. A joint measure bars
//! from what it bites on, and ends with its ground.

use serde_json::{Value, json};
use testkit::{Client, Sample, Stack, decided_at, fact, sample_enterprise};

in_every_mode!(a_set_that_is_carried_out_flips_the_outcome);
in_every_mode!(a_joint_measure_bars_until_its_ground_ends);

async fn supplier(officer: &Client) -> Sample {
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    officer.post("/credit/v1/facts", &fact(&sample.code, "licence")).await.expect_status(201);
    sample
}

fn kinds(set: &Value) -> Vec<&str> {
    set["changes"].as_array().unwrap().iter().map(|change| change["kind"].as_str().unwrap()).collect()
}

async fn a_set_that_is_carried_out_flips_the_outcome(stack: &mut Stack) {
    let (officer, buyer) = (stack.officer().await, stack.buyer().await);
    let sample = supplier(&officer).await;
    let ask = json!({"supplier": sample.code, "as_of": "2026-06-01"});
    let mut listing = fact(&sample.code, "abnormal_operation_listing");
    listing["valid_from"] = json!("2026-05-01");
    listing["decided_on"] = json!("2026-05-01");
    let listing = officer.post("/credit/v1/facts", &listing).await.expect_status(201).text_at("/id");
    let decision = decided_at(&buyer, &ask, stack.head().await).await;
    assert_eq!(decision["outcome"], json!("ineligible"), "{decision}");
    let path = format!("/procurement/v1/decisions/{}/counterfactual", decision["id"].as_str().unwrap());

    let found = buyer.post(&path, &json!({})).await.expect_status(200);
    assert_eq!(
        (found.field("/outcome"), found.field("/on"), found.field("/complete")),
        (&json!("ineligible"), &json!("stored"), &json!(true))
    );
    let obstacle = found.field("/criteria").as_array().unwrap().iter().find(|one| one["code"] == "EXC.ABNORMAL_OPERATION").unwrap().clone();
    assert_eq!((&obstacle["needed"][0]["kind"], &obstacle["needed"][0]["who"]), (&json!("end_listing"), &json!("authority")));
    let sets = found.field("/sets").as_array().unwrap();
    assert_eq!((sets.len(), kinds(&sets[0])), (1, vec!["end_listing"]), "{}", found.text);
    assert_eq!((&sets[0]["outcome"], &sets[0]["changes"][0]["fact_id"]), (&json!("eligible"), &json!(listing)));
    assert!(found.field("/note/zh").as_str().is_some_and(|note| note.contains("不构成承诺")));

    // It is done, and the outcome is the one that was told; the stored decision keeps its own standing.
    officer.post(&format!("/credit/v1/facts/{listing}/annul"), &json!({"reason": "示例：已移出。"})).await.expect_status(200);
    let now = decided_at(&buyer, &ask, stack.head().await).await;
    assert_eq!(now["outcome"], sets[0]["outcome"], "{now}");
    assert_eq!(buyer.post(&path, &json!({"on": "stored"})).await.expect_status(200).text, found.text);
    let again = buyer.post(&path, &json!({"on": "now"})).await.expect_status(200);
    assert_eq!((again.field("/outcome"), again.field("/sets"), again.field("/criteria")), (&json!("eligible"), &json!([]), &json!([])));

    let other = stack.caller("insurer").await.post(&path, &json!({})).await;
    assert!([403, 404].contains(&other.status), "{}", other.text);
    assert_eq!(buyer.post(&path, &json!({"on": "tomorrow"})).await.status, 400);
    buyer
        .post("/procurement/v1/decisions/dec_01JD0000000000000000000000/counterfactual", &json!({}))
        .await
        .expect_problem(404, "not_found");
}

async fn a_joint_measure_bars_until_its_ground_ends(stack: &mut Stack) {
    let (officer, buyer) = (stack.officer().await, stack.buyer().await);
    let sample = supplier(&officer).await;
    let mut listing = fact(&sample.code, "serious_violation_listing");
    listing["valid_from"] = json!("2026-05-11");
    listing["valid_to"] = json!("2029-05-10");
    officer.post("/credit/v1/facts", &listing).await.expect_status(201);
    let head = stack.head().await;
    for ruleset in ["fiscal-funds", "government-investment", "public-resource-trading"] {
        let decided = decided_at(&buyer, &json!({"supplier": sample.code, "ruleset": ruleset, "as_of": "2026-06-01"}), head).await;
        let findings = decided["criteria"].as_array().unwrap();
        let measure = findings.iter().find(|finding| finding["code"] == "EXC.JOINT_MEASURE").unwrap();
        assert_eq!((&measure["result"], &measure["remedy"]["earliest"]), (&json!("fail"), &json!("2029-05-11")), "{measure}");
        assert!(measure["fact_ids"].as_array().is_some_and(|ids| ids.len() == 1), "the ground is named: {measure}");
        let replay = buyer.call("POST", &format!("/procurement/v1/decisions/{}/replay", decided["id"].as_str().unwrap())).send().await;
        assert_eq!(replay.expect_status(200).json, json!({"result": "identical"}));

        // An early removal ends the listing and the measure with it, one year after the day of the listing at the earliest; the grade stays.
        let path = format!("/procurement/v1/decisions/{}/counterfactual", decided["id"].as_str().unwrap());
        let found = buyer.post(&path, &json!({})).await.expect_status(200);
        let barred = found.field("/criteria").as_array().unwrap().iter().find(|one| one["code"] == "EXC.JOINT_MEASURE").unwrap().clone();
        let removal = barred["needed"].as_array().unwrap().iter().find(|one| one["kind"] == "end_listing").unwrap();
        assert_eq!((&removal["who"], &removal["earliest"]), (&json!("authority"), &json!("2027-05-12")), "{}", found.text);
        assert_eq!(kinds(&found.field("/sets").as_array().unwrap()[0]), ["wait"], "{}", found.text);
    }
    let later = json!({"supplier": sample.code, "ruleset": "fiscal-funds", "as_of": "2029-05-11"});
    let later = buyer.post("/procurement/v1/decisions", &later).await.expect_status(201);
    let measure =
        later.field("/criteria").as_array().unwrap().iter().find(|finding| finding["code"] == "EXC.JOINT_MEASURE").unwrap().clone();
    assert_eq!(measure["result"], json!("pass"), "it ends by itself: {measure}");
}
