//! For how long a fact is public: windows by place and by the regime in force on the day of the decision (domain 3.5, domain-updates A1 to A8), and
//! the days on which a fact does not count because its publicity ended, it was repaired, stayed or masked. Expiry hides, it never deletes.

pub mod rules;
#[cfg(test)]
mod tests;
