//! The list of services: the only place that names them all. Not here: the gateway, which stands before them.

use common::{
    document,
    error::Result,
    service::{Platform, Service, mount},
};
use gateway::{Gateway, edge::Upstream};
use utoipa::openapi::OpenApi;

/// Their names, with the gateway's.
pub(crate) const NAMES: [&str; 2] = [Gateway::NAME, credit::Credit::NAME];

/// All of them, mounted in this process.
pub(crate) fn mounted(platform: &Platform) -> Result<Vec<Upstream>> {
    Ok(vec![Upstream::Local(mount::<credit::Credit>(platform)?.0)])
}

/// Their documents, the gateway's first.
pub(crate) fn documents() -> Vec<(String, OpenApi)> {
    let documents = [gateway::document(), document::of::<credit::Credit>()];
    NAMES.into_iter().map(str::to_owned).zip(documents).collect()
}
