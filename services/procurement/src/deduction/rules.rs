//! What is deducted from a price for the evaluation, at which rate and on which ground; the contract price stays as it was tendered. The bands are dated
//! policy data. Not here: whether a bid is valid, what it scores.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use contracts::credit::MoneyView;
use model::{
    fault::Fault,
    instant::Day,
    money::Money,
    policy::{Policy, Row},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::criterion::rules::Wording;
use crate::scoring::rules::{Exact, Hundredths};
use crate::tender::rules::Category;

/// The size of a business by its industry's standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// Micro.
    Micro,
    /// Small.
    Small,
    /// Medium.
    Medium,
    /// Large.
    Large,
}

/// By what the size is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProofKind {
    /// The declaration letter of a small or medium business (2020/46 Art 11).
    Declaration,
    /// A prison enterprise: as a small business (2014/68).
    PrisonEnterprise,
    /// A welfare unit of people with disabilities: as a small business (2017/141).
    DisabledWelfare,
}

/// Least and most percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band(pub Hundredths, pub Hundredths);

impl Band {
    /// Whether a rate lies within it; both ends count.
    #[must_use]
    pub fn holds(self, rate: Hundredths) -> bool {
        (self.0..=self.1).contains(&rate)
    }
}

/// The bands of a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// Where all of the bid is of small businesses.
    pub whole: Band,
    /// Where a part of the contract is theirs.
    pub part: Band,
}

/// The bands of all categories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmallBusiness {
    goods: Bands,
    services: Bands,
    works: Bands,
    /// From which share of the contract the part counts.
    pub part_share: Hundredths,
}

impl SmallBusiness {
    /// The bands of one category.
    #[must_use]
    pub const fn of(&self, category: Category) -> Bands {
        match category {
            Category::Goods => self.goods,
            Category::Services => self.services,
            Category::Works => self.works,
        }
    }
}

/// The dated values of the law.
#[derive(Debug)]
pub struct Policies {
    /// Deductions for small businesses.
    pub small_business: Policy<SmallBusiness>,
    /// The deduction for domestic products.
    pub domestic: Policy<Hundredths>,
    /// From which share of the cost the products of a bid are domestic.
    pub domestic_share: Policy<Hundredths>,
    /// The least weight of the price.
    pub price_weight: Policy<BTreeMap<Category, Hundredths>>,
}

/// The values that are built in; a test proves that they can be read.
pub static POLICIES: LazyLock<Result<Policies, Fault>> = LazyLock::new(|| {
    Ok(Policies {
        small_business: Policy::from_json(include_str!("../../policy/small_business_deduction.json"))?,
        domestic: Policy::from_json(include_str!("../../policy/domestic_product_deduction.json"))?,
        domestic_share: Policy::from_json(include_str!("../../policy/domestic_product_share.json"))?,
        price_weight: Policy::from_json(include_str!("../../policy/price_weight_minimum.json"))?,
    })
});

/// The bands of a day.
#[must_use]
pub fn small_business_on(day: Day) -> Option<&'static Row<SmallBusiness>> {
    POLICIES.as_ref().ok()?.small_business.at(day)
}

/// The deduction for domestic products of a day, and from which share on it is given.
#[must_use]
pub fn domestic_on(day: Day) -> Option<(&'static Row<Hundredths>, Hundredths)> {
    let policies = POLICIES.as_ref().ok()?;
    Some((policies.domestic.at(day)?, policies.domestic_share.at(day)?.value))
}

/// The least weight of the price on a day.
#[must_use]
pub fn price_weight_on(category: Category, day: Day) -> Option<Hundredths> {
    POLICIES.as_ref().ok()?.price_weight.at(day)?.value.get(&category).copied()
}

/// One of those who would perform the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Its size.
    pub size: Size,
    /// By what that is shown; without it no deduction.
    pub proof: Option<ProofKind>,
    /// Its share of the contract in percent.
    pub share: Hundredths,
}

impl Party {
    fn is_small(&self) -> bool {
        match self.proof {
            None => false,
            Some(ProofKind::Declaration) => self.size <= Size::Small,
            Some(ProofKind::PrisonEnterprise | ProofKind::DisabledWelfare) => true,
        }
    }

    /// Whether it is a small or medium business, for whom procurements may be reserved.
    #[must_use]
    pub fn is_small_or_medium(&self) -> bool {
        self.is_small() || (self.proof.is_some() && self.size <= Size::Medium)
    }
}

/// What a bid says of itself that a deduction may rest on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<'a> {
    /// The price as tendered.
    pub price: Money,
    /// The bidder, or the members of the consortium.
    pub parties: &'a [Party],
    /// To whom parts would be subcontracted.
    pub subcontractors: &'a [Party],
    /// Whether a small business among them is directly controlled or managed by another of them.
    pub linked: bool,
    /// The share of domestic products in the cost of all products, in percent.
    pub domestic_share: Option<Hundredths>,
    /// The part of the price that is for goods, where it is not all of it.
    pub goods_price: Option<Money>,
}

/// The rates that the buyer announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// What is bought.
    pub category: Category,
    /// For bids of small businesses; `None` where the procurement is reserved for them.
    pub whole: Option<Hundredths>,
    /// For bids with a part of theirs; `None` where neither consortia nor subcontracts are admitted.
    pub part: Option<Hundredths>,
    /// Whether domestic and other products compete, and no treaty says otherwise.
    pub domestic: bool,
}

/// A deduction that is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PriceDeduction)]
pub struct Deduction {
    /// `small_business`, `small_business_part` or `domestic_product`.
    pub code: String,
    /// In percent.
    pub rate: Hundredths,
    /// Of which amount.
    #[schema(value_type = MoneyView)]
    pub base: Money,
    /// How much, exact.
    pub amount: String,
    /// Why.
    pub ground: Wording,
    /// Where the band or the rate stands written.
    pub source: String,
}

/// The deductions of a bid and what is left of its price. Each rate is of the tendered price; two of them add up.
#[must_use]
pub fn deduct(claim: &Claim<'_>, rates: Rates, day: Day) -> (Vec<Deduction>, Exact) {
    let given: Vec<(Deduction, Exact)> = small(claim, rates, day).into_iter().chain(domestic(claim, rates, day)).collect();
    let left = given.iter().fold(Exact::of(claim.price), |left, (_, amount)| left.less(*amount));
    (given.into_iter().map(|(deduction, _)| deduction).collect(), left)
}

fn give(code: &str, rate: Hundredths, base: Money, ground: Wording, source: &str) -> (Deduction, Exact) {
    let amount = Exact::share(base, rate);
    let text = amount.text(base.currency());
    (Deduction { code: code.to_owned(), rate, base, amount: text, ground, source: source.to_owned() }, amount)
}

fn small(claim: &Claim<'_>, rates: Rates, day: Day) -> Option<(Deduction, Exact)> {
    let row = small_business_on(day)?;
    if !claim.parties.is_empty() && claim.parties.iter().chain(claim.subcontractors).all(Party::is_small) {
        let ground = match claim.parties.len() {
            1 => Wording::fixed("小微企业（附证明材料）。", "A small or micro business, with its proof."),
            _ => Wording::fixed("联合体各方均为小微企业，视同小微企业。", "Every member of the consortium is a small or micro business."),
        };
        return Some(give("small_business", rates.whole?, claim.price, ground, &row.source));
    }
    let small = |parties: &[Party]| {
        let shares = parties.iter().filter(|party| party.is_small()).map(|party| party.share);
        shares.fold(Hundredths::ZERO, Hundredths::plus)
    };
    let share = small(claim.parties).plus(small(claim.subcontractors));
    let is_part = claim.parties.len().saturating_add(claim.subcontractors.len()) > 1;
    if !is_part || claim.linked || share < row.value.part_share {
        return None;
    }
    let (share, least) = (share.text(), row.value.part_share.text());
    let ground = Wording::made(
        format!("小微企业的合同份额为 {share} %，达到 {least} %。"),
        format!("Small and micro businesses have {share} % of the contract, at least {least} %."),
    );
    Some(give("small_business_part", rates.part?, claim.price, ground, &row.source))
}

fn domestic(claim: &Claim<'_>, rates: Rates, day: Day) -> Option<(Deduction, Exact)> {
    let (row, least) = domestic_on(day)?;
    let share = claim.domestic_share.filter(|share| rates.domestic && *share >= least)?;
    let base = match rates.category {
        Category::Goods => claim.price,
        Category::Services => claim.goods_price?,
        Category::Works => return None,
    };
    let (share, least) = (share.text(), least.text());
    let ground = Wording::made(
        format!("本国产品占全部产品成本 {share} %，达到 {least} %，且有非本国产品参与竞争。"),
        format!("Domestic products are {share} % of the cost of all products, at least {least} %, and others compete."),
    );
    Some(give("domestic_product", row.value, base, ground, &row.source))
}

/// Whether the products of a bid count as domestic on a day.
#[must_use]
pub fn is_domestic(share: Option<Hundredths>, day: Day) -> bool {
    domestic_on(day).is_some_and(|(_, least)| share.is_some_and(|share| share >= least))
}
