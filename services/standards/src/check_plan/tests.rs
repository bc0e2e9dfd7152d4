//! What a plan fixes, what a disclosure must fit, and that a draw can be repeated.

use std::collections::BTreeMap;

use common::{service::Service, token::Role};
use diesel::{ExpressionMethods, RunQueryDsl};
use model::{
    instant::{Instant, parse_day},
    standard_no::StandardNo,
    uscc::Uscc,
};
use testkit::{Folder, backends};

use super::{
    actions::{Planned, again, commit, draw, found, sha256},
    rules::{Beacon, Disclosed, Draw, Plan, PlanState, Weights, faults, is_canonical, order, replay, too_early},
    store,
};
use crate::{
    Standards,
    author::actions::Author,
    credit_report::{self, rules::ReportState},
    declaration::{self, rules::DeclaredProduct},
    declaration_check::{
        self,
        rules::{Check, CheckOutcome, CheckState, Finding},
        store::Search,
    },
    declaration_draft::rules::{Cited, Draft},
    draw::rules::{Candidate, digest, population_digest},
    schema::edition_class,
};

const SEED: &str = "b1946ac92492d2347c6235b4d2611184";

const FROM: &str = "2026-01-02T00:00:00Z";
const VALUE: &str = "0123456789abcdef0123456789abcdef";

fn beacon(known_from: &str) -> Beacon {
    Beacon { source: "示例公共随机源".to_owned(), round: "4711".to_owned(), known_from: Instant::parse(known_from).unwrap() }
}

fn plan(announced: Option<&str>) -> Plan {
    let population: Vec<Candidate> = (0..50).map(|number| Candidate { id: format!("dcl_{number:03}"), weight: 1 }).collect();
    Plan {
        id: "dcp_1".to_owned(),
        title: "示例".to_owned(),
        state: PlanState::Committed,
        commitment: digest(sha256, SEED.as_bytes()),
        beacon: announced.map(beacon),
        ics: None,
        count: 5,
        weights: Weights::default(),
        population_digest: population_digest(sha256, &population),
        population_count: population.len(),
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
        (Some(FROM), SEED, None, vec!["/beacon beacon_missing"]),
        (Some(FROM), SEED, Some(VALUE), vec![]),
        (Some(FROM), SEED, Some("4711"), vec!["/beacon beacon_invalid"]),
        (Some(FROM), "", None, vec!["/seed seed_differs", "/beacon beacon_missing"]),
    ] {
        let found = faults(&plan(announced), &disclosed(seed, beacon), sha256);
        let found: Vec<_> = found.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect();
        assert_eq!(found, expected, "{announced:?} {seed} {beacon:?}");
    }
}

/// One value has one spelling, so that nobody chooses a draw by choosing how to write.
#[test]
fn a_public_value_has_one_form() {
    let (long, longest) = ("0".repeat(129), "f".repeat(128));
    let upper = VALUE.to_uppercase();
    let (prefixed, blank) = (format!("0x{VALUE}"), format!("{VALUE} "));
    for (value, expected) in [
        (VALUE, true),
        (longest.as_str(), true),
        (long.as_str(), false),
        (&VALUE[1..], false),
        (upper.as_str(), false),
        (prefixed.as_str(), false),
        (blank.as_str(), false),
        ("", false),
    ] {
        assert_eq!(is_canonical(value), expected, "{value}");
    }
}

#[test]
fn nothing_is_drawn_before_the_public_value_is_known() {
    for (announced, now, is_early) in [
        (None, "2026-01-01T00:00:00Z", false),
        (Some(FROM), "2026-01-01T23:59:59Z", true),
        (Some(FROM), FROM, false),
        (Some(FROM), "2026-02-01T00:00:00Z", false),
    ] {
        let fault = too_early(&plan(announced), Instant::parse(now).unwrap());
        assert_eq!(fault.map(|fault| fault.code), is_early.then_some("beacon_not_yet"), "{announced:?} {now}");
    }
}

#[test]
fn a_seed_is_long_enough() {
    for (seed, expected) in [("短".repeat(31), vec!["seed_short"]), ("短".repeat(32), vec![])] {
        let plan = Plan { commitment: digest(sha256, seed.as_bytes()), ..plan(None) };
        let found: Vec<_> = faults(&plan, &disclosed(&seed, None), sha256).into_iter().map(|fault| fault.code).collect();
        assert_eq!(found, expected, "{seed}");
    }
}

#[test]
fn a_replay_names_the_value_that_is_to_be_compared() {
    let (plan, disclosed) = (plan(Some(FROM)), disclosed(SEED, Some(VALUE)));
    let order = order(&plan, &disclosed, sha256);
    let draw = Draw { seed: SEED.to_owned(), beacon: Some(VALUE.to_owned()), order, drawn_on: plan.committed_on };
    let again = replay(&Plan { draw: Some(draw), state: PlanState::Drawn, ..plan }, sha256).unwrap();
    let value = again.to_compare.unwrap();
    assert!(again.same);
    assert_eq!((value.source.as_str(), value.round.as_str(), value.value.as_str()), ("示例公共随机源", "4711", VALUE));
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

fn draft(enterprise: &Uscc, product: &str, ics: Option<&str>) -> Draft {
    let number = StandardNo::parse("Q/SLEX 009-2026").unwrap();
    let indicator = |property: &str, kind: &str| {
        let sent = serde_json::json!({"property": property, "title": "示例", "direction": "max", "upper": "5", "unit": "mg", "kind": kind,
            "test_method": {"standard": "GB/T 99901-2020"}});
        serde_json::from_value(sent).unwrap()
    };
    Draft {
        enterprise: enterprise.clone(),
        product: DeclaredProduct { name: product.to_owned(), gtin: None, ics: ics.map(str::to_owned) },
        executed: vec![Cited { number, title: Some("示例企业标准".to_owned()) }],
        indicators: vec![indicator("wear", "performance"), indicator("brake", "functional")],
        own_methods: Vec::new(),
        commitments: Vec::new(),
        channel: "platform".to_owned(),
        disclosures: Vec::new(),
    }
}

/// From declarations to the checks of those that are drawn, on both databases.
#[actix_web::test]
async fn declarations_are_kept_drawn_and_reported() {
    for backend in backends() {
        let folder = Folder::new();
        let db = testkit::open(&backend, folder.path(), "standards", Standards::migrations());
        let own = Uscc::parse("914404001000000590").unwrap();
        let author = Author { client: "示例".to_owned(), organisation: own.clone(), role: Role::Authority };
        let done = db.write(move |tx| {
            let products = [("示例 A", Some("97.190")), ("示例 B", Some("97.190.10")), ("示例 C", Some("97.20")), ("示例 D", None)];
            let mut ids = Vec::new();
            for (product, ics) in products {
                ids.push(declaration::actions::declare(tx, &draft(&own, product, ics), &author)?.declaration.id);
            }
            let again_declared = declaration::actions::declare(tx, &draft(&own, "示例 a", None), &author);
            assert_eq!(again_declared.unwrap_err().code(), "duplicate", "names are told by their folded form");
            let withdrawn = declaration::actions::withdraw(tx, (&ids[3], 1), &author)?;
            assert_eq!(withdrawn.declaration.version, 2);
            assert_eq!(declaration::store::version(tx.conn, &ids[3], 1)?.unwrap().declaration.version, 1, "versions are never overwritten");
            assert_eq!(declaration::store::standing(tx.conn, Some("97.190"), 9)?, ids[..2]);
            assert_eq!(declaration::store::of_class(tx.conn, "97.190", None, 9)?, ids[..2]);
            // The catalogue tells a class of the main standard: it speaks for what has none, or a coarser one, and not against the own class.
            let main = declaration::store::find(tx.conn, &ids[3])?.unwrap().declaration.executed[0].edition.clone();
            let class = (edition_class::edition.eq(&main), edition_class::scheme.eq("ics"), edition_class::code.eq("97.190.10"));
            diesel::insert_into(edition_class::table).values(class).execute(tx.conn)?;
            for (ics, expected) in [("97.190.10", vec![0, 1, 3]), ("97.190", vec![0, 1, 3]), ("97.20", vec![2]), ("97.190.20", vec![])] {
                let expected: Vec<String> = expected.into_iter().map(|place: usize| ids[place].clone()).collect();
                assert_eq!(declaration::store::of_class(tx.conn, ics, None, 9)?, expected, "{ics}");
            }
            let stands = declaration::store::standing(tx.conn, Some("97.190"), 9)?;
            assert_eq!(stands, ids[..2], "what was taken back is in no urn");
            let edition = withdrawn.declaration.executed[0].edition.clone();
            assert_eq!(declaration::store::of_edition(tx.conn, &edition, Some(&ids[0]), 2)?.len(), 3);
            assert_eq!(declaration::store::of_enterprise(tx.conn, own.as_str(), None, 2)?.len(), 3, "one more than the limit");
            assert!(
                declaration::store::latest(tx.conn, own.as_str(), &edition)?
                    .is_some_and(|stored| ids[..3].contains(&stored.declaration.id))
            );

            let (title, commitment) = ("示例".to_owned(), digest(sha256, SEED.as_bytes()));
            let known = Some(beacon("2000-01-01T00:00:00Z"));
            let late = Planned {
                title: title.clone(),
                commitment: commitment.clone(),
                beacon: known,
                ics: None,
                count: 2,
                weights: Weights::default(),
            };
            assert_eq!(commit(tx, &late, &author).unwrap_err().code(), "beacon_known");
            let planned = Planned { title, commitment, beacon: None, ics: None, count: 2, weights: Weights::default() };
            let plan = commit(tx, &planned, &author)?;
            assert_eq!(plan.plan.population.len(), 3, "what was taken back is not in the urn");
            let drawn = draw(tx, (&plan.plan.id, 1), &disclosed(SEED, None), &author)?;
            assert!(again(tx.conn, &plan.plan.id)?.same);
            let checks = declaration_check::store::list(tx.conn, &Search { plan: Some(plan.plan.id), limit: 9, ..Search::default() })?;
            let checked: Vec<_> = checks.iter().map(|stored| stored.check.declaration.clone().unwrap().0).collect();
            assert_eq!(checked, drawn.plan.draw.unwrap().order, "in the order of the draw");
            let hidden = declaration_check::store::list(tx.conn, &Search { hides_drawn: true, limit: 9, ..Search::default() })?;
            assert!(hidden.is_empty(), "nothing was found yet");
            assert!(declaration_check::store::passed(tx.conn, &ids)?.is_empty(), "nothing was found yet");
            let listed = store::list(tx.conn, None, 9)?.remove(0).plan;
            assert_eq!((listed.population.len(), listed.population_count), (0, 3), "lists go without the urn");
            assert_eq!(found(tx.conn, &listed.id)?.plan.population, plan.plan.population);
            // What was found last counts, whatever was recorded last; and only of what is asked for.
            for (outcome, found_on) in [(CheckOutcome::Conforms, "2026-03-01"), (CheckOutcome::Untrue, "2026-02-01")] {
                let found_on = parse_day(found_on).unwrap();
                let by = Uscc::parse("914404001000000590").unwrap();
                let finding = Finding { outcome, found_on, authority: by, assessor: None, report: None, compared: Vec::new() };
                let check =
                    Check { id: tx.id("dck"), plan: None, state: CheckState::Found, finding: Some(finding), ..checks[0].check.clone() };
                declaration_check::store::insert(tx, check)?;
            }
            let whose = &checked[0];
            assert_eq!(declaration_check::store::passed(tx.conn, &ids)?, BTreeMap::from([(whose.clone(), true)]));
            let others: Vec<String> = ids.iter().filter(|id| *id != whose).cloned().collect();
            assert!(declaration_check::store::passed(tx.conn, &others)?.is_empty());

            let id = &checks[0].check.id;
            credit_report::store::note(tx.conn, id, 2, 7, tx.now())?;
            credit_report::store::note(tx.conn, id, 3, 9, tx.now())?;
            assert_eq!(credit_report::store::position(tx.conn)?, 9);
            let due = credit_report::store::due(tx.conn, tx.now(), 9)?.remove(0);
            // What was sent stays in doubt when a newer version is told, until an answer comes.
            credit_report::store::doubt(tx.conn, id)?;
            credit_report::store::note(tx.conn, id, 3, 9, tx.now())?;
            assert!(credit_report::store::find(tx.conn, id)?.unwrap().in_doubt);
            let acknowledged = credit_report::store::Report { state: ReportState::Acknowledged, version: 2, ..due };
            credit_report::store::tried(tx.conn, &acknowledged, tx.now())?;
            assert_eq!(credit_report::store::due(tx.conn, tx.now(), 9)?.len(), 1, "a newer version was told meanwhile");
            let due = credit_report::store::due(tx.conn, tx.now(), 9)?.remove(0);
            assert!(!due.in_doubt, "an answer came");
            let known = credit_report::store::Report { fact: Some("fct_1".to_owned()), ..due.clone() };
            credit_report::store::tried(tx.conn, &known, tx.now())?;
            credit_report::store::tried(tx.conn, &due, tx.now())?;
            assert_eq!(credit_report::store::find(tx.conn, id)?.unwrap().fact.as_deref(), Some("fct_1"), "a fact is not forgotten");
            Ok(())
        });
        done.await.unwrap();
    }
}
