//! Use cases: replay a decision on the stored versions and positions; ask the same again on the standing of now. Not here: the verdict, `decision::rules`.

use std::sync::Arc;

use common::error::{Error, Result};
use model::uscc::Uscc;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    Procurement,
    decision::{
        actions::{Ask, DecisionView, Explain, RulesetRef, judge, shorten, standing},
        rules::{Difference, EVALUATOR_VERSION, decide, differences},
    },
    rulebook::actions::Entry,
    standing::{actions::digest_of, rules::SourceState, store as rows},
};

/// What a replay compares: the verdict and what it rests on, without id, time of issue and ages.
fn canonical(view: &DecisionView) -> Result<Value> {
    let mut value = serde_json::to_value(view).map_err(Error::internal)?;
    if let Value::Object(members) = &mut value {
        for ephemeral in ["id", "status", "receipt", "known_at"] {
            members.remove(ephemeral);
        }
    }
    if let Some(sources) = value.get_mut("sources").and_then(Value::as_array_mut) {
        for source in sources {
            if let Value::Object(members) = source {
                members.remove("age_ms");
            }
        }
    }
    Ok(value)
}

/// How a replay came out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReplayView {
    /// `identical` or `different`.
    pub result: &'static str,
    /// Where it differs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
}

/// Decides again on the stored versions and positions, and compares.
///
/// # Errors
/// When the ruleset version is gone or the database fails.
pub async fn replay(app: &Procurement, stored: &str) -> Result<ReplayView> {
    let view: DecisionView = serde_json::from_str(stored).map_err(Error::internal)?;
    let entry = rules_of(app, &view)?;
    let supplier = Uscc::parse(&view.supplier)?;
    let position = view.sources.first().map_or(0, |source| source.position);
    let wanted = supplier.clone();
    let mut standing = app.db.read(move |conn| rows::load(conn, &wanted, Some(position))).await?;
    standing.sources = view
        .sources
        .iter()
        .map(|source| SourceState {
            service: source.service.clone(),
            position: source.position,
            epoch: source.epoch.clone(),
            fresh: source.fresh,
        })
        .collect();
    let mut verdict = decide(&entry.compiled, &standing, view.as_of);
    if view.explain == Explain::Failed {
        shorten(&mut verdict);
    }
    let again = DecisionView {
        ruleset: RulesetRef { id: entry.id().to_owned(), version: entry.version(), digest: entry.digest.clone() },
        evaluator: EVALUATOR_VERSION.to_owned(),
        facts_digest: digest_of(&standing)?,
        verdict,
        ..view.clone()
    };
    let differences = differences(&canonical(&view)?, &canonical(&again)?);
    Ok(ReplayView { result: if differences.is_empty() { "identical" } else { "different" }, differences })
}

/// Asks the same again, at the same instant in the world, on the standing of now. Nothing is stored and nothing is signed.
///
/// # Errors
/// When the ruleset version or the supplier is gone, or the database fails.
pub async fn again(app: &Procurement, view: &DecisionView) -> Result<DecisionView> {
    let entry = rules_of(app, view)?;
    let supplier = Uscc::parse(&view.supplier)?;
    let (loaded, known) = standing(app, &supplier, false).await?;
    let ask = Ask { supplier, as_of: view.as_of, explain: view.explain, sign: false, status: None };
    judge(app, &entry, &ask, (&loaded, &known), view.id.clone())
}

/// The rules by which a decision was made.
fn rules_of(app: &Procurement, view: &DecisionView) -> Result<Arc<Entry>> {
    app.rulebook.version(&view.ruleset.id, view.ruleset.version)
}
