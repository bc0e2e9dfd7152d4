//! `touchstone clients`. Not here: what makes a good client, `gateway::client`.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use clap::{Args, Subcommand};
use common::{
    config::Config,
    service::{Platform, Service},
};
use gateway::{
    Gateway,
    client::actions::{Previous, add_client, checked},
};

use crate::serve::{platform, told};

/// Manage the clients that may ask for tokens.
#[derive(Subcommand)]
pub(crate) enum Clients {
    /// Add a client, or change it and give it a further secret; the secret is printed once, the previous one works on.
    Add(Add),
}

/// What a client is.
#[derive(Args)]
pub(crate) struct Add {
    /// Its name.
    #[arg(long)]
    client_id: String,
    /// The Unified Social Credit Code of its organisation.
    #[arg(long)]
    org: String,
    /// authority, association, enterprise, buyer, insurer, laboratory, integrator or service.
    #[arg(long)]
    role: String,
    /// Scopes, separated by commas or blanks.
    #[arg(long)]
    scopes: String,
}

impl Clients {
    pub(crate) fn run(self) -> io::Result<()> {
        let config = Config::from_env().map_err(io::Error::other)?;
        let Self::Add(add) = self;
        let scopes: Vec<String> = add.scopes.split([',', ' ']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
        let client = checked(&add.client_id, &add.org, &add.role, &scopes).map_err(io::Error::other)?;
        let secret = actix_web::rt::System::new().block_on(async move {
            let platform: Platform = platform(config, BTreeMap::new())?;
            let db = platform.open(Gateway::NAME, Gateway::migrations()).map_err(told)?;
            add_client(&db, &platform.chance, client, Previous::Keep).await.map_err(told)
        })?;
        writeln!(io::stdout(), "{secret}")
    }
}
