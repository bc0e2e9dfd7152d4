#![doc = include_str!("../README.md")]

pub mod detail;
pub mod draft;
pub mod enterprise;
pub mod evaluation;
pub mod fact;
pub mod field;
pub mod intake;
pub mod model_check;
mod schema;
pub mod score;
pub mod scoring_model;
pub mod selector;
pub mod timeline;

use std::sync::Arc;

use common::{
    clock::Clock,
    db::Db,
    error::{Code, Error, Result},
    service::{Job, Platform, Service},
};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use model::policy::Policy;
use utoipa_actix_web::service_config::ServiceConfig;

/// The service.
pub struct Credit {
    /// Time.
    pub clock: Clock,
    /// The scoring models.
    pub models: score::Models,
    /// Who may assert what, by day.
    pub rights: Policy<fact::rules::Rights>,
}

impl Service for Credit {
    const NAME: &'static str = "credit";
    const TITLE: &'static str = "Touchstone credit";
    const ABOUT: &'static str = "Enterprises, the facts of their integrity file on two time axes, and their quality-credit score.";
    const CODES: &'static [Code] = &[];

    fn migrations() -> EmbeddedMigrations {
        const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
        MIGRATIONS
    }

    fn build(platform: &Platform, _db: Db) -> Result<Self> {
        Ok(Self { clock: platform.clock.clone(), models: score::Models::built_in()?, rights: fact::rules::rights().map_err(Error::internal)? })
    }

    fn routes(config: &mut ServiceConfig<'_>) {
        config
            .service(intake::http::import_enterprises)
            .service(enterprise::http::list_enterprises)
            .service(enterprise::http::update_enterprise)
            .service(enterprise::http::read_enterprise)
            .service(intake::http::create_facts)
            .service(fact::http::create_fact)
            .service(fact::http::read_fact)
            .service(fact::http::supersede_fact)
            .service(fact::http::annul_fact)
            .service(fact::http::list_facts)
            .service(score::http::read_score)
            .service(score::http::list_models);
    }

    fn jobs(_service: &Arc<Self>, _platform: &Platform) -> Vec<Job> {
        Vec::new()
    }
}
