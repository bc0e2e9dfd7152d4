//! What objections and applications for repair have in common: a proceeding is about one fact of one enterprise, has a state and a version, and is moved on by
//! steps. Not here: the states of each kind and what its steps do, `objection` and `repair`; listings, `listing`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
