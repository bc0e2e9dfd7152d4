//! `POST /decisions/batch`. Not here: how one is decided, `decision::actions`.

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use common::{
    db::Db,
    error::{Code, Error, Problems, Result, protocol},
    http::{json::Body, param},
    token::Caller,
};
use contracts::{event::tell, procurement::BatchRecorded};
use model::{
    fault::FieldFault,
    text::{Lang, Text},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::store::{self, Record};
use crate::{
    Procurement,
    decision::{
        actions::{Ask, DecisionView, Explain, judge, standing, tally},
        http::terms,
        rules::Outcome,
    },
    rulebook::actions::Entry,
};

/// Suppliers in one batch.
const MOST: usize = 10_000;
/// So many are decided without letting others on.
const BREATH: usize = 32;

/// A question about many suppliers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBatch {
    /// Their Unified Social Credit Codes, at most 10,000.
    #[schema(example = json!(["914404001000000590"]))]
    suppliers: Vec<String>,
    /// The ruleset; the version in force at `as_of` is used.
    #[serde(default)]
    ruleset: Option<String>,
    /// The cut-off: an instant, or a day, which means its end. Now where nothing is said.
    #[serde(default)]
    as_of: Option<String>,
    /// How much to show.
    #[serde(default)]
    explain: Explain,
}

/// One line of the answer.
#[derive(Serialize, ToSchema)]
pub struct BatchLine {
    index: usize,
    status: u16,
    /// The decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<DecisionView>,
    /// The problem document, where it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    problem: Option<Value>,
}

/// Decide on many suppliers: NDJSON in the order asked, one bad code never fails the rest.
#[utoipa::path(
    request_body = NewBatch,
    responses((status = OK, content_type = "application/x-ndjson", body = BatchLine, description = "One line per supplier, in order."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[post("/decisions/batch")]
pub(crate) async fn create_decisions(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewBatch>,
) -> Result<HttpResponse> {
    let now = app.clock.now();
    let (lang, trace_id) = (param::language(&req), param::trace_id(&req));
    if body.suppliers.len() > MOST {
        let detail = Text::new(format!("一次最多 {MOST} 家。"), format!("At most {MOST} suppliers in one batch."));
        return Err(protocol(Code::BATCH_TOO_LARGE, detail));
    }
    let mut faults = Vec::new();
    let (ruleset, as_of) = terms(body.ruleset.as_deref(), body.as_of.as_deref(), now, &mut faults);
    if body.suppliers.is_empty() {
        faults.push(FieldFault::rule("/suppliers", "empty", "至少一家。", "At least one."));
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let entry = app.rulebook.on(&ruleset, as_of.cut_off_day())?;
    let mut lines = String::with_capacity(body.suppliers.len().saturating_mul(512));
    let mut outcomes = Vec::with_capacity(body.suppliers.len());
    for (index, supplier) in body.suppliers.iter().enumerate() {
        // Others wait for this thread too.
        if index % BREATH == 0 {
            tokio::task::yield_now().await;
        }
        let line = match decide_one(&app, &entry, (index, supplier), (as_of, body.explain)).await {
            Ok(view) => {
                outcomes.push(view.verdict.outcome);
                BatchLine { index, status: 200, body: Some(view), problem: None }
            }
            Err(error) if error.status() >= 500 => return Err(error),
            Err(error) => refused(index, &error, lang, &trace_id),
        };
        lines.push_str(&serde_json::to_string(&line).map_err(Error::internal)?);
        lines.push('\n');
    }
    let record = keep(&app, &entry, &body, (&lines, &outcomes), caller.client())?;
    let id = record.id.clone();
    let told = BatchRecorded {
        id: id.clone(),
        asked_by: caller.organisation().map(|code| code.to_string()).unwrap_or_default(),
        suppliers: u64::try_from(record.suppliers).unwrap_or(u64::MAX),
        digest: record.digest.clone(),
    };
    db.write(move |tx| {
        store::insert(tx.conn, &record)?;
        tell(tx, &told, &record.client)
    })
    .await?;
    Ok(HttpResponse::Ok().content_type("application/x-ndjson").insert_header(("Batch-Id", id)).body(lines))
}

async fn decide_one(
    app: &Procurement,
    entry: &Entry,
    (index, supplier): (usize, &str),
    (as_of, explain): (model::instant::Instant, Explain),
) -> Result<DecisionView> {
    let supplier = Uscc::parse(supplier).map_err(|fault| Error::invalid(vec![FieldFault::of(format!("/suppliers/{index}"), fault)]))?;
    let (loaded, known) = standing(app, &supplier, false).await?;
    judge(app, entry, &Ask { explain, ..Ask::about(supplier, as_of) }, (&loaded, &known), None)
}

fn refused(index: usize, error: &Error, lang: Lang, trace_id: &str) -> BatchLine {
    BatchLine {
        index,
        status: error.status(),
        body: None,
        problem: Some(error.document(lang, "/procurement/v1/decisions/batch", trace_id)),
    }
}

fn keep(app: &Procurement, entry: &Entry, asked: &NewBatch, (lines, outcomes): (&str, &[Outcome]), client: &str) -> Result<Record> {
    let body = json!({"suppliers": asked.suppliers, "ruleset_digest": entry.digest, "outcomes": tally(outcomes)});
    Ok(Record {
        id: app.chance.id("bat", app.clock.now()),
        ruleset: entry.id().to_owned(),
        ruleset_version: entry.version(),
        suppliers: asked.suppliers.len(),
        decided_at: app.clock.now(),
        client: client.to_owned(),
        digest: receipt::digest(lines.as_bytes()),
        body: body.to_string(),
    })
}
