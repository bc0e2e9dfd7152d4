//! How an indicator stands to a requirement, and a declaration to what is mandatory and recommended; pure. Not here: comparing two
//! requirements, `clause`; which requirements there are, `declaration/actions.rs`.

use model::fault::FieldFault;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    declaration_draft::rules::Draft,
    indicator::rules::{Direction, Indicator, Verdict, compare},
    method_conversion::rules::MethodConversion,
};

/// A requirement that a declaration is measured by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// The dated number of the edition.
    pub standard: String,
    /// The number of the clause.
    pub clause: String,
    /// What it requires.
    pub indicator: Indicator,
}

/// How an indicator stands to a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RequirementKept)]
pub enum Kept {
    /// All that it allows is allowed by the requirement.
    Kept,
    /// It says nothing on one side, or at all, of what the requirement limits.
    Unsaid,
    /// It cannot be compared.
    Unclear,
    /// It allows what the requirement forbids.
    Looser,
}

/// How an indicator stands to a requirement: each bound of the requirement for itself, the worst counts.
#[must_use]
pub fn kept(own: &Indicator, required: &Indicator, conversions: &[MethodConversion]) -> Kept {
    let sides = [(Direction::Min, required.lower, own.lower), (Direction::Max, required.upper, own.upper)];
    let side = |(direction, limit, said): (Direction, Option<_>, Option<_>)| {
        limit?;
        if said.is_none() {
            return Some(Kept::Unsaid);
        }
        Some(match compare(&one_sided(own, direction), &one_sided(required, direction), conversions) {
            Verdict::Stricter | Verdict::Equal => Kept::Kept,
            Verdict::Looser => Kept::Looser,
            Verdict::NotComparable(_) => Kept::Unclear,
        })
    };
    sides.into_iter().filter_map(side).max().unwrap_or(Kept::Kept)
}

fn one_sided(indicator: &Indicator, direction: Direction) -> Indicator {
    let mut one = Indicator { direction, ..indicator.clone() };
    if direction == Direction::Min {
        one.upper = None;
    } else {
        one.lower = None;
    }
    one
}

/// In which way a declaration is below what is recommended, or cannot be compared with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DeclarationShortfall)]
pub struct Shortfall {
    /// The dated number of the recommended standard.
    pub standard: String,
    /// The number of its clause.
    pub clause: String,
    /// About which property.
    pub property: String,
    /// How the declaration stands to it.
    pub how: Kept,
}

/// What a declaration is measured by.
#[derive(Clone, Debug, Default)]
pub struct Bars {
    /// Mandatory requirements for such goods.
    pub mandatory: Vec<Bar>,
    /// Requirements of the recommended standards that it executes.
    pub recommended: Vec<Bar>,
    /// Requirements of the group and enterprise standards that it executes.
    pub agreed: Vec<Bar>,
    /// What is known of test methods.
    pub conversions: Vec<MethodConversion>,
}

impl Bars {
    /// Requirements of the executed standards that are not mandatory.
    pub fn executed(&self) -> impl Iterator<Item = &Bar> {
        self.recommended.iter().chain(&self.agreed)
    }
}

/// What is looser than mandatory is refused; what is less than recommended, or cannot be compared with it, is to be disclosed. Without own indicators nothing is below
/// anything.
#[must_use]
pub fn measured(draft: &Draft, bars: &Bars) -> (Vec<Shortfall>, Vec<FieldFault>) {
    let (mut short, mut bad) = (Vec::new(), Vec::new());
    let own = |property: &str| draft.indicators.iter().enumerate().find(|(_, indicator)| indicator.property == property);
    for Bar { standard, clause, indicator: required } in &bars.mandatory {
        let Some((place, indicator)) = own(&required.property) else { continue };
        if kept(indicator, required, &bars.conversions) == Kept::Looser {
            let zh = format!("低于强制性标准 {standard} 第 {clause} 条的要求（标准化法第二十一条）。");
            let en = format!("It is looser than clause {clause} of the mandatory {standard} (Law 21).");
            bad.push(FieldFault::rule(format!("/indicators/{place}"), "below_mandatory", zh, en));
        }
    }
    for Bar { standard, clause, indicator: required } in bars.recommended.iter().filter(|_| !draft.indicators.is_empty()) {
        let found = own(&required.property);
        let how = found.map_or(Kept::Unsaid, |(_, indicator)| kept(indicator, required, &bars.conversions));
        if how == Kept::Kept {
            continue;
        }
        let property = required.property.clone();
        // What cannot be compared cannot be shown not to be lower: an odd test method is no way around stating it.
        if !draft.disclosures.iter().any(|note| note.property == property) {
            let at = found.map_or_else(|| "/disclosures".to_owned(), |(place, _)| format!("/indicators/{place}"));
            let (zh, en) = if how == Kept::Unclear {
                let zh =
                    format!("{property} 无法与推荐性标准 {standard} 第 {clause} 条比较，不能证明不低于该条，应当明示（办法第十四条）。");
                (zh, format!("{property} cannot be compared with clause {clause} of {standard}; that is to be stated (Order 83 Art 14)."))
            } else {
                let zh = format!("{property} 低于或少于推荐性标准 {standard} 第 {clause} 条，应当明示（办法第十四条）。");
                (zh, format!("{property} is lower or fewer than clause {clause} of {standard}; that is to be stated (Order 83 Art 14)."))
            };
            bad.push(FieldFault::rule(at, "disclosure_missing", zh, en));
        }
        short.push(Shortfall { standard: standard.clone(), clause: clause.clone(), property, how });
    }
    (short, bad)
}
