//! What keeps an enterprise or a declaration out of rankings, as an authority tells it with the number of the document: a failed check, a listing for
//! serious violations. Not here: what a ranking finds by itself, `ranking`; checks of declarations in this register, `declaration_check`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
