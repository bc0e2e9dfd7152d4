//! The random draw of declarations that are to be checked: nobody can choose its outcome, everybody can repeat it (domain 2.4, 双随机). Not
//! here: who is drawn for what, `declaration_check`.

pub mod rules;
#[cfg(test)]
mod tests;
