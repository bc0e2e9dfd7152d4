//! What makes a scoring model wrong: a model that passes here can be published. Its shape is in `scoring_model`.

pub mod rules;
#[cfg(test)]
mod tests;
