//! Rulesets on HTTP: list, read, validate, draft, publish. Not here: what one must be like, `rules.rs`.

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
use model::{fault::FieldFault, instant::Day, text::Text};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{actions, store};
use crate::{
    Procurement,
    rulebook::{
        actions::{Entry, stored, windows},
        rules::{Stretch, Window, days_in_force},
    },
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
    /// The ETag of a version: it rises with every change; 0 for those that came with the platform.
    revision: i64,
    digest: String,
    #[schema(value_type = String, format = Date)]
    effective_from: Day,
    #[schema(value_type = Option<String>, format = Date)]
    effective_to: Option<Day>,
    /// The days on which it is the version in force: where windows overlap, the version that began last, of equals the highest.
    in_force: Vec<Stretch>,
    /// The document itself.
    #[schema(value_type = Object)]
    ruleset: Value,
}

/// Shows a version; `windows` are those of all published versions of the ruleset.
fn show(entry: &Entry, state: &'static str, revision: i64, windows: &[Window]) -> RulesetView {
    let ruleset = entry.compiled.ruleset();
    RulesetView {
        id: ruleset.id.clone(),
        version: ruleset.version,
        state,
        revision,
        digest: entry.digest.clone(),
        effective_from: ruleset.effective_from,
        effective_to: ruleset.effective_to,
        in_force: if state == PUBLISHED { days_in_force(windows, ruleset.version) } else { Vec::new() },
        ruleset: ruleset.canonical_value().clone(),
    }
}

const DRAFT: &str = "draft";
const PUBLISHED: &str = "published";

/// The answer of a write, with its ETag.
fn render(status: u16, view: &RulesetView) -> Result<Answer> {
    let location = format!("/procurement/v1/rulesets/{}/versions/{}", view.id, view.version);
    let body = serde_json::to_string(view).map_err(Error::internal)?;
    Ok(Answer { status, etag: Some(ETag(view.revision).to_string()), location: (status == 201).then_some(location), body })
}

/// The published rulesets.
#[derive(Serialize, ToSchema)]
pub struct RulesetPage {
    items: Vec<RulesetView>,
    next_cursor: Option<String>,
}

/// List the published rulesets with their versions and the days on which each is in force.
#[utoipa::path(responses((status = OK, body = RulesetPage, description = "The published rulesets."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/rulesets")]
pub(crate) async fn list_rulesets(app: Data<Procurement>, db: Data<Db>) -> Result<HttpResponse> {
    let all = app.rulebook.all();
    let revisions = db.read(store::revisions).await?;
    let revision = |entry: &Entry| {
        let stored = revisions.iter().find(|(id, version, _)| id == entry.id() && u32::try_from(*version) == Ok(entry.version()));
        stored.map_or(0, |(_, _, revision)| *revision)
    };
    let items = all.iter().map(|entry| show(entry, PUBLISHED, revision(entry), &windows(&all, entry.id()))).collect();
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
    let wanted = id.clone();
    let stored = db.read(move |conn| store::find(conn, &wanted, version)).await?;
    let revision = stored.as_ref().map_or(0, |stored| stored.revision);
    let view = match app.rulebook.version(&id, version) {
        Ok(entry) => show(&entry, PUBLISHED, revision, &windows(&app.rulebook.all(), &id)),
        Err(missing) => {
            let stored = stored.ok_or(missing)?;
            let entry = Entry::read(&serde_json::from_str(&stored.body).map_err(Error::internal)?)?;
            show(&entry, if stored.published { PUBLISHED } else { DRAFT }, revision, &[entry.window()])
        }
    };
    Ok(once::respond(&render(200, &view)?))
}

/// The ruleset and version of a path.
///
/// # Errors
/// `version_invalid`.
pub fn place((id, version): (String, String)) -> Result<(String, u32)> {
    let version = version.parse::<u32>().ok().filter(|version| *version > 0 && i32::try_from(*version).is_ok());
    let fault = || FieldFault::rule("{version}", "version_invalid", "版本应为正整数。", "A version is a positive whole number.");
    Ok((id, version.ok_or_else(|| Error::invalid(vec![fault()]))?))
}

/// A ruleset binds every buyer, so only an authority writes one.
///
/// # Errors
/// `not_your_organisation`.
pub fn authority(caller: &Caller) -> Result<()> {
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
#[utoipa::path(
    request_body = Object,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = RulesetView, description = "The draft."), Problems),
    security(("oauth2" = ["procurement:write"]))
)]
#[post("/rulesets")]
pub(crate) async fn create_ruleset(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<Value>,
) -> Result<HttpResponse> {
    let key = once::key(&req, &caller, &body.sha256)?;
    let entry = Entry::read(&body)?;
    authority(&caller)?;
    if app.rulebook.version(entry.id(), entry.version()).is_ok() {
        return Err(actions::frozen(entry.id(), entry.version()));
    }
    let by = caller.client().to_owned();
    let answer = db.write_once(key, move |tx| {
        let revision = actions::draft(tx, &entry, &by)?;
        render(201, &show(&entry, DRAFT, revision, &[]))
    });
    Ok(once::respond(&answer.await?))
}

/// Change a draft: the whole document takes the place of the one before.
#[utoipa::path(
    request_body = Object,
    params(
        ("id" = String, Path, description = "The name of the ruleset.", example = "government-procurement"),
        ("version" = u32, Path, description = "Its version.", example = 2),
        ("If-Match" = String, Header, description = "The ETag that was read."),
    ),
    responses((status = OK, body = RulesetView, description = "The draft."), Problems),
    security(("oauth2" = ["procurement:write"]))
)]
#[put("/rulesets/{id}/versions/{version}")]
pub(crate) async fn update_ruleset(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
    body: Body<Value>,
) -> Result<HttpResponse> {
    let (id, version) = place(path.into_inner())?;
    let entry = Entry::read(&body)?;
    let differs = |pointer: &str, is: bool| {
        let (zh, en) = ("与路径中的规则集不符。", "The path names another ruleset.");
        is.then(|| FieldFault::rule(pointer, "ruleset_differs", zh, en))
    };
    let faults: Vec<_> =
        [differs("/id", entry.id() != id), differs("/version", entry.version() != version)].into_iter().flatten().collect();
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    authority(&caller)?;
    let revision = require_if_match(&req)?;
    if app.rulebook.version(&id, version).is_ok() {
        return Err(actions::frozen(&id, version));
    }
    let by = caller.client().to_owned();
    let answer = db.write(move |tx| {
        let revision = actions::change(tx, &entry, revision, &by)?;
        render(200, &show(&entry, DRAFT, revision, &[]))
    });
    Ok(once::respond(&answer.await?))
}

/// Publish a draft whose own test cases pass; it is never changed again and takes no past day from another version.
#[utoipa::path(
    params(
        ("id" = String, Path, description = "The name of the ruleset.", example = "government-procurement"),
        ("version" = u32, Path, description = "Its version.", example = 2),
        ("If-Match" = String, Header, description = "The ETag that was read."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the first answer again."),
    ),
    responses((status = OK, body = RulesetView, description = "The ruleset."), Problems),
    security(("oauth2" = ["procurement:write"]))
)]
#[post("/rulesets/{id}/versions/{version}/publish")]
pub(crate) async fn publish_ruleset(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse> {
    let key = once::key(&req, &caller, &[0; 32])?;
    let (id, version) = place(path.into_inner())?;
    authority(&caller)?;
    let revision = require_if_match(&req)?;
    let answer = db.write_once(key, move |tx| {
        let (entry, revision) = actions::publish(tx, &id, version, revision)?;
        render(200, &show(&entry, PUBLISHED, revision, &windows(&stored(tx.conn)?, &id)))
    });
    let answer = answer.await?;
    app.rulebook.refresh(&db).await?;
    Ok(once::respond(&answer))
}
