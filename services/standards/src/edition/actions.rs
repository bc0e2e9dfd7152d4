//! Recording editions and their relations, and telling how each stands. Not here: where they come from (`import`, `group_standard`).

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
};
use contracts::{event::tell, standards::EditionRecorded};
use model::{instant::Day, normalise::search_key, text::Text};
use serde_json::json;

use crate::credit_report;

use super::{
    rules::{Entry, Relation, RelationKind, SINCE_EVER, Successor, begins, faults, windows},
    store::{self, Stored},
};

/// How far a chain of relations is followed; no real one is near.
const CHAIN_MAX: usize = 1_000;

/// What became of an edition that was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is new.
    Created,
    /// It says something else now.
    Replaced,
    /// It stood so already.
    Unchanged,
}

impl Outcome {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Replaced => "replaced",
            Self::Unchanged => "unchanged",
        }
    }
}

/// There is no such edition.
#[must_use]
pub fn unknown(id: &str) -> Error {
    Error::not_found("edition", id)
}

/// One by its id.
///
/// # Errors
/// `not_found`.
pub fn found(conn: &mut Conn, id: &str) -> Result<Stored> {
    store::find(conn, id)?.ok_or_else(|| unknown(id))
}

/// Records what a source says of an edition, and how it stands to others. The caller tells by [`settle`] what follows for those others.
///
/// # Errors
/// What is wrong with the entry, by its field.
pub fn record(tx: &mut Tx<'_>, entry: &Entry, by: &str) -> Result<(Stored, Outcome)> {
    let bad = faults(entry);
    if !bad.is_empty() {
        return Err(Error::invalid(bad));
    }
    let before = store::by_number(tx.conn, entry.number.as_str())?;
    // The day of the source alone is no change: a list that is read every day would make a version every day.
    let same = |stored: &Stored| Entry { stated_on: stored.entry.stated_on, ..entry.clone() } == stored.entry;
    if let Some(stored) = before.as_ref().filter(|stored| same(stored)) {
        return Ok((stored.clone(), Outcome::Unchanged));
    }
    let outcome = if before.is_some() { Outcome::Replaced } else { Outcome::Created };
    let (id, standard, version) = match before {
        Some(stored) => (stored.id, stored.standard, stored.version.saturating_add(1)),
        None => (tx.id("edn"), store::standard_of(tx, &entry.number)?.id, 1),
    };
    let stored = Stored { id, standard, entry: entry.clone(), windows: standing(tx.conn, entry)?, version, recorded_at: tx.now() };
    put(tx, &stored, by)?;
    // What this one replaces may end with it.
    for number in store::targets(tx.conn, &[entry.number.to_string()], RelationKind::Replaces)? {
        settle(tx, &number, by)?;
    }
    Ok((stored, outcome))
}

/// The windows of an entry, with what is known to replace it.
fn standing(conn: &mut Conn, entry: &Entry) -> Result<super::rules::Windows> {
    let numbers = store::origins(conn, &[entry.number.to_string()], RelationKind::Replaces)?;
    let known = store::by_numbers(conn, &numbers)?;
    let found = |number: &String| known.iter().find(|stored| stored.entry.number.as_str() == number);
    // One that ended before it began never stood in the place of another; a beginning that nobody knows ends nothing.
    let stood = |number: &&String| found(number).is_none_or(|stored| !stored.windows.is_stillborn());
    let begun = |number: &String| found(number).and_then(|stored| begins(&stored.entry)).filter(|day| *day != SINCE_EVER);
    let successors: Vec<Successor> =
        numbers.iter().filter(stood).map(|number| Successor { number: number.clone(), current_from: begun(number) }).collect();
    Ok(windows(entry, &successors))
}

fn put(tx: &mut Tx<'_>, stored: &Stored, by: &str) -> Result<()> {
    let entry = &stored.entry;
    let words = [entry.number.as_str(), &entry.title, entry.title_en.as_deref().unwrap_or_default()];
    let folded: String = words.iter().map(|text| search_key(text)).collect::<Vec<_>>().join(" ");
    store::save(tx, stored, &folded, by)?;
    // Credit is told until when goods may claim to conform to it.
    credit_report::store::look_again(tx.conn, entry.number.as_str(), tx.now())?;
    told(tx, stored, by)
}

/// Tells how an edition stands.
fn told(tx: &mut Tx<'_>, stored: &Stored, by: &str) -> Result<()> {
    let (entry, windows) = (&stored.entry, &stored.windows);
    let number = entry.number.to_string();
    let event = EditionRecorded {
        id: stored.id.clone(),
        standard: entry.number.undated().to_owned(),
        title: entry.title.clone(),
        mandatory: entry.mandatory,
        current_from: windows.current_from,
        superseded_from: windows.superseded_from,
        ended_from: windows.ended_from,
        successors: windows.successors.clone(),
        stricter_than: store::targets(tx.conn, std::slice::from_ref(&number), RelationKind::StricterThan)?,
        number,
    };
    tell(tx, &event, by).map(|_position| ())
}

/// Works the windows of an edition out again after something beside it changed, and tells it where they did.
///
/// # Errors
/// When the database fails.
pub fn settle(tx: &mut Tx<'_>, number: &str, by: &str) -> Result<()> {
    let Some(stored) = store::by_number(tx.conn, number)? else { return Ok(()) };
    let windows = standing(tx.conn, &stored.entry)?;
    if windows == stored.windows {
        return Ok(());
    }
    let version = stored.version.saturating_add(1);
    put(tx, &Stored { windows, version, recorded_at: tx.now(), ..stored }, by)
}

/// Records how one edition stands to another, and what follows for both.
///
/// # Errors
/// `relation_circular` where it would lead back to itself.
pub fn relate(tx: &mut Tx<'_>, new: &Relation, by: &str) -> Result<bool> {
    if new.kind.is_acyclic() && (new.from == new.to || leads_to(tx.conn, &new.to, new.kind, &new.from)?) {
        let zh = format!("{} 与 {} 的关系会形成循环。", new.from, new.to);
        let detail = Text::new(zh, format!("The relation of {} to {} would go in a circle.", new.from, new.to));
        return Err(Error::rule("relation_circular", detail).with_member("kind", json!(new.kind)));
    }
    if !store::relate(tx, new)? {
        return Ok(false);
    }
    match new.kind {
        RelationKind::Replaces => settle(tx, &new.to, by)?,
        RelationKind::StricterThan => retell(tx, &new.from, by)?,
        _ => {}
    }
    Ok(true)
}

/// Takes a relation back.
///
/// # Errors
/// When the database fails.
pub fn unrelate(tx: &mut Tx<'_>, (from, kind, to): (&str, RelationKind, &str), by: &str) -> Result<()> {
    if store::unrelate(tx.conn, from, kind, to)? {
        match kind {
            RelationKind::Replaces => settle(tx, to, by)?,
            RelationKind::StricterThan => retell(tx, from, by)?,
            _ => {}
        }
    }
    Ok(())
}

fn retell(tx: &mut Tx<'_>, number: &str, by: &str) -> Result<()> {
    match store::by_number(tx.conn, number)? {
        Some(stored) => told(tx, &stored, by),
        None => Ok(()),
    }
}

/// Whether a chain of one kind of relation leads from a number to another.
fn leads_to(conn: &mut Conn, from: &str, kind: RelationKind, to: &str) -> Result<bool> {
    let (mut seen, mut last) = (vec![from.to_owned()], vec![from.to_owned()]);
    while !last.is_empty() && seen.len() < CHAIN_MAX {
        let next = store::targets(conn, &last, kind)?;
        last = next.into_iter().filter(|number| !seen.contains(number)).collect();
        if last.iter().any(|number| number == to) {
            return Ok(true);
        }
        seen.extend(last.iter().cloned());
    }
    Ok(false)
}

/// The edition of a standard that holds on a day: of two in a transition the newer one; where none holds, none.
#[must_use]
pub fn holding(editions: &[Stored], day: Day) -> Option<&Stored> {
    let holds = editions.iter().filter(|stored| stored.windows.status_on(day).holds() && stored.entry.number.amendments().is_empty());
    holds.max_by_key(|stored| (stored.windows.current_from, stored.entry.number.year()))
}

/// 409 for an edition that is there already, with its id.
#[must_use]
pub fn taken(stored: &Stored) -> Error {
    let detail = Text::new(format!("标准编号 {} 已存在。", stored.entry.number), format!("{} is registered already.", stored.entry.number));
    Error::conflict(Code::DUPLICATE, detail).with_member("edition", json!(stored.id))
}
