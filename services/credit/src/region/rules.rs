//! What an entry of a region may say, and what an event from there means here. Not here: the following itself, `actions.rs`.

use contracts::{
    credit::{
        Fact, FactAnnulled, FactKind, FactMarked, FactRecorded, FactSuperseded, FactWithdrawn, Mark, MarkKind, Origin, WithdrawnBecause,
    },
    event::Payload,
};
use model::{
    division::Division,
    fault::{Fault, FieldFault},
    normalise::line,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{draft::rules::Draft, fact::rules::Dates};

const NAME_MAX: usize = 100;

/// A region as it is put: where it is reached and as whom stands in the settings of the operator, never in a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRegion {
    /// What it is called.
    #[schema(example = "示例市")]
    pub name: String,
    /// Facts of these kinds are taken.
    pub kinds: Vec<FactKind>,
    /// Whether its feed is followed.
    pub active: bool,
}

/// What an event of another region means here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A fact was asserted there.
    Take(Box<Fact>),
    /// A fact took the place of another.
    Replace {
        /// The fact that ended, by its id there.
        old: String,
        /// The one that stands.
        fact: Box<Fact>,
        /// Why.
        reason: String,
    },
    /// A fact should never have stood.
    End {
        /// By its id there.
        old: String,
        /// Why.
        reason: String,
    },
    /// What is marked on a fact there has changed; the fact is taken where it was not before.
    Mark(Box<Fact>),
    /// A fact is no longer public there.
    Withdraw {
        /// By its id there.
        old: String,
        /// What that marks on it here; none where its time has run, which is counted here from the same dates.
        kind: Option<MarkKind>,
    },
    /// It is none of our business.
    Skip,
}

/// Everything that is wrong with an entry.
#[must_use]
pub fn faults(new: &NewRegion) -> Vec<FieldFault> {
    let mut faults: Vec<FieldFault> = line(&new.name, NAME_MAX).err().map(|fault| FieldFault::of("/name", fault)).into_iter().collect();
    if new.kinds.is_empty() {
        faults.push(FieldFault::rule("/kinds", "nothing_selected", "须至少选一类事实。", "Name at least one kind of fact."));
    }
    if new.kinds.iter().enumerate().any(|(place, kind)| new.kinds.iter().take(place).any(|earlier| earlier == kind)) {
        faults.push(FieldFault::rule("/kinds", "repeated_item", "列表中有重复项。", "The list names something twice."));
    }
    faults
}

/// Reads the code of a region: six digits of GB/T 2260.
///
/// # Errors
/// `division_invalid`.
pub fn code(text: &str) -> Result<String, Fault> {
    Division::parse(text).map(|code| code.as_str().to_owned())
}

/// Why a feed is not to be followed: it is our own, or has another history than the one followed.
#[must_use]
pub fn stop(followed: (Option<&str>, i64), told: (&str, i64), own: &str) -> Option<&'static str> {
    if told.0 == own {
        return Some("own_feed");
    }
    (followed.0.is_some_and(|epoch| epoch != told.0) || told.1 < followed.1).then_some("another_history")
}

/// What an event means, for these kinds of facts. What cannot be read, or was withdrawn, is skipped: a follower must survive a newer speaker.
#[must_use]
pub fn step(kind: &str, data: &Value, kinds: &[FactKind]) -> Step {
    // What was told there by a third region comes from that region itself, or not at all: no fact goes round in a circle.
    let is_own = |fact: &Fact| fact.origin.is_none() && !fact.self_declared;
    let read = |data: &Value| -> Option<Step> {
        Some(match kind {
            FactRecorded::TYPE => {
                let told: FactRecorded = serde_json::from_value(data.clone()).ok()?;
                if !is_own(&told.fact) || !kinds.contains(&told.fact.kind()) {
                    return None;
                }
                Step::Take(Box::new(told.fact))
            }
            FactSuperseded::TYPE => {
                let told: FactSuperseded = serde_json::from_value(data.clone()).ok()?;
                if !is_own(&told.fact) {
                    return None;
                }
                if kinds.contains(&told.fact.kind()) {
                    Step::Replace { old: told.superseded, fact: Box::new(told.fact), reason: told.reason }
                } else {
                    Step::End { old: told.superseded, reason: told.reason }
                }
            }
            FactAnnulled::TYPE => {
                let told: FactAnnulled = serde_json::from_value(data.clone()).ok()?;
                Step::End { old: told.annulled, reason: told.reason }
            }
            FactMarked::TYPE => {
                let told: FactMarked = serde_json::from_value(data.clone()).ok()?;
                if !is_own(&told.fact) || !kinds.contains(&told.fact.kind()) {
                    return None;
                }
                Step::Mark(Box::new(told.fact))
            }
            FactWithdrawn::TYPE => {
                let told: FactWithdrawn = serde_json::from_value(data.clone()).ok()?;
                let kind = match told.because {
                    WithdrawnBecause::Expired => None,
                    WithdrawnBecause::Repaired => Some(MarkKind::Repaired),
                    WithdrawnBecause::Masked => Some(MarkKind::Masked),
                    WithdrawnBecause::Stayed => Some(MarkKind::Stayed),
                };
                Step::Withdraw { old: told.fact, kind }
            }
            _ => return None,
        })
    };
    read(data).unwrap_or(Step::Skip)
}

/// How the ground of a mark begins that a region has set: marks that were set here are never touched by what it tells.
#[must_use]
pub fn prefix(region: &str) -> String {
    format!("{region}/")
}

/// The marks of a fact there as they are kept here.
#[must_use]
pub fn marks(region: &str, fact: &Fact) -> Vec<Mark> {
    let told = fact.marks.iter().cloned();
    told.map(|mark| Mark { ground: format!("{}{}", prefix(region), mark.ground), ..mark }).collect()
}

/// The draft of a fact from another region; its id there makes it the same fact when it comes again.
#[must_use]
pub fn draft(region: &str, position: i64, fact: &Fact) -> Draft {
    Draft {
        enterprise: fact.enterprise.clone(),
        external_id: Some(format!("{region}/{}", fact.id)),
        detail: fact.detail.clone(),
        source: fact.source.clone(),
        dates: Dates {
            decided_on: fact.decided_on,
            published_on: fact.published_on,
            valid_from: Some(fact.valid_from),
            valid_to: fact.valid_to,
        },
        valid_from: fact.valid_from,
        degree: fact.degree,
        self_declared: false,
        origin: Some(Origin { region: region.to_owned(), fact_id: fact.id.clone(), position }),
    }
}
