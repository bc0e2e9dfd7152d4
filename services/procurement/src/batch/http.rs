//! `POST /decisions/batch`, and what is kept of a batch. Not here: deciding, `actions.rs`.

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, get, post,
    web::{Data, Path, Payload},
};
use common::{
    db::Db,
    error::{Code, Error, FieldError, Problems, Result, protocol},
    http::{
        json::{self, Body},
        param,
        query::Query,
    },
    token::Caller,
};
use contracts::{event::tell, procurement::BatchRecorded};
use model::{fault::FieldFault, id::Id, instant::Instant, text::Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, BatchLine, BatchReplayView, Past, Question},
    store,
};
use crate::{
    Procurement,
    decision::{
        actions::{Explain, RulesetRef},
        http::terms,
    },
    status::rules::StatusPlace,
};

/// Suppliers in one batch.
const MOST: usize = 10_000;
/// So many unreadable lines of a request are named.
const NAMED: usize = 100;
const LINES: &str = "application/x-ndjson";

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
    /// Whether to sign one receipt for all lines.
    #[serde(default)]
    sign: bool,
}

/// One supplier of a batch that is asked line by line.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchQuestion {
    /// The Unified Social Credit Code.
    supplier: String,
}

/// What all lines of an NDJSON request have in common; with a JSON body it stands there.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BatchTerms {
    /// The ruleset; the version in force at `as_of` is used.
    ruleset: Option<String>,
    /// The cut-off: an instant, or a day, which means its end. Now where nothing is said.
    as_of: Option<String>,
    /// `full` or `failed`.
    #[param(value_type = Option<Explain>)]
    explain: Option<String>,
    /// Whether to sign one receipt for all lines.
    #[param(value_type = Option<bool>)]
    sign: Option<String>,
}

fn too_many() -> Error {
    let detail = Text::new(format!("一次最多 {MOST} 家。"), format!("At most {MOST} suppliers in one batch."));
    protocol(Code::BATCH_TOO_LARGE, detail)
}

/// The request in either form.
async fn read(req: &HttpRequest, payload: Payload, query: Query<BatchTerms>) -> Result<NewBatch> {
    let (said, mut faults) = query.into_parts();
    if req.content_type() != LINES {
        let names = [("ruleset", &said.ruleset), ("as_of", &said.as_of), ("explain", &said.explain), ("sign", &said.sign)];
        faults.extend(
            names
                .into_iter()
                .filter(|(_, value)| value.is_some())
                .map(|(name, _)| bad(name, Text::new("用 JSON 请求体时写在请求体内。", "With a JSON body it stands in the body."))),
        );
        if !faults.is_empty() {
            return Err(Error::malformed(faults));
        }
        return Ok(Body::<NewBatch>::from_request(req, &mut payload.into_inner()).await?.into_inner());
    }
    let explain = match said.explain.as_deref() {
        None | Some("full") => Explain::Full,
        Some("failed") => Explain::Failed,
        Some(_) => {
            faults.push(bad("explain", Text::new("应为 full 或 failed。", "Must be full or failed.")));
            Explain::Full
        }
    };
    let sign = match said.sign.as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            faults.push(bad("sign", Text::new("应为 true 或 false。", "Must be true or false.")));
            false
        }
    };
    let bytes = json::read(req, payload.into_inner()).await?;
    let mut suppliers = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        if suppliers.len() >= MOST {
            return Err(too_many());
        }
        match json::parse::<BatchQuestion>(line) {
            Ok(question) => suppliers.push(question.supplier),
            Err(error) => {
                faults.extend_from_slice(error.under(&format!("/{}", suppliers.len())).errors());
                suppliers.push(String::new());
                if faults.len() >= NAMED {
                    break;
                }
            }
        }
    }
    if faults.is_empty() {
        Ok(NewBatch { suppliers, ruleset: said.ruleset, as_of: said.as_of, explain, sign })
    } else {
        Err(Error::malformed(faults))
    }
}

fn bad(name: &str, detail: Text) -> FieldError {
    FieldError::new(format!("?{name}"), "bad_parameter", detail)
}

/// Decide on many suppliers: NDJSON in the order asked, one bad code never fails the rest.
///
/// With `sign`, one receipt is made over the Merkle root of the lines, each without its line end; it stands in `GET /decisions/batch/{id}`.
#[utoipa::path(
    params(BatchTerms),
    request_body(content((NewBatch = "application/json"), (BatchQuestion = "application/x-ndjson"))),
    responses((status = OK, content_type = "application/x-ndjson", body = BatchLine, description = "One line per supplier, in order; the header `Batch-Id` names the batch."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[post("/decisions/batch")]
pub(crate) async fn create_decisions(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    query: Query<BatchTerms>,
    payload: Payload,
) -> Result<HttpResponse> {
    let now = app.clock.now();
    let body = read(&req, payload, query).await?;
    if body.suppliers.len() > MOST {
        return Err(too_many());
    }
    let mut faults = Vec::new();
    let (ruleset, as_of) = terms(body.ruleset.as_deref(), body.as_of.as_deref(), now, &mut faults);
    if body.suppliers.is_empty() {
        faults.push(FieldFault::rule("/suppliers", "empty", "至少一家。", "At least one."));
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let question = Question {
        entry: app.rulebook.on(&ruleset, as_of.cut_off_day())?,
        suppliers: body.suppliers,
        as_of,
        explain: body.explain,
        sign: body.sign,
        lang: param::language(&req),
        trace_id: param::trace_id(&req),
    };
    let (record, lines) = actions::decide_all(&app, question, caller.client()).await?;
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
    Ok(HttpResponse::Ok().content_type(LINES).insert_header(("Batch-Id", id)).body(lines))
}

/// Up to which position a source was read for lines of a batch.
#[derive(Serialize, ToSchema)]
pub struct BatchSource {
    /// For example `credit`.
    service: String,
    /// The life of its feed.
    epoch: String,
    /// Every event up to here was known.
    position: i64,
    /// Whether that was within the bound of the ruleset.
    fresh: bool,
}

/// A batch as it is kept.
#[derive(Serialize, ToSchema)]
pub struct BatchView {
    /// `bat_…`.
    id: String,
    /// Who was asked about, as sent.
    suppliers: Vec<String>,
    /// How many lines.
    lines: usize,
    #[schema(value_type = String, format = DateTime)]
    as_of: Instant,
    /// What was known at this instant, for every line.
    #[schema(value_type = String, format = DateTime)]
    known_at: Instant,
    /// The positions at which lines were decided, each once.
    sources: Vec<BatchSource>,
    ruleset: RulesetRef,
    evaluator: String,
    explain: Explain,
    /// How many lines came out how; those that were refused are not among them.
    #[schema(value_type = Object)]
    outcomes: Value,
    /// `sha256:…` of all lines, as they stand in the log.
    digest: String,
    /// The root of the tree of RFC 9162 over the lines, in hexadecimal.
    root: String,
    /// Where the status of the receipt stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<StatusPlace>,
    /// The receipt over all lines: a compact JWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
}

/// A line with its way to the root.
#[derive(Serialize, ToSchema)]
pub struct BatchLineView {
    /// Counted from 0.
    index: u64,
    /// The line as it was answered, byte for byte; absent where it does not come out so any more, which a replay explains.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<String>,
    /// The hash of the line, in hexadecimal.
    hash: String,
    /// The hashes beside its way to the root, lowest first, in hexadecimal.
    path: Vec<String>,
    /// How many lines the tree has.
    lines: usize,
    /// Where the way leads to, in hexadecimal.
    root: String,
    /// The receipt over the root.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
}

async fn past(app: &Procurement, caller: &Caller, path: &str) -> Result<(store::Stored, Past)> {
    let id = Id::parse("bat", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))?;
    let stored = actions::stored(app, id, (caller.may_read_internal(), caller.client().to_owned())).await?;
    let past = actions::past(app, &stored).await?;
    Ok((stored, past))
}

fn number(path: &str) -> Result<usize> {
    let detail = || Text::new("应为从 0 起的行号。", "Must be the number of a line, counted from 0.");
    path.parse().map_err(|_why| Error::malformed(vec![FieldError::new("{index}", "bad_parameter", detail())]))
}

/// Read what is kept of a batch: the question, the counts, the positions, the root and the receipt.
#[utoipa::path(params(("id" = String, Path, description = "The id of the batch.", example = "bat_01JD0000000000000000000000")), responses((status = OK, body = BatchView, description = "The batch without its lines."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/decisions/batch/{id}")]
pub(crate) async fn read_batch(app: Data<Procurement>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let (stored, Past { kept, entry, .. }) = past(&app, &caller, &path).await?;
    let sources = actions::sources(&entry, &kept).into_iter();
    let source = |receipt::SourceRef { service, epoch, position, fresh }| BatchSource { service, epoch, position, fresh };
    Ok(HttpResponse::Ok().json(BatchView {
        id: path.into_inner(),
        lines: kept.suppliers.len(),
        suppliers: kept.suppliers.clone(),
        as_of: kept.as_of,
        known_at: kept.known_at,
        sources: sources.map(source).collect(),
        ruleset: RulesetRef { id: stored.ruleset, version: entry.version(), digest: kept.ruleset_digest.clone() },
        evaluator: kept.evaluator.clone(),
        explain: if kept.failed_only { Explain::Failed } else { Explain::Full },
        outcomes: kept.outcomes.clone(),
        digest: stored.digest,
        root: kept.root.clone(),
        status: kept.status.clone().map(StatusPlace::from),
        receipt: kept.receipt.clone(),
    }))
}

/// Read a line of a batch with the proof that it stands in it.
#[utoipa::path(params(("id" = String, Path, description = "The id of the batch.", example = "bat_01JD0000000000000000000000"), ("index" = u64, Path, description = "Which line, counted from 0.", example = 0)), responses((status = OK, body = BatchLineView, description = "The line, made again, and its way to the root (RFC 9162 section 2.1.3)."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/decisions/batch/{id}/lines/{index}")]
pub(crate) async fn read_batch_line(app: Data<Procurement>, caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse> {
    let index = number(&path.1)?;
    let (_, past) = past(&app, &caller, &path.0).await?;
    let (proof, same) = actions::proof(&app, &past, index).await?;
    Ok(HttpResponse::Ok().json(BatchLineView {
        index: proof.index,
        line: same.then_some(proof.line),
        hash: past.leaves.get(index).copied().map(receipt::tree::Hash::to_hex).unwrap_or_default(),
        path: proof.path.into_iter().map(receipt::tree::Hash::to_hex).collect(),
        lines: past.leaves.len(),
        root: past.kept.root.clone(),
        receipt: past.kept.receipt.clone(),
    }))
}

/// Decide a whole batch again on the stored versions and feed positions, and compare every line.
#[utoipa::path(params(("id" = String, Path, description = "The id of the batch.", example = "bat_01JD0000000000000000000000")), responses((status = OK, body = BatchReplayView, description = "Whether the same lines come out, and else the first that differ."), Problems), security(("oauth2" = ["procurement:read"])))]
#[post("/decisions/batch/{id}/replay")]
pub(crate) async fn replay_batch(app: Data<Procurement>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let (_, past) = past(&app, &caller, &path).await?;
    let lines = 0..past.kept.suppliers.len();
    Ok(HttpResponse::Ok().json(actions::replay(&app, &past, lines).await?))
}

/// Decide one line of a batch again, and compare it.
#[utoipa::path(params(("id" = String, Path, description = "The id of the batch.", example = "bat_01JD0000000000000000000000"), ("index" = u64, Path, description = "Which line, counted from 0.", example = 0)), responses((status = OK, body = BatchReplayView, description = "Whether the same line comes out."), Problems), security(("oauth2" = ["procurement:read"])))]
#[post("/decisions/batch/{id}/lines/{index}/replay")]
pub(crate) async fn replay_batch_line(app: Data<Procurement>, caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse> {
    let index = number(&path.1)?;
    let (_, past) = past(&app, &caller, &path.0).await?;
    if index >= past.kept.suppliers.len() {
        return Err(Error::not_found("line", index));
    }
    Ok(HttpResponse::Ok().json(actions::replay(&app, &past, index..index.saturating_add(1)).await?))
}
