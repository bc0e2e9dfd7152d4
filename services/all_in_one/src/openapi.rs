//! `touchstone openapi`. Not here: the published files, which a test compares with this.

use std::io::{self, Write};

use clap::Args;

use crate::services;

/// Print an OpenAPI document.
#[derive(Args)]
pub(crate) struct Openapi {
    /// Only this service; without it, the whole platform.
    #[arg(long)]
    service: Option<String>,
}

impl Openapi {
    pub(crate) fn run(self) -> io::Result<()> {
        let documents = services::documents();
        let document = match self.service {
            None => gateway::page::merged(&documents),
            Some(name) => {
                let found = documents.into_iter().find(|(known, _)| *known == name);
                let unknown = || io::Error::other(format!("there is no service {name:?}; there are {}", services::NAMES.join(", ")));
                found.ok_or_else(unknown)?.1
            }
        };
        let text = serde_json::to_string_pretty(&document).map_err(io::Error::other)?;
        writeln!(io::stdout(), "{text}")
    }
}
