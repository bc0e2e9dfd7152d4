//! Which fields of a register entry a role may set; policy data. Not here: for whom a caller may write at all, that is its own organisation.

use std::collections::BTreeMap;

use model::{
    fault::{Fault, FieldFault},
    policy::Policy,
};
use serde::{Deserialize, Serialize};

use crate::enterprise::rules::Enterprise;

/// Who may set what, as shipped.
const SHIPPED: &str = include_str!("../../policy/register.json");

/// A field of a register entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The full name.
    Name,
    /// The names it had before.
    FormerNames,
    /// The short name.
    ShortName,
    /// The English name.
    NameEn,
    /// The administrative division.
    Division,
    /// The industry.
    Industry,
    /// The registration status.
    Status,
    /// Since when the status holds.
    StatusSince,
    /// The day of establishment.
    EstablishedOn,
}

impl Field {
    /// All of them, in the order of the entry.
    pub const ALL: [Self; 9] = [
        Self::Name,
        Self::FormerNames,
        Self::ShortName,
        Self::NameEn,
        Self::Division,
        Self::Industry,
        Self::Status,
        Self::StatusSince,
        Self::EstablishedOn,
    ];

    /// Where it stands in the body.
    #[must_use]
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::Name => "/name",
            Self::FormerNames => "/former_names",
            Self::ShortName => "/short_name",
            Self::NameEn => "/name_en",
            Self::Division => "/division",
            Self::Industry => "/industry",
            Self::Status => "/status",
            Self::StatusSince => "/status_since",
            Self::EstablishedOn => "/established_on",
        }
    }

    fn same(self, one: &Enterprise, other: &Enterprise) -> bool {
        match self {
            Self::Name => one.name == other.name,
            Self::FormerNames => one.former_names == other.former_names,
            Self::ShortName => one.short_name == other.short_name,
            Self::NameEn => one.name_en == other.name_en,
            Self::Division => one.division == other.division,
            Self::Industry => one.industry == other.industry,
            Self::Status => one.status == other.status,
            Self::StatusSince => one.status_since == other.status_since,
            Self::EstablishedOn => one.established_on == other.established_on,
        }
    }
}

/// What a role may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Right {
    /// Whether it may record an enterprise that is not there yet.
    pub create: bool,
    /// The fields it may set.
    pub fields: Vec<Field>,
}

/// What each role may do; a role that is not named may do nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rights(BTreeMap<String, Right>);

/// The policy as shipped.
///
/// # Errors
/// When it is not readable; a test reads it.
pub fn rights() -> Result<Policy<Rights>, Fault> {
    Policy::from_json(SHIPPED)
}

/// The fields that this role may not say; empty where it may say all of it. Without an entry that stands, every field is new.
#[must_use]
pub fn refused(rights: &Rights, role: &str, stands: Option<&Enterprise>, entry: &Enterprise) -> Vec<FieldFault> {
    let none = Right::default();
    let right = rights.0.get(role).unwrap_or(&none);
    let changed = |field: &&Field| stands.is_none_or(|stands| !field.same(stands, entry));
    let allowed = |field: Field| right.fields.contains(&field) && (right.create || stands.is_some());
    let fields = Field::ALL.iter().filter(changed).filter(|field| !allowed(**field));
    fields.map(|field| fault(*field)).collect()
}

fn fault(field: Field) -> FieldFault {
    let (zh, en) = (
        "该项由登记机关登记，企业自身只能填写简称和英文名称。",
        "The register authority says this; an enterprise says only its short and English name.",
    );
    FieldFault::rule(field.pointer(), "not_your_field", zh, en)
}

#[cfg(test)]
mod tests {
    use contracts::credit::EnterpriseStatus;
    use model::{instant::parse_day, uscc::Uscc};

    use super::*;

    fn entry() -> Enterprise {
        Enterprise {
            uscc: Uscc::parse("914404001000000590").unwrap(),
            name: "示例电器有限公司".into(),
            former_names: vec![],
            short_name: None,
            name_en: None,
            division: "440305".into(),
            industry: None,
            status: EnterpriseStatus::Active,
            status_since: None,
            established_on: parse_day("1999-02-11").unwrap(),
            merged: None,
        }
    }

    #[test]
    fn who_may_say_what_of_the_register() {
        let policy = rights().unwrap();
        let rights = &policy.at(parse_day("2026-06-01").unwrap()).unwrap().value;
        let pointers = |role: &str, stands: Option<&Enterprise>, entry: &Enterprise| -> Vec<String> {
            refused(rights, role, stands, entry).into_iter().map(|fault| fault.pointer).collect()
        };
        let stands = entry();
        let own = Enterprise { short_name: Some("示例".into()), name_en: Some("Sample".into()), ..entry() };
        let renamed = Enterprise { name: "示例改名有限公司".into(), status: EnterpriseStatus::Revoked, ..own.clone() };
        let older = Enterprise { established_on: parse_day("1989-02-11").unwrap(), division: "310101".into(), ..entry() };
        for (role, case, before, after, expected) in [
            ("authority", "creates", None, &own, vec![]),
            ("authority", "renames", Some(&stands), &renamed, vec![]),
            ("enterprise", "calls itself otherwise", Some(&stands), &own, vec![]),
            ("enterprise", "says what stands", Some(&stands), &stands, vec![]),
            ("enterprise", "renames itself", Some(&own), &renamed, vec!["/name", "/status"]),
            ("enterprise", "makes itself older", Some(&stands), &older, vec!["/division", "/established_on"]),
            ("buyer", "calls it otherwise", Some(&stands), &own, vec!["/short_name", "/name_en"]),
            ("integrator", "says what stands", Some(&stands), &stands, vec![]),
            ("", "renames", Some(&own), &renamed, vec!["/name", "/status"]),
        ] {
            assert_eq!(pointers(role, before, after), expected, "{role} {case}");
        }
        for role in ["enterprise", "buyer", "laboratory", "insurer", "association", "integrator", "service"] {
            assert_eq!(pointers(role, None, &own).len(), Field::ALL.len(), "{role} records no enterprise");
        }
    }
}
