//! Bands, lists and exclusions case by case; that neither order nor unit changes a ranking, and that a better value is never in a worse band.

use model::uscc::Uscc;
use proptest::prelude::*;

use super::rules::{Outcome, breaks, rank};
use crate::{
    indicator::rules::{Amount, Direction, Indicator},
    ranking_exclusion::rules::ExclusionGround,
    ranking_input::rules::{CitedEdition, Input, KeptOut, Measurement, Reason, differences},
    ranking_plan::{
        rules::{Graded, GradedKind},
        tests::{declared, graded},
    },
};

const BANDS: [(&str, &str); 3] = [("30", "-"), ("20", "-"), ("10", "-")];
const CORE: [&str; 3] = ["wear", "grip", "bounce"];

fn plan() -> Vec<Graded> {
    CORE.map(|property| graded(property, GradedKind::Core, Direction::Min, "mm", &BANDS)).to_vec()
}

fn code(number: u32) -> Uscc {
    Uscc::with_check(&format!("91440300XY{number:06}0")).unwrap()
}

fn value(property: &str, millimetres: u32) -> Indicator {
    declared(property, Direction::Min, "mm", (&millimetres.to_string(), "-"))
}

fn input(number: u32, values: [u32; 3]) -> Input {
    Input {
        declaration: format!("dcl_{number}"),
        declaration_version: 1,
        enterprise: code(number),
        product: "示例".to_owned(),
        number: "Q/SL 1-2026".to_owned(),
        edition: format!("edn_{number}"),
        stands: true,
        executed: Vec::new(),
        references: Vec::new(),
        indicators: CORE.iter().zip(values).map(|(property, value_of)| value(property, value_of)).collect(),
        kept_out: Vec::new(),
        results: Vec::new(),
    }
}

fn cited(holds: Option<bool>) -> Vec<CitedEdition> {
    vec![CitedEdition { number: "GB/T 99001-2024".to_owned(), edition: None, version: None, holds }]
}

fn bands(outcome: &Outcome) -> Vec<(&str, u32)> {
    outcome.places.iter().map(|place| (place.declaration.as_str(), place.band)).collect()
}

fn measured(text: &str) -> Measurement {
    Measurement {
        property: "wear".to_owned(),
        assessor: "asr_1".to_owned(),
        value: Amount::parse(text).unwrap(),
        unit: "mm".to_owned(),
        test_method: None,
        report_digest: format!("sha256:{}", "0".repeat(64)),
        measured_on: model::instant::parse_day("2026-11-01").unwrap(),
    }
}

#[test]
fn a_declaration_is_in_the_worst_band_of_its_core_indicators_and_there_is_no_order_inside() {
    let outcome = rank(&plan(), &[input(3, [30, 30, 19]), input(2, [31, 99, 30]), input(1, [30, 30, 30])], &[]);
    assert_eq!(bands(&outcome), [("dcl_1", 1), ("dcl_2", 1), ("dcl_3", 3)]);
    assert_eq!(outcome.bands.iter().map(|band| band.count).collect::<Vec<_>>(), [2, 0, 1]);
    assert_eq!(outcome.best().len(), 2);
    assert_eq!(serde_json::to_value(outcome.order_inside_band).unwrap(), "none");
}

#[test]
fn a_value_that_is_equal_everywhere_gives_no_list_and_still_counts() {
    let outcome = rank(&plan(), &[input(1, [20, 30, 30]), input(2, [20, 30, 25])], &[]);
    let listed: Vec<_> = outcome.indicators.iter().map(|list| list.listed).collect();
    assert_eq!(listed, [false, false, true]);
    assert_eq!(bands(&outcome), [("dcl_1", 2), ("dcl_2", 2)]);
    assert!(outcome.listed && outcome.best().is_empty());
    // Where nothing tells anybody apart there is no list, and nobody leads.
    let outcome = rank(&plan(), &[input(1, [30, 30, 30]), input(2, [30, 30, 30])], &[]);
    assert!(!outcome.listed && outcome.best().is_empty());
    assert_eq!(bands(&outcome), [("dcl_1", 1), ("dcl_2", 1)]);
    assert!(!rank(&plan(), &[], &[]).listed);
    assert!(!rank(&plan(), &[input(1, [30, 30, 30])], &[]).listed, "whoever is alone leads nobody");
}

#[test]
fn a_basic_indicator_is_kept_and_an_innovative_one_changes_nothing() {
    let mut plan = plan();
    plan.push(graded("fire", GradedKind::Basic, Direction::Max, "s", &[("-", "5")]));
    plan.push(graded("glow", GradedKind::Innovative, Direction::Min, "s", &[("9", "-")]));
    let with = |number: u32, fire: &str, glow: Option<&str>| {
        let mut one = input(number, [30, 30, 30]);
        one.indicators.push(declared("fire", Direction::Max, "s", ("-", fire)));
        one.indicators.extend(glow.map(|glow| declared("glow", Direction::Min, "s", (glow, "-"))));
        one
    };
    let inputs = [with(1, "5", None), with(2, "5", Some("1")), with(3, "6", Some("9")), input(4, [30, 30, 29])];
    let outcome = rank(&plan, &inputs, &[]);
    assert_eq!(bands(&outcome), [("dcl_1", 1), ("dcl_2", 1)]);
    let why: Vec<_> = outcome.excluded.iter().map(|out| out.reasons[0].word()).collect();
    assert_eq!(why, ["below_lowest_band", "indicator_missing"]);
}

#[test]
fn whoever_is_left_out_is_told_every_reason() {
    let out = |id: &str, ground| KeptOut { id: id.to_owned(), ground, document_no: Some("示例〔2026〕1号".to_owned()) };
    let base = || input(1, [30, 30, 30]);
    let mut no_value = base();
    no_value.indicators.remove(1);
    let mut odd = base();
    odd.indicators[0].unit = "kg".to_owned();
    let worst = Input {
        stands: false,
        executed: cited(Some(false)),
        references: cited(Some(false)),
        kept_out: vec![out("dck_1", ExclusionGround::FailedCheck), out("rkx_1", ExclusionGround::SeriousViolation)],
        results: vec![measured("29")],
        ..base()
    };
    let all = [
        "declaration_withdrawn",
        "edition_not_in_force",
        "reference_not_in_force",
        "failed_check",
        "serious_violation",
        "measured_below_declared",
    ];
    for (input, codes) in [
        (base(), &[][..]),
        (Input { references: cited(None), executed: cited(Some(true)), ..base() }, &[]),
        (Input { results: vec![measured("30")], ..base() }, &[]),
        (no_value, &["indicator_missing"]),
        (odd, &["indicator_not_comparable"]),
        (self::input(1, [9, 30, 5]), &["below_lowest_band", "below_lowest_band"]),
        (worst, &all),
    ] {
        let outcome = rank(&plan(), std::slice::from_ref(&input), &[]);
        let found: Vec<_> = outcome.excluded.iter().flat_map(|out| out.reasons.iter().map(Reason::word)).collect();
        assert_eq!(found, codes, "{input:?}");
        assert_eq!(outcome.places.len(), usize::from(codes.is_empty()));
    }
    let told = serde_json::to_value(Reason::BelowLowestBand { property: "wear".to_owned() }).unwrap();
    assert_eq!(told, serde_json::json!({"code": "below_lowest_band", "property": "wear"}));
}

#[test]
fn what_was_measured_breaks_what_was_declared_only_where_both_can_be_compared() {
    let at_most = declared("wear", Direction::Max, "mm", ("-", "5"));
    let between = declared("wear", Direction::Range, "mm", ("4", "6"));
    for (found, declared, is_broken) in [
        ("5", &at_most, false),
        ("5.01", &at_most, true),
        ("0", &at_most, false),
        ("4", &between, false),
        ("6.1", &between, true),
        ("3.9", &between, true),
    ] {
        assert_eq!(breaks(&measured(found), declared, &[]), is_broken, "{found} {declared:?}");
    }
    let other_unit = Measurement { unit: "kg".to_owned(), ..measured("9") };
    assert!(!breaks(&other_unit, &at_most, &[]));
}

#[test]
fn differences_are_told_by_their_place() {
    let kept = serde_json::json!({"a": [1, {"b": 2}], "c": [1]});
    let found = serde_json::json!({"a": [1, {"b": 3}], "c": [1, 2], "d": null});
    let mut all = Vec::new();
    differences("/x", &kept, &found, &mut all);
    assert_eq!(all.iter().map(|one| one.pointer.as_str()).collect::<Vec<_>>(), ["/x/a/1/b", "/x/c"]);
}

proptest! {
    #[test]
    fn the_order_of_inputs_changes_nothing(values in prop::collection::vec(prop::array::uniform3(5_u32..40), 0..12), seed in any::<u64>()) {
        let inputs: Vec<Input> = (1..).zip(&values).map(|(number, values)| input(number, *values)).collect();
        let mut turned = inputs.clone();
        let key = |one: &Input| one.declaration.bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        turned.sort_by_key(key);
        prop_assert_eq!(rank(&plan(), &inputs, &[]), rank(&plan(), &turned, &[]));
    }

    #[test]
    fn another_unit_changes_no_band(values in prop::collection::vec(prop::array::uniform3(5_u32..40), 0..12)) {
        let inputs: Vec<Input> = (1..).zip(&values).map(|(number, values)| input(number, *values)).collect();
        let in_micrometres = |one: &Input| {
            let mut one = one.clone();
            for indicator in &mut one.indicators {
                let text = format!("{}000", indicator.lower.unwrap());
                indicator.lower = Some(Amount::parse(&text).unwrap());
                indicator.unit = "um".to_owned();
            }
            one
        };
        let other: Vec<Input> = inputs.iter().map(in_micrometres).collect();
        let (one, other) = (rank(&plan(), &inputs, &[]), rank(&plan(), &other, &[]));
        prop_assert_eq!(bands(&one), bands(&other));
        prop_assert_eq!((one.listed, &one.bands, &one.indicators), (other.listed, &other.bands, &other.indicators));
    }

    #[test]
    fn a_better_value_is_never_in_a_worse_band(
        values in prop::collection::vec(prop::array::uniform3(5_u32..40), 1..8), which in 0_usize..3, more in 1_u32..20,
    ) {
        let before: Vec<Input> = (1..).zip(&values).map(|(number, values)| input(number, *values)).collect();
        let mut after = before.clone();
        let mut better = values[0];
        better[which] += more;
        after[0] = input(1, better);
        let place = |outcome: &Outcome| outcome.places.iter().find(|place| place.declaration == "dcl_1").map(|place| place.band);
        let (before, after) = (place(&rank(&plan(), &before, &[])), place(&rank(&plan(), &after, &[])));
        if let Some(before) = before {
            prop_assert!(after.is_some_and(|after| after <= before), "{before} {after:?}");
        }
    }
}
