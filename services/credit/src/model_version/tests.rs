//! The life of a version: tables of steps, and no sequence of calls that reaches an illegal state.

use proptest::prelude::*;

use super::rules::*;
use crate::evaluation::tests::day;

#[test]
fn the_steps() {
    use Refusal::{Exists, Frozen, InPast, Missing, NotNext};
    use State::{Draft, Published};
    for (stands, version, highest, expected) in [
        (None, 2, 1, Ok(Draft)),
        (None, 3, 1, Err(NotNext(2))),
        (None, 1, 2, Err(NotNext(3))),
        (Some(Draft), 2, 2, Err(Exists)),
        (Some(Published), 1, 2, Err(Frozen)),
    ] {
        assert_eq!(create(stands, version, highest), expected, "{stands:?} {version} after {highest}");
    }
    assert_eq!([change(None), change(Some(Draft)), change(Some(Published))], [Err(Missing), Ok(Draft), Err(Frozen)]);
    let today = day("2026-11-21");
    for (stands, from, expected) in [
        (Some(Draft), "2026-11-21", Ok(Published)),
        (Some(Draft), "2027-01-01", Ok(Published)),
        (Some(Draft), "2026-11-20", Err(InPast)),
        (Some(Published), "2027-01-01", Err(Frozen)),
        (None, "2027-01-01", Err(Missing)),
    ] {
        assert_eq!(publish(stands, day(from), today), expected, "{stands:?} from {from}");
    }
}

proptest! {
    /// Whatever is called in whatever order: a published version never changes, and versions have no gaps.
    #[test]
    fn no_sequence_of_calls_changes_what_was_published(calls in prop::collection::vec((0_u8..3, 1_u32..6, 0_i64..5), 0..60)) {
        let today = day("2026-11-21");
        // The built-in version is published from the start; each version remembers how often it was written.
        let mut versions: Vec<(State, u32)> = vec![(State::Published, 0)];
        for (call, version, after) in calls {
            let place = usize::try_from(version).unwrap() - 1;
            let (stands, highest) = (versions.get(place).map(|held| held.0), u32::try_from(versions.len()).unwrap());
            let before = versions.clone();
            let moved = match call {
                0 => create(stands, version, highest).map(|state| versions.push((state, 1))),
                1 => change(stands).map(|state| versions[place] = (state, before[place].1 + 1)),
                _ => publish(stands, today + chrono::TimeDelta::days(after - 2), today).map(|state| versions[place].0 = state),
            };
            if moved.is_err() {
                prop_assert_eq!(&versions, &before);
            }
            for (held, was) in versions.iter().zip(&before) {
                prop_assert!(was.0 == State::Draft || held == was, "a published version changed");
            }
            prop_assert!(versions.len() <= before.len() + 1);
        }
    }
}
