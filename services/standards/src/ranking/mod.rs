//! A ranking: the declared indicators of a field of products in the bands of a plan, with everything that it rests on, so that it can be worked out again.
//! Not here: the plan, `ranking_plan`; what an authority keeps out, `ranking_exclusion`; who is named, `leader`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
