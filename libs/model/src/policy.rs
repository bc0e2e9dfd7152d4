//! Values that change with the law: each row says from when it holds, where it stands written and how sure that is.
//! The tables themselves are data of the services and not here.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::instant::{Day, parse_day};

/// How sure a value is (the evidence tags of the domain paper).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Evidence {
    /// The text of a statute or regulation.
    L,
    /// Another source that was read.
    S,
    /// Seed document 0.
    S0,
    /// Seed document 1.
    S1,
    /// Seed document 2.
    S2,
    /// Seed document 3.
    S3,
    /// Seed document 4.
    S4,
    /// From memory, high confidence.
    #[serde(rename = "M-h")]
    MemoryHigh,
    /// From memory, medium confidence.
    #[serde(rename = "M-m")]
    MemoryMedium,
    /// From memory, low confidence.
    #[serde(rename = "M-l")]
    MemoryLow,
    /// A design choice, not law.
    D,
}

/// One value and the days on which it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row<T> {
    /// What holds.
    pub value: T,
    /// The first day.
    pub effective_from: Day,
    /// The last day; without it the row holds until the next one begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<Day>,
    /// Where it stands written.
    pub source: String,
    /// How sure that is.
    pub evidence: Evidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRow<T> {
    value: T,
    effective_from: String,
    effective_to: Option<String>,
    source: String,
    evidence: String,
}

/// The history of one value, in order of time and without overlap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Policy<T> {
    rows: Vec<Row<T>>,
}

impl<T: DeserializeOwned> Policy<T> {
    /// Reads a JSON array of rows; their order does not matter.
    ///
    /// # Errors
    /// `policy_invalid`, `policy_overlap`, `policy_source_missing`, `policy_evidence_unknown` or `date_invalid`.
    pub fn from_json(json: &str) -> Result<Self, Fault> {
        let raw: Vec<RawRow<T>> = serde_json::from_str(json).map_err(|error| invalid(&error.to_string()))?;
        if raw.is_empty() {
            return Err(invalid("no rows"));
        }
        let mut rows = raw.into_iter().map(Row::from_raw).collect::<Result<Vec<_>, _>>()?;
        rows.sort_by_key(|row| row.effective_from);
        for (row, next) in rows.iter().zip(rows.iter().skip(1)) {
            if row.effective_from == next.effective_from || row.effective_to.is_some_and(|last| last >= next.effective_from) {
                let day = next.effective_from;
                return Err(Fault::new("policy_overlap", format!("{day} 有两个条目同时有效。"), format!("Two rows hold on {day}.")));
            }
        }
        Ok(Self { rows })
    }
}

impl<T> Row<T> {
    fn from_raw(raw: RawRow<T>) -> Result<Self, Fault> {
        let effective_from = parse_day(&raw.effective_from)?;
        let effective_to = raw.effective_to.as_deref().map(parse_day).transpose()?;
        if effective_to.is_some_and(|last| last < effective_from) {
            return Err(invalid(&format!("the row of {effective_from} ends before it begins")));
        }
        if raw.source.trim().is_empty() {
            return Err(Fault::new(
                "policy_source_missing",
                format!("{effective_from} 起的条目缺少来源。"),
                format!("The row from {effective_from} names no source."),
            ));
        }
        let tag = serde_json::Value::String(raw.evidence);
        let evidence = Evidence::deserialize(&tag).map_err(|_error| {
            Fault::new("policy_evidence_unknown", format!("未知的依据标记 {tag}。"), format!("{tag} is not an evidence tag."))
        })?;
        Ok(Self { value: raw.value, effective_from, effective_to, source: raw.source, evidence })
    }
}

impl<T> Policy<T> {
    /// The row that holds on a day; none before the first, after an end or in a gap.
    #[must_use]
    pub fn at(&self, day: Day) -> Option<&Row<T>> {
        let row = self.rows.iter().rev().find(|row| row.effective_from <= day)?;
        row.effective_to.is_none_or(|last| day <= last).then_some(row)
    }

    /// All rows, the earliest first.
    #[must_use]
    pub fn rows(&self) -> &[Row<T>] {
        &self.rows
    }
}

fn invalid(what: &str) -> Fault {
    Fault::new("policy_invalid", format!("政策表无法读取：{what}。"), format!("The policy table is not readable: {what}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::period::{Period, Unit};

    fn row(value: &str, from: &str, to: &str) -> String {
        let to = if to.is_empty() { String::new() } else { format!(r#","effective_to":"{to}""#) };
        format!(r#"{{"value":{value},"effective_from":"{from}"{to},"source":"Art 1","evidence":"L"}}"#)
    }

    fn code(rows: &[String]) -> &'static str {
        Policy::<u32>::from_json(&format!("[{}]", rows.join(","))).unwrap_err().code
    }

    #[test]
    fn the_row_of_the_day_is_found() {
        let rows = [row("2", "2020-01-01", ""), row("1", "2010-01-01", "2014-12-31"), row("3", "2024-01-01", "2024-12-31")];
        let policy = Policy::<u32>::from_json(&format!("[{}]", rows.join(","))).unwrap();
        for (day, expected) in [
            ("2009-12-31", None),
            ("2010-01-01", Some(1)),
            ("2014-12-31", Some(1)),
            ("2015-01-01", None),
            ("2020-01-01", Some(2)),
            ("2023-12-31", Some(2)),
            ("2024-12-31", Some(3)),
            ("2025-01-01", None),
        ] {
            assert_eq!(policy.at(parse_day(day).unwrap()).map(|r| r.value), expected, "{day}");
        }
        assert_eq!(policy.rows().iter().map(|r| r.value).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(Policy::<u32>::from_json(&serde_json::to_string(&policy).unwrap()).unwrap(), policy);
    }

    #[test]
    fn a_value_may_be_any_type() {
        let json = format!("[{}]", row(r#"{"length":6,"unit":"month","roll":false}"#, "2021-01-01", ""));
        let policy = Policy::<Period>::from_json(&json).unwrap();
        assert_eq!(policy.rows()[0].value, Period::new(6, Unit::Month, false));
    }

    #[test]
    fn every_evidence_tag_is_known() {
        for tag in ["L", "S", "S0", "S1", "S2", "S3", "S4", "M-h", "M-m", "M-l", "D"] {
            let policy =
                Policy::<u32>::from_json(&format!("[{}]", row("1", "2020-01-01", "").replace("\"L\"", &format!("\"{tag}\"")))).unwrap();
            assert_eq!(serde_json::to_value(policy.rows()[0].evidence).unwrap(), tag);
        }
        for tag in ["", "l", "S5", "M", "[L]", "MemoryHigh"] {
            assert_eq!(code(&[row("1", "2020-01-01", "").replace("\"L\"", &format!("\"{tag}\""))]), "policy_evidence_unknown", "{tag}");
        }
    }

    #[test]
    fn broken_tables_are_refused() {
        let first = row("1", "2020-01-01", "2020-06-30");
        assert_eq!(code(&[first.clone(), row("2", "2020-06-30", "")]), "policy_overlap");
        assert_eq!(code(&[row("2", "2020-01-01", ""), row("1", "2020-01-01", "")]), "policy_overlap");
        assert_eq!(code(&[row("1", "2020-01-02", "2020-01-01")]), "policy_invalid");
        assert_eq!(code(&[first.replace("Art 1", " ")]), "policy_source_missing");
        assert_eq!(code(&[first.replace("2020-01-01", "2020-1-1")]), "date_invalid");
        assert_eq!(code(&[first.replace("source", "sauce")]), "policy_invalid");
        assert_eq!(code(&[first.replace(":1", ":\"x\"")]), "policy_invalid");
        assert_eq!(code(&[]), "policy_invalid");
        assert_eq!(Policy::<u32>::from_json("{").unwrap_err().code, "policy_invalid");
    }
}
