//! `touchstone keys`. Not here: what a key file looks like, `common::key`.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::{Args, Subcommand};
use common::{chance::Chance, clock::Clock, config::Config, key::KeyRing};

use crate::serve::told;

/// Manage the keys that receipts are signed with.
#[derive(Subcommand)]
pub(crate) enum Keys {
    /// Sign with a new key from now on; what older keys signed still verifies. A running service takes it up within seconds.
    Rotate(Rotate),
}

/// Which keys.
#[derive(Args)]
pub(crate) struct Rotate {
    /// The file with the private keys; without it, that of the data folder.
    #[arg(long)]
    file: Option<PathBuf>,
}

impl Keys {
    pub(crate) fn run(self) -> io::Result<()> {
        let Self::Rotate(rotate) = self;
        let file = match rotate.file {
            Some(file) => file,
            None => Config::from_env().map_err(io::Error::other)?.data.join("keys").join("procurement.jwks"),
        };
        let kid = KeyRing::rotate(&file, Clock::system().now(), &Chance::system()).map_err(told)?;
        writeln!(io::stdout(), "{kid}")
    }
}
