//! `GET /keys`: public, old keys included for ever. Not here: making and loading them, `common::key`.

use actix_web::{HttpResponse, get, web::Data};
use common::error::Result;
use serde_json::{Value, json};

use crate::Procurement;

/// The keys that receipts are verified with, as a JWK set; public.
#[utoipa::path(responses(
    (status = OK, body = Object, description = "A JWK set (RFC 7517); `from` and `until` say when a key signed."),
    (status = 429, body = common::error::Problem, content_type = "application/problem+json", description = "Too many requests; see `Retry-After`.")
))]
#[get("/keys")]
pub(crate) async fn list_keys(app: Data<Procurement>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(published(&app)))
}

fn published(app: &Procurement) -> Value {
    json!({"keys": app.keys.now().ring.public("receipt").keys})
}
