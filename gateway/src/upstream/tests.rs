//! Header hygiene and routing as tables.

use super::rules::{
    Paths, answer_header_passes, authority, farthest, forwarded_for, is_idempotent, named_by_connection, request_header_passes,
};

#[test]
fn only_what_belongs_to_the_request_goes_on() {
    for name in ["authorization", "accept", "content-type", "idempotency-key", "if-match", "x-request-id", "tracestate", "accept-language"]
    {
        assert!(request_header_passes(name, &[]), "{name}");
    }
    for name in [
        "connection",
        "keep-alive",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "host",
        "content-length",
        "expect",
        "x-user",
        "x-user-id",
        "x-client-id",
        "x-client-cert",
        "x-forwarded-for",
        "x-forwarded-user",
        "forwarded",
        "x-real-ip",
        "x-auth-request-email",
        "x-org",
        "x-role",
        "x-scopes",
        "x-original-url",
        "x-rewrite-url",
        "traceparent",
    ] {
        assert!(!request_header_passes(name, &[]), "{name}");
    }
}

#[test]
fn a_connection_header_drops_what_it_names_but_never_the_token() {
    let named = named_by_connection([&b"close, X-Hop"[..], b"Authorization , keep-alive"].into_iter());
    assert_eq!(named, ["x-hop"]);
    assert!(!request_header_passes("x-hop", &named));
    assert!(!answer_header_passes("x-hop", &named));
    assert!(request_header_passes("authorization", &named));
}

#[test]
fn an_answer_keeps_its_own_headers() {
    for name in ["etag", "location", "link", "retry-after", "www-authenticate", "content-type", "cache-control", "vary"] {
        assert!(answer_header_passes(name, &[]), "{name}");
    }
    for name in ["connection", "transfer-encoding", "content-length", "keep-alive", "upgrade"] {
        assert!(!answer_header_passes(name, &[]), "{name}");
    }
}

#[test]
fn the_chain_of_proxies_is_believed_only_from_its_end() {
    assert_eq!(forwarded_for(Some("1.2.3.4"), "10.0.0.1", true), "1.2.3.4, 10.0.0.1");
    assert_eq!(forwarded_for(Some("1.2.3.4"), "10.0.0.1", false), "10.0.0.1");
    assert_eq!(forwarded_for(None, "10.0.0.1", true), "10.0.0.1");
    let ours = |link: &str| link.starts_with("10.");
    assert_eq!(farthest("6.6.6.6, 1.2.3.4, 10.0.0.9", ours), Some("1.2.3.4"));
    assert_eq!(farthest("10.0.0.8,10.0.0.9", ours), Some("10.0.0.8"));
    assert_eq!(farthest("", ours), None);
}

#[test]
fn only_idempotent_methods_may_be_sent_again() {
    assert!(["GET", "PUT", "DELETE"].into_iter().all(is_idempotent));
    assert!(!["POST", "PATCH", "CONNECT"].into_iter().any(is_idempotent));
}

#[test]
fn addresses_of_upstreams() {
    assert_eq!(authority("http://credit"), Ok(("credit:80".to_owned(), "credit".to_owned())));
    assert_eq!(authority("http://127.0.0.1:8081"), Ok(("127.0.0.1:8081".to_owned(), "127.0.0.1:8081".to_owned())));
    assert_eq!(authority("http://[::1]:8081").unwrap().0, "[::1]:8081");
    assert_eq!(authority("http://[::1]").unwrap().0, "[::1]:80");
    for bad in ["https://x", "http://", "http://a/b", "http://u@h", "x"] {
        assert!(authority(bad).is_err(), "{bad}");
    }
}

#[test]
fn only_documented_paths_are_routed() {
    let patterns = ["/credit/v1/facts".to_owned(), "/credit/v1/facts/{id}/annul".to_owned()];
    let paths = Paths::new(patterns.iter());
    for path in ["/credit/v1/facts", "/credit/v1/facts/fct_1/annul"] {
        assert!(paths.contain(path), "{path}");
    }
    for path in [
        "/credit/v1/facts/",
        "/credit/v1/%66acts",
        "/credit/v1/facts//annul",
        "/credit/v1/facts/a/b/annul",
        "/credit/v1",
        "//credit/v1/facts",
    ] {
        assert!(!paths.contain(path), "{path}");
    }
}
