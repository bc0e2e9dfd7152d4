//! The internal risk class A to D of an enterprise, which steers how often it is inspected and is never published (domain.md 3.1 and 0.3; Guo Shi
//! Jian Xin Fa [2022] No. 6). Nothing outside this room may name it but the hook that tells it a fact has moved. Not here: the public grade, `score`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
