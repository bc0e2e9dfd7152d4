//! Use cases of repairs: apply, move, and what a decision does to the fact, all in one transaction. Not here: states, `rules.rs`; conditions, `eligibility`.

use common::{
    db::Tx,
    error::{Code, Error, Result},
};
use contracts::credit::{Fact, FactKind, Mark, MarkKind};
use model::{fault::FieldFault, instant::Day, text::Text};
use serde_json::json;

use super::rules::{Refusal, Repair, RepairEntry, State, due};
use crate::{
    Credit,
    draft::rules::Draft,
    eligibility::{
        actions::{Asked, check, regime, verified},
        rules::{Basis, ConditionCode},
    },
    fact::{self, actions::Actor, rules::Dates},
    listing, mark,
    proceeding::{
        actions::{contested, current, resumed},
        store::{self, Stored},
    },
};

/// An application as it is made.
#[derive(Clone, Debug)]
pub struct Application {
    /// The fact.
    pub fact: String,
    /// On what it rests.
    pub basis: Basis,
    /// The public commitment.
    pub commitment: String,
    /// What the enterprise says.
    pub statement: String,
    /// On which day.
    pub on: Day,
}

/// A step of an application.
#[derive(Clone, Debug)]
pub struct Step {
    /// To which state.
    pub to: State,
    /// On which day.
    pub on: Day,
    /// Why.
    pub reasons: String,
    /// What the authority has verified.
    pub verified: Vec<ConditionCode>,
}

/// Makes an application; refused while a condition that can be computed is not met.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `illegal_transition`, `duplicate`, `not_repairable`, `not_eligible` with every failing condition.
pub fn apply(tx: &mut Tx<'_>, app: &Credit, application: &Application, actor: &Actor) -> Result<Stored<Repair>> {
    let fact = contested(tx, &application.fact, actor)?;
    if let Some(open) = store::open::<Repair>(tx.conn, &application.fact, &State::OPEN.map(State::as_str))? {
        let detail = Text::new("对该事实的修复申请尚未处理完毕。", "An application about this fact is open already.");
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("repair", json!(open.proceeding.id)));
    }
    let row = regime(app, application.on)?;
    let question = Asked { day: application.on, committed: true, verified: &[], basis: application.basis };
    check(tx, row, &fact, &question)?;
    let entry = RepairEntry {
        state: State::Applied,
        on: application.on,
        recorded_at: tx.now(),
        by: actor.organisation.clone(),
        reasons: application.statement.clone(),
        verified: Vec::new(),
    };
    let repair = Repair {
        id: tx.id("rep"),
        fact: application.fact.clone(),
        enterprise: fact.enterprise.clone(),
        basis: application.basis,
        commitment: application.commitment.clone(),
        state: State::Applied,
        deadlines: vec![due("repair_acceptance", row, row.value.accept, application.on, &app.calendars.current())],
        history: vec![entry],
    };
    store::insert(tx.conn, &repair)
}

/// Moves an application on; a grant, a confirmation and a revocation take effect on the fact at once.
///
/// # Errors
/// `not_found`, `etag_mismatch`, `illegal_transition`, `date_order`, `not_eligible`.
pub fn advance(tx: &mut Tx<'_>, app: &Credit, id: &str, version: i64, step: &Step, actor: &Actor) -> Result<Stored<Repair>> {
    let repair: Repair = resumed(tx, id, version, (step.to == State::Withdrawn).then_some(actor))?;
    let entry = RepairEntry {
        state: step.to,
        on: step.on,
        recorded_at: tx.now(),
        by: actor.organisation.clone(),
        reasons: step.reasons.clone(),
        verified: step.verified.clone(),
    };
    let calendar = app.calendars.current();
    let moved = repair.clone().step(entry, app.repairs.at(step.on), &calendar).map_err(|refusal| refused(&repair, refusal))?;
    if let Some(stands) = current(tx, &repair.fact)? {
        take_effect(tx, app, &repair, &stands, step, actor)?;
    }
    store::save(tx.conn, &moved, version)
}

fn take_effect(tx: &mut Tx<'_>, app: &Credit, repair: &Repair, stands: &Fact, step: &Step, actor: &Actor) -> Result<()> {
    let mark = |kind: MarkKind| Mark { kind, from: step.on, to: None, ground: repair.id.clone() };
    let before = step.on.pred_opt().unwrap_or(step.on);
    match (step.to, repair.basis) {
        (State::Granted, basis) => {
            let question = Asked { day: step.on, committed: true, verified: &step.verified, basis };
            verified(tx, regime(app, step.on)?, stands, &question)?;
            match basis {
                Basis::Ordinary if is_listing(stands.kind()) => off_list(tx, app, stands, before, &step.reasons, actor),
                Basis::Ordinary => mark::actions::set(tx, app, stands, &mark(MarkKind::Repaired), actor),
                Basis::Reorganisation => mark::actions::set(tx, app, stands, &mark(MarkKind::Masked), actor),
            }
        }
        (State::Confirmed, _) => {
            mark::actions::close(tx, app, stands, (MarkKind::Masked, &repair.id), before, actor)?;
            mark::actions::set(tx, app, stands, &mark(MarkKind::Repaired), actor)
        }
        (State::Revoked, _) => {
            for kind in [MarkKind::Repaired, MarkKind::Masked] {
                mark::actions::close(tx, app, stands, (kind, &repair.id), before, actor)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

const fn is_listing(kind: FactKind) -> bool {
    matches!(kind, FactKind::SeriousViolationListing | FactKind::AbnormalOperationListing)
}

/// An entry on a list ends with a day: its fact is superseded by the same with an end.
fn off_list(tx: &mut Tx<'_>, app: &Credit, stands: &Fact, last: Day, reason: &str, actor: &Actor) -> Result<()> {
    // A listing of this platform is ended as a case, and its fact with it; one that was recorded by hand is a fact alone.
    if listing::actions::lift(tx, app, &stands.id, last.succ_opt().unwrap_or(last), reason, actor)? {
        return Ok(());
    }
    let external_id = fact::store::find(tx.conn, &stands.id)?.and_then(|stored| stored.external_id);
    let dates = Dates {
        decided_on: stands.decided_on,
        published_on: stands.published_on,
        valid_from: Some(stands.valid_from),
        valid_to: Some(last.max(stands.valid_from)),
    };
    let draft = Draft {
        enterprise: stands.enterprise.clone(),
        external_id,
        detail: stands.detail.clone(),
        source: stands.source.clone(),
        dates,
        valid_from: stands.valid_from,
        degree: stands.degree,
        self_declared: stands.self_declared,
        origin: stands.origin.clone(),
    };
    fact::actions::supersede(tx, app, &stands.id, &draft, reason, actor)?;
    Ok(())
}

fn refused(repair: &Repair, refusal: Refusal) -> Error {
    match refusal {
        Refusal::NotAllowed => {
            let detail = Text::new("当前状态下不能进行这一步。", "This step is not possible in the present state.");
            Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(repair.allowed()))
        }
        Refusal::BeforeLastStep => {
            Error::invalid(vec![FieldFault::rule("/on", "date_order", "日期早于上一步。", "The day lies before the step before.")])
        }
    }
}
