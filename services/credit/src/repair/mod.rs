//! Applications for credit repair (domain 3.5, domain-updates A3 to A9) with their clocks and decisions with reasons. A granted repair marks the fact; score, lists, measures and public pages follow from the mark. `applied` → `accepted` → `granted` | `refused`;
//! `returned`, `withdrawn`; a granted one may be `revoked`, a masking one `confirmed`.

pub mod actions;
pub mod http;
pub mod rules;
#[cfg(test)]
mod tests;
