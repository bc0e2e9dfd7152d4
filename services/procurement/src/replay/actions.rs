//! Use cases: replay a decision on the stored versions and positions; ask the same again on the standing of now. Not here: the verdict, `decision::rules`.

use std::sync::Arc;

use common::{
    db::Conn,
    error::{Error, Result},
};
use model::uscc::Uscc;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    Procurement,
    decision::{
        actions::{Ask, DecisionView, RulesetRef, make, one_digest, verdict_on},
        rules::{Difference, EVALUATOR_VERSION, differences},
    },
    rulebook::actions::Entry,
    standard_register::{actions::informed_then, rules::RegisterAt},
    standing::{
        actions::digest_of,
        rules::{STANDARDS, SourceState, Standing},
        store as rows,
    },
    tender::actions::terms,
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
    let (again, _) = repeated(app, &view).await?;
    let differences = differences(&canonical(&view)?, &canonical(&again)?);
    Ok(ReplayView { result: if differences.is_empty() { "identical" } else { "different" }, differences })
}

/// The same decision made once more on the stored versions and positions, and the standings that it was made on.
///
/// # Errors
/// When the ruleset version is gone or the database fails.
pub async fn repeated(app: &Procurement, view: &DecisionView) -> Result<(DecisionView, Vec<Standing>)> {
    let entry = rules_then(app, view).await?;
    let ask = asked(view)?;
    let standings = as_known(app, view, &ask).await?;
    let digests: Vec<String> = standings.iter().map(digest_of).collect::<Result<_>>()?;
    let digests: Vec<&str> = digests.iter().map(String::as_str).collect();
    let again = DecisionView {
        ruleset: RulesetRef { id: entry.id().to_owned(), version: entry.version(), digest: entry.digest.clone() },
        evaluator: EVALUATOR_VERSION.to_owned(),
        facts_digest: one_digest(&digests)?,
        verdict: verdict_on(&entry, &ask, &standings.iter().collect::<Vec<_>>(), view.known_at)?,
        ..view.clone()
    };
    Ok((again, standings))
}

/// Asks the same again, at the same instant in the world, on the standing of now. Nothing is stored and nothing is signed.
///
/// # Errors
/// When the ruleset version or the supplier is gone, or the database fails.
pub async fn again(app: &Procurement, view: &DecisionView) -> Result<DecisionView> {
    let entry = rules_of(app, view).await?;
    make(app, &entry, &asked(view)?, view.id.clone(), false).await
}

/// The question that a decision answers.
///
/// # Errors
/// Never in practice: it was asked once.
pub fn asked(view: &DecisionView) -> Result<Ask> {
    let one = Ask::about(Uscc::parse(&view.supplier)?, view.as_of);
    Ok(Ask { consortium: view.consortium.clone(), tender: view.tender.clone(), explain: view.explain, ..one })
}

/// The standings as they were known when it was decided.
///
/// # Errors
/// When the database fails.
pub async fn as_known(app: &Procurement, view: &DecisionView, ask: &Ask) -> Result<Vec<Standing>> {
    let codes: Vec<Uscc> = match &ask.consortium {
        None => vec![ask.supplier.clone()],
        Some(consortium) => consortium.everyone().cloned().collect(),
    };
    let position = view.sources.first().map_or(0, |source| source.position);
    let load = move |conn: &mut Conn| codes.iter().map(|code| rows::load(conn, code, Some(position))).collect::<Result<Vec<_>>>();
    let mut standings = app.db.read(load).await?;
    for standing in &mut standings {
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
    }
    Ok(standings)
}

/// The rules by which a decision was made, with what was known then of the standards that they cite.
///
/// # Errors
/// When the ruleset version or the tender is gone.
pub async fn rules_then(app: &Procurement, view: &DecisionView) -> Result<Arc<Entry>> {
    let source = view.sources.iter().find(|source| source.service == STANDARDS);
    let at = source.map(|source| RegisterAt { epoch: source.epoch.clone(), position: source.position, seen_at: 0, fresh: source.fresh });
    informed_then(app, &rules_of(app, view).await?, at).await
}

/// The rules by which a decision was made: those of the tender's version where it was for one.
///
/// # Errors
/// When the ruleset version or the tender is gone.
pub async fn rules_of(app: &Procurement, view: &DecisionView) -> Result<Arc<Entry>> {
    match &view.tender {
        None => app.rulebook.version(&view.ruleset.id, view.ruleset.version),
        Some(tender) => Ok(terms(app, &tender.id, Some(tender.version), tender.lot.as_deref()).await?.entry),
    }
}
