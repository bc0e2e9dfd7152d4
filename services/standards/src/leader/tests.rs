//! The steps of a leader: what may follow what, the window of publicity, the title and how it is shown.

use model::{
    calendar::Calendar,
    instant::{Day, Instant, parse_day},
    uscc::Uscc,
};
use proptest::prelude::*;

use super::rules::{By, Claim, Lack, Leader, OBJECTIONS_MAX, Objection, policy};
use crate::leader_word::rules::{Commitment, LeaderState, ObjectionDecision, ObjectionOutcome, Removal, RemovalGround, State, Window};

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn code() -> Uscc {
    Uscc::with_check("91440300XY0000010").unwrap()
}

/// A candidate of 1 March 2026, public until 8 March.
fn candidate() -> Leader {
    Leader {
        id: "ldr_1".to_owned(),
        claim: Claim {
            ranking: "rkg_1".to_owned(),
            plan: "rkp_1".to_owned(),
            assessor: "asr_1".to_owned(),
            enterprise: code(),
            declaration: "dcl_1".to_owned(),
            declaration_version: 1,
            product: "示例".to_owned(),
            number: "Q/SL 1-2026".to_owned(),
            edition: "edn_1".to_owned(),
        },
        commitment: Commitment { text: "示例".to_owned(), evidence: Vec::new() },
        publicity: Window { from: day("2026-03-01"), until: day("2026-03-08") },
        state: State::Publicised,
        objections: Vec::new(),
        title: None,
        removal: None,
        recorded_at: Instant::from_micros(0),
    }
}

fn objection(on: &str) -> Objection {
    Objection { number: 0, by: code(), text: "示例".to_owned(), evidence: Vec::new(), on: day(on), decision: None }
}

fn decision(outcome: ObjectionOutcome) -> ObjectionDecision {
    ObjectionDecision { outcome, text: "示例".to_owned(), document_no: "示例〔2026〕1号".to_owned(), on: day("2026-03-09") }
}

fn removal() -> Removal {
    Removal { ground: RemovalGround::CheckFailed, text: "示例".to_owned(), document_no: "示例".to_owned(), on: day("2026-06-01") }
}

fn named(leader: Leader, on: &str) -> Result<Leader, Lack> {
    let (policy, calendar) = (policy().unwrap(), Calendar::default());
    leader.named(day(on), "示例〔2026〕2号", By { policy: &policy, calendar: &calendar })
}

#[test]
fn the_shipped_terms_make_candidates_public_for_seven_days_and_leaders_for_a_year() {
    let (policy, calendar) = (policy().unwrap(), Calendar::default());
    let by = By { policy: &policy, calendar: &calendar };
    assert_eq!(by.publicity(day("2026-03-01")), Ok(candidate().publicity));
    assert_eq!(by.publicity(day("2018-05-31")), Err(Lack::NoPolicy));
    let title = named(candidate(), "2026-03-09").unwrap().title.unwrap();
    assert_eq!((title.from, title.until), (day("2026-03-09"), day("2027-03-09")));
}

#[test]
fn nobody_is_named_before_the_window_is_over_and_every_objection_decided() {
    assert_eq!(named(candidate(), "2026-03-08"), Err(Lack::PublicityRuns(day("2026-03-08"))));
    let asked = candidate().objected(objection("2026-03-08")).unwrap().objected(objection("2026-03-02")).unwrap();
    assert_eq!(asked.objections.iter().map(|one| one.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(named(asked.clone(), "2026-03-09"), Err(Lack::ObjectionOpen(1)));
    let one = asked.decided(1, decision(ObjectionOutcome::Dismissed)).unwrap();
    assert_eq!(named(one.clone(), "2026-03-09"), Err(Lack::ObjectionOpen(2)));
    assert_eq!(one.clone().decided(1, decision(ObjectionOutcome::Upheld)), Err(Lack::ObjectionUnknown));
    assert_eq!(one.clone().decided(3, decision(ObjectionOutcome::Upheld)), Err(Lack::ObjectionUnknown));
    let refused = one.clone().decided(2, decision(ObjectionOutcome::Upheld)).unwrap();
    assert_eq!(refused.state, State::Refused);
    assert_eq!(named(refused, "2026-03-09"), Err(Lack::NotAllowed));
    let clear = one.decided(2, decision(ObjectionOutcome::Dismissed)).unwrap();
    assert_eq!(named(clear, "2026-03-09").unwrap().state, State::Named);
}

#[test]
fn objections_come_in_the_window_and_are_not_without_end() {
    assert_eq!(candidate().objected(objection("2026-03-09")), Err(Lack::PublicityOver(day("2026-03-08"))));
    let full = Leader { objections: vec![objection("2026-03-01"); OBJECTIONS_MAX], ..candidate() };
    assert_eq!(full.objected(objection("2026-03-01")), Err(Lack::ObjectionsFull));
    // Nobody fills the place of all others, whether the own ones were decided or not.
    let mut of_one = candidate();
    for number in 1..=5 {
        of_one = of_one.objected(objection("2026-03-01")).unwrap().decided(number, decision(ObjectionOutcome::Dismissed)).unwrap();
    }
    assert_eq!(of_one.clone().objected(objection("2026-03-02")), Err(Lack::ObjectionsOfOneFull));
    let other = Objection { by: Uscc::with_check("91440300XY0000020").unwrap(), ..objection("2026-03-02") };
    assert_eq!(of_one.objected(other).map(|leader| leader.objections.len()), Ok(6));
}

#[test]
fn a_title_is_shown_as_it_stands_on_the_day() {
    let leader = named(candidate(), "2026-03-09").unwrap();
    for (on, ends, shown) in [
        ("2026-03-09", None, LeaderState::Named),
        ("2027-03-09", None, LeaderState::Named),
        ("2027-03-10", None, LeaderState::Expired),
        ("2026-05-31", Some("2026-06-01"), LeaderState::Named),
        ("2026-06-01", Some("2026-06-01"), LeaderState::Lapsed),
        // What ended after the title, or with it, expired.
        ("2027-03-10", Some("2026-06-01"), LeaderState::Expired),
    ] {
        assert_eq!(leader.shown(day(on), ends.map(day)), shown, "{on} {ends:?}");
    }
    let lost = leader.removed(removal()).unwrap();
    assert_eq!(lost.shown(day("2026-06-01"), None), LeaderState::Removed);
    let back = candidate().withdrawn().unwrap();
    assert_eq!(back.shown(day("2026-03-02"), Some(day("2026-03-01"))), LeaderState::Withdrawn);
    assert_eq!(candidate().shown(day("2036-03-02"), None), LeaderState::Publicised);
}

proptest! {
    /// Whatever is tried in whatever order: only what is allowed moves a leader, and a title needs a window that is over.
    #[test]
    fn only_what_is_allowed_follows(steps in prop::collection::vec((0_u8..5, 1_u32..20, any::<bool>()), 0..20)) {
        let mut leader = candidate();
        for (step, number, is_right) in steps {
            let on = format!("2026-03-{number:02}");
            let outcome = if is_right { ObjectionOutcome::Upheld } else { ObjectionOutcome::Dismissed };
            let (name, moved) = match step {
                0 => ("object", leader.clone().objected(objection(&on))),
                1 => ("decide_objection", leader.clone().decided(number % 3, decision(outcome))),
                2 => ("withdraw", leader.clone().withdrawn()),
                3 => ("name", named(leader.clone(), &on)),
                _ => ("remove", leader.clone().removed(removal())),
            };
            let is_allowed = leader.state.allowed().contains(&name);
            prop_assert_eq!(moved == Err(Lack::NotAllowed), !is_allowed);
            leader = moved.unwrap_or(leader);
            prop_assert_eq!(leader.title.is_some(), matches!(leader.state, State::Named | State::Removed));
            if let Some(title) = &leader.title {
                prop_assert!(title.from > leader.publicity.until);
                let is_dismissed = |one: &Objection| one.decision.as_ref().is_some_and(|made| made.outcome == ObjectionOutcome::Dismissed);
                prop_assert!(leader.objections.iter().all(is_dismissed));
            }
        }
    }
}
