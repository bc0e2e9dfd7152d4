//! A bid, what is known of who made it, and every reason why it is not valid. Not here: deductions, scores, ranks.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use contracts::credit::{Detail, FactKind, Grade};
use model::{fault::FieldFault, instant::Day, money::Money, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::criterion::rules::Wording;
use crate::decision::rules::Outcome;
use crate::deduction::rules::Party;
use crate::evaluation::rules::{SmallBusinessTerms, Terms};
use crate::scoring::rules::Hundredths;
use crate::standing::rules::Standing;

/// A bid for a lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bid {
    /// The bidder; of a consortium the member that leads it.
    pub bidder: Uscc,
    /// The members of a consortium, the leader among them; else only the bidder.
    pub members: Vec<Uscc>,
    /// As it was tendered; it is the price of the contract.
    pub price: Money,
    /// What the committee scored.
    pub technical: Option<Hundredths>,
    /// The sizes of the bidder or the members.
    pub parties: Vec<Party>,
    /// The sizes of those to whom parts would be subcontracted.
    pub subcontractors: Vec<Party>,
    /// Whether a small business among them is controlled or managed by another of them.
    pub linked: bool,
    /// The share of domestic products in the cost of all products, in percent.
    pub domestic_share: Option<Hundredths>,
    /// The part of the price that is for goods.
    pub goods_price: Option<Money>,
    /// The brand of the core product.
    pub brand: Option<String>,
    /// What the committee found not to respond to the tender in substance.
    pub nonconformity: Option<String>,
}

/// What the platform knows of who made a bid, as of the cut-off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The decision on the lot.
    pub outcome: Outcome,
    /// The public credit grade; of a consortium that of the weakest member.
    pub grade: Grade,
    /// The traceability level; of a consortium that of the weakest member.
    pub traceability: u8,
    /// The bidders to whom it is related so closely that both are excluded.
    pub related: Vec<Uscc>,
}

/// Why a bid is not valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BidObjection)]
pub struct Objection {
    /// A stable word.
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    /// In words.
    pub text: Wording,
    /// The law behind it.
    #[schema(value_type = String)]
    pub legal_basis: Cow<'static, str>,
}

impl Objection {
    const fn new(code: &'static str, text: Wording, legal_basis: &'static str) -> Self {
        Self { code: Cow::Borrowed(code), text, legal_basis: Cow::Borrowed(legal_basis) }
    }
}

impl Objection {
    /// Why a valid bid is no candidate: another of the same brand goes first.
    #[must_use]
    pub fn same_brand(first: &Uscc) -> Self {
        Self::new(
            "same_brand",
            Wording::made(
                format!("与 {first} 提供相同品牌产品，由后者参加推荐。"),
                format!("It offers the brand of {first}, who goes first."),
            ),
            "财政部令第87号第三十一条",
        )
    }
}

/// Grade and traceability level of a day, for ties and scored preferences.
#[must_use]
pub fn levels(standing: &Standing, day: Day) -> (Grade, u8) {
    let grade = standing.segment_on(day).map_or(Grade::Unrated, |segment| segment.grade);
    let traced = standing.holding(FactKind::Traceability, day);
    let level = traced.filter_map(|fact| if let Detail::Traceability(one) = &fact.detail { Some(one.level) } else { None }).max();
    (grade, level.unwrap_or_default())
}

/// Every reason why a bid is not valid; none where it is.
#[must_use]
pub fn objections(terms: &Terms, bid: &Bid, known: &Known) -> Vec<Objection> {
    let mut found = Vec::new();
    found.extend(eligibility(known.outcome));
    if !known.related.is_empty() {
        let names: Vec<&str> = known.related.iter().map(Uscc::as_str).collect();
        let names = names.join(", ");
        found.push(Objection::new(
            "related_bidder",
            Wording::made(
                format!("与同一合同项下的投标人 {names} 存在不得同时投标的关联。"),
                format!("It may not bid beside {names}, to whom it is related."),
            ),
            "政府采购法实施条例第十八条、第二十二条",
        ));
    }
    if let Some(ceiling) = terms.ceiling.filter(|ceiling| bid.price.minor() > ceiling.minor()) {
        let (price, most) = (bid.price.amount(), ceiling.amount());
        found.push(Objection::new(
            "price_above_ceiling",
            Wording::made(
                format!("报价 {price} 超过预算或最高限价 {most}。"),
                format!("The price {price} is above the budget or highest price {most}."),
            ),
            "财政部令第87号第六十三条",
        ));
    }
    if terms.small_business == SmallBusinessTerms::Reserved && !bid.parties.iter().chain(&bid.subcontractors).all(Party::is_small_or_medium)
    {
        found.push(Objection::new(
            "reserved_for_small_business",
            Wording::fixed(
                "本项目专门面向中小企业，未证明各方均为中小企业。",
                "It is reserved for small and medium businesses, and not all parties are shown to be such.",
            ),
            "财库〔2020〕46号第六条、第八条",
        ));
    }
    found.extend(technical(terms, bid));
    if let Some(text) = &bid.nonconformity {
        found.push(Objection::new(
            "not_responsive",
            Wording::made(format!("未实质性响应招标文件：{text}"), format!("It does not respond to the tender in substance: {text}")),
            "财政部令第87号第五十条、第六十三条",
        ));
    }
    found
}

fn eligibility(outcome: Outcome) -> Option<Objection> {
    let text = match outcome {
        Outcome::Eligible | Outcome::EligibleWithConditions => return None,
        Outcome::Ineligible => {
            let text = Wording::fixed("截至投标截止时间不符合资格条件。", "It was not eligible at the cut-off.");
            return Some(Objection::new("ineligible", text, "政府采购法第二十二条"));
        }
        Outcome::Indeterminate => Wording::fixed(
            "资格不能判定：查清所列未知事项之前，该投标不作有效投标。",
            "Eligibility cannot be told: the bid is not valid until what is unknown is resolved.",
        ),
    };
    Some(Objection::new("eligibility_indeterminate", text, "政府采购法第二十二条"))
}

fn technical(terms: &Terms, bid: &Bid) -> Option<Objection> {
    let least = terms.technical_minimum?;
    let scored = bid.technical.unwrap_or_default();
    let text = Wording::made(
        format!("技术分 {} 低于招标文件规定的 {}。", scored.text(), least.text()),
        format!("Its technical points {} are below the announced {}.", scored.text(), least.text()),
    );
    (scored < least).then(|| Objection::new("technical_minimum", text, "政府采购法实施条例第三十四条"))
}

fn wrong(faults: &mut Vec<FieldFault>, pointer: String, code: &'static str, zh: &str, en: &str) {
    faults.push(FieldFault::rule(pointer, code, zh, en));
}

/// What the bids of a lot must be like before anything is judged; every fault is added with its place below `/bids`.
pub fn check(terms: &Terms, bids: &[Bid], faults: &mut Vec<FieldFault>) {
    let mut seen = BTreeSet::new();
    let currency = terms.ceiling.or_else(|| bids.first().map(|bid| bid.price)).map(Money::currency);
    for (place, bid) in bids.iter().enumerate() {
        let at = format!("/bids/{place}");
        if !seen.insert(&bid.bidder) {
            wrong(faults, format!("{at}/bidder"), "bid_duplicate", "同一投标人对同一标包只能投标一次。", "A bidder bids once for a lot.");
        }
        if !bid.price.is_positive() {
            wrong(faults, format!("{at}/price/amount"), "bid_price", "报价须大于零。", "The price must be above zero.");
        }
        if currency != Some(bid.price.currency()) {
            wrong(faults, format!("{at}/price/currency"), "currency_mismatch", "各投标须使用同一币种。", "All bids are in one currency.");
        }
        if bid.goods_price.is_some_and(|goods| goods.is_negative() || goods.checked_cmp(bid.price).map_or(true, Ordering::is_gt)) {
            wrong(faults, format!("{at}/goods_price"), "bid_price", "货物部分不得超过报价。", "The goods are a part of the price.");
        }
        if bid.domestic_share.is_some_and(|share| share > Hundredths::HUNDRED) {
            wrong(faults, format!("{at}/domestic_share"), "bid_share", "占比不得超过 100。", "A share is at most 100.");
        }
        let shares = bid.parties.iter().map(|party| party.share).fold(Hundredths::ZERO, Hundredths::plus);
        let given = bid.subcontractors.iter().map(|party| party.share).fold(Hundredths::ZERO, Hundredths::plus);
        if shares.plus(given) != Hundredths::HUNDRED {
            wrong(
                faults,
                at.clone(),
                "bid_share",
                "各方与分包的份额之和须为 100。",
                "The shares of members and subcontractors must add up to 100.",
            );
        }
        match (terms.weights, bid.technical) {
            (None, Some(_)) => wrong(
                faults,
                format!("{at}/technical"),
                "bid_technical",
                "最低评标价法不计技术分。",
                "Nothing is scored where the lowest price decides.",
            ),
            (Some(_), None) => {
                wrong(faults, format!("{at}/technical"), "bid_technical", "缺少技术分。", "The technical points are missing.")
            }
            (Some(weights), Some(points)) if points > weights.technical => {
                wrong(
                    faults,
                    format!("{at}/technical"),
                    "bid_technical",
                    "技术分超过其权重。",
                    "The technical points are above their weight.",
                );
            }
            _ => {}
        }
    }
}
