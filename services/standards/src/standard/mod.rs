//! A standard: what its undated number names, with its editions and how what is said of them changed. Not here: one edition, `edition`; searching,
//! `edition::http`.

pub mod http;
