//! The words of a group standard's life: what is proposed, its states, its steps and what each leaves behind. Not here: which step may follow which,
//! `group_standard`.

pub mod rules;
