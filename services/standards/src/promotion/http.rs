//! Promotions on HTTP: propose, read, list, every step, and the figures by year. Not here: which step is allowed, `rules.rs`.

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
        page::{self, Cursor, Page},
        param,
        precondition::ETag,
        query::Query,
        step::{Part, Place},
    },
    token::{Caller, Role},
};
use model::{fault::FieldFault, id::Id};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Asked, Proposal},
    rules::{PromotionEntry, PromotionState, PromotionStep, PromotionYear, years},
    store::{self, Search, Stored},
};
use crate::{
    author::{
        actions::Author,
        http::{Judged, Sent, judged},
    },
    said::rules::{Fields, NAME_MAX, TEXT_MAX},
};

const LIST_MAX: usize = 20;

/// A proposal to make a group standard a national one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPromotion {
    /// The edition of the group standard, in force.
    #[schema(example = "edn_01JD0000000000000000000000")]
    edition: String,
    /// How many enterprises work by it.
    #[schema(example = 32)]
    enterprises: u32,
    /// What is better than in the standards in force, point by point; 1 to 20.
    #[schema(example = json!(["示例：甲醛释放量限值由 1.5 mg/L 降至 0.5 mg/L。"]))]
    advances: Vec<String>,
    /// Digests of what shows it, `sha256:…`; at most 20.
    #[serde(default)]
    #[schema(example = json!([]))]
    evidence: Vec<String>,
    /// In words.
    #[schema(example = "示例：已实施三年，申请转化。")]
    text: String,
}

/// A group standard on its way to a national one.
#[derive(Serialize, ToSchema)]
pub struct PromotionView {
    /// `prm_…`.
    id: String,
    edition: String,
    #[schema(example = "T/CAQ 20301-2023")]
    number: String,
    association: String,
    state: PromotionState,
    enterprises: u32,
    advances: Vec<String>,
    evidence: Vec<String>,
    /// The national edition that took it over.
    national: Option<String>,
    /// What was done, in order.
    history: Vec<PromotionEntry>,
    /// The steps that may follow.
    allowed: &'static [&'static str],
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl From<Stored> for PromotionView {
    fn from(Stored { promotion, version }: Stored) -> Self {
        Self {
            id: promotion.id,
            edition: promotion.edition,
            number: promotion.number,
            association: promotion.association.to_string(),
            allowed: promotion.state.allowed(),
            state: promotion.state,
            enterprises: promotion.enterprises,
            advances: promotion.advances,
            evidence: promotion.evidence,
            national: promotion.national,
            history: promotion.history,
            version,
        }
    }
}

fn answer(status: u16, stored: Stored) -> Result<Answer> {
    let location = (status == 201).then(|| format!("/standards/v1/promotions/{}", stored.promotion.id));
    let etag = Some(ETag(stored.version).to_string());
    Ok(Answer { status, etag, location, body: serde_json::to_string(&PromotionView::from(stored)).map_err(Error::internal)? })
}

fn promotion_id(path: &str) -> Result<String> {
    Id::parse("prm", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// Propose a group standard in force as a national one; for its association.
#[utoipa::path(
    request_body = NewPromotion,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = PromotionView, description = "The authority has it."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/promotions")]
pub(crate) async fn create_promotion(db: Data<Db>, req: HttpRequest, caller: Caller, body: Body<NewPromotion>) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[Role::Association])?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let new = body.into_inner();
    let mut fields = Fields::default();
    let edition = Id::parse("edn", &new.edition).map_err(|fault| fields.bad.push(FieldFault::of("/edition", fault))).unwrap_or_default();
    fields.count("/advances", new.advances.len(), 1..=LIST_MAX);
    fields.count("/evidence", new.evidence.len(), 0..=LIST_MAX);
    let advances =
        new.advances.iter().enumerate().map(|(place, said)| fields.line(&format!("/advances/{place}"), said, TEXT_MAX)).collect();
    let evidence = new.evidence.iter().enumerate().map(|(place, said)| fields.digest(&format!("/evidence/{place}"), said)).collect();
    let text = fields.line("/text", &new.text, TEXT_MAX);
    if !fields.bad.is_empty() {
        return Err(fields.bad.into());
    }
    let proposal = Proposal { edition, enterprises: new.enterprises, advances, evidence, text };
    let answer = db.write_once(key, move |tx| answer(201, actions::propose(tx, &proposal, &author)?));
    Ok(once::respond(&answer.await?))
}

/// Read a promotion.
#[utoipa::path(params(("id" = String, Path, description = "The id of the promotion.", example = "prm_01JD0000000000000000000000")), responses((status = OK, body = PromotionView, description = "The promotion."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/promotions/{id}")]
pub(crate) async fn read_promotion(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = promotion_id(&path)?;
    let stored = db.read(move |conn| store::find(conn, &id)?.ok_or_else(|| Error::not_found("promotion", &id))).await?;
    Ok(HttpResponse::Ok().insert_header(ETag(stored.version).header()).json(PromotionView::from(stored)))
}

/// Which promotions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PromotionsQuery {
    /// Of this edition.
    #[param(example = "edn_01JD0000000000000000000000")]
    edition: Option<String>,
    /// Of this association, a Unified Social Credit Code.
    association: Option<String>,
    /// In this state.
    #[param(value_type = Option<PromotionState>)]
    state: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List promotions, the oldest first.
#[utoipa::path(params(PromotionsQuery), responses((status = OK, body = Page<PromotionView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/promotions")]
pub(crate) async fn list_promotions(db: Data<Db>, req: HttpRequest, query: Query<PromotionsQuery>) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let state = param::word("state", query.state.as_deref(), &PromotionState::ALL, &mut bad);
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let search = Search { edition: query.edition, association: query.association, state, after, limit: Some(limit) };
    let page =
        Page::cut(db.read(move |conn| store::list(conn, &search)).await?, limit, |stored| Cursor::after([stored.promotion.id.clone()]));
    Ok(page.map(PromotionView::from).respond(&req))
}

/// The figures of a year.
#[derive(Serialize, ToSchema)]
pub struct PromotionYearView {
    #[schema(example = 2026)]
    year: i32,
    #[serde(flatten)]
    counts: PromotionYear,
}

/// The figures of all years.
#[derive(Serialize, ToSchema)]
pub struct PromotionFigures {
    /// By year; a step counts in the year in which it was taken.
    years: Vec<PromotionYearView>,
}

/// Read how many group standards were proposed, accepted and taken over, by year.
#[utoipa::path(responses((status = OK, body = PromotionFigures, description = "All years in which there was a step."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/promotion_figures")]
pub(crate) async fn read_promotion_figures(db: Data<Db>) -> Result<HttpResponse> {
    let all = db.read(|conn| store::list(conn, &Search::default())).await?;
    let promotions: Vec<_> = all.into_iter().map(|stored| stored.promotion).collect();
    let years = years(&promotions).into_iter().map(|(year, counts)| PromotionYearView { year, counts }).collect();
    Ok(HttpResponse::Ok().json(PromotionFigures { years }))
}

/// A promotion in a path.
pub(crate) struct OfPromotion;

impl Place for OfPromotion {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the promotion.", "prm_01JD0000000000000000000000")]
    }
}

/// Words that go with a step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromotionRemark {
    /// In words; of a refusal, why.
    #[schema(example = "示例：同意受理。")]
    text: String,
}

/// The plan of a national standard.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromotionPlan {
    /// The number of the plan.
    #[schema(example = "示例-2026-001-T-469")]
    plan_no: String,
    /// In words.
    #[schema(example = "示例：已列入国家标准制修订计划。")]
    text: String,
}

/// The national edition that takes over.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromotionTakenOver {
    /// The edition, `edn_…`.
    #[schema(example = "edn_01JD0000000000000000000000")]
    national: String,
    /// In words.
    #[schema(example = "示例：国家标准已发布。")]
    text: String,
}

async fn take(judged: Judged, asked: Asked, text: &str, mut fields: Fields) -> Result<HttpResponse> {
    let id = promotion_id(&judged.part(0))?;
    let text = fields.line("/text", text, TEXT_MAX);
    if !fields.bad.is_empty() {
        return Err(fields.bad.into());
    }
    let taken = judged.take(move |tx, judged| answer(200, actions::step(tx, (&id, judged.version), (&asked, &text), &judged.by)?));
    taken.await
}

/// Take a proposal up.
#[utoipa::path(request_body = PromotionRemark, params(Sent<OfPromotion>), responses((status = OK, body = PromotionView, description = "It is looked into."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/promotions/{id}/accept")]
pub(crate) async fn accept_promotion(sent: Sent<OfPromotion>, body: Body<PromotionRemark>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    take(judged, Asked::Plain(PromotionStep::Accept), &body.text, Fields::default()).await
}

/// Plan a national standard that takes it over.
#[utoipa::path(request_body = PromotionPlan, params(Sent<OfPromotion>), responses((status = OK, body = PromotionView, description = "It is planned."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/promotions/{id}/plan")]
pub(crate) async fn plan_promotion(sent: Sent<OfPromotion>, body: Body<PromotionPlan>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    let mut fields = Fields::default();
    let plan_no = fields.line("/plan_no", &body.plan_no, NAME_MAX);
    take(judged, Asked::Plain(PromotionStep::Plan { plan_no }), &body.text, fields).await
}

/// Name the national edition that has taken it over.
#[utoipa::path(request_body = PromotionTakenOver, params(Sent<OfPromotion>), responses((status = OK, body = PromotionView, description = "It is a national standard."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/promotions/{id}/take_over")]
pub(crate) async fn complete_promotion(sent: Sent<OfPromotion>, body: Body<PromotionTakenOver>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    let mut fields = Fields::default();
    let national =
        Id::parse("edn", &body.national).map_err(|fault| fields.bad.push(FieldFault::of("/national", fault))).unwrap_or_default();
    take(judged, Asked::TakenOverBy(national), &body.text, fields).await
}

/// Do not follow a proposal, and say why.
#[utoipa::path(request_body = PromotionRemark, params(Sent<OfPromotion>), responses((status = OK, body = PromotionView, description = "It is declined."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/promotions/{id}/decline")]
pub(crate) async fn decline_promotion(sent: Sent<OfPromotion>, body: Body<PromotionRemark>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    take(judged, Asked::Plain(PromotionStep::Decline), &body.text, Fields::default()).await
}

/// Take a proposal back; for its association.
#[utoipa::path(request_body = PromotionRemark, params(Sent<OfPromotion>), responses((status = OK, body = PromotionView, description = "It is taken back."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/promotions/{id}/withdraw")]
pub(crate) async fn withdraw_promotion(sent: Sent<OfPromotion>, body: Body<PromotionRemark>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[Role::Association])?;
    take(judged, Asked::Plain(PromotionStep::Withdraw), &body.text, Fields::default()).await
}
