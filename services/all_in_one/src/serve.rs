//! `touchstone serve`. Not here: which services there are, `services`; the sample, `sample`.

use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, TcpListener},
};

use clap::Args;
use common::{
    chance::Chance,
    config::Config,
    error::Error,
    key::KeyRing,
    peer::Identity,
    service::{Platform, mount},
    token::KeySource,
};
use gateway::{Gateway, edge};

use crate::{
    sample::{self, Demo},
    services,
};

/// Run the gateway and every service in this process.
#[derive(Args)]
pub(crate) struct Serve {
    /// Make a demonstration client and load sample data; only on a loopback address and in a data folder of its own.
    #[arg(long)]
    sample: bool,
}

impl Serve {
    pub(crate) fn run(self) -> io::Result<()> {
        let config = Config::from_env().map_err(io::Error::other)?;
        if self.sample {
            sample::allow(&config)?;
        }
        let _telemetry = common::telemetry::init(&config, "touchstone");
        actix_web::rt::System::new().block_on(serve(config, self.sample))
    }
}

async fn serve(config: Config, with_sample: bool) -> io::Result<()> {
    let public =
        TcpListener::bind(config.listen).map_err(|error| io::Error::other(format!("TOUCHSTONE_LISTEN={}: {error}", config.listen)))?;
    // The services follow each other here, as they would between processes.
    let inside = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let address = format!("{scheme}://{}", public.local_addr()?);
    let inside_address = format!("http://{}", inside.local_addr()?);
    let addresses = services::NAMES.into_iter().map(|name| (name.to_owned(), inside_address.clone())).collect();
    let platform = platform(config, addresses)?;
    let (mount, gateway) = mount::<Gateway>(&platform).map_err(told)?;
    let upstreams = services::mounted(&platform).map_err(told)?;
    if with_sample {
        let demo = Demo::make(gateway.db(), &platform, address, inside_address).await.map_err(told)?;
        actix_web::rt::spawn(demo.load_when_ready());
    }
    edge::run(&platform, (mount, gateway), upstreams, vec![public, inside]).await
}

/// The surroundings of everything in one process.
pub(crate) fn platform(config: Config, addresses: BTreeMap<String, String>) -> io::Result<Platform> {
    if config.jwks_url.is_some() {
        return Err(io::Error::other("TOUCHSTONE_JWKS_URL: this process accepts only the tokens that it gives out itself"));
    }
    let chance = Chance::system();
    let path = config.signing_key.clone().unwrap_or_else(|| config.data.join("keys").join("gateway.jwks"));
    let ring = KeyRing::load_or_make(&path, &chance).map_err(told)?;
    let identity = Identity::Minted { ring: Box::new(ring.clone()), issuer: config.issuer.clone(), chance: chance.clone() };
    let platform = Platform::new(config, chance, KeySource::Own(ring), identity).map_err(told)?;
    Ok(platform.with_addresses(addresses))
}

/// An error with its cause, for the operator.
pub(crate) fn told(error: Error) -> io::Error {
    io::Error::other(error.cause().unwrap_or_else(|| error.to_string()))
}
