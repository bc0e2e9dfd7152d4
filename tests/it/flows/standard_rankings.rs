//! From declared indicators to bands, from the best band to a title, and how it is lost. Not here: single rules, which `services/standards` tests
//! beside the code.

use serde_json::{Value, json};
use testkit::{Client, Reply, Stack, eventually, next_code, today};

use super::{challenges::step, standard_catalogue::editions};

on_both_databases!(a_field_is_ranked_in_bands);
on_both_databases!(a_leader_is_named_and_loses_the_title);

const PLANS: &str = "/standards/v1/ranking_plans";
const RANKINGS: &str = "/standards/v1/rankings";
const EXCLUSIONS: &str = "/standards/v1/ranking_exclusions";
const PUBLIC: &str = "/standards/v1/public/leaders";
const STANDARD: &str = "GB/T 99001-2024";

fn edition() -> Value {
    json!({"number": STANDARD, "title": "示例通用要求", "published_on": "2024-01-01", "effective_on": "2024-07-01",
        "status": "current", "ics": ["97.190"]})
}

fn at_least(property: &str, lower: &str) -> Value {
    json!({"property": property, "title": "示例", "direction": "min", "lower": lower, "unit": "mm", "kind": "performance"})
}

fn graded(property: &str, kind: &str, bands: &[&str]) -> Value {
    let bands: Vec<Value> = bands.iter().map(|lower| json!({"lower": lower})).collect();
    json!({"property": property, "title": "示例", "kind": kind, "direction": "min", "unit": "mm", "bands": bands})
}

/// The year of today, in which a plan ranks.
fn this_year() -> i32 {
    today().format("%Y").to_string().parse().unwrap()
}

/// A plan of three core indicators; a centimetre and a millimetre are told apart by their units alone.
fn plan() -> Value {
    let mut bounce = graded("bounce", "core", &["0.9", "0.5"]);
    bounce["unit"] = json!("cm");
    json!({"title": "示例排行方案", "ics": "97.190", "year": this_year(), "baseline": ["GB/T 99001—2024"],
        "indicators": [graded("wear", "core", &["100", "80", "60"]), graded("grip", "core", &["30", "20", "10"]), bounce]})
}

/// The register with the standard and its clauses; the laboratory as an assessment body.
async fn prepared(stack: &Stack) -> (Client, Client) {
    let (officer, laboratory) = (stack.officer().await, stack.caller("laboratory").await);
    let edition = editions(&officer, &[edition()]).await.remove(0);
    let clause = |number: &str, indicator: Value| json!({"number": number, "indicator": indicator});
    let clauses = json!({"clauses": [clause("5.1", at_least("wear", "60")), clause("5.2", at_least("grip", "10"))]});
    officer.put(&format!("/standards/v1/editions/{edition}/clauses"), &clauses).await.expect_status(201);
    let body = json!({"name": "示例检测评价中心", "fields": ["97.190"], "accreditation": "示例认可 L00000"});
    laboratory.post("/standards/v1/assessors", &body).await.expect_status(201);
    (officer, laboratory)
}

/// A plan that is approved; its id.
async fn approved(officer: &Client, laboratory: &Client) -> String {
    let drafted = laboratory.post(PLANS, &plan()).await.expect_status(201);
    let path = format!("{PLANS}/{}", drafted.text_at("/id"));
    step(officer, &drafted, &format!("{path}/approve"), &decided()).await.expect_status(200);
    drafted.text_at("/id")
}

fn decided() -> Value {
    json!({"document_no": "示例标准〔2026〕1号", "text": "示例：可行。"})
}

/// A declaration of wear, grip and bounce; `-` for one that is not declared.
async fn declared(client: &Client, enterprise: Option<&str>, values: [&str; 3]) -> String {
    let named = ["wear", "grip", "bounce"].into_iter().zip(values);
    let indicators: Vec<Value> = named.filter(|(_, lower)| *lower != "-").map(|(property, lower)| at_least(property, lower)).collect();
    let mut body = json!({"product": {"name": "示例用品", "ics": "97.190"}, "executed": [{"number": STANDARD}],
        "indicators": indicators, "channel": "platform"});
    if let Some(code) = enterprise {
        body["enterprise"] = json!(code);
    }
    client.post("/standards/v1/declarations", &body).await.expect_status(201).text_at("/id")
}

fn told(reply: &Reply) -> Vec<(String, String)> {
    let mut faults = reply.faults();
    faults.sort();
    faults
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect()
}

/// Declarations with their band, and those left out with the reason.
type Placed = (Vec<(String, i64)>, Vec<(String, String)>);

/// Which declarations are in which band, and why the others are in none.
fn placed(ranking: &Reply) -> Placed {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let places = ranking.field("/places").as_array().unwrap();
    let out = ranking.field("/excluded").as_array().unwrap();
    let mut excluded: Vec<_> = out.iter().map(|one| (text(&one["declaration"]), text(&one["reasons"][0]["code"]))).collect();
    excluded.sort();
    (places.iter().map(|place| (text(&place["declaration"]), place["band"].as_i64().unwrap())).collect(), excluded)
}

async fn bodies_and_plans(stack: &Stack, officer: &Client, laboratory: &Client) -> String {
    let (itself, assessors) = (stack.enterprise().await, "/standards/v1/assessors");
    let body = json!({"name": "示例", "fields": ["97"]});
    laboratory.post(assessors, &body).await.expect_problem(409, "duplicate");
    itself.post(assessors, &body).await.expect_problem(403, "not_your_organisation");
    officer.post(assessors, &body).await.expect_problem(422, "organisation_missing");
    let bad = officer.post(assessors, &json!({"organisation": "1", "name": " ", "fields": ["9"]})).await.expect_problem(422, "invalid");
    let expected = [("/fields/0", "ics_unknown"), ("/name", "text_empty"), ("/organisation", "uscc_length")];
    assert_eq!(told(&bad), pairs(&expected));
    let mut other = body.clone();
    other["organisation"] = json!(stack.code("association"));
    laboratory.post(assessors, &other).await.expect_problem(403, "not_your_organisation");
    officer.post(assessors, &other).await.expect_status(201);
    let listed = itself.get(assessors).await.expect_status(200);
    assert_eq!(listed.field("/items").as_array().unwrap().len(), 2);

    // What contradicts itself or the standard is refused at once, with the clause.
    itself.post(PLANS, &plan()).await.expect_problem(403, "not_your_organisation");
    officer.post(PLANS, &plan()).await.expect_problem(422, "assessor_missing");
    let mut bad = plan();
    bad["indicators"][0] = graded("wear", "core", &["100", "100", "59.9"]);
    bad["indicators"][2] = graded("grip", "basic", &["10"]);
    bad["baseline"] = json!([STANDARD, "GB/T 99009-2024"]);
    let bad = laboratory.post(PLANS, &bad).await.expect_problem(422, "invalid");
    let expected = [
        ("/baseline/1", "edition_unknown"),
        ("/indicators/0/bands/1", "band_order"),
        ("/indicators/0/bands/2", "band_below_standard"),
        ("/indicators/2/property", "property_twice"),
    ];
    assert_eq!(told(&bad), pairs(&expected));
    assert!(bad.text.contains("clause 5.1 of GB/T 99001-2024"), "{}", bad.text);
    let mut unread = plan();
    (unread["ics"], unread["year"], unread["baseline"]) = (json!("9"), json!(1999), json!(["GB/T 99001"]));
    unread["indicators"][0]["bands"][0] = json!({"upper": "1"});
    let unread = laboratory.post(PLANS, &unread).await.expect_problem(422, "invalid");
    let expected = [
        ("/baseline/0", "baseline_undated"),
        ("/ics", "ics_unknown"),
        ("/indicators/0/bands/0/lower", "band_bound"),
        ("/indicators/0/bands/0/upper", "band_bound"),
        ("/year", "year_invalid"),
    ];
    assert_eq!(told(&unread), pairs(&expected));
    let mut elsewhere = plan();
    elsewhere["ics"] = json!("13.120");
    laboratory.post(PLANS, &elsewhere).await.expect_problem(422, "field_not_covered");

    // An incomplete one may be handed in, and is not approved.
    let mut short = plan();
    short["indicators"] = json!([graded("wear", "core", &["100"]), graded("grip", "basic", &["10"])]);
    let short = laboratory.post(PLANS, &short).await.expect_status(201);
    let path = format!("{PLANS}/{}", short.text_at("/id"));
    step(laboratory, &short, &format!("{path}/approve"), &decided()).await.expect_problem(403, "not_your_organisation");
    officer.post(&format!("{path}/approve"), &decided()).await.expect_problem(428, "if_match_required");
    let lacks = step(officer, &short, &format!("{path}/approve"), &decided()).await.expect_problem(422, "invalid");
    assert_eq!(told(&lacks), pairs(&[("/indicators", "core_too_few"), ("/indicators/0/bands", "band_too_few")]));
    let by_it = json!({"plan": short.text_at("/id")});
    laboratory.post(RANKINGS, &by_it).await.expect_problem(422, "plan_not_approved");
    let rejected = step(officer, &short, &format!("{path}/reject"), &decided()).await.expect_status(200);
    step(officer, &rejected, &format!("{path}/approve"), &decided()).await.expect_problem(409, "illegal_transition");
    let plan = approved(officer, laboratory).await;
    let open = itself.get(&format!("{PLANS}?ics=97&state=approved&year={}", this_year())).await.expect_status(200);
    assert_eq!((open.field("/items/0/id"), open.field("/items/1")), (&json!(plan), &Value::Null));
    plan
}

#[expect(clippy::too_many_lines, reason = "one story from the plan to the ranking and back")]
async fn a_field_is_ranked_in_bands(stack: &mut Stack) {
    let (officer, laboratory) = prepared(stack).await;
    let itself = stack.enterprise().await;
    let plan = bodies_and_plans(stack, &officer, &laboratory).await;
    let own = stack.code("enterprise");
    let codes: Vec<String> = (0..7).map(|_| next_code()).collect();
    let of = |place: usize| Some(codes[place].as_str());
    let best = declared(&itself, None, ["120", "30", "9"]).await;
    let equal = declared(&officer, of(0), ["100", "30", "9"]).await;
    let second = declared(&officer, of(1), ["90", "30", "9"]).await;
    let silent = declared(&officer, of(2), ["100", "30", "-"]).await;
    let low = declared(&officer, of(3), ["100", "30", "4"]).await;
    let listed = declared(&officer, of(4), ["100", "30", "9"]).await;
    let untrue = declared(&officer, of(5), ["100", "30", "9"]).await;
    let gone = declared(&officer, of(6), ["100", "30", "9"]).await;
    let path = format!("/standards/v1/declarations/{gone}");
    let read = officer.get(&path).await.expect_status(200);
    let withdraw = officer.call("POST", &format!("{path}/withdraw")).header("If-Match", read.header("etag").unwrap());
    withdraw.json(&json!({})).send().await.expect_status(200);

    // What an authority tells with its document.
    let exclusion = |code: &str, number: &str| {
        json!({"enterprise": code, "ground": "serious_violation",
        "document_no": number, "from": "2026-01-01"})
    };
    laboratory.post(EXCLUSIONS, &exclusion(&codes[4], "示例〔2026〕1号")).await.expect_problem(403, "not_your_organisation");
    officer.post(EXCLUSIONS, &exclusion(&codes[4], "示例〔2026〕1号")).await.expect_status(201);
    officer.post(EXCLUSIONS, &exclusion(&codes[4], "示例〔2026〕1号")).await.expect_problem(409, "duplicate");
    let bad = json!({"enterprise": "1", "ground": "failed_check", "document_no": "", "from": "2026-02-01", "until": "2026-01-01"});
    let bad = officer.post(EXCLUSIONS, &bad).await.expect_problem(422, "invalid");
    let expected =
        [("/declaration", "declaration_missing"), ("/document_no", "text_empty"), ("/enterprise", "uscc_length"), ("/until", "date_order")];
    assert_eq!(told(&bad), pairs(&expected));

    // The body ranks with what it measured, which is attributed to it.
    let digest = format!("sha256:{}", "0".repeat(64));
    let measured = |declaration: &str, value: &str, digest: &str| {
        json!({"declaration": declaration, "property": "wear", "value": value, "unit": "mm",
            "report_digest": digest, "measured_on": "2026-11-01"})
    };
    let asked = json!({"plan": plan, "results": [measured(&untrue, "99.9", &digest), measured(&best, "130", &digest)]});
    itself.post(RANKINGS, &asked).await.expect_problem(403, "not_your_organisation");
    stack.caller("association").await.post(RANKINGS, &asked).await.expect_problem(403, "not_your_organisation");
    let mut odd = measured("dcl_01JD0000000000000000000000", "1", &digest);
    odd["property"] = json!("colour");
    let odd = laboratory.post(RANKINGS, &json!({"plan": plan, "results": [odd]})).await.expect_problem(422, "invalid");
    assert_eq!(told(&odd), pairs(&[("/results/0/declaration", "not_in_field"), ("/results/0/property", "property_not_in_plan")]));
    let mut odd = measured(&best, "1e3", "md5:1");
    odd["measured_on"] = json!("2136-01-01");
    let odd = laboratory.post(RANKINGS, &json!({"plan": plan, "results": [odd]})).await.expect_problem(422, "invalid");
    let expected = [
        ("/results/0/measured_on", "date_in_future"),
        ("/results/0/report_digest", "digest_invalid"),
        ("/results/0/value", "amount_invalid"),
    ];
    assert_eq!(told(&odd), pairs(&expected));
    let ranking = laboratory.post(RANKINGS, &asked).await.expect_status(201);

    // Bands, and codes inside a band: no order.
    let mut first = [(own.clone(), best.clone()), (codes[0].clone(), equal.clone())];
    first.sort();
    let expected: Vec<(String, i64)> = first.iter().map(|(_, id)| (id.clone(), 1)).chain([(second.clone(), 2)]).collect();
    let mut out = [
        (silent, "indicator_missing"),
        (low, "below_lowest_band"),
        (listed, "serious_violation"),
        (untrue, "measured_below_declared"),
        (gone, "declaration_withdrawn"),
    ]
    .map(|(id, code)| (id, code.to_owned()));
    out.sort();
    assert_eq!(placed(&ranking), (expected, out.to_vec()));
    assert_eq!(ranking.field("/order_inside_band"), "none");
    let counts: Vec<_> = ranking.field("/bands").as_array().unwrap().iter().map(|band| band["count"].clone()).collect();
    assert_eq!(counts, [2, 1, 0]);
    let listed: Vec<_> = ranking.field("/indicators").as_array().unwrap().iter().map(|one| one["listed"].clone()).collect();
    assert_eq!(listed, [true, false, false], "an indicator that is equal everywhere has no list");
    let places = ranking.field("/places").as_array().unwrap();
    let own_place = places.iter().find(|place| place["declaration"] == best.as_str()).unwrap();
    assert_eq!(own_place["values"][0]["measured"][0]["assessor"], *ranking.field("/assessor"));
    let again = laboratory.post(RANKINGS, &asked).await.expect_status(201);
    assert_eq!(placed(&again), placed(&ranking));
    // Nobody leads by a ranking that another one has followed.
    let stands = json!({"declaration": best, "commitment": "示例：持续执行。", "evidence": [digest]});
    let candidates = format!("{RANKINGS}/{}/candidates", ranking.text_at("/id"));
    let outdated = itself.post(&candidates, &stands).await.expect_problem(422, "ranking_outdated");
    assert_eq!(outdated.field("/ranking"), again.field("/id"));

    // It comes out again, until the register learns otherwise of that day.
    let path = format!("{RANKINGS}/{}", ranking.text_at("/id"));
    let replay = format!("{path}/replay");
    let same = itself.call("POST", &replay).send().await.expect_status(200);
    assert_eq!((same.field("/identical"), same.field("/differences")), (&json!(true), &json!([])));
    let late = officer.post(EXCLUSIONS, &exclusion(&codes[1], "示例〔2026〕2号")).await.expect_status(201);
    let other = itself.call("POST", &replay).send().await.expect_status(200);
    assert_eq!(other.field("/identical"), false);
    assert!(other.text_at("/differences/0/pointer").ends_with("/kept_out"), "{}", other.text);
    let lift = format!("{EXCLUSIONS}/{}/lift", late.text_at("/id"));
    let lifted = step(&officer, &late, &lift, &json!({"document_no": "示例〔2026〕3号"})).await.expect_status(200);
    assert_eq!(lifted.field("/holds"), false);
    step(&officer, &lifted, &lift, &json!({"document_no": "示例〔2026〕3号"})).await.expect_problem(409, "illegal_transition");
    let of_enterprise = itself.get(&format!("{EXCLUSIONS}?enterprise={}", codes[1])).await.expect_status(200);
    assert_eq!(of_enterprise.field("/items/0/lifted/document_no"), "示例〔2026〕3号");
    assert_eq!(itself.get(&path).await.expect_status(200).field("/places"), ranking.field("/places"), "what was found stays");
    let listed = itself.get(&format!("{RANKINGS}?plan={plan}")).await.expect_status(200);
    assert_eq!(listed.field("/items").as_array().unwrap().len(), 2);
}

/// A ranking whose best band holds the enterprise and another one; the second band a third.
async fn ranked(stack: &Stack) -> (Reply, String, String) {
    let (officer, laboratory) = prepared(stack).await;
    let plan = approved(&officer, &laboratory).await;
    let best = declared(&stack.enterprise().await, None, ["120", "30", "9"]).await;
    declared(&officer, Some(&next_code()), ["100", "30", "9"]).await;
    let second = declared(&officer, Some(&next_code()), ["90", "30", "9"]).await;
    (laboratory.post(RANKINGS, &json!({"plan": plan})).await.expect_status(201), best, second)
}

async fn shown(stack: &Stack, state: &str) -> Value {
    let query = format!("{PUBLIC}?state={state}&enterprise={}", stack.code("enterprise"));
    stack.public().get(&query).await.expect_status(200).field("/items").clone()
}

fn loss(ground: &str) -> Value {
    json!({"ground": ground, "text": "示例：标准已废止。", "document_no": "示例标准〔2026〕5号"})
}

#[expect(clippy::too_many_lines, reason = "one story from the candidacy to the loss of the title")]
async fn a_leader_is_named_and_loses_the_title(stack: &mut Stack) {
    let (ranking, best, second) = ranked(stack).await;
    let (officer, itself, buyer) = (stack.officer().await, stack.enterprise().await, stack.buyer().await);
    let path = format!("{RANKINGS}/{}", ranking.text_at("/id"));
    let stands = format!("{path}/candidates");
    let digest = format!("sha256:{}", "1".repeat(64));
    let candidate = |declaration: &str| json!({"declaration": declaration, "commitment": "示例：持续执行。", "evidence": [digest]});

    // Only from the best band, and only the enterprise itself.
    let bad = json!({"declaration": "x", "commitment": "", "evidence": []});
    let bad = itself.post(&stands, &bad).await.expect_problem(422, "invalid");
    assert_eq!(told(&bad), pairs(&[("/commitment", "text_empty"), ("/declaration", "id_malformed"), ("/evidence", "evidence_count")]));
    itself.post(&stands, &candidate(&second)).await.expect_problem(422, "not_in_best_band");
    officer.post(&stands, &candidate(&best)).await.expect_problem(403, "not_your_organisation");
    buyer.post(&stands, &candidate(&best)).await.expect_problem(403, "not_your_organisation");
    let open = itself.post(&stands, &candidate(&best)).await.expect_status(201);
    itself.post(&stands, &candidate(&best)).await.expect_problem(409, "duplicate");
    let (id, leader) = (open.text_at("/leader/id"), format!("/standards/v1/leaders/{}", open.text_at("/leader/id")));
    assert_eq!(shown(stack, "publicised").await[0]["id"], json!(id));
    assert_eq!(shown(stack, "named").await, json!([]));

    // Public before it is named; an objection is for the authority to decide.
    let naming = json!({"leaders": [id], "document_no": "示例标准〔2026〕4号"});
    step(&officer, &ranking, &format!("{path}/name_leaders"), &naming).await.expect_problem(422, "publicity_runs");
    let objections = format!("{leader}/objections");
    let objected = buyer.post(&objections, &json!({"text": "示例：报告不符。", "evidence": [digest]})).await.expect_status(201);
    assert_eq!(objected.field("/objections/0/number"), 1);
    let seen = stack.caller("integrator").await.get(&leader).await.expect_status(200);
    assert_eq!(seen.field("/objections"), &json!([]), "of others' objections nobody reads");
    assert_eq!(itself.get(&leader).await.expect_status(200).field("/objections/0/by"), &json!(stack.code("buyer")));

    stack.ahead(8);
    let (officer, itself, buyer) = (stack.officer().await, stack.enterprise().await, stack.buyer().await);
    buyer.post(&objections, &json!({"text": "示例：迟到的异议。"})).await.expect_problem(422, "publicity_over");
    let name = format!("{path}/name_leaders");
    step(&officer, &ranking, &name, &naming).await.expect_problem(422, "objection_open");
    let dismissed = json!({"outcome": "dismissed", "text": "示例：不成立。", "document_no": "示例标准〔2026〕3号"});
    step(&itself, &objected, &format!("{objections}/1/decide"), &dismissed).await.expect_problem(403, "not_your_organisation");
    step(&officer, &objected, &format!("{objections}/2/decide"), &dismissed).await.expect_problem(422, "objection_unknown");
    step(&officer, &objected, &format!("{objections}/1/decide"), &dismissed).await.expect_status(200);

    // Whatever came up since the ranking stands against a title.
    let listing = json!({"enterprise": stack.code("enterprise"), "ground": "serious_violation",
        "document_no": "示例〔2026〕9号", "from": "2026-01-01"});
    let listing = officer.post(EXCLUSIONS, &listing).await.expect_status(201);
    step(&officer, &ranking, &name, &naming).await.expect_problem(422, "candidate_unfit");
    let lift = format!("{EXCLUSIONS}/{}/lift", listing.text_at("/id"));
    step(&officer, &listing, &lift, &json!({"document_no": "示例〔2026〕10号"})).await.expect_status(200);
    let none = "ldr_01JD0000000000000000000000";
    let twice = json!({"leaders": [id, id], "document_no": "示例"});
    step(&officer, &ranking, &name, &twice).await.expect_problem(422, "leader_twice");
    let unknown = json!({"leaders": [id, none], "document_no": "示例"});
    let unknown = step(&officer, &ranking, &name, &unknown).await.expect_problem(422, "leader_unknown");
    assert_eq!(unknown.faults()[0].0, "/leaders/1");
    step(&itself, &ranking, &name, &naming).await.expect_problem(403, "not_your_organisation");
    let named = step(&officer, &ranking, &name, &naming).await.expect_status(200);
    assert_eq!(named.field("/leaders/0/leader/state"), "named");
    step(&officer, &ranking, &name, &naming).await.expect_problem(412, "etag_mismatch");
    step(&officer, &named, &name, &naming).await.expect_problem(422, "leader_not_open");
    assert_eq!(shown(stack, "named").await[0]["title"]["document_no"], "示例标准〔2026〕4号");
    assert_eq!(itself.get(&path).await.expect_status(200).field("/namings/0/leaders/0"), &json!(id));
    let events = async |kind: &str| {
        let feed = buyer.get("/standards/v1/events?limit=500").await.expect_status(200);
        let all = feed.field("/items").as_array().unwrap().clone();
        all.into_iter().find(|event| event["type"] == kind && event["data"]["id"] == id.as_str())
    };
    let event = eventually("the naming is told", || async { events("touchstone.standards.leader.named.v1").await }).await;
    assert_eq!(event["subject"], json!(stack.code("enterprise")));

    // The title lapses with its edition, and is taken by the authority.
    let mut ended = edition();
    (ended["status"], ended["withdrawn_on"]) = (json!("withdrawn"), json!(today().to_string()));
    editions(&officer, &[ended]).await;
    assert_eq!((shown(stack, "lapsed").await[0]["id"].clone(), shown(stack, "named").await), (json!(id), json!([])));
    let holds = itself.get(&leader).await.expect_status(200);
    step(&itself, &holds, &format!("{leader}/remove"), &loss("standard_ended")).await.expect_problem(403, "not_your_organisation");
    let removed = step(&officer, &holds, &format!("{leader}/remove"), &loss("standard_ended")).await.expect_status(200);
    assert_eq!((removed.field("/leader/state"), removed.field("/allowed")), (&json!("removed"), &json!([])));
    step(&officer, &removed, &format!("{leader}/remove"), &loss("standard_ended")).await.expect_problem(409, "illegal_transition");
    step(&itself, &removed, &format!("{leader}/withdraw"), &json!({})).await.expect_problem(409, "illegal_transition");
    let event = eventually("the loss is told", || async { events("touchstone.standards.leader.removed.v1").await }).await;
    assert_eq!(event["data"]["ground"], "standard_ended");
    assert_eq!(shown(stack, "removed").await[0]["removal"]["ground"], "standard_ended");
}
