//! Fields and expected versions, as tables. Not here: what the fields mean.

use actix_web::test::TestRequest;
use common::http::precondition::IfMatch;
use model::instant::{Day, parse_day};

use super::{actions::next_version, rules::*};

#[test]
fn every_fault_is_kept_with_its_place() {
    let today = parse_day("2026-05-11").unwrap();
    let mut fields = Fields::default();
    assert_eq!(fields.line("/name", " 示例 ", 2), "示例");
    assert_eq!(fields.past_day("/on", None, today), today);
    assert_eq!(fields.day_or_none("/to", None), None);
    assert_eq!(fields.digest("/digest", &format!("sha256:{}", "0f".repeat(32))).len(), 71);
    assert!(fields.bad.is_empty());
    fields.line("/text", " ", 2);
    let refused = fields.day("/to", "2026-02-30");
    fields.in_order("/to", today, Some(refused));
    fields.in_order("/until", today, parse_day("2026-05-10").ok());
    fields.past_day("/later", Some("2026-05-12"), today);
    fields.digest("/upper", &format!("sha256:{}", "0F".repeat(32)));
    fields.count("/items", 3, 1..=2);
    assert!(fields.uscc("/code", "1").is_none());
    let found: Vec<(&str, &str)> = fields.bad.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
    let expected = [
        ("/text", "text_empty"),
        ("/to", "date_invalid"),
        ("/until", "date_order"),
        ("/later", "date_in_future"),
        ("/upper", "digest_invalid"),
        ("/items", "count_invalid"),
        ("/code", "uscc_length"),
    ];
    assert_eq!(found, expected);
    assert_eq!(refused, Day::MIN);
}

#[test]
fn ids_of_others_are_plain() {
    for (text, expected) in [("EX-2026_1.0", true), ("", false), ("a b", false), ("é", false), ("a/b", false)] {
        assert_eq!(is_outer_id(text), expected, "{text}");
    }
    assert!(is_outer_id(&"a".repeat(100)) && !is_outer_id(&"a".repeat(101)));
}

#[test]
fn a_write_names_the_version_that_it_read() {
    let tag = |text: &str| IfMatch::of(&TestRequest::default().insert_header(("If-Match", text)).to_http_request()).unwrap().unwrap();
    let code = |stands, tag: Option<&IfMatch>| next_version(stands, tag).map_err(|error| error.code().to_owned());
    assert_eq!(code(None, None), Ok(1));
    assert_eq!(code(Some(3), Some(&tag("\"3\""))), Ok(4));
    assert_eq!(code(Some(3), Some(&tag("\"2\""))), Err("etag_mismatch".to_owned()));
    assert_eq!(code(None, Some(&tag("\"1\""))), Err("etag_mismatch".to_owned()));
    assert_eq!(code(Some(3), None), Err("if_match_required".to_owned()));
}

#[test]
fn a_digest_is_a_digest() {
    let digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert!(is_digest(digest));
    for bad in ["", "sha256:", "md5:e3b0c44298fc1c149afbf4c8996fb924", &digest.to_uppercase(), &digest[..70], &format!("{digest}0")] {
        assert!(!is_digest(bad), "{bad}");
    }
}
