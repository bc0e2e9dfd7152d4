#![doc = include_str!("../README.md")]

pub mod author;
pub mod citation;
pub mod classification;
pub mod clause;
pub mod comparison;
pub mod edition;
pub mod import;
pub mod indicator;
pub mod method_conversion;
mod problem;
pub mod published_list;
mod schema;
pub mod standard;
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
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
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
        Ok(Self { clock: platform.clock.clone(), chance: platform.chance.clone(), calendars: platform.calendars.clone(), db })
    }

    fn routes(config: &mut ServiceConfig<'_>) {
        catalogue(config);
        requirements(config);
    }

    fn jobs(_service: &Arc<Self>, _platform: &Platform) -> Vec<Job> {
        Vec::new()
    }
}

/// Editions of all levels and what a citation means.
fn catalogue(config: &mut ServiceConfig<'_>) {
    config
        .service(classification::http::list_ics)
        .service(classification::http::list_ccs)
        .service(import::http::import_standards)
        .service(import::http::read_import)
        .service(citation::http::resolve_citations)
        .service(standard::http::list_standard_editions)
        .service(standard::http::read_standard_history)
        .service(edition::http::list_standards)
        .service(standard::http::read_standard)
        .service(edition::http::read_edition)
        .service(edition::http::list_relations);
}

/// Clauses, conversions between their test methods, and comparisons.
fn requirements(config: &mut ServiceConfig<'_>) {
    config
        .service(clause::http::update_clauses)
        .service(clause::http::read_clauses)
        .service(method_conversion::http::create_method_conversion)
        .service(method_conversion::http::withdraw_method_conversion)
        .service(method_conversion::http::read_method_conversion)
        .service(method_conversion::http::list_method_conversions)
        .service(comparison::http::compare_editions)
        .service(comparison::http::create_comparison)
        .service(comparison::http::read_comparison)
        .service(comparison::http::list_comparisons);
}
