//! Which facts count for which indicator on which days, and what the points, the vetoes and the grade of a day are. Integers only (domain.md 0.2);
//! a calculation rounds half up once, at its end. Not here: titles, texts and reasons, `score`.

use chrono::{Datelike, Months};
use contracts::credit::{Degree, Detail, EnterpriseStatus, Fact, Grade};
use model::instant::Day;

use crate::publicity::rules::{Hidden, hidden};
use crate::scoring_model::rules::{ByDegree, Calc, Condition, DataStart, Decay, Deduction, Indicator, ScoringModel};
use crate::selector::rules::{Only, Select, outcome};

/// Decay is counted in thousandths, moved up by as many bits as halvings are allowed, so that no halving loses a bit.
const HALVINGS: u32 = 20;

/// What the register says of an enterprise that a score needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnterpriseView {
    /// When it was established.
    pub established_on: Day,
    /// Its registration status.
    pub status: EnterpriseStatus,
}

/// A fact in the eyes of one indicator or veto.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Its place among the facts of [`Prepared`].
    pub(crate) fact: usize,
    /// The first day on which it counts.
    pub(crate) first: Day,
    /// The last day on which it counts, by validity, window or look-back.
    pub(crate) last: Option<Day>,
    /// Months since year 0 of the day its decay is counted from.
    pub(crate) month: i32,
    /// What it takes or the level it states.
    pub(crate) points: u16,
    /// How it turned out.
    pub(crate) good: bool,
}

impl Entry {
    /// Whether it counts on a day.
    pub(crate) fn counts_on(&self, day: Day) -> bool {
        self.first <= day && self.last.is_none_or(|last| day <= last)
    }
}

/// The facts of one enterprise, sorted into the indicators and vetoes of a model.
#[derive(Debug)]
pub(crate) struct Prepared<'a> {
    model: &'a ScoringModel,
    status: EnterpriseStatus,
    /// Facts with weight, by id.
    pub(crate) facts: Vec<&'a Fact>,
    /// For each indicator of the model, in order.
    pub(crate) indicators: Vec<Vec<Entry>>,
    /// For each veto of the model, in order.
    pub(crate) vetoes: Vec<Vec<Entry>>,
    /// The first day with enough data; `None` if it never comes.
    pub(crate) rated_from: Option<Day>,
    /// The earliest day that anything says something about.
    pub(crate) start: Day,
}

/// What a day comes to, without explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Summary {
    /// `None` while unrated.
    pub(crate) score: Option<u16>,
    /// After the vetoes.
    pub(crate) grade: Grade,
    /// Bit n is the n-th veto of the model.
    pub(crate) vetoes: u64,
}

/// The points of one indicator on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Points {
    pub(crate) points: u16,
    /// Whether they stand for missing data.
    pub(crate) missing: bool,
}

/// The first day on which a fact can count: it holds, and it is decided.
fn first_day(fact: &Fact) -> Day {
    fact.valid_from.max(fact.dated())
}

/// The same-numbered day so many months later, or the month's last day (Civil Code 202).
fn months_after(day: Day, months: u32) -> Option<Day> {
    day.checked_add_months(Months::new(months))
}

/// Months since year 0.
pub(crate) fn month_number(day: Day) -> i32 {
    let month = i32::try_from(day.month0()).unwrap_or(0);
    day.year().saturating_mul(12).saturating_add(month)
}

/// The earlier of two ends, where `None` is open.
fn earlier(a: Option<Day>, b: Option<Day>) -> Option<Day> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, None) => one,
        (None, other) => other,
    }
}

/// An entry for a fact, unless its end lies before its beginning.
fn entry(place: usize, fact: &Fact, months: Option<u32>, only: Option<Only>, points: u16) -> Option<Entry> {
    let window = months.and_then(|months| months_after(fact.dated(), months));
    let mut last = earlier(fact.valid_to, window);
    if let (Some(Only::Unsettled), Detail::Complaint(complaint)) = (only, &fact.detail) {
        last = earlier(last, complaint.resolved_on.and_then(|day| day.pred_opt()));
    }
    let first = first_day(fact);
    let good = outcome(&fact.detail).unwrap_or(true);
    let month = month_number(fact.dated());
    last.is_none_or(|last| first <= last).then_some(Entry { fact: place, first, last, month, points, good })
}

/// The outcome of a complaint is known from the day it is settled.
fn since_settled(entry: Entry, fact: &Fact) -> Option<Entry> {
    let settled = match &fact.detail {
        Detail::Complaint(complaint) => complaint.resolved_on,
        _ => None,
    };
    let first = settled.map_or(entry.first, |day| entry.first.max(day));
    entry.last.is_none_or(|last| first <= last).then_some(Entry { first, ..entry })
}

fn points_of(points: ByDegree, degree: Option<Degree>) -> u16 {
    match degree {
        Some(Degree::Minor) => points.minor,
        Some(Degree::General) => points.general,
        Some(Degree::Serious) => points.serious,
        None => points.unstated,
    }
}

/// The entry of a fact under the first deduction that fits it.
fn deducted(place: usize, fact: &Fact, rules: &[Deduction], decay: Option<&Decay>) -> Option<Entry> {
    let rule = rules.iter().find(|rule| Select { kind: rule.kind, only: rule.only }.matches(fact))?;
    let points = points_of(rule.points, fact.degree);
    entry(place, fact, decay.map(|decay| decay.look_back_months), rule.only, points)
}

/// The entry of a fact under the selector that fits it.
fn selected(place: usize, fact: &Fact, select: &[Select], months: Option<u32>) -> Option<Entry> {
    let select = select.iter().find(|select| select.matches(fact))?;
    entry(place, fact, months, select.only, 0)
}

/// What is left of an entry beside the days on which its fact does not count.
fn cut(entry: Entry, hidden: &[Hidden]) -> Vec<Entry> {
    let (mut left, mut rest) = (Vec::new(), Some(entry));
    for (first, last) in hidden {
        let Some(entry) = rest else { break };
        if entry.first < *first && entry.last.is_none_or(|end| end >= *first) {
            left.extend(first.pred_opt().map(|end| Entry { last: Some(end), ..entry }));
        }
        let ends_before = entry.last.is_some_and(|end| end < *first);
        let next = last.and_then(|last| last.succ_opt());
        rest = match next {
            _ if ends_before => Some(entry),
            Some(next) if entry.last.is_none_or(|end| next <= end) => Some(Entry { first: entry.first.max(next), ..entry }),
            _ => None,
        };
    }
    left.extend(rest);
    left
}

fn entries_of(model: &ScoringModel, calc: &Calc, facts: &[&Fact], hidden: &[Vec<Hidden>]) -> Vec<Entry> {
    let decay = decay_of(model, calc);
    let of = |(place, fact): (usize, &&Fact)| match calc {
        Calc::Deduct { rules, .. } => deducted(place, fact, rules, decay),
        Calc::Ratio { kind, window_months, .. } | Calc::Share { kind, window_months, .. } => {
            let counted = fact.kind() == *kind && outcome(&fact.detail).is_some();
            counted.then(|| entry(place, fact, Some(*window_months), None, 0)).flatten().and_then(|entry| since_settled(entry, fact))
        }
        Calc::Presence { select, .. } => selected(place, fact, select, None),
        Calc::Level { .. } => match &fact.detail {
            Detail::Traceability(found) => entry(place, fact, None, None, u16::from(found.level)),
            _ => None,
        },
    };
    facts.iter().enumerate().filter_map(of).flat_map(|entry| counted(entry, hidden)).collect()
}

fn counted(entry: Entry, hidden: &[Vec<Hidden>]) -> Vec<Entry> {
    cut(entry, hidden.get(entry.fact).map(Vec::as_slice).unwrap_or_default())
}

/// The decay of a deduction, where it has one.
pub(crate) fn decay_of<'a>(model: &'a ScoringModel, calc: &Calc) -> Option<&'a Decay> {
    match calc {
        Calc::Deduct { decay: Some(name), .. } => model.decays.get(name),
        _ => None,
    }
}

impl<'a> Prepared<'a> {
    /// Sorts the facts into the model. What is self-declared has no weight and is left out (api.md).
    pub(crate) fn new(model: &'a ScoringModel, enterprise: EnterpriseView, facts: &'a [Fact]) -> Self {
        let mut facts: Vec<&Fact> = facts.iter().filter(|fact| !fact.self_declared).collect();
        facts.sort_by(|a, b| a.id.cmp(&b.id));
        let first_fact = facts.iter().map(|fact| first_day(fact)).min();
        let established = enterprise.established_on;
        let start = first_fact.map_or(established, |first| first.min(established));
        let data_from = match model.min_data.starts {
            DataStart::FirstFactOrEstablished => Some(start),
            DataStart::FirstFact => first_fact,
        };
        // The first day is not counted and the last one must be over (Civil Code 201 to 203).
        let rated_from = data_from.and_then(|day| months_after(day, model.min_data.months)).and_then(|day| day.succ_opt());
        let hidden: Vec<Vec<Hidden>> = facts.iter().map(|fact| hidden(fact, &facts)).collect();
        let indicators = model.indicators().map(|indicator| entries_of(model, &indicator.calc, &facts, &hidden)).collect();
        let vetoes = model.vetoes.iter().map(|veto| {
            let months = match veto.when {
                Condition::Count { window_months, .. } => Some(window_months),
                _ => None,
            };
            let entries = facts.iter().enumerate().filter_map(|(place, fact)| selected(place, fact, veto.when.select(), months));
            entries.flat_map(|entry| counted(entry, &hidden)).collect()
        });
        Self { model, status: enterprise.status, indicators, vetoes: vetoes.collect(), facts, rated_from, start }
    }

    /// Score, grade and vetoes of a day.
    pub(crate) fn summary(&self, day: Day) -> Summary {
        let points = |(indicator, entries): (&Indicator, &Vec<Entry>)| {
            u32::from(points_on(self.model, &indicator.calc, indicator.max_points, entries, day).points)
        };
        let total: u32 = self.model.indicators().zip(&self.indicators).map(points).sum();
        let score = u16::try_from(total).unwrap_or(u16::MAX);
        let (vetoes, cap) = self.vetoes_on(day);
        if self.rated_from.is_none_or(|from| day < from) {
            return Summary { score: None, grade: Grade::Unrated, vetoes };
        }
        let level = self.model.levels.iter().find(|level| score >= level.at_least).map_or(Grade::D, |level| level.grade);
        Summary { score: Some(score), grade: cap.map_or(level, |cap| worse(level, cap)), vetoes }
    }

    /// The vetoes at work, as bits, and the best grade they leave.
    fn vetoes_on(&self, day: Day) -> (u64, Option<Grade>) {
        let (mut bits, mut bit, mut cap) = (0_u64, 1_u64, None);
        for (veto, entries) in self.model.vetoes.iter().zip(&self.vetoes) {
            if self.applies(&veto.when, entries, day) {
                bits |= bit;
                cap = Some(cap.map_or(veto.cap, |held| worse(held, veto.cap)));
            }
            bit = bit.wrapping_shl(1);
        }
        (bits, cap)
    }

    fn applies(&self, when: &Condition, entries: &[Entry], day: Day) -> bool {
        match when {
            Condition::InForce { .. } => entries.iter().any(|entry| entry.counts_on(day)),
            Condition::Lapsed { .. } => entries.iter().any(|entry| entry.first <= day) && !entries.iter().any(|entry| entry.counts_on(day)),
            Condition::Count { at_least, .. } => entries.iter().filter(|entry| entry.counts_on(day)).count() >= *at_least,
            Condition::Status { statuses } => statuses.contains(&self.status),
        }
    }
}

/// The worse of two grades; `unrated` is neither and gives way.
fn worse(a: Grade, b: Grade) -> Grade {
    match (a.rank(), b.rank()) {
        (Some(left), Some(right)) if right < left => b,
        (None, _) => b,
        _ => a,
    }
}

/// The points of an indicator on a day.
pub(crate) fn points_on(model: &ScoringModel, calc: &Calc, max: u16, entries: &[Entry], day: Day) -> Points {
    let known = |points: u16| Points { points: points.min(max), missing: false };
    let missing = |points: u16| Points { points: points.min(max), missing: true };
    match calc {
        Calc::Deduct { cap, .. } => known(max.saturating_sub(lost(entries, decay_of(model, calc), day).min(*cap))),
        Calc::Ratio { min_count, bins, missing: without, .. } => match good_of(entries, day) {
            (good, all) if all >= u64::try_from(*min_count).unwrap_or(u64::MAX) => {
                let reached = |from: u16| good.saturating_mul(1000) >= all.saturating_mul(u64::from(from));
                known(bins.iter().rev().find(|bin| reached(bin.from_per_mille)).map_or(0, |bin| bin.points))
            }
            _ => missing(*without),
        },
        Calc::Share { min_count, missing: without, .. } => match good_of(entries, day) {
            (good, all) if all >= u64::try_from(*min_count).unwrap_or(u64::MAX) => known(share(max, good, all)),
            _ => missing(*without),
        },
        Calc::Presence { held, lapsed, missing: without, .. } => {
            if entries.iter().any(|entry| entry.counts_on(day)) {
                known(*held)
            } else if entries.iter().any(|entry| entry.first <= day) {
                known(*lapsed)
            } else {
                missing(*without)
            }
        }
        Calc::Level { points, missing: without } => {
            let best = entries.iter().filter(|entry| entry.counts_on(day)).map(|entry| entry.points).max();
            best.map_or_else(|| missing(*without), |level| known(points.get(usize::from(level)).copied().unwrap_or(0)))
        }
    }
}

/// What the facts in force take, rounded half up once.
fn lost(entries: &[Entry], decay: Option<&Decay>, day: Day) -> u16 {
    let now = month_number(day);
    let unit = 1000_u64 << HALVINGS;
    let weigh = |entry: &Entry| u64::from(entry.points).saturating_mul(decay.map_or(unit, |decay| weight(decay, entry.month, now)));
    let sum = entries.iter().filter(|entry| entry.counts_on(day)).map(weigh).fold(0_u64, u64::saturating_add);
    let rounded = sum.saturating_add(unit >> 1).checked_div(unit).unwrap_or(0);
    u16::try_from(rounded).unwrap_or(u16::MAX)
}

/// What is left of a fact, in thousandths moved up by [`HALVINGS`] bits.
///
/// Its age is the number of whole calendar months between: a fact of 11 May is one month old on 1 July, when June has passed whole. So weights
/// change on the first of a month only, whatever the day of the fact.
pub(crate) fn weight(decay: &Decay, since: i32, now: i32) -> u64 {
    let age = u32::try_from(now.saturating_sub(since).saturating_sub(1)).unwrap_or(0);
    let halvings = age.checked_div(decay.half_life_months).unwrap_or(0);
    let rest = age.checked_rem(decay.half_life_months).unwrap_or(0);
    let step = usize::try_from(rest).ok().and_then(|rest| decay.per_mille.get(rest)).copied().unwrap_or(0);
    (u64::from(step) << HALVINGS).checked_shr(halvings).unwrap_or(0)
}

/// Good outcomes and all outcomes.
fn good_of(entries: &[Entry], day: Day) -> (u64, u64) {
    let counted = entries.iter().filter(|entry| entry.counts_on(day));
    counted.fold((0, 0), |(good, all): (u64, u64), entry| (good.saturating_add(u64::from(entry.good)), all.saturating_add(1)))
}

/// `max * good / all`, rounded half up.
fn share(max: u16, good: u64, all: u64) -> u16 {
    let doubled = u64::from(max).saturating_mul(good).saturating_mul(2).saturating_add(all);
    let points = doubled.checked_div(all.saturating_mul(2)).unwrap_or(0);
    u16::try_from(points).unwrap_or(u16::MAX)
}
