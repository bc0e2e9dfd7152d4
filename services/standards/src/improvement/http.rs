//! The list of standards that need improvement on HTTP, and its evidence: findings, feedback, confirmations. Not here: what is a reason, `rules.rs`.

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
        page::{self, Cursor, Page, PageQuery},
        param,
        precondition::ETag,
        query::Query,
    },
    token::{Caller, Role},
};
use model::{
    fault::FieldFault,
    instant::{Day, Instant},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, NewResult, Wanted},
    rules::{FeedbackSubject, FindingOutcome, FindingSource, ImprovementReason, ReasonKind},
    store::{self, FeedbackRow, FindingRow},
};
use crate::{
    Standards,
    author::actions::Author,
    edition::{
        actions::found,
        http::edition_id,
        store::{Stored, level_of},
    },
    said::rules::{Fields, NAME_MAX, TEXT_MAX},
};

/// A standard that needs improvement.
#[derive(Serialize, ToSchema)]
pub struct NeedingImprovement {
    /// `edn_…`.
    edition: String,
    #[schema(example = "GB/T 20223-2006")]
    number: String,
    title: String,
    #[schema(example = "national")]
    level: String,
    mandatory: bool,
    reasons: Vec<ImprovementReason>,
}

impl From<(Stored, Vec<ImprovementReason>)> for NeedingImprovement {
    fn from((stored, reasons): (Stored, Vec<ImprovementReason>)) -> Self {
        let (number, mandatory) = (stored.entry.number, stored.entry.mandatory);
        Self { edition: stored.id, level: level_of(&number), number: number.to_string(), title: stored.entry.title, mandatory, reasons }
    }
}

/// Which standards.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NeedingQuery {
    /// Of this level.
    #[param(example = "national")]
    level: Option<String>,
    /// Of this class of the International Classification for Standards, or one below it.
    #[param(example = "97.190")]
    ics: Option<String>,
    /// For this reason, among others.
    #[param(value_type = Option<ReasonKind>, inline)]
    reason: Option<String>,
    /// On which day; today where nothing is said.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-01")]
    as_of: Option<String>,
    /// At most so many, 1 to 500; there may be fewer on a page that is not the last.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

const LEVELS: [(&str, &str); 5] =
    [("national", "national"), ("industry", "industry"), ("local", "local"), ("group", "group"), ("enterprise", "enterprise")];

/// List the standards in force that need improvement, by number, with every reason, its evidence and its basis.
#[utoipa::path(params(NeedingQuery), responses((status = OK, body = Page<NeedingImprovement>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/needing_improvement")]
pub(crate) async fn list_needing_improvement(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    query: Query<NeedingQuery>,
) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let day = param::day("as_of", query.as_of.as_deref(), &mut bad).unwrap_or_else(|| app.clock.now().day());
    let reason = param::word("reason", query.reason.as_deref(), &ReasonKind::ALL, &mut bad);
    let level = param::word("level", query.level.as_deref(), &LEVELS, &mut bad).map(str::to_owned);
    let is_class = |text: &String| !text.is_empty() && text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if query.ics.as_ref().is_some_and(|text| !is_class(text)) {
        bad.push(FieldFault::shape("?ics", "bad_parameter", "应为分类号。", "Must be a code of the classification."));
    }
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let (inner, ics) = (Arc::clone(&app), query.ics);
    let needing = db.read(move |conn| {
        let (calendar, limit) = (inner.calendars.current(), usize::try_from(limit).unwrap_or(1));
        actions::needing(conn, &Wanted { level, ics, reason, day, after, limit, bounds: &inner.improvement, calendar: &calendar })
    });
    let (items, after) = needing.await?;
    let next_cursor = after.map(|number| Cursor::after([number]).encode());
    Ok(Page { items: items.into_iter().map(NeedingImprovement::from).collect(), next_cursor }.respond(&req))
}

/// A result at a clause of an edition.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFinding {
    /// Which clause; nothing for the whole.
    #[serde(default)]
    #[schema(example = "5.2")]
    clause: Option<String>,
    /// What came out; of a complaint, whether it was right (`failed`).
    outcome: FindingOutcome,
    /// Where it comes from; complaints and recalls are for authorities to record.
    source: FindingSource,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    found_on: Option<String>,
    /// In words.
    #[serde(default)]
    #[schema(example = "示例：拉力试验不合格。")]
    note: Option<String>,
}

/// A result at a clause as it was recorded.
#[derive(Serialize, ToSchema)]
pub struct FindingView {
    /// `fnd_…`.
    id: String,
    edition: String,
    #[schema(example = "5.2")]
    clause: String,
    outcome: FindingOutcome,
    source: FindingSource,
    #[schema(value_type = String, format = Date)]
    found_on: Day,
    /// By which organisation.
    recorded_by: String,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    note: Option<String>,
}

impl From<FindingRow> for FindingView {
    fn from(row: FindingRow) -> Self {
        let FindingRow { id, edition, clause, outcome, source, found_on, recorded_by, recorded_at, note } = row;
        Self { id, edition, clause, outcome, source, found_on, recorded_by, recorded_at, note }
    }
}

fn created<T: Serialize>(location: String, view: &T) -> Result<Answer> {
    let body = serde_json::to_string(view).map_err(Error::internal)?;
    Ok(Answer { status: 201, etag: Some(ETag(1).to_string()), location: Some(location), body })
}

/// Record a result at a clause of an edition; for authorities and laboratories.
#[utoipa::path(
    request_body = NewFinding,
    params(("id" = String, Path, description = "The id of the edition.", example = "edn_01JD0000000000000000000000"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = FindingView, description = "It is recorded."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/editions/{id}/findings")]
pub(crate) async fn create_finding(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewFinding>,
) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[Role::Laboratory])?;
    let (id, key) = (edition_id(&path)?, once::key(&req, &caller, &body.sha256)?);
    let mut fields = Fields::default();
    if author.role != Role::Authority && !matches!(body.source, FindingSource::SpotCheck | FindingSource::Test) {
        let en = "Complaints and recalls are recorded by an authority.";
        fields.bad.push(FieldFault::rule("/source", "source_not_yours", "投诉与召回的结果由主管部门登记。", en));
    }
    let new = NewResult {
        clause: fields.line_or_none("/clause", body.clause.as_deref(), NAME_MAX).unwrap_or_default(),
        outcome: body.outcome,
        source: body.source,
        on: fields.past_day("/found_on", body.found_on.as_deref(), app.clock.now().day()),
        note: fields.line_or_none("/note", body.note.as_deref(), TEXT_MAX),
    };
    if !fields.bad.is_empty() {
        return Err(fields.bad.into());
    }
    let answer = db.write_once(key, move |tx| {
        let row = actions::find_out(tx, &id, &new, &author)?;
        created(format!("/standards/v1/editions/{id}/findings"), &FindingView::from(row))
    });
    Ok(once::respond(&answer.await?))
}

/// List the results at the clauses of an edition, oldest first.
#[utoipa::path(params(("id" = String, Path, description = "The id of the edition.", example = "edn_01JD0000000000000000000000"), PageQuery), responses((status = OK, body = Page<FindingView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/editions/{id}/findings")]
pub(crate) async fn list_findings(db: Data<Db>, req: HttpRequest, path: Path<String>, query: Query<PageQuery>) -> Result<HttpResponse> {
    let (id, (query, bad)) = (edition_id(&path)?, query.into_parts());
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let rows = db.read(move |conn| {
        let edition = found(conn, &id)?.id;
        store::findings_after(conn, &edition, after.as_deref(), limit)
    });
    let page = Page::cut(rows.await?, limit, |row| Cursor::after([row.id.clone()]));
    Ok(page.map(FindingView::from).respond(&req))
}

/// What an organisation says of an edition.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFeedback {
    /// Which clause; nothing for the whole.
    #[serde(default)]
    #[schema(example = "5.2")]
    clause: Option<String>,
    /// What it is about.
    subject: FeedbackSubject,
    /// In words.
    #[schema(example = "示例：未规定试样数量。")]
    text: String,
}

/// What an organisation said of an edition.
#[derive(Serialize, ToSchema)]
pub struct FeedbackView {
    /// `fbk_…`.
    id: String,
    edition: String,
    clause: String,
    subject: FeedbackSubject,
    organisation: String,
    #[schema(value_type = String, format = Date)]
    given_on: Day,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    text: String,
}

impl From<FeedbackRow> for FeedbackView {
    fn from(row: FeedbackRow) -> Self {
        let FeedbackRow { id, edition, clause, subject, organisation, given_on, recorded_at, words: text } = row;
        Self { id, edition, clause, subject, organisation, given_on, recorded_at, text }
    }
}

/// Say how an edition works in practice (Standardization Law 29).
#[utoipa::path(
    request_body = NewFeedback,
    params(("id" = String, Path, description = "The id of the edition.", example = "edn_01JD0000000000000000000000"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = FeedbackView, description = "It is recorded."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/editions/{id}/feedback")]
pub(crate) async fn create_feedback(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewFeedback>,
) -> Result<HttpResponse> {
    let author = Author::of(&caller)?;
    let (id, key) = (edition_id(&path)?, once::key(&req, &caller, &body.sha256)?);
    let mut fields = Fields::default();
    let clause = fields.line_or_none("/clause", body.clause.as_deref(), NAME_MAX).unwrap_or_default();
    let (subject, text) = (body.subject, fields.line("/text", &body.text, TEXT_MAX));
    if !fields.bad.is_empty() {
        return Err(fields.bad.into());
    }
    let answer = db.write_once(key, move |tx| {
        let row = actions::give_feedback(tx, &id, (&clause, subject, &text), &author)?;
        created(format!("/standards/v1/editions/{id}/feedback"), &FeedbackView::from(row))
    });
    Ok(once::respond(&answer.await?))
}

/// List what was said of an edition, oldest first: authorities all of it, others what they said themselves.
#[utoipa::path(params(("id" = String, Path, description = "The id of the edition.", example = "edn_01JD0000000000000000000000"), PageQuery), responses((status = OK, body = Page<FeedbackView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/editions/{id}/feedback")]
pub(crate) async fn list_feedback(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let (id, (query, bad)) = (edition_id(&path)?, query.into_parts());
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let only = if caller.may_read_internal() { None } else { Some(caller.organisation()?.to_string()) };
    let rows = db.read(move |conn| {
        let edition = found(conn, &id)?.id;
        store::feedbacks_after(conn, &edition, only.as_deref(), after.as_deref(), limit)
    });
    let page = Page::cut(rows.await?, limit, |row| Cursor::after([row.id.clone()]));
    Ok(page.map(FeedbackView::from).respond(&req))
}

/// A review that left an edition as it is.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditionConfirmation {
    /// On which day.
    #[schema(format = Date, example = "2026-05-11")]
    confirmed_on: String,
    /// The number of the notice.
    #[schema(example = "示例标委〔2026〕1号")]
    document_no: String,
}

/// Record that a review left an edition as it is; for authorities, and for an association of its own.
#[utoipa::path(
    request_body = EditionConfirmation,
    params(("id" = String, Path, description = "The id of the edition.", example = "edn_01JD0000000000000000000000"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = EditionConfirmation, description = "Its next review counts from here."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/editions/{id}/confirmations")]
pub(crate) async fn confirm_edition(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<EditionConfirmation>,
) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[Role::Association])?;
    let (id, key) = (edition_id(&path)?, once::key(&req, &caller, &body.sha256)?);
    let mut fields = Fields::default();
    let on = fields.past_day("/confirmed_on", Some(&body.confirmed_on), app.clock.now().day());
    let document_no = fields.line("/document_no", &body.document_no, NAME_MAX);
    if !fields.bad.is_empty() {
        return Err(fields.bad.into());
    }
    let answer = db.write_once(key, move |tx| {
        actions::confirm(tx, &id, (on, &document_no), &author)?;
        let view = EditionConfirmation { confirmed_on: on.to_string(), document_no: document_no.clone() };
        created(format!("/standards/v1/editions/{id}"), &view)
    });
    Ok(once::respond(&answer.await?))
}
