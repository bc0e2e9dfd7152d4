//! Objections on HTTP. Not here: what happens then, `actions.rs`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{Cursor, Limit, Page},
        param,
        precondition::{ETag, require_if_match},
        query::Query,
    },
    token::{Caller, Role},
};
use model::{fault::FieldFault, id::Id, normalise::line, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Filing, Outcome},
    rules::{ObjectionEntry, ObjectionGround, State},
    store::{self, Listing, Stored},
};
use crate::{
    Credit,
    draft::rules::NewFact,
    fact::http::{DeadlineView, accept, actor},
    mark::http::day_said,
};

const TEXT_MAX: usize = 1000;

/// An objection as it is filed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewObjection {
    /// The fact.
    #[schema(example = "fct_01JD0000000000000000000000")]
    fact: String,
    /// Why.
    ground: ObjectionGround,
    /// In its own words.
    #[schema(example = "处罚对象不是本企业")]
    statement: String,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// What an authority decides.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObjectionOutcome {
    /// The fact stands as it is.
    Dismissed,
    /// The fact should never have stood.
    Annulled,
    /// The fact in `fact` takes its place.
    Corrected,
}

/// The decision on an objection.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionDecision {
    /// What is decided.
    outcome: ObjectionOutcome,
    /// Why; the enterprise reads it.
    #[schema(example = "经核查，该处罚的当事人为另一企业")]
    reasons: String,
    /// The fact as it should have been, with `corrected` only.
    #[serde(default)]
    fact: Option<NewFact>,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// Why an application is not pursued.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// Why.
    #[schema(example = "材料有误，另行提交")]
    pub(crate) reason: String,
}

/// An objection.
#[derive(Serialize, ToSchema)]
pub struct ObjectionView {
    /// `obj_…`.
    id: String,
    fact: String,
    enterprise: String,
    ground: ObjectionGround,
    statement: String,
    state: State,
    /// When an answer is due.
    deadlines: Vec<DeadlineView>,
    /// What was done, in order.
    history: Vec<ObjectionEntry>,
    /// The steps that may follow.
    allowed: &'static [&'static str],
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl From<&Stored> for ObjectionView {
    fn from(stored: &Stored) -> Self {
        let objection = stored.objection.clone();
        Self {
            allowed: objection.allowed(),
            id: objection.id,
            fact: objection.fact,
            enterprise: objection.enterprise.to_string(),
            ground: objection.ground,
            statement: objection.statement,
            state: objection.state,
            deadlines: objection.deadlines.iter().map(DeadlineView::from).collect(),
            history: objection.history,
            version: stored.version,
        }
    }
}

fn answer(status: u16, stored: &Stored) -> Result<Answer> {
    let body = serde_json::to_string(&ObjectionView::from(stored)).map_err(Error::internal)?;
    let location = (status == 201).then(|| format!("/credit/v1/objections/{}", stored.objection.id));
    Ok(Answer { status, etag: Some(ETag(stored.version).to_string()), location, body })
}

fn objection_id(text: &str) -> Result<String> {
    Id::parse("obj", text).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// Object to a fact about one's own enterprise: it is marked at once.
#[utoipa::path(
    request_body = NewObjection,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = ObjectionView, description = "It was filed."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/objections")]
pub(crate) async fn create_objection(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewObjection>,
) -> Result<HttpResponse> {
    let actor = actor(&caller)?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let mut faults = Vec::new();
    let fact = Id::parse("fct", &body.fact).map_err(|fault| faults.push(FieldFault::of("/fact", fault))).ok();
    let statement = line(&body.statement, TEXT_MAX).map_err(|fault| faults.push(FieldFault::of("/statement", fault))).ok();
    let on = day_said(body.on.as_deref(), app.clock.now().day(), &mut faults);
    let (Some(fact), Some(statement), true) = (fact, statement, faults.is_empty()) else { return Err(faults.into()) };
    let filing = Filing { fact, ground: body.ground, statement, on };
    let inner = Arc::clone(&app);
    let answer = db.write_once(key, move |tx| answer(201, &actions::file(tx, &inner, &filing, &actor)?)).await?;
    Ok(once::respond(&answer))
}

/// Decide an objection; what was upheld is corrected at once.
#[utoipa::path(
    request_body = ObjectionDecision,
    params(("id" = String, Path, description = "The id of the objection.", example = "obj_01JD0000000000000000000000"), ("If-Match" = String, Header, description = "The ETag that was read."), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = OK, body = ObjectionView, description = "It is closed."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/objections/{id}/decide")]
pub(crate) async fn decide_objection(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<ObjectionDecision>,
) -> Result<HttpResponse> {
    let (actor, id) = (actor(&caller)?, objection_id(&path)?);
    actor.is_authority()?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let version = require_if_match(&req)?;
    let mut faults = Vec::new();
    let reasons = line(&body.reasons, TEXT_MAX).map_err(|fault| faults.push(FieldFault::of("/reasons", fault))).ok();
    let on = day_said(body.on.as_deref(), app.clock.now().day(), &mut faults);
    let outcome = outcome(&app, &body, &actor, &mut faults)?;
    let (Some(reasons), Some(outcome), true) = (reasons, outcome, faults.is_empty()) else { return Err(faults.into()) };
    let inner = Arc::clone(&app);
    let answer = db.write_once(key, move |tx| answer(200, &actions::close(tx, &inner, &id, version, (&outcome, &reasons, on), &actor)?));
    Ok(once::respond(&answer.await?))
}

fn outcome(
    app: &Credit,
    body: &ObjectionDecision,
    actor: &crate::fact::actions::Actor,
    faults: &mut Vec<FieldFault>,
) -> Result<Option<Outcome>> {
    match (body.outcome, &body.fact) {
        (ObjectionOutcome::Dismissed, None) => Ok(Some(Outcome::Dismissed)),
        (ObjectionOutcome::Annulled, None) => Ok(Some(Outcome::Annulled)),
        (ObjectionOutcome::Corrected, Some(fact)) => match accept(app, fact, actor).map_err(|error| error.under("/fact")) {
            Ok(draft) => Ok(Some(Outcome::Replaced(Box::new(draft)))),
            Err(error) if error.errors().is_empty() => Err(error),
            Err(error) => {
                faults.extend(error.errors().iter().cloned());
                Ok(None)
            }
        },
        (ObjectionOutcome::Corrected, None) => {
            faults.push(FieldFault::rule(
                "/fact",
                "correction_missing",
                "更正须附正确的事实。",
                "A correction needs the fact as it should have been.",
            ));
            Ok(None)
        }
        (_, Some(_)) => {
            faults.push(FieldFault::rule("/fact", "correction_not_wanted", "仅更正时附事实。", "A fact goes with a correction only."));
            Ok(None)
        }
    }
}

/// Withdraw an objection.
#[utoipa::path(
    request_body = Withdrawal,
    params(("id" = String, Path, description = "The id of the objection.", example = "obj_01JD0000000000000000000000"), ("If-Match" = String, Header, description = "The ETag that was read."), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = OK, body = ObjectionView, description = "It is closed."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/objections/{id}/withdraw")]
pub(crate) async fn withdraw_objection(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<Withdrawal>,
) -> Result<HttpResponse> {
    let (actor, id, on) = (actor(&caller)?, objection_id(&path)?, app.clock.now().day());
    let key = once::key(&req, &caller, &body.sha256)?;
    let version = require_if_match(&req)?;
    let reason = line(&body.reason, TEXT_MAX).map_err(|fault| Error::invalid(vec![FieldFault::of("/reason", fault)]))?;
    let inner = Arc::clone(&app);
    let step = move |tx: &mut common::db::Tx<'_>| {
        answer(200, &actions::close(tx, &inner, &id, version, (&Outcome::Withdrawn, &reason, on), &actor)?)
    };
    Ok(once::respond(&db.write_once(key, step).await?))
}

/// Read an objection with its history.
#[utoipa::path(params(("id" = String, Path, description = "The id of the objection.", example = "obj_01JD0000000000000000000000")), responses((status = OK, body = ObjectionView, description = "The objection."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/objections/{id}")]
pub(crate) async fn read_objection(db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let id = objection_id(&path)?;
    let name = id.clone();
    let found = db.read(move |conn| store::find(conn, &id)).await?;
    // Whether there is one is nobody else's business.
    let stored =
        found.filter(|stored| caller.owns(&stored.objection.enterprise).is_ok()).ok_or_else(|| Error::not_found("objection", &name))?;
    Ok(HttpResponse::Ok().insert_header(ETag(stored.version).header()).json(ObjectionView::from(&stored)))
}

/// Which objections.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ObjectionsQuery {
    /// Of this enterprise; an enterprise reads its own only.
    #[param(example = "914404001000000590")]
    enterprise: Option<String>,
    /// In this state.
    #[param(value_type = Option<State>)]
    state: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List objections, the oldest first: all for an authority, its own for an enterprise.
#[utoipa::path(params(ObjectionsQuery), responses((status = OK, body = Page<ObjectionView>, description = "One page."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/objections")]
pub(crate) async fn list_objections(db: Data<Db>, req: HttpRequest, caller: Caller, query: Query<ObjectionsQuery>) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let state = param::word("state", query.state.as_deref(), &State::ALL.map(|state| (state.as_str(), state)), &mut bad);
    let limit = Limit::parse(query.limit.as_deref()).unwrap_or_else(|error| {
        bad.push(error);
        1
    });
    let enterprise = whose(&caller, query.enterprise.as_deref(), &mut bad)?;
    param::refuse(bad)?;
    let after = query.cursor.as_deref().map(|cursor| Cursor::decode(cursor, 1)).transpose()?.and_then(|cursor| cursor.0.into_iter().next());
    let found = db.read(move |conn| store::list(conn, &Listing { enterprise, state, after, limit })).await?;
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.objection.id.clone()]));
    Ok(page.map(|stored| ObjectionView::from(&stored)).respond(&req))
}

/// Whose cases a caller may list: an authority whose it asks for, everybody else its own.
///
/// # Errors
/// `not_your_organisation`.
pub(crate) fn whose(caller: &Caller, asked: Option<&str>, bad: &mut Vec<FieldFault>) -> Result<Option<Uscc>> {
    let asked = asked.map(Uscc::parse).transpose().map_err(|fault| bad.push(FieldFault::of("enterprise", fault))).ok().flatten();
    match asked {
        Some(asked) => caller.owns(&asked).map(|()| Some(asked)),
        None if caller.role() == Role::Authority => Ok(None),
        None => caller.organisation().map(Some),
    }
}
