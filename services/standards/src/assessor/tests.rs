//! Classes of products, case by case.

use super::rules::{fields, is_within};

#[test]
fn a_field_holds_what_lies_below_it() {
    for (ics, field, is) in [
        ("97.190", "97.190", true),
        ("97.190", "97", true),
        ("97.190.10", "97.190", true),
        ("97", "97.190", false),
        ("97.1901", "97.190", false),
    ] {
        assert_eq!(is_within(ics, field), is, "{ics} in {field}");
    }
}

#[test]
fn fields_are_kept_once_and_in_order_and_every_fault_is_told() {
    let mut faults = Vec::new();
    let said = ["97.190", "13.120", "97.190"].map(str::to_owned);
    assert_eq!(fields(&said, &mut faults), ["13.120", "97.190"]);
    assert!(faults.is_empty());
    assert!(fields(&[], &mut faults).is_empty());
    let _ = fields(&["玩具".to_owned(), "97".to_owned(), "1".to_owned()], &mut faults);
    let told: Vec<_> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
    assert_eq!(told, [("/fields", "field_count"), ("/fields/0", "ics_unknown"), ("/fields/2", "ics_unknown")]);
}
