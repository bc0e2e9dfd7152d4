//! Signs, forms and consequences; and that nothing declared can be read from what is kept.

use model::{
    instant::{Day, parse_day},
    uscc::Uscc,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::rules::{Consequence, Declared, Marks, Sign, consequence, excluded_by, normalised, related};

fn day() -> Day {
    parse_day("2026-06-01").unwrap()
}

fn code(number: u32) -> Uscc {
    Uscc::with_check(&format!("91440300XY{number:07}")).unwrap()
}

fn marks(number: u32, declared: &Value) -> Marks {
    let mut declared = declared.clone();
    declared["name"] = json!(format!("示例{number}有限公司"));
    Marks::take("salt", &code(number), &[code(number)], &serde_json::from_value(declared).unwrap())
}

#[test]
fn texts_are_compared_in_one_form() {
    for (sign, one, other) in [
        (Sign::Phone, "+86 755-8888 6666", "0755 88886666"),
        (Sign::Phone, "008613800138000", "１３８００１３８０００"),
        (Sign::Email, " Sales@Example.COM", "sales@example.com"),
        (Sign::Address, "深圳市 南山区（科技园）1 号", "深圳市南山区科技园１号"),
        (Sign::Account, "6222 0000-1111", "６２２２００００１１１１"),
        (Sign::PolicyNo, "pl-2026/001", "PL2026001"),
        (Sign::LegalRepresentative, "张 三 440300", "张三440300"),
    ] {
        assert_eq!(normalised(sign, one), normalised(sign, other), "{sign:?}");
        assert!(normalised(sign, one).is_some(), "{sign:?}");
    }
    for text in ["", " ", "-", "（）", "00"] {
        assert_eq!(normalised(Sign::Phone, text), None, "{text:?}: what says nothing is nothing in common");
    }
}

/// Procurement Regulation Arts 18 and 22, MOF Order 87 Art 37; what is only a clue is for the committee.
#[test]
fn every_sign_has_its_consequence() {
    for (field, sign, expected) in [
        ("legal_representative", Sign::LegalRepresentative, Consequence::Excluded),
        ("address", Sign::Address, Consequence::Flag),
        ("phone", Sign::Phone, Consequence::Flag),
        ("email", Sign::Email, Consequence::Flag),
        ("policy_no", Sign::PolicyNo, Consequence::Flag),
        ("account", Sign::Account, Consequence::Excluded),
        ("machine", Sign::Machine, Consequence::Flag),
    ] {
        let bidders = [marks(1, &json!({field: "755 88886666"})), marks(2, &json!({field: "75588886666"})), marks(3, &json!({field: "1"}))];
        let found = related(&bidders, day());
        assert_eq!(found.len(), 1, "{field}");
        assert_eq!(found[0].signs.get(&sign), Some(&expected), "{field}");
        assert_eq!(excluded_by(&found, &code(1)).is_empty(), expected == Consequence::Flag, "{field}");
        assert!(excluded_by(&found, &code(3)).is_empty());
    }
    assert_eq!(consequence(Sign::Member, day()), Consequence::Excluded);
    assert_eq!(consequence(Sign::Control, parse_day("2000-01-01").unwrap()), Consequence::Flag, "before the policy");
}

#[test]
fn control_is_found_by_code_by_name_and_by_a_common_controller() {
    let by = |controller: &str| json!({"controllers": [controller]});
    for (one, other, name) in [
        (by(code(2).as_str()), json!({}), "by code"),
        (by("示例 2 有限公司"), json!({}), "by name"),
        (by("示例控股"), by("示例 控股"), "a common one"),
    ] {
        let found = related(&[marks(1, &one), marks(2, &other), marks(3, &json!({}))], day());
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(
            (found[0].signs.keys().collect::<Vec<_>>(), found[0].consequence),
            (vec![&Sign::Control], Consequence::Excluded),
            "{name}"
        );
    }
    assert!(related(&[marks(1, &by(code(1).as_str())), marks(2, &json!({}))], day()).is_empty(), "naming itself");
}

#[test]
fn a_member_of_two_bids_excludes_both() {
    let take = |lead: u32, members: &[u32]| {
        let members: Vec<Uscc> = members.iter().map(|number| code(*number)).collect();
        Marks::take("salt", &code(lead), &members, &Declared::default())
    };
    let found = related(&[take(1, &[1, 5]), take(2, &[2, 5]), take(3, &[3])], day());
    assert_eq!(found[0].between, [code(1), code(2)].map(|code| code));
    assert_eq!(excluded_by(&found, &code(2)), [code(1)]);
}

#[test]
fn nothing_declared_is_kept() {
    let declared = json!({"legal_representative": "张三", "phone": "13800138000", "email": "zhang@example.com", "controllers": ["李四"]});
    let kept = serde_json::to_string(&marks(1, &declared)).unwrap();
    for text in ["张三", "13800138000", "zhang", "李四", "示例1"] {
        assert!(!kept.contains(text), "{text}");
    }
    let other = Marks::take("another", &code(1), &[code(1)], &serde_json::from_value(declared.clone()).unwrap());
    assert!(marks(1, &declared).marks.is_disjoint(&other.marks), "the hashes of two checks have nothing in common");
}

proptest! {
    #[test]
    fn neither_order_nor_strangers_matter(phones in prop::collection::vec(0_u32..4, 1..8), turn in 0_usize..8) {
        let all: Vec<Marks> =
            phones.iter().zip(1..).map(|(phone, number)| marks(number, &json!({"phone": format!("{}", 100 + phone)}))).collect();
        let found = related(&all, day());
        let mut turned = all.clone();
        turned.rotate_left(turn % all.len());
        prop_assert_eq!(&related(&turned, day()), &found);
        turned.push(marks(99, &json!({"phone": "999"})));
        prop_assert_eq!(&related(&turned, day()), &found);
        let expected = (0..phones.len()).flat_map(|one| (one + 1..phones.len()).map(move |other| (one, other))).filter(|(one, other)| phones[*one] == phones[*other]);
        prop_assert_eq!(found.len(), expected.count());
    }
}
