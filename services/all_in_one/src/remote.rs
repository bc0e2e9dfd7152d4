//! What the tools ask of a server that runs: a token, and an answer with its problem in words. Not here: what is sent, `sample` and `import`.

use std::{error::Error, io};

use reqwest::{Client, RequestBuilder, Response};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Granted {
    access_token: String,
}

/// Gets a token with everything that the client may do.
pub(crate) async fn token(http: &Client, address: &str, id: &str, secret: &str) -> io::Result<String> {
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let answer = answered(http.post(format!("{address}/oauth2/token")).form(&form)).await?;
    Ok(answer.json::<Granted>().await.map_err(|error| told(&error))?.access_token)
}

/// Sends a request; an answer that is no success becomes an error that says why.
pub(crate) async fn answered(request: RequestBuilder) -> io::Result<Response> {
    let answer = request.send().await.map_err(|error| told(&error))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let text = answer.text().await.map_err(|error| told(&error))?;
    let problem = serde_json::from_str(&text).map_or(text, |problem: Value| in_words(&problem));
    Err(io::Error::other(format!("{status}: {problem}")))
}

/// A problem document in one line: its code, then each bad field or else the detail.
pub(crate) fn in_words(problem: &Value) -> String {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let fields: Vec<String> = problem
        .get("errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|field| format!("{} {}: {}", text(field, "pointer"), text(field, "code"), text(field, "detail")))
        .collect();
    let detail = if fields.is_empty() { text(problem, "detail") } else { fields.join("; ") };
    format!("{}: {detail}", text(problem, "code"))
}

/// An error with everything that caused it.
fn told(error: &reqwest::Error) -> io::Error {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    io::Error::other(text)
}
