//! One test binary: stories across services, durability, the feed, bad input, contracts, tidiness.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, and a story is told in one piece"
)]

mod bad_input;
mod contracts;
mod durability;
mod feed;
mod flows;
mod readme;
mod tidy;
