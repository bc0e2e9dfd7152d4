//! A condition in CEL that stands in a ruleset or tender beside the criteria of the catalogue: with its class, title, legal basis and what is said where it
//! fails. Not here: the language, `condition`; reading it from a document, `ruleset`.

pub mod rules;
