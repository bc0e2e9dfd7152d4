//! What anybody may read without a token: the page of an enterprise and the lists; gone at once what is no longer public. Not here: the rules case by
//! case, `services/credit/src/public_page`.

use serde_json::{Value, json};
use testkit::{Client, KINDS, Stack, fact, sample_enterprise, today};

on_both_databases!(the_page_shows_what_is_public_and_nothing_else);
on_both_databases!(what_is_taken_down_is_gone_at_once);
on_both_databases!(the_lists_are_public_by_the_page);

const SHOWN: [&str; 9] =
    ["spot_check", "recall", "procurement_ban", "licence", "certificate", "award", "commitment", "annual_report", "penalty"];
const LISTS: [&str; 3] = ["serious_violation_listing", "abnormal_operation_listing", "trustworthy_listing"];

async fn page(client: &Client, code: &str) -> Value {
    client.get(&format!("/credit/v1/public/enterprises/{code}")).await.expect_status(200).json
}

fn kinds(facts: &Value) -> Vec<String> {
    let mut kinds: Vec<_> = facts.as_array().unwrap().iter().map(|fact| fact["kind"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds
}

fn penalty(code: &str) -> Value {
    let mut penalty = fact(code, "penalty");
    penalty["detail"] = json!({"types": ["fine"], "fine": {"amount": "5000.00", "currency": "CNY"}});
    penalty["published_on"] = json!("2026-05-20");
    penalty
}

async fn the_page_shows_what_is_public_and_nothing_else(stack: &mut Stack) {
    let (officer, public) = (stack.officer().await, stack.public());
    let sample = sample_enterprise();
    let body = sample.clone().with("former_names", json!([{"name": "示例旧电器厂", "until": "2019-03-01"}])).body;
    officer.put(&sample.path(), &body).await.expect_status(201);
    let code = sample.code.as_str();
    for kind in KINDS {
        let mut fact = if kind == "penalty" { penalty(code) } else { fact(code, kind) };
        fact["external_id"] = json!(format!("INTERN-{kind}"));
        officer.post("/credit/v1/facts", &fact).await.expect_status(201);
    }
    let reply = public.get(&format!("/credit/v1/public/enterprises/{code}")).await.expect_status(200);
    let mut expected = SHOWN.map(str::to_owned);
    expected.sort();
    assert_eq!(kinds(reply.field("/facts")), expected);
    let mut expected = LISTS.map(str::to_owned);
    expected.sort();
    assert_eq!(kinds(reply.field("/lists")), expected);
    assert_eq!(reply.field("/enterprise/name"), &body["name"]);
    assert_eq!(reply.field("/enterprise/former_names/0/name"), &json!("示例旧电器厂"));
    let score = officer.get(&format!("/credit/v1/enterprises/{code}/score")).await.expect_status(200);
    for field in ["score", "grade", "model"] {
        assert_eq!(reply.field(&format!("/score/{field}")), score.field(&format!("/{field}")));
    }
    // Nothing internal: no client, no own number of an organisation, no class, nobody who tested.
    let (client, _) = stack.credentials("authority");
    for internal in [client.as_str(), &stack.code("authority"), "INTERN-", "asserted_by", "recorded_by", "risk", "示例检验所", "deadline"]
    {
        assert!(!reply.text.contains(internal), "{internal} in {}", reply.text);
    }
    headers(&public, code, reply.header("etag").unwrap()).await;

    // What an enterprise says of itself has its mark.
    let own = stack.code("enterprise");
    officer.put(&format!("/credit/v1/enterprises/{own}"), &sample_enterprise().body).await.expect_status(201);
    for kind in ["commitment", "rectification"] {
        stack.enterprise().await.post("/credit/v1/facts", &fact(&own, kind)).await.expect_status(201);
    }
    let shown = page(&public, &own).await;
    assert_eq!((kinds(&shown["facts"]), &shown["facts"][0]["self_declared"]), (vec!["commitment".to_owned()], &json!(true)));

    let path = |code: &str, query: &str| format!("/credit/v1/public/enterprises/{code}{query}");
    public.get(&path(&sample_enterprise().code, "")).await.expect_problem(404, "enterprise_unknown");
    assert_eq!(public.get(&path("914404001000000591", "")).await.expect_status(422).faults()[0].0, "{uscc}");
    public.get(&path(code, "?as_of=2020-01-01")).await.expect_problem(422, "day_has_passed");
    for query in ["?as_of=x", "?as_of=2026-02-30", "?day=2030-01-01", "?as_of=2030-01-01&as_of=2031-01-01"] {
        public.get(&path(code, query)).await.expect_problem(400, "bad_parameter");
    }
}

async fn headers(public: &Client, code: &str, tag: &str) {
    let path = format!("/credit/v1/public/enterprises/{code}");
    let english = public.get(&path).await;
    assert_eq!(english.header("cache-control"), Some("public, no-cache"), "a cache must ask again each time");
    assert_eq!((english.header("etag"), english.header("vary")), (Some(tag), Some("Accept-Language")));
    let same = public.call("GET", &path).header("If-None-Match", tag).send().await.expect_status(304);
    assert!(same.text.is_empty() && same.header("etag") == Some(tag));
    let chinese = public.call("GET", &path).header("Accept-Language", "zh-CN").send().await.expect_status(200);
    assert!(chinese.text.contains("行政处罚") && !english.text.contains("行政处罚"));
    assert_ne!(chinese.header("etag"), Some(tag));
}

async fn what_is_taken_down_is_gone_at_once(stack: &mut Stack) {
    let (officer, public) = (stack.officer().await, stack.public());
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    let code = sample.code.as_str();
    let known = officer.post("/credit/v1/facts", &penalty(code)).await.expect_status(201);
    let id = known.text_at("/id");
    let shown = page(&public, code).await;
    assert_eq!(kinds(&shown["facts"]), ["penalty"]);
    assert_eq!(&shown["facts"][0]["public_until"], known.field("/publicity/0/until"));
    // The window ends by itself: Order 36, a year for a general breach.
    let on = |day: String| {
        let (public, path) = (public.clone(), format!("/credit/v1/public/enterprises/{code}?as_of={day}"));
        async move { kinds(public.get(&path).await.expect_status(200).field("/facts")).len() }
    };
    assert_eq!((on("2027-05-11".to_owned()).await, on("2027-05-12".to_owned()).await), (1, 0));

    let stay = json!({"on": today().to_string(), "document_no": "示例停止执行决定"});
    officer.post(&format!("/credit/v1/facts/{id}/stay"), &stay).await.expect_status(200);
    assert!(kinds(&page(&public, code).await["facts"]).is_empty(), "stayed: not shown");
    officer.post(&format!("/credit/v1/facts/{id}/resume"), &json!({"on": today().to_string()})).await.expect_status(200);
    assert_eq!(kinds(&page(&public, code).await["facts"]), ["penalty"]);
    let mut corrected = penalty(code);
    corrected["detail"]["fine"]["amount"] = json!("4000.00");
    let correction = json!({"fact": corrected, "reason": "金额录入有误"});
    let right = officer.post(&format!("/credit/v1/facts/{id}/supersede"), &correction).await.expect_status(201);
    let shown = page(&public, code).await;
    assert_eq!((kinds(&shown["facts"]).len(), &shown["facts"][0]["id"]), (1, right.field("/id")));
    officer.post(&format!("/credit/v1/facts/{}/annul", right.text_at("/id")), &json!({"reason": "撤销"})).await.expect_status(200);
    assert!(kinds(&page(&public, code).await["facts"]).is_empty(), "annulled: gone");
}

async fn the_lists_are_public_by_the_page(stack: &mut Stack) {
    let (officer, public) = (stack.officer().await, stack.public());
    let mut codes = Vec::new();
    for _ in 0..3 {
        let sample = sample_enterprise();
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
        officer.post("/credit/v1/facts", &fact(&sample.code, "serious_violation_listing")).await.expect_status(201);
        codes.push(sample.code);
    }
    codes.sort();
    let mut until = fact(&codes[0], "trustworthy_listing");
    until["valid_to"] = json!("2029-05-10");
    officer.post("/credit/v1/facts", &until).await.expect_status(201);
    let path = "/credit/v1/public/lists/serious_violation";
    let (mut found, mut query) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = public.get(&format!("{path}{query}")).await.expect_status(200);
        assert_eq!(page.header("cache-control"), Some("public, no-cache"));
        found.extend(page.field("/items").as_array().unwrap().iter().map(|item| item["uscc"].as_str().unwrap().to_owned()));
        let Some(next) = page.field("/next_cursor").as_str() else { break };
        assert!(page.header("link").is_some_and(|link| link.contains(next) && link.contains("limit=2")));
        query = format!("?limit=2&cursor={next}");
    }
    assert_eq!(found, codes, "page by page, by code");
    let first = public.get(&format!("{path}?limit=1")).await.expect_status(200);
    assert_eq!(first.field("/items/0/listing/detail"), &json!({"list": "示例名单", "ground": "示例事由"}));
    assert!(first.text_at("/items/0/name").starts_with("示例电器"));
    let trusted = "/credit/v1/public/lists/trustworthy";
    for (day, count) in [("2029-05-10", 1), ("2029-05-11", 0)] {
        let page = public.get(&format!("{trusted}?as_of={day}")).await.expect_status(200);
        assert_eq!(page.field("/items").as_array().unwrap().len(), count, "{day}");
    }
    let tag = first.header("etag").unwrap();
    public.call("GET", &format!("{path}?limit=1")).header("If-None-Match", tag).send().await.expect_status(304);
    public.get("/credit/v1/public/lists/risk").await.expect_problem(404, "not_found");
    public.get("/credit/v1/public/lists/penalty").await.expect_problem(404, "not_found");
    public.get(&format!("{path}?as_of=2020-01-01")).await.expect_problem(422, "day_has_passed");
    for query in ["limit=0", "as_of=x", "page=2"] {
        public.get(&format!("{path}?{query}")).await.expect_problem(400, "bad_parameter");
    }
    public.get(&format!("{path}?cursor=x")).await.expect_problem(400, "bad_cursor");
}
