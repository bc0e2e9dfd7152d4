//! Checks of declarations on HTTP: reading for all, publicity without a token. Not here: the steps, `check_step`; plans and draws,
//! `check_plan`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Error, Problems, Result},
    http::{
        page::{self, Cursor, Page, PageQuery},
        param,
        precondition::ETag,
        query::Query,
    },
    token::{Caller, Role},
};
use model::{
    fault::FieldFault,
    id::Id,
    instant::{Day, Instant},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{Check, CheckEntry, CheckOutcome, CheckState, Compared, CorrectionOrder, Looker, Sight, sight},
    store::{self, Search, Stored},
};

/// A check. What was measured, and what was said, is for the enterprise itself and authorities; so are outcome, standard and order unless
/// they are publicised.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckView {
    /// `dck_…`.
    #[schema(example = "dck_01JD0000000000000000000000")]
    id: String,
    /// The plan by which it was drawn; none where goods were found without a declaration.
    plan: Option<String>,
    declaration: Option<String>,
    /// The version of the declaration when it was drawn.
    declaration_version: Option<i64>,
    enterprise: String,
    product: String,
    /// The standard that the outcome is about.
    standard: Option<String>,
    state: CheckState,
    outcome: Option<CheckOutcome>,
    #[schema(value_type = Option<String>, format = Date)]
    found_on: Option<Day>,
    order: Option<CorrectionOrder>,
    #[schema(value_type = Option<String>, format = Date)]
    publicised_on: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assessor: Option<String>,
    /// `sha256:…` of the assessor's report.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<Vec<Compared>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<CheckEntry>>,
    /// The steps that may follow.
    allowed: &'static [&'static str],
    /// Counted from 1; also the `ETag`.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
}

impl CheckView {
    fn of(stored: Stored, sight: Sight) -> Self {
        let Stored { check, version, recorded_at } = stored;
        let (sees_all, sees_outcome) = (sight == Sight::Whole, matches!(sight, Sight::Whole | Sight::Outcome));
        // Which steps may follow tells what was found.
        let allowed = if sees_outcome { check.allowed() } else { &[] };
        let Check { id, plan, declaration, enterprise, product, standard, state, finding, order, publicised_on, history } = check;
        let seen = finding.clone().filter(|_| sees_all);
        let finding = finding.filter(|_| sees_outcome);
        Self {
            id,
            plan,
            declaration: declaration.as_ref().map(|(id, _)| id.clone()),
            declaration_version: declaration.map(|(_, version)| version),
            enterprise: enterprise.to_string(),
            product,
            standard: standard.filter(|_| sees_outcome),
            state,
            outcome: finding.as_ref().map(|finding| finding.outcome),
            found_on: finding.map(|finding| finding.found_on),
            order: order.filter(|_| sees_outcome),
            publicised_on: publicised_on.filter(|_| sees_outcome),
            assessor: seen.as_ref().and_then(|finding| finding.assessor.as_ref().map(Uscc::to_string)),
            report: seen.as_ref().and_then(|finding| finding.report.clone()),
            compared: seen.map(|finding| finding.compared),
            history: sees_all.then_some(history),
            allowed,
            version,
            recorded_at,
        }
    }
}

/// A check as an answer to an authority.
///
/// # Errors
/// When it cannot be written as JSON.
pub(crate) fn answer(status: u16, stored: Stored) -> Result<Answer> {
    let location = (status == 201).then(|| format!("/standards/v1/declaration_checks/{}", stored.check.id));
    let version = stored.version;
    let body = serde_json::to_string(&CheckView::of(stored, Sight::Whole)).map_err(Error::internal)?;
    Ok(Answer { status, etag: Some(ETag(version).to_string()), location, body })
}

/// The id of a check in a path.
///
/// # Errors
/// 422 where it is none.
pub(crate) fn check_id(path: &str) -> Result<String> {
    Id::parse("dck", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

fn looker(caller: &Caller, stored: &Stored) -> Looker {
    match caller.role() {
        Role::Authority | Role::Service => Looker::Official,
        _ if caller.owns(&stored.check.enterprise).is_ok() => Looker::Itself,
        _ => Looker::Stranger,
    }
}

/// Read a check: the enterprise and authorities all of it, others where it stands and what is publicised.
#[utoipa::path(params(("id" = String, Path, description = "The id of the check.", example = "dck_01JD0000000000000000000000")), responses((status = OK, body = CheckView, description = "The check."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/declaration_checks/{id}")]
pub(crate) async fn read_declaration_check(db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let id = check_id(&path)?;
    let stored = db.read(move |conn| store::find(conn, &id)?.ok_or_else(|| actions::unknown(&id))).await?;
    let (seen, version) = (sight(looker(&caller, &stored), stored.check.state), stored.version);
    if seen == Sight::Nothing {
        return Err(actions::unknown(&stored.check.id));
    }
    Ok(HttpResponse::Ok().insert_header(ETag(version).header()).json(CheckView::of(stored, seen)))
}

/// Which checks.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ChecksQuery {
    /// Drawn by this plan.
    #[param(example = "dcp_01JD0000000000000000000000")]
    plan: Option<String>,
    /// Of this enterprise.
    #[param(example = "914404001000000590")]
    enterprise: Option<String>,
    /// In this state.
    #[param(value_type = Option<CheckState>)]
    state: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List checks, the oldest first; of those of others a caller sees where they stand and what is publicised.
#[utoipa::path(params(ChecksQuery), responses((status = OK, body = Page<CheckView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/declaration_checks")]
pub(crate) async fn list_declaration_checks(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    query: Query<ChecksQuery>,
) -> Result<HttpResponse> {
    let (asked, mut bad) = query.into_parts();
    let state = param::word("state", asked.state.as_deref(), &CheckState::ALL, &mut bad);
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let hides_drawn = !matches!(caller.role(), Role::Authority | Role::Service);
    let search = Search { plan: asked.plan, enterprise: asked.enterprise, state, hides_drawn, after, limit };
    let found = db.read(move |conn| store::list(conn, &search)).await?;
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.check.id.clone()]));
    let show = |stored| {
        let seen = sight(looker(&caller, &stored), stored.check.state);
        CheckView::of(stored, seen)
    };
    Ok(page.map(show).respond(&req))
}

/// What is shown to the public because it was not corrected in time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeclarationPublicity {
    /// `dck_…`.
    id: String,
    enterprise: String,
    product: String,
    declaration: Option<String>,
    /// The standard that the outcome is about.
    standard: Option<String>,
    outcome: Option<CheckOutcome>,
    /// The order that was not obeyed.
    order: Option<CorrectionOrder>,
    #[schema(value_type = Option<String>, format = Date)]
    publicised_on: Option<Day>,
}

impl From<Stored> for DeclarationPublicity {
    fn from(stored: Stored) -> Self {
        let Check { id, declaration, enterprise, product, standard, finding, order, publicised_on, .. } = stored.check;
        Self {
            id,
            enterprise: enterprise.to_string(),
            product,
            declaration: declaration.map(|(id, _)| id),
            standard,
            outcome: finding.map(|finding| finding.outcome),
            order,
            publicised_on,
        }
    }
}

/// List what was not corrected in time, until it is; nobody needs a token.
#[utoipa::path(params(PageQuery), responses((status = OK, body = Page<DeclarationPublicity>, description = "One page."), Problems))]
#[get("/public/declaration_publicities")]
pub(crate) async fn list_declaration_publicities(db: Data<Db>, req: HttpRequest, query: Query<PageQuery>) -> Result<HttpResponse> {
    let (asked, bad) = query.into_parts();
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let search = Search { state: Some(CheckState::Publicised), after, limit, ..Search::default() };
    let found = db.read(move |conn| store::list(conn, &search)).await?;
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.check.id.clone()]));
    Ok(page.map(DeclarationPublicity::from).respond(&req))
}
