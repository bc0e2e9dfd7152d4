#![doc = include_str!("../README.md")]

pub mod deadline;
pub mod detail;
pub mod draft;
pub mod eligibility;
pub mod enterprise;
pub mod evaluation;
pub mod fact;
pub mod field;
pub mod foreign_producer;
pub mod history;
pub mod intake;
pub mod mark;
pub mod match_reason;
pub mod matching;
pub mod merger;
pub mod model_check;
pub mod name_key;
pub mod name_part;
pub mod objection;
mod problem;
pub mod public_page;
pub mod publicity;
pub mod query_log;
pub mod reconcile;
pub mod register_file;
pub mod register_right;
pub mod repair;
mod schema;
pub mod score;
pub mod scoring_model;
pub mod script;
pub mod search;
pub mod selector;
pub mod timeline;
pub mod withdrawal;

use std::sync::Arc;

use actix_web::HttpRequest;
use common::{
    calendar::Calendars,
    clock::Clock,
    db::Db,
    error::{Code, Error, Result},
    service::{Job, Platform, Service},
};
use contracts::credit::Fact;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use model::{instant::Day, policy::Policy};
use utoipa_actix_web::service_config::ServiceConfig;

/// The service.
pub struct Credit {
    /// Time.
    pub clock: Clock,
    /// The scoring models.
    pub models: score::Models,
    /// Who may assert what, by day.
    pub rights: Policy<fact::rules::Rights>,
    /// Who may say what of a register entry, by day.
    pub register_rights: Policy<register_right::rules::Rights>,
    /// Which deadlines facts set, by day.
    pub deadlines: Policy<Vec<deadline::rules::Rule>>,
    /// For how long facts are public, by day.
    pub regimes: publicity::rules::Regimes,
    /// What a credit repair asks for, by day.
    pub repairs: Policy<eligibility::rules::Regime>,
    /// How objections are handled, by day.
    pub objections: Policy<objection::rules::Clocks>,
    /// The work calendar.
    pub calendars: Calendars,
    /// What is public, by day.
    pub scope: Policy<public_page::rules::Scope>,
    /// Who looked at what.
    pub query_log: Arc<query_log::QueryLog>,
    db: Db,
}

impl Credit {
    fn scope_on(&self, day: Day) -> Result<&public_page::rules::Scope> {
        let row = self.scope.at(day).ok_or_else(|| Error::internal("no policy says what is public today"))?;
        Ok(&row.value)
    }

    fn deadlines_of(&self, fact: &Fact) -> Vec<deadline::rules::Deadline> {
        deadline::rules::of(&self.deadlines, fact, &self.calendars.current())
    }
}

impl Service for Credit {
    const NAME: &'static str = "credit";
    const TITLE: &'static str = "Touchstone credit";
    const ABOUT: &'static str = "Enterprises, the facts of their integrity file on two time axes, and their quality-credit score.";
    const CODES: &'static [Code] = problem::CODES;

    fn migrations() -> EmbeddedMigrations {
        const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
        MIGRATIONS
    }

    fn build(platform: &Platform, db: Db) -> Result<Self> {
        Ok(Self {
            clock: platform.clock.clone(),
            models: score::Models::built_in()?,
            rights: fact::rules::rights().map_err(Error::internal)?,
            register_rights: register_right::rules::rights().map_err(Error::internal)?,
            deadlines: deadline::rules::policy().map_err(Error::internal)?,
            regimes: publicity::rules::Regimes::built_in().map_err(Error::internal)?,
            repairs: eligibility::rules::policy().map_err(Error::internal)?,
            objections: objection::rules::policy().map_err(Error::internal)?,
            calendars: platform.calendars.clone(),
            scope: public_page::rules::policy().map_err(Error::internal)?,
            query_log: Arc::new(query_log::http::open(platform.metrics.clone())?),
            db,
        })
    }

    fn routes(config: &mut ServiceConfig<'_>) {
        config
            .service(register_file::http::import_enterprises)
            .service(enterprise::http::list_enterprises)
            .service(enterprise::http::update_enterprise)
            .service(enterprise::http::read_enterprise)
            .service(history::http::list_enterprise_versions)
            .service(foreign_producer::http::list_foreign_producers)
            .service(foreign_producer::http::update_foreign_producer)
            .service(foreign_producer::http::read_foreign_producer)
            .service(reconcile::http::read_reconciliation)
            .service(reconcile::http::create_reconciliation)
            .service(reconcile::http::suggest_entities)
            .service(reconcile::http::suggest_properties)
            .service(merger::http::merge_enterprise)
            .service(intake::http::create_facts)
            .service(fact::http::create_fact)
            .service(fact::http::read_fact)
            .service(fact::http::supersede_fact)
            .service(fact::http::annul_fact)
            .service(fact::http::list_facts)
            .service(mark::http::stay_fact)
            .service(mark::http::resume_fact)
            .service(objection::http::create_objection)
            .service(objection::http::list_objections)
            .service(objection::http::read_objection)
            .service(objection::http::decide_objection)
            .service(objection::http::withdraw_objection)
            .service(repair::http::create_repair)
            .service(repair::http::list_repairs)
            .service(repair::http::read_repair)
            .service(repair::http::accept_repair)
            .service(repair::http::decide_repair)
            .service(repair::http::confirm_repair)
            .service(repair::http::revoke_repair)
            .service(repair::http::withdraw_repair)
            .service(eligibility::http::read_eligibility)
            .service(score::http::read_score)
            .service(score::http::list_models)
            .service(public_page::http::read_public_enterprise)
            .service(public_page::http::read_public_list)
            .service(query_log::http::list_look_ups)
            .service(query_log::http::list_readers);
    }

    fn jobs(service: &Arc<Self>, _platform: &Platform) -> Vec<Job> {
        let (db, log) = (service.db.clone(), &service.query_log);
        vec![
            Box::pin(deadline::actions::follow(db.clone(), service.calendars.clone())),
            Box::pin(Arc::clone(log).keep(db.clone())),
            Box::pin(withdrawal::actions::follow(db.clone(), service.clock.clone())),
            Box::pin(Arc::clone(log).sweep(db, service.clock.clone())),
        ]
    }

    fn answered(service: &Arc<Self>, request: &HttpRequest, status: u16) {
        query_log::http::note(service, request, status);
    }
}
