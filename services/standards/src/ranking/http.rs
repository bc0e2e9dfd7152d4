//! Rankings on HTTP: ranking, reading, listing, working out again. Not here: naming, `leader_step`.

use std::sync::Arc;

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
        precondition::ETag,
        query::Query,
    },
    token::{Caller, Role},
};
use model::{
    fault::FieldFault,
    id::Id,
    instant::{Day, Instant, parse_day},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Handed},
    rules::{BandCount, Excluded, IndicatorList, Naming, OrderInsideBand, Outcome, Place, Ranking},
    store::{self, Stored},
};
use crate::{
    Standards,
    assessor::http::{answer, id_of},
    author::actions::Author,
    indicator::rules::{Amount, TestMethod},
    ranking_input::rules::{CitedEdition, Input, KeptOut, Measurement, RankingDifference},
    said::rules::digest,
    unit::rules::Unit,
};

const RESULTS_MAX: usize = 5_000;

/// A measured value as it is handed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRankingMeasurement {
    /// Of which declaration.
    #[schema(example = "dcl_01JD0000000000000000000000")]
    declaration: String,
    /// Of which indicator of the plan.
    #[schema(example = "wear_resistance")]
    property: String,
    /// How much, a decimal number.
    #[schema(example = "120")]
    value: String,
    /// The unit, a UCUM code.
    #[schema(example = "1")]
    unit: String,
    /// By which method.
    #[serde(default)]
    #[schema(example = json!(null))]
    test_method: Option<TestMethod>,
    /// The report, `sha256:…`.
    #[schema(example = "sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    report_digest: String,
    /// On which day it was measured.
    #[schema(format = Date, example = "2026-05-11")]
    measured_on: String,
}

/// What is ranked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRanking {
    /// By which plan.
    #[schema(example = "rkp_01JD0000000000000000000000")]
    plan: String,
    /// What the assessment body of the plan measured; attributed to it. At most 5,000.
    #[serde(default)]
    #[schema(example = json!([]))]
    results: Vec<NewRankingMeasurement>,
}

/// What was read of a declaration.
#[derive(Serialize, ToSchema)]
pub struct RankingInputView {
    declaration: String,
    declaration_version: i64,
    executed: Vec<CitedEdition>,
    references: Vec<CitedEdition>,
    kept_out: Vec<KeptOut>,
}

impl From<Input> for RankingInputView {
    fn from(input: Input) -> Self {
        let Input { declaration, declaration_version, executed, references, kept_out, .. } = input;
        Self { declaration, declaration_version, executed, references, kept_out }
    }
}

/// A ranking.
#[derive(Serialize, ToSchema)]
pub struct RankingView {
    /// `rkg_…`.
    #[schema(example = "rkg_01JD0000000000000000000000")]
    id: String,
    plan: String,
    plan_version: i64,
    /// The body that ranked, `asr_…`; its results are attributed to it.
    assessor: String,
    #[schema(value_type = String, format = Date)]
    ranked_on: Day,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// Whether there is a list: none where every core indicator is equal everywhere.
    listed: bool,
    /// Whoever is in the same band is equal; inside a band codes only put them on the page.
    order_inside_band: OrderInsideBand,
    /// How many are in each band; the best is 1, and a declaration is in the worst band of its core indicators.
    bands: Vec<BandCount>,
    /// By each indicator; none where all values are equal.
    indicators: Vec<IndicatorList>,
    /// Who is in which band.
    places: Vec<Place>,
    /// Who is not ranked, and why.
    excluded: Vec<Excluded>,
    /// What it rests on.
    inputs: Vec<RankingInputView>,
    /// Who was named.
    namings: Vec<Naming>,
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl From<Stored> for RankingView {
    fn from(Stored { ranking, version }: Stored) -> Self {
        let Ranking { id, plan, plan_version, assessor, ranked_on, recorded_at, inputs, outcome, namings, .. } = ranking;
        let Outcome { listed, order_inside_band, bands, indicators, places, excluded } = outcome;
        let inputs = inputs.into_iter().map(RankingInputView::from).collect();
        Self {
            id,
            plan,
            plan_version,
            assessor,
            ranked_on,
            recorded_at,
            listed,
            order_inside_band,
            bands,
            indicators,
            places,
            excluded,
            inputs,
            namings,
            version,
        }
    }
}

/// A ranking in a list.
#[derive(Serialize, ToSchema)]
pub struct RankingSummary {
    /// `rkg_…`.
    #[schema(example = "rkg_01JD0000000000000000000000")]
    id: String,
    plan: String,
    assessor: String,
    #[schema(value_type = String, format = Date)]
    ranked_on: Day,
    listed: bool,
    /// How many are in each band.
    bands: Vec<BandCount>,
    /// How many are not ranked.
    excluded: usize,
    version: i64,
}

impl From<Stored> for RankingSummary {
    fn from(Stored { ranking, version }: Stored) -> Self {
        let Ranking { id, plan, assessor, ranked_on, outcome, .. } = ranking;
        Self { id, plan, assessor, ranked_on, listed: outcome.listed, bands: outcome.bands, excluded: outcome.excluded.len(), version }
    }
}

/// Whether a ranking comes out again.
#[derive(Serialize, ToSchema)]
pub struct RankingReplay {
    /// The ranking.
    ranking: String,
    /// Whether nothing differs.
    identical: bool,
    /// Where something differs: in what comes out of the kept inputs, or in what the register knows now of that day. At most 200.
    differences: Vec<RankingDifference>,
}

fn result(said: &NewRankingMeasurement, at: &str, today: Day, bad: &mut Vec<FieldFault>) -> Option<Handed> {
    let declaration =
        Id::parse("dcl", &said.declaration).map_err(|fault| bad.push(FieldFault::of(format!("{at}/declaration"), fault))).ok();
    let value = Amount::parse(&said.value).map_err(|fault| bad.push(FieldFault::of(format!("{at}/value"), fault))).ok();
    let unit = Unit::parse(&said.unit).map_err(|fault| bad.push(FieldFault::of(format!("{at}/unit"), fault))).ok();
    let test_method = said.test_method.as_ref().and_then(|method| method.read(&format!("{at}/test_method"), bad));
    let report_digest = digest(&said.report_digest, &format!("{at}/report_digest"), bad);
    let measured_on = parse_day(&said.measured_on).map_err(|fault| bad.push(FieldFault::of(format!("{at}/measured_on"), fault))).ok();
    if measured_on.is_some_and(|day| day > today) {
        let en = "It was measured after today.";
        bad.push(FieldFault::rule(format!("{at}/measured_on"), "date_in_future", "检测日期晚于今天。", en));
    }
    unit?;
    let measurement = Measurement {
        property: said.property.clone(),
        assessor: String::new(),
        value: value?,
        unit: said.unit.clone(),
        test_method,
        report_digest,
        measured_on: measured_on?,
    };
    Some(Handed { declaration: declaration?, measurement })
}

/// Rank the declarations of a field by an approved plan; the assessment body of the plan, or an authority for it.
#[utoipa::path(
    request_body = NewRanking,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = RankingView, description = "The ranking, with everything that it rests on."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/rankings")]
pub(crate) async fn create_ranking(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewRanking>,
) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[Role::Laboratory, Role::Association])?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let (mut bad, today) = (Vec::new(), app.clock.now().day());
    let plan = Id::parse("rkp", &body.plan).map_err(|fault| bad.push(FieldFault::of("/plan", fault))).ok();
    if body.results.len() > RESULTS_MAX {
        bad.push(FieldFault::rule("/results", "too_many", "结果最多五千项。", "At most 5,000 results."));
    }
    let read = |(place, said): (usize, &NewRankingMeasurement)| result(said, &format!("/results/{place}"), today, &mut bad);
    let results: Vec<Handed> = body.results.iter().enumerate().filter_map(read).collect();
    let (Some(plan), true) = (plan, bad.is_empty()) else { return Err(bad.into()) };
    let app = Arc::clone(&app);
    let work = db.write_once(key, move |tx| {
        let stored = actions::run(tx, &app, &plan, &results, &author)?;
        let location = Some(format!("/standards/v1/rankings/{}", stored.ranking.id));
        answer(201, location, 1, &RankingView::from(stored))
    });
    Ok(once::respond(&work.await?))
}

/// Read a ranking.
#[utoipa::path(params(("id" = String, Path, description = "The id of the ranking.", example = "rkg_01JD0000000000000000000000")), responses((status = OK, body = RankingView, description = "The ranking."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/rankings/{id}")]
pub(crate) async fn read_ranking(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = id_of("rkg", &path)?;
    let found = db.read(move |conn| actions::found(conn, &id)).await?;
    Ok(HttpResponse::Ok().insert_header(ETag(found.version).header()).json(RankingView::from(found)))
}

/// Work a ranking out again, and read again what it rests on.
#[utoipa::path(params(("id" = String, Path, description = "The id of the ranking.", example = "rkg_01JD0000000000000000000000")), responses((status = OK, body = RankingReplay, description = "Identical, or where it differs."), Problems), security(("oauth2" = ["standards:read"])))]
#[post("/rankings/{id}/replay")]
pub(crate) async fn replay_ranking(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = id_of("rkg", &path)?;
    let (stored, differences) = db.read(move |conn| actions::replay(conn, &id)).await?;
    Ok(HttpResponse::Ok().json(RankingReplay { ranking: stored.ranking.id, identical: differences.is_empty(), differences }))
}

/// Which rankings.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RankingsQuery {
    /// By this plan.
    #[param(example = "rkp_01JD0000000000000000000000")]
    plan: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List rankings, the first made first.
#[utoipa::path(params(RankingsQuery), responses((status = OK, body = Page<RankingSummary>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/rankings")]
pub(crate) async fn list_rankings(db: Data<Db>, req: HttpRequest, query: Query<RankingsQuery>) -> Result<HttpResponse> {
    let (asked, bad) = query.into_parts();
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let found = db.read(move |conn| store::list(conn, asked.plan.as_deref(), after.as_deref(), limit)).await?;
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.ranking.id.clone()]));
    Ok(page.map(RankingSummary::from).respond(&req))
}
