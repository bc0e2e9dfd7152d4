//! The standing and what can be asked of it on a day. Not here: how it is loaded and kept, and what follows from it (`criterion`, `decision`).

use chrono::Months;
use contracts::credit::{EnterpriseRecorded, Fact, FactKind, MarkKind, MeasureInterval, ModelRef, ScoreSegment, ScoreTimeline};
use model::{instant::Day, uscc::Uscc};
use serde_json::{Value, json};

/// The service that knows enterprises, facts and scores.
pub const CREDIT: &str = "credit";

/// The service that knows standards, and which of them is current.
pub const STANDARDS: &str = "standards";

/// A supplier's row set at the given positions: every fact that stands there, whatever its validity.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Whose.
    pub uscc: Uscc,
    /// What the register says; `None` means that the supplier is unknown.
    pub enterprise: Option<EnterpriseRecorded>,
    /// The facts, in any order.
    pub facts: Vec<Fact>,
    /// The score of every day; `None` where no score was ever told.
    pub timeline: Option<ScoreTimeline>,
    /// The measures that follow from lists, grade and bans, on every day; empty where none was ever told.
    pub measures: Vec<MeasureInterval>,
    /// How far each source was read.
    pub sources: Vec<SourceState>,
}

/// A source, how far it was read, and whether that is recent enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceState {
    /// For example `credit`.
    pub service: String,
    /// The last position that was read.
    pub position: i64,
    /// The life of the feed.
    pub epoch: String,
    /// Whether its age was within the bound of the ruleset when it was read.
    pub fresh: bool,
}

impl Standing {
    /// Puts the facts in the order of their ids, the one in which they are digested.
    pub fn sort(&mut self) {
        self.facts.sort_by(|a, b| a.id.cmp(&b.id));
    }

    /// What the digest of the facts is made of: enterprise, facts in the order of their ids, timeline,
    /// and measures where there are any. Positions are no facts and stand beside it.
    #[must_use]
    pub fn digest_value(&self) -> Value {
        let mut facts: Vec<&Fact> = self.facts.iter().collect();
        facts.sort_by(|a, b| a.id.cmp(&b.id));
        let mut value = json!({"uscc": self.uscc.as_str(), "enterprise": self.enterprise, "facts": facts, "timeline": self.timeline});
        if let (false, Value::Object(members)) = (self.measures.is_empty(), &mut value) {
            members.insert("measures".to_owned(), json!(self.measures));
        }
        value
    }

    /// The same, as if nothing had been heard of late.
    #[must_use]
    pub fn unheard(&self) -> Self {
        let mut stale = self.clone();
        stale.sources.iter_mut().for_each(|source| source.fresh = false);
        stale
    }

    /// The same without some facts, and without the measures that rest on nothing else.
    #[must_use]
    pub fn without(&self, left_out: &[&str]) -> Self {
        let is_left = |id: &String| !left_out.contains(&id.as_str());
        let mut fewer = self.clone();
        fewer.facts.retain(|fact| is_left(&fact.id));
        fewer.measures.retain(|one| one.fact_ids.is_empty() || one.fact_ids.iter().any(is_left));
        fewer
    }

    /// Whether a source was read and is fresh; one that was never read is not.
    #[must_use]
    pub fn is_fresh(&self, service: &str) -> bool {
        self.sources.iter().any(|source| source.service == service && source.fresh)
    }

    /// The facts of a kind that carry weight: what an enterprise says of itself does not (api.md, "Who may assert what").
    pub fn of(&self, kind: FactKind) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |fact| !fact.self_declared && fact.kind() == kind)
    }

    /// The facts of a kind that hold on a day and are in effect then; both ends count.
    pub fn holding(&self, kind: FactKind, day: Day) -> impl Iterator<Item = &Fact> {
        self.of(kind).filter(move |fact| fact.holds_on(day) && !is_suspended(fact, day))
    }

    /// The facts of a kind whose date lies in the months before a day, that day included.
    pub fn within(&self, kind: FactKind, day: Day, months: u32) -> impl Iterator<Item = &Fact> {
        self.of(kind).filter(move |fact| looks_back_on(fact.dated(), day, months))
    }

    /// The score segment of a day.
    #[must_use]
    pub fn segment_on(&self, day: Day) -> Option<&ScoreSegment> {
        let segments = &self.timeline.as_ref()?.segments;
        segments.iter().find(|segment| segment.from <= day && segment.to.is_none_or(|last| day <= last))
    }

    /// The model by which the score of a day was computed; before the first segment that of the timeline.
    #[must_use]
    pub fn model_on(&self, day: Day) -> Option<&ModelRef> {
        let timeline = self.timeline.as_ref()?;
        Some(self.segment_on(day).map_or(&timeline.model, |segment| timeline.model_of(segment)))
    }

    /// The score segments that begin after a day, in their order.
    pub fn segments_after(&self, day: Day) -> impl Iterator<Item = &ScoreSegment> {
        self.timeline.iter().flat_map(|timeline| &timeline.segments).filter(move |segment| segment.from > day)
    }
}

/// Whether a fact is without effect on a day: its effect is stayed, or it is masked during a reorganisation (domain-updates A9).
#[must_use]
pub fn is_suspended(fact: &Fact, day: Day) -> bool {
    fact.marks.iter().any(|mark| matches!(mark.kind, MarkKind::Stayed | MarkKind::Masked) && mark.stands_on(day))
}

/// The last day of a period of months that began with an event (Civil Code 201 and 202: same-numbered day, else the month's last).
#[must_use]
pub fn months_after(event: Day, months: u32) -> Day {
    event.checked_add_months(Months::new(months)).unwrap_or(Day::MAX)
}

/// The first day after a day.
#[must_use]
pub fn day_after(day: Day) -> Day {
    day.succ_opt().unwrap_or(Day::MAX)
}

/// Whether an event lies in the months before `day`: not after it, and the period that began with it has not ended yet.
#[must_use]
pub fn looks_back_on(event: Day, day: Day, months: u32) -> bool {
    event <= day && day <= months_after(event, months)
}
