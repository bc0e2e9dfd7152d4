//! Changes of a standing, who can bring each about, from when, and what each does to it. Not here: which could help past a criterion (`candidate`), which
//! flip an outcome (`counterfactual`), what a score would be (credit's `what_if`).

use contracts::credit::{Degree, Detail, Fact, Grade, ModelRef, RecallState, ScoreSegment, ScoreTimeline};
use model::instant::{Day, Instant};
use serde::Serialize;
use utoipa::ToSchema;

use crate::criterion::rules::{Helper, Wording};
use crate::standing::rules::Standing;

/// What is otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ChangeKind)]
pub enum Kind {
    /// Nothing but the day.
    Wait,
    /// The feed of facts has caught up.
    RefreshSource,
    /// The score and the grade have risen.
    RaiseScore,
    /// There is another fact.
    AddFact,
    /// A listing has ended.
    EndListing,
    /// An ordered recall is finished.
    CompleteRecall,
    /// A complaint is settled.
    SettleComplaint,
    /// The authority has stated that a fine is no larger one.
    StateFine,
    /// Business is resumed.
    ResumeBusiness,
    /// The authority, or a court, has lifted or quashed a decision.
    Quash,
}

/// The effect of a change on a standing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    None,
    Refresh,
    Rise(Option<Grade>, Option<u16>),
    Add(Box<Fact>),
    Remove(String),
    Complete(String),
    Settle(String),
    Minor(String),
    Resume,
}

/// A change, who can bring it about, and the first day on which it can be.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Which of the standings.
    pub whose: usize,
    /// What is otherwise.
    pub kind: Kind,
    /// Who must act.
    pub who: Helper,
    /// What to do.
    pub action: Wording,
    /// The first day on which it can be; absent where no day is known.
    pub earliest: Option<Day>,
    /// The fact that it is about.
    pub fact_id: Option<String>,
    /// The criteria that it could help past, in the order of the ruleset.
    pub criteria: Vec<String>,
    pub(crate) effect: Effect,
}

impl Change {
    /// The fact that would be there.
    #[must_use]
    pub fn added(&self) -> Option<&Detail> {
        if let Effect::Add(fact) = &self.effect { Some(&fact.detail) } else { None }
    }

    /// The grade and score that are needed.
    #[must_use]
    pub const fn risen(&self) -> Option<(Option<Grade>, Option<u16>)> {
        if let Effect::Rise(grade, score) = self.effect { Some((grade, score)) } else { None }
    }
}

/// The day on which changes can all be: the latest of their days, never before the day of the question.
#[must_use]
pub fn day_of(changes: &[&Change], day: Day) -> Day {
    changes.iter().filter_map(|change| change.earliest).fold(day, Day::max)
}

/// The standings as they would be, and the instant at which they would be judged.
#[must_use]
pub fn changed(standings: &[Standing], as_of: Instant, changes: &[&Change]) -> (Vec<Standing>, Instant) {
    let mut changed = standings.to_vec();
    let day = as_of.cut_off_day();
    let later = day_of(changes, day);
    for change in changes {
        // A late feed is late for all of them.
        if change.effect == Effect::Refresh {
            changed.iter_mut().flat_map(|standing| &mut standing.sources).for_each(|source| source.fresh = true);
        } else if let Some(standing) = changed.get_mut(change.whose) {
            apply(standing, &change.effect, later);
        }
    }
    (changed, if later > day { Instant::end_of(later) } else { as_of })
}

fn apply(standing: &mut Standing, effect: &Effect, day: Day) {
    match effect {
        Effect::None | Effect::Refresh => {}
        Effect::Rise(grade, score) => rise(standing, *grade, *score, day),
        Effect::Add(fact) => standing.facts.push(fact.as_ref().clone()),
        Effect::Remove(id) => *standing = standing.without(&[id]),
        Effect::Complete(id) => with(standing, id, |fact| {
            if let Detail::Recall(recall) = &mut fact.detail {
                recall.state = RecallState::Completed;
            }
        }),
        Effect::Settle(id) => with(standing, id, |fact| {
            if let Detail::Complaint(complaint) = &mut fact.detail {
                complaint.resolved_on = Some(day);
            }
        }),
        Effect::Minor(id) => with(standing, id, |fact| fact.degree = Some(Degree::Minor)),
        Effect::Resume => {
            if let Some(enterprise) = &mut standing.enterprise {
                enterprise.status = contracts::credit::EnterpriseStatus::Active;
            }
        }
    }
}

fn with(standing: &mut Standing, id: &str, change: impl FnOnce(&mut Fact)) {
    if let Some(fact) = standing.facts.iter_mut().find(|fact| fact.id == id) {
        change(fact);
    }
}

/// The score and the grade as asked for, where they are lower on the day.
fn rise(standing: &mut Standing, grade: Option<Grade>, score: Option<u16>, day: Day) {
    let now = standing.segment_on(day).cloned();
    let better = |wanted: Grade, had: Grade| if wanted.rank() > had.rank() { wanted } else { had };
    let had = now.as_ref().map_or(Grade::Unrated, |segment| segment.grade);
    let segment = ScoreSegment {
        from: Day::MIN,
        to: None,
        score: score.max(now.as_ref().and_then(|segment| segment.score)),
        grade: grade.map_or(had, |wanted| better(wanted, had)),
        vetoes: Vec::new(),
        model: None,
    };
    let model = standing.timeline.as_ref().map_or_else(|| ModelRef { id: String::new(), version: 0 }, |line| line.model.clone());
    standing.timeline = Some(ScoreTimeline { uscc: standing.uscc.clone(), model, segments: vec![segment] });
}
