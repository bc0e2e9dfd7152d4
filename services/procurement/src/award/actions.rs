//! Use cases of awards: award, every step after it, and what a decision on a complaint does to them. Not here: which step is allowed, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
    http::precondition::mismatch,
};
use contracts::{
    event::tell,
    procurement::{AwardEnded, ContractAwarded},
};
use model::{
    fault::FieldFault,
    instant::{Day, Instant},
    money::Money,
    text::Text,
    uscc::Uscc,
};
use serde_json::json;

use super::{
    rules::{Award, AwardEntry, By, Refusal, State, Step},
    store::{self, Stored, WHOLE},
};
use crate::{
    Procurement,
    buyer::actions::{Author, unknown},
    challenge::actions::{lot_unknown, not_suspended},
    evaluation::{self, actions::EvaluationView},
    status::{rules::Purpose, store::marks},
    tender::{self, rules::State as TenderState},
};

/// An award as it is made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Who wins.
    pub winner: Uscc,
    /// For how much.
    pub price: Money,
    /// The decision by which it is eligible.
    pub decision: String,
    /// Why it is not the first, where it is not.
    pub ground: Option<String>,
    /// On which day.
    pub on: Day,
}

/// A lot of a tender that its buyer may act on.
struct Place {
    tender: tender::store::Stored,
    lots: Vec<String>,
    cut_off: Instant,
    /// Whether it was announced how bids are evaluated.
    is_evaluated: bool,
}

impl Place {
    fn find(conn: &mut Conn, id: &str, lot: &str, author: &Author) -> Result<Self> {
        let tender = tender::store::find(conn, id)?.filter(|stored| stored.published_at.is_some()).ok_or_else(|| unknown(id))?;
        author.owns(&tender)?;
        let written = tender::actions::written(&tender)?;
        let is_evaluated = written.written.evaluation.is_some();
        let lots: Vec<String> = written.lots.into_iter().map(|(lot, _)| lot).collect();
        let exists = if lots.is_empty() { lot == WHOLE } else { lots.iter().any(|known| known == lot) };
        if !exists {
            return Err(Error::invalid(vec![lot_unknown("{lot}")]));
        }
        Ok(Self { tender, lots, cut_off: written.cut_off, is_evaluated })
    }
}

/// The lot as decisions and challenges name it: none where the tender has no lots.
fn named<'a>(place: &Place, lot: &'a str) -> Option<&'a str> {
    (!place.lots.is_empty()).then_some(lot)
}

/// Awards a lot.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `lot_unknown`, `illegal_transition`, `duplicate`, `procurement_suspended`, or why the winner cannot win.
pub fn make(tx: &mut Tx<'_>, app: &Procurement, (tender, lot): (&str, &str), made: &Made, author: &Author) -> Result<Stored> {
    let place = Place::find(tx.conn, tender, lot, author)?;
    vacant(tx.conn, tender, lot)?;
    if place.tender.state != TenderState::Published {
        let detail = Text::new("采购项目的当前状态不能确定中标、成交供应商。", "The tender is not open to an award.");
        let allowed: Vec<&str> = place.tender.state.allowed().iter().map(|state| state.as_str()).collect();
        return Err(Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(allowed)));
    }
    still(tx, (tender, named(&place, lot)), made.on)?;
    let mut faults = winner_faults(tx.conn, &place, lot, made, author)?;
    let ranked = ranked(tx.conn, &place, lot, made, &mut faults)?;
    if made.on < place.cut_off.cut_off_day() || tx.now() < place.cut_off {
        faults.push(FieldFault::rule("/on", "before_cut_off", "截止之前不得确定中标、成交供应商。", "Nobody wins before the cut-off."));
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let draft = draft(tx.id("awd"), &place, lot, (made, ranked))?;
    let entry = entry(tx, "award", made.on, made.ground.as_deref(), author);
    let calendar = app.calendars.current();
    let by = By { policy: &app.award_terms, calendar: &calendar };
    let stored = store::insert(tx.conn, &draft.clone().begun(entry, by).map_err(|refusal| refused(&draft, &refusal))?)?;
    let awarded = store::standing(tx.conn, tender, None)?.len();
    if awarded >= place.lots.len().max(1) {
        tender::actions::move_to(tx, tender, TenderState::Awarded, author)?;
    }
    Ok(stored)
}

/// Refuses where a lot has a winner.
///
/// # Errors
/// `duplicate`.
pub fn vacant(conn: &mut Conn, tender: &str, lot: &str) -> Result<()> {
    let Some(stands) = store::standing(conn, tender, Some(lot))?.pop() else { return Ok(()) };
    let detail = Text::new("该包已有中标、成交供应商。", "The lot has a winner already.");
    Err(Error::conflict(Code::DUPLICATE, detail).with_member("award", json!(stands.award.id)))
}

/// Neither on the day of the step nor today may the procurement stand still.
fn still(tx: &mut Tx<'_>, (tender, lot): (&str, Option<&str>), on: Day) -> Result<()> {
    let today = tx.now().day();
    not_suspended(tx.conn, tender, lot, on)?;
    not_suspended(tx.conn, tender, lot, today)
}

fn draft(id: String, place: &Place, lot: &str, (made, ranked): (&Made, Option<(String, u32)>)) -> Result<Award> {
    let (evaluation, rank) = ranked.unzip();
    Ok(Award {
        id,
        tender: place.tender.id.clone(),
        tender_version: place.tender.version,
        lot: lot.to_owned(),
        buyer: Uscc::parse(&place.tender.organisation)?,
        winner: made.winner.clone(),
        price: made.price,
        decision: made.decision.clone(),
        evaluation,
        rank,
        ground: made.ground.clone(),
        state: State::Awarded,
        awarded_on: made.on,
        notice: None,
        contract: None,
        history: Vec::new(),
        deadlines: Vec::new(),
    })
}

/// Why a winner cannot win: its newest decision on the lot as of the cut-off, which the buyer or the author asked for, must be the one named, of the tender
/// as it is now, not withdrawn, and eligible.
fn winner_faults(conn: &mut Conn, place: &Place, lot: &str, made: &Made, author: &Author) -> Result<Vec<FieldFault>> {
    let lot = named(place, lot);
    let mut faults = Vec::new();
    let on_lot = |of: &store::OfTender| of.lot.as_deref() == lot;
    let all = store::decided(conn, &place.tender.id, &made.winner, &[&place.tender.organisation, author.organisation.as_str()])?;
    let of_cut_off = all.into_iter().filter(|decided| decided.as_of == place.cut_off);
    let newest = of_cut_off.into_iter().find_map(|decided| decided.tender.clone().filter(on_lot).map(|of| (decided, of)));
    match newest {
        None => {
            let en = "There is no decision on this supplier for the lot.";
            faults.push(FieldFault::rule("/decision", "decision_missing", "没有该供应商对该包的资格判定。", en));
        }
        Some((decided, _)) if decided.id != made.decision => {
            let zh = format!("应为最新的资格判定 {}。", decided.id);
            let en = format!("It is not the newest decision on this supplier for the lot, {}.", decided.id);
            faults.push(FieldFault::rule("/decision", "decision_not_newest", zh, en));
        }
        Some((_, of)) if of.digest != place.tender.digest => {
            let en = "The tender was amended since; decide anew.";
            faults.push(FieldFault::rule("/decision", "decision_outdated", "采购文件已变更，须重新判定资格。", en));
        }
        Some((decided, _)) if marks(conn, &decided.id)?.iter().any(|mark| mark.purpose == Purpose::Revocation) => {
            faults.push(FieldFault::rule("/decision", "decision_revoked", "资格判定已撤销。", "The decision was withdrawn."));
        }
        Some((decided, _)) if !matches!(decided.outcome.as_str(), "eligible" | "eligible_with_conditions") => {
            let (zh, en) = (format!("资格判定结果为 {}。", decided.outcome), format!("The decision says {}.", decided.outcome));
            faults.push(FieldFault::rule("/decision", "winner_not_eligible", zh, en));
        }
        Some(_) => {}
    }
    Ok(faults)
}

/// The evaluation that the buyer means to act on, where there is one, and the winner's rank in it; a winner that is not the first needs a ground.
fn ranked(conn: &mut Conn, place: &Place, lot: &str, made: &Made, faults: &mut Vec<FieldFault>) -> Result<Option<(String, u32)>> {
    let Some((id, body)) = evaluation::store::conclusive(conn, &place.tender.id, named(place, lot).unwrap_or_default())? else {
        if place.is_evaluated {
            let en = "The tender announced how bids are evaluated, and there is no conclusive evaluation of the lot.";
            faults.push(FieldFault::rule("/winner", "evaluation_missing", "招标文件公布了评审办法，该包尚无结论性评审。", en));
        }
        return Ok(None);
    };
    let view: EvaluationView = serde_json::from_str(&body).map_err(Error::internal)?;
    let bid = view.ranking.bids.iter().find(|bid| bid.bidder == made.winner);
    let Some((bid, rank)) = bid.and_then(|bid| bid.rank.map(|rank| (bid, rank))) else {
        let en = format!("The evaluation {id} does not rank this supplier.");
        faults.push(FieldFault::rule("/winner", "winner_not_ranked", format!("评审 {id} 未将该供应商列为候选人。"), en));
        return Ok(None);
    };
    let is_shared = view.ranking.bids.iter().filter(|one| one.rank == Some(rank)).count() > 1;
    if (rank > 1 || is_shared) && made.ground.is_none() {
        let en = "A winner that is not alone in the first rank needs a ground, such as that the first gave up, or the record of the draw.";
        faults.push(FieldFault::rule("/ground", "runner_up_without_ground", "不是唯一第一候选人的，须写明理由或抽签记录。", en));
    }
    if bid.price != made.price {
        let en = "The price is that of the bid, not the evaluated one.";
        faults.push(FieldFault::rule("/price", "price_not_bid", "中标、成交金额应为投标报价。", en));
    }
    Ok(Some((id, rank)))
}

fn entry(tx: &Tx<'_>, act: &str, on: Day, reason: Option<&str>, author: &Author) -> AwardEntry {
    let by = author.organisation.clone();
    AwardEntry { act: act.to_owned(), on, recorded_at: tx.now(), by, reason: reason.map(str::to_owned) }
}

/// Takes a step of the newest award of a lot, after the version that was read.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, `illegal_transition`, `procurement_suspended`, or what the step lacks.
pub fn step(
    tx: &mut Tx<'_>,
    app: &Procurement,
    (tender, lot, version): (&str, &str, i64),
    (step, reason, on): (&Step, Option<&str>, Day),
    author: &Author,
) -> Result<Stored> {
    let place = Place::find(tx.conn, tender, lot, author)?;
    let stored = store::newest(tx.conn, tender, lot)?.ok_or_else(|| Error::not_found("award", format!("{tender}/{lot}")))?;
    if stored.version != version {
        return Err(mismatch(stored.version));
    }
    if matches!(step, Step::Notice { .. } | Step::Contract { .. } | Step::Supplement { .. }) {
        if !matches!(place.tender.state, TenderState::Published | TenderState::Awarded) {
            let detail = Text::new("采购活动已终止。", "The procurement has ended without a contract.");
            return Err(Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!([])));
        }
        still(tx, (tender, named(&place, lot)), on)?;
    }
    let moved = take(tx, app, &stored, (step, reason, on), author)?;
    if *step == Step::GiveUp && place.tender.state == TenderState::Awarded {
        tender::actions::move_to(tx, tender, TenderState::Published, author)?;
    }
    Ok(moved)
}

/// The step itself, and what is told of it.
fn take(
    tx: &mut Tx<'_>,
    app: &Procurement,
    stored: &Stored,
    (step, reason, on): (&Step, Option<&str>, Day),
    author: &Author,
) -> Result<Stored> {
    let calendar = app.calendars.current();
    let by = By { policy: &app.award_terms, calendar: &calendar };
    let entry = entry(tx, step.act(), on, reason, author);
    let moved = stored.award.clone().step(step, entry, by).map_err(|refusal| refused(&stored.award, &refusal))?;
    let saved = store::save(tx.conn, &moved, stored.version)?;
    let Award { id, tender, lot, buyer, winner, price, .. } = moved;
    if matches!(step, Step::Notice { .. }) {
        let (buyer, winner) = (buyer.to_string(), winner.to_string());
        tell(tx, &ContractAwarded { id, tender, lot, buyer, winner, price, noticed_on: on }, &author.client)?;
    } else if !moved.state.stands() && moved.notice.is_some() {
        let because = moved.state.as_str().to_owned();
        tell(tx, &AwardEnded { id, tender, lot, winner: winner.to_string(), because, on }, &author.client)?;
    }
    Ok(saved)
}

/// What an upheld complaint does: the awards that it is about are void, and the tender is open again, or void where the procurement begins anew.
///
/// # Errors
/// `date_order`, or when the database fails.
pub fn upset(
    tx: &mut Tx<'_>,
    app: &Procurement,
    (id, lot): (&str, Option<&str>),
    anew: bool,
    (reason, on): (&str, Day),
    author: &Author,
) -> Result<()> {
    for stored in store::standing(tx.conn, id, lot)? {
        take(tx, app, &stored, (&Step::Void, Some(reason), on), author)?;
    }
    let Some(stored) = tender::store::find(tx.conn, id)? else { return Ok(()) };
    let lots = tender::actions::written(&stored)?.lots.len();
    let whole = lot.is_none() || lots <= 1;
    let next = match (anew && whole, stored.state) {
        (true, _) => TenderState::Void,
        (false, TenderState::Awarded) => TenderState::Published,
        (false, _) => return Ok(()),
    };
    if stored.state.allowed().contains(&next) {
        tender::actions::move_to(tx, id, next, author)?;
    }
    Ok(())
}

fn refused(award: &Award, refusal: &Refusal) -> Error {
    match refusal {
        Refusal::NotAllowed => {
            let detail =
                Text::new("该结果的当前状态不允许这一步。", format!("The award is {}; that step is not allowed.", award.state.as_str()));
            Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(award.state.allowed()))
        }
        Refusal::DoneAlready => Error::conflict(Code::DUPLICATE, Text::new("已经办理。", "That was done already.")),
        Refusal::BeforeLastStep => {
            Error::invalid(vec![FieldFault::rule("/on", "date_order", "日期早于上一步。", "The day lies before the step before.")])
        }
        Refusal::NoPolicy => Error::invalid(vec![FieldFault::rule(
            "/on",
            "policy_missing",
            "该日没有可适用的时限规定。",
            "No clocks are known for that day.",
        )]),
        Refusal::Faults(faults) => Error::invalid(faults.clone()),
    }
}
