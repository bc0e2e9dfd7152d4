//! Other regions that run this platform: their feed is followed, and what was asserted there becomes a fact here with its origin, so that reward and
//! discipline reach across regions. Never taken: what a third region told them, what is internal, what an enterprise says of itself. Not here: the feed
//! of this region, `common::feed`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
