//! Facts in chunks: each chunk is one closure of the write lane, each fact a savepoint of its own. Not here: reading them, `http.rs`.

use std::{collections::BTreeSet, sync::Arc};

use common::{
    db::{Answer, Db, Tx},
    error::{Error, Result},
};

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
    db.write(move |tx| record_in(tx, &app, drafts.iter(), &actor)).await
}

/// The same within a transaction that does more.
///
/// # Errors
/// Only when the database fails: a refused fact is an outcome.
pub fn record_in<'a>(
    tx: &mut Tx<'_>,
    app: &Credit,
    drafts: impl Iterator<Item = &'a Draft>,
    actor: &Actor,
) -> Result<Vec<std::result::Result<Answer, Error>>> {
    let (mut outcomes, mut touched) = (Vec::new(), BTreeSet::new());
    for draft in drafts {
        let outcome = passable(tx.nested(|inner| fact::http::record(inner, app, draft, actor)))?;
        if outcome.as_ref().is_ok_and(|answer| answer.status == 201) {
            touched.insert(draft.enterprise.clone());
        }
        outcomes.push(outcome);
    }
    // Once per enterprise and chunk: the timeline is worked out from all its facts.
    for enterprise in touched {
        fact::actions::refresh(tx, app, &enterprise, actor)?;
    }
    Ok(outcomes)
}

/// A refusal belongs to its row; a failure of the database to the whole chunk.
pub(crate) fn passable<T>(outcome: Result<T>) -> Result<std::result::Result<T, Error>> {
    match outcome {
        Err(error) if error.is_retryable() || error.status() >= 500 => Err(error),
        other => Ok(other),
    }
}
