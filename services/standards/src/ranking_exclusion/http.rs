//! Exclusions on HTTP: recording, lifting, listing. Not here: what a ranking makes of them.

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page},
        precondition::ETag,
        query::Query,
        step::{Part, Place},
    },
    token::Caller,
};
use model::{
    fault::FieldFault,
    id::Id,
    instant::{Day, Instant, parse_day},
    normalise::line,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Told},
    rules::{ExclusionGround, Lifted},
    store::{self, Stored},
};
use crate::{
    Standards,
    assessor::http::{answer, id_of},
    author::{
        actions::Author,
        http::{Sent, judged},
    },
};

const NUMBER_MAX: usize = 200;

/// An exclusion as an authority tells it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRankingExclusion {
    /// Whom it is about.
    #[schema(example = "91440300XY0000018A")]
    enterprise: String,
    /// Which declaration did not pass; with `failed_check` only, and then it must be there.
    #[serde(default)]
    #[schema(example = json!(null))]
    declaration: Option<String>,
    /// Why.
    ground: ExclusionGround,
    /// The number of the decision or report.
    #[schema(example = "示例市监〔2026〕1号")]
    document_no: String,
    /// The first day.
    #[schema(format = Date, example = "2026-05-11")]
    from: String,
    /// The last day, where there is one.
    #[serde(default)]
    #[schema(format = Date)]
    until: Option<String>,
}

/// How an exclusion ends before its day.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExclusionLift {
    /// The number of the decision.
    #[schema(example = "示例市监〔2026〕2号")]
    document_no: String,
}

/// An exclusion.
#[derive(Serialize, ToSchema)]
pub struct RankingExclusionView {
    /// `rkx_…`.
    id: String,
    #[schema(value_type = String)]
    enterprise: Uscc,
    declaration: Option<String>,
    ground: ExclusionGround,
    document_no: String,
    #[schema(value_type = String, format = Date)]
    from: Day,
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Day>,
    lifted: Option<Lifted>,
    /// Whether it holds today.
    holds: bool,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl RankingExclusionView {
    fn on(stored: Stored, today: Day) -> Self {
        let Stored { exclusion, version } = stored;
        Self {
            holds: exclusion.holds_on(today),
            id: exclusion.id,
            enterprise: exclusion.enterprise,
            declaration: exclusion.declaration,
            ground: exclusion.ground,
            document_no: exclusion.document_no,
            from: exclusion.from,
            until: exclusion.until,
            lifted: exclusion.lifted,
            recorded_at: exclusion.recorded_at,
            version,
        }
    }
}

/// The declaration that an exclusion is about: one that failed is named, a listing is of the whole enterprise.
fn declaration(said: Option<&str>, ground: ExclusionGround, faults: &mut Vec<FieldFault>) -> Option<String> {
    match (said, ground) {
        (None, ExclusionGround::FailedCheck) => {
            let en = "Name the declaration that did not pass.";
            faults.push(FieldFault::rule("/declaration", "declaration_missing", "请写明未通过的声明。", en));
            None
        }
        (Some(_), ExclusionGround::SeriousViolation) => {
            let en = "A listing is of the enterprise and of all its declarations.";
            faults.push(FieldFault::rule("/declaration", "declaration_not_wanted", "列入名单针对企业，不针对单项声明。", en));
            None
        }
        (said, _) => said.and_then(|id| Id::parse("dcl", id).map_err(|fault| faults.push(FieldFault::of("/declaration", fault))).ok()),
    }
}

/// Record what keeps an enterprise or a declaration out of rankings; authorities only.
#[utoipa::path(
    request_body = NewRankingExclusion,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = RankingExclusionView, description = "It is recorded."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/ranking_exclusions")]
pub(crate) async fn create_ranking_exclusion(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewRankingExclusion>,
) -> Result<HttpResponse> {
    let _author = Author::with_role(&caller, &[])?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let mut faults = Vec::new();
    let enterprise = Uscc::parse(&body.enterprise).map_err(|fault| faults.push(FieldFault::of("/enterprise", fault))).ok();
    let declaration = declaration(body.declaration.as_deref(), body.ground, &mut faults);
    let document_no = line(&body.document_no, NUMBER_MAX).map_err(|fault| faults.push(FieldFault::of("/document_no", fault))).ok();
    let mut day = |pointer: &str, said: &str| parse_day(said).map_err(|fault| faults.push(FieldFault::of(pointer, fault))).ok();
    let (from, until) = (day("/from", &body.from), body.until.as_deref().and_then(|said| day("/until", said)));
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        faults.push(FieldFault::rule("/until", "date_order", "终止日期早于起始日期。", "It ends before it begins."));
    }
    let (Some(enterprise), Some(document_no), Some(from), true) = (enterprise, document_no, from, faults.is_empty()) else {
        return Err(faults.into());
    };
    let told = Told { enterprise, declaration, ground: body.ground, document_no, from, until };
    let today = app.clock.now().day();
    let work = db.write_once(key, move |tx| {
        let stored = actions::record(tx, &told)?;
        let location = Some(format!("/standards/v1/ranking_exclusions/{}", stored.exclusion.id));
        answer(201, location, 1, &RankingExclusionView::on(stored, today))
    });
    Ok(once::respond(&work.await?))
}

/// An exclusion in a path.
pub(crate) struct OfExclusion;

impl Place for OfExclusion {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the exclusion.", "rkx_01JD0000000000000000000000")]
    }
}

/// Lift an exclusion from today on; authorities only.
#[utoipa::path(request_body = ExclusionLift, params(Sent<OfExclusion>), responses((status = OK, body = RankingExclusionView, description = "It is lifted."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/ranking_exclusions/{id}/lift")]
pub(crate) async fn lift_ranking_exclusion(sent: Sent<OfExclusion>, body: Body<ExclusionLift>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    let id = id_of("rkx", &judged.part(0))?;
    let document_no = line(&body.document_no, NUMBER_MAX).map_err(|fault| Error::invalid(vec![FieldFault::of("/document_no", fault)]))?;
    let taken = judged.take(move |tx, judged| {
        let stored = actions::lift(tx, (&id, judged.version), &document_no)?;
        answer(200, None, stored.version, &RankingExclusionView::on(stored, tx.now().day()))
    });
    taken.await
}

/// Read an exclusion.
#[utoipa::path(params(("id" = String, Path, description = "The id of the exclusion.", example = "rkx_01JD0000000000000000000000")), responses((status = OK, body = RankingExclusionView, description = "The exclusion."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/ranking_exclusions/{id}")]
pub(crate) async fn read_ranking_exclusion(app: Data<Standards>, db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = id_of("rkx", &path)?;
    let found = db.read(move |conn| store::find(conn, &id)?.ok_or_else(|| Error::not_found("ranking exclusion", &id))).await?;
    let etag = ETag(found.version).header();
    Ok(HttpResponse::Ok().insert_header(etag).json(RankingExclusionView::on(found, app.clock.now().day())))
}

/// Which exclusions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RankingExclusionsQuery {
    /// Of this enterprise.
    #[param(example = "91440300XY0000018A")]
    enterprise: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List exclusions, the first recorded first.
#[utoipa::path(params(RankingExclusionsQuery), responses((status = OK, body = Page<RankingExclusionView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/ranking_exclusions")]
pub(crate) async fn list_ranking_exclusions(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    query: Query<RankingExclusionsQuery>,
) -> Result<HttpResponse> {
    let (asked, bad) = query.into_parts();
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let found = db.read(move |conn| store::list(conn, asked.enterprise.as_deref(), after.as_deref(), limit)).await?;
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.exclusion.id.clone()]));
    let today = app.clock.now().day();
    Ok(page.map(|stored| RankingExclusionView::on(stored, today)).respond(&req))
}
