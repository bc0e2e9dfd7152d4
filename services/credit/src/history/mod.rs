//! The versions of a register entry: what changed, when and by whom it was recorded. The code keeps the digits of the division where it was issued; a move
//! shows here. Not here: the entry as it stands, `enterprise`.

pub mod http;
pub mod rules;
pub mod store;
