//! `touchstone openapi`. Not here: the published files, which a test compares with this.

use std::io::{self, Write};

use clap::Args;

use crate::{serve::told, services};

/// Print an OpenAPI document.
#[derive(Args)]
pub(crate) struct Openapi {
    /// Only this service; without it, the whole platform.
    #[arg(long)]
    service: Option<String>,
}

impl Openapi {
    pub(crate) fn run(self) -> io::Result<()> {
        let documents = services::documents().map_err(told)?;
        let document = match self.service {
            None => gateway::page::merged(&documents).map_err(told)?,
            Some(name) => {
                let found = documents.into_iter().find(|document| document.name == name);
                let unknown = || io::Error::other(format!("there is no service {name:?}; there are {}", services::NAMES.join(", ")));
                found.ok_or_else(unknown)?.json
            }
        };
        let text = serde_json::to_string_pretty(&document).map_err(io::Error::other)?;
        writeln!(io::stdout(), "{text}")
    }
}
