//! Evaluations on HTTP: make, list, read, replay; only the buyer and authorities. Not here: comparing bidders alone, `relation`.

use std::sync::Arc;

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
        query::Query,
    },
    token::Caller,
};
use model::{fault::FieldFault, id::Id, instant::Instant, normalise::line};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    actions::{EvaluationView, Request, assess, record, replay},
    store::{self, Head},
};
use crate::{
    Procurement,
    buyer::actions::{Author, unknown},
    draw::rules::Disclosed,
    opening::rules::{NewBid, read},
    replay::actions::ReplayView,
    tender::{
        http::tender_id,
        store::{self as tenders, Stored},
    },
};

const SECRET_MAX: usize = 500;

/// The bids of a lot as they were opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEvaluation {
    /// The lot, where the tender has lots.
    #[serde(default)]
    #[schema(example = "LOT-1")]
    lot: Option<String>,
    /// All bids that came in, 1 to 200.
    bids: Vec<NewBid>,
    /// What the tender committed to for a draw; needed where bids are level in everything else.
    #[serde(default)]
    draw: Option<Disclosed>,
    /// Whether the buyer means to act on it. Where it is void for every lot, the tender is void.
    #[serde(default)]
    conclusive: bool,
}

fn request(body: &NewEvaluation) -> Result<Request> {
    let mut faults = Vec::new();
    let handed = read(&body.bids, &mut faults);
    if let Some(draw) = &body.draw {
        let texts = [("/draw/secret", Some(&draw.secret)), ("/draw/beacon", draw.beacon.as_ref())];
        for (at, text) in texts.into_iter().filter_map(|(at, text)| Some((at, text?))) {
            faults.extend(line(text, SECRET_MAX).err().map(|fault| FieldFault::of(at, fault)));
        }
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    Ok(Request { lot: body.lot.clone(), handed, disclosed: body.draw.clone(), conclusive: body.conclusive })
}

/// The tender, where its evaluations are the caller's business.
async fn own(db: &Db, id: &str, author: &Author) -> Result<Stored> {
    let wanted = id.to_owned();
    let stored = db.read(move |conn| tenders::find(conn, &wanted)).await?.ok_or_else(|| unknown(id))?;
    author.owns(&stored)?;
    Ok(stored)
}

/// Evaluate the bids of a lot: who is valid, what is deducted, who is before whom and why. Every evaluation is kept.
#[utoipa::path(
    request_body = NewEvaluation,
    params(
        ("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again."),
    ),
    responses((status = CREATED, body = EvaluationView, description = "The evaluation as it is stored."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[post("/tenders/{id}/evaluation")]
pub(crate) async fn create_evaluation(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewEvaluation>,
) -> Result<HttpResponse> {
    let key = once::key(&req, &caller, &body.sha256)?;
    let tender = tender_id(&path)?;
    let (request, author) = (request(&body)?, Author::of(&caller)?);
    // A repeat must not be refused because the first one ended the tender.
    if let Some(kept) = db.answered(key.clone()).await? {
        return Ok(once::respond(&kept));
    }
    let stored = own(&db, &tender, &author).await?;
    let (view, inputs) = assess(&app, &stored, request, app.chance.id("evl", app.clock.now())).await?;
    let made = Arc::new((view, inputs, stored, author));
    let answer = db.write_once(key, move |tx| {
        let (view, inputs, stored, author) = &*made;
        let body = record(tx, view, inputs, stored, author)?;
        let location = format!("/procurement/v1/tenders/{}/evaluations/{}", stored.id, view.id);
        Ok(Answer { status: 201, etag: None, location: Some(location), body })
    });
    Ok(once::respond(&answer.await?))
}

/// An evaluation in a list.
#[derive(Serialize, ToSchema)]
pub struct EvaluationLine {
    id: String,
    /// The lot, where the tender has lots.
    lot: Option<String>,
    /// Which evaluation of this lot, counted from 1.
    number: i64,
    /// `ranked`, `undecided` or `void`.
    outcome: String,
    conclusive: bool,
    #[schema(value_type = String, format = DateTime)]
    evaluated_at: Instant,
    /// `sha256:…` of the answer.
    digest: String,
}

fn show(head: Head) -> EvaluationLine {
    EvaluationLine {
        id: head.id,
        lot: Some(head.lot).filter(|lot| !lot.is_empty()),
        number: head.number,
        outcome: head.outcome,
        conclusive: head.conclusive,
        evaluated_at: head.recorded_at,
        digest: head.digest,
    }
}

/// List the evaluations of a tender, oldest first: none is ever taken back.
#[utoipa::path(
    params(("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001"), PageQuery),
    responses((status = OK, body = Page<EvaluationLine>, description = "One page."), Problems),
    security(("oauth2" = ["procurement:read"]))
)]
#[get("/tenders/{id}/evaluations")]
pub(crate) async fn list_evaluations(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let (tender, (query, bad)) = (tender_id(&path)?, query.into_parts());
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    own(&db, &tender, &Author::of(&caller)?).await?;
    let heads = db.read(move |conn| store::list(conn, &tender, after.as_deref().unwrap_or_default(), limit)).await?;
    let page = Page::cut(heads, limit, |head| Cursor::after([head.id.clone()])).map(show);
    Ok(page.respond(&req))
}

async fn stored(db: &Db, caller: &Caller, (tender, id): (String, String)) -> Result<(String, String)> {
    let tender = tender_id(&tender)?;
    let id = Id::parse("evl", &id).map_err(|fault| Error::invalid(vec![FieldFault::of("{evaluation}", fault)]))?;
    own(db, &tender, &Author::of(caller)?).await?;
    let wanted = id.clone();
    let found = db.read(move |conn| store::find(conn, &tender, &wanted)).await?;
    found.ok_or_else(|| Error::not_found("evaluation", &id))
}

/// Read an evaluation as it was answered.
#[utoipa::path(
    params(
        ("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001"),
        ("evaluation" = String, Path, description = "The id of the evaluation.", example = "evl_01JD0000000000000000000000"),
    ),
    responses((status = OK, body = EvaluationView, description = "The evaluation, byte for byte as it was given."), Problems),
    security(("oauth2" = ["procurement:read"]))
)]
#[get("/tenders/{id}/evaluations/{evaluation}")]
pub(crate) async fn read_evaluation(db: Data<Db>, caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse> {
    let (_, body) = stored(&db, &caller, path.into_inner()).await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(body))
}

/// Evaluate again on the stored inputs, versions and feed positions, and compare.
#[utoipa::path(
    params(
        ("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001"),
        ("evaluation" = String, Path, description = "The id of the evaluation.", example = "evl_01JD0000000000000000000000"),
    ),
    responses((status = OK, body = ReplayView, description = "Whether the same comes out, and else what differs."), Problems),
    security(("oauth2" = ["procurement:read"]))
)]
#[post("/tenders/{id}/evaluations/{evaluation}/replay")]
pub(crate) async fn replay_evaluation(
    app: Data<Procurement>,
    db: Data<Db>,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse> {
    let (inputs, body) = stored(&db, &caller, path.into_inner()).await?;
    Ok(HttpResponse::Ok().json(replay(&app, &inputs, &body).await?))
}
