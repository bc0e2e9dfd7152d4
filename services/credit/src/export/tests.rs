//! Lines, ranges, and that the same knowledge gives the same bytes.

use super::rules::*;
use crate::public_page::rules::policy;

#[test]
fn one_range_is_answered_as_asked() {
    for (header, expected) in [
        ("bytes=0-0", Some((0, 0))),
        ("bytes=0-99", Some((0, 9))),
        ("bytes=3-", Some((3, 9))),
        ("bytes=-4", Some((6, 9))),
        ("bytes=-40", Some((0, 9))),
        ("bytes=10-", None),
        ("bytes=5-4", None),
        ("bytes=-0", None),
        ("bytes=0-1,3-4", None),
        ("bytes=+1-2", None),
        ("lines=0-1", None),
        ("bytes=-", None),
        ("", None),
    ] {
        assert_eq!(range(header, 10), expected, "{header}");
    }
    assert_eq!(range("bytes=0-0", 0), None);
}

#[test]
fn an_enterprise_is_a_line_and_so_is_each_of_its_public_facts() {
    let enterprise: crate::enterprise::rules::Enterprise = serde_json::from_value(serde_json::json!({
        "uscc": "914404001000000590", "name": "示例电器有限公司", "former_names": [], "division": "440305", "status": "active", "established_on": "1999-02-11",
    }))
    .unwrap();
    let fact = |id: &str, kind: &str, detail: serde_json::Value| -> contracts::credit::Fact {
        serde_json::from_value(serde_json::json!({
            "id": id, "enterprise": "914404001000000590", "kind": kind, "detail": detail, "source": {"authority": "示例机关"},
            "asserted_by": "914404001000000590", "valid_from": "2026-05-11", "recorded_at": "2026-05-12T09:00:00+08:00",
        }))
        .unwrap()
    };
    let facts = [
        fact("fct_1", "award", serde_json::json!({"title": "示例"})),
        fact("fct_2", "complaint", serde_json::json!({})),
        fact("fct_3", "trustworthy_listing", serde_json::json!({"list": "示例"})),
    ];
    let day = model::instant::parse_day("2026-06-01").unwrap();
    let (policy, mut text) = (policy().unwrap(), String::new());
    let counts = add_lines(&mut text, &policy.at(day).unwrap().value, (&enterprise, &facts), day);
    assert_eq!(counts, Counts { enterprises: 1, facts: 1, listings: 1 });
    let records: Vec<String> =
        text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["record"].as_str().unwrap().to_owned()).collect();
    assert_eq!(records, ["enterprise", "fact", "listing"]);
    assert!(!text.contains("fct_2") && !text.contains("asserted_by"));
}
