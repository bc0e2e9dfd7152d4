//! The query of a request, read strictly: every bad name and value is told at once. Not here: what a value means; a handler hands it to
//! `model`.

use std::{
    collections::BTreeSet,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use model::text::Text;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::{IntoParams, openapi::path::ParameterIn};

use crate::error::{Code, Error, FieldError, Result};

/// The parameters of a query and what is wrong with their names; every field of `T` is an `Option<String>`.
#[derive(Clone, Debug)]
pub struct Query<T> {
    value: T,
    faults: Vec<FieldError>,
}

impl<T> Query<T> {
    /// The parameters, and the faults so far: a handler adds those of the values, so that all are told at once.
    pub fn into_parts(self) -> (T, Vec<FieldError>) {
        (self.value, self.faults)
    }
}

impl<T: DeserializeOwned + IntoParams> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request.query_string()))
    }
}

/// Reads a query string; unknown, repeated and unreadable parameters become faults.
///
/// # Errors
/// Where a required parameter is missing.
pub fn read<T: DeserializeOwned + IntoParams>(query: &str) -> Result<Query<T>> {
    let names: BTreeSet<String> = T::into_params(|| Some(ParameterIn::Query)).into_iter().map(|parameter| parameter.name).collect();
    let mut values = Map::new();
    let mut faults = Vec::new();
    let mut told = BTreeSet::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let problem = match (decoded(name), decoded(value)) {
            (None, _) => (shown(name), unreadable()),
            (Some(name), _) if !names.contains(&name) => (shown(&name), unknown(&names)),
            (Some(name), None) => (name, unreadable()),
            (Some(name), Some(value)) => match values.insert(name.clone(), Value::String(value)) {
                None => continue,
                Some(_) => (name, Text::new("参数重复。", "The parameter is given more than once.")),
            },
        };
        if told.insert(problem.0.clone()) {
            faults.push(FieldError::new(format!("?{}", problem.0), Code::BAD_PARAMETER.code, problem.1));
        }
    }
    let value = serde_path_to_error::deserialize(Value::Object(values)).map_err(|error| {
        let text = error.inner().to_string();
        let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        let name = missing.map_or_else(|| error.path().to_string(), str::to_owned);
        let detail = match missing {
            Some(_) => Text::new("缺少必填参数。", "The parameter is required."),
            None => Text::new("参数的值无法读取。", format!("The value cannot be read: {text}.")),
        };
        let missing = FieldError::new(format!("?{name}"), Code::BAD_PARAMETER.code, detail);
        Error::malformed(faults.iter().cloned().chain([missing]).collect())
    })?;
    Ok(Query { value, faults })
}

fn unreadable() -> Text {
    Text::new(
        "参数含有无效的百分号编码、非 UTF-8 字节或控制字符。",
        "Bad percent-encoding, bytes that are not UTF-8, or a control character.",
    )
}

fn unknown(names: &BTreeSet<String>) -> Text {
    let known = names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    if known.is_empty() {
        return Text::new("此处不接受任何参数。", "No parameters are taken here.");
    }
    Text::new(format!("没有这个参数;可用参数:{known}。"), format!("There is no such parameter; there are: {known}."))
}

/// A name as it may be repeated in an answer: short and without control characters.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// Undoes percent-encoding, `+` as a blank; none where it is broken, not UTF-8, or holds a control character.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let (high, low) = (hex(rest.next()?)?, hex(rest.next()?)?);
                high * 16 + low
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.chars().any(char::is_control))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    fn parse<T: DeserializeOwned + IntoParams>(query: &str) -> Result<T> {
        let (value, faults) = read(query)?.into_parts();
        if faults.is_empty() { Ok(value) } else { Err(Error::malformed(faults)) }
    }

    #[derive(Debug, Deserialize, IntoParams, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Facts {
        kind: Option<String>,
        as_of: Option<String>,
        #[serde(rename = "number")]
        no: Option<String>,
    }

    #[derive(Debug, Deserialize, IntoParams)]
    struct Required {
        #[expect(dead_code, reason = "only its absence is tested")]
        gtin: String,
    }

    fn problems(query: &str) -> Vec<String> {
        parse::<Facts>(query).unwrap_err().errors().iter().map(|error| format!("{} {}", error.pointer, error.code)).collect()
    }

    #[test]
    fn a_query_is_decoded() {
        let facts: Facts = parse("kind=%E5%8F%AC%E5%9B%9E+x&number=GB%2FT%201&&").unwrap();
        assert_eq!(facts, Facts { kind: Some("召回 x".into()), as_of: None, no: Some("GB/T 1".into()) });
        assert_eq!(parse::<Facts>("kind").unwrap().kind.as_deref(), Some(""));
        assert_eq!(parse::<Facts>("").unwrap(), Facts { kind: None, as_of: None, no: None });
    }

    #[test]
    fn everything_bad_is_told_at_once() {
        assert_eq!(
            problems("kin=1&kind=a&kind=b&as_of=%zz&no=1&kind=c"),
            ["?kin bad_parameter", "?kind bad_parameter", "?as_of bad_parameter", "?no bad_parameter"]
        );
        for query in ["kind=%", "kind=%4", "kind=%00", "kind=%ff", "kind=a%0Ab", "kind=%C2%80", "%ff=1", "=1", "kind=%+1"] {
            assert_eq!(problems(query).len(), 1, "{query}");
        }
    }

    #[test]
    fn a_missing_parameter_is_named() {
        let error = parse::<Required>("").unwrap_err();
        assert_eq!((error.code(), error.errors()[0].pointer.as_str()), ("bad_parameter", "?gtin"));
    }
}
