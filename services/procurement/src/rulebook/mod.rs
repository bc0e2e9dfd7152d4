//! The book of published rulesets that decisions are made by. Not here: drafts and publishing, `ruleset`.

pub mod actions;
pub mod rules;

#[cfg(test)]
mod tests;
