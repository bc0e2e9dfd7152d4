//! What a body says, field by field, and which version its sender has read. Not here: what the fields mean, the rooms.

pub mod actions;
pub mod rules;
#[cfg(test)]
mod tests;
