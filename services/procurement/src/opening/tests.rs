//! Reading bids: every fault at its place, who has which share, and nothing declared in the bid.

use serde_json::{Value, json};

use super::rules::{Handed, NewBid, read};
use crate::bid::rules::check;
use crate::evaluation::rules::Terms;

fn code(number: u32) -> String {
    model::uscc::Uscc::with_check(&format!("91440300XY{number:07}")).unwrap().to_string()
}

fn bid(number: u32) -> Value {
    json!({"bidder": code(number), "size": "small", "size_proof": "declaration", "price": {"amount": "100.00", "currency": "CNY"}, "technical": "50"})
}

fn faults(bids: &[Value]) -> (Vec<Handed>, Vec<String>) {
    let bids: Vec<NewBid> = bids.iter().map(|bid| serde_json::from_value(bid.clone()).unwrap()).collect();
    let mut faults = Vec::new();
    let handed = read(&bids, &mut faults);
    (handed, faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect())
}

#[test]
fn every_fault_has_its_place() {
    let cases: [(&str, Value, &str); 12] = [
        ("bidder", json!("x"), "/bids/0/bidder uscc_length"),
        ("price", json!({"amount": "-1.00", "currency": "CNY"}), "/bids/0/price/amount money_negative"),
        ("price", json!({"amount": "1.00", "currency": "XXX"}), "/bids/0/price/currency currency_unknown"),
        ("technical", json!("1.234"), "/bids/0/technical decimal_invalid"),
        ("domestic_share", json!("-1"), "/bids/0/domestic_share decimal_invalid"),
        ("goods_price", json!({"amount": "x", "currency": "CNY"}), "/bids/0/goods_price/amount money_invalid"),
        ("brand", json!(" "), "/bids/0/brand text_empty"),
        ("nonconformity", json!("\u{0}"), "/bids/0/nonconformity control_character"),
        ("members", json!([{"supplier": code(1), "size": "micro", "share": "30"}]), "/bids/0/members/0/supplier consortium_repeated"),
        ("subcontractors", json!([{"size": "micro", "share": "x"}]), "/bids/0/subcontractors/0/share decimal_invalid"),
        ("declared", json!({"phone": ""}), "/bids/0/declared/phone text_empty"),
        ("declared", json!({"controllers": ["示例", "\u{202e}"]}), "/bids/0/declared/controllers/1 control_character"),
    ];
    for (field, value, expected) in cases {
        let mut bad = bid(1);
        bad[field] = value;
        assert_eq!(faults(&[bad]).1, [expected], "{field}");
    }
    assert_eq!(faults(&[]).1, ["/bids list_too_long"]);
    assert_eq!(faults(&vec![bid(1); 201]).1, ["/bids list_too_long"]);
}

#[test]
fn the_lead_has_what_the_others_leave() {
    let mut joint = bid(1);
    joint["members"] = json!([{"supplier": code(2), "size": "large", "share": "40"}]);
    joint["subcontractors"] = json!([{"size": "micro", "size_proof": "declaration", "share": "10.5"}]);
    joint["declared"] = json!({"phone": "13800138000"});
    let (handed, none) = faults(&[joint]);
    assert_eq!(none, [""; 0]);
    let read = &handed[0].bid;
    let shares: Vec<String> = read.parties.iter().chain(&read.subcontractors).map(|party| party.share.text()).collect();
    assert_eq!(shares, ["49.50", "40.00", "10.50"]);
    assert_eq!(read.members.iter().map(ToString::to_string).collect::<Vec<_>>(), [code(1), code(2)]);
    assert!(!serde_json::to_string(read).unwrap().contains("13800138000"));
}

#[test]
fn bids_must_fit_each_other_and_the_terms() {
    let scored = json!({"method": "comprehensive", "weights": {"price": "30", "technical": "70"}, "small_business": {"whole": "10"}});
    let lowest = json!({"method": "lowest_price", "small_business": {"whole": "10"}});
    let cases: [(&Value, &str, Value, &[&str]); 8] = [
        (&scored, "technical", json!("70"), &[]),
        (&scored, "technical", json!("70.01"), &["/bids/1/technical bid_technical"]),
        (&scored, "technical", Value::Null, &["/bids/1/technical bid_technical"]),
        (&lowest, "technical", json!("1"), &["/bids/0/technical bid_technical", "/bids/1/technical bid_technical"]),
        (&scored, "price", json!({"amount": "1.00", "currency": "USD"}), &["/bids/1/price/currency currency_mismatch"]),
        (&scored, "price", json!({"amount": "0.00", "currency": "CNY"}), &["/bids/1/price/amount bid_price"]),
        (&scored, "goods_price", json!({"amount": "100.01", "currency": "CNY"}), &["/bids/1/goods_price bid_price"]),
        (&scored, "bidder", json!(code(1)), &["/bids/1/bidder bid_duplicate"]),
    ];
    for (terms, field, value, expected) in cases {
        let mut other = bid(2);
        other[field] = value;
        let (handed, none) = faults(&[bid(1), other]);
        assert_eq!(none, [""; 0], "{field}");
        let mut found = Vec::new();
        let terms = Terms::read(terms, "", &mut found).unwrap();
        check(&terms, &handed.into_iter().map(|one| one.bid).collect::<Vec<_>>(), &mut found);
        let found: Vec<String> = found.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect();
        assert_eq!(found, expected, "{field}");
    }
    let mut over = bid(1);
    over["subcontractors"] = json!([{"size": "micro", "share": "60"}, {"size": "micro", "share": "60"}]);
    let mut found = Vec::new();
    let terms = Terms::read(&scored, "", &mut found).unwrap();
    check(&terms, &[faults(&[over]).0.remove(0).bid], &mut found);
    assert_eq!((found.len(), found[0].pointer.as_str(), found[0].code), (1, "/bids/0", "bid_share"));
}
