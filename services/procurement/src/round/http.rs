//! Rounds on HTTP: start one, see how far it is, read its lines. Not here: the job, `actions.rs`.

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Conn, Db},
    error::{Code, Error, Problems, Result, protocol},
    http::{
        json::Body,
        once,
        page::{self, Cursor, PageQuery, bad_cursor, next_link},
        query::Query,
    },
    token::Caller,
};
use model::{fault::FieldFault, id::Id, instant::Instant, text::Text, uscc::Uscc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    rules::{Counts, MOST_NAMED, Order, RoundState},
    store::{self, Round},
};
use crate::{
    Procurement,
    decision::actions::{DecisionView, Explain},
    standing::store as standings,
    tender::{
        actions::{Lots, lots_of},
        http::tender_id,
    },
};

/// A question about all suppliers and all lots of a tender.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRound {
    /// Whom to decide on, at most 40,000; all who are known where nothing is said.
    #[serde(default)]
    #[schema(example = json!(["914404001000000590"]))]
    suppliers: Option<Vec<String>>,
    /// For which lots; all of them where nothing is said.
    #[serde(default)]
    #[schema(example = json!(null))]
    lots: Option<Vec<String>>,
    /// An instant, or a day, which means its end; the cut-off where nothing is said.
    #[serde(default)]
    as_of: Option<String>,
    /// How much to show; `failed` where nothing is said.
    #[serde(default)]
    explain: Option<Explain>,
}

/// A round and how far it has come.
#[derive(Serialize, ToSchema)]
pub struct RoundView {
    /// `bat_…`: it is kept as a batch, and stands in the log of decisions when it is done.
    id: String,
    tender: String,
    tender_version: u32,
    state: RoundState,
    lots: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    as_of: Instant,
    /// Lines that are there.
    done: i64,
    /// Lines that there will be, as far as it is known.
    total: i64,
    /// What came out so far.
    outcomes: Counts,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Instant>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

impl From<&Round> for RoundView {
    fn from(round: &Round) -> Self {
        Self {
            id: round.id.clone(),
            tender: round.tender.clone(),
            tender_version: round.tender_version,
            state: round.state,
            lots: round.order.lots.iter().flatten().cloned().collect(),
            as_of: round.order.as_of,
            done: round.done,
            total: round.total,
            outcomes: round.order.counts,
            recorded_at: round.recorded_at,
            finished_at: round.finished_at,
            failure: round.order.failure.clone(),
        }
    }
}

/// A line of a round.
#[derive(Serialize, ToSchema)]
pub struct RoundLineView {
    index: i64,
    supplier: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    lot: Option<String>,
    status: u16,
    /// The decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<DecisionView>,
    /// The code of the problem, where it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    problem: Option<Value>,
}

/// Decide on many suppliers for all lots of a published tender: a job does it.
#[utoipa::path(
    request_body = NewRound,
    params(
        ("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again."),
    ),
    responses((status = ACCEPTED, body = RoundView, description = "It will be done; `Location` says how far it is."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[post("/tenders/{id}/decisions")]
pub(crate) async fn create_round(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewRound>,
) -> Result<HttpResponse> {
    let key = once::key(&req, &caller, &body.sha256)?;
    let (id, now) = (tender_id(&path)?, app.clock.now());
    let (suppliers, as_of) = read(&body)?;
    let lots = lots_of(&app, &id).await?;
    let chosen = chosen(&lots, body.lots.as_deref())?;
    let order = Order {
        as_of: as_of.unwrap_or(lots.cut_off),
        full: body.explain == Some(Explain::Full),
        everyone: suppliers.is_none(),
        asked_by: caller.organisation()?.to_string(),
        counts: Counts::default(),
        failure: None,
        lots: chosen,
    };
    let names = suppliers.unwrap_or_default();
    let round = Round {
        id: app.chance.id("bat", now),
        tender: id,
        tender_version: lots.version,
        state: RoundState::Waiting,
        order,
        after: String::new(),
        done: 0,
        total: 0,
        recorded_at: now,
        finished_at: None,
        client: caller.client().to_owned(),
    };
    let answer = db.write_once(key, move |tx| {
        let asked = if round.order.everyone { standings::population(tx.conn)? } else { i64::try_from(names.len()).unwrap_or(i64::MAX) };
        let lots = i64::try_from(round.order.lots.len()).unwrap_or(1);
        let round = Round { total: asked.saturating_mul(lots), ..round.clone() };
        store::insert(tx.conn, &round, &names)?;
        let location = format!("/procurement/v1/tenders/{}/decisions/{}", round.tender, round.id);
        let body = serde_json::to_string(&RoundView::from(&round)).map_err(Error::internal)?;
        Ok(Answer { status: 202, etag: None, location: Some(location), body })
    });
    Ok(once::respond(&answer.await?))
}

/// The suppliers, each once and in order, and the cut-off.
fn read(body: &NewRound) -> Result<(Option<Vec<String>>, Option<Instant>)> {
    let mut faults = Vec::new();
    if body.suppliers.as_ref().is_some_and(|suppliers| suppliers.len() > MOST_NAMED) {
        let detail = Text::new(format!("一次最多 {MOST_NAMED} 家。"), format!("At most {MOST_NAMED} suppliers may be named."));
        return Err(protocol(Code::BATCH_TOO_LARGE, detail));
    }
    let mut codes = BTreeSet::new();
    for (place, code) in body.suppliers.iter().flatten().enumerate() {
        match Uscc::parse(code) {
            Ok(code) => drop(codes.insert(code.as_str().to_owned())),
            Err(fault) => faults.push(FieldFault::of(format!("/suppliers/{place}"), fault)),
        }
    }
    if body.suppliers.as_ref().is_some_and(Vec::is_empty) {
        faults.push(FieldFault::rule("/suppliers", "empty", "至少一家。", "At least one."));
    }
    let as_of = body.as_of.as_deref().map(Instant::parse_or_day_end).transpose().unwrap_or_else(|fault| {
        faults.push(FieldFault::of("/as_of", fault));
        None
    });
    if !faults.is_empty() {
        return Err(faults.into());
    }
    Ok((body.suppliers.is_some().then(|| codes.into_iter().collect()), as_of))
}

fn chosen(lots: &Lots, wanted: Option<&[String]>) -> Result<Vec<Option<String>>> {
    let Some(wanted) = wanted else {
        return Ok(if lots.ids.is_empty() { vec![None] } else { lots.ids.iter().cloned().map(Some).collect() });
    };
    let mut faults = Vec::new();
    let mut chosen: Vec<Option<String>> = Vec::with_capacity(wanted.len());
    for (place, lot) in wanted.iter().enumerate() {
        if !lots.ids.contains(lot) {
            faults.push(FieldFault::rule(format!("/lots/{place}"), "lot_unknown", "采购项目没有该包。", "The tender has no such lot."));
        } else if !chosen.contains(&Some(lot.clone())) {
            chosen.push(Some(lot.clone()));
        }
    }
    if wanted.is_empty() {
        faults.push(FieldFault::rule("/lots", "empty", "至少一个包。", "At least one lot."));
    }
    if faults.is_empty() { Ok(chosen) } else { Err(faults.into()) }
}

/// A round is read by the client that asked for it and by authorities; for others it does not exist.
fn seen(conn: &mut Conn, (tender, id): (&str, &str), caller: &Caller) -> Result<Round> {
    let found = store::find(conn, id)?.filter(|round| round.tender == tender);
    found.filter(|round| caller.may_read_internal() || round.client == caller.client()).ok_or_else(|| Error::not_found("round", id))
}

fn place((tender, id): (String, String)) -> Result<(String, String)> {
    let id = Id::parse("bat", &id).map_err(|fault| Error::invalid(vec![FieldFault::of("{round}", fault)]))?;
    Ok((tender_id(&tender)?, id))
}

/// See how far a round has come.
#[utoipa::path(
    params(
        ("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001"),
        ("round" = String, Path, description = "The id of the round.", example = "bat_01JD0000000000000000000000"),
    ),
    responses((status = OK, body = RoundView, description = "The round."), Problems),
    security(("oauth2" = ["procurement:read"]))
)]
#[get("/tenders/{id}/decisions/{round}")]
pub(crate) async fn read_round(db: Data<Db>, caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse> {
    let (tender, id) = place(path.into_inner())?;
    let round = db.read(move |conn| seen(conn, (&tender, &id), &caller)).await?;
    Ok(HttpResponse::Ok().json(RoundView::from(&round)))
}

/// Read the lines of a round as NDJSON, those that are there; `Link` leads to the next page.
#[utoipa::path(
    params(
        ("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001"),
        ("round" = String, Path, description = "The id of the round.", example = "bat_01JD0000000000000000000000"),
        PageQuery,
    ),
    responses((status = OK, content_type = "application/x-ndjson", body = RoundLineView, description = "One line per supplier and lot, by supplier."), Problems),
    security(("oauth2" = ["procurement:read"]))
)]
#[get("/tenders/{id}/decisions/{round}/lines")]
pub(crate) async fn list_round_lines(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let (tender, id) = place(path.into_inner())?;
    let (query, bad) = query.into_parts();
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let from = after.map(|text| text.parse::<i64>().map_err(|_error| bad_cursor())).transpose()?.unwrap_or(0);
    let most = usize::try_from(limit).unwrap_or(1);
    let mut lines = db
        .read(move |conn| {
            let round = seen(conn, (&tender, &id), &caller)?;
            store::lines(conn, &round.id, from, most.saturating_add(1))
        })
        .await?;
    let more = lines.len() > most;
    lines.truncate(most);
    let mut answer = HttpResponse::Ok();
    if let Some((last, _)) = lines.last().filter(|_| more) {
        let cursor = Cursor::after([last.saturating_add(1).to_string()]).encode();
        answer.insert_header(next_link(&req, &cursor));
    }
    let body: String = lines.into_iter().flat_map(|(_, line)| [line, "\n".to_owned()]).collect();
    Ok(answer.content_type("application/x-ndjson").body(body))
}
