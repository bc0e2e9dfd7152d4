//! Who stands on a list on a day, by listings of this platform and by facts from elsewhere alike, and who is due to be listed. Not here: how one gets there,
//! `listing`.

pub mod http;
pub mod store;
