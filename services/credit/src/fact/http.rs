//! The integrity file on HTTP: post, batch, read, list, supersede, annul. Not here: what happens then, `actions.rs`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db, Tx},
    error::{Code, Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page},
        param,
        query::Query,
    },
    token::Caller,
};
use contracts::credit::{Degree, FactKind, FactSource, Mark, Origin, PublicityWindow};
use model::{
    fault::FieldFault,
    id::Id,
    instant::{Day, Instant},
    normalise::line,
    period::DueReason,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Actor, Recorded, unknown},
    rules::may_assert,
    store::{self, Listing, Stored},
};
use crate::{
    Credit,
    deadline::rules::Deadline,
    draft::rules::{Draft, NewFact, read},
    enterprise,
    publicity::rules::standing,
};

const REASON_MAX: usize = 500;

/// A fact of the integrity file.
#[derive(Serialize, ToSchema)]
pub struct FactView {
    /// `fct_…`.
    pub id: String,
    enterprise: String,
    kind: FactKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    source: FactSource,
    asserted_by: String,
    self_declared: bool,
    #[schema(value_type = Option<String>, format = Date)]
    decided_on: Option<Day>,
    #[schema(value_type = Option<String>, format = Date)]
    published_on: Option<Day>,
    #[schema(value_type = String, format = Date)]
    valid_from: Day,
    #[schema(value_type = Option<String>, format = Date)]
    valid_to: Option<Day>,
    degree: Option<Degree>,
    #[schema(value_type = Object)]
    detail: serde_json::Value,
    /// `asserted`, `under_objection`, `stayed`, `repaired`, `expired`, `superseded` or `annulled`, on the day asked for.
    state: &'static str,
    /// For how long it is public, by place, the one that this platform follows first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    publicity: Vec<PublicityWindow>,
    /// What was marked on it since.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    marks: Vec<Mark>,
    /// The region that it was taken from.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    superseded_at: Option<Instant>,
    superseded_by: Option<String>,
    supersedes: Option<String>,
    ended_because: Option<String>,
    /// The deadlines it sets by law.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deadlines: Vec<DeadlineView>,
}

/// A deadline of a fact.
#[derive(Serialize, ToSchema)]
pub struct DeadlineView {
    /// The rule, for example `penalty_publicity`.
    rule: String,
    /// The version of the rule: the day from which it holds.
    #[schema(value_type = String, format = Date)]
    rule_from: Day,
    #[schema(value_type = String, format = Date)]
    event_on: Day,
    /// The last day; `null` while it cannot be counted.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Day>,
    /// Why it cannot be counted: `calendar_missing` until the operator adds the year.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "calendar_missing")]
    reason: Option<DueReason>,
}

impl From<&Deadline> for DeadlineView {
    fn from(deadline: &Deadline) -> Self {
        let Deadline { rule, rule_from, event_on, due_on, reason, .. } = deadline.clone();
        Self { rule, rule_from, event_on, due_on, reason }
    }
}

impl FactView {
    /// A fact as it stands on a day.
    #[must_use]
    pub fn on(stored: &Stored, day: Day) -> Self {
        let fact = &stored.fact;
        let told = serde_json::to_value(&fact.detail).unwrap_or_default();
        Self {
            id: fact.id.clone(),
            enterprise: fact.enterprise.to_string(),
            kind: fact.kind(),
            external_id: stored.external_id.clone(),
            source: fact.source.clone(),
            asserted_by: fact.asserted_by.to_string(),
            self_declared: fact.self_declared,
            decided_on: fact.decided_on,
            published_on: fact.published_on,
            valid_from: fact.valid_from,
            valid_to: fact.valid_to,
            degree: fact.degree,
            detail: told.get("detail").cloned().unwrap_or_default(),
            state: match (stored.annulled, stored.superseded_at) {
                (true, _) => "annulled",
                (false, Some(_)) => "superseded",
                (false, None) => standing(fact, day).as_str(),
            },
            publicity: fact.publicity.clone(),
            marks: fact.marks.clone(),
            origin: fact.origin.clone(),
            recorded_at: fact.recorded_at,
            superseded_at: stored.superseded_at,
            superseded_by: stored.superseded_by.clone(),
            supersedes: stored.supersedes.clone(),
            ended_because: stored.ended_because.clone(),
            deadlines: stored.deadlines.iter().map(DeadlineView::from).collect(),
        }
    }
}

/// The caller as actor.
///
/// # Errors
/// 401 when the token's organisation is no valid code.
pub fn actor(caller: &Caller) -> Result<Actor> {
    Ok(Actor { client: caller.client().to_owned(), organisation: caller.organisation()?, role: caller.role() })
}

/// Reads a fact and asks whether this actor may assert it.
///
/// # Errors
/// Every bad field, or `not_your_fact`.
pub fn accept(app: &Credit, new: &NewFact, actor: &Actor) -> Result<Draft> {
    permit(app, read(new, app.clock.now().day())?, actor)
}

/// Asks whether this actor may assert a fact that was read, and marks it accordingly.
///
/// # Errors
/// `not_your_fact`.
pub fn permit(app: &Credit, draft: Draft, actor: &Actor) -> Result<Draft> {
    let today = app.clock.now().day();
    let rights = app.rights.at(today).ok_or_else(|| Error::internal("no policy says who may assert what today"))?;
    let assertion = may_assert(
        &rights.value,
        (actor.role.as_str(), &actor.organisation),
        &draft.enterprise,
        draft.detail.kind(),
        draft.detail.speaker(),
    )
    .map_err(|refusal| Error::forbidden(Code::NOT_YOUR_FACT, refusal.detail))?;
    Ok(Draft { self_declared: assertion.self_declared, ..draft })
}

/// Records a fact and renders the answer, in the transaction.
///
/// # Errors
/// As `actions::record`.
pub fn record(tx: &mut Tx<'_>, app: &Credit, draft: &Draft, actor: &Actor) -> Result<Answer> {
    match actions::record(tx, app, draft, actor)? {
        Recorded::Created(stored) => answer(201, &stored, tx.now().day()),
        Recorded::Same(stored) => answer(200, &stored, tx.now().day()),
    }
}

/// A fact as an answer.
///
/// # Errors
/// Never in practice: a view is plain data.
pub(crate) fn answer(status: u16, stored: &Stored, day: Day) -> Result<Answer> {
    let body = serde_json::to_string(&FactView::on(stored, day)).map_err(Error::internal)?;
    let location = (status == 201).then(|| format!("/credit/v1/facts/{}", stored.fact.id));
    Ok(Answer { status, etag: None, location, body })
}

/// Assert a fact about an enterprise.
#[utoipa::path(
    request_body = NewFact,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = FactView, description = "It was recorded."), (status = OK, body = FactView, description = "The same stood already."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/facts")]
pub(crate) async fn create_fact(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewFact>,
) -> Result<HttpResponse> {
    let actor = actor(&caller)?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let draft = accept(&app, &body, &actor)?;
    let inner = Arc::clone(&app);
    let answer = db.write_once(key, move |tx| {
        let answer = record(tx, &inner, &draft, &actor)?;
        // What an enterprise says of itself has no weight and moves no score.
        if !draft.self_declared {
            actions::refresh(tx, &inner, &draft.enterprise, &actor)?;
        }
        Ok(answer)
    });
    let answer = answer.await?;
    Ok(once::respond(&answer))
}

/// Read a fact by its id, whatever became of it.
#[utoipa::path(params(("id" = String, Path, description = "The id of the fact.", example = "fct_01JD0000000000000000000000")), responses((status = OK, body = FactView, description = "The fact."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/facts/{id}")]
pub(crate) async fn read_fact(app: Data<Credit>, db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = fact_id(&path)?;
    let stored = db.read(move |conn| store::find(conn, &id)?.ok_or_else(|| Error::not_found("fact", &id))).await?;
    Ok(HttpResponse::Ok().json(FactView::on(&stored, app.clock.now().day())))
}

/// The id of a fact in a path.
///
/// # Errors
/// When it is none.
pub(crate) fn fact_id(text: &str) -> Result<String> {
    Id::parse("fct", text).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// A correction: a whole new fact and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The fact as it should have been.
    fact: NewFact,
    /// Why.
    #[schema(example = "文号录入有误")]
    reason: String,
}

/// Why a fact should never have stood.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Annulment {
    /// Why.
    #[schema(example = "决定已被法院撤销")]
    reason: String,
}

/// Correct a fact: a whole new one takes its place, and both stay readable by `known_at`.
#[utoipa::path(
    request_body = Correction,
    params(("id" = String, Path, description = "The id of the fact.", example = "fct_01JD0000000000000000000000"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = FactView, description = "The fact that stands instead."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/facts/{id}/supersede")]
pub(crate) async fn supersede_fact(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<Correction>,
) -> Result<HttpResponse> {
    let (actor, id) = (actor(&caller)?, fact_id(&path)?);
    let key = once::key(&req, &caller, &body.sha256)?;
    let reason = line(&body.reason, REASON_MAX).map_err(|fault| vec![FieldFault::of("/reason", fault)]);
    let draft = accept(&app, &body.fact, &actor).map_err(|error| error.under("/fact"));
    let (reason, draft) = match (reason, draft) {
        (Ok(reason), Ok(draft)) => (reason, draft),
        (Err(faults), Ok(_)) => return Err(faults.into()),
        (Ok(_), Err(error)) => return Err(error),
        (Err(mut faults), Err(error)) => {
            faults.extend(error.errors().iter().cloned());
            return Err(faults.into());
        }
    };
    let inner = Arc::clone(&app);
    let answer =
        db.write_once(key, move |tx| answer(201, &actions::supersede(tx, &inner, &id, &draft, &reason, &actor)?, tx.now().day())).await?;
    Ok(once::respond(&answer))
}

/// Annul a fact that should never have stood; it stays readable by `known_at`.
#[utoipa::path(
    request_body = Annulment,
    params(("id" = String, Path, description = "The id of the fact.", example = "fct_01JD0000000000000000000000"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = OK, body = FactView, description = "The fact."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/facts/{id}/annul")]
pub(crate) async fn annul_fact(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<Annulment>,
) -> Result<HttpResponse> {
    let (actor, id) = (actor(&caller)?, fact_id(&path)?);
    let key = once::key(&req, &caller, &body.sha256)?;
    let reason = line(&body.reason, REASON_MAX).map_err(|fault| Error::invalid(vec![FieldFault::of("/reason", fault)]))?;
    let inner = Arc::clone(&app);
    let answer = db.write_once(key, move |tx| answer(200, &actions::annul(tx, &inner, &id, &reason, &actor)?, tx.now().day())).await?;
    Ok(once::respond(&answer))
}

/// Which facts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct FactsQuery {
    /// Only of this kind.
    #[param(value_type = Option<FactKind>)]
    kind: Option<String>,
    /// Only those that hold on this day (or on the day of this instant).
    #[param(example = "2026-06-01")]
    as_of: Option<String>,
    /// What the platform knew at this instant; now where nothing is said.
    known_at: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the facts about an enterprise on both time axes.
#[utoipa::path(params(("uscc" = String, Path, description = "The Unified Social Credit Code.", example = "914404001000000590"), FactsQuery), responses((status = OK, body = Page<FactView>, description = "One page, oldest first."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/enterprises/{uscc}/facts")]
pub(crate) async fn list_facts(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    path: Path<String>,
    query: Query<FactsQuery>,
) -> Result<HttpResponse> {
    let (uscc, now) = (param::uscc(&path)?, app.clock.now());
    let (query, mut bad) = query.into_parts();
    let words = FactKind::ALL.map(|kind| (kind.as_str(), kind));
    let kind = param::word("kind", query.kind.as_deref(), &words, &mut bad);
    let as_of = query.as_of.as_deref().map(|text| param::instant("as_of", Some(text), now, &mut bad).cut_off_day());
    let known_at = param::instant("known_at", query.known_at.as_deref(), now, &mut bad).min(now);
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let day = as_of.unwrap_or_else(|| now.day());
    let found = db.read(move |conn| {
        if !enterprise::store::existed(conn, &uscc, known_at)? {
            return Err(unknown(&uscc));
        }
        store::list_with_deadlines(conn, &Listing { enterprise: uscc, kind, holding_on: as_of, known_at, after, limit: Some(limit) })
    });
    let page = Page::cut(found.await?, limit, |stored| Cursor::after([stored.fact.id.clone()]));
    Ok(page.map(|stored| FactView::on(&stored, day)).respond(&req))
}
