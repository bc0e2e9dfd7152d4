//! Use cases of model versions: draft, change, publish. Not here: the checks of a model, `model_check`; scoring everyone again, `score_run`.

use common::{
    db::Tx,
    error::{Code, Error, Result},
    http::precondition::mismatch,
};
use model::{fault::FieldFault, text::Text};

use super::{
    rules::{self, Refusal, State},
    store::{self, Stored},
};
use crate::{Credit, score_run, scoring_model::rules::ScoringModel};

/// Stores a draft as the next version.
///
/// # Errors
/// `version_frozen`, `duplicate` or `version_not_next`.
pub fn draft(tx: &mut Tx<'_>, app: &Credit, model: &ScoringModel, by: &str) -> Result<Stored> {
    let shipped = app.models.here(tx.conn)?.version(&model.id, model.version, tx.now()).map(|_| State::Published);
    let stands = store::find(tx.conn, &model.id, model.version)?.map(|stored| stored.state).or(shipped);
    let highest = store::highest(tx.conn, &model.id)?.unwrap_or(1);
    rules::create(stands, model.version, highest).map_err(|refusal| refused(refusal, &model.id, model.version))?;
    store::insert(tx.conn, model, tx.now(), by)?;
    held(tx, &model.id, model.version)
}

/// Puts another model in the place of a draft.
///
/// # Errors
/// `not_found`, `version_frozen`, `etag_mismatch`.
pub fn change(tx: &mut Tx<'_>, app: &Credit, model: &ScoringModel, revision: i64, by: &str) -> Result<Stored> {
    let stored = draft_of(tx, app, &model.id, model.version)?;
    if stored.revision != revision {
        return Err(mismatch(stored.revision));
    }
    store::replace(tx.conn, model, revision.saturating_add(1), tx.now(), by)?;
    held(tx, &model.id, model.version)
}

/// Publishes a draft and begins to score everyone again.
///
/// # Errors
/// `not_found`, `version_frozen`, `etag_mismatch`, `effective_in_past`.
pub fn publish(tx: &mut Tx<'_>, app: &Credit, id: &str, version: u32, revision: i64, by: &str) -> Result<Stored> {
    let stored = draft_of(tx, app, id, version)?;
    if stored.revision != revision {
        return Err(mismatch(stored.revision));
    }
    let decided = rules::publish(Some(stored.state), stored.model.effective_from, tx.now().day());
    decided.map_err(|refusal| refused(refusal, id, version))?;
    store::publish(tx.conn, id, version, revision.saturating_add(1), tx.now(), by)?;
    score_run::actions::begin(tx, &stored.model.reference())?;
    held(tx, id, version)
}

fn held(tx: &mut Tx<'_>, id: &str, version: u32) -> Result<Stored> {
    store::find(tx.conn, id, version)?.ok_or_else(|| refused(Refusal::Missing, id, version))
}

/// A version that may still be changed.
///
/// # Errors
/// `not_found` or `version_frozen`.
pub fn draft_of(tx: &mut Tx<'_>, app: &Credit, id: &str, version: u32) -> Result<Stored> {
    let stored = store::find(tx.conn, id, version)?;
    let shipped = app.models.here(tx.conn)?.version(id, version, tx.now()).map(|_| State::Published);
    let state = stored.as_ref().map(|stored| stored.state).or(shipped);
    rules::change(state).map_err(|refusal| refused(refusal, id, version))?;
    stored.ok_or_else(|| refused(Refusal::Missing, id, version))
}

/// The refusal for people.
#[must_use]
pub fn refused(refusal: Refusal, id: &str, version: u32) -> Error {
    match refusal {
        Refusal::Missing => Error::not_found("model", format!("{id} version {version}")),
        Refusal::Frozen => Error::conflict(
            Code::VERSION_FROZEN,
            Text::new(
                format!("{id} 第 {version} 版已发布，不可更改。"),
                format!("Version {version} of {id} is published and cannot be changed."),
            ),
        ),
        Refusal::Exists => Error::conflict(
            Code::DUPLICATE,
            Text::new(
                format!("{id} 第 {version} 版草案已存在，请以 PUT 更改。"),
                format!("A draft of version {version} of {id} stands already; change it with PUT."),
            ),
        ),
        Refusal::NotNext(next) => Error::invalid(vec![FieldFault::rule(
            "/version",
            "version_not_next",
            format!("下一个版本号为 {next}。"),
            format!("The next version is {next}."),
        )]),
        Refusal::InPast => Error::invalid(vec![FieldFault::rule(
            "/effective_from",
            "effective_in_past",
            "生效日期不得早于发布之日。",
            "It cannot take effect before the day on which it is published.",
        )]),
    }
}
