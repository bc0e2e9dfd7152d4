//! Which facts under objection the outcome hangs on: decided once more without each of them. Not here: deciding (`decision`), what else would flip an
//! outcome (`counterfactual`).

use contracts::credit::{Fact, MarkKind};
use model::instant::Day;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decision::rules::Outcome;
use crate::standing::rules::Standing;

/// So many facts under objection are looked at; a file with more is decided without the rest being tried.
const MOST: usize = 50;

/// Without these facts, which are under objection, the outcome would be another. What the score would be without them is not known here; where that could
/// lift a bar it counts as unknown, and the credit service's `what_if` tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sensitivity {
    /// The facts: one that flips the outcome alone, or all of them where only together they do.
    pub fact_ids: Vec<String>,
    /// The outcome without them.
    pub outcome: Outcome,
}

/// The facts under objection on a day that the outcome hangs on, in the order of their ids.
pub fn hanging(standings: &[&Standing], known_on: Day, outcome: Outcome, again: impl Fn(&[&Standing]) -> Outcome) -> Vec<Sensitivity> {
    let objected = |fact: &&Fact| fact.marks.iter().any(|mark| mark.kind == MarkKind::UnderObjection && mark.stands_on(known_on));
    let mut ids: Vec<&str> = standings.iter().flat_map(|standing| &standing.facts).filter(objected).map(|fact| fact.id.as_str()).collect();
    if ids.is_empty() {
        return Vec::new();
    }
    ids.sort_unstable();
    ids.truncate(MOST);
    let without = |left_out: &[&str], unscored: bool| {
        let fewer: Vec<Standing> = standings.iter().map(|standing| lacking(standing, left_out, unscored)).collect();
        again(&fewer.iter().collect::<Vec<_>>())
    };
    let flips = |left_out: &[&str]| {
        let mut other = without(left_out, false);
        // Without an adverse fact a score is never lower, so it matters only to whom it bars.
        if other == outcome && outcome == Outcome::Ineligible {
            other = without(left_out, true);
        }
        let fact_ids = || left_out.iter().map(|id| (*id).to_owned()).collect();
        (other != outcome).then(|| Sensitivity { fact_ids: fact_ids(), outcome: other })
    };
    let alone: Vec<Sensitivity> = ids.iter().filter_map(|id| flips(&[*id])).collect();
    if alone.is_empty() { flips(&ids).into_iter().collect() } else { alone }
}

/// A standing without these facts, and without a score where it had one of them.
fn lacking(standing: &Standing, left_out: &[&str], unscored: bool) -> Standing {
    let mut fewer = standing.without(left_out);
    if unscored && standing.facts.iter().any(|fact| left_out.contains(&fact.id.as_str())) {
        fewer.timeline = None;
    }
    fewer
}
