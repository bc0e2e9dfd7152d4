//! Recording the rows of a list: one bad row never fails the others. Not here: reading them, `rules.rs` and `published_list`.

use common::{
    db::{Db, Tx},
    error::{Error, Result},
};

use model::standard_no::StandardNo;

use super::rules::{Row, RowFault, beside, fault};
use crate::edition::{
    actions::{self, Outcome},
    rules::{Degree, Relation, RelationKind},
    store::{self, Stored},
};

/// Rows in one transaction.
pub const CHUNK: usize = 200;

/// What became of a row.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The edition as it stands now.
    pub stored: Stored,
    /// What became of it.
    pub outcome: Outcome,
    /// What was kept against the row, and relations that would have gone in a circle.
    pub faults: Vec<RowFault>,
}

fn take(tx: &mut Tx<'_>, row: &Row, by: &str) -> Result<Taken> {
    let (row, mut faults) = single(row)?;
    let number = row.entry.number.to_string();
    let (entry, kept) = match store::by_number(tx.conn, &number)? {
        Some(stands) => beside(&stands.entry, &row),
        None => (row.entry.clone(), Vec::new()),
    };
    faults.extend(kept);
    let (stored, mut outcome) = actions::record(tx, &entry, by)?;
    let mut is_moved = false;
    if row.is_whole {
        // The row says all: what its source said before and does not say now was a mistake.
        for (kind, to) in store::said_by(tx.conn, &number, &row.entry.source)? {
            if !row.relations.iter().any(|one| one.from == number && one.kind == kind && one.to == to) {
                actions::unrelate(tx, (&number, kind, &to), by)?;
                is_moved = true;
            }
        }
    }
    for relation in &row.relations {
        match actions::relate(tx, relation, by) {
            Ok(is_new) => is_moved |= is_new,
            // A list that contradicts itself is told so; the edition stands without that relation.
            Err(error) if error.code() == "relation_circular" => {
                let other = if relation.from == number { &relation.to } else { &relation.from };
                faults.push(fault("relations", "relation_circular", other, "left out"));
            }
            Err(error) => return Err(error),
        }
    }
    if is_moved && outcome == Outcome::Unchanged {
        outcome = Outcome::Replaced;
    }
    let stored = store::find(tx.conn, &stored.id)?.unwrap_or(stored);
    Ok(Taken { stored, outcome, faults })
}

/// A row whose number is double (`GB/T 19001-2016/ISO 9001:2015`) names its own edition, and says that it is an identical adoption (GB/T 20000.2).
fn single(row: &Row) -> Result<(Row, Vec<RowFault>)> {
    let Some(adopted) = row.entry.number.adopts() else { return Ok((row.clone(), Vec::new())) };
    let mut single = row.clone();
    single.entry.number = StandardNo::parse(row.entry.number.own())?;
    let number = single.entry.number.to_string();
    for relation in &mut single.relations {
        if relation.from == row.entry.number.as_str() {
            relation.from.clone_from(&number);
        }
    }
    let (to, source) = (adopted.to_string(), row.entry.source.clone());
    if !single.relations.iter().any(|one| one.kind == RelationKind::Adopts && one.to == to) {
        single.relations.push(Relation { from: number, kind: RelationKind::Adopts, to, degree: Some(Degree::Idt), source, note: None });
    }
    Ok((single, vec![fault("number", "double_number", row.entry.number.as_str(), "its own number, an identical adoption")]))
}

/// Records rows, each for itself.
///
/// # Errors
/// When the database fails; what is wrong with one row is that row's own.
pub async fn record(db: &Db, rows: Vec<Row>, by: &str) -> Result<Vec<Result<Taken>>> {
    let mut results = Vec::with_capacity(rows.len());
    let mut rows = rows;
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(CHUNK));
        let (chunk, by) = (std::mem::replace(&mut rows, rest), by.to_owned());
        results.extend(db.write(move |tx| tx.each(&chunk, |tx, row| take(tx, row, &by))).await?);
    }
    Ok(results)
}

/// Keeps the report of an import; gives its id.
///
/// # Errors
/// When the database fails.
pub async fn report(db: &Db, body: serde_json::Value, by: &str) -> Result<String> {
    let by = by.to_owned();
    db.write(move |tx| {
        let id = tx.id("imp");
        let mut body = body.clone();
        if let serde_json::Value::Object(members) = &mut body {
            members.insert("id".to_owned(), id.clone().into());
            members.insert("recorded_at".to_owned(), serde_json::to_value(tx.now()).map_err(Error::internal)?);
        }
        super::store::insert(tx, &id, &by, &body.to_string())?;
        Ok(id)
    })
    .await
}
