//! Stories over HTTP. One that goes across services is told in both modes on both databases, four times; one of a single service all in one on SQLite and in
//! processes of its own on PostgreSQL, as it is run. Not here: single rules, which the services test beside the code.

/// Makes the four tests of a story: a function of the same name that takes the running product.
macro_rules! in_every_mode {
    ($story:ident) => {
        in_every_mode!($story, &[]);
    };
    ($story:ident, $settings:expr) => {
        mod $story {
            use testkit::{Backend, Mode, Settings, Stack};

            const SETTINGS: Settings<'static> = $settings;

            #[tokio::test]
            async fn all_in_one_sqlite() {
                super::$story(&mut Stack::start(Mode::AllInOne, &Backend::Sqlite, SETTINGS)).await;
            }

            #[tokio::test]
            async fn all_in_one_postgres() {
                let Some(backend) = Backend::postgres() else { return };
                super::$story(&mut Stack::start(Mode::AllInOne, &backend, SETTINGS)).await;
            }

            #[tokio::test]
            async fn separate_sqlite() {
                super::$story(&mut Stack::start(Mode::Separate, &Backend::Sqlite, SETTINGS)).await;
            }

            #[tokio::test]
            async fn separate_postgres() {
                let Some(backend) = Backend::postgres() else { return };
                super::$story(&mut Stack::start(Mode::Separate, &backend, SETTINGS)).await;
            }
        }
    };
}

/// Makes the two tests of a story: all in one on SQLite, and separate processes on PostgreSQL; both modes and both databases, once each.
macro_rules! on_both_databases {
    ($story:ident) => {
        on_both_databases!($story, &[]);
    };
    ($story:ident, $settings:expr) => {
        mod $story {
            use testkit::{Backend, Mode, Settings, Stack};

            const SETTINGS: Settings<'static> = $settings;

            #[tokio::test]
            async fn all_in_one_sqlite() {
                super::$story(&mut Stack::start(Mode::AllInOne, &Backend::Sqlite, SETTINGS)).await;
            }

            #[tokio::test]
            async fn separate_postgres() {
                let Some(backend) = Backend::postgres() else { return };
                super::$story(&mut Stack::start(Mode::Separate, &backend, SETTINGS)).await;
            }
        }
    };
}

mod abuse;
mod awards;
mod axes;
mod batch;
mod batch_proofs;
mod challenges;
mod consortia;
mod counterfactual;
mod deadlines;
mod errors;
mod evaluation;
mod exports;
mod imports;
mod intake;
mod leaks;
mod ledger;
mod limits;
mod listings;
mod lists;
mod marks;
mod measures;
mod mergers;
mod models;
mod once;
mod operations;
mod proof;
mod public;
mod query_log;
mod receiver;
mod reconcile;
mod regions;
mod register;
mod repairs;
mod replay;
mod risk;
mod roles;
mod rulesets;
mod score;
mod screening;
mod search;
mod series;
mod shadow;
mod stale;
mod standard_catalogue;
mod standard_citations;
mod standard_clauses;
mod standard_declarations;
mod standard_figures;
mod standard_groups;
mod standard_rankings;
mod statuses;
mod tenders;
mod versions;
mod watches;
mod webhooks;
mod what_if;
mod withdrawal;

#[test]
fn both_databases_are_there_in_ci() {
    testkit::demand_both();
}
