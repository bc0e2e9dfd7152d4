//! Evaluating the bids of a lot: eligibility by the platform's own decisions, relations, ranking; recording and replaying it. Not here: the ranking itself.

use common::{
    db::Tx,
    error::{Code, Error, Kind, Result},
    http::precondition::mismatch,
};
use contracts::{credit::Grade, event::tell, procurement::EvaluationRecorded};
use model::{
    fault::FieldFault,
    instant::{Day, Instant},
    money::Money,
    text::Text,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    rules::Terms,
    store::{self, Record},
};
use crate::{
    Procurement,
    assessment::rules::{Outcome, Ranking},
    award::{self, actions::vacant},
    bid::rules::{Bid, Known, check, levels},
    buyer::actions::Author,
    challenge::actions::not_suspended,
    consortium::rules::misplaced,
    decision::{
        actions::{Ask, DecisionView, Explain, make},
        rules::differences,
    },
    draw::rules::Disclosed,
    opening::rules::Handed,
    ranking::rules::{Entry, Question, evaluate, place_of},
    relation::rules::{Marks, Relation, excluded_by, related},
    replay::actions::{ReplayView, repeated},
    standing::rules::Standing,
    tender::{
        actions::{LotTerms, TenderRef, move_to, terms, written},
        rules::{Category, Method, State, Tender},
        store::{self as tenders, Stored},
    },
};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The lot, where the tender has lots.
    pub lot: Option<String>,
    /// The bids.
    pub handed: Vec<Handed>,
    /// What is disclosed for the draw.
    pub disclosed: Option<Disclosed>,
    /// Whether the buyer means to act on it.
    pub conclusive: bool,
}

/// An evaluation as it is answered and kept.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvaluationView {
    /// `evl_…`.
    pub id: String,
    /// Which evaluation of this lot, counted from 1; none is ever taken back.
    pub number: i64,
    /// Of which tender and lot.
    pub tender: TenderRef,
    /// Whether the buyer means to act on it.
    pub conclusive: bool,
    /// The day whose rates and weights hold: that of the first publication.
    #[schema(value_type = String, format = Date)]
    pub announced_on: Day,
    /// Until when bids came in; eligibility, grades and levels are those of then.
    #[schema(value_type = String, format = DateTime)]
    pub cut_off: Instant,
    /// When it was evaluated.
    #[schema(value_type = String, format = DateTime)]
    pub evaluated_at: Instant,
    /// `sha256:…` of what it was made from.
    pub inputs_digest: String,
    /// Who is before whom, with every step.
    pub ranking: Ranking,
    /// Bidders with something in common, and what follows from it.
    pub relations: Vec<Relation>,
    /// Whether each bidder may take part, in the order of their codes; what is plainly met is not shown.
    pub decisions: Vec<DecisionView>,
}

/// What an evaluation is made from. What bidders declared is in it as hashes whose salt was thrown away.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inputs {
    bids: Vec<Bid>,
    marks: Vec<Marks>,
    disclosed: Option<Disclosed>,
}

/// What was announced for a lot.
struct Announced {
    lot: LotTerms,
    terms: Terms,
    category: Category,
    bought: Method,
    on: Day,
}

fn rule(pointer: &str, code: &'static str, zh: &str, en: &str) -> Error {
    Error::invalid(vec![FieldFault::rule(pointer, code, zh, en)])
}

async fn announced(app: &Procurement, stored: &Stored, lot: Option<&str>) -> Result<Announced> {
    let of_lot = terms(app, &stored.id, Some(stored.version), lot).await?;
    let tender = written(stored)?;
    let on = stored.published_at.unwrap_or(stored.recorded_at).day();
    let mut faults = Vec::new();
    let evaluation = tender.written.evaluation.clone().map(Value::Object);
    let Some(mut terms) = evaluation.and_then(|value| Terms::read(&value, "/evaluation", &mut faults)) else {
        return Err(rule("/lot", "evaluation_not_announced", "招标文件未公布评审条款。", "The tender announced no terms of evaluation."));
    };
    // All bind: what may be spent on the lot, what on the whole, and the highest price that was announced.
    terms.ceiling = [budget(&tender, lot), tender.written.budget, terms.ceiling].into_iter().flatten().min_by_key(|money| money.minor());
    Ok(Announced { lot: of_lot, terms, category: tender.written.category, bought: tender.written.method, on })
}

/// The budget of a lot.
fn budget(tender: &Tender, lot: Option<&str>) -> Option<Money> {
    tender.written.lots.iter().find(|one| Some(one.id.as_str()) == lot)?.budget
}

/// Evaluates the bids of a lot on what is known now of the cut-off; nothing is stored.
///
/// # Errors
/// `illegal_transition`, `cut_off_not_passed`, everything that is wrong with the bids, or what the draw needs.
pub async fn assess(app: &Procurement, stored: &Stored, request: Request, id: String) -> Result<(EvaluationView, Inputs)> {
    if stored.state != State::Published {
        let detail = Text::new(
            "只有已发布的采购项目可以评审。",
            format!("The tender is {}; only a published one is evaluated.", stored.state.as_str()),
        );
        return Err(Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!([State::Published.as_str()])));
    }
    let announced = announced(app, stored, request.lot.as_deref()).await?;
    let now = app.clock.now();
    if now < announced.lot.cut_off {
        return Err(rule("/bids", "cut_off_not_passed", "投标截止前不得开标。", "Bids are not opened before the cut-off."));
    }
    let mut handed = request.handed;
    let bids: Vec<Bid> = handed.iter().map(|one| one.bid.clone()).collect();
    let mut faults = Vec::new();
    check(&announced.terms, &bids, &mut faults);
    faults.extend(not_lent(&announced.lot, &handed));
    let mut decisions = Vec::with_capacity(handed.len());
    for (place, one) in handed.iter().enumerate() {
        match decide(app, &announced.lot, one).await {
            Ok(view) => decisions.push(view),
            Err(error) if error.kind() == Kind::NotFound => {
                let (zh, en) = ("这里没有登记该投标人或其成员。", "The bidder, or a member, is not registered here.");
                faults.push(FieldFault::rule(format!("/bids/{place}/bidder"), "enterprise_unknown", zh, en));
            }
            Err(error) => return Err(error),
        }
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    handed.sort_by(|one, other| one.bid.bidder.cmp(&other.bid.bidder));
    decisions.sort_by(|one, other| one.supplier.cmp(&other.supplier));
    let salt = app.chance.token(32);
    let mut inputs = Inputs { bids: Vec::new(), marks: Vec::new(), disclosed: request.disclosed };
    for one in handed {
        inputs.marks.push(Marks::take(&salt, &one.bid.bidder, &one.bid.members, &one.declared));
        inputs.bids.push(one.bid);
    }
    let found = found(app, &announced, &inputs, decisions).await?;
    let canonical = receipt::canonical(&inputs).map_err(|error| Error::internal(error.to_string()))?;
    let view = EvaluationView {
        id,
        number: 0,
        tender: announced.lot.tender,
        conclusive: request.conclusive,
        announced_on: announced.on,
        cut_off: announced.lot.cut_off,
        evaluated_at: now,
        inputs_digest: receipt::digest(&canonical),
        ranking: found.ranking,
        relations: found.relations,
        decisions: found.decisions,
    };
    Ok((view, inputs))
}

fn not_lent(lot: &LotTerms, handed: &[Handed]) -> Vec<FieldFault> {
    let of = handed.iter().enumerate().filter_map(|(place, one)| Some((place, one.consortium.as_ref()?)));
    let of = of.flat_map(|(place, consortium)| misplaced(consortium, &lot.entry.compiled).into_iter().map(move |fault| (place, fault)));
    of.map(|(place, fault)| FieldFault { pointer: fault.pointer.replacen("/consortium", &format!("/bids/{place}"), 1), ..fault }).collect()
}

async fn decide(app: &Procurement, lot: &LotTerms, one: &Handed) -> Result<DecisionView> {
    let about = Ask::about(one.bid.bidder.clone(), lot.cut_off);
    let ask = Ask { consortium: one.consortium.clone(), tender: Some(lot.tender.clone()), explain: Explain::Failed, ..about };
    make(app, &lot.entry, &ask, None, true).await
}

struct Found {
    ranking: Ranking,
    relations: Vec<Relation>,
    decisions: Vec<DecisionView>,
}

/// All that follows from the inputs and from the standings at the positions of the decisions: what an evaluation is made by, and what a replay repeats.
async fn found(app: &Procurement, announced: &Announced, inputs: &Inputs, decisions: Vec<DecisionView>) -> Result<Found> {
    let relations = related(&inputs.marks, announced.on);
    let mut entries = Vec::with_capacity(inputs.bids.len());
    let mut again = Vec::with_capacity(decisions.len());
    for (bid, view) in inputs.bids.iter().zip(decisions) {
        let (view, standings) = repeated(app, &view).await?;
        let day = announced.lot.cut_off.cut_off_day();
        let (grade, traceability) = weakest(&standings, bid.members.len(), day);
        let related = excluded_by(&relations, &bid.bidder);
        entries.push(Entry { bid: bid.clone(), known: Known { outcome: view.verdict.outcome, grade, traceability, related } });
        again.push(view);
    }
    let tender = &announced.lot.tender;
    let question = Question {
        tender: &tender.id,
        lot: tender.lot.as_deref().unwrap_or_default(),
        terms: &announced.terms,
        category: announced.category,
        bought: announced.bought,
        day: announced.on,
        entries: &entries,
        disclosed: inputs.disclosed.as_ref(),
    };
    Ok(Found { ranking: evaluate(question)?, relations, decisions: again })
}

/// The grade and the traceability level of the weakest member: one member's record counts for all.
fn weakest(standings: &[Standing], members: usize, day: Day) -> (Grade, u8) {
    let all: Vec<(Grade, u8)> = standings.iter().take(members.max(1)).map(|standing| levels(standing, day)).collect();
    let grade = all.iter().map(|(grade, _)| *grade).max_by_key(|grade| place_of(*grade, day));
    (grade.unwrap_or(Grade::Unrated), all.iter().map(|(_, level)| *level).min().unwrap_or_default())
}

/// Stores an evaluation and tells of it; a void one that is conclusive for all lots ends the tender.
///
/// # Errors
/// When the database fails, or the tender moved on meanwhile.
pub fn record(tx: &mut Tx<'_>, view: &EvaluationView, inputs: &Inputs, stored: &Stored, author: &Author) -> Result<String> {
    let now = tenders::find(tx.conn, &stored.id)?.ok_or_else(|| Error::not_found("tender", &stored.id))?;
    if now.version != stored.version {
        return Err(mismatch(i64::from(now.version)));
    }
    if view.conclusive {
        let lot = view.tender.lot.as_deref();
        not_suspended(tx.conn, &stored.id, lot, tx.now().day())?;
        vacant(tx.conn, &stored.id, lot.unwrap_or(award::store::WHOLE))?;
    }
    let lot = view.tender.lot.clone().unwrap_or_default();
    let number = store::count(tx.conn, &stored.id, &lot)?.saturating_add(1);
    let body = serde_json::to_string(&EvaluationView { number, ..view.clone() }).map_err(Error::internal)?;
    let record = Record {
        id: view.id.clone(),
        tender: stored.id.clone(),
        lot,
        number,
        organisation: stored.organisation.clone(),
        outcome: view.ranking.outcome.as_str(),
        conclusive: view.conclusive,
        recorded_at: view.evaluated_at,
        client: author.client.clone(),
        digest: receipt::digest(body.as_bytes()),
        inputs: serde_json::to_string(inputs).map_err(Error::internal)?,
        body,
    };
    store::insert(tx.conn, &record)?;
    let told = EvaluationRecorded {
        id: record.id.clone(),
        tender: record.tender.clone(),
        lot: view.tender.lot.clone(),
        organisation: record.organisation.clone(),
        outcome: record.outcome.to_owned(),
        conclusive: record.conclusive,
        digest: record.digest.clone(),
    };
    tell(tx, &told, &author.client)?;
    if view.conclusive && view.ranking.outcome == Outcome::Void {
        let void = store::concluded(tx.conn, &stored.id, Outcome::Void.as_str())?;
        let lots = written(stored)?.lots;
        if lots.iter().all(|(lot, _)| void.contains(lot)) {
            move_to(tx, &stored.id, State::Void, author)?;
        }
    }
    Ok(record.body)
}

/// Evaluates again on the stored inputs, versions and feed positions, and compares.
///
/// # Errors
/// When a version is gone or the database fails.
pub async fn replay(app: &Procurement, inputs: &str, body: &str) -> Result<ReplayView> {
    let view: EvaluationView = serde_json::from_str(body).map_err(Error::internal)?;
    let inputs: Inputs = serde_json::from_str(inputs).map_err(Error::internal)?;
    let (id, version) = (view.tender.id.clone(), view.tender.version);
    let stored = app.db.read(move |conn| tenders::version(conn, &id, Some(version))).await?;
    let stored = stored.ok_or_else(|| Error::internal("the version of the tender is gone"))?;
    let announced = announced(app, &stored, view.tender.lot.as_deref()).await?;
    let found = found(app, &announced, &inputs, view.decisions.clone()).await?;
    let canonical = receipt::canonical(&inputs).map_err(|error| Error::internal(error.to_string()))?;
    let again = EvaluationView {
        tender: announced.lot.tender,
        announced_on: announced.on,
        cut_off: announced.lot.cut_off,
        inputs_digest: receipt::digest(&canonical),
        ranking: found.ranking,
        relations: found.relations,
        decisions: found.decisions,
        ..view.clone()
    };
    let value = |view: &EvaluationView| serde_json::to_value(view).map_err(Error::internal);
    let differences = differences(&value(&view)?, &value(&again)?);
    Ok(ReplayView { result: if differences.is_empty() { "identical" } else { "different" }, differences })
}
