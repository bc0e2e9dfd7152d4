//! Declarations on HTTP. Not here: what they must hold, `rules.rs`; their checks, `declaration_check`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get, post, put,
    web::{Data, Path},
};
use common::{
    db::{Answer, Conn, Db, Tx},
    error::{Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page, PageQuery},
        param,
        precondition::ETag,
        query::Query,
        step::{Part, Place},
    },
    token::{Caller, Role},
};
use model::{
    fault::FieldFault,
    id::Id,
    instant::{Day, Instant},
    text::Text,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{Declaration, DeclarationOutcome, DeclarationState, DeclaredProduct, Executed, Outdated, PropertyNote},
    store::{self, Stored},
};
use crate::{
    Standards,
    author::{
        actions::Author,
        http::{Sent, judged},
    },
    declaration_draft::http::{NewDeclaration, draft},
    edition::http::edition_id,
    indicator::rules::Indicator,
    shortfall::rules::Shortfall,
};

/// Where a declaration stands on the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeclarationStanding {
    /// It stands.
    Declared,
    /// It cites an edition that has ended.
    Outdated,
    /// It was taken back.
    Withdrawn,
}

/// A declaration as it stands on the day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeclarationView {
    /// `dcl_…`.
    #[schema(example = "dcl_01JD0000000000000000000000")]
    pub id: String,
    enterprise: String,
    product: DeclaredProduct,
    executed: Vec<Executed>,
    indicators: Vec<Indicator>,
    own_methods: Vec<PropertyNote>,
    commitments: Vec<String>,
    channel: String,
    disclosures: Vec<PropertyNote>,
    /// Where it is below the recommended standards that it executes, or cannot be compared with them.
    shortfalls: Vec<Shortfall>,
    outcome: DeclarationOutcome,
    state: DeclarationStanding,
    /// Which of the cited editions have ended.
    outdated: Vec<Outdated>,
    #[schema(value_type = String, format = Date)]
    declared_on: Day,
    /// Counted from 1; also the `ETag`.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
}

impl DeclarationView {
    fn of(stored: Stored, outdated: Vec<Outdated>) -> Self {
        let Declaration { id, enterprise, product, executed, indicators, own_methods, commitments, channel, .. } = stored.declaration;
        let Declaration { disclosures, shortfalls, outcome, version, declared_on, state, .. } = stored.declaration;
        let state = match state {
            DeclarationState::Withdrawn => DeclarationStanding::Withdrawn,
            DeclarationState::Declared if outdated.is_empty() => DeclarationStanding::Declared,
            DeclarationState::Declared => DeclarationStanding::Outdated,
        };
        Self {
            id,
            enterprise: enterprise.to_string(),
            product,
            executed,
            indicators,
            own_methods,
            commitments,
            channel,
            disclosures,
            shortfalls,
            outcome,
            state,
            outdated,
            declared_on,
            version,
            recorded_at: stored.recorded_at,
        }
    }
}

/// Declarations with what has ended of what they cite.
fn shown(conn: &mut Conn, app: &Standards, all: Vec<Stored>, day: Day) -> Result<Vec<DeclarationView>> {
    let ended = actions::outdated(conn, &app.declaration_terms, &all, day)?;
    Ok(all.into_iter().zip(ended).map(|(stored, outdated)| DeclarationView::of(stored, outdated)).collect())
}

fn answer(tx: &mut Tx<'_>, app: &Standards, status: u16, stored: Stored) -> Result<Answer> {
    let (day, version) = (tx.now().day(), stored.declaration.version);
    let location = (status == 201).then(|| format!("/standards/v1/declarations/{}", stored.declaration.id));
    let view = shown(tx.conn, app, vec![stored], day)?.pop();
    let body = serde_json::to_string(&view).map_err(Error::internal)?;
    Ok(Answer { status, etag: Some(ETag(version).to_string()), location, body })
}

/// The id of a declaration in a path.
fn declaration_id(path: &str) -> Result<String> {
    Id::parse("dcl", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// Declare which standards a product is made by, with indicators and quality commitments.
#[utoipa::path(
    request_body = NewDeclaration,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = DeclarationView, description = "It is declared; the outcome says whether disclosures were needed."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/declarations")]
pub(crate) async fn create_declaration(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewDeclaration>,
) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[Role::Enterprise])?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let draft = draft(&body, &author)?;
    let inner = Arc::clone(&app);
    let done = db.write_once(key, move |tx| {
        let stored = actions::declare(tx, &draft, &author)?;
        answer(tx, &inner, 201, stored)
    });
    Ok(once::respond(&done.await?))
}

/// A declaration in a path.
pub(crate) struct OfDeclaration;

impl Place for OfDeclaration {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the declaration.", "dcl_01JD0000000000000000000000")]
    }
}

/// Declare anew, as the next version; the versions before stay readable.
#[utoipa::path(request_body = NewDeclaration, params(Sent<OfDeclaration>), responses((status = OK, body = DeclarationView, description = "The new version stands."), Problems), security(("oauth2" = ["standards:write"])))]
#[put("/declarations/{id}")]
pub(crate) async fn update_declaration(sent: Sent<OfDeclaration>, body: Body<NewDeclaration>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[Role::Enterprise])?;
    let (id, draft) = (declaration_id(&judged.part(0))?, draft(&body, &judged.by)?);
    let taken = judged.take(move |tx, judged| {
        let stored = actions::redeclare(tx, (&id, judged.version), &draft, &judged.by)?;
        answer(tx, &judged.app, 200, stored)
    });
    taken.await
}

/// Taking back needs no words.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclarationWithdrawal {}

/// Take a declaration back.
#[utoipa::path(request_body = DeclarationWithdrawal, params(Sent<OfDeclaration>), responses((status = OK, body = DeclarationView, description = "It was taken back."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/declarations/{id}/withdraw")]
pub(crate) async fn withdraw_declaration(sent: Sent<OfDeclaration>, body: Body<DeclarationWithdrawal>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[Role::Enterprise])?;
    let id = declaration_id(&judged.part(0))?;
    let taken = judged.take(move |tx, judged| {
        let stored = actions::withdraw(tx, (&id, judged.version), &judged.by)?;
        answer(tx, &judged.app, 200, stored)
    });
    taken.await
}

/// Which version.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DeclarationQuery {
    /// This version; the newest where nothing is said.
    #[param(value_type = Option<i64>, example = json!(null))]
    version: Option<String>,
}

/// Reads a declaration, for whoever asks: it is public by its nature.
async fn read(app: Data<Standards>, db: Data<Db>, path: &str, query: Query<DeclarationQuery>) -> Result<HttpResponse> {
    let id = declaration_id(path)?;
    let (query, mut bad) = query.into_parts();
    let version = query.version.map(|text| text.parse::<i64>().ok().filter(|version| *version > 0));
    if version == Some(None) {
        let detail = Text::new("应为从 1 起的整数。", "Must be a whole number from 1 on.");
        bad.push(FieldFault::new("?version", "bad_parameter", detail));
    }
    param::refuse(bad)?;
    let day = app.clock.now().day();
    let view = db.read(move |conn| {
        let stored = actions::found(conn, &id, version.flatten())?;
        shown(conn, &app, vec![stored], day)?.pop().ok_or_else(|| actions::unknown(&id))
    });
    let view = view.await?;
    Ok(HttpResponse::Ok().insert_header(ETag(view.version).header()).json(view))
}

/// Read a declaration, its newest version or a named one.
#[utoipa::path(params(("id" = String, Path, description = "The id of the declaration.", example = "dcl_01JD0000000000000000000000"), DeclarationQuery), responses((status = OK, body = DeclarationView, description = "The declaration as it stands today."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/declarations/{id}")]
pub(crate) async fn read_declaration(
    app: Data<Standards>,
    db: Data<Db>,
    path: Path<String>,
    query: Query<DeclarationQuery>,
) -> Result<HttpResponse> {
    read(app, db, &path, query).await
}

/// Read a declaration; nobody needs a token.
#[utoipa::path(params(("id" = String, Path, description = "The id of the declaration.", example = "dcl_01JD0000000000000000000000"), DeclarationQuery), responses((status = OK, body = DeclarationView, description = "The declaration as it stands today."), Problems))]
#[get("/public/declarations/{id}")]
pub(crate) async fn read_public_declaration(
    app: Data<Standards>,
    db: Data<Db>,
    path: Path<String>,
    query: Query<DeclarationQuery>,
) -> Result<HttpResponse> {
    read(app, db, &path, query).await
}

/// A page of declarations that a query of the store gives.
async fn listed(
    (app, db, req): (Data<Standards>, Data<Db>, &HttpRequest),
    query: Query<PageQuery>,
    rows: impl Fn(&mut Conn, Option<&str>, i64) -> Result<Vec<Stored>> + Send + 'static,
) -> Result<HttpResponse> {
    let (query, bad) = query.into_parts();
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let day = app.clock.now().day();
    let found = db.read(move |conn| {
        let all = rows(conn, after.as_deref(), limit)?;
        shown(conn, &app, all, day)
    });
    let page = Page::cut(found.await?, limit, |view| Cursor::after([view.id.clone()]));
    Ok(page.respond(req))
}

/// List the declarations of an enterprise, the oldest first.
#[utoipa::path(params(("uscc" = String, Path, description = "The enterprise.", example = "914404001000000590"), PageQuery), responses((status = OK, body = Page<DeclarationView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/enterprises/{uscc}/declarations")]
pub(crate) async fn list_enterprise_declarations(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let enterprise = param::uscc(&path)?;
    listed((app, db, &req), query, move |conn, after, limit| store::of_enterprise(conn, enterprise.as_str(), after, limit)).await
}

/// List the declarations that cite an edition, the oldest first.
#[utoipa::path(params(("id" = String, Path, description = "The id of the edition.", example = "edn_01JD0000000000000000000000"), PageQuery), responses((status = OK, body = Page<DeclarationView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/editions/{id}/declarations")]
pub(crate) async fn list_edition_declarations(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let edition = edition_id(&path)?;
    listed((app, db, &req), query, move |conn, after, limit| store::of_edition(conn, &edition, after, limit)).await
}
