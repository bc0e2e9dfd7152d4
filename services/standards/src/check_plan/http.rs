//! Plans and draws on HTTP. Not here: what a plan fixes, `rules.rs`; the checks that follow, `declaration_check`.

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
        precondition::ETag,
        query::Query,
        step::{Part, Place},
    },
    token::Caller,
};
use model::{
    fault::FieldFault,
    id::Id,
    instant::{Day, Instant},
    normalise::line,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    actions::{self, Planned},
    rules::{Beacon, Disclosed, Draw, Plan, PlanState, Replay, Weights},
    store::{self, Stored},
};
use crate::{
    author::{
        actions::Author,
        http::{Sent, judged},
    },
    check_step::http::kept,
    classification::rules::is_ics,
    draw::rules::Candidate,
    said::rules::digest,
};

const TEXT_MAX: usize = 200;
const COUNT_MAX: u32 = 500;
const WEIGHT_MAX: u32 = 100;

/// A public source of a value that is known only after the plan is made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCheckBeacon {
    /// Who gives the value, and where it can be read.
    #[schema(example = "示例公共随机源")]
    source: String,
    /// Which of its values.
    #[schema(example = "4711")]
    round: String,
    /// From when the value is known, after the plan is made; nothing is drawn before.
    #[schema(format = DateTime, example = "2036-01-02T03:04:05Z")]
    known_from: String,
}

/// A plan as it is made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCheckPlan {
    /// What it is for.
    #[schema(example = "示例：2026 年企业标准自我声明抽查")]
    title: String,
    /// `sha256:…` of the seed: of a text of at least 32 characters that nobody can guess.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    commitment: String,
    /// The public source of a value that is known only later, for example a round of a beacon: then not even whoever chose the seed knows
    /// who is drawn.
    #[serde(default)]
    #[schema(example = json!(null))]
    beacon: Option<NewCheckBeacon>,
    /// Only products of this class of the International Classification for Standards, or one below it.
    #[serde(default)]
    #[schema(example = json!(null))]
    ics: Option<String>,
    /// How many are drawn, 1 to 500.
    #[schema(example = 10)]
    count: u32,
    /// How often each lies in the urn, 0 to 100; once where nothing is said.
    #[serde(default)]
    weights: Option<Weights>,
}

/// A plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckPlanView {
    /// `dcp_…`.
    #[schema(example = "dcp_01JD0000000000000000000000")]
    id: String,
    title: String,
    state: PlanState,
    commitment: String,
    beacon: Option<Beacon>,
    ics: Option<String>,
    count: u32,
    weights: Weights,
    /// How many stand in the urn.
    population_count: usize,
    /// `sha256:…` over a line of id, a blank, and weight, for each in the order of the ids.
    population_digest: String,
    /// The urn, so that anybody can draw again; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    population: Option<Vec<Candidate>>,
    #[schema(value_type = String, format = Date)]
    committed_on: Day,
    by: String,
    draw: Option<Draw>,
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl From<Stored> for CheckPlanView {
    fn from(stored: Stored) -> Self {
        let Plan {
            id,
            title,
            state,
            commitment,
            beacon,
            ics,
            count,
            weights,
            population,
            population_count,
            population_digest,
            committed_on,
            by,
            draw,
        } = stored.plan;
        Self {
            id,
            title,
            state,
            commitment,
            beacon,
            ics,
            count,
            weights,
            population_count,
            population_digest,
            population: Some(population),
            committed_on,
            by: by.to_string(),
            draw,
            version: stored.version,
        }
    }
}

fn answer(status: u16, stored: Stored) -> Result<Answer> {
    let location = (status == 201).then(|| format!("/standards/v1/declaration_checks/plans/{}", stored.plan.id));
    let etag = Some(ETag(stored.version).to_string());
    let body = serde_json::to_string(&CheckPlanView::from(stored)).map_err(Error::internal)?;
    Ok(Answer { status, etag, location, body })
}

fn plan_id(path: &str) -> Result<String> {
    Id::parse("dcp", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

fn announced(sent: &NewCheckBeacon, bad: &mut Vec<FieldFault>) -> Option<Beacon> {
    let source = kept("/beacon/source", line(&sent.source, TEXT_MAX), bad);
    let round = kept("/beacon/round", line(&sent.round, TEXT_MAX), bad);
    let known_from = kept("/beacon/known_from", Instant::parse(&sent.known_from), bad);
    Some(Beacon { source: source?, round: round?, known_from: known_from? })
}

/// What is wrong with the numbers of a plan.
fn bounds(body: &NewCheckPlan, weights: Weights, bad: &mut Vec<FieldFault>) {
    if !(1..=COUNT_MAX).contains(&body.count) {
        bad.push(FieldFault::rule("/count", "item_count", "应抽取一至五百份。", "One to five hundred are drawn."));
    }
    for (at, weight) in [("unchecked", weights.unchecked), ("failed", weights.failed), ("passed", weights.passed)] {
        if weight > WEIGHT_MAX {
            bad.push(FieldFault::rule(format!("/weights/{at}"), "weight_invalid", "权重为 0 至 100。", "A weight is 0 to 100."));
        }
    }
}

/// Make a plan: fix who may be drawn and the hash of the seed; for authorities.
#[utoipa::path(
    request_body = NewCheckPlan,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = CheckPlanView, description = "Urn and hash are fixed."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/declaration_checks/plans")]
pub(crate) async fn create_check_plan(db: Data<Db>, req: HttpRequest, caller: Caller, body: Body<NewCheckPlan>) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[])?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let (mut bad, weights) = (Vec::new(), body.weights.unwrap_or_default());
    let title = kept("/title", line(&body.title, TEXT_MAX), &mut bad);
    digest(&body.commitment, "/commitment", &mut bad);
    let beacon = body.beacon.as_ref().and_then(|sent| announced(sent, &mut bad));
    if body.ics.as_deref().is_some_and(|code| !is_ics(code)) {
        let en = "The ICS has no such class.";
        bad.push(FieldFault::rule("/ics", "ics_unknown", "国际标准分类法没有该类目。", en));
    }
    bounds(&body, weights, &mut bad);
    let (Some(title), true) = (title, bad.is_empty()) else { return Err(bad.into()) };
    let (commitment, ics, count) = (body.commitment.clone(), body.ics.clone(), body.count);
    let planned = Planned { title, commitment, beacon, ics, count, weights };
    let done = db.write_once(key, move |tx| answer(201, actions::commit(tx, &planned, &author)?));
    Ok(once::respond(&done.await?))
}

/// A plan in a path.
pub(crate) struct OfPlan;

impl Place for OfPlan {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the plan.", "dcp_01JD0000000000000000000000")]
    }
}

/// What is disclosed to draw.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckDisclosure {
    /// The secret text whose hash was published with the plan.
    #[schema(example = "b1946ac92492d2347c6235b4d2611184")]
    seed: String,
    /// The value that the announced public source gave, in full, as 32 to 128 lower-case hexadecimal digits.
    #[serde(default)]
    #[schema(example = json!(null))]
    beacon: Option<String>,
}

/// Disclose the seed and draw; each declaration that is drawn gets a check. For authorities.
#[utoipa::path(request_body = CheckDisclosure, params(Sent<OfPlan>), responses((status = OK, body = CheckPlanView, description = "It is drawn."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/declaration_checks/plans/{id}/draw")]
pub(crate) async fn draw_check_plan(sent: Sent<OfPlan>, body: Body<CheckDisclosure>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    let (id, mut bad) = (plan_id(&judged.part(0))?, Vec::new());
    let seed = kept("/seed", line(&body.seed, TEXT_MAX), &mut bad);
    let beacon = body.beacon.clone();
    let (Some(seed), true) = (seed, bad.is_empty()) else { return Err(bad.into()) };
    let disclosed = Disclosed { seed, beacon };
    let taken = judged.take(move |tx, judged| answer(200, actions::draw(tx, (&id, judged.version), &disclosed, &judged.by)?));
    taken.await
}

/// Draw again by what was disclosed, and compare; the public value is to be compared with its source.
#[utoipa::path(params(("id" = String, Path, description = "The id of the plan.", example = "dcp_01JD0000000000000000000000")), responses((status = OK, body = Replay, description = "Whether the same is drawn."), Problems), security(("oauth2" = ["standards:read"])))]
#[post("/declaration_checks/plans/{id}/replay")]
pub(crate) async fn replay_check_plan(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = plan_id(&path)?;
    Ok(HttpResponse::Ok().json(db.read(move |conn| actions::again(conn, &id)).await?))
}

/// Read a plan with its urn.
#[utoipa::path(params(("id" = String, Path, description = "The id of the plan.", example = "dcp_01JD0000000000000000000000")), responses((status = OK, body = CheckPlanView, description = "The plan."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/declaration_checks/plans/{id}")]
pub(crate) async fn read_check_plan(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = plan_id(&path)?;
    let stored = db.read(move |conn| actions::found(conn, &id)).await?;
    Ok(HttpResponse::Ok().insert_header(ETag(stored.version).header()).json(CheckPlanView::from(stored)))
}

/// List all plans, the oldest first; also those that were never drawn.
#[utoipa::path(params(PageQuery), responses((status = OK, body = Page<CheckPlanView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/declaration_checks/plans")]
pub(crate) async fn list_check_plans(db: Data<Db>, req: HttpRequest, query: Query<PageQuery>) -> Result<HttpResponse> {
    let (asked, bad) = query.into_parts();
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let found = db.read(move |conn| store::list(conn, after.as_deref(), limit)).await?;
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.plan.id.clone()]));
    Ok(page.map(|stored| CheckPlanView { population: None, ..stored.into() }).respond(&req))
}
