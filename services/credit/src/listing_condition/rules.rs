//! Conditions of entry and of early removal over the facts of an enterprise. Not here: which facts there are, and what follows from a failed condition.

use chrono::{Datelike, Months};
use contracts::credit::{Detail, EnterpriseStatus, Fact, FactKind, Grade};
use model::{calendar::Calendar, fault::FieldFault, instant::Day, period::Period, text::Text};

use crate::listing_policy::rules::{Entry, Ground, Heavier, Leaves, Regime};
use crate::publicity::rules::{hidden, is_hidden};

/// A condition on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What is said where it fails; the code names it in any case.
    pub fault: FieldFault,
    /// Whether it is met.
    pub met: bool,
    /// The first day on which it is met if nothing else happens; `None` where time alone does not help.
    pub earliest: Option<Day>,
    /// The facts that it fails for.
    pub fact_ids: Vec<String>,
}

impl Condition {
    fn of(met: bool, fault: FieldFault) -> Self {
        Self { fault, met, earliest: None, fact_ids: Vec::new() }
    }

    fn from(self, earliest: Option<Day>) -> Self {
        Self { earliest: earliest.filter(|_| !self.met), ..self }
    }

    fn because<'a>(self, facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        Self { fact_ids: facts.into_iter().map(|fact| fact.id.clone()).collect(), ..self }
    }
}

/// The first day on which all conditions are met if nothing else happens; `None` where time alone does not help.
#[must_use]
pub fn earliest(conditions: &[Condition], on: Day) -> Option<Day> {
    conditions.iter().try_fold(on, |day, condition| match (condition.met, condition.earliest) {
        (true, _) => Some(day),
        (false, Some(from)) => Some(day.max(from)),
        (false, None) => None,
    })
}

/// Whether a fact is a heavier penalty.
#[must_use]
pub fn is_heavier(heavier: &Heavier, fact: &Fact) -> bool {
    let Detail::Penalty(penalty) = &fact.detail else { return false };
    fact.degree.is_some_and(|degree| heavier.degrees.contains(&degree)) || penalty.types.iter().any(|kind| heavier.types.contains(kind))
}

/// What a proposal lacks for the test of SAMR Order 44, Arts 2 and 12: a heavier penalty among the named facts, and a circumstance.
#[must_use]
pub fn heavier_penalty(regime: &Regime, named: &[&Fact], circumstances: &[String]) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let heavier = |fact: &&&Fact| regime.heavier.as_ref().is_some_and(|heavier| is_heavier(heavier, fact));
    if !named.iter().any(|fact| fact.kind() == FactKind::Penalty) {
        faults.push(FieldFault::rule(
            "/fact_ids",
            "penalty_missing",
            "须指明所依据的行政处罚。",
            "Name the administrative penalty it rests on.",
        ));
    } else if named.iter().find(heavier).is_none() {
        faults.push(FieldFault::rule(
            "/fact_ids",
            "penalty_not_heavier",
            "所依据的处罚均不属于较重行政处罚。",
            "None of the named penalties is a heavier one.",
        ));
    }
    if circumstances.is_empty() {
        faults.push(FieldFault::rule(
            "/circumstances",
            "circumstance_missing",
            "须指明性质恶劣、情节严重或者社会危害较大。",
            "State vile nature, serious circumstances or large harm.",
        ));
    }
    faults
}

/// What a proposal lacks for three years of abnormal operation (Publicity Regulation 2014 Art 17); without a period the ground is no more.
#[must_use]
pub fn abnormal_three_years(facts: &[Fact], period: Option<Period>, on: Day, calendar: &Calendar) -> Vec<FieldFault> {
    let over = |from: Day| period.and_then(|period| period.due(from, calendar).due_on).is_some_and(|last| last < on);
    let long = |fact: &Fact| fact.kind() == FactKind::AbnormalOperationListing && fact.holds_on(on) && over(fact.valid_from);
    if facts.iter().any(long) {
        return Vec::new();
    }
    vec![FieldFault::rule(
        "/ground",
        "abnormal_too_short",
        "列入经营异常名录未满三年。",
        "It has not been on the list of abnormal operation for three years.",
    )]
}

/// The last day for the report of a year (Publicity Regulation Art 8: 30 June of the year after).
#[must_use]
pub fn report_due_on(regime: &Regime, year: i32) -> Option<Day> {
    let clock = regime.annual_report.as_ref()?;
    Day::from_ymd_opt(year.checked_add(1)?, clock.month, clock.day)
}

/// Why the report of a year is not due by a day, if it is not: its last day has not passed, or the enterprise was established after that year.
#[must_use]
pub fn not_due(regime: &Regime, established_on: Day, year: i32, on: Day) -> Option<FieldFault> {
    let refuse = |zh: &str, en: &str| Some(FieldFault::rule("/year", "report_not_due", zh, en));
    if year < established_on.year() {
        return refuse("企业在该年度尚未成立。", "The enterprise was not established in that year yet.");
    }
    if report_due_on(regime, year).is_none_or(|last| on <= last) {
        return refuse("该年度报告尚未到期。", "The report of that year is not due yet.");
    }
    None
}

/// Whether the report of a year is there on a day, said by the enterprise itself or by an authority.
#[must_use]
pub fn reported(facts: &[Fact], year: i32, on: Day) -> bool {
    facts.iter().any(|fact| reports(fact, Some(year)) && fact.dated() <= on)
}

/// What the authority found for a removal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// When the duties of the penalty were performed.
    pub duties_performed_on: Option<Day>,
    /// When harm and effects were removed.
    pub harm_removed_on: Option<Day>,
    /// When what was missing or false was put right.
    pub corrected_on: Option<Day>,
}

/// The conditions of an early removal from the list of serious violations (domain-updates B3, domain.md 3.4).
#[must_use]
pub fn early_removal(
    regime: &Regime,
    published_on: Day,
    named: &[String],
    facts: &[Fact],
    found: Findings,
    on: Day,
    calendar: &Calendar,
) -> Vec<Condition> {
    let due = regime.early.as_ref().and_then(|early| early.period.due(published_on, calendar).due_on);
    let free = due.and_then(|due| due.succ_opt());
    let year = FieldFault::rule("/on", "listed_too_short", "列入未满一年。", "It has not stood on the list for a year.");
    let duties = FieldFault::rule(
        "/duties_performed_on",
        "duties_not_performed",
        "处罚义务未履行完毕。",
        "The duties of the penalty are not performed.",
    );
    let harm = FieldFault::rule("/harm_removed_on", "harm_not_removed", "危害后果和不良影响未消除。", "Harm and effects are not removed.");
    let by = |day: Option<Day>| day.is_some_and(|day| day <= on);
    vec![
        Condition::of(free.is_some_and(|free| free <= on), year).from(free),
        Condition::of(by(found.duties_performed_on), duties).from(found.duties_performed_on),
        Condition::of(by(found.harm_removed_on), harm).from(found.harm_removed_on),
        no_further_penalty(regime, published_on, named, facts, on),
        no_ban(facts, on),
    ]
}

fn no_further_penalty(regime: &Regime, published_on: Day, named: &[String], facts: &[Fact], on: Day) -> Condition {
    let fault =
        FieldFault::rule("/on", "further_heavier_penalty", "列入后又受到较重行政处罚。", "A further heavier penalty was imposed since.");
    let further = |fact: &&Fact| {
        let is_heavier = regime.heavier.as_ref().is_some_and(|heavier| is_heavier(heavier, fact));
        is_heavier && fact.dated() >= published_on && fact.dated() <= on && !named.contains(&fact.id)
    };
    let found: Vec<&Fact> = facts.iter().filter(further).collect();
    Condition::of(found.is_empty(), fault).because(found)
}

/// No restriction runs: neither a penalty's own nor a ban from procurement. The first free day is the day after the last of them.
#[must_use]
pub fn no_ban(facts: &[Fact], on: Day) -> Condition {
    let fault = FieldFault::rule("/on", "ban_running", "限制期尚未届满。", "A restriction still runs.");
    let running: Vec<(&Fact, Option<Day>)> = counting(facts, on).into_iter().filter_map(|fact| ban(fact, on)).collect();
    let last = running.iter().map(|(_, last)| *last).try_fold(on, |day, last| last.map(|last| day.max(last)));
    let free = last.and_then(|last| last.succ_opt());
    Condition::of(running.is_empty(), fault).from(free).because(running.into_iter().map(|(fact, _)| fact))
}

/// The facts that count on a day: not those that are stayed, masked, repaired or no longer public.
fn counting(facts: &[Fact], on: Day) -> Vec<&Fact> {
    let all: Vec<&Fact> = facts.iter().collect();
    facts.iter().filter(|fact| !is_hidden(fact, &all, on)).collect()
}

/// A restriction that runs on a day, and its last day where it has one.
fn ban(fact: &Fact, on: Day) -> Option<(&Fact, Option<Day>)> {
    match &fact.detail {
        Detail::Penalty(penalty) => penalty.ban_until.filter(|last| fact.valid_from <= on && on <= *last).map(|last| (fact, Some(last))),
        Detail::ProcurementBan(_) if fact.holds_on(on) => Some((fact, fact.valid_to)),
        _ => None,
    }
}

/// The last days of the restrictions known on a day, for the length of a stay.
#[must_use]
pub fn bans(facts: &[Fact], on: Day) -> Vec<Day> {
    counting(facts, on).into_iter().filter_map(|fact| ban(fact, on)).filter_map(|(_, last)| last).collect()
}

/// The day on which the ground of a listing for abnormal operation went, as far as the file tells it (domain-updates B5).
#[must_use]
pub fn ground_gone(ground: &Ground, year: Option<i32>, facts: &[Fact], found: Findings) -> Option<Day> {
    match ground.leaves_when {
        Leaves::None => None,
        Leaves::Stated => found.corrected_on,
        Leaves::AnnualReport => facts.iter().filter(|fact| reports(fact, year)).map(Fact::dated).min(),
    }
}

fn reports(fact: &Fact, year: Option<i32>) -> bool {
    matches!(&fact.detail, Detail::AnnualReport(report) if Some(report.year) == year)
}

/// The condition of a removal because the ground went.
#[must_use]
pub fn ground_removal(ground: &Ground, year: Option<i32>, facts: &[Fact], found: Findings, on: Day) -> Vec<Condition> {
    let gone = ground_gone(ground, year, facts, found);
    let fault = match ground.leaves_when {
        Leaves::AnnualReport => FieldFault::rule(
            "/on",
            "annual_report_missing",
            "该年度的年度报告仍未公示。",
            "The annual report of that year is still missing.",
        ),
        Leaves::Stated | Leaves::None => {
            FieldFault::rule("/corrected_on", "not_corrected", "须写明改正或者恢复联系之日。", "State the day on which it was put right.")
        }
    };
    vec![Condition::of(gone.is_some_and(|day| day <= on), fault).from(gone)]
}

/// What the register and the score say of an enterprise on a day.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// When it was established.
    pub established_on: Day,
    /// Its registration status.
    pub status: EnterpriseStatus,
    /// Its grade.
    pub grade: Grade,
}

/// The conditions of entry of the trustworthy list.
#[must_use]
pub fn entry(entry: &Entry, candidate: Candidate, facts: &[Fact], on: Day) -> Vec<Condition> {
    let least = entry.least_grade;
    let grade = FieldFault::new(
        "/enterprise",
        "grade_too_low",
        Text::new(
            format!("等级为 {}，须不低于 {}。", candidate.grade.as_str(), least.as_str()),
            format!("The grade is {}, and must be at least {}.", candidate.grade.as_str(), least.as_str()),
        ),
    );
    // As the score counts it: from the earlier of establishment and the first fact with weight.
    let since = facts.iter().filter(|fact| !fact.self_declared).map(|fact| fact.valid_from.max(fact.dated())).min();
    let full =
        months_after(since.map_or(candidate.established_on, |first| first.min(candidate.established_on)), entry.data_months).succ_opt();
    let months = entry.data_months;
    let data = FieldFault::new(
        "/enterprise",
        "data_too_short",
        Text::new(format!("数据未满 {months} 个月。"), format!("There are fewer than {months} months of data.")),
    );
    let status = FieldFault::rule("/enterprise", "not_active", "登记状态不是存续。", "It is not active in the register.");
    vec![
        Condition::of(at_least(candidate.grade, least), FieldFault { shape: false, ..grade }),
        Condition::of(full.is_some_and(|full| full <= on), FieldFault { shape: false, ..data }).from(full),
        Condition::of(entry.statuses.contains(&candidate.status), status),
        no_adverse(entry, facts, on),
    ]
}

fn at_least(grade: Grade, least: Grade) -> bool {
    grade.rank().zip(least.rank()).is_some_and(|(grade, least)| grade >= least)
}

/// No adverse fact in force; a new one ends a listing as trustworthy.
#[must_use]
pub fn no_adverse(entry: &Entry, facts: &[Fact], on: Day) -> Condition {
    let fault = FieldFault::rule("/enterprise", "adverse_fact", "存在有效的不良记录。", "An adverse fact is in force.");
    let found: Vec<(&Fact, Option<Day>)> =
        counting(facts, on).into_iter().filter_map(|fact| adverse_until(entry, fact, facts, on).map(|last| (fact, last))).collect();
    let last = found.iter().try_fold(on, |day, (_, last)| last.map(|last| day.max(last)));
    let free = last.and_then(|last| last.succ_opt());
    Condition::of(found.is_empty(), fault).from(free).because(found.into_iter().map(|(fact, _)| fact))
}

/// The last day on which a fact that is adverse on a day will be; `Some(None)` where it is open.
fn adverse_until(entry: &Entry, fact: &Fact, facts: &[Fact], on: Day) -> Option<Option<Day>> {
    let row = entry.adverse.iter().find(|adverse| adverse.select.matches(fact))?;
    let window = row.months.map(|months| months_after(fact.dated(), months));
    let all: Vec<&Fact> = facts.iter().collect();
    let shown = hidden(fact, &all).into_iter().map(|(first, _)| first).filter(|first| *first > on).min().and_then(|first| first.pred_opt());
    let last = [fact.valid_to, window, shown].into_iter().flatten().min();
    // From the decision on: a ban that begins next month speaks against an enterprise today.
    let in_force = !fact.self_declared && fact.dated() <= on && last.is_none_or(|last| on <= last);
    in_force.then_some(last)
}

/// The same-numbered day so many months later, or the month's last day (Civil Code 202).
fn months_after(day: Day, months: u32) -> Day {
    day.checked_add_months(Months::new(months)).unwrap_or(Day::MAX)
}
