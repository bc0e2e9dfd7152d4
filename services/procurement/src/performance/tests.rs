//! What an evaluation must say, as a table.

use model::instant::parse_day;
use serde_json::json;

use super::rules::faults;

#[test]
fn what_an_evaluation_lacks_is_named() {
    let (signed, today) = (parse_day("2024-05-06").unwrap(), parse_day("2024-09-02").unwrap());
    for (evaluation, expected) in [
        (json!({"result": "fulfilled", "evaluated_on": "2024-09-02"}), vec![]),
        (json!({"result": "fulfilled", "delivered_on": "2024-09-01", "evaluated_on": "2024-09-02"}), vec![]),
        (json!({"result": "breached", "evaluated_on": "2024-09-02"}), vec!["/ground breach_without_ground", "/articles articles_missing"]),
        (json!({"result": "breached", "ground": "示例", "articles": ["示例"], "evaluated_on": "2024-05-06"}), vec![]),
        (json!({"result": "fulfilled", "evaluated_on": "2024-09-03"}), vec!["/evaluated_on date_in_future"]),
        (json!({"result": "fulfilled", "evaluated_on": "2024-05-05"}), vec!["/evaluated_on date_order"]),
        (json!({"result": "fulfilled", "delivered_on": "2024-08-02", "evaluated_on": "2024-08-01"}), vec!["/evaluated_on date_order"]),
    ] {
        let read = serde_json::from_value(evaluation.clone()).unwrap();
        let found: Vec<_> = faults(&read, signed, today).iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect();
        assert_eq!(found, expected, "{evaluation}");
    }
}
