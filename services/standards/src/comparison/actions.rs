//! Comparing two editions, keeping the result, and judging it again when a clause or a conversion changes. Not here: the verdicts, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
};
use model::{fault::FieldFault, id::Id, instant::Day, standard_no::StandardNo, text::Text};
use serde_json::json;

use super::{
    rules::{Comparison, Overall, Pinned, Report, side_by_side},
    store::{self, Stored},
};
use crate::{
    author::actions::Author,
    clause::{self, actions::speaks_for, rules::ClauseSet},
    edition::{
        self,
        actions::{holding, relate, unrelate},
        rules::{Relation, RelationKind},
    },
    method_conversion,
};

/// What stands as the source of a relation that a comparison found.
const SOURCE: &str = "comparison";

/// An edition with its clauses.
struct Side {
    edition: edition::store::Stored,
    set: ClauseSet,
}

impl Side {
    fn pinned(&self) -> Pinned {
        let (edition, number) = (self.edition.id.clone(), self.edition.entry.number.to_string());
        Pinned { edition, number, version: self.set.version }
    }
}

/// Two editions side by side, with the versions of their clauses.
pub struct Compared {
    /// Our edition.
    pub ours: Pinned,
    /// Theirs.
    pub theirs: Pinned,
    /// What was found.
    pub report: Report,
}

/// The edition that a text names: by its id, its number, or the number without a year for the one in force on the day.
fn named(conn: &mut Conn, text: &str, day: Day) -> Result<Option<edition::store::Stored>> {
    if let Ok(id) = Id::parse("edn", text) {
        return edition::store::find(conn, &id);
    }
    let Ok(number) = StandardNo::parse(text) else { return Ok(None) };
    if let Some(stored) = edition::store::by_number(conn, number.as_str())? {
        return Ok(Some(stored));
    }
    let standard = if number.year().is_none() { edition::store::standard_numbered(conn, number.undated())? } else { None };
    let Some(standard) = standard else { return Ok(None) };
    let editions = edition::store::of_standard(conn, &standard.id)?;
    Ok(holding(&editions, day).cloned())
}

fn side(conn: &mut Conn, (at, text): (&str, &str), day: Day, bad: &mut Vec<FieldFault>) -> Result<Option<Side>> {
    let Some(edition) = named(conn, text, day)? else {
        bad.push(FieldFault::rule(at, "edition_unknown", "没有这个标准版本。", "There is no such edition."));
        return Ok(None);
    };
    let set = clause::store::of_edition(conn, &edition.id)?.filter(|set| !set.clauses.is_empty());
    if set.is_none() {
        bad.push(FieldFault::rule(at, "clauses_missing", "该标准版本没有登记条款。", "No clauses of this edition are recorded."));
    }
    Ok(set.map(|set| Side { edition, set }))
}

fn sides(conn: &mut Conn, (ours, theirs): (&str, &str), day: Day) -> Result<(Side, Side)> {
    let mut bad = Vec::new();
    let (ours, theirs) = (side(conn, ("/ours", ours), day, &mut bad)?, side(conn, ("/theirs", theirs), day, &mut bad)?);
    match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours.edition.id == theirs.edition.id => {
            let fault = FieldFault::rule("/theirs", "edition_same", "两个版本相同。", "Both are the same edition.");
            Err(Error::invalid(vec![fault]))
        }
        (Some(ours), Some(theirs)) => Ok((ours, theirs)),
        _ => Err(Error::invalid(bad)),
    }
}

fn report(conn: &mut Conn, ours: &ClauseSet, theirs: &ClauseSet) -> Result<Report> {
    let mut properties: Vec<String> = ours.clauses.iter().map(|clause| clause.indicator.property.clone()).collect();
    properties.sort_unstable();
    properties.dedup();
    let conversions = method_conversion::store::of_properties(conn, &properties)?;
    Ok(side_by_side(&ours.clauses, &theirs.clauses, &conversions))
}

/// Compares two editions as they stand; nothing is kept.
///
/// # Errors
/// `edition_unknown`, `edition_same`, `clauses_missing`, by the side.
pub fn compare(conn: &mut Conn, named: (&str, &str), day: Day) -> Result<Compared> {
    let (ours, theirs) = sides(conn, named, day)?;
    Ok(Compared { report: report(conn, &ours.set, &theirs.set)?, ours: ours.pinned(), theirs: theirs.pinned() })
}

/// Compares two editions and keeps what was found; ours is said to be stricter where it is.
///
/// # Errors
/// As [`compare`]; `not_your_organisation`, `duplicate`, `relation_circular`.
pub fn record(tx: &mut Tx<'_>, named: (&str, &str), author: &Author) -> Result<Stored> {
    let day = tx.now().day();
    let (ours, theirs) = sides(tx.conn, named, day)?;
    speaks_for(author, &ours.edition.entry)?;
    if let Some(known) = store::between(tx.conn, &ours.edition.id, &theirs.edition.id)? {
        let detail = Text::new("该比对已登记，条款变更时自动重新判定。", "It is recorded already, and judged again when a clause changes.");
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("comparison", json!(known.comparison.id)));
    }
    let report = report(tx.conn, &ours.set, &theirs.set)?;
    let comparison = Comparison { id: tx.id("cmp"), ours: ours.pinned(), theirs: theirs.pinned(), report };
    let stored = Stored { comparison, version: 1, recorded_at: tx.now() };
    store::save(tx, &stored, &author.client)?;
    say(tx, &stored.comparison, &author.client)?;
    Ok(stored)
}

/// Says that ours is stricter, where it is.
fn say(tx: &mut Tx<'_>, found: &Comparison, by: &str) -> Result<()> {
    if found.report.overall != Overall::Stricter {
        return Ok(());
    }
    let (from, to, note) = (found.ours.number.clone(), found.theirs.number.clone(), Some(found.id.clone()));
    let new = Relation { from, kind: RelationKind::StricterThan, to, degree: None, source: SOURCE.to_owned(), note };
    relate(tx, &new, by).map(|_changed| ())
}

/// Takes back what a comparison said before; what another source says stands.
fn take_back(tx: &mut Tx<'_>, found: &Comparison, by: &str) -> Result<()> {
    let (from, to) = (found.ours.number.as_str(), found.theirs.number.as_str());
    let own = |relation: &Relation| {
        relation.kind == RelationKind::StricterThan
            && (relation.from.as_str(), relation.to.as_str()) == (from, to)
            && relation.note.as_ref() == Some(&found.id)
    };
    if edition::store::relations(tx.conn, from)?.iter().any(own) {
        unrelate(tx, (from, RelationKind::StricterThan, to), by)?;
    }
    Ok(())
}

/// Judges every comparison of these editions again after their clauses changed.
///
/// # Errors
/// `relation_circular` where another source says the contrary.
pub fn rejudge(tx: &mut Tx<'_>, editions: &[String], by: &str) -> Result<()> {
    let known = store::of_editions(tx.conn, editions)?;
    again(tx, known, by)
}

/// Judges every comparison of a property again after a conversion of its test methods was recorded.
///
/// # Errors
/// As [`rejudge`].
pub fn rejudge_with(tx: &mut Tx<'_>, property: &str, by: &str) -> Result<()> {
    let known = store::with_property(tx.conn, property)?;
    again(tx, known, by)
}

fn again(tx: &mut Tx<'_>, known: Vec<Stored>, by: &str) -> Result<()> {
    let mut moved = Vec::new();
    for before in known {
        let Comparison { id, mut ours, mut theirs, .. } = before.comparison.clone();
        let (own, other) = (clause::store::of_edition(tx.conn, &ours.edition)?, clause::store::of_edition(tx.conn, &theirs.edition)?);
        let Some((own, other)) = own.zip(other) else { continue };
        (ours.version, theirs.version) = (own.version, other.version);
        let next = Comparison { id, ours, theirs, report: report(tx.conn, &own, &other)? };
        if next != before.comparison {
            let stored = Stored { comparison: next, version: before.version.saturating_add(1), recorded_at: tx.now() };
            store::save(tx, &stored, by)?;
            moved.push(stored.comparison);
        }
    }
    // What holds no more goes first: two that change places would else meet in a circle.
    for next in moved.iter().filter(|next| next.report.overall != Overall::Stricter) {
        take_back(tx, next, by)?;
    }
    moved.iter().try_for_each(|next| say(tx, next, by))
}
