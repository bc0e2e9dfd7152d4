#![doc = include_str!("../README.md")]

pub mod alliance;
pub mod assessor;
pub mod association;
pub mod association_member;
pub mod author;
pub mod check_plan;
pub mod check_step;
pub mod citation;
pub mod classification;
pub mod clause;
pub mod comparison;
pub mod consistency;
pub mod consultation;
pub mod credit_report;
pub mod declaration;
pub mod declaration_check;
pub mod declaration_draft;
pub mod disclosure;
pub mod disclosure_duty;
pub mod draw;
pub mod edition;
pub mod green;
pub mod green_mark;
pub mod group_standard;
pub mod group_standard_record;
pub mod group_standard_step;
pub mod group_standard_word;
pub mod impact;
pub mod import;
pub mod improvement;
pub mod indicator;
pub mod leader;
pub mod leader_step;
pub mod leader_word;
pub mod method_conversion;
pub mod participation;
mod problem;
pub mod promotion;
pub mod published_list;
pub mod ranking;
pub mod ranking_exclusion;
pub mod ranking_input;
pub mod ranking_plan;
pub mod said;
mod schema;
pub mod shortfall;
pub mod standard;
pub mod supervision;
pub mod supervision_step;
pub mod tender_citation;
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
use leader::rules::LeaderTerms;
use model::policy::Policy;
use ranking_plan::rules::RankingTerms;
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
    /// Periods and shares of group standards, by day.
    pub group_terms: Policy<group_standard::rules::Terms>,
    /// Clocks of supervision, by day.
    pub supervision_clocks: Policy<supervision::rules::Clocks>,
    /// How long what follows from declarations takes.
    pub declaration_terms: Policy<DeclarationTerms>,
    /// What a plan of a ranking must have.
    pub ranking_terms: Policy<RankingTerms>,
    /// How long candidates are public, and how long a title lasts.
    pub leader_terms: Policy<LeaderTerms>,
    /// How far Chinese standards are to follow international ones.
    pub consistency_target: Policy<consistency::rules::Target>,
    /// What makes a standard one that needs improvement.
    pub improvement: improvement::rules::Bounds,
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
            group_terms: group_standard::rules::policy()?,
            supervision_clocks: supervision::rules::policy()?,
            declaration_terms: declaration::rules::policy()?,
            ranking_terms: ranking_plan::rules::policy()?,
            leader_terms: leader::rules::policy()?,
            consistency_target: consistency::rules::policy()?,
            improvement: improvement::rules::policy()?,
            db,
        })
    }

    fn routes(config: &mut ServiceConfig<'_>) {
        catalogue(config);
        group_standards(config);
        requirements(config);
        declarations(config);
        rankings(config);
        figures(config);
    }

    fn jobs(service: &Arc<Self>, platform: &Platform) -> Vec<Job> {
        let mut jobs: Vec<Job> = Vec::new();
        match platform.peer(credit_report::rules::CREDIT) {
            Ok(credit) => jobs.push(Box::pin(credit_report::actions::follow(Arc::clone(service), credit))),
            Err(error) => tracing::error!(cause = %error, "nothing is reported to credit"),
        }
        jobs
    }
}

/// Editions of all levels and what a citation means.
fn catalogue(config: &mut ServiceConfig<'_>) {
    config
        .service(classification::http::list_ics)
        .service(classification::http::list_ccs)
        .service(impact::http::read_impact)
        .service(tender_citation::http::report_tender_citations)
        .service(import::http::import_standards)
        .service(import::http::read_standard_import)
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

/// Self-declarations and their checks.
fn declarations(config: &mut ServiceConfig<'_>) {
    config
        .service(declaration::http::create_declaration)
        .service(declaration::http::update_declaration)
        .service(declaration::http::withdraw_declaration)
        .service(declaration::http::read_declaration)
        .service(declaration::http::read_public_declaration)
        .service(declaration::http::list_enterprise_declarations)
        .service(declaration::http::list_edition_declarations)
        .service(check_plan::http::create_check_plan)
        .service(check_plan::http::list_check_plans)
        .service(check_plan::http::read_check_plan)
        .service(check_plan::http::draw_check_plan)
        .service(check_plan::http::replay_check_plan)
        .service(declaration_check::http::list_declaration_publicities)
        .service(declaration_check::http::list_declaration_checks)
        .service(declaration_check::http::read_declaration_check)
        .service(check_step::http::create_declaration_check)
        .service(check_step::http::find_declaration_check)
        .service(check_step::http::order_declaration_check)
        .service(check_step::http::correct_declaration_check)
        .service(check_step::http::publicise_declaration_check)
        .service(check_step::http::annul_declaration_check);
}

/// Rankings of declared standards, and the leaders that come of them.
fn rankings(config: &mut ServiceConfig<'_>) {
    config
        .service(assessor::http::create_assessor)
        .service(assessor::http::read_assessor)
        .service(assessor::http::list_assessors)
        .service(ranking_plan::http::create_ranking_plan)
        .service(ranking_plan::http::approve_ranking_plan)
        .service(ranking_plan::http::reject_ranking_plan)
        .service(ranking_plan::http::read_ranking_plan)
        .service(ranking_plan::http::list_ranking_plans)
        .service(ranking_exclusion::http::create_ranking_exclusion)
        .service(ranking_exclusion::http::lift_ranking_exclusion)
        .service(ranking_exclusion::http::read_ranking_exclusion)
        .service(ranking_exclusion::http::list_ranking_exclusions)
        .service(ranking::http::create_ranking)
        .service(ranking::http::read_ranking)
        .service(ranking::http::replay_ranking)
        .service(ranking::http::list_rankings)
        .service(leader::http::create_candidate)
        .service(leader::http::create_leader_objection)
        .service(leader::http::read_leader)
        .service(leader::http::list_public_leaders)
        .service(leader_step::http::decide_leader_objection)
        .service(leader_step::http::withdraw_candidate)
        .service(leader_step::http::remove_leader)
        .service(leader_step::http::name_leaders);
}

/// Associations, their standards, comments on drafts, and supervision.
fn group_standards(config: &mut ServiceConfig<'_>) {
    config
        .service(association::http::reserve_association)
        .service(association::http::update_association)
        .service(association::http::end_association)
        .service(association::http::read_association)
        .service(association::http::list_associations)
        .service(association_member::http::record_member)
        .service(association_member::http::end_membership)
        .service(association_member::http::list_members)
        .service(group_standard::http::propose_standard)
        .service(group_standard::http::amend_standard)
        .service(group_standard::http::read_group_standard)
        .service(group_standard::http::list_group_standards)
        .service(group_standard_step::http::approve_project)
        .service(group_standard_step::http::consult_standard)
        .service(group_standard_step::http::review_standard)
        .service(group_standard_step::http::vote_standard)
        .service(group_standard_step::http::approve_standard)
        .service(group_standard_step::http::publish_standard)
        .service(group_standard_step::http::confirm_standard)
        .service(group_standard_step::http::revise_standard)
        .service(group_standard_step::http::withdraw_standard)
        .service(group_standard_step::http::abandon_standard)
        .service(consultation::http::comment_standard)
        .service(consultation::http::reply_comment)
        .service(consultation::http::list_consultations)
        .service(consultation::http::read_consultation)
        .service(supervision::http::file_complaint)
        .service(supervision::http::begin_supervision)
        .service(supervision::http::read_supervision)
        .service(supervision::http::list_supervisions)
        .service(supervision::http::list_abolished)
        .service(supervision_step::http::accept_supervision)
        .service(supervision_step::http::reject_supervision)
        .service(supervision_step::http::dismiss_supervision)
        .service(supervision_step::http::order_correction)
        .service(supervision_step::http::claim_correction)
        .service(supervision_step::http::return_correction)
        .service(supervision_step::http::confirm_correction)
        .service(supervision_step::http::abolish_standard)
        .service(supervision_step::http::revoke_number);
}

/// What the catalogue adds up to, and who works with it.
fn figures(config: &mut ServiceConfig<'_>) {
    config
        .service(consistency::http::read_consistency_figure)
        .service(consistency::http::list_consistency_gaps)
        .service(consistency::http::read_applicability)
        .service(consistency::http::update_applicability)
        .service(improvement::http::list_needing_improvement)
        .service(improvement::http::create_finding)
        .service(improvement::http::list_findings)
        .service(improvement::http::create_feedback)
        .service(improvement::http::list_feedback)
        .service(improvement::http::confirm_edition)
        .service(participation::http::update_drafters)
        .service(participation::http::read_drafters)
        .service(participation::http::list_participation)
        .service(participation::http::read_participation_figures)
        .service(participation::http::list_drafted_editions)
        .service(promotion::http::create_promotion)
        .service(promotion::http::list_promotions)
        .service(promotion::http::read_promotion)
        .service(promotion::http::read_promotion_figures)
        .service(promotion::http::accept_promotion)
        .service(promotion::http::plan_promotion)
        .service(promotion::http::complete_promotion)
        .service(promotion::http::decline_promotion)
        .service(promotion::http::withdraw_promotion);
    config
        .service(alliance::http::create_alliance)
        .service(alliance::http::list_alliances)
        .service(alliance::http::read_alliance)
        .service(alliance::http::invite_member)
        .service(alliance::http::join_alliance)
        .service(alliance::http::leave_alliance)
        .service(alliance::http::transfer_alliance)
        .service(alliance::http::dissolve_alliance)
        .service(alliance::http::add_alliance_standard)
        .service(alliance::http::adopt_alliance_standard)
        .service(green::http::create_green_standard)
        .service(green::http::list_green_standards)
        .service(green::http::read_green_standard)
        .service(green::http::end_green_standard)
        .service(green_mark::http::create_green_mark)
        .service(green_mark::http::list_green_marks)
        .service(green_mark::http::read_green_mark)
        .service(green_mark::http::check_green_mark)
        .service(green_mark::http::suspend_green_mark)
        .service(green_mark::http::resume_green_mark)
        .service(green_mark::http::revoke_green_mark)
        .service(disclosure_duty::http::create_disclosure_duty)
        .service(disclosure_duty::http::list_disclosure_duties)
        .service(disclosure_duty::http::read_disclosure_duty)
        .service(disclosure_duty::http::end_disclosure_duty)
        .service(disclosure::http::update_disclosure)
        .service(disclosure::http::read_disclosure)
        .service(disclosure::http::list_disclosures)
        .service(disclosure::http::list_public_disclosures);
}
