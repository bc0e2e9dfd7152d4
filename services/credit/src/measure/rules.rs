//! The published table of measures, and which of them hold when. Not here: the facts and the timeline they follow from.

use std::{collections::BTreeSet, sync::LazyLock};

use contracts::credit::{BanScope, Detail, Fact, Grade, ListKind, MeasureInterval, MeasureScope, MeasureSide, ScoreTimeline};
use model::{
    fault::Fault,
    instant::Day,
    policy::{Evidence, Policy},
    ratio::Ratio,
    text::Text,
};
use serde::{Deserialize, Serialize};

use crate::publicity::rules::hidden;

/// The measures as shipped.
const MEASURES: &str = include_str!("../../policy/measures.json");

/// One measure of the published table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Stable and machine-readable.
    pub code: String,
    /// Whether it rewards or restrains.
    pub side: MeasureSide,
    /// What it does.
    pub kind: MeasureKind,
    /// Where it bites.
    pub scope: MeasureScope,
    /// Who carries it out.
    pub department: Text,
    /// What it follows from.
    pub ground: Ground,
    /// What inspection frequency is multiplied by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiplier: Option<Ratio>,
    /// The legal basis.
    pub basis: String,
    /// How sure that is.
    pub evidence: Evidence,
    /// The same for people.
    pub text: Text,
}

/// What a measure does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum MeasureKind {
    Frequency,
    Priority,
    Bonus,
    Procedure,
    Publicity,
    Restriction,
    Ban,
}

impl MeasureKind {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Frequency => "frequency",
            Self::Priority => "priority",
            Self::Bonus => "bonus",
            Self::Procedure => "procedure",
            Self::Publicity => "publicity",
            Self::Restriction => "restriction",
            Self::Ban => "ban",
        }
    }
}

/// What a measure follows from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Ground {
    /// Standing on a list, whether by a listing of this platform or by a fact from elsewhere.
    Listed {
        /// The list.
        list: ListKind,
    },
    /// One of these grades.
    Graded {
        /// The grades.
        grades: Vec<Grade>,
    },
    /// A ban in force that bars from this.
    Banned {
        /// What it bars from.
        scope: BanScope,
    },
}

/// The published table by day.
pub type Table = Policy<Vec<Measure>>;

static SHIPPED: LazyLock<Result<Table, Fault>> = LazyLock::new(table);

/// The shipped table, read once: whoever works out a score has it at hand.
///
/// # Errors
/// As [`table`].
pub fn shipped() -> Result<&'static Table, Fault> {
    SHIPPED.as_ref().map_err(Fault::clone)
}

/// Reads the shipped table.
///
/// # Errors
/// When it cannot be read, a code stands twice in a row, or a frequency has no multiplier; a test keeps it from happening.
pub fn table() -> Result<Table, Fault> {
    let table: Table = Policy::from_json(MEASURES)?;
    for row in table.rows() {
        let codes: BTreeSet<&str> = row.value.iter().map(|measure| measure.code.as_str()).collect();
        let whole = |measure: &Measure| {
            let counts = measure.multiplier.is_none_or(|ratio| ratio.num > 0 && ratio.den > 0);
            counts && (measure.kind == MeasureKind::Frequency) == measure.multiplier.is_some()
        };
        if codes.len() != row.value.len() || !row.value.iter().all(whole) {
            return Err(Fault::new("policy_invalid", "措施清单有误。", "The table of measures is not as it must be."));
        }
    }
    Ok(table)
}

/// A measure of the table on a day.
#[must_use]
pub fn published<'a>(table: &'a Table, code: &str, day: Day) -> Option<&'a Measure> {
    table.at(day)?.value.iter().find(|measure| measure.code == code)
}

/// The days on which something holds, both ends inclusive.
type Days = (Day, Option<Day>);

/// Which measures hold when, for these facts and this timeline, in the order of codes and days.
#[must_use]
pub fn intervals(table: &Table, facts: &[Fact], timeline: &ScoreTimeline) -> Vec<MeasureInterval> {
    let mut found = Vec::new();
    let rows = table.rows();
    let ends = rows.iter().skip(1).map(|next| next.effective_from.pred_opt()).chain([None]);
    for (row, next) in rows.iter().zip(ends) {
        // A measure holds while it is published: not before its row begins, not after it ends.
        let row_days = (row.effective_from, [row.effective_to, next].into_iter().flatten().min());
        for measure in &row.value {
            let grounds = grounds(&measure.ground, facts, timeline);
            found.extend(grounds.into_iter().filter_map(|ground| {
                let (from, to) = common_days(ground.days, row_days)?;
                Some(MeasureInterval {
                    code: measure.code.clone(),
                    side: measure.side,
                    scope: measure.scope,
                    from,
                    to,
                    fact_ids: ground.fact_ids,
                    grades: ground.grades,
                    multiplier: measure.multiplier,
                })
            }));
        }
    }
    found.sort_by(|a, b| (&a.code, a.from, &a.fact_ids).cmp(&(&b.code, b.from, &b.fact_ids)));
    found
}

/// A ground while it holds.
struct Held {
    days: Days,
    fact_ids: Vec<String>,
    grades: Vec<Grade>,
}

fn grounds(ground: &Ground, facts: &[Fact], timeline: &ScoreTimeline) -> Vec<Held> {
    match ground {
        Ground::Listed { list } => of_facts(facts, |fact| fact.kind() == list.fact_kind()),
        Ground::Banned { scope } => of_facts(facts, |fact| bars(fact, *scope)),
        Ground::Graded { grades } => of_grades(grades, timeline),
    }
}

/// A ban that names nothing bars from government procurement (Government Procurement Law Art 77).
fn bars(fact: &Fact, scope: BanScope) -> bool {
    let Detail::ProcurementBan(ban) = &fact.detail else { return false };
    ban.scope.contains(&scope) || (ban.scope.is_empty() && scope == BanScope::GovernmentProcurement)
}

/// The days on which each of these facts counts: it holds, is decided, and is neither stayed, masked nor repaired.
fn of_facts(facts: &[Fact], means: impl Fn(&Fact) -> bool) -> Vec<Held> {
    let all: Vec<&Fact> = facts.iter().collect();
    let mut found = Vec::new();
    for fact in facts.iter().filter(|fact| !fact.self_declared && means(fact)) {
        let whole = (fact.valid_from.max(fact.dated()), fact.valid_to);
        for days in without(whole, &hidden(fact, &all)) {
            found.push(Held { days, fact_ids: vec![fact.id.clone()], grades: Vec::new() });
        }
    }
    found
}

/// Segments side by side with one of the grades are one stay.
fn of_grades(grades: &[Grade], timeline: &ScoreTimeline) -> Vec<Held> {
    let mut found: Vec<Held> = Vec::new();
    for segment in timeline.segments.iter().filter(|segment| grades.contains(&segment.grade)) {
        match found.last_mut() {
            Some(held) if held.days.1.and_then(|last| last.succ_opt()) == Some(segment.from) => {
                held.days.1 = segment.to;
                if !held.grades.contains(&segment.grade) {
                    held.grades.push(segment.grade);
                }
            }
            _ => found.push(Held { days: (segment.from, segment.to), fact_ids: Vec::new(), grades: vec![segment.grade] }),
        }
    }
    found
}

/// What is left of some days beside others, which come in order and apart.
fn without(whole: Days, gaps: &[Days]) -> Vec<Days> {
    let (mut left, mut rest) = (Vec::new(), Some(whole));
    for (first, last) in gaps {
        let Some((from, to)) = rest else { break };
        left.extend(first.pred_opt().and_then(|before| common_days((from, to), (from, Some(before)))));
        rest = last.and_then(|last| last.succ_opt()).and_then(|next| common_days((from, to), (from.max(next), None)));
    }
    left.extend(rest.and_then(|rest| common_days(rest, rest)));
    left
}

/// The days that two stays share.
fn common_days(a: Days, b: Days) -> Option<Days> {
    let from = a.0.max(b.0);
    let to = [a.1, b.1].into_iter().flatten().min();
    to.is_none_or(|last| from <= last).then_some((from, to))
}

/// Whether an interval holds on a day.
#[must_use]
pub fn holds(interval: &MeasureInterval, day: Day) -> bool {
    interval.from <= day && interval.to.is_none_or(|last| day <= last)
}

/// What inspection frequency is multiplied by on a day: the highest discipline there is, else the lowest incentive; `None` where nothing speaks for either.
#[must_use]
pub fn frequency(intervals: &[MeasureInterval], day: Day) -> Option<Ratio> {
    let of = |side: MeasureSide| {
        let held = intervals.iter().filter(move |one| one.side == side && holds(one, day));
        held.filter_map(|one| one.multiplier)
    };
    let higher = |a: Ratio, b: Ratio| if a.at_least(b) { a } else { b };
    let lower = |a: Ratio, b: Ratio| if a.at_least(b) { b } else { a };
    of(MeasureSide::Discipline).reduce(higher).or_else(|| of(MeasureSide::Incentive).reduce(lower))
}

/// That a department carries out a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// `msr_…`.
    pub id: String,
    /// The measure.
    pub code: String,
    /// The fact that is its ground, where it names one.
    pub ground_fact: Option<String>,
    /// Who carries it out.
    pub department: String,
    /// The number of the written notice, which also tells the remedies.
    pub document_no: String,
    /// The first day.
    pub from: Day,
    /// The last day, as it was stated.
    pub to: Option<Day>,
}

impl Record {
    /// The ground that carries it, if there is one: it holds from the day on which the measure begins.
    #[must_use]
    pub fn ground<'a>(&self, intervals: &'a [MeasureInterval]) -> Option<&'a MeasureInterval> {
        let fits = |one: &&MeasureInterval| {
            one.code == self.code && holds(one, self.from) && self.ground_fact.as_ref().is_none_or(|id| one.fact_ids.contains(id))
        };
        // Of several grounds the one that holds longest.
        intervals.iter().filter(fits).max_by_key(|one| one.to.unwrap_or(Day::MAX))
    }

    /// Which field it lies with that no ground carries it: the first day, the fact that it names, or the measure itself.
    #[must_use]
    pub fn groundless_at(&self, intervals: &[MeasureInterval]) -> &'static str {
        let names = |one: &MeasureInterval| self.ground_fact.as_ref().is_none_or(|id| one.fact_ids.contains(id));
        let has_other_days = intervals.iter().any(|one| one.code == self.code && names(one));
        match (has_other_days, &self.ground_fact) {
            (true, _) => "/from",
            (false, Some(_)) => "/ground_fact",
            (false, None) => "/code",
        }
    }

    /// Its last day: as stated, and never after its ground.
    #[must_use]
    pub fn last(&self, ground: &MeasureInterval) -> Option<Day> {
        [self.to, ground.to].into_iter().flatten().min()
    }
}
