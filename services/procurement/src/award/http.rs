//! Awards on HTTP: award, read, notice, give up; and the public list of results. Not here: the contract, `contract`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Error, Problems, Result},
    http::{
        json::Body,
        once,
        precondition::ETag,
        step::{Part, Place},
    },
    token::{Caller, Role},
};
use contracts::credit::MoneyView;
use model::{
    fault::FieldFault,
    id::Id,
    instant::Day,
    money::{Currency, Money},
    normalise::line,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    actions::{self, Made},
    rules::{AwardEntry, Contract, Notice, State, Step},
    store::{self, Stored},
};
use crate::{
    Procurement,
    buyer::actions::Author,
    challenge::http::{TEXT_MAX, day_of_step},
    deadline::http::DeadlineView,
    sent::http::{Judged, Sent, judged_of_buyer, today},
};

/// The longest number or name.
pub(crate) const SHORT: usize = 200;

/// A lot in a path.
pub(crate) struct OfLot;

impl Place for OfLot {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The tender.", "SZ-2026-0001"), Part::new("lot", "The lot; `-` where the tender has none.", "-")]
    }
}

/// An award as it is made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAward {
    /// Who wins.
    #[schema(example = "914404001000000590")]
    winner: String,
    /// For how much.
    price: MoneyView,
    /// The newest decision on the winner for this lot: it must be eligible.
    #[schema(example = "dec_01JD0000000000000000000000")]
    decision: String,
    /// Why the winner is not the first of the evaluation, where it is not.
    #[serde(default)]
    #[schema(example = json!(null))]
    ground: Option<String>,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// That the result is public.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AwardNotice {
    /// Where else it stands.
    #[serde(default)]
    #[schema(example = "示例政府采购网")]
    medium: Option<String>,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// Why the winner gives up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AwardGivenUp {
    /// Why.
    #[schema(example = "示例：中标供应商放弃中标。")]
    reason: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// A purchase beyond a contract.
#[derive(Serialize, ToSchema)]
pub struct SupplementView {
    number: String,
    #[schema(value_type = MoneyView)]
    amount: Money,
    #[schema(value_type = String, format = Date)]
    on: Day,
}

/// A contract.
#[derive(Serialize, ToSchema)]
pub struct ContractView {
    number: String,
    #[schema(value_type = String, format = Date)]
    signed_on: Day,
    #[schema(value_type = MoneyView)]
    amount: Money,
    #[schema(value_type = Option<MoneyView>)]
    performance_bond: Option<Money>,
    #[schema(value_type = Option<String>, format = Date)]
    published_on: Option<Day>,
    #[schema(value_type = Option<String>, format = Date)]
    filed_on: Option<Day>,
    supplements: Vec<SupplementView>,
}

impl From<Contract> for ContractView {
    fn from(contract: Contract) -> Self {
        let supplements =
            contract.supplements.into_iter().map(|one| SupplementView { number: one.number, amount: one.amount, on: one.on }).collect();
        let Contract { number, signed_on, amount, performance_bond, published_on, filed_on, .. } = contract;
        Self { number, signed_on, amount, performance_bond, published_on, filed_on, supplements }
    }
}

/// An award.
#[derive(Serialize, ToSchema)]
pub struct AwardView {
    /// `awd_…`.
    id: String,
    tender: String,
    tender_version: u32,
    lot: String,
    buyer: String,
    winner: String,
    #[schema(value_type = MoneyView)]
    price: Money,
    decision: String,
    evaluation: Option<String>,
    rank: Option<u32>,
    ground: Option<String>,
    state: State,
    #[schema(value_type = String, format = Date)]
    awarded_on: Day,
    notice: Option<Notice>,
    contract: Option<ContractView>,
    deadlines: Vec<DeadlineView>,
    /// What was done, in order.
    history: Vec<AwardEntry>,
    /// The steps that may follow.
    allowed: &'static [&'static str],
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl AwardView {
    /// What is nobody else's: the way to it, and a contract that is not public yet.
    fn public(self) -> Self {
        let shown = self.contract.filter(|contract| contract.published_on.is_some());
        let contract = shown.map(|contract| ContractView { performance_bond: None, filed_on: None, ..contract });
        Self { contract, evaluation: None, ground: None, history: Vec::new(), ..self }
    }

    fn on(stored: &Stored, today: Day) -> Self {
        let award = stored.award.clone();
        Self {
            deadlines: award.deadlines.iter().map(|deadline| DeadlineView::on(deadline, today)).collect(),
            allowed: award.state.allowed(),
            id: award.id,
            tender: award.tender,
            tender_version: award.tender_version,
            lot: award.lot,
            buyer: award.buyer.to_string(),
            winner: award.winner.to_string(),
            price: award.price,
            decision: award.decision,
            evaluation: award.evaluation,
            rank: award.rank,
            ground: award.ground,
            state: award.state,
            awarded_on: award.awarded_on,
            notice: award.notice,
            contract: award.contract.map(ContractView::from),
            history: award.history,
            version: stored.version,
        }
    }
}

/// An award as an answer.
///
/// # Errors
/// When it cannot be written as JSON.
pub(crate) fn answer(status: u16, stored: &Stored, today: Day) -> Result<Answer> {
    let body = serde_json::to_string(&AwardView::on(stored, today)).map_err(Error::internal)?;
    let Stored { award, version } = stored;
    let location = (status == 201).then(|| format!("/procurement/v1/tenders/{}/lots/{}/award", award.tender, award.lot));
    Ok(Answer { status, etag: Some(ETag(*version).to_string()), location, body })
}

/// Reads money; a fault is added to `faults`.
pub(crate) fn money(said: &MoneyView, pointer: &str, faults: &mut Vec<FieldFault>) -> Option<Money> {
    let currency = Currency::parse(&said.currency).map_err(|fault| faults.push(FieldFault::of(format!("{pointer}/currency"), fault))).ok();
    // The amount is judged by two decimals where the currency is unknown.
    let amount = Money::parse(&said.amount, currency.unwrap_or(Currency::CNY));
    let amount = amount.map_err(|fault| faults.push(FieldFault::of(format!("{pointer}/amount"), fault))).ok();
    amount.filter(|_| currency.is_some())
}

/// Award a lot of a published tender after its cut-off.
#[utoipa::path(
    request_body = NewAward,
    params(("id" = String, Path, description = "The tender.", example = "SZ-2026-0001"), ("lot" = String, Path, description = "The lot; `-` where the tender has none.", example = "-"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = AwardView, description = "The winner is determined, and the clock of the notice runs."), Problems),
    security(("oauth2" = ["procurement:write"]))
)]
#[post("/tenders/{id}/lots/{lot}/award")]
pub(crate) async fn create_award(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
    body: Body<NewAward>,
) -> Result<HttpResponse> {
    let (author, (tender, lot)) = (Author::of(&caller)?, path.into_inner());
    let key = once::key(&req, &caller, &body.sha256)?;
    let (mut faults, today) = (Vec::new(), app.clock.now().day());
    let winner = Uscc::parse(&body.winner).map_err(|fault| faults.push(FieldFault::of("/winner", fault))).ok();
    let price = money(&body.price, "/price", &mut faults);
    if price.is_some_and(|price| !price.is_positive()) {
        faults.push(FieldFault::rule("/price/amount", "amount_not_positive", "金额须大于零。", "The amount must be above zero."));
    }
    let decision = Id::parse("dec", &body.decision).map_err(|fault| faults.push(FieldFault::of("/decision", fault))).ok();
    let ground = words(body.ground.as_deref(), "/ground", TEXT_MAX, &mut faults);
    let on = day_of_step(body.on.as_deref(), today, author.role, &mut faults);
    let (Some(winner), Some(price), Some(decision), true) = (winner, price, decision, faults.is_empty()) else {
        return Err(faults.into());
    };
    let made = Made { winner, price, decision, ground, on };
    let inner = Arc::clone(&app);
    let answer = db.write_once(key, move |tx| answer(201, &actions::make(tx, &inner, (&tender, &lot), &made, &author)?, today)).await?;
    Ok(once::respond(&answer))
}

/// Words that may be left out.
pub(crate) fn words(said: Option<&str>, pointer: &str, most: usize, faults: &mut Vec<FieldFault>) -> Option<String> {
    said.and_then(|text| line(text, most).map_err(|fault| faults.push(FieldFault::of(pointer, fault))).ok())
}

/// Takes a step of an award; the faults of the body so far are told with that of its day.
///
/// # Errors
/// As `actions::step`.
pub(crate) async fn take(
    judged: Judged,
    step: Option<Step>,
    reason: Option<String>,
    on: Option<&str>,
    mut faults: Vec<FieldFault>,
) -> Result<HttpResponse> {
    let (tender, lot) = (judged.part(0), judged.part(1));
    let on = day_of_step(on, today(&judged), judged.by.role, &mut faults);
    let (Some(step), true) = (step, faults.is_empty()) else { return Err(faults.into()) };
    let taken = judged.take(move |tx, judged| {
        let of = (tender.as_str(), lot.as_str(), judged.version);
        answer(200, &actions::step(tx, &judged.app, of, (&step, reason.as_deref(), on), &judged.by)?, today(judged))
    });
    taken.await
}

/// Make the result public: everybody reads it, and the clock of the contract runs.
#[utoipa::path(request_body = AwardNotice, params(Sent<OfLot>), responses((status = OK, body = AwardView, description = "It is public."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/tenders/{id}/lots/{lot}/award/notice")]
pub(crate) async fn publish_award(sent: Sent<OfLot>, body: Body<AwardNotice>) -> Result<HttpResponse> {
    let (judged, mut faults) = (judged_of_buyer(sent, &body.sha256)?, Vec::new());
    let medium = words(body.medium.as_deref(), "/medium", SHORT, &mut faults);
    take(judged, Some(Step::Notice { medium }), None, body.on.as_deref(), faults).await
}

/// Record that the winner gives up before a contract: another may be awarded.
#[utoipa::path(request_body = AwardGivenUp, params(Sent<OfLot>), responses((status = OK, body = AwardView, description = "It stands no more."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/tenders/{id}/lots/{lot}/award/give_up")]
pub(crate) async fn give_up_award(sent: Sent<OfLot>, body: Body<AwardGivenUp>) -> Result<HttpResponse> {
    let (judged, mut faults) = (judged_of_buyer(sent, &body.sha256)?, Vec::new());
    let reason = words(Some(&body.reason), "/reason", TEXT_MAX, &mut faults);
    take(judged, Some(Step::GiveUp), reason, body.on.as_deref(), faults).await
}

/// Read the newest award of a lot: its parties and authorities all of it, others once it is public.
#[utoipa::path(params(("id" = String, Path, description = "The tender.", example = "SZ-2026-0001"), ("lot" = String, Path, description = "The lot; `-` where the tender has none.", example = "-")), responses((status = OK, body = AwardView, description = "The award."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/tenders/{id}/lots/{lot}/award")]
pub(crate) async fn read_award(app: Data<Procurement>, db: Data<Db>, caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse> {
    let (tender, lot) = path.into_inner();
    let name = format!("{tender}/{lot}");
    let found = db.read(move |conn| store::newest(conn, &tender, &lot)).await?;
    let party = |stored: &Stored| {
        caller.owns(&stored.award.buyer).is_ok() || caller.owns(&stored.award.winner).is_ok() || caller.role() == Role::Service
    };
    let stored = found.filter(|stored| party(stored) || stored.award.notice.is_some()).ok_or_else(|| Error::not_found("award", name))?;
    let view = AwardView::on(&stored, app.clock.now().day());
    let view = if party(&stored) { view } else { view.public() };
    Ok(HttpResponse::Ok().insert_header(ETag(stored.version).header()).json(view))
}
