//! The conditions of a credit repair, regime by regime; pure. Not here: applications and their states, `repair`; the numbers, `policy/repair.json`.

use contracts::credit::{Degree, Detail, Fact, FactKind, PenaltyType, Rectified};
use model::{
    fault::Fault,
    instant::Day,
    period::{Period, Unit},
    policy::Policy,
    text::Text,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::publicity::rules::is_hidden;

const POLICY: &str = include_str!("../../policy/repair.json");

/// What a repair asks for, by the day of the application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// An application is accepted or returned within.
    pub accept: Period,
    /// It is decided within, from its acceptance.
    pub decide: Period,
    /// What can be repaired.
    pub subjects: Vec<Subject>,
}

impl Regime {
    /// What a repair of facts of this kind asks for; none where they are not repaired.
    #[must_use]
    pub fn subject(&self, kind: FactKind) -> Option<&Subject> {
        self.subjects.iter().find(|subject| subject.kinds.contains(&kind))
    }
}

/// Facts that can be repaired, and what for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Facts of these kinds.
    pub kinds: Vec<FactKind>,
    /// What must be met.
    pub conditions: Vec<ConditionCode>,
    /// The shortest time on a list, from the first day; penalties have theirs by their publicity window.
    #[serde(default)]
    pub least: Option<Period>,
    /// Penalties of these types are excluded (Order 45 Art 14(3)).
    #[serde(default)]
    pub excluded_types: Vec<PenaltyType>,
}

/// A condition of repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConditionCode {
    /// It is public: there is something to repair.
    PublicityRuns,
    /// The shortest publicity is over.
    MinimumPublicity,
    /// The kind of penalty is not excluded.
    KindNotExcluded,
    /// It was corrected and every duty performed.
    Performed,
    /// The enterprise has publicly committed itself.
    Commitment,
    /// No restriction or ban runs.
    NoBanRunning,
    /// The enterprise is on neither negative list.
    OnNoList,
    /// No further penalty of the same type since.
    NoRepeat,
    /// No serious penalty since the listing.
    NoHeavierSince,
    /// The court has approved the plan of reorganisation.
    CourtRuling,
}

impl ConditionCode {
    /// What it asks for.
    #[must_use]
    pub fn text(self) -> Text {
        let (zh, en) = match self {
            Self::PublicityRuns => ("该信息正在公示。", "The fact is public."),
            Self::MinimumPublicity => ("最短公示期已届满。", "The shortest publicity is over."),
            Self::KindNotExcluded => ("该类处罚可以提前停止公示。", "Penalties of this kind may be taken down early."),
            Self::Performed => ("已改正并履行全部义务。", "It was corrected and every duty performed."),
            Self::Commitment => ("已公开作出信用承诺。", "The enterprise has publicly committed itself."),
            Self::NoBanRunning => ("没有仍在执行的限制或禁止。", "No restriction or ban runs."),
            Self::OnNoList => ("未列入经营异常名录或严重违法失信名单。", "The enterprise is on neither negative list."),
            Self::NoRepeat => ("此后没有同类违法行为。", "There was no breach of the same kind since."),
            Self::NoHeavierSince => ("列入后未再受到较重行政处罚。", "There was no heavier penalty since the listing."),
            Self::CourtRuling => {
                ("法院已裁定批准重整计划或者和解协议。", "The court has approved the plan of reorganisation or the settlement.")
            }
        };
        Text::new(zh, en)
    }
}

/// On what a repair rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The conditions of the regime.
    Ordinary,
    /// A reorganisation in bankruptcy: masked until it is performed (domain-updates A9).
    Reorganisation,
}

/// Whether a condition is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// It is.
    Yes,
    /// It is not; from this day on it will be, where that is known.
    No(Option<Day>),
    /// An authority must see for itself.
    ToVerify,
}

/// What is asked about a repair.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The fact.
    pub fact: &'a Fact,
    /// All facts of the enterprise.
    pub all: &'a [&'a Fact],
    /// On which day.
    pub day: Day,
    /// Whether the enterprise has committed itself with the application; not known before there is one.
    pub committed: Option<bool>,
    /// Conditions that an authority has verified.
    pub verified: &'a [ConditionCode],
    /// On what it rests.
    pub basis: Basis,
}

/// The shipped regimes by day.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn policy() -> Result<Policy<Regime>, Fault> {
    Policy::from_json(POLICY)
}

/// The conditions of a repair with what is met; none where the kind of fact cannot be repaired.
#[must_use]
pub fn conditions(regime: &Regime, question: &Question<'_>) -> Option<Vec<(ConditionCode, Met)>> {
    let subject = regime.subject(question.fact.kind())?;
    if question.basis == Basis::Reorganisation {
        let codes = [ConditionCode::PublicityRuns, ConditionCode::CourtRuling];
        return Some(codes.map(|code| (code, met(code, subject, question))).to_vec());
    }
    Some(subject.conditions.iter().map(|code| (*code, met(*code, subject, question))).collect())
}

/// The first day on which every condition is met, where all of the days are known.
#[must_use]
pub fn earliest(conditions: &[(ConditionCode, Met)], day: Day) -> Option<Day> {
    conditions.iter().try_fold(day, |latest, (_, met)| match met {
        Met::Yes | Met::ToVerify => Some(latest),
        Met::No(from) => from.map(|from| latest.max(from)),
    })
}

fn met(code: ConditionCode, subject: &Subject, question: &Question<'_>) -> Met {
    if question.verified.contains(&code) && can_be_verified(code) {
        return Met::Yes;
    }
    let (fact, day) = (question.fact, question.day);
    let yes = |is: bool| if is { Met::Yes } else { Met::No(None) };
    match code {
        ConditionCode::PublicityRuns => yes(runs(fact, question.all, day)),
        ConditionCode::MinimumPublicity => over(least_until(subject, fact), day),
        ConditionCode::KindNotExcluded => yes(!has_type(fact, &subject.excluded_types)),
        ConditionCode::Performed => performed(fact, question.all, day),
        ConditionCode::Commitment => question.committed.map_or(Met::ToVerify, yes),
        ConditionCode::NoBanRunning => no_ban(question.all, day),
        ConditionCode::OnNoList => on_no_list(question.all, day),
        ConditionCode::NoRepeat => yes(!repeated(fact, question.all, day)),
        ConditionCode::NoHeavierSince => yes(!heavier_since(fact, question.all, day)),
        ConditionCode::CourtRuling => Met::ToVerify,
    }
}

/// What no record can show and an authority sees for itself.
const fn can_be_verified(code: ConditionCode) -> bool {
    matches!(code, ConditionCode::Performed | ConditionCode::CourtRuling)
}

fn runs(fact: &Fact, all: &[&Fact], day: Day) -> bool {
    let holds = fact.kind() == FactKind::Penalty || fact.holds_on(day);
    fact.dated() <= day && holds && !is_hidden(fact, all, day)
}

fn least_until(subject: &Subject, fact: &Fact) -> Option<Day> {
    match subject.least {
        Some(period) => match period.unit {
            Unit::WorkingDay => None,
            Unit::Day => fact.valid_from.checked_add_days(chrono::Days::new(u64::from(period.length))),
            Unit::Month => fact.valid_from.checked_add_months(chrono::Months::new(period.length)),
            Unit::Year => fact.valid_from.checked_add_months(chrono::Months::new(period.length.saturating_mul(12))),
        },
        None => fact.publicity.first().and_then(|window| window.least_until),
    }
}

/// Over on the day after the last; without a last day it is not known from when.
fn over(last: Option<Day>, day: Day) -> Met {
    match last.and_then(|last| last.succ_opt()) {
        Some(from) if from <= day => Met::Yes,
        from => Met::No(from),
    }
}

fn has_type(fact: &Fact, types: &[PenaltyType]) -> bool {
    matches!(&fact.detail, Detail::Penalty(penalty) if penalty.types.iter().any(|kind| types.contains(kind)))
}

/// An authority says that it is done; what the enterprise says of itself is to be verified.
fn performed(fact: &Fact, all: &[&Fact], day: Day) -> Met {
    let said = all.iter().filter(|other| other.dated() <= day && !other.self_declared).filter_map(|other| match &other.detail {
        Detail::Rectification(rectification) if rectification.of_fact.as_deref() == Some(&fact.id) => {
            Some((other.dated(), &other.id, rectification.result))
        }
        _ => None,
    });
    match said.max_by_key(|(on, id, _)| (*on, *id)) {
        Some((.., Rectified::Done)) => Met::Yes,
        Some((.., Rectified::NotDone)) => Met::No(None),
        None => Met::ToVerify,
    }
}

fn no_ban(all: &[&Fact], day: Day) -> Met {
    let ends = all.iter().filter(|fact| fact.dated() <= day && !fact.self_declared).filter_map(|fact| match &fact.detail {
        Detail::Penalty(penalty) => penalty.ban_until.filter(|last| *last >= day).map(Some),
        Detail::ProcurementBan(_) if fact.holds_on(day) => Some(fact.valid_to),
        _ => None,
    });
    after_all(ends)
}

fn on_no_list(all: &[&Fact], day: Day) -> Met {
    let negative = |kind: FactKind| matches!(kind, FactKind::SeriousViolationListing | FactKind::AbnormalOperationListing);
    after_all(all.iter().filter(|fact| negative(fact.kind()) && fact.holds_on(day)).map(|fact| fact.valid_to))
}

/// Met when there is nothing; else from the day after the last of them, where each has one.
fn after_all(ends: impl Iterator<Item = Option<Day>>) -> Met {
    let ends: Vec<Option<Day>> = ends.collect();
    if ends.is_empty() {
        return Met::Yes;
    }
    let all: Option<Vec<Day>> = ends.into_iter().collect();
    Met::No(all.and_then(|days| days.into_iter().max()).and_then(|last| last.succ_opt()))
}

fn penalties_since<'a>(fact: &'a Fact, all: &'a [&'a Fact], day: Day) -> impl Iterator<Item = &'a &'a Fact> {
    let penalties = all.iter().filter(|other| other.kind() == FactKind::Penalty && !other.self_declared);
    penalties.filter(move |other| other.id != fact.id && other.dated() > fact.dated() && other.dated() <= day)
}

fn repeated(fact: &Fact, all: &[&Fact], day: Day) -> bool {
    let Detail::Penalty(penalty) = &fact.detail else { return false };
    penalties_since(fact, all, day).any(|other| has_type(other, &penalty.types))
}

fn heavier_since(fact: &Fact, all: &[&Fact], day: Day) -> bool {
    penalties_since(fact, all, day).any(|other| other.degree == Some(Degree::Serious))
}
