//! `POST /facts/{id}/stay` and `/resume`. Not here: marks that objections and repairs set.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Error, Problems, Result},
    http::{json::Body, once},
    token::Caller,
};
use model::{
    fault::{Fault, FieldFault},
    instant::{Day, parse_day},
    normalise::line,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::actions::{self, Stay};
use crate::{
    Credit,
    fact::http::{FactView, actor, answer, fact_id},
};

const DOCUMENT_MAX: usize = 200;

/// Why a fact does not count for a time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStay {
    /// The document of the reviewing body.
    #[schema(example = "示例府行复〔2026〕1号")]
    document_no: String,
    /// From which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date, example = "2026-06-01")]
    on: Option<String>,
}

/// From when a fact counts again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resumption {
    /// From which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date, example = "2026-07-01")]
    on: Option<String>,
}

/// Stay the effect of a fact: it does not count until it is resumed (Administrative Reconsideration Law Art 42).
#[utoipa::path(
    request_body = NewStay,
    params(("id" = String, Path, description = "The id of the fact.", example = "fct_01JD0000000000000000000000"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = OK, body = FactView, description = "The fact with its mark."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/facts/{id}/stay")]
pub(crate) async fn stay_fact(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewStay>,
) -> Result<HttpResponse> {
    let today = app.clock.now().day();
    let mut faults = Vec::new();
    let ground = line(&body.document_no, DOCUMENT_MAX).map_err(|fault| faults.push(FieldFault::of("/document_no", fault))).ok();
    let on = day_said(body.on.as_deref(), today, &mut faults);
    match ground {
        Some(ground) if faults.is_empty() => step(app, db, req, caller, path, &body.sha256, Stay::Begin { on, ground }).await,
        _ => Err(Error::from(faults)),
    }
}

/// Let a stayed fact count again.
#[utoipa::path(
    request_body = Resumption,
    params(("id" = String, Path, description = "The id of the fact.", example = "fct_01JD0000000000000000000000"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = OK, body = FactView, description = "The fact."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/facts/{id}/resume")]
pub(crate) async fn resume_fact(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<Resumption>,
) -> Result<HttpResponse> {
    let mut faults = Vec::new();
    let on = day_said(body.on.as_deref(), app.clock.now().day(), &mut faults);
    if !faults.is_empty() {
        return Err(Error::from(faults));
    }
    step(app, db, req, caller, path, &body.sha256, Stay::End { on }).await
}

async fn step(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    sha256: &[u8; 32],
    step: Stay,
) -> Result<HttpResponse> {
    let (actor, id) = (actor(&caller)?, fact_id(&path)?);
    let key = once::key(&req, &caller, sha256)?;
    let inner = Arc::clone(&app);
    let answer = db.write_once(key, move |tx| answer(200, &actions::stay(tx, &inner, &id, &step, &actor)?, tx.now().day())).await?;
    Ok(once::respond(&answer))
}

/// The day on which a step was taken: as said, else today; never in the future.
pub(crate) fn day_said(text: Option<&str>, today: Day, faults: &mut Vec<FieldFault>) -> Day {
    let read = text.map_or(Ok(today), |text| {
        parse_day(text).and_then(|day| {
            let late = || Fault::new("date_in_future", "日期不得晚于今天。", "The date must not lie in the future.");
            if day > today { Err(late()) } else { Ok(day) }
        })
    });
    read.unwrap_or_else(|fault| {
        faults.push(FieldFault::of("/on", fault));
        today
    })
}
