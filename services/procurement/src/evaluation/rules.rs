//! What a tender announces about its evaluation: method, weights, deductions, scored preferences, the draw. Not here: the ranking itself (`ranking`).

use contracts::credit::Grade;
use model::{
    fault::{Fault, FieldFault},
    instant::Day,
    money::Money,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::deduction::rules::{Band, price_weight_on, small_business_on};
use crate::draw::rules::{Announced, is_commitment};
use crate::parameter::rules::Fields;
use crate::scoring::rules::Hundredths;
use crate::tender::rules::Category;

/// How bids are compared (Procurement Regulation Art 34).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EvaluationMethod)]
pub enum Method {
    /// The lowest evaluated price among those that meet every requirement.
    LowestPrice,
    /// The highest score.
    Comprehensive,
}

/// The weights of a comprehensive score, together 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Of the price.
    pub price: Hundredths,
    /// Of what the committee scores.
    pub technical: Hundredths,
    /// Of the announced preferences.
    pub preference: Hundredths,
}

/// What the buyer does for small businesses (2020/46).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmallBusinessTerms {
    /// The procurement is reserved for them, so nothing is deducted.
    Reserved,
    /// Rates within the bands of the day, in percent.
    Rates {
        /// For their own bids.
        whole: Hundredths,
        /// For bids with a part of theirs; absent where neither consortia nor subcontracts are admitted.
        part: Option<Hundredths>,
    },
}

/// A preference that is scored: points by level, announced beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preference {
    /// Points from a credit grade on.
    CreditGrade(Vec<(Grade, Hundredths)>),
    /// Points from a traceability level on.
    Traceability(Vec<(u8, Hundredths)>),
}

impl Preference {
    /// The word on the wire.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::CreditGrade(_) => "credit_grade",
            Self::Traceability(_) => "traceability",
        }
    }

    fn steps(&self) -> Vec<Hundredths> {
        match self {
            Self::CreditGrade(steps) => steps.iter().map(|(_, points)| *points).collect(),
            Self::Traceability(steps) => steps.iter().map(|(_, points)| *points).collect(),
        }
    }

    /// The points for a grade and a level: those of the highest step that is reached.
    #[must_use]
    pub fn points(&self, grade: Grade, level: u8) -> Hundredths {
        let reached: Option<Hundredths> = match self {
            Self::CreditGrade(steps) => {
                steps.iter().filter(|(least, _)| grade.rank() >= least.rank() && grade.rank().is_some()).map(|(_, points)| *points).max()
            }
            Self::Traceability(steps) => steps.iter().filter(|(least, _)| level >= *least).map(|(_, points)| *points).max(),
        };
        reached.unwrap_or_default()
    }
}

/// What a tender announces about its evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How bids are compared.
    pub method: Method,
    /// The weights, where bids are scored.
    pub weights: Option<Weights>,
    /// Whether the price is set by law and no factor of the evaluation (Order 87 Art 55).
    pub fixed_price: bool,
    /// The budget or the announced highest price; a price above it is invalid.
    pub ceiling: Option<Money>,
    /// The technical points that a bid needs.
    pub technical_minimum: Option<Hundredths>,
    /// What is done for small businesses.
    pub small_business: SmallBusinessTerms,
    /// The treaty by which domestic products get no deduction.
    pub treaty: Option<String>,
    /// The scored preferences.
    pub preferences: Vec<Preference>,
    /// How a last tie is drawn.
    pub draw: Option<Announced>,
}

const FIELDS: [&str; 9] =
    ["method", "weights", "fixed_price", "ceiling", "technical_minimum", "small_business", "treaty", "preferences", "draw"];

fn is_said(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= 500 && !text.chars().any(char::is_control)
}

impl Terms {
    /// Reads the `evaluation` member of a tender; every fault is added with its place.
    pub fn read(value: &Value, pointer: &str, faults: &mut Vec<FieldFault>) -> Option<Self> {
        let before = faults.len();
        let mut fields = Fields::open(value, pointer.to_owned(), &FIELDS, faults)?;
        let method = fields.need::<Method>("method", |_| true);
        let fixed_price = fields.may::<bool>("fixed_price", |_| true).unwrap_or_default();
        let ceiling = fields.may::<Money>("ceiling", |money| money.is_positive());
        let technical_minimum = fields.may::<Hundredths>("technical_minimum", |_| true);
        let treaty = fields.may::<String>("treaty", |text| is_said(text));
        let small_business = fields.need::<Value>("small_business", |_| true);
        let weights = fields.may::<Value>("weights", |_| true);
        let draw = fields.may::<Value>("draw", |_| true);
        let preferences = fields.list("preferences", false);
        let read = |(place, item): (usize, &&Value)| preference(item, &format!("{pointer}/preferences/{place}"), faults);
        let preferences: Vec<Preference> = preferences.iter().enumerate().filter_map(read).collect();
        let weights = weights.and_then(|value| weights_of(&value, &format!("{pointer}/weights"), faults));
        let small_business = small_business.and_then(|value| small_of(&value, &format!("{pointer}/small_business"), faults));
        let draw = draw.and_then(|value| draw_of(&value, &format!("{pointer}/draw"), faults));
        if faults.len() > before {
            return None;
        }
        let (method, small_business) = (method?, small_business?);
        let terms = Self { method, weights, fixed_price, ceiling, technical_minimum, small_business, treaty, preferences, draw };
        terms.agree(pointer, faults);
        (faults.len() == before).then_some(terms)
    }

    /// What the parts must say of each other.
    fn agree(&self, pointer: &str, faults: &mut Vec<FieldFault>) {
        let mut refuse = |place: &str, zh: &str, en: &str| {
            faults.push(FieldFault::rule(format!("{pointer}{place}"), "evaluation_terms", zh, en));
        };
        if self.fixed_price && self.method != Method::Comprehensive {
            refuse("/fixed_price", "仅综合评分可不计价格。", "Only where bids are scored can the price be left out.");
        }
        let mut codes: Vec<_> = self.preferences.iter().map(Preference::word).collect();
        codes.sort_unstable();
        codes.dedup();
        if codes.len() != self.preferences.len() {
            refuse("/preferences", "同一优先因素只能列一次。", "A preference stands once.");
        }
        if self.method == Method::LowestPrice {
            let given = [
                (self.weights.is_some(), "/weights"),
                (!self.preferences.is_empty(), "/preferences"),
                (self.technical_minimum.is_some(), "/technical_minimum"),
            ];
            for (_, place) in given.into_iter().filter(|(is_given, _)| *is_given) {
                refuse(place, "最低评标价法不计分。", "Nothing is scored where the lowest price decides.");
            }
            return;
        }
        let Some(weights) = self.weights else {
            refuse("/weights", "综合评分须公布各项权重。", "A comprehensive score needs its weights.");
            return;
        };
        if weights.price.plus(weights.technical).plus(weights.preference) != Hundredths::HUNDRED {
            refuse("/weights", "各项权重之和须为 100。", "The weights must add up to 100.");
        }
        if self.fixed_price != (weights.price == Hundredths::ZERO) {
            refuse("/weights/price", "价格权重为 0，当且仅当执行统一价格标准。", "The price has no weight if, and only if, it is fixed.");
        }
        if self.technical_minimum.is_some_and(|least| least > weights.technical) {
            refuse("/technical_minimum", "最低技术分高于技术权重。", "The minimum is above the weight of the technical points.");
        }
        let most = self.preferences.iter().map(|one| one.steps().into_iter().max().unwrap_or_default());
        if most.fold(Hundredths::ZERO, Hundredths::plus) != weights.preference {
            refuse(
                "/weights/preference",
                "优先权重须等于所公布优先因素的最高分之和。",
                "The weight of the preferences must be the sum of their highest announced points.",
            );
        }
    }

    /// What the law of the day allows: rates within their bands, the price with its least weight; faults are added with their places.
    pub fn allowed_on(&self, category: Category, day: Day, pointer: &str, faults: &mut Vec<FieldFault>) {
        if self.fixed_price && category != Category::Services {
            let (zh, en) = ("仅服务项目可执行统一价格标准。", "Only services can have a fixed price.");
            faults.push(FieldFault::rule(format!("{pointer}/fixed_price"), "evaluation_terms", zh, en));
        }
        let bands = small_business_on(day).map(|row| row.value.of(category));
        if let SmallBusinessTerms::Rates { whole, part } = self.small_business {
            let mut hold = |name: &str, rate: Hundredths, band: Option<Band>| {
                let shown = band.map_or_else(|| "—".to_owned(), |band| format!("{}–{}", band.0.text(), band.1.text()));
                if !band.is_some_and(|band| band.holds(rate)) {
                    let fault = Fault::new(
                        "deduction_rate",
                        format!("{day} 的价格扣除幅度为 {shown} %。"),
                        format!("On {day} the deduction is {shown} %."),
                    );
                    faults.push(FieldFault::of(format!("{pointer}/small_business/{name}"), fault));
                }
            };
            hold("whole", whole, bands.map(|bands| bands.whole));
            if let Some(part) = part {
                hold("part", part, bands.map(|bands| bands.part));
            }
        }
        let least = price_weight_on(category, day).filter(|_| !self.fixed_price);
        if let (Some(weights), Some(least)) = (self.weights, least)
            && weights.price < least
        {
            let least = least.text();
            let fault = Fault::new(
                "price_weight",
                format!("价格权重不得低于 {least}（财政部令第87号第五十五条）。"),
                format!("The price weighs at least {least} (MOF Order 87 Art 55)."),
            );
            faults.push(FieldFault::of(format!("{pointer}/weights/price"), fault));
        }
    }
}

fn weights_of(value: &Value, pointer: &str, faults: &mut Vec<FieldFault>) -> Option<Weights> {
    let mut fields = Fields::open(value, pointer.to_owned(), &["price", "technical", "preference"], faults)?;
    let price = fields.need::<Hundredths>("price", |_| true);
    let technical = fields.need::<Hundredths>("technical", |_| true);
    let preference = fields.may::<Hundredths>("preference", |_| true).unwrap_or_default();
    Some(Weights { price: price?, technical: technical?, preference })
}

fn small_of(value: &Value, pointer: &str, faults: &mut Vec<FieldFault>) -> Option<SmallBusinessTerms> {
    if value.get("reserved").is_some() {
        let mut fields = Fields::open(value, pointer.to_owned(), &["reserved"], faults)?;
        return fields.need::<bool>("reserved", |reserved| *reserved).map(|_| SmallBusinessTerms::Reserved);
    }
    let mut fields = Fields::open(value, pointer.to_owned(), &["whole", "part"], faults)?;
    let whole = fields.need::<Hundredths>("whole", |_| true);
    let part = fields.may::<Hundredths>("part", |_| true);
    Some(SmallBusinessTerms::Rates { whole: whole?, part })
}

fn draw_of(value: &Value, pointer: &str, faults: &mut Vec<FieldFault>) -> Option<Announced> {
    let mut fields = Fields::open(value, pointer.to_owned(), &["commitment", "beacon"], faults)?;
    let commitment = fields.need::<String>("commitment", |text| is_commitment(text));
    let beacon = fields.may::<String>("beacon", |text| is_said(text));
    Some(Announced { commitment: commitment?, beacon })
}

fn preference(item: &Value, pointer: &str, faults: &mut Vec<FieldFault>) -> Option<Preference> {
    let mut fields = Fields::open(item, pointer.to_owned(), &["code", "steps"], faults)?;
    let code = fields.need::<String>("code", |code| ["credit_grade", "traceability"].contains(&code.as_str()))?;
    let steps = fields.list("steps", true);
    let (mut grades, mut levels) = (Vec::new(), Vec::new());
    for (place, step) in steps.into_iter().enumerate() {
        let mut fields = Fields::open(step, format!("{pointer}/steps/{place}"), &["least", "points"], faults)?;
        let points = fields.need::<Hundredths>("points", |points| *points > Hundredths::ZERO);
        if code == "traceability" {
            levels.extend(fields.need::<u8>("least", |level| (1..=4).contains(level)).zip(points));
        } else {
            grades.extend(fields.need::<Grade>("least", |grade| grade.rank().is_some()).zip(points));
        }
    }
    Some(if code == "traceability" { Preference::Traceability(levels) } else { Preference::CreditGrade(grades) })
}
