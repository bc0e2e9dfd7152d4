//! The life of a promotion as a table, and its figures. Not here: who may take a step; the flows show that.

use model::{instant::parse_day, uscc::Uscc};
use proptest::prelude::*;

use super::rules::*;

fn entry(step: PromotionStep, on: &str) -> PromotionEntry {
    let by = Uscc::parse(&testkit::next_code()).unwrap();
    PromotionEntry { step, on: parse_day(on).unwrap(), by, text: "示例".to_owned() }
}

fn proposed(on: &str) -> Promotion {
    let first = entry(PromotionStep::Propose, on);
    Promotion {
        id: "prm".to_owned(),
        edition: "edn".to_owned(),
        number: "T/SLXH 1-2024".to_owned(),
        association: first.by.clone(),
        enterprises: 3,
        advances: Vec::new(),
        evidence: Vec::new(),
        state: PromotionState::Proposed,
        national: None,
        history: vec![first],
    }
}

fn steps() -> [PromotionStep; 5] {
    let take_over = PromotionStep::TakeOver { national: "edn_1".to_owned(), number: "GB/T 1-2026".to_owned() };
    [PromotionStep::Accept, PromotionStep::Plan { plan_no: "示例".to_owned() }, take_over, PromotionStep::Decline, PromotionStep::Withdraw]
}

/// Plan 2016-2020, 2 (1): group standards of a high level become national ones.
#[test]
fn which_step_may_follow_which() {
    let cases: [(&[usize], PromotionState); 8] = [
        (&[], PromotionState::Proposed),
        (&[0], PromotionState::Accepted),
        (&[0, 1], PromotionState::Planned),
        (&[0, 1, 2], PromotionState::TakenOver),
        (&[3], PromotionState::Declined),
        (&[0, 1, 3], PromotionState::Declined),
        (&[4], PromotionState::Withdrawn),
        (&[0, 4], PromotionState::Withdrawn),
    ];
    for (path, state) in cases {
        let reached =
            path.iter().fold(proposed("2026-01-01"), |stands, step| stands.step(entry(steps()[*step].clone(), "2026-02-01")).unwrap());
        assert_eq!(reached.state, state, "{path:?}");
        for step in steps() {
            let may = state.allowed().contains(&step.act());
            assert_eq!(reached.clone().step(entry(step.clone(), "2026-02-01")).is_some(), may, "{state:?} {}", step.act());
        }
    }
}

#[test]
fn a_step_counts_in_its_year() {
    let one = proposed("2025-12-31").step(entry(PromotionStep::Accept, "2026-01-01")).unwrap();
    let counted = years(&[one, proposed("2026-05-01").step(entry(PromotionStep::Decline, "2026-06-01")).unwrap()]);
    assert_eq!(counted[&2025], PromotionYear { proposed: 1, ..PromotionYear::default() });
    assert_eq!(counted[&2026], PromotionYear { proposed: 1, accepted: 1, declined: 1, ..PromotionYear::default() });
}

proptest! {
    /// Whatever is asked: what is over stays over, and only what was taken over names a national edition.
    #[test]
    fn no_path_leads_out_of_an_end(path in proptest::collection::vec(0..5_usize, 0..12)) {
        let mut stands = proposed("2026-01-01");
        for step in path {
            let open = stands.state.is_open();
            if let Some(moved) = stands.clone().step(entry(steps()[step].clone(), "2026-02-01")) {
                prop_assert!(open);
                prop_assert_eq!(moved.history.len(), stands.history.len() + 1);
                stands = moved;
            }
            prop_assert_eq!(stands.national.is_some(), stands.state == PromotionState::TakenOver);
        }
    }
}
