//! What an evaluation answers, and the words of its steps. Not here: how it is found, `ranking`.

use std::borrow::Cow;

use contracts::credit::{Grade, MoneyView};
use model::{
    money::{Currency, Money},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::bid::rules::Objection;
use crate::criterion::rules::{Ground, Wording};
use crate::deduction::rules::Deduction;
use crate::draw::rules::Disclosed;
use crate::evaluation::rules::Method;
use crate::scoring::rules::{Exact, Hundredths};

/// A link of the chain that orders bids (domain 6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// The higher score, two decimals.
    Score,
    /// The lower evaluated price, exact.
    EvaluatedPrice,
    /// The better credit grade.
    CreditGrade,
    /// The higher traceability level.
    Traceability,
    /// The higher technical score.
    TechnicalScore,
    /// The lower ticket of the draw.
    Draw,
}

impl Link {
    /// The links of a method, the first that tells decides.
    #[must_use]
    pub const fn chain(method: Method) -> &'static [Self] {
        match method {
            Method::Comprehensive => {
                &[Self::Score, Self::EvaluatedPrice, Self::CreditGrade, Self::Traceability, Self::TechnicalScore, Self::Draw]
            }
            Method::LowestPrice => &[Self::EvaluatedPrice, Self::CreditGrade, Self::Traceability, Self::Draw],
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Score => ("得分高者", "higher score"),
            Self::EvaluatedPrice => ("评审价格低者", "lower evaluated price"),
            Self::CreditGrade => ("同等条件下信用等级优者", "better credit grade under the same conditions"),
            Self::Traceability => ("同等条件下追溯水平高者", "higher traceability level under the same conditions"),
            Self::TechnicalScore => ("技术分高者", "higher technical score"),
            Self::Draw => ("公开抽签", "public draw"),
        }
    }
}

/// How an evaluation came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EvaluationOutcome)]
pub enum Outcome {
    /// Every valid bid has its rank.
    Ranked,
    /// Some share a rank, and the tender announced no draw.
    Undecided,
    /// Fewer than three valid bids (Law Art 36).
    Void,
}

impl Outcome {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ranked => "ranked",
            Self::Undecided => "undecided",
            Self::Void => "void",
        }
    }
}

/// Why a bid stands before the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lead {
    /// The next one's bidder.
    #[schema(value_type = String)]
    pub bidder: Uscc,
    /// The link of the chain that decided; absent where they share a rank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Link>,
    /// In words, with both values.
    pub text: Wording,
}

/// The points for one announced preference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreferencePoints {
    /// `credit_grade` or `traceability`.
    pub code: String,
    /// How many.
    pub points: Hundredths,
}

/// What a valid bid scores. Parts add up to the total, because the price score is the only one that is rounded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// Lowest evaluated price / evaluated price * weight, rounded once, half up.
    pub price: Hundredths,
    /// Of the committee.
    pub technical: Hundredths,
    /// Of the announced preferences.
    pub preferences: Vec<PreferencePoints>,
    /// The sum.
    pub total: Hundredths,
}

/// A bid as it was assessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssessedBid {
    /// Who bid.
    #[schema(value_type = String)]
    pub bidder: Uscc,
    /// The members of a consortium, else the bidder.
    #[schema(value_type = Vec<String>)]
    pub members: Vec<Uscc>,
    /// As tendered: the price of the contract.
    #[schema(value_type = MoneyView)]
    pub price: Money,
    /// Whether it counts.
    pub valid: bool,
    /// Why not.
    pub objections: Vec<Objection>,
    /// What was deducted for the evaluation.
    pub deductions: Vec<Deduction>,
    /// The price less the deductions, exact; absent where nothing was evaluated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluated_price: Option<String>,
    /// The points, where bids are scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
    /// The credit grade as of the cut-off, for ties and announced preferences.
    #[schema(value_type = String)]
    pub credit_grade: Grade,
    /// The traceability level as of the cut-off.
    pub traceability: u8,
    /// Counted from 1; absent where the bid is not valid or stands behind another of its brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<u32>,
    /// Why a valid bid is no candidate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<Objection>,
    /// Why it stands before the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<Lead>,
    /// Every step, in its order.
    pub steps: Vec<Ground>,
}

/// A ticket of the draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ticket {
    /// Whose.
    #[schema(value_type = String)]
    pub bidder: Uscc,
    /// SHA-256 over seed, line feed and code; the lowest comes first.
    pub ticket: String,
}

/// The draw with all that is needed to repeat it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrawRecord {
    /// SHA-256 over the canonical form of tender, lot, disclosure and all bids with their prices.
    pub seed: String,
    /// What was disclosed.
    pub disclosed: Disclosed,
    /// The tickets of those who were level, in their order.
    pub tickets: Vec<Ticket>,
}

/// The ranking with all of its steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ranking {
    /// How it came out.
    pub outcome: Outcome,
    /// Why.
    pub reason: Ground,
    /// How the bids were compared.
    pub method: Method,
    /// The links of the chain, in their order.
    pub chain: Vec<Link>,
    /// How many valid bids count; those of one brand count once.
    pub valid_bids: usize,
    /// The lowest evaluated price, exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest_evaluated_price: Option<String>,
    /// How it was rounded.
    pub rounding: Wording,
    /// The bids: by rank, then those without one by code.
    pub bids: Vec<AssessedBid>,
    /// The draw, where it came to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<DrawRecord>,
}

/// What is said of one step.
#[must_use]
pub fn step(code: &'static str, zh: String, en: String) -> Ground {
    Ground { code: Cow::Borrowed(code), text: Wording::made(zh, en) }
}

/// How the evaluated price came about.
#[must_use]
pub fn price_step(price: Money, deductions: &[Deduction], evaluated: Exact) -> Ground {
    let currency = price.currency();
    let terms: String = deductions.iter().map(|one| format!(" - {} × {} %", one.base.amount(), one.rate.text())).collect();
    let (price, left) = (price.amount(), evaluated.text(currency));
    step(
        "evaluated_price",
        format!("评审价格 = {price}{terms} = {left}；合同价仍为 {price}。"),
        format!("Evaluated price = {price}{terms} = {left}; the price of the contract stays {price}."),
    )
}

/// How the score came about.
#[must_use]
pub fn score_steps(lowest: Exact, evaluated: Exact, currency: Currency, weight: Hundredths, score: &Score) -> Vec<Ground> {
    let (lowest, own, weight) = (lowest.text(currency), evaluated.text(currency), weight.text());
    let (price, technical, total) = (score.price.text(), score.technical.text(), score.total.text());
    let added: String = score.preferences.iter().map(|one| format!(" + {}", one.points.text())).collect();
    vec![
        step(
            "price_score",
            format!("价格分 = {lowest} ÷ {own} × {weight} = {price}（四舍五入，两位小数）。"),
            format!("Price score = {lowest} / {own} × {weight} = {price} (half up, two decimals)."),
        ),
        step(
            "total",
            format!("总分 = {price} + {technical}{added} = {total}。"),
            format!("Total = {price} + {technical}{added} = {total}."),
        ),
    ]
}

/// Why one stands before the next, with both values.
#[must_use]
pub fn lead(next: &Uscc, by: Option<Link>, own: &str, other: &str) -> Lead {
    let text = match by {
        None => Wording::made(
            format!("与 {next} 各项均相同；招标文件未公布抽签方式，须公开抽签。"),
            format!("Level with {next} in everything; the tender announced no draw, so one must be held in public."),
        ),
        Some(link) => {
            let (zh, en) = link.words();
            Wording::made(format!("以“{zh}”先于 {next}：{own} 对 {other}。"), format!("Before {next} by the {en}: {own} against {other}."))
        }
    };
    Lead { bidder: next.clone(), by, text }
}
