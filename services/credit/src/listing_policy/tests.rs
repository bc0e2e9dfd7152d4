//! What the shipped lists say on a day, with citations, and that no table of steps has a dead end or an unreachable row.

use std::collections::BTreeSet;

use contracts::credit::{ListKind, ListingState};
use model::instant::parse_day;

use super::rules::*;

fn on(list: ListKind, day: &str) -> Regime {
    lists().unwrap().on(list, parse_day(day).unwrap()).unwrap().value.clone()
}

#[test]
fn the_rules_of_a_day() {
    use ListKind::{AbnormalOperation, SeriousViolation, Trustworthy};
    for (list, day, three_years, citation) in [
        (SeriousViolation, "2021-09-01", true, "Order 44 beside the Publicity Regulation 2014 Art 17"),
        (SeriousViolation, "2024-04-30", true, "the last day of the 2014 text"),
        (SeriousViolation, "2024-05-01", false, "A10: State Council Order 777"),
        (AbnormalOperation, "2024-04-30", true, "Publicity Regulation 2014 Art 17"),
        (AbnormalOperation, "2024-05-01", false, "A10: no three years to the list of serious violations any more"),
        (Trustworthy, "2024-05-01", false, "no such thing"),
    ] {
        let regime = on(list, day);
        let found = regime.escalates.is_some() || regime.ground("abnormal_three_years").is_some();
        assert_eq!(found, three_years, "{list:?} on {day}: {citation}");
    }
    assert!(lists().unwrap().on(SeriousViolation, parse_day("2021-08-31").unwrap()).is_none(), "Order 44 holds from 1 September 2021");
}

#[test]
fn every_state_is_reached_and_every_row_is_walked() {
    for list in ListKind::ALL {
        for row in lists().unwrap().of(list).rows() {
            for level in Level::ALL {
                let mut reached = BTreeSet::from([ListingState::Proposed]);
                let open = |transition: &&Transition| transition.levels.is_empty() || transition.levels.contains(&level);
                loop {
                    let before = reached.len();
                    let steps = row.value.steps.iter().filter(open).filter(|step| step.from.iter().any(|from| reached.contains(from)));
                    reached.extend(steps.map(|step| step.to).collect::<Vec<_>>());
                    if reached.len() == before {
                        break;
                    }
                }
                for end in [ListingState::Published, ListingState::Removed, ListingState::Declined] {
                    assert!(reached.contains(&end), "{list:?} at {level:?}: {end:?} is never reached");
                }
                let consents = list == ListKind::SeriousViolation && matches!(level, Level::County | Level::Prefecture);
                assert_eq!(reached.contains(&ListingState::Consented), consents, "{list:?} at {level:?}: A11, Order 44");
            }
            let steps = row.value.steps.iter();
            let kept: BTreeSet<ListingState> = steps.flat_map(|step| step.from.iter().copied().chain([step.to])).collect();
            assert!(!kept.contains(&ListingState::Expired), "{list:?}: time alone makes it, no step does");
            for ground in &row.value.grounds {
                assert!(!ground.text.zh.is_empty() && !ground.text.en.is_empty());
                assert_eq!(ground.test == Test::HeavierPenalty, row.value.heavier.is_some() && ground.code != "abnormal_three_years");
                assert_eq!(ground.test == Test::ObjectiveEntry, row.value.entry.is_some());
                assert!(ground.leaves_when != Leaves::AnnualReport || row.value.annual_report.is_some());
            }
            for source in row.value.waits.iter().map(|wait| &wait.source).chain(row.value.due.iter().map(|due| &due.source)) {
                assert!(!source.is_empty());
            }
        }
    }
}
