//! Use cases of listings: propose, move, lift, and end a listing as trustworthy when something adverse comes up; each with its fact and what follows from it
//! in one transaction. Not here: whether a step may be taken, `rules.rs`; what must be shown for it, `listing_condition`; the fact, `listing_fact`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
    http::precondition::mismatch,
    token::Role,
};
use contracts::{
    credit::{ListKind, ListingChanged, ListingState},
    event::tell,
};
use model::{fault::FieldFault, instant::Day, text::Text, uscc::Uscc};
use serde_json::json;

use super::{
    rules::{self, Case, Done, Refusal, RemovalReason},
    store,
};
use crate::{
    Credit,
    enterprise::{self, rules::Enterprise},
    fact::{
        self,
        actions::{Actor, unknown},
    },
    listing_condition::{self, rules::Findings},
    listing_fact,
    listing_policy::rules::{Level, Step},
};

/// A listing as it is proposed.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Whom it is about.
    pub enterprise: Uscc,
    /// On which list.
    pub list: ListKind,
    /// Code of the ground.
    pub ground: String,
    /// The year of the report that is missing.
    pub year: Option<i32>,
    /// What beside the heavier penalty was found.
    pub circumstances: Vec<String>,
    /// The facts it rests on.
    pub fact_ids: Vec<String>,
    /// The deciding authority, and how high it stands.
    pub authority: (String, Level),
    /// What is said for it.
    pub statement: String,
    /// The number of the document.
    pub document_no: Option<String>,
    /// On which day; today where nothing is said.
    pub on: Option<Day>,
}

/// A step as it is asked for.
#[derive(Clone, Debug)]
pub struct Move {
    /// What is done.
    pub step: Step,
    /// On which day; today where nothing is said.
    pub on: Option<Day>,
    /// The number of the document.
    pub document_no: Option<String>,
    /// What is said.
    pub statement: Option<String>,
    /// The authority that consents.
    pub authority: Option<String>,
    /// Why it is removed.
    pub reason: Option<RemovalReason>,
    /// What was found for a removal.
    pub found: Findings,
}

/// Proposes a listing.
///
/// # Errors
/// `enterprise_unknown`, `duplicate` where it is proposed or listed already, or what the proposal lacks.
pub fn propose(tx: &mut Tx<'_>, app: &Credit, proposal: &Proposal, actor: &Actor) -> Result<Case> {
    let today = tx.now().day();
    let on = proposal.on.unwrap_or(today);
    let state = rules::propose(on, today).map_err(|refusal| refused(refusal, None))?;
    let enterprise = registered(tx, &proposal.enterprise)?;
    let row = app.lists.on(proposal.list, on).ok_or_else(|| no_regime(on))?;
    let facts = fact::store::known(tx.conn, &proposal.enterprise, tx.now())?;
    let candidate = listing_condition::actions::candidate(tx, app, &enterprise, &facts, on)?;
    listing_condition::actions::proposal(app, &row.value, candidate, proposal, &facts, on)?;
    let mut case = Case {
        id: tx.id("lst"),
        list: proposal.list,
        enterprise: proposal.enterprise.clone(),
        authority: proposal.authority.0.clone(),
        level: proposal.authority.1,
        organisation: actor.organisation.clone(),
        ground: proposal.ground.clone(),
        year: proposal.year,
        circumstances: proposal.circumstances.clone(),
        fact_ids: proposal.fact_ids.clone(),
        rule_from: row.effective_from,
        history: Vec::new(),
        span: None,
        fact: None,
        version: 1,
    };
    let others = store::of_enterprise(tx.conn, &proposal.enterprise, proposal.list)?;
    if let Some(other) = others.iter().find(|other| other.shares_place(&case, row.value.one_per) && other.blocks(on)) {
        return Err(twice(&other.id));
    }
    case.history.push(Done {
        step: Step::Propose,
        on,
        state,
        document_no: proposal.document_no.clone(),
        statement: Some(proposal.statement.clone()),
        reason: None,
        authority: None,
        organisation: actor.organisation.to_string(),
    });
    store::insert(tx.conn, &case, &actor.client, tx.now())?;
    tell_of(tx, &case, on, &actor.client)?;
    Ok(case)
}

/// Takes a step with a listing whose version was read.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, `illegal_transition`, or why the step cannot be taken on that day.
pub fn advance(tx: &mut Tx<'_>, app: &Credit, id: &str, version: i64, asked: &Move, actor: &Actor) -> Result<Case> {
    let case = store::find(tx.conn, id)?.ok_or_else(|| Error::not_found("listing", id))?;
    let is_own = asked.step == Step::Reply && is_about(tx.conn, &case, actor)?;
    if actor.role != Role::Authority && !is_own {
        // Before publication it is nobody else's matter that there is one.
        return Err(if may_see(tx.conn, &case, tx.now().day(), actor)? { not_yours() } else { Error::not_found("listing", id) });
    }
    if case.version != version {
        return Err(mismatch(case.version));
    }
    // A repair and a new adverse fact come from their own rooms; what an authority asks for must fit the list.
    if asked.reason.is_some_and(|reason| !reason.fits(case.list)) {
        let fault = FieldFault::rule("/reason", "reason_not_for_list", "该理由不适用于这一名单。", "This reason does not fit this list.");
        return Err(Error::invalid(vec![fault]));
    }
    take(tx, app, case, asked, actor)
}

/// Whether a caller may know of a listing: but for the time of its publication it is the matter of authorities and of the enterprise itself.
///
/// # Errors
/// When the database fails.
pub fn may_see(conn: &mut Conn, case: &Case, today: Day, actor: &Actor) -> Result<bool> {
    let is_public = case.state_on(today) == Some(ListingState::Published);
    Ok(is_public || actor.role == Role::Authority || is_about(conn, case, actor)?)
}

/// Whether a listing is the own matter of an enterprise: it is about it, or about one that went into it.
///
/// # Errors
/// When the database fails.
pub fn is_about(conn: &mut Conn, case: &Case, actor: &Actor) -> Result<bool> {
    Ok(case.enterprise == actor.organisation || enterprise::store::survivor_of(conn, &case.enterprise)? == actor.organisation)
}

/// Ends the listing that stands behind a fact from a day on, as a credit repair does; `false` where no listing of this platform stands behind it.
///
/// # Errors
/// `illegal_transition` where it is off the list already, or the day is wrong.
pub fn lift(tx: &mut Tx<'_>, app: &Credit, fact_id: &str, on: Day, reason: &str, actor: &Actor) -> Result<bool> {
    end_behind(tx, app, fact_id, on, (RemovalReason::Repaired, reason), actor)
}

/// Ends the listing that stands behind a fact because it should never have stood, as an objection that is upheld does; `false` as for [`lift`].
///
/// # Errors
/// As [`lift`].
pub fn quash(tx: &mut Tx<'_>, app: &Credit, fact_id: &str, on: Day, reason: &str, actor: &Actor) -> Result<bool> {
    end_behind(tx, app, fact_id, on, (RemovalReason::Quashed, reason), actor)
}

fn end_behind(tx: &mut Tx<'_>, app: &Credit, fact_id: &str, on: Day, why: (RemovalReason, &str), actor: &Actor) -> Result<bool> {
    let versions = listing_fact::actions::versions_back(tx, fact_id)?;
    let Some(case) = store::find_by_facts(tx.conn, &versions)? else { return Ok(false) };
    end(tx, app, case, on, why.0, why.1, actor)?;
    Ok(true)
}

/// Ends a listing as trustworthy where an adverse fact is in force: the caller has just changed the facts, and refreshes the score afterwards.
///
/// # Errors
/// When the database fails.
pub fn follow(tx: &mut Tx<'_>, app: &Credit, enterprise: &Enterprise, actor: &Actor) -> Result<()> {
    let today = tx.now().day();
    let mut listed = Vec::new();
    // What it took over stands for it as well, and no better than what it did itself.
    for code in enterprise::store::with_absorbed(tx.conn, &enterprise.uscc, tx.now())? {
        listed.extend(store::of_enterprise(tx.conn, &Uscc::parse(&code)?, ListKind::Trustworthy)?);
    }
    for case in listed.into_iter().filter(|case| case.state_on(today) == Some(ListingState::Published)) {
        let facts = fact::store::known(tx.conn, &enterprise.uscc, tx.now())?;
        if let Some(why) = listing_condition::actions::adverse(app, enterprise.status, &facts, today) {
            end(tx, app, case, today, RemovalReason::NewAdverseFact, &why, actor)?;
        }
    }
    Ok(())
}

fn end(tx: &mut Tx<'_>, app: &Credit, case: Case, on: Day, reason: RemovalReason, statement: &str, actor: &Actor) -> Result<Case> {
    let asked = Move {
        step: Step::Remove,
        on: Some(on),
        document_no: None,
        statement: Some(statement.to_owned()),
        authority: None,
        reason: Some(reason),
        found: Findings::default(),
    };
    take(tx, app, case, &asked, actor)
}

fn take(tx: &mut Tx<'_>, app: &Credit, mut case: Case, asked: &Move, actor: &Actor) -> Result<Case> {
    let today = tx.now().day();
    let on = asked.on.unwrap_or(today);
    // A proceeding goes on under the rules it began with; leaving a list follows those of the day on which it is left.
    let rule_day = if asked.step == Step::Remove { on } else { case.rule_from };
    let row = app.lists.on(case.list, rule_day).ok_or_else(|| no_regime(on))?;
    let calendar = app.calendars.current();
    let to = rules::take(&row.value, &case, asked.step, on, today, &calendar).map_err(|refusal| refused(refusal, case.state_on(today)))?;
    // A case goes on after a merger, and is then the survivor's: its facts count, and it is its entry that is looked at.
    let bearer = enterprise::store::survivor_of(tx.conn, &case.enterprise)?;
    let facts = fact::store::known(tx.conn, &bearer, tx.now())?;
    let enterprise = registered(tx, &bearer)?;
    if matches!(asked.step, Step::Decide | Step::Publish) {
        listing_fact::actions::still_stand(tx, &case)?;
    }
    let candidate = listing_condition::actions::candidate(tx, app, &enterprise, &facts, on)?;
    listing_condition::actions::step(app, &row.value, candidate, &case, asked, &facts, on)?;
    case.history.push(Done {
        step: asked.step,
        on,
        state: to,
        document_no: asked.document_no.clone(),
        statement: asked.statement.clone(),
        reason: asked.reason.map(|reason| reason.as_str().to_owned()),
        authority: asked.authority.clone(),
        organisation: actor.organisation.to_string(),
    });
    case.version = case.version.saturating_add(1);
    match asked.step {
        // Whoever decides speaks for it, also where the enterprise applied.
        Step::Decide => case.organisation = actor.organisation.clone(),
        Step::Publish => listing_fact::actions::put_on(tx, app, &row.value, &mut case, &facts, on, actor)?,
        Step::Remove => listing_fact::actions::take_off(tx, app, &mut case, on, actor)?,
        _ => {}
    }
    store::advance(tx.conn, &case, &actor.client, tx.now())?;
    tell_of(tx, &case, on, &actor.client)?;
    if matches!(asked.step, Step::Publish | Step::Remove) && asked.reason != Some(RemovalReason::NewAdverseFact) {
        fact::actions::refresh(tx, app, &case.enterprise, actor)?;
    }
    Ok(case)
}

fn tell_of(tx: &mut Tx<'_>, case: &Case, on: Day, by: &str) -> Result<()> {
    let (listing, enterprise) = (case.id.clone(), case.enterprise.clone());
    tell(tx, &ListingChanged { listing, enterprise, list: case.list, state: case.stored_state(), on }, by).map(|_position| ())
}

fn registered(tx: &mut Tx<'_>, uscc: &Uscc) -> Result<Enterprise> {
    enterprise::store::find(tx.conn, uscc)?.map(|stored| stored.enterprise).ok_or_else(|| unknown(uscc))
}

fn not_yours() -> Error {
    let detail = Text::new("只有主管部门可以办理。", "Only an authority may do this.");
    Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail)
}

/// It would be on the list a second time.
#[must_use]
pub fn twice(id: &str) -> Error {
    let detail = Text::new("该企业已在办理列入或者已在名单上。", "It is proposed for this list or stands on it already.");
    Error::conflict(Code::DUPLICATE, detail).with_member("listing", json!(id))
}

fn no_regime(on: Day) -> Error {
    let detail = Text::new(format!("{on} 当日没有该名单的规定。"), format!("There was no rule for this list on {on}."));
    Error::invalid(vec![FieldFault { shape: false, ..FieldFault::new("/on", "no_rule_on_day", detail) }])
}

/// The steps as a caller knows them: not to list is a decision as well.
#[must_use]
pub fn verbs(steps: &[Step]) -> Vec<&'static str> {
    let mut verbs: Vec<&str> =
        steps.iter().map(|step| if *step == Step::Decline { Step::Decide.as_str() } else { step.as_str() }).collect();
    verbs.dedup();
    verbs
}

fn refused(refusal: Refusal, state: Option<ListingState>) -> Error {
    match refusal {
        Refusal::Illegal { allowed } => {
            let detail = Text::new("当前状态不允许这一步。", "That step is not allowed from this state.");
            let error = Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(verbs(&allowed)));
            error.with_member("state", json!(state))
        }
        Refusal::InFuture => {
            Error::invalid(vec![FieldFault::rule("/on", "date_in_future", "日期不得晚于今天。", "The date must not lie in the future.")])
        }
        Refusal::BeforeLast { last } => {
            let fault = FieldFault::rule("/on", "date_order", "不得早于上一步之日。", "It cannot lie before the step before.");
            Error::invalid(vec![fault]).with_member("not_before", json!(last))
        }
        Refusal::TooEarly { text, from } => {
            let fault = FieldFault { shape: false, ..FieldFault::new("/on", "time_not_run", text) };
            Error::invalid(vec![fault]).with_member("earliest", json!(from))
        }
        Refusal::Uncounted { reason } => {
            let detail = Text::new(
                "没有该年度的节假日日历，期限无法计算。",
                "There is no holiday calendar for that year, so the time cannot be counted.",
            );
            Error::rule("calendar_missing", detail).with_member("reason", json!(reason))
        }
    }
}
