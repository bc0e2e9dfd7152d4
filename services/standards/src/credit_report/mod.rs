//! How credit hears what checks of declarations found: a job follows the own feed and sends until each is acknowledged. Not here: the
//! checks, `declaration_check`.

pub mod actions;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
