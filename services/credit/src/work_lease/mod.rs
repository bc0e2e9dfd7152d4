//! Who does a long piece of work among the replicas: one holder at a time, and nobody waits longer than the lease for one that died.
//! Not here: the work, `score_run` and `shadow`.

pub mod store;
