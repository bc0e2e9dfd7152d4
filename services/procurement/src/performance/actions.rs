//! Use cases of evaluations: record, correct, take back; each is told, and a job reports it to credit. Not here: that job, `performance_report`.

use common::{
    db::Tx,
    error::{Code, Error, Result},
    http::precondition::mismatch,
};
use contracts::{event::tell, procurement::PerformanceEvaluated};
use model::text::Text;
use serde_json::json;

use super::{
    rules::{Evaluation, Performance, PerformanceEntry, faults},
    store::{self, Stored},
};
use crate::{
    award,
    buyer::actions::{Author, unknown},
    tender,
};

/// Whether an evaluation was added or stood already.
#[derive(Clone, Debug)]
pub enum Recorded {
    /// It is new.
    Created(Stored),
    /// The buyer had said the same under the same `external_id`.
    Same(Stored),
}

fn entry(tx: &Tx<'_>, act: &str, evaluation: Option<&Evaluation>, reason: Option<&str>, author: &Author) -> PerformanceEntry {
    let (evaluation, reason, by) = (evaluation.cloned(), reason.map(str::to_owned), author.organisation.clone());
    PerformanceEntry { act: act.to_owned(), evaluation, reason, recorded_at: tx.now(), by }
}

fn told(tx: &mut Tx<'_>, stored: &Stored, author: &Author) -> Result<()> {
    let Performance { id, supplier, .. } = stored.performance.clone();
    let told = PerformanceEvaluated { id, version: stored.version, supplier: supplier.to_string() };
    tell(tx, &told, &author.client).map(|_position| ())
}

/// Records how the contract of a lot was performed.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `contract_missing`, `duplicate`, or what the evaluation lacks.
pub fn record(
    tx: &mut Tx<'_>,
    (tender, lot): (&str, &str),
    (external_id, evaluation): (&str, &Evaluation),
    author: &Author,
) -> Result<Recorded> {
    let place = tender::store::find(tx.conn, tender)?.filter(|stored| stored.published_at.is_some()).ok_or_else(|| unknown(tender))?;
    author.owns(&place)?;
    let award = award::store::newest(tx.conn, tender, lot)?.ok_or_else(|| Error::not_found("award", format!("{tender}/{lot}")))?.award;
    let Some(contract) = &award.contract else {
        let detail = Text::new("尚未签订合同，不能评价履约情况。", "There is no contract whose performance could be evaluated.");
        return Err(Error::rule("contract_missing", detail));
    };
    if let Some(stands) = store::find_external(tx.conn, &award.buyer, external_id)? {
        let same = stands.performance.award == award.id && stands.performance.evaluation.as_ref() == Some(evaluation);
        return if same { Ok(Recorded::Same(stands)) } else { Err(duplicate(external_id, &stands)) };
    }
    let faults = faults(evaluation, contract.signed_on, tx.now().day());
    if !faults.is_empty() {
        return Err(Error::invalid(faults).under("/evaluation"));
    }
    let made = Performance {
        id: tx.id("prf"),
        tender: tender.to_owned(),
        lot: lot.to_owned(),
        award: award.id.clone(),
        contract: contract.number.clone(),
        buyer: award.buyer.clone(),
        supplier: award.winner.clone(),
        external_id: external_id.to_owned(),
        evaluation: Some(evaluation.clone()),
        history: vec![entry(tx, "record", Some(evaluation), None, author)],
    };
    let stored = store::insert(tx.conn, &made)?;
    told(tx, &stored, author)?;
    Ok(Recorded::Created(stored))
}

fn duplicate(external_id: &str, stands: &Stored) -> Error {
    let detail = Text::new(
        format!("编号 {external_id} 已用于内容不同的评价。"),
        format!("The external_id {external_id} stands with other content; correct that evaluation instead."),
    );
    Error::conflict(Code::DUPLICATE, detail).with_member("performance", json!(stands.performance.id))
}

/// Corrects an evaluation, or takes it back where there is nothing in its place.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, `illegal_transition`, or what the evaluation lacks.
pub fn change(
    tx: &mut Tx<'_>,
    (id, version): (&str, i64),
    evaluation: Option<&Evaluation>,
    reason: &str,
    author: &Author,
) -> Result<Stored> {
    let stored = store::find(tx.conn, id)?.ok_or_else(|| Error::not_found("performance", id))?;
    let before = &stored.performance;
    let place = tender::store::find(tx.conn, &before.tender)?.ok_or_else(|| unknown(&before.tender))?;
    // Of an evaluation that is not its own a caller does not learn that there is one.
    author.owns(&place).map_err(|_refusal| Error::not_found("performance", id))?;
    if stored.version != version {
        return Err(mismatch(stored.version));
    }
    let act = if evaluation.is_some() { "correct" } else { "withdraw" };
    let moved = before.clone().moved(evaluation.cloned(), entry(tx, act, evaluation, Some(reason), author)).ok_or_else(|| {
        let detail = Text::new("该评价已撤回。", "This evaluation was taken back.");
        Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!([]))
    })?;
    if let Some(evaluation) = evaluation {
        let signed =
            award::store::find(tx.conn, &before.award)?.and_then(|stored| stored.award.contract).map(|contract| contract.signed_on);
        let faults = faults(evaluation, signed.unwrap_or(evaluation.evaluated_on), tx.now().day());
        if !faults.is_empty() {
            return Err(Error::invalid(faults).under("/evaluation"));
        }
    }
    let stored = store::save(tx.conn, &moved, version)?;
    told(tx, &stored, author)?;
    Ok(stored)
}
