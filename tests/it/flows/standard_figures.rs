//! What the catalogue adds up to: consistency with international standards, standards that need improvement, who drafts, promotions, alliances, green
//! marks, disclosures. All numbers are invented. Not here: single rules, which the service tests beside the code.

use serde_json::{Value, json};
use testkit::{Client, Reply, Stack, next_code, today};

use super::{challenges::step, standard_catalogue::editions, standard_citations::limit};

on_both_databases!(the_catalogue_adds_up);
on_both_databases!(organisations_draft_ally_and_disclose);

const API: &str = "/standards/v1";

fn edition(number: &str, published: &str, ics: &str, relations: &[(&str, &str, &str)]) -> Value {
    let relation = |(kind, degree, to): &(&str, &str, &str)| match *degree {
        "" => json!({"kind": kind, "to": to}),
        degree => json!({"kind": kind, "degree": degree, "to": to}),
    };
    let relations: Vec<Value> = relations.iter().map(relation).collect();
    json!({"number": number, "title": "示例用品", "published_on": published, "effective_on": published, "status": "current", "ics": [ics], "relations": relations})
}

fn digest(letter: char) -> String {
    format!("sha256:{}", letter.to_string().repeat(64))
}

fn day(ahead: i64) -> String {
    today().checked_add_signed(chrono::TimeDelta::days(ahead)).unwrap().to_string()
}

/// The values of one member of all items.
fn each(reply: &Reply, member: &str) -> Vec<Value> {
    reply.field("/items").as_array().unwrap().iter().map(|item| item[member].clone()).collect()
}

async fn the_catalogue_adds_up(stack: &mut Stack) {
    let officer = stack.officer().await;
    let adopts = |degree: &'static str, to: &'static str| [("adopts", degree, to)];
    let ids = editions(
        &officer,
        &[
            edition("ISO 99001:2020", "2020-01-01", "97.190", &[]),
            edition("ISO 99002:2020", "2020-01-01", "97.190", &[]),
            edition("ISO 99003:2020", "2020-01-01", "97.190", &[]),
            edition("ISO 99004:2020", "2020-01-01", "13.120", &[]),
            edition("GB/T 99001-2024", "2024-01-01", "97.190", &adopts("IDT", "ISO 99001:2020")),
            edition("QB/T 99002-2024", "2024-01-01", "97.190", &adopts("MOD", "ISO 99002:2020")),
            edition("GB/T 99003-2024", "2024-01-01", "97.190", &adopts("NEQ", "ISO 99003:2020")),
            edition("T/SLXH 004-2024", "2024-01-01", "13.120", &adopts("IDT", "ISO 99004:2020")),
            edition("GB/T 99005-2015", "2015-01-01", "97.190", &[]),
            edition("GB 99006-2024", "2024-01-01", "97.190", &[]),
        ],
    )
    .await;
    consistency(stack, &officer, &ids[3]).await;
    improvement(stack, &officer, &ids).await;
}

/// Two of four; one of them is then marked as not applicable.
async fn consistency(stack: &Stack, officer: &Client, other_level: &str) {
    let figure = officer.get(&format!("{API}/consistency?as_of=2026-11-01")).await.expect_status(200);
    assert_eq!((figure.field("/numerator"), figure.field("/denominator")), (&json!(2), &json!(4)));
    assert_eq!((figure.field("/fraction"), figure.field("/percent")), (&json!("2/4"), &json!("50.00")));
    assert_eq!((figure.field("/identical"), figure.field("/modified")), (&json!(1), &json!(1)));
    assert_eq!((figure.field("/target/at_least_percent"), figure.field("/target/reached")), (&json!(95), &json!(false)));
    assert_eq!((figure.field("/fields/0/code"), figure.field("/fields/0/fraction")), (&json!("13"), &json!("0/1")));
    assert_eq!((figure.field("/fields/1/groups/0/code"), figure.field("/fields/1/groups/0/fraction")), (&json!("97.190"), &json!("2/3")));
    let of_class = officer.get(&format!("{API}/consistency?ics=97&as_of=2026-11-01")).await.expect_status(200);
    assert_eq!((of_class.field("/fraction"), of_class.field("/percent")), (&json!("2/3"), &json!("66.67")));
    let before = officer.get(&format!("{API}/consistency?as_of=2019-12-31")).await.expect_status(200);
    assert_eq!(
        (before.field("/fraction"), before.field("/percent"), before.field("/target/reached")),
        (&json!("0/0"), &Value::Null, &Value::Null)
    );
    for bad in ["ics=97%25", "division=999999", "as_of=2026", "degree=IDT"] {
        officer.get(&format!("{API}/consistency?{bad}")).await.expect_problem(400, "bad_parameter");
    }

    // What is missing, with what comes nearest, by the page.
    let first = officer.get(&format!("{API}/consistency/gaps?as_of=2026-11-01&limit=1")).await.expect_status(200);
    assert_eq!((first.field("/items/0/number"), first.field("/items/0/gap")), (&json!("ISO 99003:2020"), &json!("not_equivalent")));
    assert_eq!(first.field("/items/0/nearest"), &json!(["GB/T 99003-2024"]));
    let next = format!("{API}/consistency/gaps?as_of=2026-11-01&limit=1&cursor={}", first.text_at("/next_cursor"));
    let second = officer.get(&next).await.expect_status(200);
    assert_eq!((second.field("/items/0/gap"), second.field("/next_cursor")), (&json!("other_level"), &Value::Null));

    // Only an authority says that one is not applicable, and says why.
    let path = format!("{API}/consistency/applicability/{other_level}");
    let said = json!({"applicable": false, "reason": "示例：国内无此类产品。"});
    stack.enterprise().await.put(&path, &said).await.expect_problem(403, "not_your_organisation");
    assert_eq!(officer.get(&path).await.expect_status(200).field("/applicable"), true);
    officer.put(&path, &json!({"applicable": false, "reason": " "})).await.expect_problem(422, "text_empty");
    let marked = officer.put(&path, &said).await.expect_status(201);
    officer.put(&path, &said).await.expect_problem(428, "if_match_required");
    let now = officer.get(&format!("{API}/consistency")).await.expect_status(200);
    assert_eq!((now.field("/fraction"), now.field("/not_applicable")), (&json!("2/3"), &json!(1)));
    let back = json!({"applicable": true, "reason": "示例：已有此类产品。"});
    let call = officer.call("PUT", &path).header("If-Match", marked.header("etag").unwrap()).json(&back);
    assert_eq!(call.send().await.expect_status(200).field("/version"), 2);
    assert_eq!(officer.get(&format!("{API}/consistency")).await.expect_status(200).field("/fraction"), "2/4");
}

async fn improvement(stack: &Stack, officer: &Client, ids: &[String]) {
    let (lab, itself, association) = (stack.caller("laboratory").await, stack.enterprise().await, stack.caller("association").await);
    let list = format!("{API}/needing_improvement");
    // That one is looser than a mandatory one is found by comparing their clauses.
    limit(officer, &ids[4], "75").await;
    limit(officer, &ids[9], "20").await;
    let pair = json!({"ours": "GB 99006-2024", "theirs": "GB/T 99001-2024"});
    officer.post(&format!("{API}/comparisons"), &pair).await.expect_status(201);
    let found = officer.get(&list).await.expect_status(200);
    assert_eq!(each(&found, "number"), ["GB/T 99001-2024", "GB/T 99005-2015"]);
    assert_eq!(
        (found.field("/items/0/reasons/0/kind"), found.field("/items/0/reasons/0/than")),
        (&json!("looser"), &json!("GB 99006-2024"))
    );
    assert_eq!(
        (found.field("/items/0/reasons/0/mandatory"), found.field("/items/1/reasons/0/due_on")),
        (&json!(true), &json!("2020-01-01"))
    );

    // Results, feedback and complaints of one edition.
    let (old, of) = (&ids[8], format!("{API}/editions/{}", ids[6]));
    let result = |source: &str, outcome: &str| json!({"clause": "5.2", "source": source, "outcome": outcome});
    itself.post(&format!("{of}/findings"), &result("test", "failed")).await.expect_problem(403, "not_your_organisation");
    lab.post(&format!("{of}/findings"), &result("complaint", "failed")).await.expect_problem(422, "source_not_yours");
    let mut future = result("test", "failed");
    future["found_on"] = json!(day(2));
    lab.post(&format!("{of}/findings"), &future).await.expect_problem(422, "date_in_future");
    for outcome in ["failed", "failed", "passed", "passed", "passed"] {
        lab.post(&format!("{of}/findings"), &result("test", outcome)).await.expect_status(201);
    }
    officer.post(&format!("{of}/findings"), &result("complaint", "failed")).await.expect_status(201);
    let voice = json!({"clause": "5.2", "subject": "unclear", "text": "示例：未规定试样数量。"});
    for client in [&itself, &association] {
        client.post(&format!("{of}/feedback"), &voice).await.expect_status(201);
    }
    assert_eq!(each(&itself.get(&format!("{of}/feedback")).await.expect_status(200), "organisation"), [stack.code("enterprise")]);
    assert_eq!(each(&officer.get(&format!("{of}/feedback")).await.expect_status(200), "subject").len(), 2);
    assert_eq!(each(&lab.get(&format!("{of}/findings?limit=2")).await.expect_status(200), "clause"), ["5.2", "5.2"]);
    let found = officer.get(&format!("{list}?reason=failures")).await.expect_status(200);
    let kinds: Vec<&Value> = found.field("/items/0/reasons").as_array().unwrap().iter().map(|reason| &reason["kind"]).collect();
    assert_eq!(kinds, ["complaints", "failures", "feedback"]);
    assert_eq!((found.field("/items/0/number"), found.field("/items/0/reasons/1/percent")), (&json!("GB/T 99003-2024"), &json!("40.00")));

    // A review that confirms an edition takes it off the list.
    let confirmed = json!({"confirmed_on": day(-30), "document_no": "示例〔2026〕1号"});
    association.post(&format!("{API}/editions/{old}/confirmations"), &confirmed).await.expect_problem(403, "not_your_organisation");
    officer.post(&format!("{API}/editions/{old}/confirmations"), &confirmed).await.expect_status(201);
    officer.post(&format!("{API}/editions/{old}/confirmations"), &confirmed).await.expect_problem(409, "duplicate");
    let left = officer.get(&format!("{list}?limit=1")).await.expect_status(200);
    assert_eq!(each(&left, "number"), ["GB/T 99001-2024"]);
    let rest = officer.get(&format!("{list}?limit=1&cursor={}", left.text_at("/next_cursor"))).await.expect_status(200);
    assert_eq!((each(&rest, "number"), rest.field("/next_cursor")), (vec![json!("GB/T 99003-2024")], &Value::Null));
    officer.get(&format!("{list}?reason=colour")).await.expect_problem(400, "bad_parameter");
}

async fn organisations_draft_ally_and_disclose(stack: &mut Stack) {
    let officer = stack.officer().await;
    let association = json!({
        "uscc": stack.code("association"),
        "code": "SLXH",
        "name": "示例市滑板车行业协会",
        "standardisation_body": "示例：标准化工作委员会",
        "procedure_digest": digest('a'),
        "ipr_policy": {"title": "示例：知识产权政策", "digest": digest('b'), "published_on": "2024-01-05"},
        "voting": {"threshold": {"numerator": 3, "denominator": 4}, "base": "present"},
    });
    officer.post(&format!("{API}/associations"), &association).await.expect_status(201);
    let ids = editions(
        &officer,
        &[
            edition("T/SLXH 001-2024", "2024-01-01", "97.190", &[]),
            edition("T/QTXH 001-2024", "2024-01-01", "97.190", &[]),
            edition("GB/T 99101-2026", "2026-01-01", "97.190", &[]),
        ],
    )
    .await;
    drafting(stack, &officer, &ids).await;
    promotion(stack, &officer, &ids).await;
    alliance(stack, &officer, &ids).await;
    green(stack, &officer, &ids[2]).await;
    disclosure(stack, &officer).await;
}

async fn drafting(stack: &Stack, officer: &Client, ids: &[String]) {
    let (association, itself, own, other) =
        (stack.caller("association").await, stack.enterprise().await, stack.code("enterprise"), next_code());
    let list = |codes: &[(&str, &str)]| {
        let all: Vec<Value> = codes.iter().map(|(code, part)| json!({"organisation": code, "part": part})).collect();
        json!({ "drafters": all })
    };
    let path = |id: &str| format!("{API}/editions/{id}/drafters");
    let both = list(&[(&own, "lead"), (&other, "participating")]);
    itself.put(&path(&ids[0]), &both).await.expect_problem(403, "not_your_organisation");
    association.put(&path(&ids[1]), &both).await.expect_problem(403, "not_your_organisation");
    let twice = list(&[(&own, "participating"), (&own, "participating")]);
    let faults = association.put(&path(&ids[0]), &twice).await.expect_problem(422, "invalid").faults();
    assert_eq!(faults.iter().map(|(_, code)| code.as_str()).collect::<Vec<_>>(), ["lead_missing", "drafter_twice"]);
    let put = association.put(&path(&ids[0]), &both).await.expect_status(201);
    association.put(&path(&ids[0]), &both).await.expect_problem(428, "if_match_required");
    let call = association.call("PUT", &path(&ids[0])).header("If-Match", put.header("etag").unwrap()).json(&both);
    assert_eq!(call.send().await.expect_status(200).field("/version"), 2);
    officer.put(&path(&ids[2]), &list(&[(&own, "lead")])).await.expect_status(201);

    let own_part = officer.get(&format!("{API}/participation?enterprise={own}")).await.expect_status(200);
    assert_eq!((own_part.field("/items/0/lead"), own_part.field("/items/0/participating")), (&json!(2), &json!(0)));
    let counts = json!([{"level": "group", "year": 2024, "lead": 1, "participating": 0}, {"level": "national", "year": 2026, "lead": 1, "participating": 0}]);
    assert_eq!(own_part.field("/items/0/counts"), &counts);
    assert_eq!(officer.get(&format!("{API}/participation?from=2025&to=2026")).await.expect_status(200).field("/items/0/lead"), 1);
    let whole = officer.get(&format!("{API}/participation_figures")).await.expect_status(200);
    assert_eq!((whole.field("/organisations"), whole.field("/leading")), (&json!(2), &json!(1)));
    let drafted = itself.get(&format!("{API}/enterprises/{own}/drafting")).await.expect_status(200);
    assert_eq!((drafted.field("/items/0/edition/number"), drafted.field("/items/1/part")), (&json!("GB/T 99101-2026"), &json!("lead")));
    officer.get(&format!("{API}/participation?from=26")).await.expect_problem(400, "bad_parameter");
}

async fn promotion(stack: &Stack, officer: &Client, ids: &[String]) {
    let (association, itself, all) = (stack.caller("association").await, stack.enterprise().await, format!("{API}/promotions"));
    let proposal = |edition: &str| json!({"edition": edition, "enterprises": 32, "advances": ["示例：限值更严。"], "evidence": [digest('c')], "text": "示例"});
    itself.post(&all, &proposal(&ids[0])).await.expect_problem(403, "not_your_organisation");
    association.post(&all, &proposal(&ids[1])).await.expect_problem(422, "association_unknown");
    association.post(&all, &proposal(&ids[2])).await.expect_problem(422, "not_a_group_standard");
    let made = association.post(&all, &proposal(&ids[0])).await.expect_status(201);
    association.post(&all, &proposal(&ids[0])).await.expect_problem(409, "duplicate");
    let act = |name: &str| format!("{all}/{}/{name}", made.text_at("/id"));
    let words = json!({"text": "示例"});
    step(&association, &made, &act("accept"), &words).await.expect_problem(403, "not_your_organisation");
    let early = step(officer, &made, &act("plan"), &json!({"plan_no": "示例-1", "text": "示例"})).await;
    assert_eq!(early.expect_problem(409, "illegal_transition").field("/allowed"), &json!(["accept", "decline", "withdraw"]));
    let accepted = step(officer, &made, &act("accept"), &words).await.expect_status(200);
    step(officer, &made, &act("decline"), &words).await.expect_problem(412, "etag_mismatch");
    let planned = step(officer, &accepted, &act("plan"), &json!({"plan_no": "示例-1", "text": "示例"})).await.expect_status(200);
    let by = |edition: &str| json!({"national": edition, "text": "示例"});
    step(officer, &planned, &act("take_over"), &by(&ids[1])).await.expect_problem(422, "not_a_national_standard");
    let over = step(officer, &planned, &act("take_over"), &by(&ids[2])).await.expect_status(200);
    assert_eq!((over.field("/state"), over.field("/national")), (&json!("taken_over"), &json!(ids[2])));
    let figures = officer.get(&format!("{API}/promotion_figures")).await.expect_status(200);
    let counted =
        ["proposed", "accepted", "planned", "taken_over", "declined"].map(|name| figures.field(&format!("/years/0/{name}")).clone());
    assert_eq!(counted, [1, 1, 1, 1, 0].map(Value::from));
    assert_eq!(each(&itself.get(&format!("{all}?state=taken_over")).await.expect_status(200), "number"), ["T/SLXH 001-2024"]);
}

async fn alliance(stack: &Stack, officer: &Client, ids: &[String]) {
    let (lead, member, lab) = (stack.caller("association").await, stack.enterprise().await, stack.caller("laboratory").await);
    let all = format!("{API}/alliances");
    let founding = json!({"name": "示例滑板车标准联盟", "charter": digest('d')});
    stack.buyer().await.post(&all, &founding).await.expect_problem(403, "not_your_organisation");
    let made = lead.post(&all, &founding).await.expect_status(201);
    member.post(&all, &founding).await.expect_problem(409, "duplicate");
    let act = |name: &str| format!("{all}/{}/{name}", made.text_at("/id"));
    let who = json!({"organisation": stack.code("enterprise")});
    step(&member, &made, &act("join"), &json!({})).await.expect_problem(422, "not_invited");
    step(&member, &made, &act("invite"), &who).await.expect_problem(403, "not_your_organisation");
    let invited = step(&lead, &made, &act("invite"), &who).await.expect_status(200);
    let joined = step(&member, &invited, &act("join"), &json!({})).await.expect_status(200);
    step(&lead, &joined, &act("leave"), &json!({})).await.expect_problem(422, "lead_stays");
    step(&lead, &joined, &act("standards"), &json!({"edition": ids[2]})).await.expect_problem(422, "not_an_alliance_standard");
    let taken = step(&lead, &joined, &act("standards"), &json!({"edition": ids[0]})).await.expect_status(200);
    let adopt = act(&format!("standards/{}/adopt", ids[0]));
    step(&lab, &taken, &adopt, &json!({})).await.expect_problem(422, "not_a_member");
    step(&member, &taken, &adopt, &json!({"on": day(-400)})).await.expect_problem(422, "date_order");
    let adopted = step(&member, &taken, &adopt, &json!({})).await.expect_status(200);
    assert_eq!(adopted.field("/standards/0/adopted/0/organisation"), &json!(stack.code("enterprise")));
    let of_member = officer.get(&format!("{all}?member={}", stack.code("enterprise"))).await.expect_status(200);
    assert_eq!(each(&of_member, "name"), ["示例滑板车标准联盟"]);
    let gone = step(&lead, &adopted, &act("dissolve"), &json!({})).await.expect_status(200);
    step(&lead, &gone, &act("invite"), &who).await.expect_problem(409, "illegal_transition");
}

async fn green(stack: &Stack, officer: &Client, edition: &str) {
    let (lab, itself) = (stack.caller("laboratory").await, stack.enterprise().await);
    let set = json!({"edition": edition, "category": "示例家具", "effective_from": "2026-02-01", "document_no": "示例〔2026〕1号"});
    lab.post(&format!("{API}/green_standards"), &set).await.expect_problem(403, "not_your_organisation");
    let mut early = set.clone();
    early["effective_from"] = json!("2025-12-31");
    officer.post(&format!("{API}/green_standards"), &early).await.expect_problem(422, "edition_not_in_force");
    let standard = officer.post(&format!("{API}/green_standards"), &set).await.expect_status(201);
    officer.post(&format!("{API}/green_standards"), &set).await.expect_problem(409, "duplicate");
    let mark = |certificate: &str, from: &str| {
        let (enterprise, standard) = (stack.code("enterprise"), standard.field("/id"));
        json!({"certificate": certificate, "enterprise": enterprise, "product": "示例书桌", "standard": standard, "valid_from": from, "valid_to": "2099-01-01", "report": digest('e')})
    };
    let marks = format!("{API}/green_marks");
    itself.post(&marks, &mark("EX-1", "2026-03-01")).await.expect_problem(403, "not_your_organisation");
    lab.post(&marks, &mark("EX-1", "2026-01-31")).await.expect_problem(422, "green_standard_not_in_force");
    lab.post(&marks, &mark("EX 1", "2026-03-01")).await.expect_problem(422, "outer_id_invalid");
    let granted = lab.post(&marks, &mark("EX-1", "2026-03-01")).await.expect_status(201);
    lab.post(&marks, &mark("EX-1", "2026-03-01")).await.expect_problem(409, "duplicate");
    let check = async || stack.public().get(&format!("{API}/public/green_marks/EX-1")).await.expect_status(200).text_at("/state");
    assert_eq!(check().await, "valid");
    let (act, words) = (|name: &str| format!("{marks}/EX-1/{name}"), json!({"text": "示例"}));
    step(&itself, &granted, &act("suspend"), &words).await.expect_problem(403, "not_your_organisation");
    step(&lab, &granted, &act("resume"), &words).await.expect_problem(409, "illegal_transition");
    let suspended = step(&lab, &granted, &act("suspend"), &words).await.expect_status(200);
    assert_eq!(check().await, "suspended");
    let resumed = step(officer, &suspended, &act("resume"), &words).await.expect_status(200);
    step(&lab, &resumed, &act("revoke"), &words).await.expect_status(200);
    assert_eq!(check().await, "revoked");
    let then = itself.get(&format!("{marks}?enterprise={}&on=2026-02-01", stack.code("enterprise"))).await.expect_status(200);
    assert_eq!(each(&then, "state"), ["upcoming"], "before its first day");
    stack.public().get(&format!("{API}/public/green_marks/EX-2")).await.expect_problem(404, "not_found");
}

async fn disclosure(stack: &Stack, officer: &Client) {
    let (itself, own) = (stack.enterprise().await, stack.code("enterprise"));
    let item = |code: &str| json!({"code": code, "title": "示例"});
    let duty = json!({"category": "示例滑板车", "items": [item("load"), item("brake")], "effective_from": "2026-01-01", "basis": "示例公告〔2026〕1号"});
    itself.post(&format!("{API}/disclosure_duties"), &duty).await.expect_problem(403, "not_your_organisation");
    let made = officer.post(&format!("{API}/disclosure_duties"), &duty).await.expect_status(201);
    let path = format!("{API}/enterprises/{own}/disclosures/SL-1");
    let said = |codes: &[&str]| {
        let items: Vec<Value> = codes.iter().map(|code| json!({"code": code, "value": "示例"})).collect();
        json!({"category": "示例滑板车", "title": "示例牌", "items": items})
    };
    itself
        .put(&format!("{API}/enterprises/{}/disclosures/SL-1", next_code()), &said(&["load"]))
        .await
        .expect_problem(403, "not_your_organisation");
    itself.put(&path, &said(&["load", "load"])).await.expect_problem(422, "item_twice");
    let first = itself.put(&path, &said(&["load", "colour"])).await.expect_status(201);
    assert_eq!((first.field("/missing/0/code"), first.field("/missing/0/basis")), (&json!("brake"), &json!("示例公告〔2026〕1号")));
    assert_eq!((first.field("/items/0/mandatory"), first.field("/items/1/mandatory")), (&json!(false), &json!(true)));
    itself.put(&path, &said(&["load"])).await.expect_problem(428, "if_match_required");
    let call = itself.call("PUT", &path).header("If-Match", first.header("etag").unwrap()).json(&said(&["load", "brake"]));
    let second = call.send().await.expect_status(200);
    assert_eq!((second.field("/version"), second.field("/missing")), (&json!(2), &json!([])));
    assert_eq!(itself.get(&format!("{path}?version=1")).await.expect_status(200).field("/items/0/code"), "colour");
    let public = stack.public().get(&format!("{API}/public/disclosures/{own}")).await.expect_status(200);
    assert_eq!((each(&public, "product"), each(&public, "version")), (vec![json!("SL-1")], vec![json!(2)]));
    let feed = itself.get(&format!("{API}/events?limit=500")).await.expect_status(200);
    let told = feed.field("/items").as_array().unwrap().iter().filter(|event| event["type"] == "touchstone.standards.quality.disclosed.v1");
    assert_eq!(told.map(|event| event["data"]["missing"].clone()).collect::<Vec<_>>(), [json!(["brake"]), json!([])]);
    let ended =
        step(officer, &made, &format!("{API}/disclosure_duties/{}/end", made.text_at("/id")), &json!({"effective_to": day(-1)})).await;
    ended.expect_problem(422, "date_order");
}
