//! A fact of the integrity file: who may assert it, which dates it may bear, what its kind is called. Never edited: a correction supersedes it.
//! Not here: what only one kind of fact has, `detail`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
