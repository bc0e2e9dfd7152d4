//! Listings as state machines: proposed, noticed, replied, consented to, decided, published, off the list. Publishing leaves a fact in the integrity file,
//! so that score, procurement and feed follow by the path they have. Not here: the table of steps, `listing_policy`; what must be shown, `listing_condition`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
