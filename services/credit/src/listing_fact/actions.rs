//! Puts the fact of a listing into the integrity file, and ends it. Not here: when, `listing`.

use common::{
    db::Tx,
    error::{Error, Result},
};
use contracts::credit::{Detail, Fact, FactSource, ListKind, Listing};
use model::{fault::FieldFault, instant::Day, text::Text};

use crate::{
    Credit,
    draft::rules::Draft,
    enterprise,
    fact::{
        self,
        actions::{Actor, Recorded},
        rules::Dates,
        store::Stored,
    },
    listing::{
        actions::twice,
        rules::{Case, RemovalReason, Span, span},
        store,
    },
    listing_condition::rules::bans,
    listing_policy::rules::{OnePer, Regime, Step},
};

/// The facts that a listing rests on must still stand, corrected or not: a quashed penalty carries no listing.
///
/// # Errors
/// `fact_not_standing` for each that does not.
pub fn still_stand(tx: &mut Tx<'_>, case: &Case) -> Result<()> {
    let mut faults = Vec::new();
    for id in &case.fact_ids {
        if standing_version(tx, id)?.is_none() {
            let detail =
                Text::new(format!("所依据的事实 {id} 已不存在。"), format!("The fact {id} that it rests on does not stand any more."));
            faults.push(FieldFault { shape: false, ..FieldFault::new("/fact_ids", "fact_not_standing", detail) });
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

/// A fact that a listing stands behind moves with its listing, never by hand.
///
/// # Errors
/// `fact_of_listing` with the listing.
pub fn free(tx: &mut Tx<'_>, fact_id: &str) -> Result<()> {
    let Some(case) = store::find_by_facts(tx.conn, &[fact_id.to_owned()])? else { return Ok(()) };
    let detail = Text::new("该事实随列入决定变动，请办理移出。", "This fact follows its listing; move the listing instead.");
    Err(Error::rule("fact_of_listing", detail).with_member("listing", serde_json::json!(case.id)))
}

/// Leaves the fact of a published listing in the integrity file.
///
/// # Errors
/// `duplicate` where it stands on the list already.
pub fn put_on(tx: &mut Tx<'_>, app: &Credit, regime: &Regime, case: &mut Case, facts: &[Fact], on: Day, actor: &Actor) -> Result<()> {
    let span = span(regime, on, &bans(facts, on), &app.calendars.current());
    stands_alone(tx, regime, case, facts, span)?;
    let decided = case.history.iter().rev().find(|done| done.step == Step::Decide);
    let document_no = case.history.last().and_then(|done| done.document_no.clone());
    let listing = Listing { list: Some(regime.title.zh.clone()), ground: regime.ground(&case.ground).map(|ground| ground.text.zh.clone()) };
    let detail = match case.list {
        ListKind::SeriousViolation => Detail::SeriousViolationListing(listing),
        ListKind::AbnormalOperation => Detail::AbnormalOperationListing(listing),
        ListKind::Trustworthy => Detail::TrustworthyListing(listing),
    };
    let draft = Draft {
        // After a merger it is the survivor that stands on the list.
        enterprise: enterprise::store::survivor_of(tx.conn, &case.enterprise)?,
        external_id: Some(case.id.clone()),
        detail,
        source: FactSource {
            authority: case.authority.clone(),
            document_no: document_no.or_else(|| decided.and_then(|done| done.document_no.clone())),
        },
        dates: Dates { decided_on: decided.map(|done| done.on), published_on: Some(on), valid_from: Some(on), valid_to: span.to },
        valid_from: on,
        degree: None,
        self_declared: false,
        origin: None,
    };
    // The deciding organisation asserts it, whichever officer publishes it.
    let decider = Actor { organisation: case.organisation.clone(), ..actor.clone() };
    let (Recorded::Created(stored) | Recorded::Same(stored)) = fact::actions::record(tx, app, &draft, &decider)?;
    case.span = Some(span);
    case.fact = Some(stored.fact.id);
    Ok(())
}

/// Nobody stands on a list twice at a time, whether by a listing here or by a fact from elsewhere.
fn stands_alone(tx: &mut Tx<'_>, regime: &Regime, case: &Case, facts: &[Fact], span: Span) -> Result<()> {
    let others = store::of_enterprise(tx.conn, &case.enterprise, case.list)?;
    let other = others.iter().find(|other| {
        other.id != case.id && other.shares_place(case, regime.one_per) && other.span.is_some_and(|stands| stands.meets(&span))
    });
    if let Some(other) = other {
        return Err(twice(&other.id));
    }
    let by_fact = facts.iter().filter(|fact| fact.kind() == case.list.fact_kind() && !fact.self_declared);
    let mut by_fact = by_fact.filter(|fact| Span { from: fact.valid_from, to: fact.valid_to }.meets(&span));
    match by_fact.next().filter(|_| regime.one_per == OnePer::List) {
        Some(fact) => Err(twice(&fact.id)),
        None => Ok(()),
    }
}

/// Ends the fact of a listing the day before it is left; one that never stood a whole day, or should never have stood, is annulled.
///
/// # Errors
/// When the database fails.
pub fn take_off(tx: &mut Tx<'_>, app: &Credit, case: &mut Case, on: Day, actor: &Actor) -> Result<()> {
    let (Some(span), Some(first)) = (case.span, case.fact.clone()) else { return Ok(()) };
    let last = on.pred_opt().unwrap_or(on);
    case.span = Some(Span { from: span.from, to: Some(last) });
    // Somebody may have corrected or annulled the fact by hand.
    let Some(stands) = standing_version(tx, &first)? else { return Ok(()) };
    let done = case.history.last();
    let reason = done.and_then(|done| done.statement.clone()).unwrap_or_default();
    let is_quashed = done.is_some_and(|done| done.reason.as_deref() == Some(RemovalReason::Quashed.as_str()));
    if last < stands.fact.valid_from || is_quashed {
        fact::actions::strike(tx, &stands, &reason, actor)?;
        return Ok(());
    }
    let dates = Dates {
        decided_on: stands.fact.decided_on,
        published_on: stands.fact.published_on,
        valid_from: Some(stands.fact.valid_from),
        valid_to: Some(last),
    };
    let draft = Draft {
        enterprise: stands.fact.enterprise.clone(),
        external_id: stands.external_id.clone(),
        detail: stands.fact.detail.clone(),
        source: stands.fact.source.clone(),
        dates,
        valid_from: stands.fact.valid_from,
        degree: stands.fact.degree,
        self_declared: stands.fact.self_declared,
        origin: stands.fact.origin.clone(),
    };
    // The listing speaks for its organisation: whoever ends it may end its fact.
    let owner = Actor { organisation: stands.fact.asserted_by.clone(), ..actor.clone() };
    case.fact = Some(fact::actions::replace(tx, app, &stands.fact.id, &draft, &reason, &owner)?.fact.id);
    Ok(())
}

/// The version of a fact that stands now, if one does.
fn standing_version(tx: &mut Tx<'_>, first: &str) -> Result<Option<Stored>> {
    let mut found = fact::store::find(tx.conn, first)?;
    while let Some(next) = found.as_ref().and_then(|stored| stored.superseded_by.clone()) {
        found = fact::store::find(tx.conn, &next)?;
    }
    Ok(found.filter(|stored| stored.superseded_at.is_none()))
}

/// A fact and every version it took the place of.
///
/// # Errors
/// When the database fails.
pub fn versions_back(tx: &mut Tx<'_>, id: &str) -> Result<Vec<String>> {
    let mut ids = vec![id.to_owned()];
    let mut found = fact::store::find(tx.conn, id)?;
    while let Some(before) = found.and_then(|stored| stored.supersedes) {
        ids.push(before.clone());
        found = fact::store::find(tx.conn, &before)?;
    }
    Ok(ids)
}
