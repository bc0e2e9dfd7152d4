//! The log on HTTP: checkpoint, proof of inclusion, proof of consistency. Not here: how a reader verifies them, `libs/receipt`.

use std::time::Duration;

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Error, FieldError, Problem, Problems, Result},
    http::query::Query,
    token::Caller,
};
use model::{fault::FieldFault, id::Id, text::Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{actions, store};
use crate::{batch, decision, evaluation};

/// What was decided a moment ago is waited for so long.
const GRACE: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(100);

/// What may go wrong where no token is asked for.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "only its derived documentation is used")]
pub(crate) enum PublicProblems {
    /// The request cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(Problem),
    /// There is nothing like this.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// Too many requests; see `Retry-After`.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// Our fault; quote the trace id.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
    /// Not right now; see `Retry-After`.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// The proof that something is in the log (RFC 9162 section 2.1.3).
#[derive(Serialize, ToSchema)]
pub struct InclusionView {
    /// `dec_…`, `bat_…` or `evl_…`.
    id: String,
    /// `sha256:…` of the answer as it was given.
    digest: String,
    /// Which entry it is, counted from 0.
    number: u64,
    /// The hashes beside its way to the root, lowest first, in hexadecimal.
    path: Vec<String>,
    /// The signed checkpoint whose root it leads to.
    checkpoint: String,
}

/// The proof that the log only grew (RFC 9162 section 2.1.4).
#[derive(Serialize, ToSchema)]
pub struct ConsistencyView {
    /// The smaller size.
    from: u64,
    /// The larger size.
    to: u64,
    /// The hashes of the proof, in hexadecimal.
    path: Vec<String>,
}

fn hex(path: Vec<receipt::tree::Hash>) -> Vec<String> {
    path.into_iter().map(receipt::tree::Hash::to_hex).collect()
}

/// Read the newest checkpoint of the log of decisions, without a token: a signed note with origin, size and root.
#[utoipa::path(responses((status = OK, content_type = "text/plain", body = String, description = "The note (C2SP tlog-checkpoint)."), PublicProblems))]
#[get("/log/checkpoint")]
pub(crate) async fn read_checkpoint(db: Data<Db>) -> Result<HttpResponse> {
    let (_, note) = db.read(store::head).await?.ok_or_else(|| Error::not_found("checkpoint", "newest"))?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=1")).content_type("text/plain; charset=utf-8").body(note))
}

/// Of which sizes.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// The size of the older checkpoint.
    #[param(value_type = Option<u64>, example = 1, required = true)]
    from: Option<String>,
    /// The size of the newer one; that of the newest checkpoint where nothing is said.
    #[param(value_type = Option<u64>, example = 2)]
    to: Option<String>,
}

/// Read the proof that the log of one size begins with that of a smaller one, without a token.
#[utoipa::path(params(Sizes), responses((status = OK, body = ConsistencyView, description = "The proof; 404 where the log was never as large."), PublicProblems))]
#[get("/log/consistency")]
pub(crate) async fn read_consistency(db: Data<Db>, query: Query<Sizes>) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let mut size = |name: &str, text: Option<&str>| match text.map(str::parse::<u64>) {
        Some(Ok(size)) => Some(size),
        None if name == "to" => None,
        _ => {
            let detail = Text::new("应为不小于 0 的整数。", "Must be a whole number from 0.");
            bad.push(FieldError::new(format!("?{name}"), "bad_parameter", detail));
            None
        }
    };
    let (from, to) = (size("from", query.from.as_deref()).unwrap_or_default(), size("to", query.to.as_deref()));
    if !bad.is_empty() {
        return Err(Error::malformed(bad));
    }
    let proof = db.read(move |conn| {
        let to = match to {
            Some(to) => to,
            None => store::head(conn)?.map_or(0, |(size, _)| size),
        };
        actions::consistent(conn, from, to)?.ok_or_else(|| Error::not_found("consistency proof", format!("{from}-{to}")))
    });
    let proof = proof.await?;
    let view = ConsistencyView { from: proof.from, to: proof.to, path: hex(proof.path) };
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=31536000, immutable")).json(view))
}

/// Read the proof that a decision, a batch or an evaluation is in the log.
#[utoipa::path(params(("id" = String, Path, description = "The id of the decision, the batch or the evaluation.", example = "dec_01JD0000000000000000000000")), responses((status = OK, body = InclusionView, description = "The proof towards the newest checkpoint."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/log/entries/{id}")]
pub(crate) async fn read_inclusion(db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let kind = ["bat", "evl"].into_iter().find(|kind| path.starts_with(kind)).unwrap_or("dec");
    let id = Id::parse(kind, &path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))?;
    let (all, client, wanted) = (caller.may_read_internal(), caller.client().to_owned(), id.clone());
    let mine = db.read(move |conn| {
        let asked_by = match kind {
            "bat" => batch::store::asked_by(conn, &wanted)?,
            "evl" => evaluation::store::asked_by(conn, &wanted)?,
            _ => decision::store::find(conn, &wanted)?.map(|(_, client)| client),
        };
        Ok(asked_by.is_some_and(|asked_by| all || asked_by == client))
    });
    if !mine.await? {
        return Err(Error::not_found("log entry", &id));
    }
    let until = tokio::time::Instant::now() + GRACE;
    loop {
        let wanted = id.clone();
        if let Some(proof) = db.read(move |conn| actions::included(conn, &wanted)).await? {
            let view = InclusionView {
                id: proof.id,
                digest: proof.digest,
                number: proof.number,
                path: hex(proof.path),
                checkpoint: proof.checkpoint,
            };
            return Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(view));
        }
        if tokio::time::Instant::now() >= until {
            // Made before there was a log.
            return Err(Error::not_found("log entry", &id));
        }
        tokio::time::sleep(LOOK).await;
    }
}
