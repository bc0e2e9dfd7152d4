//! Texts that are JSON and texts that are none, as the bodies of every kind of write. Not here: JSON of a wrong shape, `shapes.rs`.

use super::{
    case::{Case, Rule, Sent, run},
    corpus::texts,
    rows::Product,
};

on_both!(no_text_is_read_as_something_else);

/// Collections of this kind hold texts with the same key twice, which are JSON for some and refused here.
const TWICE: [&str; 2] = ["y_object_duplicated_key", "y_object_duplicated_key_and_value"];

async fn no_text_is_read_as_something_else(product: Product) {
    let (officer, buyer) = (product.stack.officer().await, product.stack.buyer().await);
    let enterprise = testkit::sample_enterprise().path();
    let before = product.rows();
    let mut cases = Vec::new();
    for (name, bytes) in texts() {
        for (client, method, path) in [
            (&officer, "PUT", enterprise.as_str()),
            (&officer, "POST", "/credit/v1/facts"),
            (&officer, "POST", "/credit/v1/facts/batch"),
            (&officer, "POST", "/credit/v1/facts/fct_01JD0000000000000000000000/supersede"),
            (&officer, "POST", "/credit/v1/facts/fct_01JD0000000000000000000000/annul"),
            (&buyer, "POST", "/procurement/v1/decisions"),
            (&buyer, "POST", "/procurement/v1/decisions/batch"),
            (&buyer, "POST", "/procurement/v1/receipts/verify"),
            (&officer, "POST", "/procurement/v1/rulesets/validate"),
            (&officer, "POST", "/procurement/v1/rulesets"),
        ] {
            let case = Case::get(client, path).must("", Rule::Refused(None), &name);
            cases.push(Case { method, sent: Sent::Bytes("application/json", bytes.clone()), ..case });
        }
    }
    for (case, reply) in run(cases).await.0 {
        let none = case.tried.starts_with("n_") || TWICE.contains(&case.tried.as_str());
        let code = reply.text_at("/code");
        assert_eq!(code == "malformed_json", none, "{} {} {}: {}", case.method, case.path, case.tried, reply.text);
        assert_eq!(reply.status == 400, none || reply.status == 400, "{}: {}", case.tried, reply.text);
        assert!(!reply.faults().is_empty(), "{} {} {}: {}", case.method, case.path, case.tried, reply.text);
    }
    product.grew(&before, &[], &[]);
}
