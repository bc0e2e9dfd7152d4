//! Watches on HTTP. Not here: what is told, `delivery::http`.

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
        page::{self, Cursor, Page, PageQuery, bad_cursor},
        param,
        precondition::{ETag, require_if_match},
        query::Query,
    },
    token::Caller,
};
use contracts::procurement::{CriterionChange, FlipCause};
use model::{fault::FieldFault, id::Id, instant::Instant, normalise::line};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Wanted},
    rules::{Moment, until},
    store::{self, ACTIVE, ENDED, Search, Watch},
};
use crate::{Procurement, webhook::actions::whose};

const TENDER_MAX: usize = 100;

/// Which decision is to be watched, and until when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWatch {
    /// A decision that was given to the caller.
    #[schema(example = "dec_01JD0000000000000000000000")]
    decision: String,
    /// The published tender that it is for; the watch ends with it.
    #[serde(default)]
    tender: Option<String>,
    /// Until when: an instant, or a day, which means its end. Needed where no tender is named.
    #[serde(default)]
    #[schema(example = "2027-06-30")]
    until: Option<String>,
    /// Whether it is asked as of now every time, or as of the decision's own instant.
    #[serde(default)]
    moment: Moment,
    /// Which of the caller's endpoints is told; all of them where nothing is said.
    #[serde(default)]
    webhook: Option<String>,
}

/// A watch.
#[derive(Serialize, ToSchema)]
pub struct WatchView {
    /// `wch_…`.
    pub id: String,
    decision: String,
    supplier: String,
    tender: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Instant>,
    moment: Moment,
    webhook: Option<String>,
    /// `active` or `ended`.
    state: String,
    /// `asked`, `until`, `awarded`, `cancelled` or `void`.
    ended_because: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
    /// How it came out when it was last asked; at first as the decision says.
    outcome: String,
    /// How often that has changed.
    flips: i64,
    /// When it was last asked again.
    #[schema(value_type = Option<String>, format = DateTime)]
    considered_at: Option<Instant>,
    /// Rises with every flip and with the end; also the `ETag`.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
}

impl From<Watch> for WatchView {
    fn from(row: Watch) -> Self {
        Self {
            id: row.id,
            decision: row.decision,
            supplier: row.supplier,
            tender: row.tender,
            until: row.until_at.map(Instant::from_naive_utc),
            moment: if row.moving { Moment::Moving } else { Moment::Fixed },
            webhook: row.webhook,
            state: row.state,
            ended_because: row.ended_because,
            ended_at: row.ended_at.map(Instant::from_naive_utc),
            outcome: row.outcome,
            flips: row.flips,
            considered_at: row.considered_at.map(Instant::from_naive_utc),
            version: row.version,
            recorded_at: Instant::from_naive_utc(row.recorded_at),
        }
    }
}

fn answer(status: u16, row: Watch) -> Result<Answer> {
    let (etag, location) = (ETag(row.version).to_string(), format!("/procurement/v1/watches/{}", row.id));
    let body = serde_json::to_string(&WatchView::from(row)).map_err(Error::internal)?;
    Ok(Answer { status, etag: Some(etag), location: (status == 201).then_some(location), body })
}

fn id_of(path: &str) -> Result<String> {
    Id::parse("wch", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// Watch a decision: when it would come out otherwise, a webhook is told, with the facts that brought it about.
#[utoipa::path(
    request_body = NewWatch,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = WatchView, description = "The watch."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[post("/watches")]
pub(crate) async fn create_watch(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewWatch>,
) -> Result<HttpResponse> {
    let (key, whose) = (once::key(&req, &caller, &body.sha256)?, whose(&caller)?);
    let mut faults = Vec::new();
    let mut note = |pointer: &str, fault| faults.push(FieldFault::of(pointer, fault));
    let decision = Id::parse("dec", &body.decision).map_err(|fault| note("/decision", fault)).unwrap_or_default();
    let tender =
        body.tender.as_deref().map(|text| line(text, TENDER_MAX)).transpose().map_err(|fault| note("/tender", fault)).unwrap_or_default();
    let webhook =
        body.webhook.as_deref().map(|text| Id::parse("whk", text)).transpose().map_err(|fault| note("/webhook", fault)).unwrap_or_default();
    let until = until(body.until.as_deref(), body.tender.is_some(), app.clock.now(), &mut faults);
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let wanted = Wanted { decision, tender, until, moment: body.moment, webhook };
    let made = db.write_once(key, move |tx| answer(201, actions::create(tx, (&whose.0, &whose.1), &wanted)?));
    Ok(once::respond(&made.await?))
}

/// Which watches.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct WatchesQuery {
    /// `active` or `ended`.
    #[param(example = "active")]
    state: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the caller's own watches; an authority sees all.
#[utoipa::path(params(WatchesQuery), responses((status = OK, body = Page<WatchView>, description = "One page."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/watches")]
pub(crate) async fn list_watches(db: Data<Db>, req: HttpRequest, caller: Caller, query: Query<WatchesQuery>) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let state = param::word("state", query.state.as_deref(), &[(ACTIVE, ACTIVE), (ENDED, ENDED)], &mut bad);
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let client = (!caller.may_read_internal()).then(|| caller.client().to_owned());
    let found = db.read(move |conn| store::list(conn, &Search { client, state, after, limit })).await?;
    Ok(Page::cut(found, limit, |row| Cursor::after([row.id.clone()])).map(WatchView::from).respond(&req))
}

/// Read a watch.
#[utoipa::path(params(("id" = String, Path, description = "The id of the watch.", example = "wch_01JD0000000000000000000000")), responses((status = OK, body = WatchView, description = "The watch."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/watches/{id}")]
pub(crate) async fn read_watch(db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let id = id_of(&path)?;
    let row = db.read(move |conn| actions::visible(conn, &caller, &id)).await?;
    Ok(HttpResponse::Ok().insert_header(ETag(row.version).header()).json(WatchView::from(row)))
}

/// End a watch.
#[utoipa::path(
    params(
        ("id" = String, Path, description = "The id of the watch.", example = "wch_01JD0000000000000000000000"),
        ("If-Match" = String, Header, description = "The ETag that was read."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the first answer again."),
    ),
    responses((status = OK, body = WatchView, description = "The watch, ended."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[post("/watches/{id}/end")]
pub(crate) async fn end_watch(db: Data<Db>, req: HttpRequest, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let (id, client) = (id_of(&path)?, caller.client().to_owned());
    let (key, version) = (once::key(&req, &caller, &[0; 32])?, require_if_match(&req)?);
    let made = db.write_once(key, move |tx| answer(200, actions::end(tx, &client, (&id, version))?));
    Ok(once::respond(&made.await?))
}

/// A change of the outcome of a watched decision.
#[derive(Serialize, ToSchema)]
pub struct FlipView {
    /// Counted from 1.
    number: i64,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    from: String,
    to: String,
    /// As of which instant it was asked.
    #[schema(value_type = String, format = DateTime)]
    as_of: Instant,
    /// The position of credit's feed that it rests on.
    position: i64,
    /// What brought it about.
    causes: Vec<FlipCause>,
    /// What comes out otherwise.
    criteria: Vec<CriterionChange>,
}

/// List the changes of the outcome that a watch saw, the first one first.
#[utoipa::path(params(("id" = String, Path, description = "The id of the watch.", example = "wch_01JD0000000000000000000000"), PageQuery), responses((status = OK, body = Page<FlipView>, description = "One page."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/watches/{id}/flips")]
pub(crate) async fn list_watch_flips(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let id = id_of(&path)?;
    let (query, bad) = query.into_parts();
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let after = after.map(|text| text.parse::<i64>().map_err(|_unreadable| bad_cursor())).transpose()?.unwrap_or_default();
    let found = db.read(move |conn| {
        let row = actions::visible(conn, &caller, &id)?;
        let shown = store::flips(conn, &row.id, after, limit)?.into_iter().map(|(number, at, body)| {
            let told = actions::told(&body)?;
            Ok(FlipView {
                number,
                at: Instant::from_naive_utc(at),
                from: told.from,
                to: told.to,
                as_of: told.as_of,
                position: told.position,
                causes: told.causes,
                criteria: told.criteria,
            })
        });
        shown.collect::<Result<Vec<_>>>()
    });
    Ok(Page::cut(found.await?, limit, |flip| Cursor::after([flip.number.to_string()])).respond(&req))
}
