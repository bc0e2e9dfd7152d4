//! The changes of a timeline, each explained by comparing the day before with the day. Not here: the days themselves, `timeline`.

use std::collections::BTreeSet;

use contracts::credit::{Detail, Fact, Grade, ModelRef, ScoreSegment, ScoreTimeline};
use model::instant::Day;
use serde::Serialize;
use utoipa::ToSchema;

use crate::evaluation::rules::{EnterpriseView, Entry, Prepared, decay_of, points_on, weight};
use crate::model_book::rules::Window;
use crate::scoring_model::rules::{Calc, Condition, ScoringModel};

/// A day on which the score, the grade, a veto or the model is another than the day before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ScoreChange)]
pub struct Change {
    /// The first day of the new score.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// The day before.
    pub from: Standing,
    /// The day.
    pub to: Standing,
    /// Why.
    pub causes: Vec<Cause>,
    /// The indicators whose points differ.
    pub indicators: Vec<Delta>,
}

/// What a day comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Standing {
    /// 0 to 1000; `null` while `unrated`.
    pub score: Option<u16>,
    /// The grade after the vetoes.
    pub grade: Grade,
    /// By which model.
    pub model: ModelRef,
}

/// Points of an indicator before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Delta {
    /// The code of the indicator.
    pub code: String,
    /// The day before; `null` where the model of that day has no such indicator.
    pub from: Option<u16>,
    /// The day; `null` where the model of that day has no such indicator.
    pub to: Option<u16>,
}

/// Why a score changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Cause {
    /// Another version of the model takes over.
    ModelChanges {
        /// The version before.
        from: u32,
        /// The version from this day on.
        to: u32,
    },
    /// The months of data that a score needs are full.
    MonthsFull,
    /// A fact begins to count.
    FactBegins {
        /// Which one.
        fact_id: String,
    },
    /// A fact has reached its last day.
    FactExpires {
        /// Which one.
        fact_id: String,
    },
    /// A fact lies further back than an indicator looks.
    WindowEnds {
        /// Which one.
        fact_id: String,
    },
    /// A fact no longer counts although it stands: its publicity ended, it was repaired, stayed or masked.
    FactHidden {
        /// Which one.
        fact_id: String,
    },
    /// A complaint was settled.
    ComplaintSettled {
        /// Which one.
        fact_id: String,
    },
    /// A fact has lost weight with age.
    WeightDecays {
        /// Which one.
        fact_id: String,
    },
    /// A veto is at work from this day on.
    VetoBegins {
        /// Its code.
        code: String,
    },
    /// A veto no longer is.
    VetoEnds {
        /// Its code.
        code: String,
    },
}

/// The changes of a timeline from a day to a day, in order, at most so many.
#[must_use]
pub fn changes(
    windows: &[Window],
    line: &ScoreTimeline,
    view: EnterpriseView,
    facts: &[Fact],
    (from, to): (Day, Day),
    most: usize,
) -> Vec<Change> {
    let pairs = line.segments.iter().zip(line.segments.iter().skip(1));
    let inside = pairs.filter(|(_, after)| from <= after.from && after.from <= to).take(most);
    inside.map(|(before, after)| change(windows, line, view, facts, (before, after))).collect()
}

fn model_on(windows: &[Window], day: Day) -> Option<&ScoringModel> {
    windows.iter().rev().find(|window| window.from <= day).map(|window| window.model.as_ref())
}

fn change(
    windows: &[Window],
    line: &ScoreTimeline,
    view: EnterpriseView,
    facts: &[Fact],
    (before, after): (&ScoreSegment, &ScoreSegment),
) -> Change {
    let day = after.from;
    let eve = day.pred_opt().unwrap_or(day);
    let standing = |segment: &ScoreSegment| Standing { score: segment.score, grade: segment.grade, model: line.model_of(segment).clone() };
    let (from, to) = (standing(before), standing(after));
    let mut causes = BTreeSet::new();
    let mut indicators = Vec::new();
    if from.model != to.model {
        causes.insert(Cause::ModelChanges { from: from.model.version, to: to.model.version });
    }
    if let (Some(old), Some(new)) = (model_on(windows, eve), model_on(windows, day)) {
        let (was, is) = (Prepared::new(old, view, facts), Prepared::new(new, view, facts));
        if is.rated_from == Some(day) {
            causes.insert(Cause::MonthsFull);
        }
        indicators = deltas((old, &was, eve), (new, &is, day));
        for (indicator, entries) in new.indicators().zip(&is.indicators) {
            if indicators.iter().any(|delta| delta.code == indicator.code) {
                causes.extend(edges(new, &indicator.calc, entries, &is, day));
            }
        }
        let moved = |code: &str| before.vetoes.iter().any(|held| held == code) != after.vetoes.iter().any(|held| held == code);
        for (veto, entries) in new.vetoes.iter().zip(&is.vetoes).filter(|(veto, _)| moved(&veto.code)) {
            let window = matches!(veto.when, Condition::Count { .. });
            causes.extend(entries.iter().filter_map(|entry| edge(entry, &is, day, window)));
        }
    }
    let ended = before.vetoes.iter().filter(|code| !after.vetoes.contains(code)).map(|code| Cause::VetoEnds { code: code.clone() });
    let begun = after.vetoes.iter().filter(|code| !before.vetoes.contains(code)).map(|code| Cause::VetoBegins { code: code.clone() });
    causes.extend(ended.chain(begun));
    Change { on: day, from, to, causes: causes.into_iter().collect(), indicators }
}

type Side<'a> = (&'a ScoringModel, &'a Prepared<'a>, Day);

fn deltas(before: Side<'_>, after: Side<'_>) -> Vec<Delta> {
    let points = |(model, prepared, day): Side<'_>| -> Vec<(String, u16)> {
        let each = model.indicators().zip(&prepared.indicators);
        each.map(|(i, entries)| (i.code.clone(), points_on(model, &i.calc, i.max_points, entries, day).points)).collect()
    };
    let (was, is) = (points(before), points(after));
    let find = |all: &[(String, u16)], code: &str| all.iter().find(|(held, _)| held == code).map(|(_, points)| *points);
    let gone = was.iter().filter(|(code, _)| find(&is, code).is_none()).map(|(code, points)| (code.clone(), Some(*points), None));
    let here = is.iter().map(|(code, points)| (code.clone(), find(&was, code), Some(*points)));
    here.chain(gone).filter(|(_, from, to)| from != to).map(|(code, from, to)| Delta { code, from, to }).collect()
}

/// What happens to the facts of an indicator on a day.
fn edges(model: &ScoringModel, calc: &Calc, entries: &[Entry], prepared: &Prepared<'_>, day: Day) -> Vec<Cause> {
    let eve = day.pred_opt().unwrap_or(day);
    let window = matches!(calc, Calc::Ratio { .. } | Calc::Share { .. }) || decay_of(model, calc).is_some();
    let mut causes: Vec<Cause> = entries.iter().filter_map(|entry| edge(entry, prepared, day, window)).collect();
    if let Some(decay) = decay_of(model, calc) {
        let (month_before, month) = (crate::evaluation::rules::month_number(eve), crate::evaluation::rules::month_number(day));
        let faded = entries.iter().filter(|entry| entry.counts_on(eve) && entry.counts_on(day) && entry.points > 0);
        let faded = faded.filter(|entry| weight(decay, entry.month, month) < weight(decay, entry.month, month_before));
        causes
            .extend(faded.filter_map(|entry| prepared.facts.get(entry.fact)).map(|fact| Cause::WeightDecays { fact_id: fact.id.clone() }));
    }
    causes
}

/// Why an entry begins or ends on a day, if it does.
fn edge(entry: &Entry, prepared: &Prepared<'_>, day: Day, has_window: bool) -> Option<Cause> {
    let fact = prepared.facts.get(entry.fact)?;
    let fact_id = fact.id.clone();
    let settled = matches!(&fact.detail, Detail::Complaint(complaint) if complaint.resolved_on == Some(day));
    if entry.first == day {
        return Some(if settled { Cause::ComplaintSettled { fact_id } } else { Cause::FactBegins { fact_id } });
    }
    let last = entry.last.filter(|last| last.succ_opt() == Some(day))?;
    Some(match fact.valid_to {
        _ if settled => Cause::ComplaintSettled { fact_id },
        Some(end) if end == last => Cause::FactExpires { fact_id },
        // A look-back or a window ends on a day of its own; what ends otherwise is hidden from the public.
        _ if has_window && !crate::publicity::rules::is_hidden(fact, &prepared.facts, day) => Cause::WindowEnds { fact_id },
        _ => Cause::FactHidden { fact_id },
    })
}
