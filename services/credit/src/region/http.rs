//! Regions on HTTP, for authorities. Not here: the following, `actions.rs`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get, put,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Code, Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page},
        precondition::{ETag, IfMatch},
        query::Query,
    },
    token::{Caller, Role},
};
use contracts::credit::FactKind;
use model::{fault::FieldFault, instant::Instant, text::Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{NewRegion, code, faults},
    store::{self, Region},
};
use crate::Credit;

/// A region and how far its feed was read.
#[derive(Serialize, ToSchema)]
pub struct RegionView {
    /// Its division code.
    #[schema(example = "330100")]
    code: String,
    name: String,
    kinds: Vec<FactKind>,
    active: bool,
    /// Counted from 1; also the `ETag`.
    version: i64,
    /// Whether the operator has set an address and credentials for it.
    configured: bool,
    /// Every event up to here was read.
    position: i64,
    /// The last position that it has told.
    head: i64,
    /// When it last answered.
    #[schema(value_type = Option<String>, format = DateTime)]
    seen_at: Option<Instant>,
    /// Facts that were taken.
    taken: i64,
    /// Facts that wait until their enterprise is registered here.
    waiting: i64,
    /// `another_history`: it was restored or is another database; put it again to read it from its beginning. `own_feed`: its address is our own.
    stopped: Option<String>,
}

fn show(app: &Credit, region: Region, waiting: i64) -> Result<RegionView> {
    Ok(RegionView {
        kinds: actions::kinds(&region)?,
        configured: app.regions.iter().any(|source| source.code == region.code),
        code: region.code,
        name: region.name,
        active: region.active,
        version: region.version,
        position: region.position,
        head: region.head,
        seen_at: region.seen_at.map(Instant::from_naive_utc),
        taken: region.taken,
        waiting,
        stopped: region.stopped,
    })
}

fn authority(caller: &Caller) -> Result<()> {
    if caller.role() == Role::Authority {
        return Ok(());
    }
    let detail = Text::new("只有主管部门可以管理其他地区的来源。", "Regions are the business of authorities.");
    Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail))
}

/// Say which facts of another region are taken; where it is reached stands in the settings.
#[utoipa::path(
    request_body = NewRegion,
    params(
        ("code" = String, Path, description = "Its division code, GB/T 2260.", example = "330100"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read; required where the region exists."),
    ),
    responses((status = OK, body = RegionView, description = "It was replaced."), (status = CREATED, body = RegionView, description = "It is new."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[put("/regions/{code}")]
pub(crate) async fn update_region(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewRegion>,
) -> Result<HttpResponse> {
    authority(&caller)?;
    let new = body.into_inner();
    let mut bad = faults(&new);
    let code = code(&path).map_err(|fault| bad.insert(0, FieldFault::of("{code}", fault))).ok();
    let Some(code) = code.filter(|_| bad.is_empty()) else { return Err(bad.into()) };
    let (tag, by, inner) = (IfMatch::of(&req)?, caller.client().to_owned(), Arc::clone(&app));
    let answer = db
        .write(move |tx| {
            let (region, is_new) = actions::put(tx, &code, &new, tag.as_ref(), &by)?;
            let (etag, waiting) = (Some(ETag(region.version).to_string()), store::waiting(tx.conn, &code)?);
            let body = serde_json::to_string(&show(&inner, region, waiting)?).map_err(Error::internal)?;
            let location = is_new.then(|| format!("/credit/v1/regions/{code}"));
            Ok(Answer { status: if is_new { 201 } else { 200 }, etag, location, body })
        })
        .await?;
    Ok(once::respond(&answer))
}

/// Read how far the feed of a region was read.
#[utoipa::path(params(("code" = String, Path, description = "Its division code, GB/T 2260.", example = "330100")), responses((status = OK, body = RegionView, description = "The region as it stands."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/regions/{code}")]
pub(crate) async fn read_region(app: Data<Credit>, db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    authority(&caller)?;
    let code = code(&path).map_err(|fault| Error::invalid(vec![FieldFault::of("{code}", fault)]))?;
    let asked = code.clone();
    let found = db.read(move |conn| Ok((store::find(conn, &asked)?, store::waiting(conn, &asked)?))).await?;
    let (Some(region), waiting) = found else { return Err(Error::not_found("region", &code)) };
    Ok(HttpResponse::Ok().insert_header(ETag(region.version).header()).json(show(&app, region, waiting)?))
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegionsQuery {
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the regions whose feeds are followed, by code.
#[utoipa::path(params(RegionsQuery), responses((status = OK, body = Page<RegionView>, description = "One page."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/regions")]
pub(crate) async fn list_regions(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    query: Query<RegionsQuery>,
) -> Result<HttpResponse> {
    authority(&caller)?;
    let (query, bad) = query.into_parts();
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let inner = Arc::clone(&app);
    let found = db.read(move |conn| {
        let found = store::list(conn, after.as_deref().unwrap_or_default(), limit)?;
        let shown = found.into_iter().map(|region| {
            let waiting = store::waiting(conn, &region.code)?;
            show(&inner, region, waiting)
        });
        shown.collect::<Result<Vec<_>>>()
    });
    Ok(Page::cut(found.await?, limit, |view| Cursor::after([view.code.clone()])).respond(&req))
}
