//! The form of a bid, and its reading with every fault at its place. What a bidder declares of persons is read apart, and never becomes a part of the bid.
//! Not here: what the bids of a lot must be like beside each other, `bid`.

use contracts::credit::MoneyView;
use model::{
    fault::{Fault, FieldFault},
    money::{Currency, Money},
    normalise::line,
    uscc::Uscc,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::bid::rules::Bid;
use crate::consortium::rules::{Consortium, NewConsortium, NewReliance, read as read_consortium};
use crate::deduction::rules::{Party, ProofKind, Size};
use crate::relation::rules::Declared;
use crate::scoring::rules::Hundredths;

/// Bids for one lot.
const BIDS_MAX: usize = 200;
const TEXT_MAX: usize = 200;
const REASON_MAX: usize = 500;
const CONTROLLERS_MAX: usize = 50;
const SUBCONTRACTORS_MAX: usize = 50;

/// A member of a consortium beside the one that leads it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BidMember)]
pub struct NewMember {
    /// Its Unified Social Credit Code.
    pub supplier: String,
    /// Its size.
    pub size: Size,
    /// By what that is shown.
    #[serde(default)]
    pub size_proof: Option<ProofKind>,
    /// Its share of the contract in percent.
    #[schema(example = "30")]
    pub share: String,
}

/// To whom a part would be subcontracted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BidSubcontractor)]
pub struct NewSubcontractor {
    /// Its size.
    pub size: Size,
    /// By what that is shown.
    #[serde(default)]
    pub size_proof: Option<ProofKind>,
    /// Its share of the contract in percent.
    #[schema(example = "30")]
    pub share: String,
}

/// A bid as it was opened, with what the committee found.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBid {
    /// Who bids; of a consortium the member that leads it.
    #[schema(example = "914404001000000590")]
    pub bidder: String,
    /// The bidder's size.
    #[schema(example = "micro")]
    pub size: Size,
    /// By what that is shown; without it nothing is deducted.
    #[serde(default)]
    #[schema(example = "declaration")]
    pub size_proof: Option<ProofKind>,
    /// The other members of a consortium; the lead has what they leave of the contract.
    #[serde(default)]
    #[schema(example = json!([]))]
    pub members: Vec<NewMember>,
    /// Who lends them capacity, and for which criteria.
    #[serde(default)]
    #[schema(example = json!([]))]
    pub relied_upon: Vec<NewReliance>,
    /// To whom parts would be subcontracted.
    #[serde(default)]
    #[schema(example = json!([]))]
    pub subcontractors: Vec<NewSubcontractor>,
    /// Whether a small business among them is directly controlled or managed by another of them.
    #[serde(default)]
    pub linked: bool,
    /// The price as tendered.
    pub price: MoneyView,
    /// The technical points of the committee, where bids are scored.
    #[serde(default)]
    #[schema(example = "55.50")]
    pub technical: Option<String>,
    /// The share of domestic products in the cost of all products, in percent.
    #[serde(default)]
    #[schema(example = "100")]
    pub domestic_share: Option<String>,
    /// The part of the price that is for goods, where services are bought.
    #[serde(default)]
    pub goods_price: Option<MoneyView>,
    /// The brand of the core product.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub brand: Option<String>,
    /// What the committee found not to respond to the tender in substance.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub nonconformity: Option<String>,
    /// What may show that bidders belong together; only salted hashes of it are kept.
    #[serde(default)]
    pub declared: Option<Declared>,
}

/// A bid that was read.
#[derive(Clone, Debug)]
pub struct Handed {
    /// The bid.
    pub bid: Bid,
    /// The consortium, where it is one or relies upon others.
    pub consortium: Option<Consortium>,
    /// What was declared of persons and places.
    pub declared: Declared,
}

/// Reads the bids of a lot; every fault is added with its place.
pub fn read(bids: &[NewBid], faults: &mut Vec<FieldFault>) -> Vec<Handed> {
    if bids.len() > BIDS_MAX || bids.is_empty() {
        let (zh, en) = (format!("须为 1 至 {BIDS_MAX} 份投标。"), format!("1 to {BIDS_MAX} bids."));
        faults.push(FieldFault::rule("/bids", "list_too_long", zh, en));
        return Vec::new();
    }
    bids.iter().enumerate().filter_map(|(place, bid)| one(bid, &format!("/bids/{place}"), faults)).collect()
}

fn one(new: &NewBid, at: &str, faults: &mut Vec<FieldFault>) -> Option<Handed> {
    let bidder = keep(Uscc::parse(&new.bidder), &format!("{at}/bidder"), faults);
    let price = money(&new.price, &format!("{at}/price"), faults);
    let goods_price = new.goods_price.as_ref().map(|goods| money(goods, &format!("{at}/goods_price"), faults));
    let technical = new.technical.as_deref().map(|text| decimal(text, &format!("{at}/technical"), faults));
    let domestic = new.domestic_share.as_deref().map(|text| decimal(text, &format!("{at}/domestic_share"), faults));
    let mut said =
        |text: &Option<String>, name: &str, most| text.as_deref().map(|text| keep(line(text, most), &format!("{at}/{name}"), faults));
    let brand = said(&new.brand, "brand", TEXT_MAX);
    let nonconformity = said(&new.nonconformity, "nonconformity", REASON_MAX);
    let consortium = consortium(new, at, faults);
    let (parties, subcontractors) = parties(new, at, faults);
    let declared = new.declared.clone().unwrap_or_default();
    declared_fits(&declared, &format!("{at}/declared"), faults);
    let bidder = bidder?;
    let bid = Bid {
        members: consortium.as_ref().map_or_else(|| vec![bidder.clone()], |consortium| consortium.members.clone()),
        bidder,
        price: price?,
        technical: inside(technical)?,
        parties,
        subcontractors,
        linked: new.linked,
        domestic_share: inside(domestic)?,
        goods_price: inside(goods_price)?,
        brand: inside(brand)?,
        nonconformity: inside(nonconformity)?,
    };
    Some(Handed { bid, consortium, declared })
}

/// What was not given is fine; what was given and could not be read is not.
#[expect(clippy::option_option, reason = "given and read are two questions")]
fn inside<T>(given: Option<Option<T>>) -> Option<Option<T>> {
    match given {
        None => Some(None),
        Some(read) => read.map(Some),
    }
}

fn keep<T>(read: Result<T, Fault>, at: &str, faults: &mut Vec<FieldFault>) -> Option<T> {
    read.map_err(|fault| faults.push(FieldFault::of(at, fault))).ok()
}

fn money(given: &MoneyView, at: &str, faults: &mut Vec<FieldFault>) -> Option<Money> {
    let currency = keep(Currency::parse(&given.currency), &format!("{at}/currency"), faults)?;
    keep(Money::parse_non_negative(&given.amount, currency), &format!("{at}/amount"), faults)
}

fn decimal(text: &str, at: &str, faults: &mut Vec<FieldFault>) -> Option<Hundredths> {
    let read = Hundredths::parse(text);
    if read.is_none() {
        let (zh, en) = ("须为 0 至 1000、最多两位小数的十进制文本。", "Must be a decimal text from 0 to 1000 with at most two decimals.");
        faults.push(FieldFault::rule(at, "decimal_invalid", zh, en));
    }
    read
}

fn consortium(new: &NewBid, at: &str, faults: &mut Vec<FieldFault>) -> Option<Consortium> {
    if new.members.is_empty() && new.relied_upon.is_empty() {
        return None;
    }
    let members = [&new.bidder].into_iter().chain(new.members.iter().map(|member| &member.supplier)).cloned().collect();
    let asked = NewConsortium { members, relied_upon: new.relied_upon.clone() };
    match read_consortium(&asked) {
        Ok(read) => Some(read),
        Err(found) => {
            faults.extend(found.into_iter().filter_map(|fault| Some(FieldFault { pointer: placed(&fault.pointer, at)?, ..fault })));
            None
        }
    }
}

/// The place in a bid of a fault of its consortium; that of the lead is told as the bidder's already.
fn placed(pointer: &str, at: &str) -> Option<String> {
    let inner = pointer.strip_prefix("/consortium").unwrap_or(pointer);
    match inner.strip_prefix("/members/").and_then(|rest| rest.parse::<usize>().ok()) {
        Some(0) => None,
        Some(place) => Some(format!("{at}/members/{}/supplier", place.saturating_sub(1))),
        None => Some(format!("{at}{inner}")),
    }
}

fn parties(new: &NewBid, at: &str, faults: &mut Vec<FieldFault>) -> (Vec<Party>, Vec<Party>) {
    if new.subcontractors.len() > SUBCONTRACTORS_MAX {
        let (zh, en) = (format!("最多 {SUBCONTRACTORS_MAX} 项。"), format!("At most {SUBCONTRACTORS_MAX} entries."));
        faults.push(FieldFault::rule(format!("{at}/subcontractors"), "list_too_long", zh, en));
        return (Vec::new(), Vec::new());
    }
    let mut read = |name: &str, place: usize, size, proof, share: &str| {
        let share = decimal(share, &format!("{at}/{name}/{place}/share"), faults).unwrap_or_default();
        Party { size, proof, share }
    };
    let members = new.members.iter().enumerate();
    let members: Vec<Party> = members.map(|(place, one)| read("members", place, one.size, one.size_proof, &one.share)).collect();
    let others = new.subcontractors.iter().enumerate();
    let others: Vec<Party> = others.map(|(place, one)| read("subcontractors", place, one.size, one.size_proof, &one.share)).collect();
    let given = members.iter().chain(&others).map(|party| party.share).fold(Hundredths::ZERO, Hundredths::plus);
    let left = Hundredths::new(Hundredths::HUNDRED.whole().saturating_sub(given.whole()));
    let lead = Party { size: new.size, proof: new.size_proof, share: left };
    ([lead].into_iter().chain(members).collect(), others)
}

/// What a bidder declares must be short texts; every fault is added with its place.
pub fn declared_fits(declared: &Declared, at: &str, faults: &mut Vec<FieldFault>) {
    if declared.controllers.len() > CONTROLLERS_MAX {
        let (zh, en) = (format!("最多 {CONTROLLERS_MAX} 项。"), format!("At most {CONTROLLERS_MAX} entries."));
        faults.push(FieldFault::rule(format!("{at}/controllers"), "list_too_long", zh, en));
    }
    keep(declared.name.as_deref().map_or(Ok(String::new()), |name| line(name, TEXT_MAX)), &format!("{at}/name"), faults);
    for (_, place, text) in declared.texts().take(CONTROLLERS_MAX.saturating_mul(2)) {
        keep(line(text, TEXT_MAX), &format!("{at}{place}"), faults);
    }
}
