//! Which facts a scoring model means and how a fact turned out. Not here: on which days it counts, `evaluation`.

pub mod rules;
