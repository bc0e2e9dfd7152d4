//! How a request for a token is read, who it says it is, and what it may get. Not here: whether the secret is right, `crate::secret`.

use base64::{Engine, engine::general_purpose::STANDARD};
use common::error::{Code, Error, Kind};
use model::text::Text;
use serde_json::json;

/// Codes of RFC 6749, section 5.2, that the shared list does not have.
pub(crate) const INVALID_REQUEST: Code =
    Code { code: "invalid_request", status: 400, title_en: "The token request cannot be read", title_zh: "令牌请求无法读取" };
pub(crate) const UNSUPPORTED_GRANT: Code =
    Code { code: "unsupported_grant_type", status: 400, title_en: "This grant is not offered", title_zh: "不支持该授权类型" };
pub(crate) const INVALID_SCOPE: Code =
    Code { code: "invalid_scope", status: 400, title_en: "A scope is not the client's", title_zh: "客户端没有该权限范围" };

/// Why no token is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The request cannot be read, with the reason in Chinese and English.
    Request(&'static str, &'static str),
    /// The client is unknown or its secret is wrong: which of them is not said.
    Client,
    /// Another grant than client credentials.
    Grant,
    /// A scope that the client does not have.
    Scope(String),
}

/// What a request for a token says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) grant_type: Option<String>,
    pub(crate) scope: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<String>,
}

/// Who asks, with the proof.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Reads the form. A parameter without a value counts as left out, one that is not known is passed over, none may stand twice (RFC 6749, 3.2).
pub(crate) fn form(body: &[u8]) -> Result<Form, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_not_text| UNREADABLE)?;
    let mut form = Form::default();
    let mut seen: Vec<String> = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (Some(name), Some(value)) = (decoded(name), decoded(value)) else { return Err(UNREADABLE) };
        if seen.contains(&name) {
            return Err(Refusal::Request("有参数出现了两次。", "a parameter is repeated"));
        }
        let place = match name.as_str() {
            "grant_type" => Some(&mut form.grant_type),
            "scope" => Some(&mut form.scope),
            "client_id" => Some(&mut form.client_id),
            "client_secret" => Some(&mut form.client_secret),
            _ => None,
        };
        if let (Some(place), false) = (place, value.is_empty()) {
            *place = Some(value);
        }
        seen.push(name);
    }
    Ok(form)
}

const UNREADABLE: Refusal = Refusal::Request("请求体不是合法的表单。", "the body is not a form");

/// Undoes the form encoding of one name or value; `None` where it is malformed.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
                (high << 4) | low
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

/// Who asks: by HTTP Basic or in the body, never both (RFC 6749, 2.3).
pub(crate) fn credentials(authorization: Option<&str>, form: &Form) -> Result<Credentials, Refusal> {
    let Some(header) = authorization else {
        return match (&form.client_id, &form.client_secret) {
            (Some(id), Some(secret)) => Ok(Credentials { id: id.clone(), secret: secret.clone() }),
            _ => Err(Refusal::Client),
        };
    };
    if form.client_secret.is_some() {
        return Err(Refusal::Request("客户端凭据给了两次。", "the client's credentials are given in two ways"));
    }
    let credentials = basic(header).ok_or(Refusal::Client)?;
    match &form.client_id {
        Some(other) if *other != credentials.id => {
            Err(Refusal::Request("client_id 与凭据不一致。", "client_id is not the client of the credentials"))
        }
        _ => Ok(credentials),
    }
}

/// HTTP Basic with both parts form-encoded (RFC 6749, 2.3.1).
pub(crate) fn basic(header: &str) -> Option<Credentials> {
    let (scheme, rest) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    let (id, secret) = plain.split_once(':')?;
    let (id, secret) = (decoded(id)?, decoded(secret)?);
    (!id.is_empty() && !secret.is_empty()).then_some(Credentials { id, secret })
}

/// Refuses any grant but client credentials.
pub(crate) fn grant(form: &Form) -> Result<(), Refusal> {
    match form.grant_type.as_deref() {
        Some("client_credentials") => Ok(()),
        Some(_) => Err(Refusal::Grant),
        None => Err(Refusal::Request("缺少 grant_type。", "grant_type is missing")),
    }
}

/// The scopes of the token: those asked for, in the client's order, or all of them.
pub(crate) fn scopes(asked: Option<&str>, held: &str) -> Result<String, Refusal> {
    let Some(asked) = asked else { return Ok(held.to_owned()) };
    let asked: Vec<&str> = asked.split(' ').filter(|scope| !scope.is_empty()).collect();
    let held: Vec<&str> = held.split(' ').collect();
    if let Some(foreign) = asked.iter().find(|scope| !held.contains(scope)) {
        return Err(Refusal::Scope((*foreign).to_owned()));
    }
    let granted: Vec<&str> = held.into_iter().filter(|scope| asked.contains(scope)).collect();
    if granted.is_empty() { Err(Refusal::Request("scope 为空。", "scope is empty")) } else { Ok(granted.join(" ")) }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let (kind, code, said, detail) = match refusal {
            Refusal::Request(zh, en) => {
                (Kind::Malformed, INVALID_REQUEST, en, Text::new(zh, format!("The token request cannot be read: {en}.")))
            }
            Refusal::Client => {
                let detail = Text::new("客户端未知或密钥不对。", "The client is unknown or its secret is wrong.");
                (Kind::Unauthenticated, Code::INVALID_CLIENT, "client authentication failed", detail)
            }
            Refusal::Grant => {
                let detail = Text::new("只支持 client_credentials。", "Only client_credentials is offered.");
                (Kind::Malformed, UNSUPPORTED_GRANT, "only client_credentials is offered", detail)
            }
            Refusal::Scope(scope) => {
                let scope: String = scope.chars().take(64).collect();
                let detail = Text::new(format!("客户端没有权限范围 {scope}。"), format!("The client does not have the scope {scope}."));
                (Kind::Malformed, INVALID_SCOPE, "a scope is not the client's", detail)
            }
        };
        let error = Self::new(kind, code, detail).with_member("error", json!(code.code)).with_member("error_description", json!(said));
        if code == Code::INVALID_CLIENT {
            error.with_header("WWW-Authenticate", "Basic realm=\"touchstone\", charset=\"UTF-8\"".to_owned())
        } else {
            error
        }
    }
}
