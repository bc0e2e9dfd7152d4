//! Rulesets on HTTP: list, read, validate, draft, publish. Not here: what one must be like, `rules.rs`.

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Code, Error, Problems, Result},
    http::json::Body,
    token::{Caller, Role},
};
use model::{fault::FieldFault, instant::Day, text::Text};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{actions, store};
use crate::{
    Procurement,
    rulebook::actions::Entry,
    self_test::rules::{TestFailure, run_tests},
};

/// A ruleset and its state.
#[derive(Serialize, ToSchema)]
pub struct RulesetView {
    #[schema(example = "government-procurement")]
    id: String,
    version: u32,
    /// `draft` or `published`.
    state: &'static str,
    digest: String,
    #[schema(value_type = String, format = Date)]
    effective_from: Day,
    #[schema(value_type = Option<String>, format = Date)]
    effective_to: Option<Day>,
    /// The document itself.
    #[schema(value_type = Object)]
    ruleset: Value,
}

fn show(entry: &Entry, state: &'static str) -> RulesetView {
    let ruleset = entry.compiled.ruleset();
    RulesetView {
        id: ruleset.id.clone(),
        version: ruleset.version,
        state,
        digest: entry.digest.clone(),
        effective_from: ruleset.effective_from,
        effective_to: ruleset.effective_to,
        ruleset: ruleset.canonical_value().clone(),
    }
}

/// The published rulesets.
#[derive(Serialize, ToSchema)]
pub struct RulesetPage {
    items: Vec<RulesetView>,
    next_cursor: Option<String>,
}

/// List the published rulesets with their versions.
#[utoipa::path(responses((status = OK, body = RulesetPage, description = "The published rulesets."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/rulesets")]
pub(crate) async fn list_rulesets(app: Data<Procurement>) -> Result<HttpResponse> {
    let items = app.rulebook.all().iter().map(|entry| show(entry, "published")).collect();
    Ok(HttpResponse::Ok().json(RulesetPage { items, next_cursor: None }))
}

/// Read a version of a ruleset.
#[utoipa::path(
    params(("id" = String, Path, description = "The name of the ruleset.", example = "government-procurement"), ("version" = u32, Path, description = "Its version.", example = 1)),
    responses((status = OK, body = RulesetView, description = "The ruleset."), Problems),
    security(("oauth2" = ["procurement:read"]))
)]
#[get("/rulesets/{id}/versions/{version}")]
pub(crate) async fn read_ruleset(app: Data<Procurement>, db: Data<Db>, path: Path<(String, String)>) -> Result<HttpResponse> {
    let (id, version) = place(path.into_inner())?;
    if let Ok(entry) = app.rulebook.version(&id, version) {
        return Ok(HttpResponse::Ok().json(show(&entry, "published")));
    }
    let wanted = id.clone();
    let stored = db.read(move |conn| store::find(conn, &wanted, version)).await?;
    let stored = stored.ok_or_else(|| Error::not_found("ruleset", format!("{id} version {version}")))?;
    let entry = Entry::read(&serde_json::from_str(&stored.body).map_err(Error::internal)?)?;
    Ok(HttpResponse::Ok().json(show(&entry, if stored.published { "published" } else { "draft" })))
}

fn place((id, version): (String, String)) -> Result<(String, u32)> {
    let version = version.parse::<u32>().ok().filter(|version| *version > 0 && i32::try_from(*version).is_ok());
    let fault = || FieldFault::rule("{version}", "version_invalid", "版本应为正整数。", "A version is a positive whole number.");
    Ok((id, version.ok_or_else(|| Error::invalid(vec![fault()]))?))
}

/// A ruleset binds every buyer, so only an authority writes one.
fn authority(caller: &Caller) -> Result<()> {
    if caller.role() == Role::Authority {
        return Ok(());
    }
    let detail = Text::new("只有主管部门可以制定规则集。", "Only an authority writes rulesets.");
    Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail))
}

/// How a ruleset did.
#[derive(Serialize, ToSchema)]
pub struct ValidationView {
    /// Whether it could be published.
    valid: bool,
    digest: String,
    /// Its own test cases that came out otherwise.
    failures: Vec<TestFailure>,
}

/// Check a ruleset without storing it: its shape, its criteria, its conditions, its own test cases.
#[utoipa::path(request_body = Object, responses((status = OK, body = ValidationView, description = "Whether it could be published, and which test cases fail."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/rulesets/validate")]
pub(crate) async fn validate_ruleset(body: Body<Value>) -> Result<HttpResponse> {
    let entry = Entry::read(&body)?;
    let failures = run_tests(&entry.compiled);
    Ok(HttpResponse::Ok().json(ValidationView { valid: failures.is_empty(), digest: entry.digest, failures }))
}

/// Store a version of a ruleset as a draft.
#[utoipa::path(request_body = Object, responses((status = CREATED, body = RulesetView, description = "The draft."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/rulesets")]
pub(crate) async fn create_ruleset(app: Data<Procurement>, db: Data<Db>, caller: Caller, body: Body<Value>) -> Result<HttpResponse> {
    authority(&caller)?;
    let entry = Entry::read(&body)?;
    if app.rulebook.version(entry.id(), entry.version()).is_ok() {
        return Err(actions::frozen(entry.id(), entry.version()));
    }
    let (view, by) = (show(&entry, "draft"), caller.client().to_owned());
    db.write(move |tx| actions::draft(tx, &entry, &by)).await?;
    let location = format!("/procurement/v1/rulesets/{}/versions/{}", view.id, view.version);
    Ok(HttpResponse::Created().insert_header(("Location", location)).json(view))
}

/// Publish a draft whose own test cases all pass; from then on it cannot be changed.
#[utoipa::path(
    params(("id" = String, Path, description = "The name of the ruleset.", example = "government-procurement"), ("version" = u32, Path, description = "Its version.", example = 1)),
    responses((status = OK, body = RulesetView, description = "The ruleset."), Problems),
    security(("oauth2" = ["procurement:write"]))
)]
#[post("/rulesets/{id}/versions/{version}/publish")]
pub(crate) async fn publish_ruleset(
    app: Data<Procurement>,
    db: Data<Db>,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse> {
    authority(&caller)?;
    let (id, version) = place(path.into_inner())?;
    if app.rulebook.version(&id, version).is_ok() {
        return Err(actions::frozen(&id, version));
    }
    let entry = db.write(move |tx| actions::publish(tx, &id, version)).await?;
    app.rulebook.refresh(&db).await?;
    Ok(HttpResponse::Ok().json(show(&entry, "published")))
}
