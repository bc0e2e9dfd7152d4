//! Reading what stands in paths, queries and `Accept-Language`: codes, instants, identifiers, the language, the trace id. Not here: bodies, `json.rs`; the
//! names of the parameters, `query.rs`.

use actix_web::{HttpMessage, HttpRequest};
use model::{
    fault::FieldFault,
    instant::{Day, Instant, parse_day},
    text::{Lang, Text},
    uscc::Uscc,
};

use crate::{
    error::{Error, Result},
    http::trace::TraceId,
};

/// The Unified Social Credit Code of a path.
///
/// # Errors
/// 422 with the rule of GB 32100 that it breaks.
pub fn uscc(text: &str) -> Result<Uscc> {
    Uscc::parse(text).map_err(|fault| Error::invalid(vec![FieldFault::of("{uscc}", fault)]))
}

/// An instant of a query, or the end of a day; the default where nothing is said. A fault is added to `bad`.
pub fn instant(name: &str, text: Option<&str>, default: Instant, bad: &mut Vec<FieldFault>) -> Instant {
    text.map_or(default, |text| {
        Instant::parse_or_day_end(text).unwrap_or_else(|fault| {
            bad.push(FieldFault::new(format!("?{name}"), "bad_parameter", fault.detail));
            default
        })
    })
}

/// A day of a query. A fault is added to `bad`.
pub fn day(name: &str, text: Option<&str>, bad: &mut Vec<FieldFault>) -> Option<Day> {
    text.and_then(|text| parse_day(text).map_err(|fault| bad.push(FieldFault::new(format!("?{name}"), "bad_parameter", fault.detail))).ok())
}

/// A word of a query, one of a few. A fault is added to `bad`.
pub fn word<T>(name: &str, text: Option<&str>, words: &[(&str, T)], bad: &mut Vec<FieldFault>) -> Option<T>
where
    T: Copy,
{
    let text = text?;
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    if found.is_none() {
        let all = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        bad.push(FieldFault::new(
            format!("?{name}"),
            "bad_parameter",
            Text::new(format!("应为以下之一:{all}。"), format!("Must be one of: {all}.")),
        ));
    }
    found
}

/// 400 with everything in `bad`, if there is anything.
///
/// # Errors
/// The faults.
pub fn refuse(bad: Vec<FieldFault>) -> Result<()> {
    if bad.is_empty() { Ok(()) } else { Err(Error::malformed(bad)) }
}

/// The caller's language.
#[must_use]
pub fn language(req: &HttpRequest) -> Lang {
    let header = req.headers().get("Accept-Language").and_then(|value| value.to_str().ok());
    header.map_or(Lang::En, Lang::from_accept_language)
}

/// The trace id of a request, for the problem documents inside an answer.
#[must_use]
pub fn trace_id(req: &HttpRequest) -> String {
    req.extensions().get::<TraceId>().map(|id| id.0.clone()).unwrap_or_default()
}
