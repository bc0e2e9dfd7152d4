//! The gateway as a process of its own: every service is in another. Not here: everything in one process, `all_in_one`.

use std::{io, net::TcpListener, process::ExitCode};

use common::{
    chance::Chance,
    config::Config,
    error::Error,
    key::KeyRing,
    peer::Identity,
    service::{Platform, Service, mount},
    token::KeySource,
};
use gateway::{
    Gateway,
    edge::{self, Upstream},
};

/// The documents as they were published when this was built.
const DOCUMENTS: [(&str, &str); 3] = [
    ("credit", include_str!("../../openapi/credit.json")),
    ("standards", include_str!("../../openapi/standards.json")),
    ("procurement", include_str!("../../openapi/procurement.json")),
];

fn main() -> ExitCode {
    let done = Config::from_env().map_err(io::Error::other).and_then(|config| {
        let _telemetry = common::telemetry::init(&config, Gateway::NAME);
        actix_web::rt::System::new().block_on(serve(config))
    });
    common::service::ended("touchstone-gateway", done)
}

/// An error with its cause, for the operator.
fn told(error: Error) -> io::Error {
    io::Error::other(error.cause().unwrap_or_else(|| error.to_string()))
}

async fn serve(config: Config) -> io::Result<()> {
    let upstreams = upstreams(&config)?;
    if config.jwks_url.is_some() {
        return Err(io::Error::other("TOUCHSTONE_JWKS_URL: the gateway accepts only the tokens that it gives out itself"));
    }
    let listener =
        TcpListener::bind(config.listen).map_err(|error| io::Error::other(format!("TOUCHSTONE_LISTEN={}: {error}", config.listen)))?;
    let chance = Chance::system();
    let path = config.signing_key.clone().unwrap_or_else(|| config.data.join("keys").join("gateway.jwks"));
    let ring = KeyRing::load_or_make(&path, &chance).map_err(told)?;
    let identity = Identity::Minted { ring: Box::new(ring.clone()), issuer: config.issuer.clone(), chance: chance.clone() };
    let platform = Platform::new(config, chance, KeySource::Own(ring), identity).map_err(told)?;
    let gateway = mount::<Gateway>(&platform).map_err(told)?;
    edge::run(&platform, gateway, upstreams, vec![listener]).await
}

fn upstreams(config: &Config) -> io::Result<Vec<Upstream>> {
    let missing: Vec<&str> = DOCUMENTS.iter().map(|(name, _)| *name).filter(|name| !config.upstreams.contains_key(*name)).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Err(io::Error::other(format!(
            "TOUCHSTONE_UPSTREAMS: no address for {missing}; give credit=http://…,standards=http://…,procurement=http://…"
        )));
    }
    let known = DOCUMENTS.iter().filter_map(|(name, document)| Some((name, config.upstreams.get(*name)?, document)));
    known.map(|(name, url, document)| Upstream::remote(name, url, document).map_err(told)).collect()
}
