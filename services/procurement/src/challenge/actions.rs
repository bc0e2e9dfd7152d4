//! Use cases of challenges: query, and every step after it; what a decision does to awards. Not here: which step is allowed, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
    http::precondition::mismatch,
    token::Role,
};
use contracts::{event::tell, procurement::ChallengeMoved};
use model::{fault::FieldFault, instant::Day, text::Text, uscc::Uscc};
use serde_json::json;

use super::{
    rules::{By, Challenge, ChallengeEntry, Refusal},
    store::{self, Stored},
};
use crate::{
    Procurement, award,
    buyer::actions::{Author, unknown},
    challenge_word::rules::{ComplaintEffect, State, Step, Subject},
    tender,
};

/// A query as it is made.
#[derive(Clone, Debug)]
pub struct Query {
    /// The tender.
    pub tender: String,
    /// The lot.
    pub lot: Option<String>,
    /// What is challenged.
    pub subject: Subject,
    /// Who asks.
    pub supplier: Uscc,
    /// When it knew.
    pub known_on: Day,
    /// What it asks.
    pub points: Vec<String>,
    /// Digests of what it shows.
    pub evidence: Vec<String>,
    /// On which day.
    pub on: Day,
}

/// Makes a query.
///
/// # Errors
/// `not_found`, `lot_unknown`, `not_a_participant`, `duplicate`, `query_late`.
pub fn query(tx: &mut Tx<'_>, app: &Procurement, query: &Query, author: &Author) -> Result<Stored> {
    let stored = tender::store::find(tx.conn, &query.tender)?.filter(|stored| stored.published_at.is_some());
    let stored = stored.ok_or_else(|| unknown(&query.tender))?;
    if let Some(lot) = &query.lot
        && !tender::actions::written(&stored)?.lots.iter().any(|(id, _)| id == lot)
    {
        return Err(Error::invalid(vec![lot_unknown("/lot")]));
    }
    // Documents may be challenged by whoever got them (Order 94 Art 11); what came after, by whoever took part.
    if query.subject != Subject::Documents && !award::store::took_part(tx.conn, (&query.tender, &stored.organisation), &query.supplier)? {
        let detail = Text::new("该供应商未参与该项目的采购活动。", "The supplier took no part in this procurement.");
        return Err(Error::rule("not_a_participant", detail));
    }
    let same = |open: &Challenge| open.lot == query.lot && open.subject == query.subject;
    if let Some(open) = store::open_of(tx.conn, &query.tender, query.supplier.as_str())?.iter().find(|open| same(open)) {
        let detail = Text::new("对同一环节的质疑尚未处理完毕。", "A challenge of the same is open already.");
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("challenge", json!(open.id)));
    }
    let known_on = known_on(tx, query)?;
    let draft = Challenge {
        id: tx.id("chl"),
        tender: query.tender.clone(),
        lot: query.lot.clone(),
        subject: query.subject,
        supplier: query.supplier.clone(),
        buyer: Uscc::parse(&stored.organisation)?,
        known_on,
        points: query.points.clone(),
        evidence: query.evidence.clone(),
        state: State::Queried,
        suspensions: Vec::new(),
        history: Vec::new(),
        deadlines: Vec::new(),
    };
    let entry = entry(tx, Step::Query, query.on, "", author);
    let calendar = app.calendars.current();
    let by = By { policy: &app.challenge_clocks, calendar: &calendar };
    let begun = draft.clone().begun(entry, by).map_err(|refusal| refused(&draft, "query", &refusal))?;
    let stored = store::insert(tx.conn, &begun)?;
    told(tx, &stored.challenge, "query", author)?;
    Ok(stored)
}

/// When the supplier knew, or should have known: a result when its notice had stood for its time (Implementing Regulation Art 53 (3), from memory), whatever
/// day the supplier names.
fn known_on(tx: &mut Tx<'_>, query: &Query) -> Result<Day> {
    if query.subject != Subject::Result {
        return Ok(query.known_on);
    }
    let lot = query.lot.as_deref().unwrap_or(award::store::WHOLE);
    let shown = award::store::newest(tx.conn, &query.tender, lot)?.and_then(|stored| stored.award.notice?.until);
    Ok(shown.map_or(query.known_on, |until| until.min(query.on)))
}

/// The fault of a lot that there is not.
#[must_use]
pub fn lot_unknown(pointer: &str) -> FieldFault {
    FieldFault::rule(pointer, "lot_unknown", "采购项目没有该包。", "The tender has no such lot.")
}

fn entry(tx: &Tx<'_>, step: Step, on: Day, text: &str, author: &Author) -> ChallengeEntry {
    let by = author.organisation.clone();
    ChallengeEntry { step, state: State::Queried, on, recorded_at: tx.now(), by, text: text.to_owned() }
}

fn told(tx: &mut Tx<'_>, challenge: &Challenge, act: &str, author: &Author) -> Result<()> {
    let today = tx.now().day();
    let running = challenge.suspensions.iter().find(|suspension| suspension.holds_on(today));
    let told = ChallengeMoved {
        id: challenge.id.clone(),
        tender: challenge.tender.clone(),
        lot: challenge.lot.clone(),
        buyer: challenge.buyer.to_string(),
        act: act.to_owned(),
        state: challenge.state.as_str().to_owned(),
        suspended_until: running.map(|suspension| suspension.until),
    };
    tell(tx, &told, &author.client).map(|_position| ())
}

/// Who may take a step: the supplier its own, the buyer its own, an authority all.
fn may(challenge: &Challenge, step: &Step, author: &Author) -> Result<()> {
    let whose = match step {
        Step::Query | Step::Complain { .. } | Step::Withdraw => Some(&challenge.supplier),
        Step::Answer { .. } => Some(&challenge.buyer),
        _ => None,
    };
    if author.role == Role::Authority || whose == Some(&author.organisation) {
        return Ok(());
    }
    let detail = Text::new("这一步须由有关当事人或主管部门办理。", "This step is for the party concerned or an authority.");
    Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail))
}

/// Takes a step after the version that was read.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, `illegal_transition`, or what the step lacks.
pub fn step(
    tx: &mut Tx<'_>,
    app: &Procurement,
    (id, version): (&str, i64),
    (step, text, on): (&Step, &str, Day),
    author: &Author,
) -> Result<Stored> {
    let Stored { challenge, version: stands } = store::find(tx.conn, id)?.ok_or_else(|| Error::not_found("challenge", id))?;
    may(&challenge, step, author)?;
    if stands != version {
        return Err(mismatch(stands));
    }
    let calendar = app.calendars.current();
    let by = By { policy: &app.challenge_clocks, calendar: &calendar };
    let entry = entry(tx, step.clone(), on, text, author);
    let moved = challenge.clone().step(entry, by).map_err(|refusal| refused(&challenge, step.act(), &refusal))?;
    if let Step::Decide { effect: Some(effect @ (ComplaintEffect::AwardVoid | ComplaintEffect::BeginAnew)), document_no, .. } = step {
        let (of, anew) = ((moved.tender.as_str(), moved.lot.as_deref()), *effect == ComplaintEffect::BeginAnew);
        // The reasons are for the parties; whoever sees the award sees by which decision it fell.
        award::actions::upset(tx, app, of, anew, (document_no, on), author)?;
    }
    let stored = store::save(tx.conn, &moved, version)?;
    told(tx, &stored.challenge, step.act(), author)?;
    Ok(stored)
}

/// The challenge by which the procurement of a lot stands still on a day, if there is one.
///
/// # Errors
/// When the database fails.
pub fn suspension(conn: &mut Conn, tender: &str, lot: Option<&str>, day: Day) -> Result<Option<Challenge>> {
    let about = |challenge: &Challenge| challenge.lot.is_none() || challenge.lot.as_deref() == lot;
    let found = store::suspending(conn, tender, day)?;
    Ok(found.into_iter().find(|challenge| about(challenge) && challenge.suspends_on(day)))
}

/// Refuses to go on while the procurement stands still.
///
/// # Errors
/// `procurement_suspended` with the challenge and the last day.
pub fn not_suspended(conn: &mut Conn, tender: &str, lot: Option<&str>, day: Day) -> Result<()> {
    let Some(challenge) = suspension(conn, tender, lot, day)? else { return Ok(()) };
    let until = challenge.suspensions.iter().find(|suspension| suspension.holds_on(day)).map(|suspension| suspension.until);
    let detail = Text::new("该采购活动已暂停，不得进行。", "The procurement is suspended and may not go on.");
    let error = Error::rule("procurement_suspended", detail);
    Err(error.with_member("challenge", json!(challenge.id)).with_member("until", json!(until)))
}

fn refused(challenge: &Challenge, act: &str, refusal: &Refusal) -> Error {
    match refusal {
        Refusal::NotAllowed => {
            let state = challenge.state;
            let detail =
                Text::new("质疑投诉的当前状态不允许这一步。", format!("The challenge is {}; that step is not allowed.", state.as_str()));
            Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(state.allowed()))
        }
        other => Error::invalid(vec![fault(act, other)]),
    }
}

/// What a step lacks, where it stands in the body.
fn fault(act: &str, refusal: &Refusal) -> FieldFault {
    match refusal {
        Refusal::NotAllowed => FieldFault::rule("", "policy_missing", "这一步不可行。", "That step is not possible."),
        Refusal::BeforeLastStep => FieldFault::rule("/on", "date_order", "日期早于上一步。", "The day lies before the step before."),
        Refusal::TimeOver(due) => {
            let (zh, en) = (format!("期限已于 {due} 届满。"), format!("The time for this ended on {due}."));
            match act {
                "query" => FieldFault::rule("/known_on", "query_late", zh, en),
                _ => FieldFault::rule("/on", "complaint_late", zh, en),
            }
        }
        Refusal::AnswerAwaited(due) => {
            let until = due.map_or_else(|| "?".to_owned(), |due| due.to_string());
            let (zh, en) = (format!("尚未答复，答复期限为 {until}。"), format!("There is no answer yet; it is due on {until}."));
            FieldFault::rule("/on", "answer_awaited", zh, en)
        }
        Refusal::PointUnknown(place) => {
            let en = "The query has no such point; a complaint keeps to what was asked.";
            FieldFault::rule(format!("/points/{place}"), "point_unknown", "投诉事项不得超出已质疑的事项。", en)
        }
        Refusal::SuspensionTooLong(most) => {
            let en = format!("It may be suspended up to {most} at the longest (Law 57).");
            FieldFault::rule("/until", "suspension_too_long", format!("暂停最长至 {most}（政府采购法第五十七条）。"), en)
        }
        Refusal::SuspensionEnded => FieldFault::rule("/until", "date_order", "暂停不得在开始前结束。", "It ends before it begins."),
        Refusal::SuspendedAlready => FieldFault::rule("", "suspended_already", "采购活动已暂停。", "The procurement is suspended already."),
        Refusal::NotSuspended => FieldFault::rule("", "not_suspended", "采购活动未暂停。", "The procurement is not suspended."),
        Refusal::StayedAlready => {
            FieldFault::rule("", "stayed_already", "处理期限已停止计算。", "The clock of the decision stands still on that day already.")
        }
        Refusal::NotStayed => FieldFault::rule("", "not_stayed", "处理期限未停止计算。", "The clock of the decision does not stand still."),
        Refusal::EffectMissing => {
            let en = "An upheld complaint says what it does to the procurement.";
            FieldFault::rule("/effect", "effect_missing", "投诉成立须写明对采购活动的影响。", en)
        }
        Refusal::EffectNotWanted => {
            let en = "A dismissed complaint does nothing to the procurement.";
            FieldFault::rule("/effect", "effect_not_wanted", "驳回投诉不影响采购活动。", en)
        }
        Refusal::NoPolicy => FieldFault::rule("/on", "policy_missing", "该日没有可适用的时限规定。", "No clocks are known for that day."),
    }
}
