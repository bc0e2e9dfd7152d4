//! Decisions on HTTP: make, read, replay. Not here: many at once, `batch`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Error, FieldError, Problems, Result},
    http::{json::Body, once},
    token::Caller,
};
use contracts::{event::tell, procurement::DecisionRecorded};
use model::{fault::FieldFault, id::Id, instant::Instant, normalise::line, uscc::Uscc};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    actions::{Ask, DecisionView, Explain, make, record},
    store,
};
use crate::{
    Procurement,
    consortium::rules::{Consortium, NewConsortium, misplaced, read},
    recheck::actions::{Signed, take_up},
    status,
    tender::actions as tender,
};

/// The ruleset that is meant where none is named.
const DEFAULT_RULESET: &str = "government-procurement";
const ID_MAX: usize = 100;

/// A question: may this supplier take part, as of an instant?
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    /// The supplier's Unified Social Credit Code. This or a consortium.
    #[serde(default)]
    #[schema(example = "914404001000000590")]
    supplier: Option<String>,
    /// Enterprises that take part as one supplier.
    #[serde(default)]
    consortium: Option<NewConsortium>,
    /// A published tender, which says the rules and the cut-off.
    #[serde(default)]
    tender: Option<String>,
    /// The lot of that tender.
    #[serde(default)]
    lot: Option<String>,
    /// The ruleset where it is for no tender; the version in force at `as_of` is used.
    #[serde(default)]
    #[schema(example = "government-procurement")]
    ruleset: Option<String>,
    /// The cut-off: an instant, or a day, which means its end. That of the tender where nothing is said, else now.
    #[serde(default)]
    #[schema(example = "2026-06-01T09:30:00+08:00")]
    as_of: Option<String>,
    /// How much to show.
    #[serde(default)]
    explain: Explain,
    /// Whether to sign a receipt.
    #[serde(default)]
    sign: bool,
}

/// What a decision and a batch say alike: the ruleset and the cut-off.
///
/// # Errors
/// Nothing is thrown: faults are added to `faults`.
pub fn terms(ruleset: Option<&str>, as_of: Option<&str>, now: Instant, faults: &mut Vec<FieldError>) -> (String, Instant) {
    let ruleset = match ruleset.map(|id| line(id, ID_MAX)) {
        None => DEFAULT_RULESET.to_owned(),
        Some(Ok(id)) => id,
        Some(Err(fault)) => {
            faults.push(FieldFault::of("/ruleset", fault));
            DEFAULT_RULESET.to_owned()
        }
    };
    let as_of = match as_of.map(Instant::parse_or_day_end) {
        None => now,
        Some(Ok(instant)) => instant,
        Some(Err(fault)) => {
            faults.push(FieldFault::of("/as_of", fault));
            now
        }
    };
    (ruleset, as_of)
}

/// A lot is that of a tender, and a tender says the ruleset.
fn placed(body: &NewDecision, faults: &mut Vec<FieldError>) {
    if body.tender.is_some() && body.ruleset.is_some() {
        let (zh, en) = ("规则集由采购项目指定。", "The tender says which ruleset.");
        faults.push(FieldFault::rule("/ruleset", "ruleset_of_tender", zh, en));
    }
    if body.tender.is_none() && body.lot.is_some() {
        faults.push(FieldFault::rule("/tender", "tender_missing", "指明包号须同时指明采购项目。", "A lot needs its tender."));
    }
}

/// Who is asked about: one supplier, or a consortium with its lead.
fn subject(body: &NewDecision, faults: &mut Vec<FieldError>) -> Option<(Uscc, Option<Consortium>)> {
    match (&body.supplier, &body.consortium) {
        (Some(supplier), None) => {
            Uscc::parse(supplier).map_err(|fault| faults.push(FieldFault::of("/supplier", fault))).ok().map(|code| (code, None))
        }
        (None, Some(asked)) => {
            let read = read(asked).map_err(|found| faults.extend(found)).ok()?;
            read.members.first().cloned().map(|lead| (lead, Some(read)))
        }
        (Some(_), Some(_)) | (None, None) => {
            let (zh, en) = ("supplier 与 consortium 须二者择一。", "Give either a supplier or a consortium.");
            faults.push(FieldFault::rule("/supplier", "supplier_or_consortium", zh, en));
            None
        }
    }
}

/// Decide whether a supplier may take part, why, and with what proof.
#[utoipa::path(
    request_body = NewDecision,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = DecisionView, description = "The decision as it is stored."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[post("/decisions")]
pub(crate) async fn create_decision(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewDecision>,
) -> Result<HttpResponse> {
    let key = once::key(&req, &caller, &body.sha256)?;
    let now = app.clock.now();
    let mut faults = Vec::new();
    let subject = subject(&body, &mut faults);
    let (ruleset, as_of) = terms(body.ruleset.as_deref(), body.as_of.as_deref(), now, &mut faults);
    placed(&body, &mut faults);
    let Some((supplier, consortium)) = subject.filter(|_| faults.is_empty()) else { return Err(faults.into()) };
    let (entry, tender, as_of) = match &body.tender {
        None => (app.rulebook.on(&ruleset, as_of.cut_off_day())?, None, as_of),
        Some(tender) => {
            let lot = tender::terms(&app, tender, None, body.lot.as_deref()).await?;
            (lot.entry, Some(lot.tender), if body.as_of.is_some() { as_of } else { lot.cut_off })
        }
    };
    let misplaced = consortium.as_ref().map(|one| misplaced(one, &entry.compiled)).unwrap_or_default();
    if !misplaced.is_empty() {
        return Err(misplaced.into());
    }
    let status = if body.sign { Some(status::actions::place(&app).await?) } else { None };
    let ask = Ask { consortium, tender, explain: body.explain, sign: body.sign, status, ..Ask::about(supplier, as_of) };
    let view = make(&app, &entry, &ask, Some(app.chance.id("dec", now)), true).await?;
    let row = Arc::new(record(&view, (caller.client(), caller.organisation()?.as_str()))?);
    let told = DecisionRecorded { id: row.id.clone(), supplier: row.supplier.clone(), digest: receipt::digest(row.body.as_bytes()) };
    let signed = Signed::of(&view);
    let answer = db.write_once(key, move |tx| {
        store::insert(tx.conn, &row)?;
        tell(tx, &told, &row.client)?;
        if let Some(signed) = &signed {
            take_up(tx, signed)?;
        }
        Ok(Answer { status: 201, etag: None, location: Some(format!("/procurement/v1/decisions/{}", row.id)), body: row.body.clone() })
    });
    Ok(once::respond(&answer.await?))
}

/// Read a decision as it was answered.
#[utoipa::path(params(("id" = String, Path, description = "The id of the decision.", example = "dec_01JD0000000000000000000000")), responses((status = OK, body = DecisionView, description = "The decision, byte for byte as it was given."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/decisions/{id}")]
pub(crate) async fn read_decision(db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let body = stored(&db, &caller, &path).await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(body))
}

/// A decision is read by the client that asked for it and by authorities; for others it does not exist.
///
/// # Errors
/// `not_found`.
pub async fn stored(db: &Db, caller: &Caller, path: &str) -> Result<String> {
    let all = caller.may_read_internal();
    let client = caller.client().to_owned();
    let id = Id::parse("dec", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))?;
    let find = db.read(move |conn| {
        let found = store::find(conn, &id)?.filter(|(_, asked_by)| all || *asked_by == client);
        found.map(|(body, _)| body).ok_or_else(|| Error::not_found("decision", &id))
    });
    find.await
}
