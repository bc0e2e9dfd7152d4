//! The list of services: the only place that names them all. Not here: the gateway, which stands before them.

use common::{
    document,
    error::Result,
    service::{Platform, Service, mount},
};
use gateway::{Gateway, edge::Upstream, page::Document};

/// Their names, with the gateway's.
pub(crate) const NAMES: [&str; 4] = [Gateway::NAME, credit::Credit::NAME, standards::Standards::NAME, procurement::Procurement::NAME];

/// All of them, mounted in this process.
pub(crate) fn mounted(platform: &Platform) -> Result<Vec<Upstream>> {
    let mounts =
        [mount::<credit::Credit>(platform)?.0, mount::<standards::Standards>(platform)?.0, mount::<procurement::Procurement>(platform)?.0];
    Ok(mounts.into_iter().map(Upstream::local).collect())
}

/// Their documents, the gateway's first.
pub(crate) fn documents() -> Result<Vec<Document>> {
    let documents = [
        gateway::document(),
        document::of::<credit::Credit>(),
        document::of::<standards::Standards>(),
        document::of::<procurement::Procurement>(),
    ];
    NAMES.into_iter().zip(&documents).map(|(name, document)| Document::of(name, document)).collect()
}
