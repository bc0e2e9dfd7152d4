#![doc = include_str!("../README.md")]

pub mod author;
pub mod clause;
pub mod declaration;
pub mod declaration_draft;
pub mod draw;
pub mod edition;
mod problem;
mod schema;
pub mod shortfall;
pub mod unit;

use std::sync::Arc;

use common::{
    calendar::Calendars,
    chance::Chance,
    clock::Clock,
    db::Db,
    error::{Code, Result},
    service::{Job, Platform, Service},
};
use declaration::rules::DeclarationTerms;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use model::policy::Policy;
use utoipa_actix_web::service_config::ServiceConfig;

/// The service.
pub struct Standards {
    /// Its database.
    pub db: Db,
    /// Time.
    pub clock: Clock,
    /// Chance.
    pub chance: Chance,
    /// The work calendar.
    pub calendars: Calendars,
    /// How long what follows from declarations takes.
    pub declaration_terms: Policy<DeclarationTerms>,
}

impl Service for Standards {
    const NAME: &'static str = "standards";
    const TITLE: &'static str = "Touchstone standards";
    const ABOUT: &'static str =
        "What a citation of a standard means on a day; the register of associations, group standards, clauses and self-declarations.";
    const CODES: &'static [Code] = problem::CODES;

    fn migrations() -> EmbeddedMigrations {
        const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
        MIGRATIONS
    }

    fn build(platform: &Platform, db: Db) -> Result<Self> {
        Ok(Self {
            clock: platform.clock.clone(),
            chance: platform.chance.clone(),
            calendars: platform.calendars.clone(),
            declaration_terms: declaration::rules::policy()?,
            db,
        })
    }

    fn routes(config: &mut ServiceConfig<'_>) {
        catalogue(config);
        declarations(config);
    }

    fn jobs(_service: &Arc<Self>, _platform: &Platform) -> Vec<Job> {
        Vec::new()
    }
}

/// Editions of all levels and what a citation means.
fn catalogue(config: &mut ServiceConfig<'_>) {
    config.service(edition::http::list_editions).service(edition::http::read_edition).service(edition::http::list_relations);
}

/// Self-declarations and their checks.
fn declarations(config: &mut ServiceConfig<'_>) {
    config
        .service(declaration::http::create_declaration)
        .service(declaration::http::update_declaration)
        .service(declaration::http::withdraw_declaration)
        .service(declaration::http::read_declaration)
        .service(declaration::http::read_public_declaration)
        .service(declaration::http::list_enterprise_declarations)
        .service(declaration::http::list_edition_declarations);
}
