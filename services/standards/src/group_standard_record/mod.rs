//! What the steps of a group standard leave behind: windows of comments, reviews, votes, publications, open corrections, the history. Not here: when they
//! come about, `group_standard`.

pub mod rules;
