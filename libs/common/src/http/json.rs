//! Bodies in JSON, read strictly: what is wrong with the shape is told all at once. Not here: whether values obey the rules of a domain;
//! `model` and the services decide that.

mod close;
mod shape;
mod strict;

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    error::PayloadError,
    http::header::{self, HeaderMap},
    web::Data,
};
use bytes::BytesMut;
use futures_util::{StreamExt, future::LocalBoxFuture};
use model::{
    fault::{CODES, Fault},
    text::Text,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::trace::BodyRead;
use crate::error::{Code, Error, FieldError, Kind, Result, protocol};

/// How many bytes a body may have, where no [`BodyLimit`] says otherwise.
pub const DEFAULT_LIMIT: usize = 1024 * 1024;

/// Another limit for the bodies of an app or a scope, as `Data<BodyLimit>`.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit(pub usize);

/// A body in JSON.
#[derive(Clone, Debug)]
pub struct Body<T> {
    /// What it says.
    pub value: T,
    /// The SHA-256 of its bytes as they came, by which a repeated request is recognised.
    pub sha256: [u8; 32],
}

impl<T> std::ops::Deref for Body<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Body<T> {
    /// What it says.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T: DeserializeOwned + ToSchema + 'static> FromRequest for Body<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            is_json(request.headers())?;
            let bytes = read(&request, payload).await?;
            Ok(Self { value: parse(&bytes)?, sha256: Sha256::digest(&bytes).into() })
        })
    }
}

/// Reads the whole body up to the limit of the app; also for handlers that read another form than JSON.
pub async fn read(request: &HttpRequest, mut payload: Payload) -> Result<bytes::Bytes> {
    let limit = request.app_data::<Data<BodyLimit>>().map_or(DEFAULT_LIMIT, |limit| limit.0);
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let mut bytes = BytesMut::with_capacity(length.unwrap_or(1024).min(64 * 1024));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| match error {
            PayloadError::Overflow => too_large(limit),
            other => Error::new(Kind::Malformed, Code::MALFORMED, Text::new("请求体不完整。", "The body did not arrive whole."))
                .with_source(other),
        })?;
        if bytes.len().saturating_add(chunk.len()) > limit {
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    request.extensions_mut().insert(BodyRead);
    Ok(bytes.freeze())
}

fn too_large(limit: usize) -> Error {
    protocol(Code::BODY_TOO_LARGE, Text::new(format!("请求体最多 {limit} 字节。"), format!("The body has at most {limit} bytes.")))
}

/// 415 unless the body is `application/json`, in UTF-8 and not compressed.
fn is_json(headers: &HeaderMap) -> Result<()> {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    let charset = parts.filter_map(|part| part.split_once('=')).filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    let utf8 = charset.map(|(_, value)| value.trim().trim_matches('"')).all(|value| value.eq_ignore_ascii_case("utf-8"));
    let plain = headers.get(header::CONTENT_ENCODING).is_none_or(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if kind && utf8 && plain {
        return Ok(());
    }
    let detail = Text::new("请求体应为 application/json(UTF-8,不压缩)。", "The body must be application/json in UTF-8, not compressed.");
    Err(protocol(Code::UNSUPPORTED_MEDIA_TYPE, detail).with_header("Accept", "application/json".to_owned()))
}

/// Reads JSON; all errors of its shape are told together, with 400.
pub fn parse<T: DeserializeOwned + ToSchema + 'static>(bytes: &[u8]) -> Result<T> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let place = error.valid_up_to();
        malformed("", Text::new(format!("第 {place} 个字节起不是 UTF-8。"), format!("Not UTF-8 from byte {place} on.")))
    })?;
    strict::check(text)?;
    match serde_json::from_str(text) {
        // Where there is a list, serde may have read it as an object.
        Ok(read) if !shape::is_loose::<T>() && !text.contains('[') => Ok(read),
        _ => parse_value(serde_json::from_str(text).map_err(|error| syntax(&error))?, ""),
    }
}

/// Reads a value that was parsed before, such as one whose shape another field decides; `at` is the pointer under which it stands.
pub fn parse_value<T: DeserializeOwned + ToSchema + 'static>(value: Value, at: &str) -> Result<T> {
    let error = match serde_path_to_error::deserialize(&value) {
        Ok(read) => {
            let missed = shape::missed::<T>(&value, at);
            return if missed.is_empty() { Ok(read) } else { Err(Error::malformed(missed)) };
        }
        Err(error) => error,
    };
    let errors = shape::errors::<T>(&value, at);
    if !errors.is_empty() {
        return Err(Error::malformed(errors));
    }
    let pointer = format!("{at}{}", shape::pointer(error.path()));
    let text = error.inner().to_string();
    if let Some((code, rule)) = fault(&text) {
        return Err(Error::invalid(vec![FieldError::new(pointer, code, rule)]));
    }
    Err(Error::malformed(vec![shape::told(pointer, &text)]))
}

/// A fault of `model` that came through serde as text: of the right type, and against a rule.
fn fault(text: &str) -> Option<(&'static str, Text)> {
    let (code, detail) = text.split_once(": ")?;
    let (code, ..) = CODES.iter().find(|(known, ..)| *known == code)?;
    Some((code, Text::new(Fault::title(code)?.zh, detail)))
}

fn syntax(error: &serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    malformed(
        "",
        Text::new(
            format!("第 {line} 行第 {column} 列起无法读取。"),
            format!("It cannot be read at line {line}, column {column}: {error}."),
        ),
    )
}

fn malformed(pointer: &str, detail: Text) -> Error {
    let field = FieldError::new(pointer, Code::MALFORMED_JSON.code, detail.clone());
    Error::new(Kind::Malformed, Code::MALFORMED_JSON, detail).with_errors(vec![field])
}

#[cfg(test)]
mod tests;
