//! Whether goods conform to a standard that rules cite, or to a stricter one that is current on the day of delivery (Standardization Law 21 and 25). Not
//! here: the register of standards, `standard_register`; other selection criteria, `selection`.

pub mod rules;
#[cfg(test)]
mod tests;
