//! One mutation of the built-in model for each fault; each must be found and nothing else.

use serde_json::{Value, json};

use super::rules::validate;
use crate::scoring_model::rules::ScoringModel;

const BUILT_IN: &str = include_str!("../../policy/models/quality-credit.v1.json");

/// The fault codes of the built-in model with the value at one place replaced.
fn codes(changes: &[(&str, Value)]) -> Vec<&'static str> {
    let mut json: Value = serde_json::from_str(BUILT_IN).unwrap();
    for (pointer, value) in changes {
        *json.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value.clone();
    }
    let faults = ScoringModel::from_json(&json.to_string()).err().unwrap_or_default();
    faults.into_iter().map(|fault| fault.code).collect()
}

#[test]
fn the_built_in_model_has_no_fault() {
    let model = ScoringModel::built_in().unwrap();
    assert_eq!(validate(&model), []);
    assert_eq!(serde_json::from_str::<ScoringModel>(&serde_json::to_string(&model).unwrap()).unwrap(), model);
    // Domain.md 3.3.
    let families: Vec<_> = model.families.iter().map(|family| (family.code.as_str(), family.max_points)).collect();
    let expected =
        [("compliance", 350), ("product_quality", 250), ("standards_commitment", 150), ("consumer_experience", 150), ("assurance", 100)];
    assert_eq!(families, expected);
}

#[test]
fn every_fault_is_found_alone() {
    const RATE: &str = "/families/1/indicators/0/calc";
    const PENALTIES: &str = "/families/0/indicators/0/calc";
    let rate = |path: &str, value: Value| (format!("{RATE}{path}"), value);
    let penalties = |path: &str, value: Value| (format!("{PENALTIES}{path}"), value);
    let at = |path: &str, value: Value| (path.to_owned(), value);
    for (change, expected) in [
        (at("/id", json!(" ")), "model_without_name"),
        (at("/version", json!(0)), "model_without_name"),
        (at("/source", json!("")), "source_missing"),
        (at("/min_data/source", json!("")), "source_missing"),
        (at("/min_data/months", json!(1201)), "months_out_of_range"),
        (at("/families/1/code", json!("compliance")), "code_not_unique"),
        (at("/families/1/indicators/0/code", json!("penalties")), "code_not_unique"),
        (at("/vetoes/1/code", json!("")), "code_not_unique"),
        (at("/families/0/title/en", json!("")), "text_missing"),
        (at("/vetoes/0/text/zh", json!(" ")), "text_missing"),
        (at("/families/0/indicators/2/missing_reason", json!(null)), "text_missing"),
        (at("/levels/1/at_least", json!(900)), "levels_out_of_order"),
        (at("/levels/5/at_least", json!(1)), "levels_out_of_order"),
        (at("/levels/0/at_least", json!(1001)), "levels_out_of_order"),
        (at("/levels/0/grade", json!("AA")), "levels_out_of_order"),
        (at("/decays/half_in_12/per_mille/0", json!(999)), "decay_table_wrong"),
        (at("/decays/half_in_12/per_mille/11", json!(500)), "decay_table_wrong"),
        (at("/decays/half_in_12/per_mille/1", json!(1000)), "decay_table_wrong"),
        (at("/decays/half_in_12/half_life_months", json!(13)), "decay_table_wrong"),
        (at("/decays/half_in_12/look_back_months", json!(0)), "months_out_of_range"),
        (at("/decays/half_in_12/look_back_months", json!(252)), "months_out_of_range"),
        (at("/vetoes/0/cap", json!("unrated")), "veto_cap_wrong"),
        (at("/vetoes/0/when/select", json!([])), "nothing_selected"),
        (at("/vetoes/2/when/statuses", json!([])), "nothing_selected"),
        (at("/vetoes/4/when/window_months", json!(0)), "months_out_of_range"),
        (at("/vetoes/4/when/at_least", json!(0)), "months_out_of_range"),
        (at("/vetoes/3/when/select/0/kind", json!("penalty")), "selector_does_not_fit"),
        (at("/families/0/max_points", json!(351)), "family_sum_wrong"),
        (penalties("/rules", json!([])), "nothing_selected"),
        (penalties("/cap", json!(201)), "points_over_max"),
        (penalties("/decay", json!("never")), "decay_unknown"),
        (penalties("/rules/0/points/minor", json!(61)), "against_direction"),
        (penalties("/rules/0/points/general", json!(151)), "against_direction"),
        (at("/families/0/indicators/2/calc/lapsed", json!(31)), "against_direction"),
        (at("/families/0/indicators/2/calc/held", json!(31)), "points_over_max"),
        (at("/families/4/indicators/0/calc/points/1", json!(29)), "against_direction"),
        (rate("/missing", json!(111)), "points_over_max"),
        (rate("/kind", json!("penalty")), "kind_without_outcome"),
        (rate("/min_count", json!(0)), "months_out_of_range"),
        (rate("/direction", json!("lower_is_better")), "bins_against_direction"),
        (rate("/bins/1/points", json!(61)), "bins_against_direction"),
        (rate("/bins/1/below_per_mille", json!(801)), "bins_overlap"),
        (rate("/bins/1/below_per_mille", json!(799)), "bins_gap"),
        (rate("/bins/1/below_per_mille", json!(null)), "bins_overlap"),
        (rate("/bins/0/from_per_mille", json!(1)), "bins_gap"),
        (rate("/bins", json!([])), "bins_gap"),
    ] {
        let found = codes(&[(&change.0, change.1.clone())]);
        assert!(found.contains(&expected), "{} = {}: {found:?}", change.0, change.1);
        let beside = ["total_wrong", "bins_against_direction", "points_over_max", "family_sum_wrong"];
        assert!(found.iter().all(|code| *code == expected || beside.contains(code)), "{} = {}: {found:?}", change.0, change.1);
    }
}

#[test]
fn families_make_a_thousand_points() {
    assert_eq!(
        codes(&[
            ("/families/4/max_points", json!(99)),
            ("/families/4/indicators/2/max_points", json!(29)),
            ("/families/4/indicators/2/calc/held", json!(29))
        ]),
        ["total_wrong"]
    );
}

#[test]
fn bins_may_run_down_and_an_empty_one_is_found() {
    let bins = json!([{ "from_per_mille": 0, "below_per_mille": 500, "points": 110 }, { "from_per_mille": 500, "points": 0 }]);
    let calc = "/families/1/indicators/0/calc";
    let (bins_at, direction_at) = (format!("{calc}/bins"), format!("{calc}/direction"));
    assert!(codes(&[(&bins_at, bins.clone()), (&direction_at, json!("lower_is_better"))]).is_empty());
    assert_eq!(codes(&[(&bins_at, bins)]), ["bins_against_direction"]);
    let empty = json!([
        { "from_per_mille": 0, "below_per_mille": 0, "points": 0 },
        { "from_per_mille": 0, "below_per_mille": 1000, "points": 0 },
        { "from_per_mille": 1000, "points": 110 }
    ]);
    assert_eq!(codes(&[(&bins_at, empty)]), ["bins_empty"]);
    let above = json!([{ "from_per_mille": 0, "below_per_mille": 1001, "points": 0 }, { "from_per_mille": 1001, "points": 110 }]);
    assert_eq!(codes(&[(&bins_at, above)]), ["bins_gap"]);
}

#[test]
fn an_unreadable_model_is_refused_in_one_piece() {
    for json in ["", "{}", "[]", &BUILT_IN.replace("\"families\"", "\"famlies\""), &BUILT_IN.replace("\"minor\": 20", "\"minor\": -1")] {
        let faults = ScoringModel::from_json(json).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["model_unreadable"]);
    }
}

#[test]
fn several_faults_are_told_at_once() {
    let found = codes(&[("/id", json!("")), ("/levels/5/at_least", json!(1)), ("/vetoes/0/cap", json!("unrated"))]);
    assert_eq!(found, ["model_without_name", "levels_out_of_order", "veto_cap_wrong"]);
}
