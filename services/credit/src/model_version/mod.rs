//! A version of the scoring model as a resource: drafted and changed as a draft, published once, never changed after. Which version scores which day:
//! `model_book`. What makes one wrong: `model_check`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
