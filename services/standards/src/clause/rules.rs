//! The clauses of an edition, which mandatory clauses bear on them, and which of them are below; pure. Not here: the numbers themselves,
//! `indicator::rules`.

use std::collections::{BTreeMap, BTreeSet};

use model::{fault::FieldFault, instant::Instant, normalise::line, text::Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::classification::rules::is_ics;
pub use crate::{
    indicator::rules::{
        Amount, Direction, Indicator, IndicatorKind, NUMBER_MAX, NewIndicator, Reason, TITLE_MAX, TestMethod, Verdict, compare, property,
    },
    method_conversion::rules::MethodConversion,
};

/// At most so many clauses in a set.
const CLAUSES_MAX: usize = 500;
/// Of one property: whoever compares two editions compares each of these with each.
const PROPERTY_MAX: usize = 20;
/// At most so many classes in `applies_to`.
const CLASSES_MAX: usize = 20;

/// A clause: its number, what it requires, of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its number as in the document.
    #[schema(example = "5.2.1")]
    pub number: String,
    /// What it requires.
    pub indicator: Indicator,
    /// Codes of the International Classification for Standards; empty for all that the edition is about.
    #[serde(default)]
    #[schema(example = json!(["97.190"]))]
    pub applies_to: Vec<String>,
}

/// A clause as it is sent.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClause {
    /// Its number as in the document, at most 40 characters.
    #[schema(example = "5.2.1")]
    number: String,
    /// What it requires.
    indicator: NewIndicator,
    /// Codes of the International Classification for Standards, at most 20; empty for all that the edition is about.
    #[serde(default)]
    #[schema(example = json!(["97.190"]))]
    applies_to: Vec<String>,
}

/// All clauses of an edition at once.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClauses {
    /// At most 500, in the order of the document.
    clauses: Vec<NewClause>,
}

/// The clauses of an edition as they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseSet {
    /// `edn_…`.
    pub edition: String,
    /// Counted from 1.
    pub version: i64,
    /// In the order of the document.
    pub clauses: Vec<Clause>,
    /// When this version was recorded.
    pub recorded_at: Instant,
}

impl NewClause {
    fn read(&self, at: &str, bad: &mut Vec<FieldFault>) -> Option<Clause> {
        let number = line(&self.number, NUMBER_MAX).map_err(|fault| bad.push(FieldFault::of(format!("{at}/number"), fault))).ok();
        let indicator = self.indicator.read(&format!("{at}/indicator"), bad);
        let mut classes = BTreeSet::new();
        for (place, text) in self.applies_to.iter().enumerate() {
            if !is_ics(text) {
                bad.push(FieldFault::rule(
                    format!("{at}/applies_to/{place}"),
                    "ics_unknown",
                    "没有该 ICS 类目。",
                    "The ICS has no such class.",
                ));
            }
            classes.insert(text.clone());
        }
        if self.applies_to.len() > CLASSES_MAX {
            bad.push(FieldFault::rule(format!("{at}/applies_to"), "too_many", "最多二十项。", "At most twenty."));
        }
        Some(Clause { number: number?, indicator: indicator?, applies_to: classes.into_iter().collect() })
    }
}

impl NewClauses {
    /// The clauses.
    ///
    /// # Errors
    /// Everything that is wrong with them, by its field.
    pub fn read(&self) -> Result<Vec<Clause>, Vec<FieldFault>> {
        if self.clauses.len() > CLAUSES_MAX {
            return Err(vec![FieldFault::rule("/clauses", "too_many", "最多五百条。", "At most five hundred.")]);
        }
        let (mut bad, mut seen) = (Vec::new(), BTreeSet::new());
        let (mut all, mut counts) = (Vec::new(), BTreeMap::<String, usize>::new());
        for (place, new) in self.clauses.iter().enumerate() {
            let Some(clause) = new.read(&format!("/clauses/{place}"), &mut bad) else { continue };
            if !seen.insert((clause.indicator.property.clone(), clause.applies_to.clone())) {
                let zh = "同一指标对同一范围只能有一条要求；分级的要求请用不同的指标词。";
                let en = "A property has one requirement per scope; grades are properties of their own.";
                bad.push(FieldFault::rule(format!("/clauses/{place}/indicator/property"), "property_repeated", zh, en));
            }
            let count = counts.entry(clause.indicator.property.clone()).or_default();
            *count = count.saturating_add(1);
            if *count > PROPERTY_MAX {
                let zh = format!("同一指标最多 {PROPERTY_MAX} 条要求。");
                let en = format!("A property has at most {PROPERTY_MAX} requirements in one edition.");
                bad.push(FieldFault::rule(format!("/clauses/{place}/indicator/property"), "property_repeated", zh, en));
            }
            all.push(clause);
        }
        if bad.is_empty() { Ok(all) } else { Err(bad) }
    }
}

/// Whether two lists of classes have something in common: one class is the other one or lies in it. `59.080.01`, textiles in general, stands for all of
/// `59.080`.
#[must_use]
pub fn overlap(one: &[String], other: &[String]) -> bool {
    let group = |code: &'_ str| match code.strip_suffix(".01") {
        Some(group) if group.contains('.') => group.to_owned(),
        _ => code.to_owned(),
    };
    let holds = |wide: &str, narrow: &str| narrow.strip_prefix(wide).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let (one, other): (Vec<String>, Vec<String>) =
        (one.iter().map(|code| group(code)).collect(), other.iter().map(|code| group(code)).collect());
    one.iter().any(|one| other.iter().any(|other| holds(one, other) || holds(other, one)))
}

/// A clause of a mandatory edition in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandatory {
    /// `edn_…`.
    pub edition: String,
    /// The number of the edition.
    pub number: String,
    /// The number without the year.
    pub undated: String,
    /// The clause.
    pub clause: Clause,
    /// The classes that it is about: its own, or those of its edition.
    pub scope: Vec<String>,
}

/// Whether a mandatory clause bears on something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearing {
    /// It does.
    Applies,
    /// One of the two says nothing of what it is about.
    Unknown,
    /// It does not.
    Apart,
}

impl Mandatory {
    /// Whether it bears on what these classes name and these standards are cited for, numbers dated or undated.
    #[must_use]
    pub fn bearing(&self, ics: &[String], cited: &[String]) -> Bearing {
        if cited.iter().any(|number| *number == self.number || *number == self.undated) || overlap(&self.scope, ics) {
            return Bearing::Applies;
        }
        if self.scope.is_empty() || ics.is_empty() { Bearing::Unknown } else { Bearing::Apart }
    }
}

/// What was found of a clause against a mandatory one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The place of the clause in its set.
    pub place: usize,
    /// `below_mandatory`, `mandatory_not_comparable` or `mandatory_scope_unknown`.
    pub code: &'static str,
    /// The number of the mandatory edition.
    pub edition: String,
    /// The number of its clause.
    pub clause: String,
    /// In words.
    pub text: Text,
}

impl Finding {
    /// Whether the set is refused for it.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.code == "below_mandatory"
    }
}

/// What an indicator is against a mandatory clause that bears on it; nothing where it is no lower.
#[must_use]
pub fn against(place: usize, own: &Indicator, known: &Mandatory, conversions: &[MethodConversion]) -> Option<Finding> {
    let (edition, clause, property) = (known.number.clone(), known.clause.number.clone(), &own.property);
    let (code, text) = match compare(own, &known.clause.indicator, conversions) {
        Verdict::Stricter | Verdict::Equal => return None,
        Verdict::Looser => {
            let zh = format!("{property} 低于强制性标准 {edition} 第 {clause} 条的要求（标准化法第二十一条）。");
            let en = format!("{property} is looser than clause {clause} of the mandatory {edition} (Standardization Law 21).");
            ("below_mandatory", Text::new(zh, en))
        }
        Verdict::NotComparable(reason) => {
            let why = reason.text();
            let zh = format!("{property} 与强制性标准 {edition} 第 {clause} 条无法比较：{}", why.zh);
            let en = format!("{property} cannot be compared with clause {clause} of the mandatory {edition}: {}", why.en);
            ("mandatory_not_comparable", Text::new(zh, en))
        }
    };
    Some(Finding { place, code, edition, clause, text })
}

/// What is found of clauses against mandatory ones; `ics` are the classes of their edition, `cited` what it cites normatively.
#[must_use]
pub fn findings(clauses: &[Clause], of: (&[String], &[String]), mandatory: &[Mandatory], conversions: &[MethodConversion]) -> Vec<Finding> {
    let (ics, cited) = of;
    let mut all = Vec::new();
    for (place, own) in clauses.iter().enumerate() {
        let scope = if own.applies_to.is_empty() { ics } else { &own.applies_to };
        for known in mandatory.iter().filter(|known| known.clause.indicator.property == own.indicator.property) {
            match known.bearing(scope, cited) {
                Bearing::Apart => {}
                Bearing::Applies => all.extend(against(place, &own.indicator, known, conversions)),
                Bearing::Unknown => {
                    let (edition, clause) = (known.number.clone(), known.clause.number.clone());
                    let zh = format!("一方没有 ICS 分类号，不知强制性标准 {edition} 第 {clause} 条是否适用。");
                    let en =
                        format!("Without classes of the ICS it is unknown whether clause {clause} of the mandatory {edition} applies.");
                    let text = Text::new(zh, en);
                    all.push(Finding { place, code: "mandatory_scope_unknown", edition, clause, text });
                }
            }
        }
    }
    all
}
