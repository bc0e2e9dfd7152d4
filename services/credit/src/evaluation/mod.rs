//! A scoring model applied to the facts of one enterprise: prepared once, then evaluated for any day. Not here: the explained answer, `score`;
//! the days between which nothing changes, `timeline`.

pub mod rules;
#[cfg(test)]
pub(crate) mod tests;
