//! Model versions on HTTP: list, draft, change, read, publish. Not here: what a model must be like, `model_check`; the shadow run, `shadow`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get, post, put,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Code, Error, Problems, Result},
    http::{
        json::Body,
        once,
        precondition::{ETag, require_if_match},
    },
    token::{Caller, Role},
};
use model::{
    fault::FieldFault,
    instant::{Day, Instant},
    text::Text,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    actions::{self, refused},
    rules::{Refusal, State},
    store::{self, Stored},
};
use crate::{Credit, model_book::rules::Book, model_check::rules::validate, scoring_model::rules::ScoringModel};

/// A version of the scoring model.
#[derive(Serialize, ToSchema)]
pub struct ModelView {
    #[schema(example = "quality-credit")]
    id: String,
    version: u32,
    /// `draft` or `published`.
    state: &'static str,
    /// The first day on which it is in force, once published.
    #[schema(value_type = String, format = Date)]
    effective_from: Day,
    /// The last day, as far as later versions are published; a day before `effective_from` means that it was replaced before it began.
    #[schema(value_type = Option<String>, format = Date)]
    effective_to: Option<Day>,
    /// When it was published; `null` for a draft and for the version that came with the platform.
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Instant>,
    /// The ETag of a version; it rises with every change.
    revision: i64,
    /// Indicators, points, decay tables, caps and vetoes.
    model: ScoringModel,
}

fn show(stored: &Stored, book: &Book) -> ModelView {
    let (id, version, from) = (&stored.model.id, stored.model.version, stored.model.effective_from);
    let windows = book.windows(Instant::from_micros(i64::MAX));
    let place = windows.iter().position(|window| window.model.version == version && window.model.id == *id);
    let effective_to = match (stored.state, place) {
        (State::Draft, _) => None,
        (State::Published, None) => from.pred_opt(),
        (State::Published, Some(place)) => windows.get(place.saturating_add(1)).and_then(|next| next.from.pred_opt()),
    };
    ModelView {
        id: id.clone(),
        version,
        state: stored.state.as_str(),
        effective_from: from,
        effective_to,
        published_at: stored.published_at,
        revision: stored.revision,
        model: stored.model.clone(),
    }
}

/// A published version as it stands in the book.
fn published((model, published_at): (Arc<ScoringModel>, Option<Instant>)) -> Stored {
    Stored { model: model.as_ref().clone(), state: State::Published, revision: 0, published_at }
}

fn render(status: u16, stored: &Stored, book: &Book) -> Result<Answer> {
    let body = serde_json::to_string(&show(stored, book)).map_err(Error::internal)?;
    let location = format!("/credit/v1/models/{}/versions/{}", stored.model.id, stored.model.version);
    Ok(Answer { status, etag: Some(ETag(stored.revision).to_string()), location: (status == 201).then_some(location), body })
}

/// The versions of the scoring model.
#[derive(Serialize, ToSchema)]
pub struct ModelPage {
    items: Vec<ModelView>,
    next_cursor: Option<String>,
}

/// List the versions of the scoring model as data; drafts are shown to authorities.
#[utoipa::path(responses((status = OK, body = ModelPage, description = "The versions, in order."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/models")]
pub(crate) async fn list_models(app: Data<Credit>, db: Data<Db>, caller: Caller) -> Result<HttpResponse> {
    let with_drafts = caller.role() == Role::Authority;
    let items = db.read(move |conn| {
        let book = app.models.here(conn)?;
        let mut all: Vec<Stored> = book.all().into_iter().map(published).collect();
        if with_drafts {
            all.extend(store::drafts(conn, book.id())?);
        }
        all.sort_by_key(|stored| stored.model.version);
        Ok(all.iter().map(|stored| show(stored, &book)).collect())
    });
    Ok(HttpResponse::Ok().json(ModelPage { items: items.await?, next_cursor: None }))
}

/// The model and version of a path.
///
/// # Errors
/// `version_invalid`.
pub fn place((id, version): (String, String)) -> Result<(String, u32)> {
    let version = version.parse::<u32>().ok().filter(|version| *version > 0 && i32::try_from(*version).is_ok());
    let fault = || FieldFault::rule("{version}", "version_invalid", "版本应为正整数。", "A version is a positive whole number.");
    Ok((id, version.ok_or_else(|| Error::invalid(vec![fault()]))?))
}

/// The public grade binds everybody, so only an authority makes a model.
///
/// # Errors
/// `not_your_organisation`.
pub fn authority(caller: &Caller) -> Result<()> {
    if caller.role() == Role::Authority {
        return Ok(());
    }
    let detail = Text::new("只有主管部门可以制定评分模型。", "Only an authority makes scoring models.");
    Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail))
}

/// A sound model of the id (and version) in the path.
fn sound(app: &Credit, db: &Db, model: &ScoringModel, id: &str, version: Option<u32>) -> Result<()> {
    let known = db.read_here(|conn| app.models.here(conn))?;
    if known.id() != id {
        return Err(Error::not_found("model", id));
    }
    let mut faults = validate(model);
    if model.id != id {
        faults.push(FieldFault::rule("/id", "model_differs", "与路径中的模型不符。", "The path names another model."));
    }
    if version.is_some_and(|version| version != model.version) || i32::try_from(model.version).is_err() {
        faults.push(FieldFault::rule("/version", "model_differs", "与路径中的版本不符。", "The path names another version."));
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

/// Store the next version of a model as a draft; a model that is not sound is refused with every fault and its place.
#[utoipa::path(
    request_body = ScoringModel,
    params(
        ("id" = String, Path, description = "The name of the model.", example = "quality-credit"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again."),
    ),
    responses((status = CREATED, body = ModelView, description = "The draft."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/models/{id}/versions")]
pub(crate) async fn create_model(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<ScoringModel>,
) -> Result<HttpResponse> {
    authority(&caller)?;
    let key = once::key(&req, &caller, &body.sha256)?;
    sound(&app, &db, &body, &path, None)?;
    let (inner, model, by) = (Arc::clone(&app), body.into_inner(), caller.client().to_owned());
    let answer = db.write_once(key, move |tx| {
        let stored = actions::draft(tx, &inner, &model, &by)?;
        render(201, &stored, inner.models.here(tx.conn)?.as_ref())
    });
    Ok(once::respond(&answer.await?))
}

/// Change a draft: the whole model takes the place of the one before.
#[utoipa::path(
    request_body = ScoringModel,
    params(
        ("id" = String, Path, description = "The name of the model.", example = "quality-credit"),
        ("version" = u32, Path, description = "Its version.", example = 2),
        ("If-Match" = String, Header, description = "The ETag that was read."),
    ),
    responses((status = OK, body = ModelView, description = "The draft."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[put("/models/{id}/versions/{version}")]
pub(crate) async fn update_model(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
    body: Body<ScoringModel>,
) -> Result<HttpResponse> {
    authority(&caller)?;
    let (id, version) = place(path.into_inner())?;
    let revision = require_if_match(&req)?;
    sound(&app, &db, &body, &id, Some(version))?;
    let (inner, model, by) = (Arc::clone(&app), body.into_inner(), caller.client().to_owned());
    let answer = db.write(move |tx| {
        let stored = actions::change(tx, &inner, &model, revision, &by)?;
        render(200, &stored, inner.models.here(tx.conn)?.as_ref())
    });
    Ok(once::respond(&answer.await?))
}

/// Read a version of a model; drafts are shown to authorities.
#[utoipa::path(
    params(("id" = String, Path, description = "The name of the model.", example = "quality-credit"), ("version" = u32, Path, description = "Its version.", example = 1)),
    responses((status = OK, body = ModelView, description = "The version."), Problems),
    security(("oauth2" = ["credit:read"]))
)]
#[get("/models/{id}/versions/{version}")]
pub(crate) async fn read_model(app: Data<Credit>, db: Data<Db>, caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse> {
    let (id, version) = place(path.into_inner())?;
    let with_drafts = caller.role() == Role::Authority;
    let answer = db.read(move |conn| {
        let book = app.models.here(conn)?;
        let stored = match store::find(conn, &id, version)? {
            Some(stored) => Some(stored).filter(|stored| with_drafts || stored.state == State::Published),
            None => book.all().into_iter().find(|(model, _)| model.id == id && model.version == version).map(published),
        };
        render(200, &stored.ok_or_else(|| refused(Refusal::Missing, &id, version))?, &book)
    });
    Ok(once::respond(&answer.await?))
}

/// Publish a draft: it is in force from its day on and never changes; everyone is scored again.
#[utoipa::path(
    params(
        ("id" = String, Path, description = "The name of the model.", example = "quality-credit"),
        ("version" = u32, Path, description = "Its version.", example = 2),
        ("If-Match" = String, Header, description = "The ETag that was read."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the first answer again."),
    ),
    responses((status = OK, body = ModelView, description = "The version."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/models/{id}/versions/{version}/publish")]
pub(crate) async fn publish_model(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse> {
    authority(&caller)?;
    let (id, version) = place(path.into_inner())?;
    let revision = require_if_match(&req)?;
    let key = once::key(&req, &caller, &[0; 32])?;
    let (inner, by) = (Arc::clone(&app), caller.client().to_owned());
    let answer = db.write_once(key, move |tx| {
        let stored = actions::publish(tx, &inner, &id, version, revision, &by)?;
        render(200, &stored, inner.models.here(tx.conn)?.as_ref())
    });
    let answer = answer.await?;
    app.models.refresh(&db).await?;
    app.long_work.notify_waiters();
    Ok(once::respond(&answer))
}
