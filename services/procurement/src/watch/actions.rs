//! Beginning and ending watches. Not here: asking again, `reconsideration`.

use std::collections::BTreeSet;

use common::{
    db::{Conn, Tx},
    error::{Code, Error, FieldError, Result},
    http::precondition::mismatch,
    token::Caller,
};
use contracts::procurement::OutcomeFlipped;
use model::{fault::FieldFault, instant::Instant, text::Text};
use serde_json::json;

use super::{
    rules::{Because, Moment},
    store::{self, ACTIVE, Watch},
};
use crate::{
    decision::{self, actions::DecisionView},
    delivery,
    reconsideration::rules::{WATCHES, seen},
    standard_register as register,
    standing::rules::STANDARDS,
    tender,
    webhook::{rules::WATCH_ENDED, store as endpoints},
};

/// A watch as it was asked for and read.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Which decision.
    pub decision: String,
    /// For which tender.
    pub tender: Option<String>,
    /// Until when.
    pub until: Option<Instant>,
    /// As of which instant it is asked again.
    pub moment: Moment,
    /// Which endpoint is told.
    pub webhook: Option<String>,
}

/// All whose change is a reason to ask again.
#[must_use]
pub fn concerned(view: &DecisionView) -> Vec<String> {
    let others = view.consortium.iter().flat_map(|consortium| consortium.everyone().map(ToString::to_string));
    let all: BTreeSet<String> = std::iter::once(view.supplier.clone()).chain(others).collect();
    all.into_iter().collect()
}

/// Begins a watch. It is asked at once whether the decision still comes out as it did.
///
/// # Errors
/// Everything that is named and is not there, or is not the caller's.
pub fn create(tx: &mut Tx<'_>, (client, org): (&str, &str), wanted: &Wanted) -> Result<Watch> {
    let mut faults = Vec::new();
    let stored = decision::store::find(tx.conn, &wanted.decision)?.filter(|(_, asked_by)| asked_by == client);
    if stored.is_none() {
        faults.push(FieldFault::rule("/decision", "decision_unknown", "没有该决定。", "There is no such decision of yours."));
    }
    if let Some(id) = &wanted.tender {
        faults.extend(tender_fault(tx.conn, id)?);
    }
    if let Some(id) = &wanted.webhook
        && endpoints::find(tx.conn, id)?.is_none_or(|found| found.client != client)
    {
        faults.push(FieldFault::rule("/webhook", "webhook_unknown", "没有该端点。", "There is no such endpoint of yours."));
    }
    let Some((body, _)) = stored.filter(|_| faults.is_empty()) else { return Err(faults.into()) };
    let view: DecisionView = serde_json::from_str(&body).map_err(Error::internal)?;
    let position = view.sources.first().map_or(0, |source| source.position);
    let row = Watch {
        id: tx.id("wch"),
        client: client.to_owned(),
        org: org.to_owned(),
        decision: wanted.decision.clone(),
        supplier: view.supplier.clone(),
        tender: wanted.tender.clone(),
        until_at: wanted.until.map(Instant::naive_utc),
        moving: wanted.moment == Moment::Moving,
        webhook: wanted.webhook.clone(),
        state: ACTIVE.to_owned(),
        ended_because: None,
        ended_at: None,
        outcome: view.verdict.outcome.as_str().to_owned(),
        findings: serde_json::to_string(&seen(&view.verdict)).map_err(Error::internal)?,
        position,
        considered_at: None,
        flips: 0,
        due: true,
        due_position: position,
        turn: 1,
        leased_until: None,
        version: 1,
        recorded_at: tx.now().naive_utc(),
    };
    store::insert(tx.conn, &row, &concerned(&view))?;
    if view.sources.iter().any(|source| source.service == STANDARDS) {
        register::store::take_interest(tx.conn, WATCHES, &row.id)?;
    }
    Ok(row)
}

fn tender_fault(conn: &mut Conn, id: &str) -> Result<Option<FieldError>> {
    let found = tender::store::find(conn, id)?;
    let ended = found.as_ref().and_then(|found| Because::of_tender(found.state.as_str()));
    Ok(match (found, ended) {
        (Some(_), Some(_)) => Some(FieldFault::rule("/tender", "watch_tender_ended", "该采购项目已结束。", "The tender has ended.")),
        (Some(found), None) if found.published_at.is_some() => None,
        _ => Some(FieldFault::rule("/tender", "watch_tender_unknown", "没有该已发布的采购项目。", "There is no such published tender.")),
    })
}

/// A watch of the caller, or any for an authority; for others it does not exist.
///
/// # Errors
/// `not_found`.
pub fn visible(conn: &mut Conn, caller: &Caller, id: &str) -> Result<Watch> {
    let found = store::find(conn, id)?.filter(|found| caller.may_read_internal() || found.client == caller.client());
    found.ok_or_else(|| Error::not_found("watch", id))
}

/// Ends a watch because its client asks for it.
///
/// # Errors
/// `not_found`, `etag_mismatch`, `illegal_transition`.
pub fn end(tx: &mut Tx<'_>, client: &str, (id, version): (&str, i64)) -> Result<Watch> {
    let found = store::find(tx.conn, id)?.filter(|found| found.client == client).ok_or_else(|| Error::not_found("watch", id))?;
    if found.version != version {
        return Err(mismatch(found.version));
    }
    if found.state != ACTIVE {
        let detail = Text::new("该关注已结束。", "The watch has ended already.");
        return Err(Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!([])));
    }
    finish(tx, &found, Because::Asked)
}

/// Ends a watch and tells its client.
///
/// # Errors
/// When the database fails.
pub fn finish(tx: &mut Tx<'_>, row: &Watch, because: Because) -> Result<Watch> {
    let now = tx.now();
    let ended = store::end(tx.conn, row, because, now)?;
    let told =
        json!({"watch": row.id, "decision": row.decision, "tender": row.tender, "outcome": row.outcome, "because": because.as_str()});
    delivery::actions::tell_client(tx, &row.client, row.webhook.as_deref(), WATCH_ENDED, &told)?;
    Ok(ended)
}

/// A flip as it was told.
///
/// # Errors
/// When the row was not written by this service.
pub fn told(body: &str) -> Result<OutcomeFlipped> {
    serde_json::from_str(body).map_err(Error::internal)
}
