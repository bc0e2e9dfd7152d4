//! Which international editions count as taken over, and the figure that follows (domain 2.4); pure. Not here: which editions there are, `store.rs`.

use std::collections::{BTreeMap, BTreeSet};

use model::{fault::Fault, instant::Day, policy::Policy, ratio::Ratio, standard_no::StandardNo};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::edition::rules::Degree;

const TARGET: &str = include_str!("../../policy/consistency.json");

/// What is to be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// At least so many percent.
    pub target_percent: u32,
}

/// The shipped target by day.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn policy() -> Result<Policy<Target>, Fault> {
    Policy::from_json(TARGET)
}

/// An authority's mark: whether an international edition is applicable here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApplicabilityMark {
    /// Whether it is.
    pub applicable: bool,
    /// Why.
    #[schema(example = "示例：国内无此类产品。")]
    pub reason: String,
    /// From which day.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// The organisation that says so.
    pub by: String,
}

/// Whether an edition is applicable on a day; without a mark it is.
#[must_use]
pub fn is_applicable(marks: &[ApplicabilityMark], day: Day) -> bool {
    marks.iter().rev().find(|mark| mark.on <= day).is_none_or(|mark| mark.applicable)
}

/// An international edition that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct International {
    /// `edn_…`.
    pub id: String,
    /// Its number, with its year.
    pub number: String,
    /// Its classes of the ICS.
    pub ics: Vec<String>,
}

/// A relation of kind `adopts`, with what is known of the edition that says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adoption {
    /// The number of the edition that takes the other one over.
    pub from: String,
    /// Its level.
    pub level: String,
    /// Whether it is in force on the day.
    pub holds: bool,
    /// To what degree.
    pub degree: Option<Degree>,
    /// The number that it names, dated or undated.
    pub to: String,
}

/// Why an international edition does not count as taken over; the nearest to it that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsistencyGap {
    /// What takes it over is not in force on the day.
    NotInForce,
    /// Only standards that do not count take it over: of groups, enterprises, or local ones of elsewhere.
    OtherLevel,
    /// What is taken over is another edition of it, or the relation names none.
    OtherEdition,
    /// There is only a correspondence without equivalence (NEQ).
    NotEquivalent,
    /// Nothing names it.
    NotAdopted,
}

/// What became of an international edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is taken over, to this degree at best, by these.
    Adopted(Degree, Vec<String>),
    /// It is not, and these come nearest.
    Gap(ConsistencyGap, Vec<String>),
}

/// Whether an edition of a level counts as Chinese: national and industry standards do; where a division is asked for, its local ones as well, because they
/// hold there.
#[must_use]
pub fn counts(from: &str, level: &str, division: Option<&str>) -> bool {
    let body = || StandardNo::parse(from).map(|number| number.body().to_owned()).unwrap_or_default();
    match (level, division) {
        ("national" | "industry", _) => true,
        ("local", Some(division)) => {
            let of = |digits: usize| division.get(..digits).map(|digits| format!("DB{digits}"));
            let body = body();
            of(2).is_some_and(|province| province == body) || of(4).is_some_and(|city| city == body)
        }
        _ => false,
    }
}

/// The number without its year; what cannot be read stays as it is.
#[must_use]
pub fn undated(number: &str) -> String {
    StandardNo::parse(number).map_or_else(|_unreadable| number.to_owned(), |number| number.undated().to_owned())
}

/// Judges one international edition by all that names its standard.
#[must_use]
pub fn judge(number: &str, named: &[&Adoption], division: Option<&str>) -> Verdict {
    let is_taken = |one: &Adoption| matches!(one.degree, Some(Degree::Idt | Degree::Mod));
    let is_named = |one: &Adoption| one.to == number;
    let is_counted = |one: &Adoption| counts(&one.from, &one.level, division);
    let those = |wanted: &dyn Fn(&Adoption) -> bool| -> Vec<String> {
        named.iter().filter(|one| wanted(one)).map(|one| one.from.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let whole = |one: &Adoption| is_named(one) && is_taken(one) && is_counted(one) && one.holds;
    let adopted = those(&whole);
    if !adopted.is_empty() {
        let identical = named.iter().any(|one| whole(one) && one.degree == Some(Degree::Idt));
        return Verdict::Adopted(if identical { Degree::Idt } else { Degree::Mod }, adopted);
    }
    let nearest = [
        (ConsistencyGap::NotInForce, those(&|one| is_named(one) && is_taken(one) && is_counted(one))),
        (ConsistencyGap::OtherLevel, those(&|one| is_named(one) && is_taken(one) && one.holds)),
        (ConsistencyGap::OtherEdition, those(&|one| !is_named(one) && is_taken(one) && one.holds)),
        (ConsistencyGap::NotEquivalent, those(&|one| !is_taken(one) && one.holds)),
    ];
    let found = nearest.into_iter().find(|(_, by)| !by.is_empty());
    found.map_or(Verdict::Gap(ConsistencyGap::NotAdopted, Vec::new()), |(gap, by)| Verdict::Gap(gap, by))
}

/// The figure of a class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// Taken over, of those that are applicable.
    pub share: Share,
    /// Of the numerator: identical.
    pub identical: u64,
    /// Of the numerator: modified.
    pub modified: u64,
    /// By field of the ICS, two digits; the empty one holds those without a class.
    pub fields: BTreeMap<String, FieldFigure>,
}

/// The figure of a field and of its groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldFigure {
    /// The field.
    pub share: Share,
    /// By group, `97.190`; those classed by the field alone stand in none.
    pub groups: BTreeMap<String, Share>,
}

/// A count of a count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Taken over.
    pub numerator: u64,
    /// Applicable.
    pub denominator: u64,
}

impl Share {
    fn add(&mut self, adopted: bool) {
        self.denominator = self.denominator.saturating_add(1);
        self.numerator = self.numerator.saturating_add(u64::from(adopted));
    }

    /// As a ratio.
    #[must_use]
    pub const fn ratio(self) -> Ratio {
        Ratio::new(self.numerator, self.denominator)
    }

    /// Whether a target is reached; nothing is known without a denominator.
    #[must_use]
    pub fn reaches(self, percent: u32) -> Option<bool> {
        self.ratio().has_data().then(|| self.ratio().at_least(Ratio::new(u64::from(percent), 100)))
    }
}

/// Whether a class is the wanted one, below it or above it.
fn on_the_way(code: &str, wanted: Option<&str>) -> bool {
    let below = |long: &str, short: &str| long == short || long.strip_prefix(short).is_some_and(|rest| rest.starts_with('.'));
    wanted.is_none_or(|wanted| below(code, wanted) || below(wanted, code))
}

/// The figure over judged editions. An edition of several classes counts in each of them, and once in the whole.
#[must_use]
pub fn figure(judged: &[(International, Verdict)], wanted: Option<&str>) -> Figure {
    let mut figure = Figure::default();
    for (international, verdict) in judged {
        let adopted = matches!(verdict, Verdict::Adopted(..));
        figure.share.add(adopted);
        match verdict {
            Verdict::Adopted(Degree::Idt, _) => figure.identical = figure.identical.saturating_add(1),
            Verdict::Adopted(..) => figure.modified = figure.modified.saturating_add(1),
            Verdict::Gap(..) => {}
        }
        let codes = || international.ics.iter().filter(|code| on_the_way(code, wanted));
        let mut fields: BTreeSet<&str> = codes().filter_map(|code| code.split('.').next()).collect();
        if international.ics.is_empty() {
            fields.insert("");
        }
        for field in fields {
            let of_field = figure.fields.entry(field.to_owned()).or_default();
            of_field.share.add(adopted);
            let within = codes().filter(|code| code.split('.').next() == Some(field));
            let groups: BTreeSet<String> = within.filter_map(|code| group(code)).collect();
            for group in groups {
                of_field.groups.entry(group).or_default().add(adopted);
            }
        }
    }
    figure
}

fn group(code: &str) -> Option<String> {
    let mut steps = code.split('.');
    let (field, group) = (steps.next()?, steps.next()?);
    Some(format!("{field}.{group}"))
}
