//! Group standards from the reserved code to the end: the whole life of one on a clock that is moved, and what an authority does. Not here: the table of
//! every guard, which the service tests beside its machine.

use model::uscc::Uscc;
use serde_json::{Value, json};
use testkit::{Client, Reply, Stack, today};

on_both_databases!(a_group_standard_lives_its_whole_life);
on_both_databases!(supervision_corrects_and_ends);

const CODE: &str = "SLXH";
const ASSOCIATIONS: &str = "/standards/v1/associations";

/// A digest of nothing that is anywhere: one letter repeated.
fn digest(letter: char) -> String {
    format!("sha256:{}", letter.to_string().repeat(64))
}

/// Today, so many days later.
fn day(ahead: i64) -> String {
    today().checked_add_signed(chrono::TimeDelta::days(ahead)).unwrap().to_string()
}

/// An invented code of a kind of organisation, far from those of samples.
fn code_of(kind: &str, number: u32) -> String {
    Uscc::with_check(&format!("{kind}440300XY8{number:05}X")).unwrap().to_string()
}

fn association(uscc: &str, code: &str) -> Value {
    json!({
        "uscc": uscc,
        "code": code,
        "name": "示例市滑板车行业协会",
        "standardisation_body": "示例：标准化工作委员会",
        "procedure_digest": digest('a'),
        "ipr_policy": {"title": "示例：知识产权政策", "digest": digest('b'), "published_on": "2024-01-05"},
        "norms": [{"title": "示例：自律公约", "digest": digest('c'), "published_on": "2024-01-05"}],
        "voting": {"threshold": {"numerator": 3, "denominator": 4}, "base": "present"},
    })
}

fn project(drafter: &str, sequence: &str) -> Value {
    json!({
        "title": "示例：儿童滑板车安全要求",
        "scope": "示例：适用于示例用途。",
        "sequence": sequence,
        "drafters": {"organisations": [drafter], "persons": [{"id": "P-01", "role": "示例：召集人"}]},
        "cites": ["GB 6675.1—2014"],
        "ics": ["97.220.30"],
        "ccs": ["Y55"],
        "text": "示例：立项。",
    })
}

/// Takes a step after the version that was read.
async fn step(client: &Client, read: &Reply, path: &str, body: &Value) -> Reply {
    client.call("POST", path).header("If-Match", read.header("etag").unwrap()).json(body).send().await
}

/// Puts after the version that was read.
async fn put(client: &Client, read: &Reply, path: &str, body: &Value) -> Reply {
    client.call("PUT", path).header("If-Match", read.header("etag").unwrap()).json(body).send().await
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

fn remark() -> Value {
    json!({"text": "示例"})
}

/// What is wrong, place and code.
fn codes(reply: Reply) -> Vec<(String, String)> {
    reply.expect_status(422).faults()
}

fn at(places: &[(&str, &str)]) -> Vec<(String, String)> {
    places.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect()
}

fn vote(agreed: usize, against: usize) -> Value {
    let voters: Vec<String> = (0..agreed + against).map(|number| format!("V-{number}")).collect();
    let count = json!({"eligible": 12, "present": agreed + against, "agreed": agreed, "against": against, "abstained": 0});
    json!({"count": count, "voters": voters, "record_digest": digest('d'), "text": "示例"})
}

fn review(consensus: bool, text: char) -> Value {
    json!({"experts": 7, "consensus": consensus, "text_digest": digest(text), "record_digest": digest('d'), "text": "示例"})
}

/// The edition that a citation of a number means.
async fn edition(client: &Client, number: &str) -> Value {
    let found = client.post("/standards/v1/standards/resolve", &json!({"citations": [number]})).await.expect_status(200);
    found.field("/items/0/edition").clone()
}

/// Codes clash with the marks of other standards and with each other, and stay.
async fn reserved(stack: &Stack) {
    let (own, officer, enterprise) = (stack.caller("association").await, stack.officer().await, stack.enterprise().await);
    let uscc = stack.code("association");
    for (code, fault) in
        [("GB", "code_is_level"), ("QB", "code_is_industry"), ("ISO", "code_is_foreign"), ("slxh", "association_code_invalid")]
    {
        own.post(ASSOCIATIONS, &association(&uscc, code)).await.expect_problem(422, fault);
    }
    let bad = with(
        association(&stack.code("enterprise"), "QB"),
        "voting",
        json!({"threshold": {"numerator": 2, "denominator": 3}, "base": "all"}),
    );
    let expected = [("/code", "code_is_industry"), ("/uscc", "not_an_association"), ("/voting/threshold", "threshold_below_floor")];
    assert_eq!(codes(officer.post(ASSOCIATIONS, &bad).await), at(&expected));
    own.post(ASSOCIATIONS, &association(&code_of("51", 1), CODE)).await.expect_problem(403, "not_your_organisation");
    enterprise.post(ASSOCIATIONS, &association(&uscc, CODE)).await.expect_problem(403, "not_your_organisation");
    let made = own.post(ASSOCIATIONS, &association(&uscc, CODE)).await.expect_status(201);
    assert_eq!(made.header("location"), Some("/standards/v1/associations/SLXH"));
    own.post(ASSOCIATIONS, &association(&uscc, "SLXHA")).await.expect_problem(409, "duplicate");
    officer.post(ASSOCIATIONS, &association(&code_of("51", 1), CODE)).await.expect_problem(422, "association_code_taken");

    // What it says may change; its code and organisation may not.
    let path = format!("{ASSOCIATIONS}/{CODE}");
    let fixed = put(&own, &made, &path, &association(&uscc, "SLXHA")).await.expect_problem(422, "association_fixed");
    assert_eq!(fixed.faults(), at(&[("/code", "association_fixed")]));
    let renamed = with(association(&uscc, CODE), "name", json!("示例市轮滑行业协会"));
    own.put(&path, &renamed).await.expect_problem(428, "if_match_required");
    let changed = put(&own, &made, &path, &renamed).await.expect_status(200);
    put(&own, &made, &path, &renamed).await.expect_problem(412, "etag_mismatch");
    assert_eq!(enterprise.get(&path).await.expect_status(200).field("/name"), changed.field("/name"));
    enterprise.get(&format!("{ASSOCIATIONS}/NONE")).await.expect_problem(404, "not_found");

    // Members.
    let member = format!("{path}/members/{}", stack.code("enterprise"));
    enterprise.put(&member, &json!({"since": "2025-03-01"})).await.expect_problem(403, "not_your_organisation");
    own.put(&member, &json!({"since": day(2)})).await.expect_problem(422, "date_in_future");
    let joined = own.put(&member, &json!({"since": "2025-03-01"})).await.expect_status(201);
    own.put(&member, &json!({"since": "2025-03-02"})).await.expect_problem(428, "if_match_required");
    put(&own, &joined, &member, &json!({"since": "2025-03-02"})).await.expect_status(200);
    put(&own, &joined, &member, &json!({"since": "2025-03-03"})).await.expect_problem(412, "etag_mismatch");
    let members = enterprise.get(&format!("{path}/members")).await.expect_status(200);
    assert_eq!(members.field("/items"), &json!([{"uscc": stack.code("enterprise"), "since": "2025-03-02", "version": 2}]));
    own.call("DELETE", &member).send().await.expect_status(204);
    own.call("DELETE", &member).send().await.expect_problem(404, "not_found");
    own.put(&member, &json!({"since": "2025-03-02"})).await.expect_problem(422, "date_order");
    own.put(&member, &json!({"since": day(0)})).await.expect_status(201);

    // An association that is no more keeps its code, and does nothing.
    let gone = officer.post(ASSOCIATIONS, &association(&code_of("51", 2), "GONE")).await.expect_status(201);
    let ended = step(&officer, &gone, &format!("{ASSOCIATIONS}/GONE/end"), &json!({"on": day(0)})).await.expect_status(200);
    assert_eq!(ended.field("/ended_on"), &json!(day(0)));
    officer.post(ASSOCIATIONS, &association(&code_of("51", 3), "GONE")).await.expect_problem(422, "association_code_taken");
    let late = project(&stack.code("enterprise"), "001");
    officer.post(&format!("{ASSOCIATIONS}/GONE/standards"), &late).await.expect_problem(422, "association_ended");
}

/// From the proposal to an open consultation; nobody else sees it before.
async fn consulted(stack: &Stack, path: &mut String) -> Reply {
    let (own, officer, enterprise) = (stack.caller("association").await, stack.officer().await, stack.enterprise().await);
    let (standards, drafter) = (format!("{ASSOCIATIONS}/{CODE}/standards"), stack.code("laboratory"));
    enterprise.post(&standards, &project(&drafter, "0012.1")).await.expect_problem(403, "not_your_organisation");
    let bad = json!({"title": "", "scope": "示例", "sequence": "12a", "drafters": {"organisations": []}, "cites": ["示例"], "ics": ["示例"],
        "text": "示例", "text_digest": "全文", "on": "2024-01-01"});
    let expected = [
        ("/cites/0", "standard_no_unreadable"),
        ("/drafters/organisations", "drafter_count"),
        ("/ics/0", "class_invalid"),
        ("/on", "date_not_today"),
        ("/sequence", "sequence_invalid"),
        ("/text_digest", "digest_invalid"),
        ("/title", "text_empty"),
    ];
    assert_eq!(codes(own.post(&standards, &bad).await), at(&expected));
    let made = own.post(&standards, &project(&drafter, "0012.1")).await.expect_status(201);
    own.post(&standards, &project(&drafter, "0012.1")).await.expect_problem(422, "sequence_taken");
    *path = format!("/standards/v1/group_standards/{}", made.text_at("/id"));
    enterprise.get(path).await.expect_problem(404, "not_found");
    officer.get(path).await.expect_status(200);
    assert_eq!(enterprise.get(&standards).await.expect_status(200).field("/items"), &json!([]));

    let act = |name: &str| format!("{path}/{name}");
    let review_now = review(true, 'e');
    let refused = step(&own, &made, &act("review"), &review_now).await.expect_problem(409, "illegal_transition");
    assert_eq!(refused.field("/allowed"), &json!(["amend", "approve_project", "abandon"]));
    let drafting = step(&own, &made, &act("approve_project"), &remark()).await.expect_status(200);
    step(&enterprise, &drafting, &act("consult"), &remark()).await.expect_status(400);
    let short = json!({"until": day(20), "text": "示例"});
    assert_eq!(codes(step(&own, &drafting, &act("consult"), &short).await), at(&[("", "draft_missing"), ("/until", "consultation_short")]));
    let with_text = with(project(&drafter, "0012.1"), "text_digest", json!(digest('e')));
    let drafted = put(&own, &drafting, path, &with_text).await.expect_status(200);
    let asked = step(&own, &drafted, &act("consult"), &json!({"until": day(31), "text": "示例"})).await.expect_status(200);
    assert_eq!(asked.field("/state"), "consultation");
    put(&own, &asked, path, &with(with_text, "title", json!("另"))).await.expect_problem(422, "consultation_running");
    asked
}

/// Comments are public, made in time, and answered by the association alone.
async fn commented(stack: &Stack, path: &str) -> (String, Reply) {
    let (own, enterprise, anybody) = (stack.caller("association").await, stack.enterprise().await, stack.public());
    let comments = format!("{path}/comments");
    let said = json!({"clause": "5.2.1", "text": "示例：缺少试验方法。", "proposal": "示例：补充。"});
    anybody.post(&comments, &said).await.expect_problem(401, "token_missing");
    let first = enterprise.post(&comments, &said).await.expect_status(201);
    enterprise.post(&comments, &json!({"text": "示例：过严。"})).await.expect_status(201);
    let open = anybody.get("/standards/v1/public/consultations").await.expect_status(200);
    assert_eq!((open.field("/items/0/until"), open.field("/items/0/is_open")), (&json!(day(31)), &json!(true)));
    let id = path.rsplit('/').next().unwrap();
    let page = anybody.get(&format!("/standards/v1/public/consultations/{id}?limit=1")).await.expect_status(200);
    assert_eq!(page.field("/comments/items/0/organisation"), &json!(stack.code("enterprise")));
    assert!(page.field("/comments/next_cursor").is_string());

    let reply = format!("{comments}/{}/reply", first.text_at("/id"));
    let answer = json!({"verdict": "accepted", "text": "示例：采纳。"});
    step(&enterprise, &first, &reply, &answer).await.expect_problem(403, "not_your_organisation");
    let answered = step(&own, &first, &reply, &answer).await.expect_status(200);
    step(&own, &first, &reply, &answer).await.expect_problem(412, "etag_mismatch");
    (reply, answered)
}

/// After the window: the last reply, the review, a vote that fails by one and one that just passes, approval.
async fn approved(stack: &Stack, path: &str) -> Reply {
    let (own, enterprise) = (stack.caller("association").await, stack.enterprise().await);
    let act = |name: &str| format!("{path}/{name}");
    let stands = own.get(path).await.expect_status(200);
    let late = enterprise.post(&act("comments"), &json!({"text": "示例：迟到。"})).await.expect_problem(422, "consultation_closed");
    assert_eq!(late.field("/until"), &json!(day(31)));
    let waiting = step(&own, &stands, &act("review"), &review(false, 'e')).await.expect_problem(422, "comments_unanswered");
    let comment = waiting.text_at("/unanswered/0");
    let id = path.rsplit('/').next().unwrap();
    let page = own.get(&format!("/standards/v1/public/consultations/{id}")).await.expect_status(200);
    let version = page.field("/comments/items/1/version").as_i64().unwrap();
    let reply = own.call("POST", &format!("{path}/comments/{comment}/reply")).header("If-Match", &format!("\"{version}\""));
    reply.json(&json!({"verdict": "rejected", "text": "示例：不采纳，理由。"})).send().await.expect_status(200);
    // The text is written anew with what was accepted.
    let drafter = stack.code("laboratory");
    let amended = with(project(&drafter, "0012.1"), "text_digest", json!(digest('f')));
    let amended = put(&own, &stands, path, &amended).await.expect_status(200);
    step(&own, &amended, &act("review"), &review(false, 'e')).await.expect_problem(422, "text_differs");
    let reviewed = step(&own, &amended, &act("review"), &review(false, 'f')).await.expect_status(200);

    let missing = step(&own, &reviewed, &act("approve"), &remark()).await;
    assert_eq!(codes(missing), at(&[("", "ipr_statement_missing"), ("", "vote_missing")]));
    let by_drafter = with(vote(3, 0), "voters", json!(["p-01", "V-1", drafter.to_lowercase()]));
    let refused = codes(step(&own, &reviewed, &act("vote"), &by_drafter).await);
    assert_eq!(refused, at(&[("/voters/0", "voter_is_drafter"), ("/voters/2", "voter_is_drafter")]));
    let failed = step(&own, &reviewed, &act("vote"), &vote(5, 2)).await.expect_status(200);
    assert_eq!((failed.field("/vote/passed"), failed.field("/state")), (&json!(false), &json!("consultation")));
    let again = step(&own, &failed, &act("review"), &review(false, 'f')).await.expect_status(200);
    let passed = step(&own, &again, &act("vote"), &vote(6, 2)).await.expect_status(200);
    assert_eq!((passed.field("/vote/passed"), passed.field("/state")), (&json!(true), &json!("voted")));
    step(&own, &passed, &act("approve"), &remark()).await.expect_problem(422, "ipr_statement_missing");
    let mut full = project(&drafter, "0012.1");
    (full["text_digest"], full["ipr"]) = (json!(digest('f')), json!({"digest": digest('b'), "patents": 0}));
    let stated = put(&own, &passed, path, &full).await.expect_status(200);
    assert_eq!(stated.field("/state"), "voted", "the statement is no change of substance");
    step(&own, &stated, &act("approve"), &remark()).await.expect_status(200)
}

fn publication(text: char, ahead: i64) -> Value {
    json!({"text_digest": digest(text), "effective_on": day(ahead), "compliance_digest": digest('9'), "main_content": "示例：规定了示例指标。", "text": "示例"})
}

/// The number, and the edition in the catalogue.
async fn published(stack: &Stack, path: &str, stands: &Reply, ahead: i64) -> (Reply, String) {
    let own = stack.caller("association").await;
    let act = format!("{path}/publish");
    let missing = [
        ("/compliance_digest", "compliance_missing"),
        ("/effective_on", "effective_day_missing"),
        ("/main_content", "content_not_public"),
        ("/text_digest", "text_not_approved"),
    ];
    assert_eq!(codes(step(&own, stands, &act, &json!({"text": "示例", "text_digest": digest('e')})).await), at(&missing));
    let issued = step(&own, stands, &act, &publication('f', ahead + 10)).await.expect_status(200);
    let (number, year) = (issued.text_at("/publication/number"), day(ahead).split('-').next().unwrap().to_owned());
    assert_eq!(number, format!("T/{CODE} 0012.1-{year}"));
    let found = edition(&stack.enterprise().await, &number.replace('-', "—")).await;
    assert_eq!((&found["status"], &found["level"], &found["source"]), (&json!("upcoming"), &json!("group"), &json!("group_standard")));
    assert_eq!((&found["association"], &found["text_digest"]), (&json!(stack.code("association")), &json!(digest('f'))));
    let relations = own.get(&format!("/standards/v1/editions/{}/relations", found["id"].as_str().unwrap())).await.expect_status(200);
    assert_eq!((relations.field("/items/0/kind"), relations.field("/items/0/to")), (&json!("cites_normative"), &json!("GB 6675.1-2014")));
    (issued, number)
}

async fn a_group_standard_lives_its_whole_life(stack: &mut Stack) {
    reserved(stack).await;
    let mut path = String::new();
    let asked = consulted(stack, &mut path).await;
    let act = |name: &str| format!("{path}/{name}");
    let own = stack.caller("association").await;
    let (reply, answered) = commented(stack, &path).await;
    let early = codes(step(&own, &asked, &act("review"), &review(true, 'e')).await);
    assert_eq!(early, at(&[("", "comments_unanswered"), ("/on", "consultation_running")]));

    stack.ahead(33);
    let stands = approved(stack, &path).await;
    let own = stack.caller("association").await;
    step(&own, &answered, &reply, &json!({"verdict": "partly", "text": "示例"})).await.expect_problem(409, "illegal_transition");
    assert_eq!(stack.public().get("/standards/v1/public/consultations").await.expect_status(200).field("/items"), &json!([]));
    let (issued, number) = published(stack, &path, &stands, 33).await;
    let again = project(&stack.code("laboratory"), "0012.1");
    own.post(&format!("{ASSOCIATIONS}/{CODE}/standards"), &again).await.expect_problem(422, "sequence_taken");

    // Five years and some: the review is overdue until the standard is confirmed.
    stack.ahead(LATER);
    let (own, officer, other) = (stack.caller("association").await, stack.officer().await, stack.enterprise().await);
    assert_eq!(edition(&other, &number).await["status"], "current");
    let overdue = other.get(&format!("{ASSOCIATIONS}/{CODE}/standards?overdue=true&state=published")).await.expect_status(200);
    assert_eq!((overdue.field("/items/0/is_review_overdue"), overdue.field("/items/0/history")), (&json!(true), &Value::Null));
    step(&other, &issued, &act("confirm"), &remark()).await.expect_problem(403, "not_your_organisation");
    step(&own, &issued, &act("confirm"), &on(remark(), LATER - 101)).await.expect_problem(422, "date_not_today");
    let confirmed = step(&officer, &issued, &act("confirm"), &on(remark(), LATER - 101)).await.expect_status(200);
    assert_eq!((confirmed.field("/is_review_overdue"), confirmed.field("/confirmed_on")), (&json!(false), &json!(day(LATER - 101))));
    let revising = step(&officer, &confirmed, &act("revise"), &on(remark(), LATER - 100)).await.expect_status(200);
    assert_eq!((revising.field("/state"), revising.field("/allowed")), (&json!("revising"), &json!(["withdraw"])));
    let next = revised(stack, &format!("/standards/v1/group_standards/{}", revising.text_at("/revision")), &number).await;

    // The new edition stands in the place of the old one, which holds until its transition ends.
    let old = edition(&other, &number).await;
    assert_eq!((&old["status"], &old["successors"]), (&json!("current_transitional"), &json!([next])));
    let replaced = other.get(&path).await.expect_status(200);
    assert_eq!((replaced.field("/state"), replaced.field("/allowed")), (&json!("replaced"), &json!([])));
    abolished(stack, &next).await;
    let end = edition(&other, &next).await;
    assert_eq!((&end["status"], &end["ended_from"]), (&json!("withdrawn"), &json!(day(LATER))));
    told(&other, &next).await;
}

/// How far ahead the clock is when the standard is old.
const LATER: i64 = 2_033;

/// The same on a day that an authority records.
fn on(body: Value, ahead: i64) -> Value {
    with(body, "on", json!(day(ahead)))
}

/// The project of a revision keeps its sequence; an authority records its steps on days of the past. Gives the new number.
async fn revised(stack: &Stack, path: &str, before: &str) -> String {
    let (own, officer) = (stack.caller("association").await, stack.officer().await);
    let act = |name: &str| format!("{path}/{name}");
    let begun = own.get(path).await.expect_status(200);
    assert_eq!((begun.field("/revises"), begun.field("/text_digest")), (&json!(before), &Value::Null));
    let proposal = |sequence: &str| {
        let mut full = project(&stack.code("laboratory"), sequence);
        (full["text_digest"], full["ipr"]) = (json!(digest('7')), json!({"digest": digest('b'), "patents": 1}));
        on(with(full, "revises", json!(before)), LATER - 99)
    };
    put(&officer, &begun, path, &proposal("0013")).await.expect_problem(422, "sequence_fixed");
    let written = put(&officer, &begun, path, &proposal("0012.1")).await.expect_status(200);
    let drafting = step(&officer, &written, &act("approve_project"), &on(remark(), LATER - 99)).await.expect_status(200);
    let consult = on(json!({"until": day(LATER - 60), "text": "示例"}), LATER - 98);
    let asked = step(&officer, &drafting, &act("consult"), &consult).await.expect_status(200);
    let refused = step(&officer, &asked, &act("review"), &on(review(true, '7'), LATER - 60)).await;
    refused.expect_problem(422, "consultation_running");
    let reviewed = step(&officer, &asked, &act("review"), &on(review(true, '7'), LATER - 59)).await.expect_status(200);
    step(&officer, &reviewed, &act("vote"), &on(vote(8, 0), LATER - 58)).await.expect_problem(422, "vote_not_needed");
    let ready = step(&officer, &reviewed, &act("approve"), &on(remark(), LATER - 58)).await.expect_status(200);
    let with_transition = with(publication('7', LATER - 20), "transition_until", json!(day(LATER + 10)));
    let issued = step(&officer, &ready, &act("publish"), &on(with_transition, LATER - 50)).await.expect_status(200);
    issued.text_at("/publication/number")
}

/// A case of the authority's own: corrected in time, or the standard ends, and everybody is told.
async fn abolished(stack: &Stack, number: &str) {
    let (own, officer, anybody) = (stack.caller("association").await, stack.officer().await, stack.public());
    let matter = on(json!({"number": number, "ground": "against_principles", "text": "示例：限制竞争。"}), LATER - 40);
    own.post("/standards/v1/supervisions", &matter).await.expect_problem(403, "not_your_organisation");
    let begun = officer.post("/standards/v1/supervisions", &matter).await.expect_status(201);
    let path = format!("/standards/v1/supervisions/{}", begun.text_at("/id"));
    let act = |name: &str| format!("{path}/{name}");
    let order = |ahead: i64| {
        on(json!({"breach": "principles", "due_on": day(ahead), "document_no": "示例〔2032〕1号", "text": "示例"}), LATER - 39)
    };
    step(&own, &begun, &act("order_correction"), &order(LATER - 10)).await.expect_problem(403, "not_your_organisation");
    step(&officer, &begun, &act("order_correction"), &order(LATER + 52)).await.expect_problem(422, "correction_period");
    let ordered = step(&officer, &begun, &act("order_correction"), &order(LATER - 10)).await.expect_status(200);
    assert_eq!(ordered.field("/clocks/1/is_overdue"), &json!(true));
    let end = json!({"document_no": "示例〔2032〕2号", "text": "示例：逾期未改正。"});
    let early = codes(step(&officer, &ordered, &act("revoke_number"), &on(end.clone(), LATER - 10)).await);
    assert_eq!(early, at(&[("", "breach_differs"), ("/on", "correction_open")]));
    step(&own, &ordered, &act("abolish"), &end).await.expect_problem(403, "not_your_organisation");
    let ended = step(&officer, &ordered, &act("abolish"), &end).await.expect_status(200);
    assert_eq!((ended.field("/state"), ended.field("/allowed")), (&json!("abolished"), &json!([])));
    step(&officer, &ended, &act("confirm_correction"), &remark()).await.expect_problem(409, "illegal_transition");
    let shown = anybody.get("/standards/v1/public/abolished").await.expect_status(200);
    assert_eq!((shown.field("/items/0/number"), shown.field("/items/0/outcome")), (&json!(number), &json!("abolished")));
    let standards = own.get(&format!("{ASSOCIATIONS}/{CODE}/standards?state=abolished")).await.expect_status(200);
    assert_eq!(standards.field("/items/0/publication/number"), &json!(number));
}

/// What the feed tells of the life: nothing from before the consultation.
async fn told(reader: &Client, number: &str) {
    let feed = reader.get("/standards/v1/events?limit=500").await.expect_status(200);
    let of = |kind: &str| -> Vec<Value> {
        let all = feed.field("/items").as_array().unwrap().iter();
        all.filter(|event| event["type"] == format!("touchstone.standards.{kind}.v1")).map(|event| event["data"].clone()).collect()
    };
    let moves: Vec<Value> = of("group_standard.moved").into_iter().map(|data| data["act"].clone()).collect();
    let expected = [
        "consult",
        "amend",
        "review",
        "vote",
        "review",
        "vote",
        "amend",
        "approve",
        "publish",
        "confirm",
        "revise",
        "consult",
        "review",
        "approve",
        "replace",
        "publish",
        "order_correction",
        "abolish",
    ];
    assert_eq!(json!(moves), json!(expected));
    let decided = of("supervision.decided");
    assert_eq!(decided.iter().map(|data| &data["act"]).collect::<Vec<_>>(), ["order_correction", "abolish"]);
    assert!(decided.iter().all(|data| data["number"] == number));
}

/// A standard that was published two years ago, as an authority records it. Gives its path and number.
async fn recorded(stack: &Stack, sequence: &str) -> (String, String) {
    let officer = stack.officer().await;
    let mut full = project(&stack.code("laboratory"), sequence);
    (full["text_digest"], full["ipr"]) = (json!(digest('e')), json!({"digest": digest('b'), "patents": 0}));
    let mut stands = officer.post(&format!("{ASSOCIATIONS}/{CODE}/standards"), &on(full, -700)).await.expect_status(201);
    let path = format!("/standards/v1/group_standards/{}", stands.text_at("/id"));
    let steps = [
        ("approve_project", on(remark(), -699)),
        ("consult", on(json!({"until": day(-660), "text": "示例"}), -698)),
        ("review", on(review(true, 'e'), -659)),
        ("approve", on(remark(), -658)),
        ("publish", on(publication('e', -600), -650)),
    ];
    for (name, body) in steps {
        stands = step(&officer, &stands, &format!("{path}/{name}"), &body).await.expect_status(200);
    }
    (path, stands.text_at("/publication/number"))
}

async fn supervision_corrects_and_ends(stack: &mut Stack) {
    let (own, officer, enterprise) = (stack.caller("association").await, stack.officer().await, stack.enterprise().await);
    own.post(ASSOCIATIONS, &association(&stack.code("association"), CODE)).await.expect_status(201);
    let (path, number) = recorded(stack, "101").await;
    corrected(stack, &path, &number).await;

    // A number that was given against the rules, and not corrected in time.
    let (path, number) = recorded(stack, "102").await;
    let matter = on(json!({"number": number, "ground": "numbering", "text": "示例"}), -90);
    let begun = officer.post("/standards/v1/supervisions", &matter).await.expect_status(201);
    let case = format!("/standards/v1/supervisions/{}", begun.text_at("/id"));
    let order = on(json!({"breach": "numbering", "due_on": day(-30), "document_no": "示例〔2026〕3号", "text": "示例"}), -80);
    let ordered = step(&officer, &begun, &format!("{case}/order_correction"), &order).await.expect_status(200);
    enterprise.get(&case).await.expect_problem(404, "not_found");
    let overdue = own.get("/standards/v1/supervisions?overdue=true").await.expect_status(200);
    assert_eq!(overdue.field("/items/0/id"), begun.field("/id"));
    let end = json!({"document_no": "示例〔2026〕4号", "text": "示例"});
    step(&officer, &ordered, &format!("{case}/abolish"), &end).await.expect_problem(422, "breach_differs");
    step(&officer, &ordered, &format!("{case}/revoke_number"), &end).await.expect_status(200);
    assert_eq!(edition(&enterprise, &number).await["status"], "withdrawn");
    let revoked = own.get(&path).await.expect_status(200);
    assert_eq!(revoked.field("/state"), "number_revoked");
    step(&own, &revoked, &format!("{path}/withdraw"), &remark()).await.expect_problem(409, "illegal_transition");
    assert_eq!(enterprise.get(&case).await.expect_status(200).field("/state"), "number_revoked");

    // What an association withdraws by itself, and a project that it gives up.
    let (path, number) = recorded(stack, "103").await;
    let stands = own.get(&path).await.expect_status(200);
    let withdrawn = step(&own, &stands, &format!("{path}/withdraw"), &remark()).await.expect_status(200);
    assert_eq!(withdrawn.field("/ended_on"), &json!(day(0)));
    assert_eq!(edition(&enterprise, &number).await["status"], "withdrawn");
    let standards = format!("{ASSOCIATIONS}/{CODE}/standards");
    let draft = own.post(&standards, &project(&stack.code("laboratory"), "104")).await.expect_status(201);
    let abandon = format!("/standards/v1/group_standards/{}/abandon", draft.text_at("/id"));
    step(&own, &draft, &abandon, &remark()).await.expect_status(200);
    own.post(&standards, &project(&stack.code("laboratory"), "104")).await.expect_status(201);
    let foreign = with(project(&stack.code("laboratory"), "105"), "revises", json!("GB 6675.1-2014"));
    let faults = codes(own.post(&standards, &foreign).await);
    assert_eq!(faults, at(&[("/revises", "edition_unknown"), ("/sequence", "sequence_fixed")]));
}

/// A complaint, taken, found right, corrected at the second try.
async fn corrected(stack: &Stack, path: &str, number: &str) {
    let (own, officer, enterprise) = (stack.caller("association").await, stack.officer().await, stack.enterprise().await);
    let complaint = json!({"number": number, "ground": "below_mandatory", "text": "示例：指标低于强制性标准。", "evidence": [digest('5')]});
    let unknown = with(complaint.clone(), "number", json!("T/NONE 1-2026"));
    enterprise.post("/standards/v1/complaints", &unknown).await.expect_problem(422, "number_unknown");
    let undated = with(complaint.clone(), "number", json!("T/SLXH 101"));
    enterprise.post("/standards/v1/complaints", &undated).await.expect_problem(422, "number_unknown");
    stack.public().post("/standards/v1/complaints", &complaint).await.expect_problem(401, "token_missing");
    let received = enterprise.post("/standards/v1/complaints", &complaint).await.expect_status(201);
    assert_eq!((received.field("/state"), received.field("/complainant")), (&json!("received"), &json!(stack.code("enterprise"))));
    enterprise.post("/standards/v1/complaints", &complaint).await.expect_problem(409, "duplicate");
    let case = format!("/standards/v1/supervisions/{}", received.text_at("/id"));
    let act = |name: &str| format!("{case}/{name}");
    own.get(&case).await.expect_problem(404, "not_found");
    step(&enterprise, &received, &act("accept"), &remark()).await.expect_problem(403, "not_your_organisation");
    let accepted = step(&officer, &received, &act("accept"), &remark()).await.expect_status(200);

    // The association sees what it is about, and not who complained in which words.
    let seen = own.get(&case).await.expect_status(200);
    assert_eq!(
        (seen.field("/complainant"), seen.field("/evidence"), seen.field("/history/0/text")),
        (&Value::Null, &Value::Null, &json!(""))
    );
    let order = json!({"breach": "principles", "due_on": day(30), "document_no": "示例〔2026〕1号", "text": "示例"});
    let ordered = step(&officer, &accepted, &act("order_correction"), &order).await.expect_status(200);
    let stands = own.get(path).await.expect_status(200);
    assert_eq!((stands.field("/state"), stands.field("/corrections/0/due_on")), (&json!("correction_ordered"), &json!(day(30))));
    step(&own, &stands, &format!("{path}/confirm"), &remark()).await.expect_problem(409, "illegal_transition");
    assert_eq!(edition(&enterprise, number).await["status"], "current", "it holds until it ends");
    let claim = json!({"evidence_digest": digest('6'), "text": "示例：已改正。"});
    step(&enterprise, &ordered, &act("claim_correction"), &claim).await.expect_problem(403, "not_your_organisation");
    let claimed = step(&own, &ordered, &act("claim_correction"), &claim).await.expect_status(200);
    let end = json!({"document_no": "示例〔2026〕2号", "text": "示例"});
    let waits = step(&officer, &claimed, &act("abolish"), &end).await.expect_problem(409, "illegal_transition");
    assert_eq!(waits.field("/allowed"), &json!(["confirm_correction", "return_correction"]));
    let returned = step(&officer, &claimed, &act("return_correction"), &remark()).await.expect_status(200);
    step(&officer, &returned, &act("abolish"), &end).await.expect_problem(422, "correction_open");
    let claimed = step(&own, &returned, &act("claim_correction"), &claim).await.expect_status(200);
    let done = step(&officer, &claimed, &act("confirm_correction"), &remark()).await.expect_status(200);
    assert_eq!(done.field("/state"), "corrected");
    assert_eq!(own.get(path).await.expect_status(200).field("/state"), "published");
    // A complaint that is not taken concerns nobody else.
    let again = enterprise.post("/standards/v1/complaints", &complaint).await.expect_status(201);
    let case = format!("/standards/v1/supervisions/{}", again.text_at("/id"));
    step(&officer, &again, &format!("{case}/reject"), &remark()).await.expect_status(200);
    own.get(&case).await.expect_problem(404, "not_found");
}
