//! The draw that decides a last tie: nobody can choose its outcome, everybody can repeat it. Not here: when it comes to a draw (`ranking`).

pub mod rules;

#[cfg(test)]
mod tests;
