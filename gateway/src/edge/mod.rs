//! The edge: one address for every service, in this process or another. It checks limits, tokens and scopes from the documents, and routes on the
//! same path. Not here: what the services do, and the checks themselves, `common::http::guard`.

#[cfg(test)]
mod tests;

use std::{net::TcpListener, sync::Arc};

use actix_web::web::{Data, ServiceConfig};
use common::{
    error::{Code, Error, Result},
    http::guard::{Guard, Limits, Operations},
    service::{Mount, Platform},
};
use utoipa::openapi::OpenApi;

use crate::{
    CODES, Gateway, client,
    key::http::AllScopes,
    page::{self, Document, actions::Pages},
    token,
    upstream::{
        self,
        http::Target,
        rules::{Paths, authority},
    },
};

/// The path that authenticates by itself, with client credentials instead of a token.
const TOKEN: &str = "/oauth2/token";

/// Where a service is.
pub enum Upstream {
    /// In this process, without a hop.
    Local(Box<Mount>),
    /// In another.
    Remote {
        /// Its name, the first segment of its paths.
        name: String,
        /// Its address, `http://host:port`.
        url: String,
        /// Its document, as it was when this gateway was built: only what stands in it is routed.
        document: Box<Document>,
    },
}

impl Upstream {
    /// A service in this process.
    #[must_use]
    pub fn local(mount: Mount) -> Self {
        Self::Local(Box::new(mount))
    }

    /// A service in another process, with its document as text.
    ///
    /// # Errors
    /// When the document cannot be read.
    pub fn remote(name: &str, url: &str, document: &str) -> Result<Self> {
        let document = Document::parse(name, document)?;
        Ok(Self::Remote { name: name.to_owned(), url: url.to_owned(), document: Box::new(document) })
    }

    fn document(&self) -> Result<Document> {
        match self {
            Self::Local(mount) => Document::of(mount.name, &mount.document),
            Self::Remote { document, .. } => Ok(Document::clone(document)),
        }
    }
}

/// Runs the edge on these listeners until the process is told to stop. The clients of the settings are applied before.
///
/// # Errors
/// When the clients, the documents or a listener cannot be used.
pub async fn run(
    platform: &Platform,
    gateway: (Mount, Arc<Gateway>),
    upstreams: Vec<Upstream>,
    listeners: Vec<TcpListener>,
) -> std::io::Result<()> {
    let (mount, gateway) = gateway;
    if let Some(path) = &platform.config.clients {
        let applied = client::actions::apply_file(&gateway.db, &gateway.chance, path).await;
        let count = applied.map_err(|error| std::io::Error::other(cause(&error)))?;
        tracing::info!(count, "clients applied");
    }
    let edge = Edge::new(platform, mount, gateway, upstreams).map_err(|error| std::io::Error::other(cause(&error)))?;
    let guard = edge.guard.clone();
    common::service::serve(platform, listeners, guard, move |config| edge.configure(config)).await
}

/// The cause for the operator, who sees it at start.
fn cause(error: &Error) -> String {
    error.cause().unwrap_or_else(|| error.to_string())
}

/// Everything that an app of the edge is made of.
#[derive(Clone)]
pub struct Edge {
    guard: Guard,
    gateway: Data<Gateway>,
    scopes: Data<AllScopes>,
    pages: Data<Pages>,
    mounts: Arc<Vec<Mount>>,
    targets: Arc<Vec<Target>>,
}

impl Edge {
    /// Puts the edge together.
    ///
    /// # Errors
    /// When documents clash or an address cannot be used.
    pub fn new(platform: &Platform, mount: Mount, gateway: Arc<Gateway>, upstreams: Vec<Upstream>) -> Result<Self> {
        let own = Document::of(mount.name, &crate::document());
        let documents = std::iter::once(own).chain(upstreams.iter().map(Upstream::document)).collect::<Result<Vec<_>>>()?;
        let (mut mounts, mut targets) = (vec![mount], Vec::new());
        for upstream in upstreams {
            match upstream {
                Upstream::Local(mount) => mounts.push(*mount),
                Upstream::Remote { name, url, document } => {
                    let (connect, host) = authority(&url).map_err(|why| Error::internal(format!("{name}: {why}")))?;
                    let paths = Arc::new(Paths::new(document.outline.paths.paths.keys()));
                    targets.push(Target { name, connect, host, paths, config: Arc::clone(&platform.config) });
                }
            }
        }
        let codes: Vec<&[Code]> = mounts.iter().map(|mount| mount.codes).chain([CODES]).collect();
        let pages = Data::new(Pages::new(&documents, codes)?);
        Ok(Self {
            guard: guard(platform, &documents)?,
            gateway: Data::from(gateway),
            scopes: Data::new(AllScopes(page::scopes(&documents))),
            pages,
            mounts: Arc::new(mounts),
            targets: Arc::new(targets),
        })
    }

    /// What checks every request before it is routed.
    #[must_use]
    pub const fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Puts everything into an app.
    pub fn configure(&self, config: &mut ServiceConfig) {
        config
            .app_data(Data::clone(&self.gateway))
            .app_data(Data::clone(&self.scopes))
            .service(token::http::create_token)
            .service(crate::key::http::read_keys)
            .service(crate::key::http::read_metadata);
        for mount in self.mounts.iter() {
            mount.configure(config);
        }
        for target in self.targets.iter() {
            upstream::http::configure(config, target);
        }
        page::http::configure(config, &self.pages);
    }
}

fn guard(platform: &Platform, documents: &[Document]) -> Result<Guard> {
    let guarded: Vec<OpenApi> = documents
        .iter()
        .map(|document| {
            let mut document = document.outline.clone();
            // Its `Authorization` is HTTP Basic, which is no token; it has limits of its own.
            document.paths.paths.remove(TOKEN);
            document
        })
        .collect();
    let config = Arc::clone(&platform.config);
    let limits = Limits {
        kv: platform.kv.clone(),
        per_minute: u64::from(platform.config.rate_limit_per_minute),
        clock: platform.clock.clone(),
        metrics: platform.metrics.clone(),
        address: Arc::new(move |request| upstream::http::address_of(request, &config)),
        free: &[crate::key::http::KEYS],
    };
    Ok(Guard::new(Operations::of(&guarded)?, platform.verifier.clone()).with_limits(limits))
}
