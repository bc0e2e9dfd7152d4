//! The internal risk class on HTTP, for authorities alone: for everybody else there is nothing here. Not here: how it is found, `rules.rs`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Code, Error, Kind, Problems, Result},
    http::{
        page::{self, Cursor, Page},
        param,
        query::Query,
    },
    token::{Caller, Role},
};
use contracts::{
    credit::{RiskClass, RiskClassified},
    event::Payload,
};
use model::{
    fault::FieldFault,
    instant::{Day, Instant},
    text::{Lang, Text},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::policy_at,
    rules::{Classified, Effect, classify},
    store::{self, Told},
};
use crate::{
    Credit, enterprise,
    fact::{self, actions::unknown},
};

/// Its event, and the scope without which no person is given it: the same as on the addresses of this room.
pub const GUARDED_EVENTS: &[(&str, &str)] = &[(RiskClassified::TYPE, "credit:risk")];

/// On which day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct RiskQuery {
    /// The day, or an instant of it; today where nothing is said.
    #[param(example = "2026-06-01")]
    as_of: Option<String>,
}

/// The internal risk class of an enterprise: it steers inspections, is not published and is no ground for a penalty.
#[derive(Serialize, ToSchema)]
pub struct RiskView {
    enterprise: String,
    risk_class: RiskClass,
    /// What it means.
    meaning: String,
    points: i32,
    /// Most points first; below zero is a relief.
    findings: Vec<RiskFindingView>,
    /// Listings that force the class.
    forced: Vec<RiskForcedView>,
    effect: RiskEffectView,
    #[schema(value_type = String, format = DateTime)]
    as_of: Instant,
    /// The version of the policy: the day from which it holds.
    #[schema(value_type = String, format = Date)]
    policy_from: Day,
}

/// Why there are points.
#[derive(Serialize, ToSchema)]
pub struct RiskFindingView {
    code: String,
    /// `basic`, `operating`, `regulatory` or `social`.
    family: String,
    points: i32,
    text: String,
    fact_ids: Vec<String>,
}

/// What forces a class.
#[derive(Serialize, ToSchema)]
pub struct RiskForcedView {
    risk_class: RiskClass,
    text: String,
    fact_ids: Vec<String>,
}

/// What inspections make of the class; ratios as numerator and denominator.
#[derive(Serialize, ToSchema)]
pub struct RiskEffectView {
    /// How many of the class are drawn in a round.
    drawn: RiskRatioView,
    /// By how much the normal frequency is multiplied.
    frequency: RiskRatioView,
    /// Whether checks go on site.
    on_site: bool,
}

/// A ratio.
#[derive(Serialize, ToSchema)]
pub struct RiskRatioView {
    numerator: u32,
    denominator: u32,
}

impl From<(u32, u32)> for RiskRatioView {
    fn from((numerator, denominator): (u32, u32)) -> Self {
        Self { numerator, denominator }
    }
}

impl From<Effect> for RiskEffectView {
    fn from(effect: Effect) -> Self {
        Self { drawn: effect.drawn.into(), frequency: effect.frequency.into(), on_site: effect.on_site }
    }
}

fn show(uscc: &Uscc, found: &Classified<'_>, as_of: Instant, policy_from: Day, lang: Lang) -> RiskView {
    let findings = found.findings.iter().map(|finding| RiskFindingView {
        code: finding.weight.code.clone(),
        family: finding.weight.family.clone(),
        points: finding.points,
        text: finding.weight.text.pick(lang).to_owned(),
        fact_ids: finding.fact_ids.clone(),
    });
    let forced = found.forced.iter().map(|(forced, ids)| RiskForcedView {
        risk_class: forced.class,
        text: forced.text.pick(lang).to_owned(),
        fact_ids: ids.clone(),
    });
    RiskView {
        enterprise: uscc.to_string(),
        risk_class: found.level.class,
        meaning: found.level.text.pick(lang).to_owned(),
        points: found.points,
        findings: findings.collect(),
        forced: forced.collect(),
        effect: found.level.effect.into(),
        as_of,
        policy_from,
    }
}

/// For everybody but authorities there is nothing at this address, whatever the enterprise.
fn authority(caller: &Caller) -> Result<()> {
    if caller.role() == Role::Authority {
        return Ok(());
    }
    Err(Error::new(Kind::NotFound, Code::NOT_FOUND, Text::new("这个地址没有内容。", "There is nothing at this address.")))
}

/// Read how often an enterprise is to be inspected; for authorities alone.
#[utoipa::path(params(("uscc" = String, Path, description = "The Unified Social Credit Code.", example = "914404001000000590"), RiskQuery), responses((status = OK, body = RiskView, description = "The class of that day with its reasons; never to be published.", headers(("Cache-Control" = String, description = "Always `no-store`."))), Problems), security(("oauth2" = ["credit:risk"])))]
#[get("/enterprises/{uscc}/risk")]
pub(crate) async fn read_risk(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    query: Query<RiskQuery>,
) -> Result<HttpResponse> {
    authority(&caller)?;
    let (uscc, now) = (param::uscc(&path)?, app.clock.now());
    let (query, mut bad) = query.into_parts();
    let as_of = param::instant("as_of", query.as_of.as_deref(), now, &mut bad);
    param::refuse(bad)?;
    let day = as_of.cut_off_day();
    let (policy, policy_from) = policy_at(day).map_err(|_none| before_policy())?;
    let about = uscc.clone();
    let facts = db.read(move |conn| {
        if !enterprise::store::exists(conn, &about)? {
            return Err(unknown(&about));
        }
        fact::store::known(conn, &about, now)
    });
    let facts = facts.await?;
    let found = classify(policy, &facts, day).ok_or_else(|| Error::internal("the policy has no levels"))?;
    let view = show(&uscc, &found, as_of, policy_from, param::language(&req));
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(view))
}

fn before_policy() -> Error {
    let detail = Text::new("该日期早于分类规则的施行日期。", "No policy classified risk on that day.");
    Error::malformed(vec![FieldFault::new("?as_of", "bad_parameter", detail)])
}

/// Which enterprises.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct RisksQuery {
    /// Only of this class.
    #[param(value_type = Option<RiskClass>)]
    class: Option<String>,
    /// Only of divisions whose code begins so.
    #[param(example = "4403")]
    division: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// An enterprise and its class as it stands.
#[derive(Serialize, ToSchema)]
pub struct RiskEntryView {
    enterprise: String,
    risk_class: String,
    points: i32,
    /// Since when it has stood at these points.
    #[schema(value_type = String, format = Date)]
    classified_on: Day,
    /// When time alone will change it.
    #[schema(value_type = Option<String>, format = Date)]
    next_on: Option<Day>,
}

/// A page of enterprises and their classes.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a page answers; this names its schema")]
pub struct RiskPage {
    items: Vec<RiskEntryView>,
    next_cursor: Option<String>,
}

impl From<Told> for RiskEntryView {
    fn from(Told { enterprise, class, points, classified_on, next_on, policy_from: _ }: Told) -> Self {
        Self { enterprise, risk_class: class, points, classified_on, next_on }
    }
}

/// List enterprises by how often they are to be inspected; for authorities alone.
#[utoipa::path(params(RisksQuery), responses((status = OK, body = RiskPage, description = "One page by code; never to be published."), Problems), security(("oauth2" = ["credit:risk"])))]
#[get("/risks")]
pub(crate) async fn list_risks(db: Data<Db>, req: HttpRequest, caller: Caller, query: Query<RisksQuery>) -> Result<HttpResponse> {
    authority(&caller)?;
    let (query, mut bad) = query.into_parts();
    let words = RiskClass::ALL.map(|class| (class.as_str(), class));
    let class = param::word("class", query.class.as_deref(), &words, &mut bad);
    if query.division.as_ref().is_some_and(|division| division.len() > 6 || !division.bytes().all(|byte| byte.is_ascii_digit())) {
        let detail = Text::new("应为行政区划代码或其开头数字。", "Must be a division code or the digits that it begins with.");
        bad.push(FieldFault::new("?division", "bad_parameter", detail));
    }
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let found = db.read(move |conn| {
        store::list(conn, class.map(RiskClass::as_str), query.division.as_deref(), after.as_deref().unwrap_or_default(), limit)
    });
    let page = Page::cut(found.await?, limit, |told| Cursor::after([told.enterprise.clone()]));
    let mut answer = page.map(RiskEntryView::from).respond(&req);
    answer.headers_mut().insert(actix_web::http::header::CACHE_CONTROL, actix_web::http::header::HeaderValue::from_static("no-store"));
    Ok(answer)
}
