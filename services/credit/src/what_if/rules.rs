//! Changes of facts, the actions that are open to an enterprise, and the search for the smallest sets that reach a grade. Not here: the score of changed
//! facts, `evaluation` and `timeline`.

use std::collections::BTreeSet;

use chrono::{Days, Months};
use contracts::credit::{Detail, Fact, FactKind, FactSource, Grade, Mark, MarkKind, RecallState};
use model::{
    fault::Fault,
    instant::{Day, Instant},
    policy::Policy,
    text::Text,
    uscc::Uscc,
};
use serde::Deserialize;

use crate::eligibility::rules::{Basis, ConditionCode, Question, Regime, conditions, earliest};
use crate::evaluation::rules::{EnterpriseView, Prepared, points_on};
use crate::model_book::rules::Window;
use crate::scoring_model::rules::ScoringModel;
use crate::selector::rules::Only;
use crate::timeline::rules::timeline;

/// The actions that are open to an enterprise.
const POLICY: &str = include_str!("../../policy/what_if.json");

/// What an enterprise can do, and how far is searched.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// At most so many things that could be done are tried.
    pub most_candidates: usize,
    /// At most so many of them together.
    pub most_changes: usize,
    /// At most so many sets are answered.
    pub most_sets: usize,
    /// What can be done, the first tried first.
    pub actions: Vec<Action>,
}

/// One thing an enterprise can do.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Stable and machine-readable.
    pub code: String,
    /// The indicators that it moves.
    pub indicators: Vec<String>,
    /// The vetoes that it ends.
    pub vetoes: Vec<String>,
    /// What becomes of the facts.
    pub step: Step,
    /// The same for people.
    pub text: Text,
    /// Where it stands written, or that it is an estimate.
    pub basis: String,
}

/// What becomes of the facts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// There is a new fact.
    Obtain {
        /// Kind and detail of it.
        fact: Detail,
        /// So many days from now.
        lead_days: u64,
    },
    /// A fact stops counting by a repair or an early removal.
    Repair {
        /// Facts of this kind.
        kind: FactKind,
        /// After so many months from its day, where its own publicity does not say when.
        after_months: u32,
        /// So many days for the decision.
        lead_days: u64,
    },
    /// A complaint is settled.
    Settle {
        /// So many days from now.
        lead_days: u64,
    },
    /// A recall by order is completed.
    Complete {
        /// So many days from now.
        lead_days: u64,
    },
}

/// Reads the policy.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn catalogue() -> Result<Policy<Catalogue>, Fault> {
    Policy::from_json(POLICY)
}

/// One change of the facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// There is another fact.
    Add(Box<Fact>),
    /// A fact holds until this day and no longer.
    End(String, Day),
    /// A fact counts no more from this day on.
    Repair(String, Day),
    /// A complaint is settled on this day, on time or late.
    Settle(String, Day, bool),
    /// A recall is completed on this day.
    Complete(String, Day),
}

/// The facts as they would be.
#[must_use]
pub fn changed<'a>(facts: &[Fact], changes: impl IntoIterator<Item = &'a Change>) -> Vec<Fact> {
    let mut facts = facts.to_vec();
    for change in changes {
        match change {
            Change::Add(fact) => facts.push(fact.as_ref().clone()),
            Change::End(id, last) => with(&mut facts, id, |fact| fact.valid_to = Some(fact.valid_to.map_or(*last, |held| held.min(*last)))),
            Change::Repair(id, from) => with(&mut facts, id, |fact| {
                fact.marks.push(Mark { kind: MarkKind::Repaired, from: *from, to: None, ground: "what_if".to_owned() });
            }),
            Change::Settle(id, on, on_time) => with(&mut facts, id, |fact| {
                if let Detail::Complaint(complaint) = &mut fact.detail {
                    (complaint.resolved_on, complaint.on_time) = (Some(*on), Some(*on_time));
                }
            }),
            Change::Complete(id, on) => complete(&mut facts, id, *on),
        }
    }
    facts
}

fn with(facts: &mut [Fact], id: &str, change: impl FnOnce(&mut Fact)) {
    if let Some(fact) = facts.iter_mut().find(|fact| fact.id == id) {
        change(fact);
    }
}

/// From the day on the recall stands as completed; until then it is open.
fn complete(facts: &mut Vec<Fact>, id: &str, on: Day) {
    let Some(open) = facts.iter_mut().find(|fact| fact.id == id) else { return };
    let mut done = Fact { id: format!("{id}+"), valid_from: on, ..open.clone() };
    open.valid_to = on.pred_opt();
    if let Detail::Recall(recall) = &mut done.detail {
        recall.state = RecallState::Completed;
    }
    facts.push(done);
}

/// Something that could be done, and from when on it would be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The code of the action.
    pub code: String,
    /// The same for people.
    pub text: Text,
    /// The fact it is about.
    pub fact_id: Option<String>,
    /// The earliest day on which it can be true.
    pub earliest: Day,
    /// What becomes of the facts.
    pub change: Change,
}

/// Whose facts, and what they are scored by.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The models by day.
    pub windows: &'a [Window],
    /// Whose.
    pub uscc: &'a Uscc,
    /// What the register says.
    pub view: EnterpriseView,
    /// The facts as they are.
    pub facts: &'a [Fact],
    /// From which day on something can be done.
    pub today: Day,
    /// What a repair asks for; nothing is repaired before the first regime.
    pub repairs: Option<&'a Regime>,
}

impl Case<'_> {
    /// The first day, from today on, on which the grade is reached with these changes.
    #[must_use]
    pub fn reached(&self, changes: &[&Candidate], target: Grade) -> Option<Day> {
        let facts = changed(self.facts, changes.iter().map(|candidate| &candidate.change));
        let line = timeline(self.windows, self.uscc, self.view, &facts);
        let good = |grade: Grade| grade.rank().zip(target.rank()).is_some_and(|(rank, least)| rank >= least);
        let from_today = line.segments.iter().filter(|segment| segment.to.is_none_or(|last| last >= self.today));
        from_today.filter(|segment| good(segment.grade)).map(|segment| segment.from.max(self.today)).next()
    }

    fn model(&self) -> Option<&ScoringModel> {
        self.windows.iter().rev().find(|window| window.from <= self.today).map(|window| window.model.as_ref())
    }
}

fn after(day: Day, days: u64) -> Day {
    day.checked_add_days(Days::new(days)).unwrap_or(Day::MAX)
}

/// What the enterprise could do: for every indicator that loses points and every veto at work, what the policy ties to it.
#[must_use]
pub fn candidates(case: &Case<'_>, catalogue: &Catalogue) -> Vec<Candidate> {
    let Some(model) = case.model() else { return Vec::new() };
    let prepared = Prepared::new(model, case.view, case.facts);
    let losing: BTreeSet<&str> = model
        .indicators()
        .zip(&prepared.indicators)
        .filter(|(i, entries)| points_on(model, &i.calc, i.max_points, entries, case.today).points < i.max_points)
        .map(|(indicator, _)| indicator.code.as_str())
        .collect();
    let bits = prepared.summary(case.today).vetoes;
    let at_work = |place: usize| u32::try_from(place).ok().and_then(|place| bits.checked_shr(place)).unwrap_or(0) & 1 == 1;
    let vetoes: BTreeSet<&str> =
        model.vetoes.iter().enumerate().filter(|(place, _)| at_work(*place)).map(|(_, veto)| veto.code.as_str()).collect();
    let open = catalogue.actions.iter().filter(|action| {
        action.indicators.iter().any(|code| losing.contains(code.as_str()))
            || action.vetoes.iter().any(|code| vetoes.contains(code.as_str()))
    });
    open.flat_map(|action| of_action(case, action)).take(catalogue.most_candidates).collect()
}

fn of_action(case: &Case<'_>, action: &Action) -> Vec<Candidate> {
    let candidate = |fact_id: Option<&Fact>, earliest: Day, change: Change| Candidate {
        code: action.code.clone(),
        text: action.text.clone(),
        fact_id: fact_id.map(|fact| fact.id.clone()),
        earliest,
        change,
    };
    let mut facts: Vec<&Fact> = case.facts.iter().filter(|fact| !fact.self_declared && fact.holds_on(case.today)).collect();
    facts.sort_by(|a, b| a.id.cmp(&b.id));
    match &action.step {
        Step::Obtain { fact, lead_days } => {
            let on = after(case.today, *lead_days);
            vec![candidate(None, on, Change::Add(Box::new(invented(case.uscc, &action.code, fact.clone(), on))))]
        }
        Step::Repair { kind, after_months, lead_days } => {
            let of_kind = facts.into_iter().filter(|fact| fact.kind() == *kind);
            let dated = of_kind.filter_map(|fact| {
                let earliest = repairable(fact, *after_months)?.max(eligible(case, fact)?);
                Some((fact, after(earliest, *lead_days)))
            });
            dated.map(|(fact, on)| candidate(Some(fact), on, Change::Repair(fact.id.clone(), on))).collect()
        }
        Step::Settle { lead_days } => {
            let on = after(case.today, *lead_days);
            let unsettled = |fact: &&Fact| {
                let settled = matches!(&fact.detail, Detail::Complaint(complaint) if complaint.resolved_on.is_some_and(|day| day <= on));
                Only::Unsettled.matches(fact) && !settled
            };
            facts.into_iter().filter(unsettled).map(|fact| candidate(Some(fact), on, Change::Settle(fact.id.clone(), on, false))).collect()
        }
        Step::Complete { lead_days } => {
            let on = after(case.today, *lead_days);
            let open = facts.into_iter().filter(|fact| Only::OrderedOpen.matches(fact));
            open.map(|fact| candidate(Some(fact), on, Change::Complete(fact.id.clone(), on))).collect()
        }
    }
}

/// The first day on which a repair is possible: after the shortest publicity by the fact's own regime, at every place that publishes it; where none
/// is counted, after so many months. `None` where there is no end of the shortest publicity, so that it can only be waited for.
fn repairable(fact: &Fact, after_months: u32) -> Option<Day> {
    let windows: Vec<_> = fact.publicity.iter().filter(|window| window.published).collect();
    if windows.is_empty() {
        return fact.dated().checked_add_months(Months::new(after_months))?.succ_opt();
    }
    let days: Option<Vec<Day>> = windows.iter().map(|window| window.least_until.and_then(|last| last.succ_opt())).collect();
    days?.into_iter().max()
}

/// The first day, from today on, on which all else that a repair asks for is met: that it was corrected and promised, the enterprise itself can see to;
/// bans and lists run out; `None` where nothing that is known will ever meet it.
fn eligible(case: &Case<'_>, fact: &Fact) -> Option<Day> {
    let all: Vec<&Fact> = case.facts.iter().collect();
    let verified = &[ConditionCode::Performed];
    let question = Question { fact, all: &all, day: case.today, committed: Some(true), verified, basis: Basis::Ordinary };
    let mut asked = conditions(case.repairs?, &question)?;
    // The publicity has its own answer, at every place and for facts without a window.
    asked.retain(|(code, _)| !matches!(code, ConditionCode::MinimumPublicity | ConditionCode::PublicityRuns));
    earliest(&asked, case.today)
}

/// A fact that is not there: recorded by nobody, valid from a day on.
#[must_use]
pub fn invented(uscc: &Uscc, code: &str, detail: Detail, on: Day) -> Fact {
    Fact {
        // After every real id, so that the order of the real ones stays.
        id: format!("what_if_{code}"),
        enterprise: uscc.clone(),
        detail,
        source: FactSource { authority: "what_if".to_owned(), document_no: None },
        asserted_by: uscc.clone(),
        decided_on: None,
        published_on: None,
        valid_from: on,
        valid_to: None,
        degree: None,
        self_declared: false,
        recorded_at: Instant::start_of(on),
        publicity: Vec::new(),
        marks: Vec::new(),
        origin: None,
    }
}

/// A set of changes that reaches the grade, and from when on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// What is to be done; nothing where waiting is enough.
    pub changes: Vec<Candidate>,
    /// The first day with the grade.
    pub on: Day,
}

/// The ways to a grade: waiting, where time alone reaches it, and the smallest sets of changes that reach it sooner. By size and day, then in the order
/// of the policy. The second value says whether there are more than are shown.
#[must_use]
pub fn ways(case: &Case<'_>, catalogue: &Catalogue, target: Grade, by: Option<Day>) -> (Vec<Way>, bool) {
    let in_time = |on: &Day| by.is_none_or(|by| *on <= by);
    let waiting = case.reached(&[], target).filter(in_time);
    let mut found: Vec<Way> = waiting.map(|on| Way { changes: Vec::new(), on }).into_iter().collect();
    if waiting == Some(case.today) {
        return (found, false);
    }
    let all = candidates(case, catalogue);
    for size in 1..=catalogue.most_changes {
        let mut ways: Vec<Way> = Vec::new();
        for set in sets(&all, size) {
            let on = case.reached(&set, target).filter(in_time).filter(|on| waiting.is_none_or(|waiting| *on < waiting));
            ways.extend(on.map(|on| Way { changes: set.iter().map(|one| (*one).clone()).collect(), on }));
        }
        if !ways.is_empty() {
            ways.sort_by_key(|way| way.on);
            let more = ways.len() > catalogue.most_sets;
            ways.truncate(catalogue.most_sets);
            found.extend(ways);
            return (found, more);
        }
    }
    (found, false)
}

/// Every set of so many candidates, in their order.
fn sets(all: &[Candidate], size: usize) -> Vec<Vec<&Candidate>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let mut found = Vec::new();
    for (place, first) in all.iter().enumerate() {
        let rest = all.get(place.saturating_add(1)..).unwrap_or_default();
        for mut set in sets(rest, size.saturating_sub(1)) {
            set.insert(0, first);
            found.push(set);
        }
    }
    found
}
