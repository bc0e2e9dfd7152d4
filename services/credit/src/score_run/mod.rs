//! Everyone scored again after a model was published: a job in chunks with its progress in the database, so that it survives a restart and another
//! replica can go on with it. Not here: the timeline of one enterprise, `timeline`; keeping it current after a fact, `score`.

pub mod actions;
pub mod http;
pub mod store;
