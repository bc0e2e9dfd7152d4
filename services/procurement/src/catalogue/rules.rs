//! The criteria that a ruleset may use, as a whole. Not here: each of them (`exclusion_entry`, `selection_entry`), parameters and their check (`parameter`).

use std::sync::LazyLock;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::criterion::rules::{Answer, Class, Combination, Judged, Question, Wording, stale};
use crate::exclusion_entry::rules::EXCLUSIONS;
use crate::parameter::rules::{Parameter, Values};
use crate::selection_entry::rules::SELECTIONS;
use crate::standing::rules::CREDIT;

pub(crate) type Judge = fn(Question<'_>, &Values) -> Judged;

/// A criterion of the catalogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Entry {
    /// For example `EXC.SERIOUS_VIOLATION`.
    pub code: &'static str,
    /// What it is for.
    pub class: Class,
    /// Its name.
    pub title: Wording,
    /// What it asks.
    pub text: Wording,
    /// The law behind it.
    pub legal_basis: &'static str,
    /// The criterion type of the European Single Procurement Document that fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub espd: Option<&'static str>,
    /// The code of the Open Contracting Data Standard that fits: the ground of an exclusion, the type of a selection criterion,
    /// the award criterion of a preference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ocds: Option<&'static str>,
    /// The service whose facts it needs.
    pub source: &'static str,
    /// The result where the source is fresh and holds no fact: `pass` only where the source is the complete register.
    pub no_fact: Answer,
    /// How a consortium may meet it: first the way that is meant where a ruleset says nothing, then those that it may choose.
    pub combinations: &'static [Combination],
    /// Its parameters; on the wire their JSON schema, see `schema`.
    #[serde(skip)]
    #[schema(ignore)]
    pub parameters: Vec<Parameter>,
    #[serde(skip)]
    #[schema(ignore)]
    pub(crate) judge: Judge,
}

impl Entry {
    /// How a consortium meets it where a ruleset says nothing.
    #[must_use]
    pub fn combination(&self) -> Combination {
        self.combinations.first().copied().unwrap_or(Combination::AllOf)
    }

    /// The JSON schema of the parameters.
    #[must_use]
    pub fn schema(&self) -> Value {
        let properties: serde_json::Map<String, Value> =
            self.parameters.iter().map(|parameter| (parameter.name.to_owned(), parameter.schema())).collect();
        let required: Vec<&str> = self.parameters.iter().filter(|parameter| parameter.required).map(|parameter| parameter.name).collect();
        json!({"type": "object", "additionalProperties": false, "properties": properties, "required": required})
    }
}

/// The entry of a code.
#[must_use]
pub fn find(code: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.code == code)
}

/// An exclusion bars the whole consortium: one member's ban counts for all (Cai Ku [2016] No. 125).
pub(crate) const EACH: [Combination; 1] = [Combination::AllOf];
/// Of equal qualifications the lowest counts (Government Procurement Regulation Art 22); the buyer may be content with one member.
pub(crate) const EACH_OR_ONE: [Combination; 2] = [Combination::AllOf, Combination::AnyOf];
/// A specific condition is met by the member that does the work; the buyer may ask it of each.
pub(crate) const ONE_OR_EACH: [Combination; 2] = [Combination::AnyOf, Combination::AllOf];
/// Sums stand side by side; the buyer may ask for the whole from one member or from each.
pub(crate) const SUM: [Combination; 3] = [Combination::SumOf, Combination::AnyOf, Combination::AllOf];

/// An exclusion ground; its register is complete, so no fact is a pass.
pub(crate) fn exclusion(code: &'static str, title: Wording, text: Wording, legal_basis: &'static str) -> Entry {
    Entry {
        code,
        class: Class::Exclusion,
        title,
        text,
        legal_basis,
        espd: Some("CRITERION.EXCLUSION.NATIONAL.OTHER"),
        ocds: Some("nati-ground"),
        source: CREDIT,
        no_fact: Answer::Pass,
        combinations: &EACH,
        parameters: Vec::new(),
        judge: |_, _| stale(),
    }
}

/// A selection criterion; what the platform does not know may still exist, so no fact is unknown.
pub(crate) fn selection(code: &'static str, title: Wording, text: Wording, legal_basis: &'static str) -> Entry {
    Entry {
        class: Class::Selection,
        espd: None,
        ocds: Some("technical"),
        no_fact: Answer::Unknown,
        combinations: &EACH_OR_ONE,
        ..exclusion(code, title, text, legal_basis)
    }
}

/// A preference; it never changes the outcome.
pub(crate) fn preference(code: &'static str, title: Wording, text: Wording, legal_basis: &'static str) -> Entry {
    Entry { class: Class::Preference, ocds: Some("ratedCriteria"), ..selection(code, title, text, legal_basis) }
}

/// Every criterion of the catalogue.
pub static CATALOGUE: LazyLock<Vec<Entry>> = LazyLock::new(|| EXCLUSIONS.iter().chain(SELECTIONS.iter()).cloned().collect());
