//! `GET /measures`, `GET` and `POST /enterprises/{uscc}/measures`. Not here: which measures follow, `rules.rs`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Error, Problem, Problems, Result},
    http::{json::Body, once, param, query::Query},
    token::Caller,
};
use contracts::credit::{Grade, MeasureInterval, MeasureScope, MeasureSide};
use model::{
    fault::FieldFault,
    id::Id,
    instant::{Day, Instant, parse_day},
    normalise::line,
    ratio::Ratio,
    text::Lang,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{self, Ground, Measure, Record, Table, frequency, holds},
    store,
};
use crate::{Credit, fact::http::actor, listing::http::authority};

const TEXT_MAX: usize = 200;

/// A multiplier of inspection frequency as counts.
#[derive(Serialize, ToSchema)]
pub struct RatioView {
    /// Numerator.
    num: u64,
    /// Denominator.
    den: u64,
}

impl From<Ratio> for RatioView {
    fn from(ratio: Ratio) -> Self {
        Self { num: ratio.num, den: ratio.den }
    }
}

/// A measure of the published table.
#[derive(Serialize, ToSchema)]
pub struct PublishedMeasure {
    code: String,
    side: MeasureSide,
    kind: &'static str,
    scope: MeasureScope,
    department: String,
    text: String,
    /// `listed` with its list, `graded` with the grades, or `banned` with what it bars from.
    #[schema(value_type = Object)]
    ground: Ground,
    multiplier: Option<RatioView>,
    /// The legal basis.
    basis: String,
    /// How sure that is: `L` law, `S` another source, `M-…` memory, `D` a choice.
    #[schema(value_type = String)]
    evidence: model::policy::Evidence,
}

fn published(measure: &Measure, lang: Lang) -> PublishedMeasure {
    let measure = measure.clone();
    PublishedMeasure {
        code: measure.code,
        side: measure.side,
        kind: measure.kind.as_str(),
        scope: measure.scope,
        department: measure.department.pick(lang).to_owned(),
        text: measure.text.pick(lang).to_owned(),
        ground: measure.ground,
        multiplier: measure.multiplier.map(RatioView::from),
        basis: measure.basis,
        evidence: measure.evidence,
    }
}

/// The published table on a day.
#[derive(Serialize, ToSchema)]
pub struct MeasureTable {
    /// The day from which this version holds.
    #[schema(value_type = Option<String>, format = Date)]
    effective_from: Option<Day>,
    /// Where it stands written.
    source: Option<String>,
    items: Vec<PublishedMeasure>,
}

/// On which day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TableQuery {
    /// The day, or an instant of it; today where nothing is said.
    #[param(example = "2026-06-01")]
    as_of: Option<String>,
}

/// Read the published table of measures on a day; public, because what is not in it cannot be imposed.
#[utoipa::path(params(TableQuery), responses(
    (status = OK, body = MeasureTable, description = "The table."),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "The day cannot be read."),
    (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many requests; see `Retry-After`.")
))]
#[get("/measures")]
pub(crate) async fn list_measures(app: Data<Credit>, req: HttpRequest, query: Query<TableQuery>) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let day = param::instant("as_of", query.as_of.as_deref(), app.clock.now(), &mut bad).cut_off_day();
    param::refuse(bad)?;
    let (row, lang) = (actions::table()?.at(day), param::language(&req));
    let table = MeasureTable {
        effective_from: row.map(|row| row.effective_from),
        source: row.map(|row| row.source.clone()),
        items: row.map_or_else(Vec::new, |row| row.value.iter().map(|measure| published(measure, lang)).collect()),
    };
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).insert_header(("Vary", "Accept-Language")).json(table))
}

/// A measure in force for an enterprise.
#[derive(Serialize, ToSchema)]
pub struct MeasureView {
    code: String,
    side: MeasureSide,
    kind: Option<&'static str>,
    scope: MeasureScope,
    department: Option<String>,
    text: Option<String>,
    basis: Option<String>,
    multiplier: Option<RatioView>,
    /// The facts that are its ground.
    fact_ids: Vec<String>,
    /// The grades that are its ground.
    grades: Vec<Grade>,
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// The last day, as far as it is known now; `null` while its ground has no end.
    #[schema(value_type = Option<String>, format = Date)]
    to: Option<Day>,
    /// Which departments carry it out on that day.
    carried_out: Vec<CarriedOut>,
}

/// That a department carries out a measure.
#[derive(Serialize, ToSchema)]
pub struct CarriedOut {
    /// `msr_…`.
    id: String,
    code: String,
    department: String,
    notice_document_no: String,
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// The last day: as stated, and never after its ground.
    #[schema(value_type = Option<String>, format = Date)]
    to: Option<Day>,
}

fn carried_out(record: &Record, ground: &MeasureInterval) -> CarriedOut {
    CarriedOut {
        id: record.id.clone(),
        code: record.code.clone(),
        department: record.department.clone(),
        notice_document_no: record.document_no.clone(),
        from: record.from,
        to: record.last(ground),
    }
}

/// The measures of an enterprise on a day.
#[derive(Serialize, ToSchema)]
pub struct EnterpriseMeasures {
    enterprise: String,
    #[schema(value_type = String, format = DateTime)]
    as_of: Instant,
    #[schema(value_type = String, format = DateTime)]
    known_at: Instant,
    /// The feed position they were computed from.
    watermark: i64,
    items: Vec<MeasureView>,
    /// What inspection frequency is multiplied by: the highest discipline, else the lowest incentive; `null` where neither applies.
    inspection_frequency: Option<RatioView>,
}

/// When, and by which knowledge.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MeasuresQuery {
    /// The day, or an instant of it; today where nothing is said.
    #[param(example = "2026-06-01")]
    as_of: Option<String>,
    /// What the platform knew at this instant; now where nothing is said.
    #[param(example = "2026-06-01T09:30:00+08:00")]
    known_at: Option<String>,
}

/// Read the incentives and the joint discipline in force for an enterprise on a day, each with its ground and its days.
#[utoipa::path(params(("uscc" = String, Path, description = "The Unified Social Credit Code.", example = "914404001000000590"), MeasuresQuery), responses((status = OK, body = EnterpriseMeasures, description = "The measures in force."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/enterprises/{uscc}/measures")]
pub(crate) async fn read_measures(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    path: Path<String>,
    query: Query<MeasuresQuery>,
) -> Result<HttpResponse> {
    let (uscc, now) = (param::uscc(&path)?, app.clock.now());
    let (query, mut bad) = query.into_parts();
    let as_of = param::instant("as_of", query.as_of.as_deref(), now, &mut bad);
    let known_at = param::instant("known_at", query.known_at.as_deref(), now, &mut bad).min(now);
    param::refuse(bad)?;
    let (lang, inner, day) = (param::language(&req), Arc::clone(&app), as_of.cut_off_day());
    let view = db.read(move |conn| {
        let table = actions::table()?;
        let intervals = actions::known(conn, &inner, &uscc, known_at)?;
        let records = store::of_enterprise(conn, &uscc, known_at)?;
        let held = intervals.iter().filter(|interval| holds(interval, day));
        let items = held.map(|interval| show(table, interval, &records, &intervals, day, lang)).collect();
        Ok(EnterpriseMeasures {
            enterprise: uscc.to_string(),
            as_of,
            known_at,
            watermark: common::feed::head(conn)?,
            items,
            inspection_frequency: frequency(&intervals, day).map(RatioView::from),
        })
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

fn show(table: &Table, held: &MeasureInterval, records: &[Record], all: &[MeasureInterval], day: Day, lang: Lang) -> MeasureView {
    let row = rules::published(table, &held.code, day);
    let on = records.iter().filter(|record| record.from <= day).filter_map(|record| {
        let ground = record.ground(all).filter(|ground| *ground == held)?;
        record.last(ground).is_none_or(|last| day <= last).then(|| carried_out(record, ground))
    });
    MeasureView {
        code: held.code.clone(),
        side: held.side,
        kind: row.map(|row| row.kind.as_str()),
        scope: held.scope,
        department: row.map(|row| row.department.pick(lang).to_owned()),
        text: row.map(|row| row.text.pick(lang).to_owned()),
        basis: row.map(|row| row.basis.clone()),
        multiplier: held.multiplier.map(RatioView::from),
        fact_ids: held.fact_ids.clone(),
        grades: held.grades.clone(),
        from: held.from,
        to: held.to,
        carried_out: on.collect(),
    }
}

/// That a department carries out a measure.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMeasure {
    /// A code of the published table.
    #[schema(example = "D.FUNDS_RESTRICTED")]
    code: String,
    /// The fact that is its ground, where there are several.
    #[serde(default)]
    ground_fact: Option<String>,
    /// Who carries it out.
    #[schema(example = "示例市财政局")]
    department: String,
    /// The number of the written notice to the enterprise.
    #[schema(example = "示例〔2026〕1号")]
    notice_document_no: String,
    /// The first day.
    #[schema(format = Date, example = "2026-06-01")]
    from: String,
    /// The last day; without it until its ground goes.
    #[serde(default)]
    #[schema(format = Date)]
    to: Option<String>,
}

fn asked(new: &NewMeasure) -> Result<Record> {
    let mut faults = Vec::new();
    let mut note = |pointer: &str, fault| faults.push(FieldFault::of(pointer, fault));
    let code = line(&new.code, TEXT_MAX).map_err(|fault| note("/code", fault)).ok();
    let fact = new.ground_fact.as_deref().map(|id| Id::parse("fct", id)).transpose().map_err(|fault| note("/ground_fact", fault)).ok();
    let department = line(&new.department, TEXT_MAX).map_err(|fault| note("/department", fault)).ok();
    let document_no = line(&new.notice_document_no, TEXT_MAX).map_err(|fault| note("/notice_document_no", fault)).ok();
    let from = parse_day(&new.from).map_err(|fault| note("/from", fault)).ok();
    let to = new.to.as_deref().map(parse_day).transpose().map_err(|fault| note("/to", fault)).ok();
    if from.zip(to.flatten()).is_some_and(|(from, to)| to < from) {
        faults.push(FieldFault::rule("/to", "date_order", "终止之日不得早于起始之日。", "It cannot end before it begins."));
    }
    match (code, fact, department, document_no, from, to) {
        (Some(code), Some(ground_fact), Some(department), Some(document_no), Some(from), Some(to)) if faults.is_empty() => {
            Ok(Record { id: String::new(), code, ground_fact, department, document_no, from, to })
        }
        _ => Err(Error::invalid(faults)),
    }
}

/// Record that a department carries out a measure; refused unless it is published and its ground is there.
#[utoipa::path(
    request_body = NewMeasure,
    params(("uscc" = String, Path, description = "The Unified Social Credit Code.", example = "914404001000000590"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = CarriedOut, description = "It was recorded; it ends with its ground."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/enterprises/{uscc}/measures")]
pub(crate) async fn create_measure(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewMeasure>,
) -> Result<HttpResponse> {
    let (uscc, actor, key) = (param::uscc(&path)?, actor(&caller)?, once::key(&req, &caller, &body.sha256)?);
    authority(&caller)?;
    let (wanted, inner) = (asked(&body)?, Arc::clone(&app));
    let answer = db.write_once(key, move |tx| {
        let (record, ground) = actions::record(tx, &inner, &uscc, &wanted, &actor)?;
        let body = serde_json::to_string(&carried_out(&record, &ground)).map_err(Error::internal)?;
        Ok(Answer { status: 201, etag: None, location: Some(format!("/credit/v1/enterprises/{uscc}/measures")), body })
    });
    let answer = answer.await?;
    Ok(once::respond(&answer))
}
