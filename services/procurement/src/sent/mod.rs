//! What comes with a step beside its body: where it goes, by whom, after which version. Not here: the steps, `challenge_step`, `award`, `contract`,
//! `performance`.

pub mod http;
