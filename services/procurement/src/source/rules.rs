//! What an import gives: a tender and notes. Not here: how a document is read (`ocds`, `espd`).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::criterion::rules::Wording;
use crate::tender::rules::{NewTender, Requirement};

/// Where a document comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceForm {
    /// Open Contracting Data Standard 1.1: a release, a package or a record.
    Ocds,
    /// European Single Procurement Document 2.1.1: a request.
    Espd,
}

impl SourceForm {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ocds => "ocds",
            Self::Espd => "espd",
        }
    }

    /// The form of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        [Self::Ocds, Self::Espd].into_iter().find(|form| form.as_str() == word)
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Ocds => "application/json",
            Self::Espd => "application/xml",
        }
    }
}

/// Something in a document that was not taken over as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SourceNote)]
pub struct Note {
    /// Where: a JSON pointer into the compiled release, or the path of an XML element.
    pub place: String,
    /// The line of an XML document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// `not_mapped`: nothing of it is in the tender; `kept_as_text`: people judge it; `read_as`: it was taken in this sense.
    pub code: String,
    /// In words.
    pub text: Wording,
}

impl Note {
    /// A note without a line.
    #[must_use]
    pub fn new(place: impl Into<String>, code: &str, text: Wording) -> Self {
        Self { place: place.into(), line: None, code: code.to_owned(), text }
    }
}

/// A tender that was read from a document, and what was not taken over.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The tender in our own form.
    pub tender: NewTender,
    /// The rest.
    pub notes: Vec<Note>,
}

/// A tender read from a document of this form, with what such a document cannot say as it stood before: ruleset, evaluation and delivery; and, of OCDS,
/// criteria of the catalogue, conditions, preferences and what an ESPD request asked, of the whole and of each lot that is still there.
#[must_use]
pub fn beside(mut tender: NewTender, before: NewTender, form: SourceForm) -> NewTender {
    tender.ruleset = tender.ruleset.or(before.ruleset);
    tender.evaluation = tender.evaluation.or(before.evaluation);
    tender.delivery_on = tender.delivery_on.or(before.delivery_on);
    if form == SourceForm::Espd {
        return tender;
    }
    stays(&mut tender.criteria, before.criteria);
    stays(&mut tender.conditions, before.conditions);
    stays(&mut tender.preferences, before.preferences);
    tender.requirements.extend(asked(before.requirements));
    for lot in before.lots {
        if let Some(new) = tender.lots.iter_mut().find(|new| new.id == lot.id) {
            stays(&mut new.criteria, lot.criteria);
            stays(&mut new.conditions, lot.conditions);
            stays(&mut new.preferences, lot.preferences);
            new.requirements.extend(asked(lot.requirements));
        }
    }
    tender
}

/// Entries in the grammar of rulesets stay where the document says none.
fn stays(new: &mut Vec<Map<String, Value>>, before: Vec<Map<String, Value>>) {
    if new.is_empty() {
        *new = before;
    }
}

/// What an ESPD request asked.
fn asked(requirements: Vec<Requirement>) -> impl Iterator<Item = Requirement> {
    requirements.into_iter().filter(|requirement| requirement.espd.is_some())
}
