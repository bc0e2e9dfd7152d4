//! Reading a query, and when a candidate is a match: only where a person would not need to look. Not here: finding candidates, `actions.rs`.

use model::{fault::FieldFault, normalise::compact, uscc::Uscc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{match_reason::rules::How, matching::rules::ACCEPTED, search::rules::Matched};

/// Queries in one batch.
pub const BATCH_MAX: usize = 50;
const CANDIDATES: usize = 5;
const CANDIDATES_MAX: u64 = 50;
const TEXT_MAX: usize = 200;
/// What a property that does not fit takes from the score.
const PROPERTY: u16 = 150;

/// A query as it is sent.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationQuery {
    /// A name, or a code.
    #[serde(default)]
    query: Option<String>,
    /// A type or several: `enterprise`, `foreign_producer`.
    #[serde(default, rename = "type")]
    kind: Option<Value>,
    /// At most so many candidates.
    #[serde(default)]
    limit: Option<Value>,
    /// What else is known of it.
    #[serde(default)]
    properties: Option<Vec<ReconciliationProperty>>,
    /// `any`, `should` or `all`; it makes no difference here.
    #[serde(default)]
    type_strict: Option<String>,
}

/// What is known of it besides its name.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationProperty {
    /// Which property.
    pid: String,
    /// Its value or values: a text, a number, a truth value, or `{id, name}`.
    v: Value,
}

/// A kind of thing that is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A domestic enterprise.
    Enterprise,
    /// A producer abroad.
    ForeignProducer,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Enterprise, Self::ForeignProducer];

    /// Its identifier.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Enterprise => "enterprise",
            Self::ForeignProducer => "foreign_producer",
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enterprise => "企业 Enterprise",
            Self::ForeignProducer => "境外生产者 Foreign producer",
        }
    }
}

/// The properties that take part: identifier, name for people.
pub const PROPERTIES: [(&str, &str); 5] = [
    ("uscc", "统一社会信用代码 Unified Social Credit Code"),
    ("lei", "法人机构识别编码 LEI"),
    ("division", "行政区划 Division (GB/T 2260)"),
    ("industry", "行业 Industry (GB/T 4754)"),
    ("country", "国家或地区 Country (ISO 3166-1)"),
];

/// A query, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The name or code.
    pub text: Option<String>,
    /// The kinds that are wanted; all where none is named.
    pub kinds: Vec<&'static str>,
    /// At most so many candidates.
    pub limit: usize,
    /// Values by property.
    pub values: Vec<(String, Vec<String>)>,
}

impl Asked {
    /// Whether a kind is wanted.
    #[must_use]
    pub fn wants(&self, kind: Kind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind.id())
    }

    /// The values of a property; none where it is not asked for.
    #[must_use]
    pub fn value(&self, property: &str) -> Option<&[String]> {
        self.values.iter().find(|(pid, _)| pid == property).map(|(_, values)| values.as_slice())
    }
}

/// Reads a query; unknown properties are what another service knows, and are left alone.
///
/// # Errors
/// Every field that cannot be read, with its pointer under `at`.
pub fn read(query: &ReconciliationQuery, at: &str) -> Result<Asked, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let mut refuse = |field: &str, zh: &str, en: &str| faults.push(FieldFault::shape(format!("{at}/{field}"), "wrong_type", zh, en));
    let text = query.query.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > TEXT_MAX) {
        refuse("query", "最多 200 个字。", "At most 200 characters.");
    }
    let limit = match &query.limit {
        None | Some(Value::Null) => CANDIDATES,
        Some(number) => {
            let whole = number.as_u64().filter(|number| (1..=CANDIDATES_MAX).contains(number));
            if whole.is_none() {
                refuse("limit", "应为 1 至 50 的整数。", "Must be a whole number from 1 to 50.");
            }
            whole.and_then(|number| usize::try_from(number).ok()).unwrap_or(CANDIDATES)
        }
    };
    let named: Vec<&str> = match &query.kind {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) if many.iter().all(Value::is_string) => many.iter().filter_map(Value::as_str).collect(),
        Some(_) => {
            refuse("type", "应为文本或文本列表。", "Must be a text or a list of texts.");
            Vec::new()
        }
    };
    let properties = query.properties.as_deref().unwrap_or_default();
    let mut values = Vec::new();
    for (index, property) in properties.iter().enumerate() {
        match texts(&property.v) {
            Some(texts) => values.push((property.pid.clone(), texts)),
            None => refuse(&format!("properties/{index}/v"), "应为值或值的列表。", "Must be a value or a list of values."),
        }
    }
    if query.type_strict.as_deref().is_some_and(|word| !["any", "should", "all"].contains(&word)) {
        refuse("type_strict", "应为 any、should 或 all。", "Must be any, should or all.");
    }
    if query.query.is_none() && properties.is_empty() {
        let (zh, en) = ("须有 query 或 properties。", "Either query or properties is needed.");
        faults.push(FieldFault::shape(format!("{at}/query"), "missing_field", zh, en));
    }
    // A type that only another service knows narrows nothing: the specification leaves it to the service.
    let kinds = Kind::ALL.into_iter().map(Kind::id).filter(|id| named.contains(id)).collect();
    if faults.is_empty() { Ok(Asked { text: text.map(str::to_owned), kinds, limit, values }) } else { Err(faults) }
}

/// The values of a property as texts.
fn texts(value: &Value) -> Option<Vec<String>> {
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Object(entity) => entity.get("id").and_then(Value::as_str).map(str::to_owned),
        Value::Null | Value::Array(_) => None,
    };
    match value {
        Value::Array(many) => many.iter().map(one).collect(),
        other => one(other).map(|text| vec![text]),
    }
}

/// Someone who may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The code.
    pub id: String,
    /// The registered name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Place and status.
    pub description: String,
    /// Division, industry, country, code: what its properties are.
    pub properties: Vec<(&'static str, String)>,
    /// The aliases that matched.
    pub matched: Vec<Matched>,
    /// Whether it may not be shown: it only keeps another from being the only one.
    pub hidden: bool,
}

impl Candidate {
    /// What the best alias gives.
    #[must_use]
    pub fn likeness(&self) -> u16 {
        self.matched.iter().map(|matched| matched.score).max().unwrap_or(0)
    }

    fn has(&self, how: How, kind: Option<&str>) -> bool {
        self.matched.iter().any(|matched| matched.how.contains(&how) && kind.is_none_or(|kind| matched.kind == kind))
    }

    /// Whether every property that is asked for and known fits: codes whole, division and industry as far as they are given.
    #[must_use]
    pub fn fits(&self, asked: &Asked) -> bool {
        self.properties.iter().all(|(property, own)| {
            let whole = ["uscc", "lei", "country"].contains(property);
            let fits = |value: &String| {
                let value = compact(value);
                if whole { value == *own } else { !value.is_empty() && own.starts_with(value.trim_end_matches("00")) }
            };
            asked.value(property).is_none_or(|values| values.is_empty() || values.iter().any(fits))
        })
    }
}

/// The answers to a query: score, and whether a person need not look.
///
/// A match is the one candidate of a code that was asked for, with no other name beside it; or the only bearer of the full registered name, script, width
/// and punctuation apart. A name that differs in one telling character, a short or a former name is a candidate.
#[must_use]
pub fn judged(asked: &Asked, candidates: Vec<Candidate>) -> Vec<(Candidate, u16, bool)> {
    let coded = candidates.iter().filter(|candidate| candidate.has(How::SameCode, None)).count();
    let bearers = candidates.iter().filter(|candidate| candidate.has(How::SameName, None)).count();
    let by_name = asked.text.as_deref().is_some_and(|text| !is_code(text));
    let judge = |candidate: Candidate| {
        let fits = candidate.fits(asked);
        let code = coded == 1 && candidate.has(How::SameCode, None);
        let named = candidate.matched.iter().filter(|matched| matched.kind != "code").any(|matched| matched.score >= ACCEPTED);
        let name = bearers == 1 && candidate.has(How::SameName, Some("current"));
        let sure = fits && ((code && (!by_name || named)) || (coded == 0 && name));
        let score = if fits { candidate.likeness() } else { candidate.likeness().saturating_sub(PROPERTY) };
        (candidate, score, sure)
    };
    let mut judged: Vec<(Candidate, u16, bool)> = candidates.into_iter().map(judge).filter(|(candidate, ..)| !candidate.hidden).collect();
    judged.sort_by(|one, other| (other.2, other.1).cmp(&(one.2, one.1)).then_with(|| one.0.id.cmp(&other.0.id)));
    judged.truncate(asked.limit);
    judged
}

/// Whether a text is a whole code rather than a name.
#[must_use]
pub fn is_code(text: &str) -> bool {
    Uscc::parse(text).is_ok() || model::lei::Lei::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(value: Value) -> Result<Asked, Vec<String>> {
        let query: ReconciliationQuery = serde_json::from_value(value).map_err(|error| vec![error.to_string()])?;
        read(&query, "/q0").map_err(|faults| faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect())
    }

    #[test]
    fn queries_of_the_specification() {
        // The examples of Reconciliation API 0.2, reconciliation-query-batch, valid and invalid.
        let full = asked(
            json!({"query": "Christel Hanewinckel", "type": "DifferentiatedPerson", "limit": 5, "type_strict": "should", "properties": [
            {"pid": "professionOrOccupation", "v": ["Politik*", {"id": "wissenschaftler", "name": "Wissenschaftler(in)"}]},
            {"pid": "affiliation", "v": "http://d-nb.info/gnd/2022139-3"}]}),
        )
        .unwrap();
        assert_eq!((full.limit, full.kinds.len(), full.value("professionOrOccupation").unwrap().len()), (5, 0, 2));
        assert_eq!(asked(json!({"properties": [{"pid": "uid", "v": "27eb892afbb2"}]})).unwrap().text, None);
        for (bad, expected) in [
            (json!({"limit": 1}), "/q0/query missing_field"),
            (json!({"properties": []}), "/q0/query missing_field"),
            (json!({"query": "x", "limit": 0}), "/q0/limit wrong_type"),
            (json!({"query": "x", "limit": 2.5}), "/q0/limit wrong_type"),
            (json!({"query": "x", "type": [1]}), "/q0/type wrong_type"),
            (json!({"query": "x", "type_strict": "must"}), "/q0/type_strict wrong_type"),
            (json!({"query": "x", "properties": [{"pid": "uscc", "v": null}]}), "/q0/properties/0/v wrong_type"),
        ] {
            assert_eq!(asked(bad).unwrap_err(), [expected]);
        }
        assert!(asked(json!({"query": "x", "props": []})).unwrap_err()[0].contains("unknown field"), "misnamed-property.json");
    }

    fn candidate(id: &str, kind: &str, how: How, score: u16) -> Candidate {
        let matched = vec![Matched { name: id.to_owned(), kind: kind.to_owned(), score, how: vec![how] }];
        let properties = vec![("uscc", id.to_owned()), ("division", "440305".to_owned())];
        Candidate {
            id: id.to_owned(),
            name: id.to_owned(),
            kind: Kind::Enterprise,
            description: String::new(),
            properties,
            matched,
            hidden: false,
        }
    }

    #[test]
    fn a_match_needs_no_second_look() {
        let text = |text: &str| Asked { text: Some(text.to_owned()), limit: 5, ..Asked::default() };
        let name = text("示例优晶电子有限公司");
        let within = |division: &str| Asked { values: vec![("division".into(), vec![division.into()])], ..name.clone() };
        let one = || candidate("A", "current", How::SameName, 1000);
        let hidden = || Candidate { hidden: true, ..candidate("H", "current", How::SameName, 1000) };
        let code = text("914404001000000590");
        let coded = || candidate("914404001000000590", "code", How::SameCode, 1000);
        let both = Asked { values: vec![("uscc".into(), vec!["914404001000000590".into()])], ..name.clone() };
        for (case, asked, candidates, expected) in [
            (
                "the only bearer of the full name",
                &name,
                vec![one(), candidate("B", "current", How::OneDiffers, 790)],
                vec![("A", true), ("B", false)],
            ),
            ("two bearers", &name, vec![one(), candidate("B", "current", How::SameName, 1000)], vec![("A", false), ("B", false)]),
            ("another bore it before", &name, vec![one(), candidate("B", "former", How::SameName, 1000)], vec![("A", false), ("B", false)]),
            ("another bearer who is not shown", &name, vec![one(), hidden()], vec![("A", false)]),
            ("a former name", &name, vec![candidate("A", "former", How::SameName, 1000)], vec![("A", false)]),
            ("a short name", &name, vec![candidate("A", "short", How::SameName, 1000)], vec![("A", false)]),
            ("it went into another", &name, vec![candidate("A", "absorbed", How::SameName, 1000)], vec![("A", false)]),
            ("one telling character differs", &name, vec![candidate("A", "current", How::OneDiffers, 840)], vec![("A", false)]),
            ("the legal form is left out", &name, vec![candidate("A", "current", How::SameCore, 985)], vec![("A", false)]),
            ("the division fits", &within("4403"), vec![one()], vec![("A", true)]),
            ("the province fits", &within("440000"), vec![one()], vec![("A", true)]),
            ("the division does not fit", &within("3101"), vec![one()], vec![("A", false)]),
            ("the code", &code, vec![coded()], vec![("914404001000000590", true)]),
            ("a code beside the name of another", &both, vec![coded(), one()], vec![("914404001000000590", false), ("A", false)]),
        ] {
            let found: Vec<(String, bool)> =
                judged(asked, candidates).into_iter().map(|(candidate, _, sure)| (candidate.id, sure)).collect();
            let expected: Vec<(String, bool)> = expected.into_iter().map(|(id, sure)| (id.to_owned(), sure)).collect();
            assert_eq!(found, expected, "{case}");
        }
    }
}
