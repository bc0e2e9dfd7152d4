//! Evaluations on HTTP: record, read, list, correct, take back. Not here: what is reported, `performance_report`.

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Conn, Db},
    error::{Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page},
        precondition::ETag,
        query::Query,
        step::{Part, Place},
    },
    token::{Caller, Role},
};
use contracts::credit::Performed;
use model::{fault::FieldFault, id::Id, instant::parse_day, normalise::line};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Recorded},
    rules::{Evaluation, PerformanceEntry},
    store::{self, Stored},
};
use crate::{
    award::http::{SHORT, words},
    buyer::actions::Author,
    challenge::http::{TEXT_MAX, digests},
    performance_report::{
        rules::ReportState,
        store::{self as reports, Report},
    },
    sent::http::{Sent, judged_of_buyer},
};

const EXTERNAL_ID_MAX: usize = 100;

/// An evaluation in a path.
pub(crate) struct OfPerformance;

impl Place for OfPerformance {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the evaluation.", "prf_01JD0000000000000000000000")]
    }
}

/// What an evaluation says, as it is sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPerformanceResult)]
pub struct NewEvaluation {
    /// Whether the contract was performed.
    result: Performed,
    /// What was wrong; a breach names it.
    #[serde(default)]
    #[schema(example = json!(null))]
    ground: Option<String>,
    /// The articles of the contract, or of the law, that were breached.
    #[serde(default)]
    #[schema(example = json!([]))]
    articles: Vec<String>,
    /// When it was delivered.
    #[serde(default)]
    #[schema(format = Date, example = json!(null))]
    delivered_on: Option<String>,
    /// When it was evaluated.
    #[schema(format = Date, example = "2026-05-11")]
    evaluated_on: String,
    /// Digests of what shows it, `sha256:…`.
    #[serde(default)]
    #[schema(example = json!([]))]
    evidence: Vec<String>,
}

/// An evaluation of performance as it is sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerformance {
    /// The buyer's own id; the same id and content again answers with the stored evaluation.
    #[schema(example = "LY-2026-0001")]
    external_id: String,
    /// What it says.
    evaluation: NewEvaluation,
}

/// A correction: what it should have said, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PerformanceCorrection {
    /// What it should have said.
    evaluation: NewEvaluation,
    /// Why.
    #[schema(example = "示例：交付日期录入有误。")]
    reason: String,
}

/// Why an evaluation is taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PerformanceWithdrawal {
    /// Why.
    #[schema(example = "示例：经协商，双方无争议。")]
    reason: String,
}

/// How far the report to credit has come.
#[derive(Serialize, ToSchema)]
pub struct PerformanceReport {
    /// Whether credit knows it as it stands now.
    state: ReportState,
    /// The fact of the integrity file.
    fact: Option<String>,
    /// Why credit does not take it, or did not the last time.
    failure: Option<String>,
}

/// An evaluation of performance.
#[derive(Serialize, ToSchema)]
pub struct PerformanceView {
    /// `prf_…`.
    id: String,
    tender: String,
    lot: String,
    award: String,
    contract: String,
    buyer: String,
    supplier: String,
    external_id: String,
    /// What it says; `null` when it was taken back.
    evaluation: Option<Evaluation>,
    /// What was done, in order.
    history: Vec<PerformanceEntry>,
    /// How far the report to credit has come.
    report: PerformanceReport,
    /// The steps that may follow.
    allowed: &'static [&'static str],
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl PerformanceView {
    fn of(stored: &Stored, report: Option<&Report>) -> Self {
        let performance = stored.performance.clone();
        let known = report.filter(|report| report.version >= stored.version);
        Self {
            report: PerformanceReport {
                state: known.map_or(ReportState::Pending, |report| report.state),
                fact: report.and_then(|report| report.fact.clone()),
                failure: known.and_then(|report| report.failure.clone()),
            },
            allowed: performance.allowed(),
            id: performance.id,
            tender: performance.tender,
            lot: performance.lot,
            award: performance.award,
            contract: performance.contract,
            buyer: performance.buyer.to_string(),
            supplier: performance.supplier.to_string(),
            external_id: performance.external_id,
            evaluation: performance.evaluation,
            history: performance.history,
            version: stored.version,
        }
    }
}

fn shown(conn: &mut Conn, stored: &Stored) -> Result<PerformanceView> {
    let report = reports::find(conn, &stored.performance.id)?;
    Ok(PerformanceView::of(stored, report.as_ref()))
}

fn answer(conn: &mut Conn, status: u16, stored: &Stored) -> Result<Answer> {
    let body = serde_json::to_string(&shown(conn, stored)?).map_err(Error::internal)?;
    let location = (status == 201).then(|| format!("/procurement/v1/performances/{}", stored.performance.id));
    Ok(Answer { status, etag: Some(ETag(stored.version).to_string()), location, body })
}

fn read(said: &NewEvaluation, faults: &mut Vec<FieldFault>) -> Option<Evaluation> {
    let ground = words(said.ground.as_deref(), "/evaluation/ground", 1_000, faults);
    let article =
        |(place, text): (usize, &String)| line(text, SHORT).map_err(|fault| FieldFault::of(format!("/evaluation/articles/{place}"), fault));
    let articles = said.articles.iter().enumerate().map(article).filter_map(|one| one.map_err(|fault| faults.push(fault)).ok()).collect();
    if said.articles.len() > 20 {
        faults.push(FieldFault::rule("/evaluation/articles", "too_many", "最多二十项。", "At most twenty."));
    }
    let mut day = |text: &str, pointer: &str| parse_day(text).map_err(|fault| faults.push(FieldFault::of(pointer, fault))).ok();
    let delivered_on = said.delivered_on.as_deref().and_then(|text| day(text, "/evaluation/delivered_on"));
    let evaluated_on = day(&said.evaluated_on, "/evaluation/evaluated_on");
    let evidence = digests(&said.evidence, "/evaluation/evidence", faults);
    evaluated_on.map(|evaluated_on| Evaluation { result: said.result, ground, articles, delivered_on, evaluated_on, evidence })
}

/// Record how the contract of a lot was performed; credit hears of it.
#[utoipa::path(
    request_body = NewPerformance,
    params(("id" = String, Path, description = "The tender.", example = "SZ-2026-0001"), ("lot" = String, Path, description = "The lot; `-` where the tender has none.", example = "-"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = PerformanceView, description = "It was recorded."), (status = OK, body = PerformanceView, description = "The same stood already."), Problems),
    security(("oauth2" = ["procurement:write"]))
)]
#[post("/tenders/{id}/lots/{lot}/performance")]
pub(crate) async fn create_performance(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
    body: Body<NewPerformance>,
) -> Result<HttpResponse> {
    let (author, (tender, lot)) = (Author::of(&caller)?, path.into_inner());
    let key = once::key(&req, &caller, &body.sha256)?;
    let mut faults = Vec::new();
    let external_id = line(&body.external_id, EXTERNAL_ID_MAX).map_err(|fault| faults.push(FieldFault::of("/external_id", fault))).ok();
    let evaluation = read(&body.evaluation, &mut faults);
    let (Some(external_id), Some(evaluation), true) = (external_id, evaluation, faults.is_empty()) else { return Err(faults.into()) };
    let answer = db.write_once(key, move |tx| match actions::record(tx, (&tender, &lot), (&external_id, &evaluation), &author)? {
        Recorded::Created(stored) => answer(tx.conn, 201, &stored),
        Recorded::Same(stored) => answer(tx.conn, 200, &stored),
    });
    Ok(once::respond(&answer.await?))
}

/// Correct an evaluation: the one before stays in its history.
#[utoipa::path(request_body = PerformanceCorrection, params(Sent<OfPerformance>), responses((status = OK, body = PerformanceView, description = "It was corrected."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/performances/{id}/correct")]
pub(crate) async fn correct_performance(sent: Sent<OfPerformance>, body: Body<PerformanceCorrection>) -> Result<HttpResponse> {
    let (judged, mut faults) = (judged_of_buyer(sent, &body.sha256)?, Vec::new());
    let id = performance_id(&judged.part(0))?;
    let reason = words(Some(&body.reason), "/reason", TEXT_MAX, &mut faults);
    let evaluation = read(&body.evaluation, &mut faults);
    let (Some(reason), Some(evaluation), true) = (reason, evaluation, faults.is_empty()) else { return Err(faults.into()) };
    let taken = judged.take(move |tx, judged| {
        let stored = actions::change(tx, (&id, judged.version), Some(&evaluation), &reason, &judged.by)?;
        answer(tx.conn, 200, &stored)
    });
    taken.await
}

/// Take an evaluation back: the fact in credit is annulled.
#[utoipa::path(request_body = PerformanceWithdrawal, params(Sent<OfPerformance>), responses((status = OK, body = PerformanceView, description = "It was taken back."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/performances/{id}/withdraw")]
pub(crate) async fn withdraw_performance(sent: Sent<OfPerformance>, body: Body<PerformanceWithdrawal>) -> Result<HttpResponse> {
    let (judged, mut faults) = (judged_of_buyer(sent, &body.sha256)?, Vec::new());
    let id = performance_id(&judged.part(0))?;
    let reason = words(Some(&body.reason), "/reason", TEXT_MAX, &mut faults);
    let Some(reason) = reason else { return Err(faults.into()) };
    let taken = judged.take(move |tx, judged| {
        let stored = actions::change(tx, (&id, judged.version), None, &reason, &judged.by)?;
        answer(tx.conn, 200, &stored)
    });
    taken.await
}

fn performance_id(path: &str) -> Result<String> {
    Id::parse("prf", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// An evaluation is read by its parties and authorities; credit shows what becomes of it to others.
fn may_see(caller: &Caller, stored: &Stored) -> bool {
    let Stored { performance, .. } = stored;
    caller.owns(&performance.buyer).is_ok() || caller.owns(&performance.supplier).is_ok() || caller.role() == Role::Service
}

/// Read an evaluation with its history.
#[utoipa::path(params(("id" = String, Path, description = "The id of the evaluation.", example = "prf_01JD0000000000000000000000")), responses((status = OK, body = PerformanceView, description = "The evaluation."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/performances/{id}")]
pub(crate) async fn read_performance(db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let id = performance_id(&path)?;
    let found = db.read(move |conn| {
        let stored =
            store::find(conn, &id)?.filter(|stored| may_see(&caller, stored)).ok_or_else(|| Error::not_found("performance", &id))?;
        Ok((ETag(stored.version), shown(conn, &stored)?))
    });
    let (etag, view) = found.await?;
    Ok(HttpResponse::Ok().insert_header(etag.header()).json(view))
}

/// Which evaluations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PerformancesQuery {
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the evaluations of a lot that the caller is a party to, the oldest first.
#[utoipa::path(params(("id" = String, Path, description = "The tender.", example = "SZ-2026-0001"), ("lot" = String, Path, description = "The lot; `-` where the tender has none.", example = "-"), PerformancesQuery), responses((status = OK, body = Page<PerformanceView>, description = "One page."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/tenders/{id}/lots/{lot}/performance")]
pub(crate) async fn list_performances(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
    query: Query<PerformancesQuery>,
) -> Result<HttpResponse> {
    let ((tender, lot), (asked, bad)) = (path.into_inner(), query.into_parts());
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    // A stranger learns not even how many there are.
    let sees_all = matches!(caller.role(), Role::Authority | Role::Service);
    let party = if sees_all { None } else { Some(caller.organisation()?.to_string()) };
    let found = db.read(move |conn| {
        let found = store::list(conn, (&tender, &lot), party.as_deref(), after.as_deref().unwrap_or_default(), limit)?;
        let page = Page::cut(found, limit, |stored| Cursor::after([stored.performance.id.clone()]));
        let Page { items, next_cursor } = page;
        let items = items.iter().map(|stored| shown(conn, stored)).collect::<Result<Vec<_>>>()?;
        Ok(Page { items, next_cursor })
    });
    Ok(found.await?.respond(&req))
}
