//! Who may do what: roles and kinds of facts, scopes of every published operation, tokens, own organisation.

use serde_json::{Value, json};
use testkit::{Client, KINDS, ROLES, Reply, Stack, fact, sample_enterprise};

in_every_mode!(a_fact_is_asserted_by_whom_the_policy_names);
in_every_mode!(every_operation_asks_for_its_scope);
in_every_mode!(a_caller_writes_for_its_own_organisation);

/// api.md, "Who may assert what": about others, then about itself.
fn may(role: &str, kind: &str, itself: bool) -> bool {
    match role {
        "authority" => true,
        "association" => !itself && ["award", "commitment"].contains(&kind),
        "enterprise" => itself && ["commitment", "rectification", "annual_report"].contains(&kind),
        "insurer" => kind == "insurance_cover",
        "laboratory" => kind == "inspection",
        // The buyer that the sample names is nobody's client: a service passes its word on, a buyer speaks for itself only.
        "service" => matches!(kind, "contract_performance" | "standard_conformity"),
        _ => false,
    }
}

async fn a_fact_is_asserted_by_whom_the_policy_names(stack: &mut Stack) {
    let officer = stack.officer().await;
    let other = sample_enterprise();
    officer.put(&other.path(), &other.body).await.expect_status(201);
    for (role, _) in ROLES {
        let (own, caller) = (stack.code(role), stack.caller(role).await);
        officer.put(&format!("/credit/v1/enterprises/{own}"), &other.body).await.expect_status(201);
        for (about, itself) in [(other.code.as_str(), false), (own.as_str(), true)] {
            for kind in KINDS {
                let reply = caller.post("/credit/v1/facts", &fact(about, kind)).await;
                if may(role, kind, itself) {
                    let reply = reply.expect_status(201);
                    assert_eq!(reply.field("/self_declared"), &json!(role == "enterprise"), "{role} {kind}");
                    assert_eq!(reply.text_at("/asserted_by"), own);
                } else {
                    reply.expect_problem(403, "not_your_fact");
                }
            }
        }
    }
    // What an enterprise says of itself has no weight until an authority confirms it.
    let score = |code: String| {
        let officer = officer.clone();
        async move { officer.get(&format!("/credit/v1/enterprises/{code}/score")).await.expect_status(200) }
    };
    let own = stack.code("enterprise");
    let before = score(own.clone()).await;
    let mut late = fact(&own, "annual_report");
    late["detail"] = json!({"year": 2024, "on_time": false});
    stack.enterprise().await.post("/credit/v1/facts", &late).await.expect_status(201);
    assert_eq!(score(own).await.field("/families"), before.field("/families"));
}

/// A request that an operation of the document can read, as far as its path goes.
fn filled(path: &str, document: &Value) -> String {
    let parameters = document["parameters"].as_array().into_iter().flatten();
    parameters.filter(|parameter| parameter["in"] == "path").fold(path.to_owned(), |path, parameter| {
        let name = parameter["name"].as_str().unwrap();
        let example = match &parameter["example"] {
            Value::String(text) => text.clone(),
            Value::Null => format!("{name}_01JD0000000000000000000000"),
            other => other.to_string(),
        };
        path.replace(&format!("{{{name}}}"), &example)
    })
}

async fn every_operation_asks_for_its_scope(stack: &mut Stack) {
    let public = stack.public();
    let document = public.get("/openapi.json").await.expect_status(200).json;
    let garbage = public.with_token("garbage");
    let forged = public.with_token(tampered(stack.buyer().await.token().unwrap()));
    let (mut guarded, mut open) = (0, Vec::new());
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let target = filled(path, operation);
            let ask = |client: &Client| client.call(&method.to_uppercase(), &target).send();
            let scopes = operation["security"].as_array().into_iter().flatten().find_map(|one| one["oauth2"].as_array());
            let Some(scope) = scopes.and_then(|scopes| scopes[0].as_str()) else {
                open.push(format!("{method} {path}"));
                continue;
            };
            guarded += 1;
            let reply = ask(&public).await.expect_problem(401, "token_missing");
            assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"touchstone\""), "{method} {path}");
            for bad in [&garbage, &forged] {
                let reply = ask(bad).await.expect_problem(401, "token_invalid");
                let challenge = reply.header("www-authenticate").unwrap();
                assert!(challenge.contains("error=\"invalid_token\""), "{method} {path}: {challenge}");
            }
            let other = if scope == "credit:read" { "procurement:read" } else { "credit:read" };
            let reply = ask(&stack.scoped("buyer", other).await).await.expect_problem(403, "scope_missing");
            let challenge = reply.header("www-authenticate").unwrap();
            assert!(
                challenge.contains("insufficient_scope") && challenge.contains(&format!("scope=\"{scope}\"")),
                "{method} {path}: {challenge}"
            );
            let reply = ask(&stack.scoped("buyer", scope).await).await;
            assert!(![401, 500, 503].contains(&reply.status) && reply.field("/code") != "scope_missing", "{method} {path}: {}", reply.text);
        }
    }
    assert!(guarded > 20, "{guarded}");
    for known in ["post /oauth2/token", "get /procurement/v1/keys", "get /.well-known/jwks.json"] {
        assert!(open.iter().any(|found| found == known), "{known} is not public: {open:?}");
    }
    tokens(stack).await;
}

fn tampered(token: &str) -> String {
    let mut bytes = token.as_bytes().to_vec();
    let place = token.rfind('.').unwrap() + 5;
    bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).unwrap()
}

async fn tokens(stack: &Stack) {
    let public = stack.public();
    let (id, secret) = stack.credentials("buyer");
    let ask = |fields: Vec<(&'static str, String)>| {
        let call = public.call("POST", "/oauth2/token");
        async move {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            call.form(&fields).send().await
        }
    };
    let grant = || ("grant_type", "client_credentials".to_owned());
    let granted = ask(vec![grant(), ("client_id", id.clone()), ("client_secret", secret.clone())]).await.expect_status(200);
    assert_eq!((granted.field("/token_type"), granted.header("cache-control")), (&json!("Bearer"), Some("no-store")));
    let wrong = ask(vec![grant(), ("client_id", id.clone()), ("client_secret", "wrong-wrong-wrong".to_owned())]).await;
    wrong.expect_status(401);
    ask(vec![grant(), ("client_id", "nobody".to_owned()), ("client_secret", secret.clone())]).await.expect_status(401);
    ask(vec![("grant_type", "password".to_owned()), ("client_id", id.clone()), ("client_secret", secret.clone())]).await.expect_status(400);
    let scoped = stack.ask_token("buyer", Some("credit:read assurance:pay")).await.expect_status(400);
    assert_eq!(scoped.field("/error"), &json!("invalid_scope"), "{}", scoped.text);
    let narrow = stack.ask_token("buyer", Some("credit:read")).await.expect_status(200);
    assert_eq!(narrow.field("/scope"), &json!("credit:read"));
}

async fn put(client: &Client, code: &str) -> Reply {
    client.put(&format!("/credit/v1/enterprises/{code}"), &sample_enterprise().body).await
}

async fn a_caller_writes_for_its_own_organisation(stack: &mut Stack) {
    let (own, foreign) = (stack.code("enterprise"), sample_enterprise().code);
    let enterprise = stack.enterprise().await;
    put(&enterprise, &foreign).await.expect_problem(403, "not_your_organisation");
    // Nobody enters the register by saying so: that is the register authority's to record.
    put(&enterprise, &own).await.expect_problem(403, "not_your_field");
    put(&stack.officer().await, &own).await.expect_status(201);
    for (role, _) in ROLES.into_iter().filter(|(role, _)| !["authority", "enterprise"].contains(role)) {
        put(&stack.caller(role).await, &foreign).await.expect_problem(403, "not_your_organisation");
    }
    stack.officer().await.get(&format!("/credit/v1/enterprises/{foreign}")).await.expect_problem(404, "enterprise_unknown");
    // Nothing but the token says who calls.
    let claimed = enterprise.call("PUT", &format!("/credit/v1/enterprises/{foreign}")).json(&sample_enterprise().body);
    let claimed = claimed.header("X-Role", "authority").header("X-Org", &foreign).header("X-User-Id", "root").header("X-Client-Id", "root");
    claimed.send().await.expect_problem(403, "not_your_organisation");
}
