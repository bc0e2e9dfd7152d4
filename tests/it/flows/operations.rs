//! What an operator needs: health, numbers, and a stop that loses nothing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use testkit::{Client, Stack, fact, sample_enterprise};

in_every_mode!(a_process_tells_how_it_is);
in_every_mode!(a_stop_loses_nothing_acknowledged);

async fn a_process_tells_how_it_is(stack: &mut Stack) {
    let officer = stack.officer().await;
    officer.get("/credit/v1/enterprises/914404001000000590").await.expect_problem(404, "enterprise_unknown");
    let addresses: Vec<(String, String)> =
        stack.processes().iter().map(|process| (process.name().to_owned(), process.address().to_owned())).collect();
    for (name, address) in addresses {
        let process = Client::new(&address);
        assert_eq!(process.get("/health/live").await.expect_status(200).json, json!({"live": true}));
        let ready = process.get("/health/ready").await.expect_status(200);
        assert_eq!(ready.field("/ready"), &json!(true));
        assert!(ready.field("/checks").as_object().is_some_and(|checks| !checks.is_empty()), "{name}: {}", ready.text);
        let numbers = process.get("/metrics").await.expect_status(200);
        assert!(numbers.header("content-type").unwrap().starts_with("text/plain"));
        for number in ["touchstone_requests_total", "touchstone_request_seconds_bucket"] {
            assert!(numbers.text.contains(number), "{name} has no {number}");
        }
        assert!(!numbers.text.contains("914404001000000590"), "{name}: no label holds a code");
    }
    // A service on its own verifies tokens itself.
    let services: Vec<String> =
        stack.processes().iter().filter(|process| process.name() == "credit").map(|process| process.address().to_owned()).collect();
    for address in services {
        let path = "/credit/v1/enterprises";
        Client::new(&address).get(path).await.expect_problem(401, "token_missing");
        officer.at(&address).get(path).await.expect_status(200);
        officer.at(&address).with_token("garbage").get(path).await.expect_problem(401, "token_invalid");
    }
    for path in ["/openapi.json", "/openapi/credit.json", "/openapi/procurement.json", "/docs/", "/.well-known/oauth-authorization-server"]
    {
        stack.public().get(path).await.expect_status(200);
    }
}

/// Writes one after another, each over a connection of its own, until nobody listens any more. Gives the acknowledged ids.
async fn write_on(client: Client, code: String, stop: Arc<AtomicBool>) -> Vec<String> {
    let mut acknowledged = Vec::new();
    loop {
        let call = client.call("POST", "/credit/v1/facts").header("Connection", "close").json(&fact(&code, "award"));
        match call.try_send().await {
            Ok(reply) => acknowledged.push(reply.expect_status(201).text_at("/id")),
            // Nobody listens any more, or the connection came in the instant of the stop and was cut by the framework (actix-web#3169): nothing was
            // acknowledged, so nothing is lost, and the client may ask again under its own id.
            Err(error) if (error.is_connect() || error.is_request()) && stop.load(Ordering::SeqCst) => return acknowledged,
            Err(error) => panic!("lost after {} answers: {error:?}", acknowledged.len()),
        }
    }
}

async fn a_stop_loses_nothing_acknowledged(stack: &mut Stack) {
    let officer = stack.officer().await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    for _ in 0..8 {
        let sample = sample_enterprise();
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
        writers.push(tokio::spawn(write_on(officer.clone(), sample.code, Arc::clone(&stop))));
    }
    let head = stack.head().await;
    let poll = officer.call("GET", &format!("/procurement/v1/events?after={head}&wait=30"));
    let poll = tokio::spawn(async move { poll.send().await });
    testkit::eventually("some writes", || async { (stack.head().await > head + 40).then_some(()) }).await;

    stop.store(true, Ordering::SeqCst);
    let front = stack.processes().last_mut().unwrap();
    let name = front.name();
    front.terminate();
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await.unwrap());
    }
    assert!(acknowledged.len() >= 8, "{}", acknowledged.len());
    // It ends at once, with what is known or with a clear word to ask again; it is never cut.
    let polled = poll.await.unwrap();
    assert!(polled.status == 200 || polled.status == 503 && polled.header("retry-after").is_some(), "{}", polled.text);
    let status = stack.process(name).ended(Duration::from_secs(10));
    assert!(status.is_some_and(|status| status.success()), "{name} ended with {status:?}");

    stack.restart(name);
    let officer = stack.officer().await;
    for id in acknowledged {
        officer.get(&format!("/credit/v1/facts/{id}")).await.expect_status(200);
    }
}
