//! Applications for credit repair on HTTP. Not here: states, `rules.rs`; what a step does, `actions.rs`; conditions, `eligibility`.

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
use model::{fault::FieldFault, id::Id, normalise::line};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Application, Step},
    rules::{Repair, RepairEntry, State},
};
use crate::{
    Credit,
    eligibility::rules::{Basis, ConditionCode},
    fact::http::{DeadlineView, actor},
    mark::http::day_said,
    proceeding::{
        http::{self, Addressed, Asked, Sent, Shown, TEXT_MAX, Withdrawal, answer},
        store::Stored,
    },
};

/// An application for credit repair.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRepair {
    /// The fact.
    #[schema(example = "fct_01JD0000000000000000000000")]
    fact: String,
    /// On what it rests; the conditions of the regime where nothing is said.
    #[serde(default)]
    basis: Option<Basis>,
    /// The public commitment to keep the law.
    #[schema(example = "本企业郑重承诺依法诚信经营")]
    commitment: String,
    /// What was done, and the papers that show it.
    #[schema(example = "罚款已缴清，整改报告见附件")]
    statement: String,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// Whether an application is dealt with.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Acceptance {
    /// It is; the clock of the decision begins.
    Accepted,
    /// Something is missing.
    Returned,
}

/// The acceptance of an application.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAcceptance {
    /// Whether it is dealt with.
    outcome: Acceptance,
    /// Why; what is missing.
    #[schema(example = "材料齐全")]
    reasons: String,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// What an authority decides.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RepairOutcome {
    /// The fact is repaired, or masked.
    Granted,
    /// It stands.
    Refused,
}

/// The decision on an application.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RepairDecision {
    /// What is decided.
    outcome: RepairOutcome,
    /// Why; the enterprise reads it.
    #[schema(example = "经核查已全面履行义务")]
    reasons: String,
    /// What the authority has seen for itself: `performed`, `court_ruling`.
    #[serde(default)]
    verified: Vec<ConditionCode>,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// Why a repair is confirmed or revoked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RepairFollowUp {
    /// Why.
    #[schema(example = "法院裁定重整计划执行完毕")]
    reasons: String,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// An application for repair.
#[derive(Serialize, ToSchema)]
pub struct RepairView {
    /// `rep_…`.
    id: String,
    fact: String,
    enterprise: String,
    basis: Basis,
    commitment: String,
    state: State,
    /// When the next step is due.
    deadlines: Vec<DeadlineView>,
    /// What was done, in order.
    history: Vec<RepairEntry>,
    /// The states that may follow.
    allowed: Vec<&'static str>,
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl From<&Stored<Repair>> for RepairView {
    fn from(stored: &Stored<Repair>) -> Self {
        let repair = stored.proceeding.clone();
        Self {
            allowed: repair.allowed(),
            id: repair.id,
            fact: repair.fact,
            enterprise: repair.enterprise.to_string(),
            basis: repair.basis,
            commitment: repair.commitment,
            state: repair.state,
            deadlines: repair.deadlines.iter().map(DeadlineView::from).collect(),
            history: repair.history,
            version: stored.version,
        }
    }
}

impl Addressed for Repair {
    const PREFIX: &'static str = "rep";
    const NOUN: &'static str = "application";
}

impl Shown for Repair {
    const PLACE: &'static str = "repairs";
    type View = RepairView;

    fn states() -> Vec<&'static str> {
        State::ALL.map(State::as_str).to_vec()
    }
}

/// Apply for the repair of a fact about one's own enterprise.
#[utoipa::path(
    request_body = NewRepair,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = RepairView, description = "It was made."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/repairs")]
pub(crate) async fn create_repair(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewRepair>,
) -> Result<HttpResponse> {
    let actor = actor(&caller)?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let mut faults = Vec::new();
    let fact = Id::parse("fct", &body.fact).map_err(|fault| faults.push(FieldFault::of("/fact", fault))).ok();
    let commitment = line(&body.commitment, TEXT_MAX).map_err(|fault| faults.push(FieldFault::of("/commitment", fault))).ok();
    let statement = line(&body.statement, TEXT_MAX).map_err(|fault| faults.push(FieldFault::of("/statement", fault))).ok();
    let on = day_said(body.on.as_deref(), app.clock.now().day(), &mut faults);
    let (Some(fact), Some(commitment), Some(statement), true) = (fact, commitment, statement, faults.is_empty()) else {
        return Err(faults.into());
    };
    let basis = body.basis.unwrap_or(Basis::Ordinary);
    let application = Application { fact, basis, commitment, statement, on };
    let inner = Arc::clone(&app);
    let answer = db.write_once(key, move |tx| answer(201, &actions::apply(tx, &inner, &application, &actor)?)).await?;
    Ok(once::respond(&answer))
}

/// Accept an application, or return it with what is missing.
#[utoipa::path(
    request_body = NewAcceptance,
    params(Sent<Repair>),
    responses((status = OK, body = RepairView, description = "The application."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/repairs/{id}/accept")]
pub(crate) async fn accept_repair(sent: Sent<Repair>, body: Body<NewAcceptance>) -> Result<HttpResponse> {
    let to = match body.outcome {
        Acceptance::Accepted => State::Accepted,
        Acceptance::Returned => State::Returned,
    };
    let said = Said { to, reasons: ("/reasons", &body.reasons), on: body.on.as_deref(), verified: &[] };
    step(sent, &body.sha256, said).await
}

/// Decide an application; a grant takes effect everywhere at once.
#[utoipa::path(
    request_body = RepairDecision,
    params(Sent<Repair>),
    responses((status = OK, body = RepairView, description = "The application."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/repairs/{id}/decide")]
pub(crate) async fn decide_repair(sent: Sent<Repair>, body: Body<RepairDecision>) -> Result<HttpResponse> {
    let to = match body.outcome {
        RepairOutcome::Granted => State::Granted,
        RepairOutcome::Refused => State::Refused,
    };
    let said = Said { to, reasons: ("/reasons", &body.reasons), on: body.on.as_deref(), verified: &body.verified };
    step(sent, &body.sha256, said).await
}

/// Make a masking repair final when the reorganisation was performed.
#[utoipa::path(
    request_body = RepairFollowUp,
    params(Sent<Repair>),
    responses((status = OK, body = RepairView, description = "The application."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/repairs/{id}/confirm")]
pub(crate) async fn confirm_repair(sent: Sent<Repair>, body: Body<RepairFollowUp>) -> Result<HttpResponse> {
    let said = Said { to: State::Confirmed, reasons: ("/reasons", &body.reasons), on: body.on.as_deref(), verified: &[] };
    step(sent, &body.sha256, said).await
}

/// Undo a repair that was got by false material, or a mask whose reorganisation failed.
#[utoipa::path(
    request_body = RepairFollowUp,
    params(Sent<Repair>),
    responses((status = OK, body = RepairView, description = "The application."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/repairs/{id}/revoke")]
pub(crate) async fn revoke_repair(sent: Sent<Repair>, body: Body<RepairFollowUp>) -> Result<HttpResponse> {
    let said = Said { to: State::Revoked, reasons: ("/reasons", &body.reasons), on: body.on.as_deref(), verified: &[] };
    step(sent, &body.sha256, said).await
}

/// Withdraw an application.
#[utoipa::path(
    request_body = Withdrawal,
    params(Sent<Repair>),
    responses((status = OK, body = RepairView, description = "The application."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/repairs/{id}/withdraw")]
pub(crate) async fn withdraw_repair(sent: Sent<Repair>, body: Body<Withdrawal>) -> Result<HttpResponse> {
    let said = Said { to: State::Withdrawn, reasons: ("/reason", &body.reason), on: None, verified: &[] };
    step(sent, &body.sha256, said).await
}

/// A step as it is sent.
struct Said<'a> {
    to: State,
    reasons: (&'static str, &'a str),
    on: Option<&'a str>,
    verified: &'a [ConditionCode],
}

async fn step(sent: Sent<Repair>, sha256: &[u8; 32], said: Said<'_>) -> Result<HttpResponse> {
    let step = http::judged(sent, sha256, |actor| if said.to == State::Withdrawn { Ok(()) } else { actor.is_authority() })?;
    let mut faults = Vec::new();
    let (reasons, on) = http::said(&step, said.reasons, said.on, &mut faults);
    let (Some(reasons), true) = (reasons, faults.is_empty()) else { return Err(faults.into()) };
    let next = Step { to: said.to, on, reasons, verified: said.verified.to_vec() };
    step.take(move |tx, step| answer(200, &actions::advance(tx, &step.app, &step.by.id, step.version, &next, &step.by.actor)?)).await
}

/// Read an application with its history.
#[utoipa::path(params(("id" = String, Path, description = "The id of the application.", example = "rep_01JD0000000000000000000000")), responses((status = OK, body = RepairView, description = "The application."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/repairs/{id}")]
pub(crate) async fn read_repair(db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    http::read::<Repair>(&db, &caller, &path).await
}

/// Which applications.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RepairsQuery {
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

/// List applications, the oldest first: all for an authority, its own for an enterprise.
#[utoipa::path(params(RepairsQuery), responses((status = OK, body = Page<RepairView>, description = "One page."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/repairs")]
pub(crate) async fn list_repairs(db: Data<Db>, req: HttpRequest, caller: Caller, query: Query<RepairsQuery>) -> Result<HttpResponse> {
    let (RepairsQuery { enterprise, state, limit, cursor }, bad) = query.into_parts();
    http::list::<Repair>(&db, &req, &caller, Asked { enterprise, state, limit, cursor }, bad).await
}
