//! The days on which a score can change, and the segments between them. Not here: the score itself, `evaluation`.

use contracts::credit::{Fact, ModelRef, ScoreSegment, ScoreTimeline};
use model::{instant::Day, uscc::Uscc};

use crate::evaluation::rules::{EnterpriseView, Entry, Prepared, Summary, decay_of, month_number};
use crate::model_book::rules::Window;
use crate::scoring_model::rules::ScoringModel;

/// What holds from a day on, by the model at this place among the windows.
struct Step {
    from: Day,
    window: usize,
    summary: Summary,
}

/// The score of an enterprise on every day from the earliest that anything says something about, for these facts, each day by the model in force.
/// The day on which another model takes over is a turn of its own, so that every score names its model.
#[must_use]
pub fn timeline(windows: &[Window], uscc: &Uscc, enterprise: EnterpriseView, facts: &[Fact]) -> ScoreTimeline {
    let mut steps: Vec<Step> = Vec::new();
    for (place, window) in windows.iter().enumerate() {
        let next = windows.get(place.saturating_add(1)).map(|next| next.from);
        let prepared = Prepared::new(&window.model, enterprise, facts);
        if next.is_some_and(|next| next <= prepared.start) {
            continue;
        }
        for day in turning_days(&window.model, &prepared, window.from, next) {
            let summary = prepared.summary(day);
            if steps.last().is_none_or(|held| held.summary != summary || held.window != place) {
                steps.push(Step { from: day, window: place, summary });
            }
        }
    }
    let model_at = |place: usize| windows.get(place).map(|window| &window.model);
    let first = steps.first().and_then(|step| model_at(step.window)).map_or_else(unnamed, |model| model.reference());
    let ends: Vec<Option<Day>> = steps.iter().skip(1).map(|next| next.from.pred_opt()).chain([None]).collect();
    let segments = steps.iter().zip(ends).filter_map(|(step, to)| {
        let model = model_at(step.window)?;
        let (score, grade, vetoes) = (step.summary.score, step.summary.grade, codes(model, step.summary.vetoes));
        Some(ScoreSegment { from: step.from, to, score, grade, vetoes, model: Some(model.reference()).filter(|named| *named != first) })
    });
    ScoreTimeline { uscc: uscc.clone(), segments: segments.collect(), model: first.clone() }
}

/// A timeline without windows has no model; a book always has one.
fn unnamed() -> ModelRef {
    ModelRef { id: String::new(), version: 0 }
}

/// The segment of a timeline that holds a day; `None` before its first day.
#[must_use]
pub fn at(timeline: &ScoreTimeline, day: Day) -> Option<&ScoreSegment> {
    let after = timeline.segments.partition_point(|segment| segment.from <= day);
    after.checked_sub(1).and_then(|place| timeline.segments.get(place))
}

/// Every day of a window on which the score, the grade or a veto can change: facts begin and end, windows end, weights fall on the first of a month,
/// twelve months are full. In order, from the first day of the timeline or of the window on, which is one of them.
fn turning_days(model: &ScoringModel, prepared: &Prepared<'_>, begins: Day, next: Option<Day>) -> Vec<Day> {
    let first = prepared.start.max(begins);
    let mut days = vec![first];
    days.extend(prepared.rated_from);
    let mut fading = Vec::new();
    for (indicator, entries) in model.indicators().zip(&prepared.indicators) {
        let decays = decay_of(model, &indicator.calc).is_some();
        for entry in entries {
            edges(entry, &mut days);
            if decays && entry.points > 0 {
                fading.extend(months(entry));
            }
        }
    }
    prepared.vetoes.iter().flatten().for_each(|entry| edges(entry, &mut days));
    firsts(fading, &mut days);
    days.retain(|day| *day >= first && next.is_none_or(|next| *day < next));
    days.sort_unstable();
    days.dedup();
    days
}

/// The day on which an entry begins to count and the first on which it no longer does.
fn edges(entry: &Entry, days: &mut Vec<Day>) {
    days.push(entry.first);
    days.extend(entry.last.and_then(|last| last.succ_opt()));
}

/// The months in which the weight of an entry can fall, first and last; a decay always ends, by its look-back.
fn months(entry: &Entry) -> Option<(i32, i32)> {
    let from = month_number(entry.first);
    entry.last.map(month_number).filter(|to| from < *to).map(|to| (from, to))
}

/// The first day of every month inside the spans, each once however many facts fade in it.
fn firsts(mut spans: Vec<(i32, i32)>, days: &mut Vec<Day>) {
    spans.sort_unstable();
    let mut done = i32::MIN;
    for (from, to) in spans {
        for month in from.max(done).saturating_add(1)..=to {
            days.extend(first_of(month));
        }
        done = done.max(to);
    }
}

fn first_of(month: i32) -> Option<Day> {
    let number = u32::try_from(month.rem_euclid(12)).ok()?;
    Day::from_ymd_opt(month.div_euclid(12), number.saturating_add(1), 1)
}

/// The codes of the vetoes in these bits.
fn codes(model: &ScoringModel, bits: u64) -> Vec<String> {
    let at_work = |(place, _): &(usize, _)| u32::try_from(*place).ok().and_then(|place| bits.checked_shr(place)).unwrap_or(0) & 1 == 1;
    model.vetoes.iter().enumerate().filter(at_work).map(|(_, veto)| veto.code.clone()).collect()
}
