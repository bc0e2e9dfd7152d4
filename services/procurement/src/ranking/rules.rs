//! Who is before whom, by which link of the chain; pure, and independent of the order in which bids are given. Not here: whether a bid is valid (`bid`),
//! what is deducted (`deduction`), how it is drawn (`draw`), the words (`assessment`).

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use contracts::credit::Grade;
use model::{
    fault::{Fault, FieldFault},
    instant::Day,
    money::Currency,
    policy::Policy,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};

use crate::assessment::rules::{
    AssessedBid, DrawRecord, Lead, Link, Outcome, PreferencePoints, Ranking, Score, Ticket, lead, price_step, score_steps, step,
};
use crate::bid::rules::{Bid, Known, Objection, objections};
use crate::criterion::rules::{Ground, Wording};
use crate::deduction::rules::{Claim, Deduction, Rates, deduct, is_domestic};
use crate::draw::rules::{self as draw, Disclosed, Opened};
use crate::evaluation::rules::{Method, SmallBusinessTerms, Terms};
use crate::scoring::rules::{Exact, price_score};
use crate::tender::rules::{Category, Method as Procedure};

/// With fewer valid bids the procurement is void (Law Art 36), by how it is bought.
static LEAST_VALID: LazyLock<Result<Policy<BTreeMap<Procedure, usize>>, Fault>> =
    LazyLock::new(|| Policy::from_json(include_str!("../../policy/least_valid.json")));

/// How many valid bids there must be; where no row tells, none are enough.
fn least_valid(bought: Procedure, day: Day) -> usize {
    let row = LEAST_VALID.as_ref().ok().and_then(|policy| policy.at(day));
    row.and_then(|row| row.value.get(&bought).copied()).unwrap_or(usize::MAX)
}

/// The order of credit grades under the same conditions; `unrated` has its place.
static CREDIT_ORDER: LazyLock<Result<Policy<Vec<Grade>>, Fault>> =
    LazyLock::new(|| Policy::from_json(include_str!("../../policy/credit_order.json")));

/// The place of a grade on a day; the lower is preferred.
#[must_use]
pub fn place_of(grade: Grade, day: Day) -> usize {
    let order = CREDIT_ORDER.as_ref().ok().and_then(|policy| policy.at(day));
    order.and_then(|row| row.value.iter().position(|one| *one == grade)).unwrap_or(usize::MAX)
}

/// A bid with what is known of who made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What was handed in.
    pub bid: Bid,
    /// What is known.
    pub known: Known,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The tender.
    pub tender: &'a str,
    /// Its lot; empty where it has none.
    pub lot: &'a str,
    /// What was announced.
    pub terms: &'a Terms,
    /// What is bought.
    pub category: Category,
    /// How it is bought.
    pub bought: Procedure,
    /// The day whose policies hold: that of the announcement.
    pub day: Day,
    /// The bids.
    pub entries: &'a [Entry],
    /// What is disclosed for the draw.
    pub disclosed: Option<&'a Disclosed>,
}

/// A valid bid on its way to a rank.
struct Scored<'a> {
    entry: &'a Entry,
    deductions: Vec<Deduction>,
    evaluated: Exact,
    score: Option<Score>,
    credit_place: usize,
    ticket: Option<String>,
}

impl Scored<'_> {
    fn compare(&self, other: &Self, link: Link) -> Ordering {
        let total = |one: &Self| one.score.as_ref().map(|score| score.total);
        let technical = |one: &Self| one.score.as_ref().map(|score| score.technical);
        match link {
            Link::Score => total(other).cmp(&total(self)),
            Link::EvaluatedPrice => self.evaluated.cmp(&other.evaluated),
            Link::CreditGrade => self.credit_place.cmp(&other.credit_place),
            Link::Traceability => other.entry.known.traceability.cmp(&self.entry.known.traceability),
            Link::TechnicalScore => technical(other).cmp(&technical(self)),
            Link::Draw => self.ticket.cmp(&other.ticket),
        }
    }

    /// The first link that tells them apart, and which comes first by it.
    fn decided(&self, other: &Self, chain: &[Link]) -> Option<(Link, Ordering)> {
        chain.iter().map(|link| (*link, self.compare(other, *link))).find(|(_, ordering)| ordering.is_ne())
    }

    fn shown(&self, link: Link, currency: Currency) -> String {
        let score = self.score.as_ref();
        match link {
            Link::Score => score.map(|score| score.total.text()).unwrap_or_default(),
            Link::EvaluatedPrice => self.evaluated.text(currency),
            Link::CreditGrade => self.entry.known.grade.as_str().to_owned(),
            Link::Traceability => self.entry.known.traceability.to_string(),
            Link::TechnicalScore => score.map(|score| score.technical.text()).unwrap_or_default(),
            Link::Draw => self.ticket.clone().unwrap_or_default(),
        }
    }
}

/// Evaluates the bids of a lot.
///
/// # Errors
/// Where a draw is needed and what must be disclosed for it is missing or does not fit.
pub fn evaluate(question: Question<'_>) -> Result<Ranking, Vec<FieldFault>> {
    disclosure(question)?;
    let judged: Vec<(&Entry, Vec<Objection>)> =
        question.entries.iter().map(|entry| (entry, objections(question.terms, &entry.bid, &entry.known))).collect();
    let valid: Vec<&Entry> = judged.iter().filter(|(_, objections)| objections.is_empty()).map(|(entry, _)| *entry).collect();
    let (counted, least) = (counted(&valid), least_valid(question.bought, question.day));
    let invalid = judged.iter().filter(|(_, objections)| !objections.is_empty());
    let mut others: Vec<AssessedBid> = invalid.map(|(entry, objections)| unranked(entry, objections.clone())).collect();
    let mut ranking = Ranking {
        outcome: Outcome::Void,
        reason: too_few(counted, least),
        method: question.terms.method,
        chain: Link::chain(question.terms.method).to_vec(),
        valid_bids: counted,
        lowest_evaluated_price: None,
        rounding: Wording::fixed(
            "评审价格精确计算；价格分仅在最后四舍五入一次，保留两位小数。",
            "Evaluated prices are exact; the price score is rounded once, at the end, half up to two decimals.",
        ),
        bids: Vec::new(),
        draw: None,
    };
    if counted < least {
        others.extend(valid.into_iter().map(|entry| unranked(entry, Vec::new())));
    } else {
        rank(question, &valid, &mut ranking)?;
    }
    others.sort_by(|one, other| one.bidder.cmp(&other.bidder));
    ranking.bids.extend(others);
    Ok(ranking)
}

fn too_few(counted: usize, least: usize) -> Ground {
    if least == 1 {
        return step("no_valid_bid", "没有有效投标人，应予废标。".to_owned(), "There is no valid bid: void.".to_owned());
    }
    step(
        "fewer_than_three",
        format!("有效投标人 {counted} 家，不足三家，应予废标（政府采购法第三十六条）。"),
        format!("{counted} valid bidders are fewer than three: void (Government Procurement Law Art 36)."),
    )
}

fn undisclosed(pointer: &str, code: &'static str, zh: &str, en: &str) -> Result<(), Vec<FieldFault>> {
    Err(vec![FieldFault::rule(pointer, code, zh, en)])
}

/// What is disclosed must be what was announced.
fn disclosure(question: Question<'_>) -> Result<(), Vec<FieldFault>> {
    let Some(disclosed) = question.disclosed else { return Ok(()) };
    match &question.terms.draw {
        None => undisclosed("/draw", "draw_not_announced", "招标文件未公布抽签方式。", "The tender announced no draw."),
        Some(announced) if !draw::fits(announced, &disclosed.secret) => undisclosed(
            "/draw/secret",
            "draw_secret",
            "与招标文件公布的承诺值不符。",
            "It is not the text whose hash the tender announced.",
        ),
        Some(announced) if announced.beacon.is_some() != disclosed.beacon.is_some() => undisclosed(
            "/draw/beacon",
            "draw_beacon",
            "当且仅当招标文件公布了公共随机源时提供其值。",
            "It is given if, and only if, the tender announced a public source.",
        ),
        Some(_) => Ok(()),
    }
}

/// How many valid bids count: those of one brand count once (Order 87 Art 31).
fn counted(valid: &[&Entry]) -> usize {
    let brands: BTreeSet<&str> = valid.iter().filter_map(|entry| entry.bid.brand.as_deref()).collect();
    valid.iter().filter(|entry| entry.bid.brand.is_none()).count().saturating_add(brands.len())
}

fn rank(question: Question<'_>, valid: &[&Entry], ranking: &mut Ranking) -> Result<(), Vec<FieldFault>> {
    let mut scored = scored(question, valid);
    let (Some(lowest), Some(first)) = (scored.iter().map(|one| one.evaluated).min(), valid.first()) else { return Ok(()) };
    let currency = first.bid.price.currency();
    score(question.terms, lowest, &mut scored);
    let chain = &*ranking.chain;
    let in_order = |scored: &mut Vec<Scored<'_>>| {
        scored.sort_by(|one, other| {
            let decided = one.decided(other, chain).map_or(Ordering::Equal, |(_, ordering)| ordering);
            decided.then_with(|| one.entry.bid.bidder.cmp(&other.entry.bid.bidder))
        });
    };
    in_order(&mut scored);
    ranking.draw = drawn(question, &mut scored, chain)?;
    in_order(&mut scored);
    ranking.lowest_evaluated_price = Some(lowest.text(currency));
    ranking.outcome = Outcome::Ranked;
    ranking.reason = step("ranked", "按公布的顺序排定名次。".to_owned(), "Ranked by the announced chain.".to_owned());
    let behind = behind_their_brand(question.terms.method, &scored, chain);
    let candidates: Vec<&Scored<'_>> = scored.iter().filter(|one| !behind.contains_key(&one.entry.bid.bidder)).collect();
    let mut rank = 1;
    for (place, one) in candidates.iter().enumerate() {
        let next = candidates.get(place.saturating_add(1));
        let ahead = next.map(|next| ahead(one, next, chain, currency));
        let shares = ahead.as_ref().is_some_and(|ahead| ahead.by.is_none());
        if shares {
            ranking.outcome = Outcome::Undecided;
            ranking.reason = step(
                "draw_needed",
                "名次相同且招标文件未公布抽签方式，须公开抽签。".to_owned(),
                "Some are level, and the tender announced no draw: one must be held in public.".to_owned(),
            );
        }
        let mut bid = assessed(question.terms, lowest, currency, one);
        (bid.rank, bid.ahead) = (Some(rank), ahead);
        ranking.bids.push(bid);
        if !shares {
            rank = u32::try_from(place).unwrap_or(u32::MAX).saturating_add(2);
        }
    }
    for (one, first) in scored.iter().filter_map(|one| Some((one, behind.get(&one.entry.bid.bidder)?))) {
        let mut bid = assessed(question.terms, lowest, currency, one);
        bid.set_aside = Some(Objection::same_brand(first));
        ranking.bids.push(bid);
    }
    Ok(())
}

fn ahead(one: &Scored<'_>, next: &Scored<'_>, chain: &[Link], currency: Currency) -> Lead {
    let by = one.decided(next, chain).map(|(link, _)| link);
    let shown = |scored: &Scored<'_>| by.map(|link| scored.shown(link, currency)).unwrap_or_default();
    lead(&next.entry.bid.bidder, by, &shown(one), &shown(next))
}

/// The valid bids with what is deducted from their prices.
fn scored<'a>(question: Question<'a>, valid: &[&'a Entry]) -> Vec<Scored<'a>> {
    let (terms, day) = (question.terms, question.day);
    let (whole, part) = match terms.small_business {
        SmallBusinessTerms::Reserved => (None, None),
        SmallBusinessTerms::Rates { whole, part } => (Some(whole), part),
    };
    // Only where domestic and other products compete (State Council Office [2025] No. 34).
    let domestic = valid.iter().filter(|entry| is_domestic(entry.bid.domestic_share, day)).count();
    let competing = domestic > 0 && domestic < valid.len() && terms.treaty.is_none() && question.category != Category::Works;
    let rates = Rates { category: question.category, whole, part, domestic: competing };
    let scored = valid.iter().map(|entry| {
        let bid = &entry.bid;
        let claim = Claim {
            price: bid.price,
            parties: &bid.parties,
            subcontractors: &bid.subcontractors,
            linked: bid.linked,
            domestic_share: bid.domestic_share,
            goods_price: bid.goods_price,
        };
        let (deductions, evaluated) = deduct(&claim, rates, day);
        Scored { entry, deductions, evaluated, score: None, credit_place: place_of(entry.known.grade, day), ticket: None }
    });
    scored.collect()
}

fn score(terms: &Terms, lowest: Exact, scored: &mut [Scored<'_>]) {
    let Some(weights) = terms.weights.filter(|_| terms.method == Method::Comprehensive) else { return };
    for one in scored {
        let known = &one.entry.known;
        let points = terms.preferences.iter().map(|preference| PreferencePoints {
            code: preference.word().to_owned(),
            points: preference.points(known.grade, known.traceability),
        });
        let preferences: Vec<PreferencePoints> = points.collect();
        let price = price_score(lowest, one.evaluated, weights.price);
        let technical = one.entry.bid.technical.unwrap_or_default();
        let total = preferences.iter().fold(price.plus(technical), |sum, one| sum.plus(one.points));
        one.score = Some(Score { price, technical, preferences, total });
    }
}

/// Draws among those that no other link tells apart.
fn drawn(question: Question<'_>, scored: &mut [Scored<'_>], chain: &[Link]) -> Result<Option<DrawRecord>, Vec<FieldFault>> {
    let level: Vec<bool> = (0..scored.len())
        .map(|place| {
            let one = scored.get(place);
            let beside = [place.checked_sub(1), place.checked_add(1)].into_iter().flatten();
            beside.filter_map(|place| scored.get(place)).any(|other| one.is_some_and(|one| one.decided(other, chain).is_none()))
        })
        .collect();
    if question.terms.draw.is_none() || !level.contains(&true) {
        return Ok(None);
    }
    let Some(disclosed) = question.disclosed else {
        let (zh, en) = (
            "名次相同，须公开招标文件所承诺的抽签密文。",
            "Some are level: the secret text that the tender committed to must be disclosed.",
        );
        return Err(vec![FieldFault::rule("/draw", "draw_secret_missing", zh, en)]);
    };
    let opened: Vec<Opened<'_>> =
        question.entries.iter().map(|entry| Opened { bidder: &entry.bid.bidder, price: entry.bid.price }).collect();
    let Some(seed) = draw::seed(question.tender, question.lot, disclosed, &opened) else { return Ok(None) };
    let mut tickets = Vec::new();
    for (one, _) in scored.iter_mut().zip(level).filter(|(_, level)| *level) {
        let bidder = one.entry.bid.bidder.clone();
        let ticket = draw::ticket(&seed, &bidder);
        one.ticket = Some(ticket.clone());
        tickets.push(Ticket { bidder, ticket });
    }
    tickets.sort_by(|one, other| one.ticket.cmp(&other.ticket));
    Ok(Some(DrawRecord { seed, disclosed: disclosed.clone(), tickets }))
}

/// Valid bids that stand behind another of the same brand, with the one that goes first (Order 87 Art 31): by lowest tendered price, or by score. Nobody
/// stands behind a bid that nothing tells from it: then only a draw can say who goes first.
fn behind_their_brand(method: Method, scored: &[Scored<'_>], chain: &[Link]) -> BTreeMap<Uscc, Uscc> {
    let mut brands: BTreeMap<&str, Vec<&Scored<'_>>> = BTreeMap::new();
    for one in scored {
        if let Some(brand) = one.entry.bid.brand.as_deref() {
            brands.entry(brand).or_default().push(one);
        }
    }
    let mut behind = BTreeMap::new();
    for mut of_brand in brands.into_values() {
        if method == Method::LowestPrice {
            // Stable: equal prices stay in the order of the chain.
            of_brand.sort_by_key(|one| one.entry.bid.price.minor());
        }
        let mut of_brand = of_brand.into_iter();
        let Some(first) = of_brand.next() else { continue };
        let is_level = |other: &&Scored<'_>| {
            first.decided(other, chain).is_none() && (method != Method::LowestPrice || first.entry.bid.price == other.entry.bid.price)
        };
        let others = of_brand.filter(|other| !is_level(other));
        behind.extend(others.map(|other| (other.entry.bid.bidder.clone(), first.entry.bid.bidder.clone())));
    }
    behind
}

fn unranked(entry: &Entry, objections: Vec<Objection>) -> AssessedBid {
    let steps = if objections.is_empty() { vec![valid_step()] } else { Vec::new() };
    AssessedBid {
        bidder: entry.bid.bidder.clone(),
        members: entry.bid.members.clone(),
        price: entry.bid.price,
        valid: objections.is_empty(),
        objections,
        deductions: Vec::new(),
        evaluated_price: None,
        score: None,
        credit_grade: entry.known.grade,
        traceability: entry.known.traceability,
        rank: None,
        set_aside: None,
        ahead: None,
        steps,
    }
}

fn valid_step() -> Ground {
    step("valid", "资格、关联、限价与响应性审查均通过。".to_owned(), "Eligible, unrelated, within the ceiling and responsive.".to_owned())
}

fn assessed(terms: &Terms, lowest: Exact, currency: Currency, one: &Scored<'_>) -> AssessedBid {
    let mut bid = unranked(one.entry, Vec::new());
    bid.steps.push(price_step(bid.price, &one.deductions, one.evaluated));
    if let (Some(score), Some(weights)) = (&one.score, terms.weights) {
        bid.steps.extend(score_steps(lowest, one.evaluated, currency, weights.price, score));
    }
    bid.deductions.clone_from(&one.deductions);
    bid.evaluated_price = Some(one.evaluated.text(currency));
    bid.score.clone_from(&one.score);
    bid
}
