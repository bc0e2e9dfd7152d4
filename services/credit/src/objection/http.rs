//! Objections on HTTP. Not here: what happens then, `actions.rs`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Problems, Result},
    http::{json::Body, once, page::Page, query::Query},
    token::Caller,
};
use model::{fault::FieldFault, id::Id, instant::Day, normalise::line};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Filing, Outcome},
    rules::{Objection, ObjectionEntry, ObjectionGround, State},
};
use crate::{
    Credit,
    draft::rules::NewFact,
    fact::{
        actions::Actor,
        http::{DeadlineView, accept, actor},
    },
    mark::http::day_said,
    proceeding::{
        http::{self, Addressed, Asked, Judged, Sent, Shown, TEXT_MAX, Withdrawal, answer},
        store::Stored,
    },
};

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

impl From<&Stored<Objection>> for ObjectionView {
    fn from(stored: &Stored<Objection>) -> Self {
        let objection = stored.proceeding.clone();
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

impl Addressed for Objection {
    const PREFIX: &'static str = "obj";
    const NOUN: &'static str = "objection";
}

impl Shown for Objection {
    const PLACE: &'static str = "objections";
    type View = ObjectionView;

    fn states() -> Vec<&'static str> {
        State::ALL.map(State::as_str).to_vec()
    }
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
    params(Sent<Objection>),
    responses((status = OK, body = ObjectionView, description = "It is closed."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/objections/{id}/decide")]
pub(crate) async fn decide_objection(sent: Sent<Objection>, body: Body<ObjectionDecision>) -> Result<HttpResponse> {
    let step = http::judged(sent, &body.sha256, Actor::is_authority)?;
    let mut faults = Vec::new();
    let (reasons, on) = http::said(&step, ("/reasons", &body.reasons), body.on.as_deref(), &mut faults);
    let outcome = outcome(&step.app, &body, &step.by.actor, &mut faults)?;
    let (Some(reasons), Some(outcome), true) = (reasons, outcome, faults.is_empty()) else { return Err(faults.into()) };
    close(step, outcome, reasons, on).await
}

async fn close(step: Judged, outcome: Outcome, reasons: String, on: Day) -> Result<HttpResponse> {
    let taken = step.take(move |tx, step| {
        answer(200, &actions::close(tx, &step.app, &step.by.id, step.version, (&outcome, &reasons, on), &step.by.actor)?)
    });
    taken.await
}

fn outcome(app: &Credit, body: &ObjectionDecision, actor: &Actor, faults: &mut Vec<FieldFault>) -> Result<Option<Outcome>> {
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
    params(Sent<Objection>),
    responses((status = OK, body = ObjectionView, description = "It is closed."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/objections/{id}/withdraw")]
pub(crate) async fn withdraw_objection(sent: Sent<Objection>, body: Body<Withdrawal>) -> Result<HttpResponse> {
    let step = http::judged(sent, &body.sha256, |_| Ok(()))?;
    let mut faults = Vec::new();
    let (reason, on) = http::said(&step, ("/reason", &body.reason), None, &mut faults);
    let Some(reason) = reason else { return Err(faults.into()) };
    close(step, Outcome::Withdrawn, reason, on).await
}

/// Read an objection with its history.
#[utoipa::path(params(("id" = String, Path, description = "The id of the objection.", example = "obj_01JD0000000000000000000000")), responses((status = OK, body = ObjectionView, description = "The objection."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/objections/{id}")]
pub(crate) async fn read_objection(db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    http::read::<Objection>(&db, &caller, &path).await
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
    let (ObjectionsQuery { enterprise, state, limit, cursor }, bad) = query.into_parts();
    http::list::<Objection>(&db, &req, &caller, Asked { enterprise, state, limit, cursor }, bad).await
}
