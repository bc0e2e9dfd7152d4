//! Reading of token requests as tables, after RFC 6749.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::rules::{Form, Refusal, basic, credentials, form, grant, scopes};

fn encoded(text: &str) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

#[test]
fn basic_credentials_are_form_encoded_inside() {
    for (inside, id, secret) in [
        ("s6BhdRkqt3:7Fjfp0ZBr1KtDRbnfVdmIw", "s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw"),
        ("a%3Ab:c%25d+e", "a:b", "c%d e"),
        ("a:b:c", "a", "b:c"),
        ("%E4%BC%81:x", "企", "x"),
    ] {
        let found = basic(&encoded(inside)).unwrap();
        assert_eq!((found.id.as_str(), found.secret.as_str()), (id, secret), "{inside}");
    }
    assert!(basic(&encoded("a:b").replacen("Basic", "bAsIc", 1)).is_some());
    for bad in [
        "Basic",
        "Basic !!!",
        "Bearer abc",
        &encoded("ab"),
        &encoded(":b"),
        &encoded("a:"),
        &encoded("a:%"),
        &encoded("a:%zz"),
        &encoded("a:%ff"),
    ] {
        assert!(basic(bad).is_none(), "{bad}");
    }
}

#[test]
fn a_form_is_read_strictly_where_it_matters() {
    let read = form(b"grant_type=client_credentials&scope=credit%3Aread+credit:write&audience=x&client_id=").unwrap();
    assert_eq!(read.scope.as_deref(), Some("credit:read credit:write"));
    assert_eq!(read.client_id, None, "without a value it counts as left out");
    assert!(form(b"").unwrap() == Form::default());
    for bad in [&b"scope=a&scope=b"[..], b"a=1&a=2", b"scope=%", b"scope=%f", b"scope=\xff", b"%zz=1"] {
        assert!(form(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn credentials_come_in_one_way_only() {
    let with = |id: Option<&str>, secret: Option<&str>| Form {
        client_id: id.map(str::to_owned),
        client_secret: secret.map(str::to_owned),
        ..Form::default()
    };
    let header = encoded("a:b");
    assert_eq!(credentials(None, &with(Some("x"), Some("y"))).unwrap().id, "x");
    assert_eq!(credentials(Some(&header), &with(Some("a"), None)).unwrap().id, "a");
    assert!(matches!(credentials(Some(&header), &with(Some("x"), None)), Err(Refusal::Request(..))));
    assert!(matches!(credentials(Some(&header), &with(None, Some("b"))), Err(Refusal::Request(..))));
    assert_eq!(credentials(Some("Bearer x"), &with(None, None)), Err(Refusal::Client));
    assert_eq!(credentials(None, &with(Some("x"), None)), Err(Refusal::Client));
    assert_eq!(credentials(None, &with(None, None)), Err(Refusal::Client));
}

#[test]
fn only_client_credentials_are_granted() {
    let of = |grant: Option<&str>| Form { grant_type: grant.map(str::to_owned), ..Form::default() };
    assert_eq!(grant(&of(Some("client_credentials"))), Ok(()));
    assert_eq!(grant(&of(Some("password"))), Err(Refusal::Grant));
    assert!(matches!(grant(&of(None)), Err(Refusal::Request(..))));
}

#[test]
fn a_token_never_has_more_than_its_client() {
    let held = "credit:read credit:write procurement:read";
    assert_eq!(scopes(None, held).unwrap(), held);
    assert_eq!(scopes(Some("procurement:read  credit:read credit:read"), held).unwrap(), "credit:read procurement:read");
    assert_eq!(scopes(Some("credit:decide"), held), Err(Refusal::Scope("credit:decide".to_owned())));
    assert_eq!(scopes(Some("credit"), held), Err(Refusal::Scope("credit".to_owned())));
    assert!(scopes(Some(" "), held).is_err());
}

#[test]
fn a_refusal_speaks_both_languages_of_errors() {
    let error = common::error::Error::from(Refusal::Client);
    let document = error.document(model::text::Lang::En, "/oauth2/token", "t");
    assert_eq!(
        (error.status(), document["error"].as_str(), document["code"].as_str()),
        (401, Some("invalid_client"), Some("invalid_client"))
    );
    let description = document["error_description"].as_str().unwrap();
    assert!(description.bytes().all(|byte| matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)));
    assert_eq!(common::error::Error::from(Refusal::Scope("x".repeat(9000))).status(), 400);
}
