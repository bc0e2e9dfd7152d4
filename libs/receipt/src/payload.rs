//! What a receipt says. Not here: how a decision is made (`services/procurement`), how the words are signed (`jws`).

use serde::{Deserialize, Serialize};

use crate::tree::Hash;

/// The words of a receipt; a field that is not named here is refused, so nothing is signed that a verifier does not show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// Who decided and signed.
    pub iss: String,
    /// The decision, `dec_…`.
    pub id: String,
    /// When the receipt was written, RFC 3339.
    pub issued_at: String,
    /// About whom, a unified social credit code.
    pub supplier: String,
    /// `eligible`, `eligible_with_conditions`, `ineligible` or `indeterminate`.
    pub outcome: String,
    /// The instant in the world that was judged, RFC 3339.
    pub as_of: String,
    /// What was known at this instant, RFC 3339.
    pub known_at: String,
    /// By which rules.
    pub ruleset: RulesetRef,
    /// The version of the evaluator.
    pub evaluator: String,
    /// What was read, up to which position.
    pub sources: Vec<SourceRef>,
    /// Digest of the facts that were read, `sha256:<hex>`.
    pub facts_digest: String,
    /// The result of every criterion.
    pub criteria: Vec<CriterionResult>,
    /// Under what conditions the outcome holds.
    pub conditions: Vec<StatedCondition>,
    /// The scoring model whose grade was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelRef>,
    /// All who take part as one supplier, the lead first; none where it is the supplier alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// Whom they rely upon.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relied_upon: Vec<Reliance>,
    /// For which tender, where it is for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tender: Option<TenderRef>,
    /// Facts under objection without which the outcome would be another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensitive_to: Vec<Sensitivity>,
    /// Where to look whether it still holds; receipts of before there were status lists have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusRef>,
}

/// The words of the one receipt of a batch: what all lines have in common, and the root of the tree over the lines as they were answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchPayload {
    /// Who decided and signed.
    pub iss: String,
    /// The batch, `bat_…`.
    pub id: String,
    /// When the receipt was written, RFC 3339.
    pub issued_at: String,
    /// The instant in the world that was judged, RFC 3339.
    pub as_of: String,
    /// What was known at this instant, RFC 3339.
    pub known_at: String,
    /// By which rules.
    pub ruleset: RulesetRef,
    /// The version of the evaluator.
    pub evaluator: String,
    /// Up to which positions the sources were read, each that a line was decided at.
    pub sources: Vec<SourceRef>,
    /// How many lines.
    pub lines: u64,
    /// The root of RFC 9162 over the lines, each without its line end.
    pub root: Hash,
    /// Where to look whether it still holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusRef>,
}

/// Where the status of a receipt stands: one place in two lists (W3C Bitstring Status List v1.0).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusRef {
    /// Which bit.
    pub index: u64,
    /// The list that says what was withdrawn.
    pub revocation: String,
    /// The list that says whose outcome would be another one by now.
    pub message: String,
}

/// A ruleset, its version and its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesetRef {
    /// For example `government-procurement`.
    pub id: String,
    /// Counted from 1.
    pub version: u32,
    /// Digest of the ruleset's canonical form, `sha256:<hex>`.
    pub digest: String,
}

/// A source and how far it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRef {
    /// For example `credit`.
    pub service: String,
    /// The life of the feed; a feed that starts anew has another.
    pub epoch: String,
    /// The last position that was read.
    pub position: i64,
    /// Whether the source was within the bound of the rules.
    pub fresh: bool,
}

/// A criterion and how it came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionResult {
    /// For example `EXC.SERIOUS_VIOLATION`.
    pub code: String,
    /// `pass`, `fail`, `unknown` or `not_applicable`.
    pub result: String,
}

/// A condition under which the outcome holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedCondition {
    /// The criterion that it belongs to.
    pub code: String,
    /// By which day it must be met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<String>,
}

/// An enterprise whose capacity is relied upon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reliance {
    /// Its unified social credit code.
    pub supplier: String,
    /// For which criteria.
    pub criteria: Vec<String>,
}

/// A tender, its version and its lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenderRef {
    /// As the buyer named it.
    pub id: String,
    /// Counted from 1; an amendment makes a new one.
    pub version: u32,
    /// The lot; none where the tender has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// Digest of that version's canonical form, `sha256:<hex>`.
    pub digest: String,
}

/// Facts under objection, and the outcome without them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sensitivity {
    /// `fct_…`.
    pub fact_ids: Vec<String>,
    /// The outcome without them.
    pub outcome: String,
}

/// A scoring model and its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelRef {
    /// For example `quality-credit`.
    pub id: String,
    /// Counted from 1.
    pub version: u32,
}
