//! How indicators stand to requirements, as tables of cases.

use proptest::prelude::*;

use super::rules::{Bar, Bars, Kept, kept, measured};
use crate::{
    declaration::rules::{DeclarationOutcome, DeclaredProduct, PropertyNote, outcome},
    declaration_draft::rules::Draft,
    indicator::rules::{Amount, Direction, Indicator, IndicatorKind, TestMethod},
};

fn indicator(property: &str, lower: Option<&str>, upper: Option<&str>, method: Option<&str>) -> Indicator {
    let direction = match (lower, upper) {
        (Some(_), Some(_)) => Direction::Range,
        (Some(_), None) => Direction::Min,
        _ => Direction::Max,
    };
    Indicator {
        property: property.to_owned(),
        title: "示例".to_owned(),
        direction,
        lower: lower.map(|text| Amount::parse(text).unwrap()),
        upper: upper.map(|text| Amount::parse(text).unwrap()),
        unit: "mg".to_owned(),
        test_method: method.map(|standard| TestMethod { standard: standard.to_owned(), clause: None }),
        kind: IndicatorKind::Performance,
    }
}

/// Each bound of the requirement for itself; what is not said of a bound is not looser than it.
#[test]
fn an_indicator_beside_a_requirement() {
    type Bounds<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);
    let (gb, q) = (Some("GB/T 99901-2020"), Some("Q/SLEX 001-2026"));
    let cases: [(Bounds<'_>, Bounds<'_>, Kept); 11] = [
        ((None, Some("5"), gb), (None, Some("5"), gb), Kept::Kept),
        ((None, Some("4"), gb), (None, Some("5"), gb), Kept::Kept),
        ((None, Some("6"), gb), (None, Some("5"), gb), Kept::Looser),
        ((Some("6"), None, gb), (Some("5"), None, gb), Kept::Kept),
        ((Some("4"), None, gb), (Some("5"), None, gb), Kept::Looser),
        ((Some("4"), Some("6"), gb), (Some("3"), Some("7"), gb), Kept::Kept),
        ((Some("4"), Some("8"), gb), (Some("3"), Some("7"), gb), Kept::Looser),
        ((None, Some("6"), gb), (Some("3"), Some("7"), gb), Kept::Unsaid),
        ((None, Some("8"), gb), (Some("3"), Some("7"), gb), Kept::Looser),
        ((Some("4"), None, gb), (None, Some("7"), gb), Kept::Unsaid),
        ((None, Some("4"), q), (None, Some("5"), gb), Kept::Unclear),
    ];
    for (own, required, expected) in cases {
        let one = |(lower, upper, method): Bounds<'_>| indicator("wear", lower, upper, method);
        assert_eq!(kept(&one(own), &one(required), &[]), expected, "{own:?} {required:?}");
    }
}

fn draft(indicators: Vec<Indicator>, disclosed: &[&str]) -> Draft {
    let note = |property: &&str| PropertyNote { property: (*property).to_owned(), text: "示例".to_owned() };
    Draft {
        enterprise: model::uscc::Uscc::parse("914404001000000590").unwrap(),
        product: DeclaredProduct { name: "示例".to_owned(), gtin: None, ics: None },
        executed: Vec::new(),
        indicators,
        own_methods: Vec::new(),
        commitments: Vec::new(),
        channel: "platform".to_owned(),
        disclosures: disclosed.iter().map(note).collect(),
    }
}

fn bar(standard: &str, indicator: Indicator) -> Bar {
    Bar { standard: standard.to_owned(), clause: "4.1".to_owned(), indicator }
}

/// Law 21: never below what is mandatory, whatever is disclosed. Order 83 Art 14: lower or fewer than recommended is to be stated.
#[test]
fn mandatory_is_refused_and_recommended_is_disclosed() {
    let max = |property: &str, upper: &str| indicator(property, None, Some(upper), None);
    let bars = Bars {
        mandatory: vec![bar("GB 99001-2024", max("lead", "90"))],
        recommended: vec![bar("GB/T 99002-2024", max("wear", "5")), bar("GB/T 99002-2024", max("noise", "60"))],
        ..Bars::default()
    };
    let below = "/indicators/0 below_mandatory";
    for (indicators, disclosed, faults, taken) in [
        (vec![max("lead", "90"), max("wear", "5"), max("noise", "60")], &[][..], vec![], DeclarationOutcome::Accepted),
        (vec![max("lead", "91"), max("wear", "5"), max("noise", "60")], &[], vec![below], DeclarationOutcome::Accepted),
        (vec![max("lead", "91"), max("wear", "5"), max("noise", "60")], &["lead"], vec![below], DeclarationOutcome::Accepted),
        (
            vec![max("wear", "6")],
            &[],
            vec!["/indicators/0 disclosure_missing", "/disclosures disclosure_missing"],
            DeclarationOutcome::AcceptedWithDisclosure,
        ),
        (vec![max("wear", "6")], &["wear", "noise"], vec![], DeclarationOutcome::AcceptedWithDisclosure),
        (vec![max("wear", "4")], &["noise"], vec![], DeclarationOutcome::AcceptedWithDisclosure),
        // Disclosing what is not below anything changes nothing.
        (vec![max("wear", "5"), max("noise", "60")], &["wear"], vec![], DeclarationOutcome::Accepted),
        // Who has no indicators of its own simply executes the standards.
        (vec![], &[], vec![], DeclarationOutcome::Accepted),
    ] {
        let (short, bad) = measured(&draft(indicators.clone(), disclosed), &bars);
        let bad: Vec<String> = bad.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect();
        assert_eq!((bad, outcome(&short)), (faults.into_iter().map(str::to_owned).collect(), taken), "{indicators:?} {disclosed:?}");
    }
}

#[test]
fn what_cannot_be_compared_is_disclosed() {
    let own = indicator("wear", None, Some("9"), Some("Q/SLEX 001-2026"));
    let required = indicator("wear", None, Some("5"), Some("GB/T 99901-2020"));
    let bars =
        Bars { mandatory: vec![bar("GB 1-2024", required.clone())], recommended: vec![bar("GB/T 2-2024", required)], ..Bars::default() };
    for (disclosed, expected) in [(&[][..], &["/indicators/0 disclosure_missing"][..]), (&["wear"], &[])] {
        let (short, bad) = measured(&draft(vec![own.clone()], disclosed), &bars);
        let bad: Vec<String> = bad.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect();
        assert_eq!(bad, expected, "{disclosed:?}");
        assert_eq!(short.iter().map(|one| one.how).collect::<Vec<_>>(), [Kept::Unclear]);
        assert_eq!(outcome(&short), DeclarationOutcome::AcceptedWithDisclosure);
    }
}

proptest! {
    /// A value that meets a stricter requirement meets a looser one.
    #[test]
    fn a_value_that_is_kept_stays_so_in_a_wider_range(value in 0_i32..100, lower in 0_i32..50, width in 0_i32..50, wider in 0_i32..20) {
        let range = |lower: i32, upper: i32| indicator("wear", Some(&lower.to_string()), Some(&upper.to_string()), None);
        let (one, narrow) = (range(value, value), range(lower, lower + width));
        let inside = (lower..=lower + width).contains(&value);
        prop_assert_eq!(kept(&one, &narrow, &[]), if inside { Kept::Kept } else { Kept::Looser });
        if inside {
            prop_assert_eq!(kept(&one, &range(lower - wider, lower + width + wider), &[]), Kept::Kept);
        }
    }
}
