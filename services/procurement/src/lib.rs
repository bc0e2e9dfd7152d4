#![doc = include_str!("../README.md")]

pub mod assessment;
pub mod award;
pub mod award_notice;
pub mod award_terms;
pub mod batch;
pub mod bid;
pub mod buyer;
pub mod candidate;
pub mod catalogue;
pub mod challenge;
pub mod challenge_step;
pub mod challenge_word;
pub mod change;
pub mod citation_report;
pub mod condition;
pub mod consortium;
pub mod contract;
pub mod counterfactual;
pub mod credential;
pub mod criterion;
pub mod deadline;
pub mod decision;
pub mod deduction;
pub mod delivery;
pub mod discrimination;
pub mod draw;
pub mod espd;
pub mod evaluation;
pub mod exclusion;
pub mod exclusion_entry;
pub mod expression;
pub mod extra_condition;
pub mod ledger;
pub mod ocds;
pub mod ocds_merge;
pub mod opening;
pub mod parameter;
pub mod performance;
pub mod performance_report;
mod problem;
pub mod publication;
pub mod ranking;
pub mod receipt_key;
pub mod recheck;
pub mod reconsideration;
pub mod relation;
pub mod replay;
pub mod round;
pub mod rulebook;
pub mod ruleset;
pub mod scalar;
mod schema;
pub mod scoring;
pub mod screening;
pub mod selection;
pub mod selection_entry;
pub mod self_test;
pub mod sensitivity;
pub mod sent;
pub mod shadow;
pub mod signing;
pub mod source;
pub mod standard_criterion;
pub mod standard_register;
pub mod standing;
pub mod status;
pub mod tender;
pub mod verification;
pub mod watch;
pub mod webhook;
pub mod xml;

use std::{sync::Arc, time::Duration};

use common::{
    calendar::Calendars,
    chance::Chance,
    clock::Clock,
    db::Db,
    error::{Code, Result},
    feed::Follower,
    metrics::Metrics,
    outbound::Outbound,
    service::{Job, Platform, Service},
};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use model::policy::Policy;
use utoipa_actix_web::service_config::ServiceConfig;

/// Rulesets published by another replica are seen this often.
const LOOK: Duration = Duration::from_secs(5);

/// The service.
pub struct Procurement {
    /// Its database.
    pub db: Db,
    /// Time.
    pub clock: Clock,
    /// Chance.
    pub chance: Chance,
    /// The published rulesets.
    pub rulebook: rulebook::actions::Rulebook,
    /// What is known of suppliers.
    pub standings: standing::actions::Standings,
    /// What lots ask, compiled.
    pub terms: tender::actions::Kept,
    /// The keys of receipts, old ones included.
    pub keys: Arc<receipt_key::actions::Keys>,
    /// Where the statuses of receipts will stand.
    pub places: status::actions::Places,
    /// The way to webhooks.
    pub outbound: Outbound,
    /// Figures.
    pub metrics: Metrics,
    /// The work calendar.
    pub calendars: Calendars,
    /// The clocks of challenges by day.
    pub challenge_clocks: Policy<challenge::rules::Clocks>,
    /// The clocks of awards and the bounds of contracts by day.
    pub award_terms: Policy<award_terms::rules::Terms>,
}

impl Service for Procurement {
    const NAME: &'static str = "procurement";
    const TITLE: &'static str = "Touchstone procurement";
    const ABOUT: &'static str = "Whether a supplier may take part, as of the cut-off, why, and the signed proof.";
    const CODES: &'static [Code] = problem::CODES;

    fn migrations() -> EmbeddedMigrations {
        const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
        MIGRATIONS
    }

    fn build(platform: &Platform, db: Db) -> Result<Self> {
        let configured = if platform.is_alone() { platform.config.signing_key.as_ref() } else { None };
        let keys = platform.keys(Self::NAME, configured)?;
        Ok(Self {
            rulebook: rulebook::actions::Rulebook::open(&db)?,
            standings: standing::actions::Standings::open(db.clone())?,
            terms: tender::actions::Kept::default(),
            keys: Arc::new(receipt_key::actions::Keys::new(platform.key_file(Self::NAME, configured), keys)?),
            places: status::actions::Places::new(platform.config.issuer.clone()),
            calendars: platform.calendars.clone(),
            challenge_clocks: challenge::rules::policy()?,
            award_terms: award_terms::rules::policy()?,
            clock: platform.clock.clone(),
            chance: platform.chance.clone(),
            outbound: Outbound::new(&platform.config)?,
            metrics: platform.metrics.clone(),
            db,
        })
    }

    fn routes(config: &mut ServiceConfig<'_>) {
        decisions(config);
        tenders(config);
        aftermath(config);
    }

    fn jobs(service: &Arc<Self>, platform: &Platform) -> Vec<Job> {
        let mut jobs: Vec<Job> = vec![Box::pin(service.standings.clone().tail(platform.clock.clone()))];
        match platform.peer(standing::rules::CREDIT) {
            Ok(peer) => {
                jobs.push(Box::pin(performance_report::actions::follow(Arc::clone(service), peer.clone())));
                let follower = Follower {
                    source: standing::rules::CREDIT,
                    db: service.db.clone(),
                    peer,
                    projection: Arc::new(standing::actions::project),
                    metrics: platform.metrics.clone(),
                };
                jobs.push(Box::pin(follower.run()));
            }
            Err(error) => tracing::error!(cause = %error, "credit is not followed"),
        }
        match platform.peer(standing::rules::STANDARDS) {
            Ok(peer) => {
                jobs.push(Box::pin(citation_report::actions::follow(Arc::clone(service), peer.clone())));
                let follower = Follower {
                    source: standing::rules::STANDARDS,
                    db: service.db.clone(),
                    peer,
                    projection: Arc::new(standard_register::actions::project),
                    metrics: platform.metrics.clone(),
                };
                jobs.push(Box::pin(follower.run()));
            }
            Err(error) => tracing::error!(cause = %error, "the register of standards is not followed"),
        }
        jobs.push(Box::pin(ledger::actions::follow(Arc::clone(service))));
        jobs.push(Box::pin(deadline::actions::follow(Arc::clone(service), service.calendars.clone())));
        jobs.push(Box::pin(receipt_key::actions::follow(Arc::clone(&service.keys))));
        jobs.push(Box::pin(delivery::actions::follow(Arc::clone(service))));
        jobs.push(Box::pin(reconsideration::actions::follow(Arc::clone(service))));
        jobs.push(Box::pin(round::actions::follow(Arc::clone(service))));
        jobs.push(Box::pin(recheck::actions::follow(Arc::clone(service))));
        let inner = Arc::clone(service);
        jobs.push(Box::pin(async move {
            loop {
                tokio::time::sleep(LOOK).await;
                if let Err(error) = inner.rulebook.refresh(&inner.db).await {
                    tracing::warn!(cause = %error, "published rulesets cannot be read right now");
                }
            }
        }));
        jobs
    }
}

/// Rules, decisions and their proof.
fn decisions(config: &mut ServiceConfig<'_>) {
    config
        .service(catalogue::http::list_criteria)
        .service(ruleset::http::list_rulesets)
        .service(ruleset::http::validate_ruleset)
        .service(ruleset::http::create_ruleset)
        .service(ruleset::http::update_ruleset)
        .service(ruleset::http::publish_ruleset)
        .service(ruleset::http::read_ruleset)
        .service(shadow::http::create_ruleset_shadow)
        .service(batch::http::create_decisions)
        .service(batch::http::read_batch)
        .service(batch::http::read_batch_line)
        .service(batch::http::replay_batch)
        .service(batch::http::replay_batch_line)
        .service(decision::http::create_decision)
        .service(replay::http::replay_decision)
        .service(counterfactual::http::create_counterfactual)
        .service(decision::http::read_decision)
        .service(verification::http::verify_receipt)
        .service(status::http::read_status_list)
        .service(status::http::read_decision_status)
        .service(status::http::revoke_decision)
        .service(credential::http::read_credential)
        .service(receipt_key::http::list_keys)
        .service(ledger::http::read_checkpoint)
        .service(ledger::http::read_consistency)
        .service(ledger::http::read_inclusion);
}

/// Tenders, who may take part in them, and their evaluation.
fn tenders(config: &mut ServiceConfig<'_>) {
    config
        .service(evaluation::http::create_evaluation)
        .service(evaluation::http::list_evaluations)
        .service(evaluation::http::replay_evaluation)
        .service(evaluation::http::read_evaluation)
        .service(relation::http::compare_bidders)
        .service(tender::http::list_tenders)
        .service(tender::http::list_tender_versions)
        .service(tender::http::publish_tender)
        .service(tender::http::cancel_tender)
        .service(screening::http::create_dry_run)
        .service(screening::http::list_eligible)
        .service(round::http::create_round)
        .service(round::http::list_round_lines)
        .service(round::http::read_round)
        .service(source::http::update_tender_ocds)
        .service(source::http::update_tender_espd)
        .service(source::http::list_tender_sources)
        .service(source::http::read_tender_source)
        .service(tender::http::update_tender)
        .service(tender::http::read_tender);
}

/// What comes after a decision: who is told of a change, challenges, awards, contracts and their performance.
fn aftermath(config: &mut ServiceConfig<'_>) {
    config
        .service(webhook::http::create_webhook)
        .service(webhook::http::list_webhooks)
        .service(webhook::http::read_webhook)
        .service(webhook::http::update_webhook)
        .service(webhook::http::delete_webhook)
        .service(webhook::http::rotate_webhook_secret)
        .service(delivery::http::create_webhook_test)
        .service(delivery::http::list_webhook_deliveries)
        .service(delivery::http::redeliver_webhook_message)
        .service(watch::http::create_watch)
        .service(watch::http::list_watches)
        .service(watch::http::end_watch)
        .service(watch::http::list_watch_flips)
        .service(watch::http::read_watch)
        .service(challenge::http::create_challenge)
        .service(challenge::http::list_challenges)
        .service(challenge_step::http::answer_challenge)
        .service(challenge_step::http::complain_challenge)
        .service(challenge_step::http::withdraw_challenge)
        .service(challenge_step::http::accept_complaint)
        .service(challenge_step::http::reject_complaint)
        .service(challenge_step::http::stay_complaint)
        .service(challenge_step::http::resume_complaint)
        .service(challenge_step::http::suspend_procurement)
        .service(challenge_step::http::lift_suspension)
        .service(challenge_step::http::decide_complaint)
        .service(challenge::http::read_challenge)
        .service(award::http::create_award)
        .service(award::http::read_award)
        .service(award::http::publish_award)
        .service(award::http::give_up_award)
        .service(award_notice::http::list_public_awards)
        .service(award_notice::http::read_public_award)
        .service(contract::http::create_contract)
        .service(contract::http::publish_contract)
        .service(contract::http::file_contract)
        .service(contract::http::create_supplement)
        .service(performance::http::create_performance)
        .service(performance::http::list_performances)
        .service(performance::http::correct_performance)
        .service(performance::http::withdraw_performance)
        .service(performance::http::read_performance);
}
