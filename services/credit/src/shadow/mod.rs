//! A draft held against the model in force, over everyone or a stated sample: how many grades would flip, where, and by how much. Not here: whether the
//! draft is sound, `model_check`; scoring by it, which begins with its publication.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
