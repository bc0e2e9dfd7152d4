//! Sets and ends marks; each change is told with the whole fact and moves the score in the same transaction. Not here: objections and repairs, which
//! decide when.

use common::{
    db::Tx,
    error::{Code, Error, Result},
};
use contracts::{
    credit::{Fact, FactMarked, Mark, MarkKind},
    event::tell,
};
use model::{fault::FieldFault, instant::Day, text::Text};
use serde_json::json;

use super::store::{self, Kept};
use crate::{
    Credit,
    fact::{self, actions::Actor, store::Stored},
};

/// Marks a fact from a day on; the day must not lie before the fact.
///
/// # Errors
/// When the database fails.
pub fn set(tx: &mut Tx<'_>, app: &Credit, fact: &Fact, mark: &Mark, actor: &Actor) -> Result<()> {
    let (id, now) = (tx.id("mrk"), tx.now());
    store::insert(tx.conn, id, fact, mark, now, &actor.client)?;
    told(tx, app, fact, actor)
}

/// Ends the marks of a kind and ground with a day; they stay readable as they were.
///
/// # Errors
/// When the database fails.
pub fn close(tx: &mut Tx<'_>, app: &Credit, fact: &Fact, (kind, ground): (MarkKind, &str), last: Day, actor: &Actor) -> Result<()> {
    for kept in open(tx, fact, kind)?.into_iter().filter(|kept| kept.mark.ground == ground) {
        let now = tx.now();
        store::end(tx.conn, &kept.id, now)?;
        // A mark that ends before it began never stood.
        if kept.mark.from <= last {
            let id = tx.id("mrk");
            store::insert(tx.conn, id, fact, &Mark { to: Some(last), ..kept.mark }, now, &actor.client)?;
        }
    }
    told(tx, app, fact, actor)
}

/// The open marks of a kind on a fact.
///
/// # Errors
/// When the database fails.
pub fn open(tx: &mut Tx<'_>, fact: &Fact, kind: MarkKind) -> Result<Vec<Kept>> {
    let kept = store::of_facts(tx.conn, std::slice::from_ref(&fact.id), None)?;
    Ok(kept.into_iter().filter(|kept| kept.mark.kind == kind && kept.mark.to.is_none()).collect())
}

/// A correction carries the marks of what it corrects: a slip of the pen put right must not end an objection or a repair.
///
/// # Errors
/// When the database fails.
pub fn carry(tx: &mut Tx<'_>, from: &str, to: &Fact, actor: &Actor) -> Result<()> {
    for kept in store::of_facts(tx.conn, &[from.to_owned()], None)? {
        let (id, now) = (tx.id("mrk"), tx.now());
        store::insert(tx.conn, id, to, &kept.mark, now, &actor.client)?;
    }
    Ok(())
}

/// Makes the marks whose grounds begin with `prefix` these and no others; the rest are left alone, and what stands already is not told again.
///
/// # Errors
/// When the database fails.
pub fn align(tx: &mut Tx<'_>, app: &Credit, fact: &Fact, (prefix, marks): (&str, &[Mark]), actor: &Actor) -> Result<()> {
    let kept = store::of_facts(tx.conn, std::slice::from_ref(&fact.id), None)?;
    let kept: Vec<Kept> = kept.into_iter().filter(|kept| kept.mark.ground.starts_with(prefix)).collect();
    let mut is_changed = false;
    for over in kept.iter().filter(|kept| !marks.contains(&kept.mark)) {
        store::end(tx.conn, &over.id, tx.now())?;
        is_changed = true;
    }
    for mark in marks.iter().filter(|mark| !kept.iter().any(|kept| kept.mark == **mark)) {
        let (id, now) = (tx.id("mrk"), tx.now());
        store::insert(tx.conn, id, fact, mark, now, &actor.client)?;
        is_changed = true;
    }
    if is_changed { told(tx, app, fact, actor) } else { Ok(()) }
}

fn told(tx: &mut Tx<'_>, app: &Credit, fact: &Fact, actor: &Actor) -> Result<()> {
    let stands = fact::store::find(tx.conn, &fact.id)?.ok_or_else(|| Error::not_found("fact", &fact.id))?;
    tell(tx, &FactMarked { fact: stands.fact }, &actor.client)?;
    fact::actions::refresh(tx, app, &fact.enterprise, actor)
}

/// Stays the effect of a fact, or lets it take effect again.
///
/// # Errors
/// As `fact::actions::standing`; `illegal_transition` when it is stayed already, or not; `date_order` when it counts again before it was stayed.
pub fn stay(tx: &mut Tx<'_>, app: &Credit, id: &str, step: &Stay, actor: &Actor) -> Result<Stored> {
    let stands = fact::actions::standing(tx, id, actor)?;
    let stayed = open(tx, &stands.fact, MarkKind::Stayed)?.into_iter().next();
    match (step, stayed) {
        (Stay::Begin { on, ground }, None) => {
            let mark = Mark { kind: MarkKind::Stayed, from: (*on).max(stands.fact.valid_from), to: None, ground: ground.clone() };
            set(tx, app, &stands.fact, &mark, actor)?;
        }
        // A stay that has not begun yet can be called off on any day: nothing that was is changed by that.
        (Stay::End { on }, Some(kept)) if *on < kept.mark.from && kept.mark.from <= tx.now().day() => {
            let fault = FieldFault::rule("/on", "date_order", "不得早于中止执行之日。", "It cannot lie before the day of the stay.");
            return Err(Error::invalid(vec![fault]).with_member("not_before", json!(kept.mark.from)));
        }
        (Stay::End { on }, Some(kept)) => {
            let last = on.pred_opt().unwrap_or(*on);
            close(tx, app, &stands.fact, (MarkKind::Stayed, &kept.mark.ground), last, actor)?;
        }
        (Stay::Begin { .. }, Some(_)) => return Err(not_now("已中止执行。", "It is stayed already.", "resume")),
        (Stay::End { .. }, None) => return Err(not_now("并未中止执行。", "It is not stayed.", "stay")),
    }
    fact::store::find(tx.conn, id)?.ok_or_else(|| Error::not_found("fact", id))
}

/// A step of a stay.
#[derive(Clone, Debug)]
pub enum Stay {
    /// It does not count from this day on.
    Begin {
        /// The day.
        on: Day,
        /// The document that it rests on.
        ground: String,
    },
    /// It counts again from this day on.
    End {
        /// The day.
        on: Day,
    },
}

fn not_now(zh: &str, en: &str, allowed: &str) -> Error {
    Error::conflict(Code::ILLEGAL_TRANSITION, Text::new(zh, en)).with_member("allowed", json!([allowed]))
}
