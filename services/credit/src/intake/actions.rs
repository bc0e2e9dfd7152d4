//! Rows in chunks: each chunk is one closure of the write lane, each row a savepoint of its own. Not here: reading the rows, `http.rs`.

use std::{collections::BTreeSet, sync::Arc};

use common::{
    db::{Answer, Db},
    error::{Error, Result},
};

use crate::{
    Credit,
    draft::rules::Draft,
    enterprise::{
        self,
        actions::{Expectation, Recorded},
        rules::Enterprise,
    },
    fact::{self, actions::Actor},
};

/// At most so many rows in one closure: the lane must stay free for others.
pub const CHUNK: usize = 200;

/// How a row of an import ended.
pub type RowOutcome = std::result::Result<Recorded, Error>;

/// Records a chunk of enterprises; the source is authoritative, so no version is asked for.
///
/// # Errors
/// Only when the database fails: a bad row is an outcome.
pub async fn record_enterprises(app: &Arc<Credit>, db: &Db, rows: Vec<Enterprise>, by: String) -> Result<Vec<RowOutcome>> {
    let app = Arc::clone(app);
    db.write(move |tx| {
        let mut outcomes = Vec::with_capacity(rows.len());
        for row in &rows {
            let outcome = tx.nested(|inner| enterprise::actions::record(inner, &app.models, row, &Expectation::Any, &by));
            outcomes.push(passable(outcome.map(|(recorded, _version)| recorded))?);
        }
        Ok(outcomes)
    })
    .await
}

/// Records a chunk of facts.
///
/// # Errors
/// Only when the database fails: a refused fact is an outcome.
pub async fn record_facts(app: &Arc<Credit>, db: &Db, drafts: Vec<Draft>, actor: Actor) -> Result<Vec<std::result::Result<Answer, Error>>> {
    let app = Arc::clone(app);
    db.write(move |tx| {
        let (mut outcomes, mut touched) = (Vec::with_capacity(drafts.len()), BTreeSet::new());
        for draft in &drafts {
            let outcome = passable(tx.nested(|inner| fact::http::record(inner, &app, draft, &actor)))?;
            if outcome.as_ref().is_ok_and(|answer| answer.status == 201) {
                touched.insert(draft.enterprise.clone());
            }
            outcomes.push(outcome);
        }
        // Once per enterprise and chunk: the timeline is worked out from all its facts.
        for enterprise in touched {
            fact::actions::refresh(tx, &app, &enterprise, &actor)?;
        }
        Ok(outcomes)
    })
    .await
}

/// A refusal belongs to its row; a failure of the database to the whole chunk.
fn passable<T>(outcome: Result<T>) -> Result<std::result::Result<T, Error>> {
    match outcome {
        Err(error) if error.is_retryable() || error.status() >= 500 => Err(error),
        other => Ok(other),
    }
}
