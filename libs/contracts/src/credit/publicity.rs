//! For how long a fact is public, and what was marked on it since it was recorded. Not here: how the windows are counted, `services/credit`.

use model::instant::Day;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Fact;
use crate::event::{Audience, Payload};

/// A place where adverse facts are made public; each has rules and a clock of its own (domain-updates A1, A6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Portal {
    /// "Credit China" (NDRC); copies of third parties follow it.
    CreditChina,
    /// The National Enterprise Credit Information Publicity System (SAMR).
    Samr,
}

/// For how long a fact is public at one place, by the regime in force when it was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicityWindow {
    /// Where.
    pub portal: Portal,
    /// The rule that was applied, for example `general`.
    pub rule: String,
    /// The version of the rule: the day from which it holds.
    #[schema(value_type = String, format = Date)]
    pub rule_from: Day,
    /// Whether it is made public there at all.
    pub published: bool,
    /// The day the window is counted from, itself not counted (Civil Code 201).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// The last day of the shortest publicity: the day after, a repair is possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub least_until: Option<Day>,
    /// The last day on which it is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Day>,
    /// Whether it stays public beyond `until` for as long as the breach is not corrected (domain-updates A7).
    #[serde(default)]
    pub stays_uncorrected: bool,
}

/// What can be marked on a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// The enterprise objects; it counts and is shown with the mark until the objection is decided.
    UnderObjection,
    /// Its effect is stayed (Administrative Reconsideration Law, Administrative Litigation Law); it does not count meanwhile.
    Stayed,
    /// Its publicity was ended by a credit repair; it no longer counts.
    Repaired,
    /// Masked during a reorganisation in bankruptcy (domain-updates A9); it does not count meanwhile.
    Masked,
}

/// A mark on a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// What is marked.
    pub kind: MarkKind,
    /// From this day on.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// The last day; open where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
    /// The objection, repair or document that it rests on.
    pub ground: String,
}

impl Mark {
    /// Whether it stands on a day; both ends are inclusive.
    #[must_use]
    pub fn stands_on(&self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|last| day <= last)
    }
}

/// The marks on a fact have changed; the fact itself has not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactMarked {
    /// The fact with its marks as they stand now.
    pub fact: Fact,
}

impl Payload for FactMarked {
    const TYPE: &'static str = "touchstone.credit.fact.marked.v1";
    const AUDIENCE: Audience = Audience::Partner;
    fn subject(&self) -> &str {
        self.fact.enterprise.as_str()
    }
}
