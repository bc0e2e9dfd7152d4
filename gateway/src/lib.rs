#![doc = include_str!("../README.md")]

pub mod client;
pub mod edge;
mod key;
mod link;
pub mod page;
mod schema;
mod secret;
mod token;
mod upstream;

use std::sync::Arc;

use actix_web::App;
use common::{
    chance::Chance,
    clock::Clock,
    config::Config,
    db::Db,
    error::{Code, Result},
    key::KeyRing,
    kv::Kv,
    metrics::Metrics,
    service::{Job, Platform, Service},
};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::{AppExt, service_config::ServiceConfig};

use key::actions::Receipts;
use secret::Secrets;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// The codes of the gateway's own refusals.
pub const CODES: &[Code] = &[token::rules::INVALID_REQUEST, token::rules::UNSUPPORTED_GRANT, token::rules::INVALID_SCOPE];

/// The gateway as a service: clients, tokens and keys.
pub struct Gateway {
    pub(crate) db: Db,
    pub(crate) chance: Chance,
    pub(crate) clock: Clock,
    pub(crate) kv: Kv,
    pub(crate) metrics: Metrics,
    pub(crate) config: Arc<Config>,
    pub(crate) ring: KeyRing,
    pub(crate) secrets: Secrets,
    pub(crate) receipts: Receipts,
}

impl Gateway {
    /// Its database, for adding clients beside the running process.
    #[must_use]
    pub const fn db(&self) -> &Db {
        &self.db
    }
}

impl Service for Gateway {
    const NAME: &'static str = "gateway";
    const TITLE: &'static str = "Gateway";
    const ABOUT: &'static str = "Access tokens, public keys, and the way to every service.";
    const CODES: &'static [Code] = CODES;

    fn migrations() -> EmbeddedMigrations {
        MIGRATIONS
    }

    fn build(platform: &Platform, db: Db) -> Result<Self> {
        Ok(Self {
            db,
            chance: platform.chance.clone(),
            clock: platform.clock.clone(),
            kv: platform.kv.clone(),
            metrics: platform.metrics.clone(),
            config: Arc::clone(&platform.config),
            ring: platform.keys(Self::NAME, platform.config.signing_key.as_ref())?,
            secrets: Secrets::new(&platform.chance)?,
            // Where procurement does not run there are no receipts to verify.
            receipts: Receipts::new(platform.peer("procurement").ok()),
        })
    }

    fn routes(_config: &mut ServiceConfig<'_>) {}

    fn jobs(service: &Arc<Self>, _platform: &Platform) -> Vec<Job> {
        vec![Box::pin(key::actions::follow_receipts(Arc::clone(service)))]
    }
}

/// The document of the gateway's own operations, those outside `/gateway/v1` included.
#[must_use]
pub fn document() -> OpenApi {
    let public = App::new()
        .into_utoipa_app()
        .service(token::http::create_token)
        .service(key::http::read_keys)
        .service(key::http::read_metadata)
        .split_for_parts()
        .1;
    let mut document = common::document::of::<Gateway>();
    document.merge(public);
    common::document::finish(&mut document, Gateway::TITLE, Gateway::ABOUT);
    document
}
