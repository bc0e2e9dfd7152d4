//! Refuses what cannot be shown: the faults of a proposal, and the conditions of a step with the day from which they are met. Not here: the conditions
//! themselves, `rules.rs`.

use std::collections::BTreeSet;

use common::{
    db::Tx,
    error::{Error, Result},
};
use contracts::credit::{EnterpriseStatus, Fact, ListKind};
use model::{fault::FieldFault, instant::Day, text::Text};
use serde_json::{Value, json};

use super::rules::{self, Candidate, Condition, earliest};
use crate::{
    Credit,
    enterprise::rules::Enterprise,
    evaluation::rules::EnterpriseView,
    listing::{
        actions::{Move, Proposal},
        rules::{Case, RemovalReason},
    },
    listing_policy::rules::{Ground, Leaves, Regime, Step, Test},
    score,
};

/// What the register and the score of a day say of an enterprise, by the model in force.
///
/// # Errors
/// When the database fails.
pub fn candidate(tx: &mut Tx<'_>, app: &Credit, enterprise: &Enterprise, facts: &[Fact], on: Day) -> Result<Candidate> {
    let view = EnterpriseView { established_on: enterprise.established_on, status: enterprise.status };
    let model = app.models.here(tx.conn)?.on(on, tx.now());
    let grade = score::rules::score(&model, view, facts, on).grade;
    Ok(Candidate { established_on: enterprise.established_on, status: enterprise.status, grade })
}

/// Asks of a proposal what its ground must show.
///
/// # Errors
/// Everything that is missing, at once.
pub fn proposal(app: &Credit, regime: &Regime, candidate: Candidate, asked: &Proposal, facts: &[Fact], on: Day) -> Result<()> {
    let Some(ground) = regime.ground(&asked.ground) else {
        let known: Vec<&str> = regime.grounds.iter().map(|ground| ground.code.as_str()).collect();
        let detail = Text::new(
            format!("该名单当日的事由为：{}。", known.join("、")),
            format!("The grounds of this list on that day are: {}.", known.join(", ")),
        );
        return Err(Error::invalid(vec![FieldFault { shape: false, ..FieldFault::new("/ground", "ground_unknown", detail) }]));
    };
    let mut faults = unknown_circumstances(regime, asked);
    let mut named = Vec::new();
    for (place, id) in asked.fact_ids.iter().enumerate() {
        match facts.iter().find(|fact| fact.id == *id) {
            Some(fact) if fact.self_declared => faults.push(FieldFault::rule(
                format!("/fact_ids/{place}"),
                "fact_without_weight",
                "企业自行申报的事实不能作为依据。",
                "What the enterprise says of itself carries no listing.",
            )),
            Some(fact) => named.push(fact),
            None => faults.push(FieldFault::rule(
                format!("/fact_ids/{place}"),
                "fact_not_standing",
                "该企业没有这一事实。",
                "No such fact of this enterprise stands.",
            )),
        }
    }
    faults.extend(year_faults(regime, ground, candidate.established_on, asked, facts, on));
    match ground.test {
        Test::None => {}
        Test::HeavierPenalty => faults.extend(rules::heavier_penalty(regime, &named, &asked.circumstances)),
        Test::AbnormalThreeYears => {
            let clock = app.lists.on(ListKind::AbnormalOperation, on).and_then(|row| row.value.escalates.as_ref());
            faults.extend(rules::abnormal_three_years(facts, clock.map(|clock| clock.period), on, &app.calendars.current()));
        }
        Test::ObjectiveEntry if faults.is_empty() => return must_fit(regime, candidate, facts, on),
        Test::ObjectiveEntry => {}
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

fn unknown_circumstances(regime: &Regime, asked: &Proposal) -> Vec<FieldFault> {
    let known: BTreeSet<&str> = regime.circumstances.iter().map(|one| one.code.as_str()).collect();
    let unknown = asked.circumstances.iter().enumerate().filter(|(_, code)| !known.contains(code.as_str()));
    let fault = |(place, _): (usize, &String)| {
        FieldFault::rule(
            format!("/circumstances/{place}"),
            "unknown_word",
            "没有这一情形。",
            "There is no such circumstance for this list.",
        )
    };
    unknown.map(fault).collect()
}

/// A missing annual report names its year, that year's report is due, and it is not there.
fn year_faults(regime: &Regime, ground: &Ground, established_on: Day, asked: &Proposal, facts: &[Fact], on: Day) -> Vec<FieldFault> {
    match (ground.leaves_when, asked.year) {
        (Leaves::AnnualReport, None) => {
            vec![FieldFault::rule("/year", "year_missing", "须写明缺少年度报告的年度。", "Name the year whose report is missing.")]
        }
        (Leaves::AnnualReport, Some(year)) => {
            let mut faults: Vec<FieldFault> = rules::not_due(regime, established_on, year, on).into_iter().collect();
            if rules::reported(facts, year, on) {
                faults.push(FieldFault::rule("/year", "report_present", "该年度报告已公示。", "The report of that year is there."));
            }
            faults
        }
        (_, Some(_)) => vec![FieldFault::rule("/year", "year_not_asked", "该事由不涉及年度。", "This ground has no year.")],
        (_, None) => Vec::new(),
    }
}

/// Asks of a step what must be shown for it.
///
/// # Errors
/// Every condition that fails, with the day from which it is met.
pub fn step(app: &Credit, regime: &Regime, candidate: Candidate, case: &Case, asked: &Move, facts: &[Fact], on: Day) -> Result<()> {
    match asked.step {
        Step::Decide | Step::Publish if regime.entry.is_some() => must_fit(regime, candidate, facts, on),
        Step::Remove => removal(app, regime, case, asked, facts, on),
        _ => Ok(()),
    }
}

fn removal(app: &Credit, regime: &Regime, case: &Case, asked: &Move, facts: &[Fact], on: Day) -> Result<()> {
    match asked.reason {
        Some(RemovalReason::Early | RemovalReason::GroundGone) => must_hold(
            &removal_conditions(app, regime, case, asked, facts, on),
            on,
            Error::rule("removal_refused", Text::new("尚不符合移出条件。", "The conditions of a removal are not met yet.")),
        ),
        _ => Ok(()),
    }
}

/// The conditions of a removal on a day, met or not.
#[must_use]
pub fn removal_conditions(app: &Credit, regime: &Regime, case: &Case, asked: &Move, facts: &[Fact], on: Day) -> Vec<Condition> {
    match (case.list, regime.ground(&case.ground), case.span) {
        (ListKind::SeriousViolation, _, Some(span)) => {
            rules::early_removal(regime, span.from, &case.fact_ids, facts, asked.found, on, &app.calendars.current())
        }
        (ListKind::AbnormalOperation, Some(ground), _) => rules::ground_removal(ground, case.year, facts, asked.found, on),
        _ => Vec::new(),
    }
}

fn must_fit(regime: &Regime, candidate: Candidate, facts: &[Fact], on: Day) -> Result<()> {
    let Some(entry) = &regime.entry else { return Ok(()) };
    let refusal = Error::rule("entry_refused", Text::new("不符合守信名单的列入条件。", "The conditions of entry are not met."));
    must_hold(&rules::entry(entry, candidate, facts, on), on, refusal)
}

fn must_hold(conditions: &[Condition], on: Day, refusal: Error) -> Result<()> {
    let failed: Vec<FieldFault> = conditions.iter().filter(|one| !one.met).map(|one| one.fault.clone()).collect();
    if failed.is_empty() {
        return Ok(());
    }
    let shown: Vec<Value> = conditions.iter().map(show).collect();
    Err(refusal.with_errors(failed).with_member("conditions", json!(shown)).with_member("earliest", json!(earliest(conditions, on))))
}

/// A condition as it is answered.
#[must_use]
pub fn show(condition: &Condition) -> Value {
    json!({"code": condition.fault.code, "met": condition.met, "earliest": condition.earliest, "fact_ids": condition.fact_ids})
}

/// Why a listing as trustworthy ends on a day, if it does: the registration that no longer goes on, or the adverse facts in force.
#[must_use]
pub fn adverse(app: &Credit, status: EnterpriseStatus, facts: &[Fact], on: Day) -> Option<String> {
    let entry = app.lists.on(ListKind::Trustworthy, on)?.value.entry.as_ref()?;
    if !entry.statuses.contains(&status) {
        return Some("登记状态不再符合条件 / the registration no longer goes on".to_owned());
    }
    let found = rules::no_adverse(entry, facts, on);
    (!found.met).then(|| format!("新的不良记录 / new adverse facts: {}", found.fact_ids.join(", ")))
}
