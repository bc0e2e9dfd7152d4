//! The published keys of receipts and checkpoints, as the offline commands read them. Not here: what they verify.

use std::{fs, path::PathBuf};

use clap::Args;
use common::{config::Config, key::KeyRing};
use receipt::JwkSet;

/// Where the keys are.
#[derive(Args)]
pub(crate) struct PublishedKeys {
    /// The published keys; without it, the public part of the keys in the data folder.
    #[arg(long)]
    jwks: Option<PathBuf>,
}

impl PublishedKeys {
    /// Reads them.
    pub(crate) fn read(&self) -> Result<JwkSet, String> {
        let set = match &self.jwks {
            Some(path) => text(path)?,
            None => {
                let config = Config::from_env().map_err(|error| error.to_string())?;
                let path = config.data.join("keys").join("procurement.jwks");
                let ring = KeyRing::parse(&text(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
                serde_json::to_string(&ring.public("receipt")).map_err(|error| error.to_string())?
            }
        };
        JwkSet::parse(&set).map_err(|error| format!("the keys: {error}"))
    }
}

/// The text of a file; an error names it.
pub(crate) fn text(path: &PathBuf) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
