//! The keys that receipts are signed with: procurement's own, never the token key. Not here: what a receipt says, `libs/receipt`.

pub mod actions;
pub mod http;
