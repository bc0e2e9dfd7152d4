//! A decision as the payload of a receipt. Not here: what a payload may say and how it is verified, `libs/receipt`.

use common::error::{Error, Result};
use model::{instant::Instant, uscc::Uscc};
use serde_json::Value;

use crate::{
    Procurement, consortium::rules::Reliance, decision::actions::DecisionView, sensitivity::rules::Sensitivity, tender::actions::TenderRef,
};

/// Who signs receipts.
pub const ISSUER: &str = "touchstone/procurement";

/// The signed receipt of a decision: a compact JWS.
///
/// # Errors
/// Never in practice: a decision is plain data.
pub fn sign(app: &Procurement, view: &DecisionView, model: Option<receipt::ModelRef>) -> Result<String> {
    receipt::sign(&payload(view, model)?, &app.keys.now().signing).map_err(|error| Error::internal(error.to_string()))
}

/// The signed receipt of a batch.
///
/// # Errors
/// Never in practice: its payload is plain data.
pub fn sign_batch(app: &Procurement, payload: &receipt::BatchPayload) -> Result<String> {
    receipt::sign_batch(payload, &app.keys.now().signing).map_err(|error| Error::internal(error.to_string()))
}

/// What is signed: issued when it was decided.
///
/// # Errors
/// Never in practice: a decision is plain data.
pub fn payload(view: &DecisionView, model: Option<receipt::ModelRef>) -> Result<receipt::Payload> {
    let consortium = view.consortium.as_ref();
    Ok(receipt::Payload {
        iss: ISSUER.to_owned(),
        id: view.id.clone().unwrap_or_default(),
        issued_at: text(&view.known_at)?,
        supplier: view.supplier.clone(),
        outcome: view.verdict.outcome.as_str().to_owned(),
        as_of: text(&view.as_of)?,
        known_at: text(&view.known_at)?,
        ruleset: receipt::RulesetRef { id: view.ruleset.id.clone(), version: view.ruleset.version, digest: view.ruleset.digest.clone() },
        evaluator: view.evaluator.clone(),
        sources: view
            .sources
            .iter()
            .map(|source| receipt::SourceRef {
                service: source.service.clone(),
                epoch: source.epoch.clone(),
                position: source.position,
                fresh: source.fresh,
            })
            .collect(),
        facts_digest: view.facts_digest.clone(),
        criteria: view
            .verdict
            .criteria
            .iter()
            .map(|finding| receipt::CriterionResult { code: finding.code.to_string(), result: finding.result.as_str().to_owned() })
            .collect(),
        conditions: view
            .verdict
            .conditions
            .iter()
            .map(|condition| receipt::StatedCondition { code: condition.code.to_string(), due_on: Some(condition.due_on.to_string()) })
            .collect(),
        model,
        members: consortium.map(|all| codes(&all.members)).unwrap_or_default(),
        relied_upon: consortium.map(|all| all.relied_upon.iter().map(reliance).collect()).unwrap_or_default(),
        tender: view.tender.as_ref().map(tender),
        sensitive_to: view.verdict.sensitive_to.iter().map(sensitivity).collect(),
        status: view.status.clone(),
    })
}

fn tender(one: &TenderRef) -> receipt::TenderRef {
    let TenderRef { id, version, lot, digest } = one.clone();
    receipt::TenderRef { id, version, lot, digest }
}

fn codes(codes: &[Uscc]) -> Vec<String> {
    codes.iter().map(ToString::to_string).collect()
}

fn reliance(one: &Reliance) -> receipt::Reliance {
    receipt::Reliance { supplier: one.supplier.to_string(), criteria: one.criteria.clone() }
}

fn sensitivity(one: &Sensitivity) -> receipt::Sensitivity {
    receipt::Sensitivity { fact_ids: one.fact_ids.clone(), outcome: one.outcome.as_str().to_owned() }
}

/// An instant as it stands in a receipt.
///
/// # Errors
/// Never in practice: an instant is text.
pub fn text(instant: &Instant) -> Result<String> {
    match serde_json::to_value(instant).map_err(Error::internal)? {
        Value::String(text) => Ok(text),
        other => Ok(other.to_string()),
    }
}
