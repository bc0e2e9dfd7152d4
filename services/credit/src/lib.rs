#![doc = include_str!("../README.md")]

pub mod cell;
pub mod deadline;
pub mod detail;
pub mod draft;
pub mod eligibility;
pub mod enterprise;
pub mod evaluation;
pub mod export;
pub mod fact;
pub mod fact_file;
pub mod field;
pub mod foreign_producer;
pub mod history;
pub mod intake;
pub mod kept_file;
pub mod list;
pub mod listing;
pub mod listing_condition;
pub mod listing_fact;
pub mod listing_policy;
pub mod listing_proposal;
pub mod listing_step;
pub mod mapping;
pub mod mark;
pub mod match_reason;
pub mod matching;
pub mod measure;
pub mod merger;
pub mod model_book;
pub mod model_check;
pub mod model_version;
pub mod name_key;
pub mod name_part;
pub mod objection;
mod problem;
pub mod proceeding;
pub mod public_page;
pub mod publicity;
pub mod query_log;
pub mod reconcile;
pub mod region;
pub mod register_file;
pub mod register_right;
pub mod repair;
pub mod risk;
pub mod row;
mod schema;
pub mod score;
pub mod score_batch;
pub mod score_run;
pub mod score_series;
pub mod scoring_model;
pub mod script;
pub mod search;
pub mod selector;
pub mod shadow;
pub mod sheet;
pub mod timeline;
pub mod what_if;
pub mod withdrawal;
pub mod work_lease;
pub mod workbook;

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
    /// The three lists, by day.
    pub lists: listing_policy::rules::Lists,
    /// The work calendar.
    pub calendars: Calendars,
    /// What is public, by day.
    pub scope: Policy<public_page::rules::Scope>,
    /// Exports that are being made.
    pub exports: export::http::Exports,
    /// Who looked at what.
    pub query_log: Arc<query_log::QueryLog>,
    /// What an enterprise can do for its grade, by day.
    pub what_if: Policy<what_if::rules::Catalogue>,
    /// Tells those who do long work that there is some.
    pub long_work: tokio::sync::Notify,
    /// The name of this process among the replicas.
    pub process: String,
    /// The regions that the operator has set.
    pub regions: Vec<Arc<region::actions::Source>>,
    /// Told when a file has arrived.
    pub imports: tokio::sync::Notify,
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
    const GUARDED_EVENTS: &'static [(&'static str, &'static str)] = risk::http::GUARDED_EVENTS;
    const CODES: &'static [Code] = problem::CODES;

    fn migrations() -> EmbeddedMigrations {
        const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
        MIGRATIONS
    }

    fn build(platform: &Platform, db: Db) -> Result<Self> {
        measure::actions::table()?;
        Ok(Self {
            clock: platform.clock.clone(),
            models: score::Models::open(&db)?,
            rights: fact::rules::rights().map_err(Error::internal)?,
            register_rights: register_right::rules::rights().map_err(Error::internal)?,
            deadlines: deadline::rules::policy().map_err(Error::internal)?,
            regimes: publicity::rules::Regimes::built_in().map_err(Error::internal)?,
            repairs: eligibility::rules::policy().map_err(Error::internal)?,
            objections: objection::rules::policy().map_err(Error::internal)?,
            lists: listing_policy::rules::lists().map_err(Error::internal)?,
            calendars: platform.calendars.clone(),
            scope: public_page::rules::policy().map_err(Error::internal)?,
            exports: export::http::Exports::default(),
            query_log: Arc::new(query_log::http::open(platform.metrics.clone())?),
            what_if: what_if::rules::catalogue().map_err(Error::internal)?,
            long_work: tokio::sync::Notify::new(),
            process: platform.chance.id("prc", platform.clock.now()),
            regions: region::actions::sources(platform.config.regions.as_deref(), &platform.clock)?,
            imports: tokio::sync::Notify::new(),
            db,
        })
    }

    fn routes(config: &mut ServiceConfig<'_>) {
        for part in [register, facts, cases, scores, exchange] {
            part(config);
        }
    }

    fn jobs(service: &Arc<Self>, _platform: &Platform) -> Vec<Job> {
        let (db, log) = (service.db.clone(), &service.query_log);
        let mut jobs: Vec<Job> = vec![
            Box::pin(deadline::actions::follow(db.clone(), service.calendars.clone())),
            Box::pin(score_run::actions::follow(Arc::clone(service))),
            Box::pin(shadow::actions::follow(Arc::clone(service))),
            Box::pin(Arc::clone(log).keep(db.clone())),
            Box::pin(export::actions::follow(Arc::clone(service))),
            Box::pin(withdrawal::actions::follow(db.clone(), service.clock.clone())),
            Box::pin(Arc::clone(log).sweep(db, service.clock.clone())),
            Box::pin(fact_file::actions::follow(Arc::clone(service))),
            Box::pin(risk::actions::follow(service.db.clone())),
        ];
        jobs.extend(
            service.regions.iter().map(|source| -> Job { Box::pin(region::actions::follow(Arc::clone(service), Arc::clone(source))) }),
        );
        jobs
    }

    fn answered(service: &Arc<Self>, request: &HttpRequest, status: u16) {
        query_log::http::note(service, request, status);
    }
}

/// The register: entries, names, mergers, producers abroad, reconciliation.
fn register(config: &mut ServiceConfig<'_>) {
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
        .service(merger::http::merge_enterprise);
}

/// The integrity file, one by one and many at once.
fn facts(config: &mut ServiceConfig<'_>) {
    config
        .service(intake::http::create_facts)
        .service(fact::http::create_fact)
        .service(fact::http::read_fact)
        .service(fact::http::supersede_fact)
        .service(fact::http::annul_fact)
        .service(fact::http::list_facts)
        .service(mark::http::stay_fact)
        .service(mark::http::resume_fact)
        .service(mapping::http::list_import_mappings)
        .service(mapping::http::update_import_mapping)
        .service(mapping::http::read_import_mapping)
        .service(fact_file::http::create_import)
        .service(fact_file::http::list_imports)
        .service(fact_file::http::list_import_refusals)
        .service(fact_file::http::read_import);
}

/// What is decided about enterprises: objections, repairs, lists, measures, and the internal risk class.
fn cases(config: &mut ServiceConfig<'_>) {
    config
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
        .service(list::http::list_due_listings)
        .service(listing_proposal::http::create_listing)
        .service(listing_proposal::http::apply_for_listing)
        .service(listing::http::list_listings)
        .service(listing::http::read_listing)
        .service(listing_step::http::notify_listing)
        .service(listing_step::http::reply_listing)
        .service(listing_step::http::consent_listing)
        .service(listing_step::http::decide_listing)
        .service(listing_step::http::publish_listing)
        .service(listing_step::http::remove_listing)
        .service(list::http::read_list)
        .service(measure::http::list_measures)
        .service(measure::http::read_measures)
        .service(measure::http::create_measure)
        .service(risk::http::read_risk)
        .service(risk::http::list_risks);
}

/// Scores and the models behind them.
fn scores(config: &mut ServiceConfig<'_>) {
    config
        .service(score::http::read_score)
        .service(score_series::http::list_changes)
        .service(what_if::http::ask_what_if)
        .service(score_batch::http::read_scores)
        .service(score_run::http::list_runs)
        .service(score_run::http::read_run)
        .service(shadow::http::create_shadow)
        .service(shadow::http::read_shadow)
        .service(model_version::http::list_models)
        .service(model_version::http::create_model)
        .service(model_version::http::publish_model)
        .service(model_version::http::read_model)
        .service(model_version::http::update_model);
}

/// What others may see and take away, and who looked.
fn exchange(config: &mut ServiceConfig<'_>) {
    config
        .service(export::http::create_export)
        .service(export::http::read_export_part)
        .service(export::http::read_export)
        .service(export::http::read_latest_export)
        .service(export::http::read_public_export_part)
        .service(public_page::http::read_public_enterprise)
        .service(public_page::http::read_public_list)
        .service(query_log::http::list_look_ups)
        .service(query_log::http::list_readers)
        .service(region::http::list_regions)
        .service(region::http::update_region)
        .service(region::http::read_region);
}
