//! The one error of a service and its problem+json (RFC 9457): the only place that knows status codes. Not here: what is wrong in a domain;
//! that is a small enum or a `model::fault::Fault` in the room whose rule it is.

mod code;
mod problem;

use std::{borrow::Cow, error::Error as StdError, fmt};

use model::{fault::Fault, text::Text};

pub use code::{CODES, Code};
pub use model::fault::FieldFault as FieldError;
pub use problem::{Problem, Problems, render};

/// The result of everything that a request may run into.
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of refusal this is; it decides the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 400: the request cannot be read.
    Malformed,
    /// 401: nobody known calls.
    Unauthenticated,
    /// 403: a known caller may not.
    Forbidden,
    /// 404: there is no such thing.
    NotFound,
    /// 409, 412, 428: it clashes with what stands.
    Conflict,
    /// 410: it moved for good.
    Gone,
    /// 422: readable, and against a rule.
    Invalid,
    /// 429: too often.
    TooMany,
    /// 503: try again later.
    Unavailable,
    /// 500: our fault; nothing is shown but the trace id.
    Internal,
    /// Any other status that the HTTP layer itself answers, such as 405, 406, 413 or 415.
    Protocol,
}

/// A refusal or a failure on its way to the caller.
///
/// The public part (`code`, `detail`, `errors`) is what a caller sees; `source` is logged once and never shown.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    code: Code,
    detail: Text,
    errors: Vec<FieldError>,
    members: Vec<(&'static str, serde_json::Value)>,
    headers: Vec<(&'static str, String)>,
    retry: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error with this code and a text for people.
    #[must_use]
    pub fn new(kind: Kind, code: Code, detail: Text) -> Self {
        Self(Box::new(Inner {
            kind,
            code,
            detail,
            errors: Vec::new(),
            members: Vec::new(),
            headers: Vec::new(),
            retry: false,
            source: None,
        }))
    }

    /// 400 with every bad field of the request's shape.
    #[must_use]
    pub fn malformed(errors: Vec<FieldError>) -> Self {
        let code = Code::of_fields(&errors, Code::MALFORMED, 400);
        Self::new(Kind::Malformed, code, Text::new("请求的格式不对。", "The request does not have the documented shape."))
            .with_errors(errors)
    }

    /// 422 with every field that breaks a rule.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let code = Code::of_fields(&errors, Code::INVALID, 422);
        let detail = match errors.as_slice() {
            [only] => only.detail.clone(),
            _ => Text::new("有多个字段不符合规则。", "Several fields break a rule."),
        };
        Self::new(Kind::Invalid, code, detail).with_errors(errors)
    }

    /// 422 for one broken rule that belongs to no single field.
    #[must_use]
    pub fn rule(code: &'static str, detail: Text) -> Self {
        Self::new(Kind::Invalid, Code::rule(code), detail)
    }

    /// 404 for a thing of this name and id.
    #[must_use]
    pub fn not_found(noun: &str, id: impl fmt::Display) -> Self {
        Self::new(Kind::NotFound, Code::NOT_FOUND, Text::new(format!("没有{noun} {id}。"), format!("There is no {noun} {id}.")))
    }

    /// 409 with the code of the clash.
    #[must_use]
    pub fn conflict(code: Code, detail: Text) -> Self {
        Self::new(Kind::Conflict, code, detail)
    }

    /// 403 with the code of the refusal.
    #[must_use]
    pub fn forbidden(code: Code, detail: Text) -> Self {
        Self::new(Kind::Forbidden, code, detail)
    }

    /// 401 with the challenge of RFC 6750.
    #[must_use]
    pub fn unauthenticated(code: Code, detail: Text) -> Self {
        let challenge = if code == Code::TOKEN_MISSING {
            "Bearer realm=\"touchstone\"".to_owned()
        } else {
            format!("Bearer realm=\"touchstone\", error=\"invalid_token\", error_description=\"{}\"", detail.en)
        };
        Self::new(Kind::Unauthenticated, code, detail).with_header("WWW-Authenticate", challenge)
    }

    /// 429, to be tried again after so many seconds.
    #[must_use]
    pub fn too_many(retry_after_s: u64) -> Self {
        Self::new(Kind::TooMany, Code::RATE_LIMITED, Text::new("请求太频繁。", "Too many requests."))
            .with_header("Retry-After", retry_after_s.to_string())
    }

    /// 503 with a cause that is logged.
    #[must_use]
    pub fn unavailable(code: Code, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(Kind::Unavailable, code, Text::new("暂时无法处理,请稍后再试。", "This cannot be answered right now; try again later."))
            .with_header("Retry-After", "1".to_owned())
            .with_source(cause)
    }

    /// 500 with a cause that is logged and never shown.
    #[must_use]
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(Kind::Internal, Code::INTERNAL, Text::new("内部错误。", "Something went wrong on our side.")).with_source(cause)
    }

    /// Adds the bad fields.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    /// Adds a member to the problem document, for example `allowed`.
    #[must_use]
    pub fn with_member(mut self, name: &'static str, value: serde_json::Value) -> Self {
        self.0.members.push((name, value));
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same with the bad fields one level deeper, for a part of a body that was read alone.
    #[must_use]
    pub fn under(mut self, pointer: &str) -> Self {
        for error in &mut self.0.errors {
            error.pointer = format!("{pointer}{}", error.pointer);
        }
        self
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> &str {
        self.0.code.code
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.code.status
    }

    /// The text for people.
    #[must_use]
    pub fn detail(&self) -> &Text {
        &self.0.detail
    }

    /// The bad fields.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// Whether the same transaction may succeed when it runs again (a serialization failure).
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.retry
    }

    /// Whether it is no refusal but a failure of the platform itself, which belongs to a whole batch and not to one item.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.is_retryable() || self.status() >= 500
    }

    /// The cause, for the log.
    #[must_use]
    pub fn cause(&self) -> Option<String> {
        self.0.source.as_ref().map(|source| {
            let mut text = source.to_string();
            let mut next = source.source();
            while let Some(inner) = next {
                text = format!("{text}: {inner}");
                next = inner.source();
            }
            text
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.code, self.0.detail.en)?;
        self.cause().map_or(Ok(()), |cause| write!(f, " ({cause})"))
    }
}

impl StdError for Error {}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind as D, Error as E};
        match error {
            E::NotFound => Self::new(Kind::NotFound, Code::NOT_FOUND, Text::new("没有找到。", "Not found.")),
            E::DatabaseError(D::SerializationFailure, _) => {
                let mut error = Self::unavailable(Code::OVERLOADED, error);
                error.0.retry = true;
                error
            }
            E::DatabaseError(D::ClosedConnection | D::UnableToSendCommand, _) | E::BrokenTransactionManager => {
                Self::unavailable(Code::UPSTREAM_UNAVAILABLE, error)
            }
            E::DatabaseError(D::UniqueViolation, _) => {
                Self::conflict(Code::DUPLICATE, Text::new("已经有相同的记录。", "The same record exists already.")).with_source(error)
            }
            other => Self::internal(other),
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::rule(fault.code, fault.detail)
    }
}

impl From<Vec<FieldError>> for Error {
    /// Shape faults alone first (400): what cannot be read is not judged by the rules (422).
    fn from(faults: Vec<FieldError>) -> Self {
        let (shape, rules): (Vec<_>, Vec<_>) = faults.into_iter().partition(|fault| fault.shape);
        if shape.is_empty() { Self::invalid(rules) } else { Self::malformed(shape) }
    }
}

/// A 4xx that the HTTP layer answers by itself.
#[must_use]
pub fn protocol(code: Code, detail: Text) -> Error {
    Error::new(Kind::Protocol, code, detail)
}

/// Turns a code from a fixed table into its public name.
pub(crate) fn problem_type(code: &str) -> Cow<'static, str> {
    Cow::Owned(format!("/problems/{code}"))
}
