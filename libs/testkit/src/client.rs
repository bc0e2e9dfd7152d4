//! A caller over HTTP and what is answered. Not here: how it gets its token, `stack.rs`.

use reqwest::{
    Method, RequestBuilder,
    header::{HeaderMap, HeaderValue},
};
use serde_json::Value;

/// A caller, with a token or without.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

impl Client {
    /// A caller without a token.
    ///
    /// # Panics
    /// When no HTTP client can be made.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
        Self { http: http.expect("an HTTP client needs nothing"), base: base.to_owned(), token: None }
    }

    /// The same with another token, over the same connections.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// The same at another address, over connections of its own.
    #[must_use]
    pub fn at(&self, base: &str) -> Self {
        Self { token: self.token.clone(), ..Self::new(base) }
    }

    /// Its address.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Its token.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Begins a request.
    ///
    /// # Panics
    /// When the method is none.
    #[must_use]
    pub fn call(&self, method: &str, path: &str) -> Call {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = self.http.request(method, format!("{}{path}", self.base));
        Call(match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Reply {
        self.call("GET", path).send().await
    }

    /// Puts JSON.
    pub async fn put(&self, path: &str, json: &Value) -> Reply {
        self.call("PUT", path).json(json).send().await
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, json: &Value) -> Reply {
        self.call("POST", path).json(json).send().await
    }
}

/// A request in the making.
#[derive(Debug)]
pub struct Call(RequestBuilder);

impl Call {
    /// Adds a header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, HeaderValue::from_str(value).expect("a header")))
    }

    /// Adds a parameter to the query, encoded.
    #[must_use]
    pub fn query(self, name: &str, value: &str) -> Self {
        Self(self.0.query(&[(name, value)]))
    }

    /// A JSON body.
    #[must_use]
    pub fn json(self, json: &Value) -> Self {
        Self(self.0.json(json))
    }

    /// A body of any kind.
    #[must_use]
    pub fn body(self, kind: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self(self.0.header("Content-Type", kind).body(bytes.into()))
    }

    /// A form.
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        Self(self.0.form(fields))
    }

    /// HTTP Basic.
    #[must_use]
    pub fn basic(self, name: &str, secret: &str) -> Self {
        Self(self.0.basic_auth(name, Some(secret)))
    }

    /// Sends it; an answer that does not come is the caller's to handle.
    ///
    /// # Errors
    /// When no answer came, or not all of it.
    pub async fn try_send(self) -> Result<Reply, reqwest::Error> {
        let answer = self.0.send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = String::from_utf8_lossy(&answer.bytes().await?).into_owned();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Reply { status, headers, json, text })
    }

    /// Sends it and gives the status and the body as bytes.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn bytes(self) -> (u16, Vec<u8>) {
        let answer = self.0.send().await.unwrap_or_else(|error| panic!("no answer: {error:?}"));
        let status = answer.status().as_u16();
        (status, answer.bytes().await.unwrap_or_else(|error| panic!("no body: {error:?}")).to_vec())
    }

    /// Sends it.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn send(self) -> Reply {
        self.try_send().await.unwrap_or_else(|error| panic!("no answer: {error:?}"))
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; `null` where it is none.
    pub json: Value,
    /// The body as it came.
    pub text: String,
}

impl Reply {
    /// The same, if it has this status.
    ///
    /// # Panics
    /// Otherwise.
    #[track_caller]
    pub fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The same, if it is a problem document with this status and code.
    ///
    /// # Panics
    /// Otherwise.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        let reply = self.expect_status(status);
        assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{}", reply.text);
        assert_eq!(reply.field("/code").as_str(), Some(code), "{}", reply.text);
        assert_eq!(reply.field("/status").as_u64(), Some(u64::from(status)), "{}", reply.text);
        assert!(reply.field("/trace_id").as_str().is_some_and(|id| !id.is_empty()), "{}", reply.text);
        reply
    }

    /// A header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The part of the body at a JSON pointer; `null` where there is none.
    #[must_use]
    pub fn field(&self, pointer: &str) -> &Value {
        self.json.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The text at a JSON pointer.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    #[track_caller]
    pub fn text_at(&self, pointer: &str) -> String {
        let found = self.field(pointer).as_str();
        found.unwrap_or_else(|| panic!("no text at {pointer}: {}", self.text)).to_owned()
    }

    /// The bad fields of a problem document: pointer and code, sorted.
    #[must_use]
    pub fn faults(&self) -> Vec<(String, String)> {
        let text = |fault: &Value, name: &str| fault.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let errors = self.field("/errors").as_array().into_iter().flatten();
        let mut faults: Vec<_> = errors.map(|fault| (text(fault, "pointer"), text(fault, "code"))).collect();
        faults.sort();
        faults
    }

    /// The body as NDJSON.
    ///
    /// # Panics
    /// When a line is no JSON.
    #[must_use]
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        self.text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }
}
