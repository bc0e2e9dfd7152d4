//! `ETag`, `If-Match` and `If-None-Match` over version numbers. Not here: the comparison with what is stored; an action does that inside
//! its transaction.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderName, HeaderValue},
};
use model::text::Text;

use crate::error::{Code, Error, FieldError, Kind, Result};

/// A strong entity tag made from a version number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ETag(pub i64);

impl std::fmt::Display for ETag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

impl ETag {
    /// The header for an answer.
    #[must_use]
    pub fn header(self) -> (HeaderName, String) {
        (header::ETAG, self.to_string())
    }
}

/// What `If-Match` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: any version, as long as there is one.
    Any,
    /// One of these versions; tags that were never ours are left out, so the list may be empty and then matches nothing.
    Versions(Vec<i64>),
}

impl IfMatch {
    /// Reads the header; none where it is not sent.
    pub fn of(request: &HttpRequest) -> Result<Option<Self>> {
        let tags = tags(request, &header::IF_MATCH)?;
        Ok(tags.map(|tags| match tags {
            Tags::Any => Self::Any,
            // A weak tag never matches in the strong comparison that If-Match asks for (RFC 9110, 13.1.1).
            Tags::List(list) => Self::Versions(list.into_iter().filter(|tag| !tag.weak).filter_map(|tag| tag.version).collect()),
        }))
    }

    /// Whether this version is one that the caller has seen.
    #[must_use]
    pub fn allows(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }

    /// 412 `etag_mismatch` unless this version is allowed.
    pub fn check(&self, version: i64) -> Result<()> {
        if self.allows(version) { Ok(()) } else { Err(mismatch(version)) }
    }
}

/// The one version that the caller has read: 428 without `If-Match`, 400 where it names no single version of ours or `*`.
pub fn require_if_match(request: &HttpRequest) -> Result<i64> {
    match tags(request, &header::IF_MATCH)? {
        None => Err(required()),
        Some(Tags::Any) => Err(bad(&header::IF_MATCH)),
        Some(Tags::List(list)) => match list.as_slice() {
            // A foreign or weak tag is well-formed, and no version of ours: it can never match.
            [only] => Ok(only.version.filter(|_| !only.weak).unwrap_or(-1)),
            _ => Err(bad(&header::IF_MATCH)),
        },
    }
}

/// Whether `If-None-Match: *` asks that there be nothing yet.
pub fn if_none_match_star(request: &HttpRequest) -> Result<bool> {
    Ok(matches!(tags(request, &header::IF_NONE_MATCH)?, Some(Tags::Any)))
}

/// Whether a reader has this version already, so that 304 is the answer.
#[must_use]
pub fn not_modified(request: &HttpRequest, version: i64) -> bool {
    match tags(request, &header::IF_NONE_MATCH) {
        Ok(Some(Tags::Any)) => true,
        Ok(Some(Tags::List(list))) => list.iter().any(|tag| tag.version == Some(version)),
        _ => false,
    }
}

/// 412 that names the version that stands now.
#[must_use]
pub fn mismatch(version: i64) -> Error {
    let detail = Text::new("读取之后已被更改,请重新读取。", "It has changed since you read it; read it again.");
    Error::conflict(Code::ETAG_MISMATCH, detail).with_header("ETag", ETag(version).to_string())
}

/// 428.
#[must_use]
pub fn required() -> Error {
    let detail = Text::new("请带上 If-Match,其值为读取时的 ETag。", "Send If-Match with the ETag that you have read.");
    Error::conflict(Code::IF_MATCH_REQUIRED, detail)
}

enum Tags {
    Any,
    List(Vec<Tag>),
}

struct Tag {
    weak: bool,
    version: Option<i64>,
}

fn bad(name: &HeaderName) -> Error {
    let shown = if name == header::IF_MATCH { "If-Match" } else { "If-None-Match" };
    let detail = Text::new(format!("请求头 {shown} 无法读取。"), format!("The header {shown} cannot be read; an ETag looks like \"3\"."));
    let field = FieldError::new(shown, Code::BAD_HEADER.code, detail.clone());
    Error::new(Kind::Malformed, Code::BAD_HEADER, detail).with_errors(vec![field])
}

fn tags(request: &HttpRequest, name: &HeaderName) -> Result<Option<Tags>> {
    let mut values = request.headers().get_all(name).peekable();
    if values.peek().is_none() {
        return Ok(None);
    }
    let mut list = Vec::new();
    let mut any = false;
    for value in values {
        any |= parse(value, &mut list).ok_or_else(|| bad(name))?;
    }
    match (any, list.is_empty()) {
        (true, true) => Ok(Some(Tags::Any)),
        (false, false) => Ok(Some(Tags::List(list))),
        _ => Err(bad(name)),
    }
}

/// Reads `*` (true) or a list of tags (RFC 9110, 8.8.3); none where it is neither.
fn parse(value: &HeaderValue, list: &mut Vec<Tag>) -> Option<bool> {
    let mut rest = value.to_str().ok()?.trim_matches([' ', '\t']);
    if rest == "*" {
        return Some(true);
    }
    loop {
        let (weak, quoted) = rest.strip_prefix("W/").map_or((false, rest), |strong| (true, strong));
        let (tag, after) = quoted.strip_prefix('"')?.split_once('"')?;
        if !tag.bytes().all(|byte| byte == 0x21 || (0x23..=0x7e).contains(&byte)) {
            return None;
        }
        // One spelling only: "03" is not version 3.
        let version = tag.parse::<i64>().ok().filter(|version| *version >= 0 && version.to_string() == tag);
        list.push(Tag { weak, version });
        let after = after.trim_start_matches([' ', '\t']);
        if after.is_empty() {
            return Some(false);
        }
        rest = after.strip_prefix(',')?.trim_start_matches([' ', '\t']);
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn with(name: &'static str, value: &str) -> HttpRequest {
        TestRequest::default().insert_header((name, value)).to_http_request()
    }

    #[test]
    fn the_version_that_was_read_is_required() {
        assert_eq!(require_if_match(&with("If-Match", "\"3\"")).unwrap(), 3);
        assert_eq!(require_if_match(&TestRequest::default().to_http_request()).unwrap_err().code(), "if_match_required");
        for bad in ["*", "3", "\"3", "\"3\",", "\"3\" \"4\"", "\"3\", \"4\"", "", "w/\"3\"", "\"a b\""] {
            let error = require_if_match(&with("If-Match", bad)).unwrap_err();
            assert_eq!((error.code(), error.status()), ("bad_header", 400), "{bad}");
        }
        for foreign in ["\"03\"", "W/\"3\"", "\"abc\"", "\"-1\"", "\"\""] {
            assert_eq!(require_if_match(&with("If-Match", foreign)).unwrap(), -1, "{foreign}");
        }
    }

    #[test]
    fn lists_and_stars() {
        let list = IfMatch::of(&with("If-Match", "\"1\" , W/\"2\",\"3\"")).unwrap().unwrap();
        assert!(list.allows(1) && !list.allows(2) && list.allows(3));
        assert_eq!(list.check(9).unwrap_err().status(), 412);
        assert_eq!(IfMatch::of(&with("If-Match", "*")).unwrap(), Some(IfMatch::Any));
        assert_eq!(IfMatch::of(&with("Accept", "*")).unwrap(), None);
        assert!(if_none_match_star(&with("If-None-Match", "*")).unwrap());
        assert!(!if_none_match_star(&with("If-None-Match", "\"1\"")).unwrap());
        assert!(if_none_match_star(&with("If-None-Match", "nonsense")).is_err());
    }

    #[test]
    fn a_reader_may_have_it_already() {
        assert!(not_modified(&with("If-None-Match", "W/\"7\", \"8\""), 7));
        assert!(!not_modified(&with("If-None-Match", "\"7\""), 8));
        assert!(!not_modified(&with("Accept", "*"), 8));
    }

    #[test]
    fn a_tag_is_quoted() {
        assert_eq!(ETag(3).header().1, "\"3\"");
    }
}
