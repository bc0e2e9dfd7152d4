//! The limit per client.

use testkit::Stack;

in_every_mode!(a_client_is_limited, &[("TOUCHSTONE_RATE_LIMIT", "30")]);

async fn a_client_is_limited(stack: &mut Stack) {
    let buyer = stack.buyer().await;
    let path = "/credit/v1/enterprises?limit=1";
    let (mut served, mut left) = (0, Vec::new());
    // A window may end in between, and then the count begins anew once.
    let refused = loop {
        let reply = buyer.get(path).await;
        let policy = reply.header("ratelimit-policy").unwrap_or_else(|| panic!("no RateLimit-Policy: {:?}", reply.headers));
        assert!(policy.contains("30") && policy.contains("60"), "{policy}");
        let limit = reply.header("ratelimit").unwrap_or_else(|| panic!("no RateLimit: {:?}", reply.headers)).to_owned();
        if reply.status == 429 {
            break reply;
        }
        left.push(limit);
        served += 1;
        assert!(served <= 60, "never refused: {left:?}");
        reply.expect_status(200);
    };
    assert!(served >= 30, "{served}");
    left.dedup();
    assert_eq!(left.len(), served, "every answer says what is left");
    let refused = refused.expect_problem(429, "rate_limited");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    // Without the public keys no service could check a token: they are never limited.
    for _ in 0..40 {
        let keys = stack.public().get("/.well-known/jwks.json").await.expect_status(200);
        assert!(!keys.headers.contains_key("ratelimit"));
    }
    // Others are not concerned.
    stack.officer().await.get(path).await.expect_status(200);
    let other = stack.caller("insurer").await.get("/nothing").await.expect_status(404);
    assert!(other.headers.contains_key("x-request-id"));
}
