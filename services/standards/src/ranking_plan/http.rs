//! Plans on HTTP: handing in, deciding, reading, listing. Not here: what a plan must be, `rules.rs`.

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page},
        param,
        precondition::ETag,
        query::Query,
        step::{Part, Place},
    },
    token::{Caller, Role},
};
use model::{fault::FieldFault, id::Id, instant::Instant, normalise::line, standard_no::StandardNo};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Draft, Verdict},
    rules::{Band, Graded, GradedKind, PlanDecision, PlanState, RankingPlan},
    store::{self, Search, Stored},
};
use crate::{
    assessor::{
        http::{answer, id_of},
        rules::ics_unknown,
    },
    author::{
        actions::Author,
        http::{Judged, Sent, judged},
    },
    classification::rules::is_ics,
    indicator::rules::{Amount, Direction, TITLE_MAX, TestMethod, property},
    unit::rules::Unit,
};

const TEXT_MAX: usize = 2_000;
const NUMBER_MAX: usize = 200;
const INDICATORS_MAX: usize = 50;
const BANDS_MAX: usize = 10;
const BASELINE_MAX: usize = 20;
const YEARS: std::ops::RangeInclusive<i32> = 2018..=2200;

/// A band as it is handed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBand {
    /// At least so much, a decimal number; with `min` and `range`.
    #[serde(default)]
    #[schema(example = "100")]
    lower: Option<String>,
    /// At most so much, a decimal number; with `max` and `range`.
    #[serde(default)]
    #[schema(example = json!(null))]
    upper: Option<String>,
}

/// An indicator of a plan as it is handed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGraded {
    /// The own word of what is measured, as in declarations and clauses.
    #[schema(example = "wear_resistance")]
    property: String,
    /// A short name; at most 120 characters.
    #[schema(example = "示例耐磨性")]
    title: String,
    /// What it does.
    kind: GradedKind,
    /// In which direction it is better.
    direction: Direction,
    /// The unit of its bands, a UCUM code; `1` for a pure number.
    #[schema(example = "1")]
    unit: String,
    /// By which method values are found.
    #[serde(default)]
    #[schema(example = json!(null))]
    test_method: Option<TestMethod>,
    /// The bands, the best one first; at most ten.
    #[schema(example = json!([{"lower": "100"}, {"lower": "80"}]))]
    bands: Vec<NewBand>,
}

/// A plan as it is handed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRankingPlan {
    /// The assessment body; an authority names it, a body acts as itself.
    #[serde(default)]
    #[schema(example = json!(null))]
    assessor: Option<String>,
    /// Its title.
    #[schema(example = "示例健身步道企业标准排行方案")]
    title: String,
    /// The products, a class of the ICS and all below it.
    #[schema(example = "97.190")]
    ics: String,
    /// Which standards are meant, in words.
    #[serde(default)]
    #[schema(example = "示例：面层材料的企业标准。")]
    scope: Option<String>,
    /// For which year.
    #[schema(example = 2026)]
    year: i32,
    /// Dated numbers of national and industry standards that no band may be below; mandatory ones count unnamed. None only where the register knows none
    /// with a requirement of a core indicator.
    #[serde(default)]
    #[schema(example = json!(["GB/T 99001-2024"]))]
    baseline: Vec<String>,
    /// The indicators; at most fifty.
    indicators: Vec<NewGraded>,
}

/// What an authority decides of a plan.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanVerdict {
    /// The number of the decision.
    #[schema(example = "示例标准〔2026〕1号")]
    document_no: String,
    /// In words.
    #[schema(example = "示例：方案可行。")]
    text: String,
}

/// A plan.
#[derive(Serialize, ToSchema)]
pub struct RankingPlanView {
    /// `rkp_…`.
    #[schema(example = "rkp_01JD0000000000000000000000")]
    id: String,
    /// The body that made it and ranks by it, `asr_…`.
    assessor: String,
    title: String,
    ics: String,
    scope: Option<String>,
    year: i32,
    baseline: Vec<String>,
    /// Whether it has no baseline, because the register knew no national or industry standard in force with a requirement of a core indicator.
    without_standard: bool,
    indicators: Vec<Graded>,
    state: PlanState,
    /// What the authority said.
    decision: Option<PlanDecision>,
    /// The steps that may follow.
    allowed: &'static [&'static str],
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl From<Stored> for RankingPlanView {
    fn from(Stored { plan, version }: Stored) -> Self {
        let RankingPlan { id, assessor, title, ics, scope, year, baseline, indicators, state, decision, recorded_at } = plan;
        let (allowed, without_standard) = (state.allowed(), baseline.is_empty());
        Self {
            id,
            assessor,
            title,
            ics,
            scope,
            year,
            baseline,
            without_standard,
            indicators,
            state,
            decision,
            allowed,
            recorded_at,
            version,
        }
    }
}

fn band(said: &NewBand, direction: Direction, at: &str, bad: &mut Vec<FieldFault>) -> Band {
    let mut bound = |name: &str, text: Option<&str>, wanted: bool| {
        if text.is_some() != wanted {
            let (zh, en) = if wanted {
                ("该方向须写明此限值。", "This direction needs this bound.")
            } else {
                ("该方向没有此限值。", "This direction has no such bound.")
            };
            bad.push(FieldFault::rule(format!("{at}/{name}"), "band_bound", zh, en));
        }
        text.and_then(|text| Amount::parse(text).map_err(|fault| bad.push(FieldFault::of(format!("{at}/{name}"), fault))).ok())
    };
    let lower = bound("lower", said.lower.as_deref(), direction != Direction::Max);
    let upper = bound("upper", said.upper.as_deref(), direction != Direction::Min);
    if lower.zip(upper).is_some_and(|(lower, upper)| lower > upper) {
        bad.push(FieldFault::rule(format!("{at}/upper"), "band_bound", "上限低于下限。", "The upper bound is below the lower one."));
    }
    Band { lower, upper }
}

fn graded(said: &NewGraded, at: &str, bad: &mut Vec<FieldFault>) -> Option<Graded> {
    let property = property(&said.property).map_err(|fault| bad.push(FieldFault::of(format!("{at}/property"), fault))).ok();
    let title = line(&said.title, TITLE_MAX).map_err(|fault| bad.push(FieldFault::of(format!("{at}/title"), fault))).ok();
    let unit = Unit::parse(&said.unit).map_err(|fault| bad.push(FieldFault::of(format!("{at}/unit"), fault))).ok();
    let test_method = said.test_method.as_ref().and_then(|method| method.read(&format!("{at}/test_method"), bad));
    if said.bands.is_empty() || said.bands.len() > BANDS_MAX {
        bad.push(FieldFault::rule(format!("{at}/bands"), "band_count", "应有一至十档。", "An indicator has one to ten bands."));
    }
    let bands =
        said.bands.iter().enumerate().map(|(place, said_band)| band(said_band, said.direction, &format!("{at}/bands/{place}"), bad));
    let bands = bands.collect();
    let (kind, direction) = (said.kind, said.direction);
    unit.and(Some(Graded { property: property?, title: title?, kind, direction, unit: said.unit.clone(), test_method, bands }))
}

fn baseline(said: &[String], bad: &mut Vec<FieldFault>) -> Vec<StandardNo> {
    if said.len() > BASELINE_MAX {
        bad.push(FieldFault::rule("/baseline", "baseline_count", "基准标准最多二十项。", "At most twenty standards are a baseline."));
    }
    let mut numbers = Vec::new();
    for (place, text) in said.iter().enumerate() {
        let pointer = format!("/baseline/{place}");
        match StandardNo::parse(text) {
            Ok(number) if number.year().is_none() => {
                bad.push(FieldFault::rule(pointer, "baseline_undated", "请写明年代号。", "Name the edition with its year."));
            }
            Ok(number) => numbers.push(number),
            Err(fault) => bad.push(FieldFault::of(pointer, fault)),
        }
    }
    numbers
}

fn draft(said: &NewRankingPlan) -> Result<Draft> {
    let mut bad = Vec::new();
    let assessor =
        said.assessor.as_deref().and_then(|id| Id::parse("asr", id).map_err(|fault| bad.push(FieldFault::of("/assessor", fault))).ok());
    let title = line(&said.title, NUMBER_MAX).map_err(|fault| bad.push(FieldFault::of("/title", fault))).ok();
    let scope = said.scope.as_deref().and_then(|text| line(text, TEXT_MAX).map_err(|fault| bad.push(FieldFault::of("/scope", fault))).ok());
    if !is_ics(&said.ics) {
        bad.push(ics_unknown("/ics"));
    }
    if !YEARS.contains(&said.year) {
        bad.push(FieldFault::rule("/year", "year_invalid", "年度应在 2018 至 2200 之间。", "The year is between 2018 and 2200."));
    }
    if said.indicators.is_empty() || said.indicators.len() > INDICATORS_MAX {
        bad.push(FieldFault::rule("/indicators", "indicator_count", "应有一至五十项指标。", "A plan has one to fifty indicators."));
    }
    let baseline = baseline(&said.baseline, &mut bad);
    let read = |(place, one): (usize, &NewGraded)| graded(one, &format!("/indicators/{place}"), &mut bad);
    let indicators: Vec<Graded> = said.indicators.iter().enumerate().filter_map(read).collect();
    let (Some(title), true) = (title, bad.is_empty()) else { return Err(bad.into()) };
    Ok(Draft { assessor, title, ics: said.ics.clone(), scope, year: said.year, baseline, indicators })
}

/// Hand a plan in: indicators with their bands for a field of products.
#[utoipa::path(
    request_body = NewRankingPlan,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = RankingPlanView, description = "It waits for the authority."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/ranking_plans")]
pub(crate) async fn create_ranking_plan(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewRankingPlan>,
) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[Role::Laboratory, Role::Association])?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let draft = draft(&body)?;
    let work = db.write_once(key, move |tx| {
        let stored = actions::hand_in(tx, &draft, &author)?;
        let location = Some(format!("/standards/v1/ranking_plans/{}", stored.plan.id));
        answer(201, location, 1, &RankingPlanView::from(stored))
    });
    Ok(once::respond(&work.await?))
}

/// A plan in a path.
pub(crate) struct OfPlan;

impl Place for OfPlan {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the plan.", "rkp_01JD0000000000000000000000")]
    }
}

async fn decide(judged: Judged, verdict: Verdict, said: &PlanVerdict) -> Result<HttpResponse> {
    let (id, mut bad) = (id_of("rkp", &judged.part(0))?, Vec::new());
    let document_no = line(&said.document_no, NUMBER_MAX).map_err(|fault| bad.push(FieldFault::of("/document_no", fault))).ok();
    let text = line(&said.text, TEXT_MAX).map_err(|fault| bad.push(FieldFault::of("/text", fault))).ok();
    let (Some(document_no), Some(text), true) = (document_no, text, bad.is_empty()) else { return Err(bad.into()) };
    let taken = judged.take(move |tx, judged| {
        let stored = actions::decide(tx, &judged.app, (&id, judged.version), (verdict, &document_no, &text))?;
        answer(200, None, stored.version, &RankingPlanView::from(stored))
    });
    taken.await
}

/// Approve a plan; authorities only. What it lacks is told all at once.
#[utoipa::path(request_body = PlanVerdict, params(Sent<OfPlan>), responses((status = OK, body = RankingPlanView, description = "Rankings may be made by it."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/ranking_plans/{id}/approve")]
pub(crate) async fn approve_ranking_plan(sent: Sent<OfPlan>, body: Body<PlanVerdict>) -> Result<HttpResponse> {
    decide(judged(sent, &body.sha256, &[])?, Verdict::Approve, &body).await
}

/// Reject a plan; authorities only.
#[utoipa::path(request_body = PlanVerdict, params(Sent<OfPlan>), responses((status = OK, body = RankingPlanView, description = "It is closed."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/ranking_plans/{id}/reject")]
pub(crate) async fn reject_ranking_plan(sent: Sent<OfPlan>, body: Body<PlanVerdict>) -> Result<HttpResponse> {
    decide(judged(sent, &body.sha256, &[])?, Verdict::Reject, &body).await
}

/// Read a plan.
#[utoipa::path(params(("id" = String, Path, description = "The id of the plan.", example = "rkp_01JD0000000000000000000000")), responses((status = OK, body = RankingPlanView, description = "The plan."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/ranking_plans/{id}")]
pub(crate) async fn read_ranking_plan(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = id_of("rkp", &path)?;
    let found = db.read(move |conn| actions::found(conn, &id)).await?;
    Ok(HttpResponse::Ok().insert_header(ETag(found.version).header()).json(RankingPlanView::from(found)))
}

/// Which plans.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RankingPlansQuery {
    /// For products of this class of the ICS or one below it.
    #[param(example = "97.190")]
    ics: Option<String>,
    /// For this year.
    #[param(value_type = Option<i32>, example = 2026)]
    year: Option<String>,
    /// In this state.
    #[param(value_type = Option<PlanState>)]
    state: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List plans, the first handed in first.
#[utoipa::path(params(RankingPlansQuery), responses((status = OK, body = Page<RankingPlanView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/ranking_plans")]
pub(crate) async fn list_ranking_plans(db: Data<Db>, req: HttpRequest, query: Query<RankingPlansQuery>) -> Result<HttpResponse> {
    let (asked, mut bad) = query.into_parts();
    let state = param::word("state", asked.state.as_deref(), &PlanState::ALL, &mut bad);
    if asked.ics.as_deref().is_some_and(|text| !is_ics(text)) {
        bad.push(FieldFault::shape("?ics", "bad_parameter", "应为 ICS 分类号。", "Must be a class of the ICS."));
    }
    let year = asked.year.as_deref().and_then(|text| text.parse::<i32>().ok().filter(|year| YEARS.contains(year)));
    if asked.year.is_some() && year.is_none() {
        bad.push(FieldFault::shape("?year", "bad_parameter", "应为 2018 至 2200 的年份。", "Must be a year from 2018 to 2200."));
    }
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let search = Search { ics: asked.ics, year, state, after, limit };
    let found = db.read(move |conn| store::list(conn, &search)).await?;
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.plan.id.clone()]));
    Ok(page.map(RankingPlanView::from).respond(&req))
}
