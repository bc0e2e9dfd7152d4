//! What an import gives: a tender and notes. Not here: how a document is read (`ocds`, `espd`).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::criterion::rules::Wording;
use crate::tender::rules::NewTender;

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
