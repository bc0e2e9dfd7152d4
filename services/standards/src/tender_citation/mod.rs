//! Which open tenders cite which standards, as procurement reports them. Not here: whom an edition touches in all, `impact`.

pub mod http;
pub mod store;
