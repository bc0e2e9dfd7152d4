//! What must be disclosed on a day and what is missing, as tables. Not here: who discloses; the flows show that.

use model::instant::{Day, Instant, parse_day};
use proptest::prelude::*;

use super::rules::*;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn duty(id: &str, category: &str, codes: &[&str], (from, to): (&str, Option<&str>)) -> Duty {
    let items = codes.iter().map(|code| DisclosureItem { code: (*code).to_owned(), title: "示例".to_owned() }).collect();
    Duty {
        id: id.to_owned(),
        category: category.to_owned(),
        items,
        effective_from: day(from),
        effective_to: to.map(day),
        basis: format!("示例{id}"),
    }
}

fn disclosure(codes: &[&str]) -> Disclosure {
    let item = |code: &&str| Disclosed { code: (*code).to_owned(), value: "示例".to_owned(), digest: None };
    Disclosure {
        enterprise: String::new(),
        product: "P".to_owned(),
        category: "滑板车".to_owned(),
        title: "示例".to_owned(),
        items: codes.iter().map(item).collect(),
        version: 1,
        recorded_at: Instant::from_micros(0),
    }
}

/// Outline of a quality power: mandatory and voluntary disclosure of quality information.
#[test]
fn what_is_missing_depends_on_the_category_and_the_day() {
    let duties = [
        duty("dty_1", "滑板车", &["load", "brake"], ("2026-01-01", None)),
        duty("dty_2", "滑板车", &["battery", "brake"], ("2026-06-01", Some("2026-12-31"))),
        duty("dty_3", "家具", &["formaldehyde"], ("2026-01-01", None)),
    ];
    let cases: [(&[&str], &str, &[&str]); 7] = [
        (&["colour"], "2025-12-31", &[]),
        (&["colour"], "2026-01-01", &["brake", "load"]),
        (&["load"], "2026-05-31", &["brake"]),
        (&["load", "brake"], "2026-06-01", &["battery"]),
        (&["load", "brake"], "2026-12-31", &["battery"]),
        (&["load", "brake"], "2027-01-01", &[]),
        (&["load", "brake", "battery", "colour"], "2026-07-01", &[]),
    ];
    for (said, on, expected) in cases {
        let found = missing(&disclosure(said), &mandatory(&duties, "滑板车", day(on)));
        assert_eq!(found.iter().map(|item| item.code.as_str()).collect::<Vec<_>>(), expected, "{said:?} {on}");
    }
    // Of two duties the earlier one is told.
    let both = mandatory(&duties, "滑板车", day("2026-07-01"));
    let brake = both.iter().find(|item| item.code == "brake").unwrap();
    assert_eq!((brake.since, brake.basis.as_str()), (day("2026-01-01"), "示例dty_1"));
}

#[test]
fn an_item_stands_in_a_list_once() {
    let found: Vec<String> = twice(["a", "b", "a", "a"]).into_iter().map(|fault| fault.pointer).collect();
    assert_eq!(found, ["/items/2/code", "/items/3/code"]);
}

proptest! {
    /// Whoever discloses more lacks no more, and whoever discloses all lacks nothing.
    #[test]
    fn more_disclosed_is_never_more_missing(said in proptest::collection::btree_set(0..6_u8, 0..6), one in 0..6_u8) {
        let codes = ["a", "b", "c", "d", "e", "f"];
        let owed = mandatory(&[duty("dty_1", "滑板车", &codes[..4], ("2026-01-01", None))], "滑板车", day("2026-01-01"));
        let said: Vec<&str> = said.iter().map(|place| codes[usize::from(*place)]).collect();
        let before = missing(&disclosure(&said), &owed).len();
        let more: Vec<&str> = said.iter().copied().chain([codes[usize::from(one)]]).collect();
        prop_assert!(missing(&disclosure(&more), &owed).len() <= before);
        prop_assert!(missing(&disclosure(&codes), &owed).is_empty());
    }
}
