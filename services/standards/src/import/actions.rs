//! Recording the rows of a list: one bad row never fails the others. Not here: reading them, `rules.rs` and `published_list`.

use common::{
    db::{Db, Tx},
    error::{Error, Result},
};

use super::rules::Row;
use crate::edition::{
    actions::{self, Outcome},
    store::Stored,
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
    /// The relations that would have gone in a circle, by the number at their other end.
    pub circular: Vec<String>,
}

fn take(tx: &mut Tx<'_>, row: &Row, by: &str) -> Result<Taken> {
    let (mut stored, mut outcome) = actions::record(tx, &row.entry, by)?;
    let mut circular = Vec::new();
    for relation in &row.relations {
        match actions::relate(tx, relation, by) {
            Ok(true) if outcome == Outcome::Unchanged => outcome = Outcome::Replaced,
            Ok(_) => {}
            // A list that contradicts itself is told so; the edition stands without that relation.
            Err(error) if error.code() == "relation_circular" => {
                let number = stored.entry.number.as_str();
                circular.push(if relation.from == number { relation.to.clone() } else { relation.from.clone() });
            }
            Err(error) => return Err(error),
        }
    }
    if let Some(now) = crate::edition::store::find(tx.conn, &stored.id)? {
        stored = now;
    }
    Ok(Taken { stored, outcome, circular })
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
