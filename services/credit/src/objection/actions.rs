//! Use cases of objections: file, decide, withdraw; the mark on the fact and its correction in the same transaction. Not here: states, `rules.rs`.

use common::{
    db::Tx,
    error::{Code, Error, Result},
};
use contracts::credit::{Mark, MarkKind};
use model::{fault::FieldFault, instant::Day, text::Text};
use serde_json::json;

use super::rules::{Objection, ObjectionEntry, ObjectionGround, Refusal, State, deadlines};
use crate::{
    Credit,
    draft::rules::Draft,
    fact::{self, actions::Actor},
    listing, mark,
    proceeding::{
        actions::{contested, current, resumed},
        store::{self, Stored},
    },
};

/// An objection as it is filed.
#[derive(Clone, Debug)]
pub struct Filing {
    /// The fact.
    pub fact: String,
    /// Why.
    pub ground: ObjectionGround,
    /// In its own words.
    pub statement: String,
    /// On which day.
    pub on: Day,
}

/// How an objection is decided.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The fact stands as it is.
    Dismissed,
    /// The fact should never have stood.
    Annulled,
    /// This fact takes its place.
    Replaced(Box<Draft>),
    /// The enterprise does not pursue it.
    Withdrawn,
}

/// Files an objection; the fact is marked at once.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `illegal_transition` when the fact stands no more, `duplicate` when an objection is open, `date_order`.
pub fn file(tx: &mut Tx<'_>, app: &Credit, filing: &Filing, actor: &Actor) -> Result<Stored<Objection>> {
    let fact = contested(tx, &filing.fact, actor)?;
    if let Some(open) = mark::actions::open(tx, &fact, MarkKind::UnderObjection)?.pop() {
        let detail = Text::new("对该事实的异议尚未处理完毕。", "An objection against this fact is open already.");
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("objection", json!(open.mark.ground)));
    }
    if filing.on < fact.dated() {
        let fault = FieldFault::rule("/on", "date_order", "异议不得早于该事实。", "An objection cannot be older than the fact.");
        return Err(Error::invalid(vec![fault]));
    }
    let id = tx.id("obj");
    let entry = ObjectionEntry {
        state: State::Open,
        on: filing.on,
        recorded_at: tx.now(),
        by: actor.organisation.clone(),
        reasons: filing.statement.clone(),
        corrected_by: None,
    };
    let objection = Objection {
        id: id.clone(),
        fact: filing.fact.clone(),
        enterprise: fact.enterprise.clone(),
        ground: filing.ground,
        statement: filing.statement.clone(),
        state: State::Open,
        deadlines: deadlines(&app.objections, filing.on, &app.calendars.current()),
        history: vec![entry],
    };
    let stored = store::insert(tx.conn, &objection)?;
    let mark = Mark { kind: MarkKind::UnderObjection, from: filing.on, to: None, ground: id };
    mark::actions::set(tx, app, &fact, &mark, actor)?;
    Ok(stored)
}

/// Closes an objection; what was upheld is corrected at once.
///
/// # Errors
/// `not_found`, `etag_mismatch`, `illegal_transition`, `date_order`, and as the correction.
pub fn close(
    tx: &mut Tx<'_>,
    app: &Credit,
    id: &str,
    version: i64,
    step: (&Outcome, &str, Day),
    actor: &Actor,
) -> Result<Stored<Objection>> {
    let (outcome, reasons, on) = step;
    let objection: Objection = resumed(tx, id, version, matches!(outcome, Outcome::Withdrawn).then_some(actor))?;
    let state = match outcome {
        Outcome::Dismissed => State::Dismissed,
        Outcome::Annulled | Outcome::Replaced(_) => State::Upheld,
        Outcome::Withdrawn => State::Withdrawn,
    };
    let entry = ObjectionEntry {
        state,
        on,
        recorded_at: tx.now(),
        by: actor.organisation.clone(),
        reasons: reasons.to_owned(),
        corrected_by: None,
    };
    // The rules first: a refused step touches nothing.
    let mut moved = objection.clone().step(entry).map_err(|refusal| refused(&objection, refusal))?;
    if let Some(stands) = current(tx, &objection.fact)? {
        let last = on.pred_opt().unwrap_or(on);
        mark::actions::close(tx, app, &stands, (MarkKind::UnderObjection, id), last, actor)?;
        let corrected = match outcome {
            Outcome::Annulled => {
                // The fact of a listing goes with its listing.
                if !listing::actions::quash(tx, app, &stands.id, on, reasons, actor)? {
                    fact::actions::annul(tx, app, &stands.id, reasons, actor)?;
                }
                None
            }
            Outcome::Replaced(draft) => Some(fact::actions::supersede(tx, app, &stands.id, draft, reasons, actor)?.fact.id),
            Outcome::Dismissed | Outcome::Withdrawn => None,
        };
        if let Some(last) = moved.history.last_mut() {
            last.corrected_by = corrected;
        }
    }
    store::save(tx.conn, &moved, version)
}

fn refused(objection: &Objection, refusal: Refusal) -> Error {
    match refusal {
        Refusal::NotOpen => {
            let detail = Text::new("该异议已处理完毕。", "This objection is closed.");
            Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(objection.allowed()))
        }
        Refusal::BeforeLastStep => {
            Error::invalid(vec![FieldFault::rule("/on", "date_order", "日期早于上一步。", "The day lies before the step before.")])
        }
    }
}
