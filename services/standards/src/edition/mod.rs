//! An edition: what one dated number names, the windows of its life and its relations to others (Standardization Law 2, 24, 29; domain 2.5). Editions
//! are kept in versions. Not here: reading lists of other registers, `import`; what a citation means, `citation`; how group standards come to be,
//! `group_standard`; technical content, `clause`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
