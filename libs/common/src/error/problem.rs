//! The problem document of RFC 9457 and how an error becomes one. Not here: when it is rendered; the outermost middleware does that, `http::edge`.

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use model::text::Lang;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{Error, Kind, problem_type};

/// A problem document as the OpenAPI files show it.
#[derive(Serialize, ToSchema)]
pub struct Problem {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(example = "/problems/missing_field")]
    pub kind: String,
    /// A short title.
    pub title: String,
    /// The HTTP status again.
    #[schema(example = 400)]
    pub status: u16,
    /// What is wrong in this case.
    pub detail: String,
    /// The path that was asked.
    pub instance: String,
    /// Stable and machine-readable.
    #[schema(example = "missing_field")]
    pub code: String,
    /// To be quoted when asking for help.
    pub trace_id: String,
    /// Every bad field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
}

/// One bad field of a problem document.
#[derive(Serialize, ToSchema)]
pub struct ProblemField {
    /// A JSON pointer into the body, `?name` for a query parameter, `{name}` for a part of the path.
    #[schema(example = "/enterprise")]
    pub pointer: String,
    /// Stable and machine-readable.
    #[schema(example = "missing_field")]
    pub code: String,
    /// The same for people.
    pub detail: String,
}

/// The refusals that any operation may answer, for `responses(..)` of an operation.
#[derive(utoipa::IntoResponses)]
pub enum Problems {
    /// The request cannot be read; every bad field is named.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(Problem),
    /// No token, or one that is not valid.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(Problem),
    /// The token lacks a scope, or the object belongs to another organisation.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// There is no such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// It clashes with what stands.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// It was merged into another; the survivor is named.
    #[response(status = 410, content_type = "application/problem+json")]
    Gone(Problem),
    /// It has changed since it was read.
    #[response(status = 412, content_type = "application/problem+json")]
    Changed(Problem),
    /// The body is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The body has a form that is not read here.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(Problem),
    /// Readable, and against a rule; every bad field is named.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
    /// `If-Match` is required.
    #[response(status = 428, content_type = "application/problem+json")]
    Precondition(Problem),
    /// Too many requests; see `Retry-After`.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// Our fault; quote the trace id.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
    /// Try again later; see `Retry-After`.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

impl Error {
    /// The problem document in this language.
    #[must_use]
    pub fn document(&self, lang: Lang, instance: &str, trace_id: &str) -> Value {
        let inner = &self.0;
        let title = match lang {
            Lang::Zh => inner.code.title_zh,
            Lang::En => inner.code.title_en,
        };
        let mut document = Map::new();
        document.insert("type".into(), json!(problem_type(inner.code.code)));
        document.insert("title".into(), json!(title));
        document.insert("status".into(), json!(inner.code.status));
        document.insert("detail".into(), json!(inner.detail.pick(lang)));
        document.insert("instance".into(), json!(instance));
        document.insert("code".into(), json!(inner.code.code));
        document.insert("trace_id".into(), json!(trace_id));
        if !inner.errors.is_empty() {
            let errors = inner.errors.iter().map(|e| json!({"pointer": e.pointer, "code": e.code, "detail": e.detail.pick(lang)}));
            document.insert("errors".into(), Value::Array(errors.collect()));
        }
        for (name, value) in &inner.members {
            document.insert((*name).to_owned(), value.clone());
        }
        Value::Object(document)
    }

    /// Logs the failure once, where it leaves the process.
    pub fn log(&self, trace_id: &str) {
        match self.0.kind {
            Kind::Internal => tracing::error!(trace_id, code = self.code(), cause = self.cause(), "request failed: {}", self.code()),
            Kind::Unavailable => tracing::warn!(trace_id, code = self.code(), cause = self.cause(), "request not served: {}", self.code()),
            _ => {}
        }
    }
}

/// The answer for an error, in the caller's language.
#[must_use]
pub fn render(error: &Error, lang: Lang, instance: &str, trace_id: &str) -> HttpResponse {
    let mut answer = HttpResponse::build(error.status_code());
    answer.content_type("application/problem+json");
    answer.insert_header(("Content-Language", if lang == Lang::Zh { "zh" } else { "en" }));
    answer.insert_header(("Cache-Control", "no-store"));
    for (name, value) in &error.0.headers {
        answer.insert_header((*name, value.as_str()));
    }
    answer.body(error.document(lang, instance, trace_id).to_string())
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The bare form; the outermost middleware renders it again with path, language and trace id.
    fn error_response(&self) -> HttpResponse {
        render(self, Lang::En, "", "")
    }
}
