//! Lists by the page: how many, from where, and the answer with its link to the next page. Not here: the query behind a page; each
//! store pages by its own key.

use actix_web::{HttpRequest, HttpResponse, http::header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use model::text::Text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::param;
use crate::error::{Code, Error, FieldError, Kind, Result};

/// How many items a page holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit;

impl Limit {
    /// Where nothing is asked.
    pub const DEFAULT: i64 = 50;
    /// At most.
    pub const MAX: i64 = 500;

    /// Reads the parameter `limit`.
    pub fn parse(text: Option<&str>) -> std::result::Result<i64, FieldError> {
        let Some(text) = text else { return Ok(Self::DEFAULT) };
        let digits = !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse::<i64>().ok()).flatten();
        number.filter(|number| (1..=Self::MAX).contains(number)).ok_or_else(|| {
            FieldError::new(
                "?limit",
                Code::BAD_PARAMETER.code,
                Text::new("limit 应为 1 至 500 的整数。", "limit is a whole number from 1 to 500."),
            )
        })
    }
}

/// Where a page begins: the key of the last item before it, opaque to whoever reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub Vec<String>);

const CHECKSUM: usize = 4;

impl Cursor {
    /// The cursor after the item with this key.
    #[must_use]
    pub fn after(key: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(key.into_iter().map(Into::into).collect())
    }

    /// The form on the wire.
    #[must_use]
    pub fn encode(&self) -> String {
        let body = serde_json::Value::from(self.0.clone()).to_string().into_bytes();
        let mut bytes = checksum(&body);
        bytes.extend_from_slice(&body);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a cursor with exactly so many parts; anything but what [`Cursor::encode`] made is `bad_cursor`.
    pub fn decode(text: &str, parts: usize) -> Result<Self> {
        let read = || {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let (sum, body) = bytes.split_at_checked(CHECKSUM)?;
            let whole = sum == checksum(body).as_slice();
            whole.then(|| serde_json::from_slice::<Vec<String>>(body).ok()).flatten().filter(|found| found.len() == parts).map(Self)
        };
        read().ok_or_else(bad_cursor)
    }
}

/// Where a list goes on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    pub limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Limit and cursor of a list whose cursor has one part.
///
/// # Errors
/// What cannot be read of them, with what could not be read before.
pub fn asked(limit: Option<&str>, cursor: Option<&str>, mut bad: Vec<FieldError>) -> Result<(i64, Option<String>)> {
    let limit = Limit::parse(limit).unwrap_or_else(|error| {
        bad.push(error);
        1
    });
    param::refuse(bad)?;
    let after = cursor.map(|cursor| Cursor::decode(cursor, 1)).transpose()?.and_then(|cursor| cursor.0.into_iter().next());
    Ok((limit, after))
}

/// The header that leads to the next page; it repeats every other parameter of this request.
#[must_use]
pub fn next_link(request: &HttpRequest, cursor: &str) -> (header::HeaderName, String) {
    let others = request.query_string().split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("cursor"));
    let query: String = others.map(|pair| format!("{pair}&")).collect();
    (header::LINK, format!("<{}?{query}cursor={cursor}>; rel=\"next\"", request.path()))
}

/// 400 `bad_cursor`, also for a cursor whose parts a store cannot read.
#[must_use]
pub fn bad_cursor() -> Error {
    let detail = Text::new("游标无效,请原样使用 next_cursor。", "The cursor is not one of ours; use next_cursor as it was given.");
    let field = FieldError::new("?cursor", Code::BAD_CURSOR.code, detail.clone());
    Error::new(Kind::Malformed, Code::BAD_CURSOR, detail).with_errors(vec![field])
}

fn checksum(body: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new_with_prefix(b"touchstone cursor 1\0");
    hash.update(body);
    hash.finalize().iter().copied().take(CHECKSUM).collect()
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items in their stable order.
    pub items: Vec<T>,
    /// Where the next page begins; null on the last one.
    #[schema(example = json!(null))]
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page from one item more than was asked: that one only tells that there is a next page.
    #[must_use]
    pub fn cut(mut items: Vec<T>, limit: i64, key: impl Fn(&T) -> Cursor) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = items.last().filter(|_| more).map(|last| key(last).encode());
        Self { items, next_cursor }
    }

    /// The same page with other items.
    #[must_use]
    pub fn map<U>(self, show: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(show).collect(), next_cursor: self.next_cursor }
    }
}

impl<T: Serialize> Page<T> {
    /// The answer, with a `Link` to the next page that repeats every other parameter of this request.
    #[must_use]
    pub fn respond(&self, request: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        if let Some(cursor) = &self.next_cursor {
            answer.insert_header(next_link(request, cursor));
        }
        answer.json(self)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn limits() {
        assert_eq!(Limit::parse(None), Ok(50));
        assert_eq!(Limit::parse(Some("500")), Ok(500));
        for bad in ["", "0", "501", "-1", "+5", "1.0", "5e1", "99999999999999999999", "５", " 5"] {
            assert_eq!(Limit::parse(Some(bad)).unwrap_err().code, "bad_parameter", "{bad}");
        }
    }

    #[test]
    fn a_cursor_is_read_back_and_a_forged_one_is_refused() {
        let cursor = Cursor::after(["2026-05-11", "fct_1", "名\"称"]);
        let text = cursor.encode();
        assert_eq!(Cursor::decode(&text, 3).unwrap(), cursor);
        assert!(Cursor::decode(&text, 2).is_err());
        for position in 0..text.len() {
            let mut forged = text.clone().into_bytes();
            forged[position] = if forged[position] == b'A' { b'B' } else { b'A' };
            assert!(Cursor::decode(std::str::from_utf8(&forged).unwrap(), 3).is_err());
        }
        for bad in ["", "A", "AAAA", "AAAAAAAA", "=", "🙂", &URL_SAFE_NO_PAD.encode("[\"a\"]")] {
            assert_eq!(Cursor::decode(bad, 1).unwrap_err().code(), "bad_cursor");
        }
    }

    #[test]
    fn a_page_knows_whether_there_is_another() {
        let page = Page::cut(vec![1, 2, 3], 2, |item| Cursor::after([item.to_string()]));
        assert_eq!((page.items.len(), page.next_cursor.is_some()), (2, true));
        assert_eq!(Page::cut(vec![1, 2], 2, |_| Cursor::after(["x"])).next_cursor, None);
        let request = TestRequest::with_uri("/credit/v1/facts?kind=recall&cursor=old&limit=2").to_http_request();
        let answer = page.map(|item| item * 10).respond(&request);
        let link = answer.headers().get("Link").unwrap().to_str().unwrap();
        let next = Cursor::after(["2"]).encode();
        assert_eq!(link, format!("</credit/v1/facts?kind=recall&limit=2&cursor={next}>; rel=\"next\""));
    }
}
