//! The `Idempotency-Key` header. Not here: what is kept under it, `db::Db::write_once`.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use model::text::Text;

use crate::{
    db::{Answer, OnceKey},
    error::{Error, FieldError, Result},
    token::Caller,
};

/// Longer keys are refused.
const LONGEST: usize = 255;

/// The caller's key for this request, if one was sent.
///
/// # Errors
/// `bad_header` when it is not 1 to 255 visible ASCII characters.
pub fn key(req: &HttpRequest, caller: &Caller, body_sha256: &[u8; 32]) -> Result<Option<OnceKey>> {
    let Some(header) = req.headers().get("Idempotency-Key") else { return Ok(None) };
    let text = header.to_str().unwrap_or_default();
    let only = req.headers().get_all("Idempotency-Key").count() == 1;
    if !only || text.is_empty() || text.len() > LONGEST || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let detail = Text::new("应为 1 到 255 个可见的 ASCII 字符。", "Must be 1 to 255 visible ASCII characters.");
        return Err(Error::malformed(vec![FieldError::new("Idempotency-Key", "bad_header", detail)]));
    }
    Ok(Some(OnceKey {
        client: caller.client().to_owned(),
        method: req.method().to_string(),
        path: req.path().to_owned(),
        key: text.to_owned(),
        body_sha256: hex(body_sha256),
    }))
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The answer as a response.
#[must_use]
pub fn respond(answer: &Answer) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK));
    response.content_type("application/json");
    if let Some(etag) = &answer.etag {
        response.insert_header(("ETag", etag.as_str()));
    }
    if let Some(location) = &answer.location {
        response.insert_header(("Location", location.as_str()));
    }
    response.body(answer.body.clone())
}
