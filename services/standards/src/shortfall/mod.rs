//! In which items a declaration is below what is required: refused where that is mandatory, to be disclosed where it is recommended
//! (Standardization Law 21; Order 83 Art 14). Not here: comparing two requirements, `clause`.

pub mod rules;
#[cfg(test)]
mod tests;
