//! Clocks of law that run on a challenge or an award: counted with the work calendar, kept with the version of the policy, told once when nobody kept
//! them. Not here: which clocks there are and what starts them, `challenge` and `award`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
