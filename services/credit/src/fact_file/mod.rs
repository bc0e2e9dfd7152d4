//! A department's file of facts: it arrives as a stream and is kept in the database, a job reads it by its mapping and records row by row what
//! `POST /facts` would, and every refused row is kept with what was wrong. Queued, running, done or failed. Not here: how a row is read, `row`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
