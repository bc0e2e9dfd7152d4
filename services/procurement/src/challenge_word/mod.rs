//! The words of a challenge: what it is about, where it stands, which steps there are. Not here: which step may follow which, `challenge`.

pub mod rules;
