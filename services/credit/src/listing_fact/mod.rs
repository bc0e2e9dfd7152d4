//! The fact that a published listing leaves in the integrity file, so that score, procurement and feed follow by the path they have. Not here: the listing,
//! `listing`.

pub mod actions;
