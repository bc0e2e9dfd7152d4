//! Clauses of standards: who records them, what is below a mandatory one, how two editions stand to each other and how that follows their
//! clauses. All numbers and limits are invented. Not here: single rules, which the service tests beside the code.

use serde_json::{Value, json};
use testkit::{Client, Reply, Stack};

use super::standard_catalogue::editions;

use super::challenges::step;

on_both_databases!(clauses_are_recorded_and_none_is_below_the_mandatory_ones);
on_both_databases!(a_recorded_comparison_follows_its_clauses);

fn edition(number: &str, ics: &str) -> Value {
    let (published, effective) = ("2024-01-01", "2024-07-01");
    json!({"number": number, "title": "示例用品要求", "published_on": published, "effective_on": effective, "status": "current", "ics": [ics]})
}

fn clause(number: &str, property: &str, upper: &str, unit: &str) -> Value {
    let indicator = json!({"property": property, "title": "示例指标", "direction": "max", "upper": upper, "unit": unit, "kind": "safety"});
    json!({"number": number, "indicator": indicator})
}

fn tested(method: &str, mut clause: Value) -> Value {
    clause["indicator"]["test_method"] = json!({"standard": method, "clause": "5.2"});
    clause
}

async fn put(client: &Client, edition: &str, clauses: &[Value], before: Option<&Reply>) -> Reply {
    let mut call = client.call("PUT", &format!("/standards/v1/editions/{edition}/clauses"));
    if let Some(before) = before {
        call = call.header("If-Match", before.header("etag").unwrap());
    }
    call.json(&json!({"clauses": clauses})).send().await
}

async fn clauses_are_recorded_and_none_is_below_the_mandatory_ones(stack: &mut Stack) {
    let (officer, association, itself) = (stack.officer().await, stack.caller("association").await, stack.enterprise().await);
    let mut far = edition("GB/T 99003-2024", "59.080.30");
    far["relations"] = json!([{"kind": "cites_normative", "to": "GB 99001"}]);
    let own = edition("GB/T 99002-2024", "97.190");
    let ids = editions(&officer, &[edition("GB 99001-2024", "97.190"), own, far, edition("T/SLXH 001-2026", "59.080.30")]).await;
    let [law, own, far, group] = ids.as_slice() else { panic!("{ids:?}") };

    // Who may, and everything that is wrong at once.
    let limit = [clause("4.1", "formaldehyde", "75", "mg/kg")];
    for stranger in [&association, &itself] {
        put(stranger, group, &limit, None).await.expect_problem(403, "not_your_organisation");
    }
    let reader = stack.scoped("authority", "standards:read").await;
    put(&reader, law, &limit, None).await.expect_problem(403, "scope_missing");
    put(&officer, "edn_01JD0000000000000000000000", &limit, None).await.expect_problem(404, "not_found");
    officer.get(&format!("/standards/v1/editions/{law}/clauses")).await.expect_problem(404, "not_found");
    let mut bad = clause("", "Formaldehyde", "7,5", "ppm");
    bad["applies_to"] = json!(["97.191"]);
    let faults = put(&officer, law, &[bad], None).await.expect_problem(422, "invalid").faults();
    let expected = [
        ("/clauses/0/applies_to/0", "ics_unknown"),
        ("/clauses/0/indicator/property", "property_invalid"),
        ("/clauses/0/indicator/unit", "unit_unknown"),
        ("/clauses/0/indicator/upper", "amount_invalid"),
        ("/clauses/0/number", "text_empty"),
    ];
    assert_eq!(faults.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect::<Vec<_>>(), expected);

    // The set of the mandatory edition, versioned.
    let first = put(&officer, law, &limit, None).await.expect_status(201);
    assert_eq!((first.field("/version"), first.field("/number")), (&json!(1), &json!("GB 99001-2024")));
    put(&officer, law, &limit, None).await.expect_problem(428, "if_match_required");
    let again = put(&officer, law, &limit, Some(&first)).await.expect_status(200);
    assert_eq!(again.field("/version"), 1, "the same set is no new version");

    // Standardization Law 21: each clause that is looser is named, with the clause that it is looser than.
    let looser = [clause("5.1", "azo_dyes", "1", "mg/kg"), clause("5.2", "formaldehyde", "0.1", "g/kg")];
    let refused = put(&officer, own, &looser, None).await.expect_problem(422, "below_mandatory");
    assert_eq!(refused.faults(), [("/clauses/1/indicator".to_owned(), "below_mandatory".to_owned())]);
    assert_eq!(refused.field("/mandatory"), &json!([{"pointer": "/clauses/1/indicator", "number": "GB 99001-2024", "clause": "4.1"}]));
    // The same in another unit is not looser; another class is not concerned, unless it cites the mandatory one or the clause says so.
    put(&officer, own, &[clause("5.2", "formaldehyde", "0.0075", "%")], None).await.expect_status(201);
    put(&officer, far, &looser, None).await.expect_problem(422, "below_mandatory");
    let apart = put(&officer, group, &looser, None).await.expect_status(201);
    assert_eq!(apart.field("/warnings"), &json!([]));
    let mut for_children = looser.to_vec();
    for_children[1]["applies_to"] = json!(["97.190"]);
    put(&officer, group, &for_children, Some(&apart)).await.expect_problem(422, "below_mandatory");

    // What cannot be compared is accepted, and said.
    let unlike = [tested("GB/T 99901-2020", clause("5.2", "formaldehyde", "100", "mg/kg"))];
    let warned = put(&officer, far, &unlike, None).await.expect_status(201);
    assert_eq!(warned.field("/warnings/0/code"), "mandatory_not_comparable");
    assert_eq!((warned.field("/warnings/0/number"), warned.field("/warnings/0/clause")), (&json!("GB 99001-2024"), &json!("4.1")));
    // A mandatory standard that becomes stricter refuses nothing afterwards; reading shows what fell below it.
    put(&officer, law, &[clause("4.1", "formaldehyde", "20", "mg/kg")], Some(&first)).await.expect_status(200);
    put(&officer, law, &limit, Some(&first)).await.expect_problem(412, "etag_mismatch");
    let fallen = reader.get(&format!("/standards/v1/editions/{own}/clauses")).await.expect_status(200);
    assert_eq!(fallen.field("/warnings/0/code"), "below_mandatory");
}

#[expect(clippy::too_many_lines, reason = "one story from the first comparison to the withdrawn conversion")]
async fn a_recorded_comparison_follows_its_clauses(stack: &mut Stack) {
    let (officer, association) = (stack.officer().await, stack.caller("association").await);
    let reader = stack.scoped("authority", "standards:read").await;
    let ids = editions(&officer, &[edition("T/SLXH 002-2026", "97.190"), edition("GB/T 99011-2024", "97.190")]).await;
    let [ours, theirs] = ids.as_slice() else { panic!("{ids:?}") };
    let pair = json!({"ours": "T/SLXH 002-2026", "theirs": "GB/T 99011"});
    let compare = async || reader.post("/standards/v1/editions/compare", &pair).await;
    let stricter = async || {
        let all = reader.get(&format!("/standards/v1/editions/{ours}/relations")).await.expect_status(200);
        let all = all.field("/items").as_array().unwrap().clone();
        all.into_iter().find(|one| one["kind"] == "stricter_than" && one["from"] == "T/SLXH 002-2026")
    };

    let faults = compare().await.expect_problem(422, "clauses_missing").faults();
    assert_eq!(faults.iter().map(|(pointer, _)| pointer.as_str()).collect::<Vec<_>>(), ["/ours", "/theirs"]);
    let unknown = json!({"ours": "T/SLXH 009-2026", "theirs": ours});
    reader.post("/standards/v1/editions/compare", &unknown).await.expect_problem(422, "invalid");

    // Each verdict, with its reason in both languages.
    let mut range = clause("5.4", "ph", "7.5", "[pH]");
    (range["indicator"]["direction"], range["indicator"]["lower"]) = (json!("range"), json!("4"));
    let mut wider = range.clone();
    wider["indicator"]["upper"] = json!("9");
    let method = |year: &str| tested(&format!("GB/T 99901-{year}"), clause("5.5", "lead", "1", "mg/kg"));
    let here = [
        clause("5.1", "formaldehyde", "20", "mg/kg"),
        clause("5.2", "cadmium", "0.1", "g/kg"),
        range,
        method("2020"),
        clause("5.6", "odour", "3", "1"),
    ];
    let there = [
        clause("4.1", "formaldehyde", "0.002", "%"),
        clause("4.2", "cadmium", "75", "mg/kg"),
        wider,
        method("2010"),
        clause("4.6", "nickel", "1", "1"),
    ];
    let own = put(&officer, ours, &here, None).await.expect_status(201);
    let other = put(&officer, theirs, &there, None).await.expect_status(201);
    let found = compare().await.expect_status(200);
    let verdicts: Vec<(&str, &str)> = found
        .field("/lines")
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["property"].as_str().unwrap(), line["verdict"].as_str().unwrap()))
        .collect();
    let expected = [
        ("formaldehyde", "equal"),
        ("cadmium", "looser"),
        ("ph", "stricter"),
        ("lead", "not_comparable"),
        ("odour", "missing_there"),
        ("nickel", "missing_here"),
    ];
    assert_eq!(verdicts, expected);
    assert_eq!((found.field("/overall"), found.field("/counts/stricter")), (&json!("mixed"), &json!(1)));
    assert_eq!(found.field("/lines/3/reason"), "test_method");
    assert!(found.text_at("/lines/3/detail").contains("test methods") && found.text_at("/lines/3/detail_zh").contains("试验方法"));

    // Without a conversion it is undecided; with it, ours is stricter, and the relation says so.
    let here = [clause("5.1", "formaldehyde", "10", "mg/kg"), method("2020")];
    let there = [clause("4.1", "formaldehyde", "0.002", "%"), method("2010")];
    let own = put(&officer, ours, &here, Some(&own)).await.expect_status(200);
    let other = put(&officer, theirs, &there, Some(&other)).await.expect_status(200);
    association.post("/standards/v1/comparisons", &pair).await.expect_problem(403, "not_your_organisation");
    reader.post("/standards/v1/comparisons", &pair).await.expect_problem(403, "scope_missing");
    let once = || officer.call("POST", "/standards/v1/comparisons").header("Idempotency-Key", "first").json(&pair);
    let kept = once().send().await.expect_status(201);
    assert_eq!(once().send().await.expect_status(201).field("/id"), kept.field("/id"));
    let duplicate = officer.post("/standards/v1/comparisons", &pair).await.expect_problem(409, "duplicate");
    assert_eq!((kept.field("/overall"), duplicate.field("/comparison")), (&json!("undecided"), kept.field("/id")));
    assert_eq!(stricter().await, None);
    let of = |year: &str| json!({"standard": format!("GB/T 99901-{year}"), "clause": "5.2"});
    let mut conversion = json!({"property": "lead", "from": of("2010"), "to": of("2020"), "factor": "1.5", "unit": "mg/kg"});
    (conversion["offset"], conversion["source"]) = (json!("-0.25"), json!("示例：比对试验"));
    association.post("/standards/v1/method_conversions", &conversion).await.expect_problem(403, "not_your_organisation");
    let wrong = json!({"property": "", "from": of("2010"), "to": of("2010"), "factor": "0", "unit": "ppm", "source": ""});
    let faults = officer.post("/standards/v1/method_conversions", &wrong).await.expect_problem(422, "invalid").faults();
    assert_eq!(faults.iter().map(|(pointer, _)| pointer.as_str()).collect::<Vec<_>>(), ["/factor", "/property", "/source", "/to", "/unit"]);
    let recorded = officer.post("/standards/v1/method_conversions", &conversion).await.expect_status(201);
    let read = reader.get(recorded.header("location").unwrap()).await.expect_status(200);
    assert_eq!(read.json, recorded.json);
    officer.post("/standards/v1/method_conversions", &conversion).await.expect_problem(409, "duplicate");
    let listed = reader.get("/standards/v1/method_conversions?property=lead").await.expect_status(200);
    assert_eq!(listed.field("/items/0/id"), recorded.field("/id"));
    let path = format!("/standards/v1/comparisons/{}", kept.text_at("/id"));
    let judged = reader.get(&path).await.expect_status(200);
    assert_eq!(
        (judged.field("/version"), judged.field("/overall")),
        (&json!(2), &json!("stricter")),
        "1 by the older method is 1.25 by the newer one"
    );
    let relation = stricter().await.expect("ours is stricter");
    assert_eq!((&relation["to"], &relation["note"]), (&json!("GB/T 99011-2024"), kept.field("/id")));

    // A conversion that is wrong is withdrawn, and what it proved with it; another one takes its place.
    let withdraw = format!("{}/withdraw", recorded.header("location").unwrap());
    let reason = json!({"reason": "示例：系数有误"});
    officer.post(&withdraw, &reason).await.expect_problem(428, "if_match_required");
    step(&association, &recorded, &withdraw, &reason).await.expect_problem(403, "not_your_organisation");
    let withdrawn = step(&officer, &recorded, &withdraw, &reason).await.expect_status(200);
    assert_eq!((withdrawn.field("/version"), withdrawn.field("/withdrawn/reason")), (&json!(2), &reason["reason"]));
    step(&officer, &recorded, &withdraw, &reason).await.expect_problem(412, "etag_mismatch");
    step(&officer, &withdrawn, &withdraw, &reason).await.expect_problem(409, "illegal_transition");
    assert_eq!((reader.get(&path).await.expect_status(200).field("/overall"), stricter().await), (&json!("undecided"), None));
    officer.post("/standards/v1/method_conversions", &conversion).await.expect_status(201);
    assert!(stricter().await.is_some());

    // When theirs becomes as strict as ours, it is judged again and the relation is taken back; then ours is raised.
    let raised = [clause("4.1", "formaldehyde", "0.001", "%"), tested("GB/T 99901-2020", clause("4.2", "lead", "1", "mg/kg"))];
    put(&officer, theirs, &raised, Some(&other)).await.expect_status(200);
    let judged = reader.get(&path).await.expect_status(200);
    assert_eq!((judged.field("/overall"), judged.field("/theirs/version")), (&json!("equal"), &json!(3)));
    assert_eq!(stricter().await, None);
    put(&officer, ours, &[clause("5.1", "formaldehyde", "9", "mg/kg"), method("2020")], Some(&own)).await.expect_status(200);
    assert!(stricter().await.is_some());
    let listed = reader.get(&format!("/standards/v1/comparisons?edition={theirs}")).await.expect_status(200);
    assert_eq!((listed.field("/items/0/id"), listed.field("/items/0/overall")), (kept.field("/id"), &json!("stricter")));
    reader.get("/standards/v1/comparisons/cmp_01JD0000000000000000000000").await.expect_problem(404, "not_found");
}
