//! Facts in chunks: each chunk is one closure of the write lane, each fact a savepoint of its own. Not here: reading them, `http.rs`.

use std::{collections::BTreeSet, sync::Arc};

use common::{
    db::{Answer, Db, Tx},
    error::{Error, Result},
};

use model::uscc::Uscc;

use crate::{
    Credit,
    draft::rules::Draft,
    fact::{self, actions::Actor},
};

/// At most so many rows in one closure: the lane must stay free for others.
pub const CHUNK: usize = 200;

/// Records a chunk of facts.
///
/// # Errors
/// Only when the database fails: a refused fact is an outcome.
pub async fn record_facts(app: &Arc<Credit>, db: &Db, drafts: Vec<Draft>, actor: Actor) -> Result<Vec<std::result::Result<Answer, Error>>> {
    let app = Arc::clone(app);
    db.write(move |tx| record_in(tx, &app, &drafts, &actor)).await
}

/// The same within a transaction that does more.
///
/// # Errors
/// Only when the database fails: a refused fact is an outcome.
pub fn record_in(tx: &mut Tx<'_>, app: &Credit, drafts: &[Draft], actor: &Actor) -> Result<Vec<std::result::Result<Answer, Error>>> {
    let outcomes = tx.each(drafts, |inner, draft| fact::http::record(inner, app, draft, actor))?;
    let recorded = outcomes.iter().zip(drafts).filter(|(outcome, _)| outcome.as_ref().is_ok_and(|answer| answer.status == 201));
    let touched: BTreeSet<&Uscc> = recorded.map(|(_, draft)| &draft.enterprise).collect();
    // Once per enterprise and chunk: the timeline is worked out from all its facts.
    for enterprise in touched {
        fact::actions::refresh(tx, app, enterprise, actor)?;
    }
    Ok(outcomes)
}

/// A refusal belongs to its row; a failure of the database to the whole chunk.
pub(crate) fn passable<T>(outcome: Result<T>) -> Result<std::result::Result<T, Error>> {
    match outcome {
        Err(error) if error.is_failure() => Err(error),
        other => Ok(other),
    }
}
