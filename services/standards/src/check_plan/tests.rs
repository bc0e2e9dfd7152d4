//! What a plan fixes, what a disclosure must fit, and that a draw can be repeated.

use std::collections::BTreeMap;

use model::{instant::parse_day, uscc::Uscc};

use super::{
    actions::sha256,
    rules::{Disclosed, Draw, Plan, PlanState, Weights, faults, order, replay},
};
use crate::draw::rules::{Candidate, digest, population_digest};

const SEED: &str = "b1946ac92492d2347c6235b4d2611184";

fn plan(beacon: Option<&str>) -> Plan {
    let population: Vec<Candidate> = (0..50).map(|number| Candidate { id: format!("dcl_{number:03}"), weight: 1 }).collect();
    Plan {
        id: "dcp_1".to_owned(),
        title: "示例".to_owned(),
        state: PlanState::Committed,
        commitment: digest(sha256, SEED.as_bytes()),
        beacon: beacon.map(str::to_owned),
        ics: None,
        count: 5,
        weights: Weights::default(),
        population_digest: population_digest(sha256, &population),
        population,
        committed_on: parse_day("2026-01-01").unwrap(),
        by: Uscc::parse("914404001000000590").unwrap(),
        draw: None,
    }
}

fn disclosed(seed: &str, beacon: Option<&str>) -> Disclosed {
    Disclosed { seed: seed.to_owned(), beacon: beacon.map(str::to_owned) }
}

#[test]
fn weights_by_what_was_found_before() {
    let weights = Weights { unchecked: 2, failed: 3, passed: 0 };
    let passed = BTreeMap::from([("b".to_owned(), false), ("c".to_owned(), true)]);
    let urn = weights.urn(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()], &passed);
    let urn: Vec<_> = urn.iter().map(|one| (one.id.as_str(), one.weight)).collect();
    assert_eq!(urn, [("a", 2), ("b", 3)], "a weight of 0 leaves out");
}

#[test]
fn a_disclosure_fits_what_was_published() {
    for (announced, seed, beacon, expected) in [
        (None, SEED, None, vec![]),
        (None, "another", None, vec!["/seed seed_differs"]),
        (None, SEED, Some("4711"), vec!["/beacon beacon_not_announced"]),
        (Some("示例公共随机源"), SEED, None, vec!["/beacon beacon_missing"]),
        (Some("示例公共随机源"), SEED, Some("4711"), vec![]),
        (Some("示例公共随机源"), "", None, vec!["/seed seed_differs", "/beacon beacon_missing"]),
    ] {
        let found = faults(&plan(announced), &disclosed(seed, beacon), sha256);
        let found: Vec<_> = found.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect();
        assert_eq!(found, expected, "{announced:?} {seed} {beacon:?}");
    }
}

#[test]
fn a_draw_is_repeated_and_a_forged_one_is_seen() {
    let plan = plan(None);
    assert_eq!(replay(&plan, sha256), None, "nothing was drawn");
    let order = order(&plan, &disclosed(SEED, None), sha256);
    assert_eq!(order.len(), 5);
    let draw = Draw { seed: SEED.to_owned(), beacon: None, order: order.clone(), drawn_on: plan.committed_on };
    let same = |plan: &Plan| replay(plan, sha256).unwrap().same;
    let drawn = Plan { draw: Some(draw.clone()), state: PlanState::Drawn, ..plan };
    assert!(same(&drawn));
    let mut turned = order;
    turned.swap(0, 1);
    assert!(!same(&Plan { draw: Some(Draw { order: turned, ..draw.clone() }), ..drawn.clone() }), "another order");
    assert!(!same(&Plan { draw: Some(Draw { seed: "another".to_owned(), ..draw }), ..drawn.clone() }), "another seed");
    let mut population = drawn.population.clone();
    population.pop();
    assert!(!same(&Plan { population, ..drawn }), "another urn");
}
