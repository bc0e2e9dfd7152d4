//! The explained score of a day: what `evaluation` computes, with titles, reasons and the facts behind each point. Not here: any arithmetic of points.

use std::cmp::Reverse;

use contracts::credit::{Fact, Grade};
use model::instant::Day;

pub use crate::evaluation::rules::EnterpriseView;
use crate::evaluation::rules::{Entry, Prepared, points_on};
use crate::score_series::rules::Delta;
use crate::scoring_model::rules::{Calc, Condition, Indicator, ScoringModel, Veto};

use super::{FamilyScore, IndicatorScore, Reason, Score, VetoApplied};

/// The score of an enterprise on a day, for these facts. Their order does not matter.
#[must_use]
pub fn score(model: &ScoringModel, enterprise: EnterpriseView, facts: &[Fact], as_of: Day) -> Score {
    let prepared = Prepared::new(model, enterprise, facts);
    let summary = prepared.summary(as_of);
    let mut reasons = Vec::new();
    let mut entries = prepared.indicators.iter();
    let families = model.families.iter().map(|family| {
        let indicators: Vec<IndicatorScore> = family
            .indicators
            .iter()
            .zip(entries.by_ref())
            .map(|(indicator, entries)| {
                let scored = explain(&prepared, model, indicator, entries, as_of);
                reasons.extend(reason(&prepared, indicator, entries, as_of, &scored));
                scored
            })
            .collect();
        let points = indicators.iter().map(|indicator| indicator.points).fold(0, u16::saturating_add);
        FamilyScore { code: family.code.clone(), title: family.title.clone(), points, max_points: family.max_points, indicators }
    });
    let families = families.collect();
    reasons.sort_by(|a, b| (Reverse(a.points_lost), &a.code).cmp(&(Reverse(b.points_lost), &b.code)));
    let vetoes = model.vetoes.iter().zip(&prepared.vetoes).enumerate();
    let vetoes = vetoes.filter(|(place, _)| summary.vetoes.checked_shr(u32::try_from(*place).unwrap_or(u32::MAX)).unwrap_or(0) & 1 == 1);
    let vetoes = vetoes.map(|(_, (veto, entries))| applied(&prepared, veto, entries, as_of)).collect();
    Score { score: summary.score, grade: summary.grade, families, vetoes, reasons }
}

/// Score and grade of a day without their explanation.
#[must_use]
pub fn brief(model: &ScoringModel, enterprise: EnterpriseView, facts: &[Fact], as_of: Day) -> (Option<u16>, Grade) {
    let summary = Prepared::new(model, enterprise, facts).summary(as_of);
    (summary.score, summary.grade)
}

/// The indicators whose points differ between two scores by the same model.
#[must_use]
pub fn differences(before: &Score, after: &Score) -> Vec<Delta> {
    let indicators = |score: &Score| score.families.iter().flat_map(|family| &family.indicators).cloned().collect::<Vec<_>>();
    let pairs = indicators(before).into_iter().zip(indicators(after)).filter(|(was, is)| was.points != is.points);
    pairs.map(|(was, is)| Delta { code: was.code, from: Some(was.points), to: Some(is.points) }).collect()
}

fn explain(prepared: &Prepared<'_>, model: &ScoringModel, indicator: &Indicator, entries: &[Entry], day: Day) -> IndicatorScore {
    let found = points_on(model, &indicator.calc, indicator.max_points, entries, day);
    IndicatorScore {
        code: indicator.code.clone(),
        title: indicator.title.clone(),
        points: found.points,
        max_points: indicator.max_points,
        points_lost: indicator.max_points.saturating_sub(found.points),
        missing: found.missing,
        fact_ids: ids(prepared, looked_at(&indicator.calc, entries, day)),
    }
}

fn reason(prepared: &Prepared<'_>, indicator: &Indicator, entries: &[Entry], day: Day, scored: &IndicatorScore) -> Option<Reason> {
    if scored.points_lost == 0 {
        return None;
    }
    let text = indicator.missing_reason.as_ref().filter(|_| scored.missing).unwrap_or(&indicator.reason);
    // A share or a ratio is lowered by the bad outcomes alone.
    let by_outcome = matches!(indicator.calc, Calc::Ratio { .. } | Calc::Share { .. });
    let against = looked_at(&indicator.calc, entries, day).filter(|entry| !by_outcome || !entry.good);
    let fact_ids = if scored.missing { Vec::new() } else { ids(prepared, against) };
    Some(Reason { code: indicator.code.clone(), points_lost: scored.points_lost, text: text.clone(), fact_ids })
}

/// The facts that a calculation looked at on a day: those in force, or for presence, where none is, those that have ended.
fn looked_at<'a>(calc: &Calc, entries: &'a [Entry], day: Day) -> impl Iterator<Item = &'a Entry> {
    let lapsed = matches!(calc, Calc::Presence { .. }) && !entries.iter().any(|entry| entry.counts_on(day));
    entries.iter().filter(move |entry| entry.counts_on(day) || (lapsed && entry.first <= day))
}

fn applied(prepared: &Prepared<'_>, veto: &Veto, entries: &[Entry], day: Day) -> VetoApplied {
    let lapsed = matches!(veto.when, Condition::Lapsed { .. });
    let behind = entries.iter().filter(|entry| if lapsed { entry.first <= day } else { entry.counts_on(day) });
    VetoApplied { code: veto.code.clone(), cap: veto.cap, text: veto.text.clone(), fact_ids: ids(prepared, behind) }
}

/// The ids of the facts behind entries; they come sorted, because the facts are.
fn ids<'a>(prepared: &Prepared<'_>, entries: impl Iterator<Item = &'a Entry>) -> Vec<String> {
    let mut ids: Vec<String> = entries.filter_map(|entry| prepared.facts.get(entry.fact)).map(|fact| fact.id.clone()).collect();
    // A fact that was stayed for a time has an entry before and one after.
    ids.dedup();
    ids
}
