//! Windows and hidden days of a fact; pure. Not here: marks and who may set them, `mark`; the policy's numbers, `policy/publicity/`.

use contracts::credit::{Degree, Detail, Fact, FactKind, MarkKind, Penalty, PenaltyField, PenaltyType, Portal, PublicityWindow, Rectified};
use model::{
    fault::Fault,
    instant::Day,
    period::{Period, Unit},
    policy::Policy,
};
use serde::{Deserialize, Serialize};

const PORTALS: &str = include_str!("../../policy/publicity/portals.json");
const CREDIT_CHINA: &str = include_str!("../../policy/publicity/credit_china.json");
const SAMR: &str = include_str!("../../policy/publicity/samr.json");

/// The regimes of every place by day, as shipped.
#[derive(Clone, Debug)]
pub struct Regimes {
    portals: Policy<Vec<Portal>>,
    credit_china: Policy<Regime>,
    samr: Policy<Regime>,
}

/// How one place makes penalties public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// From which day windows are counted (domain-updates A6).
    pub anchor: Anchor,
    /// Whether what is not corrected stays public beyond the longest window (domain-updates A7).
    pub stays_uncorrected: bool,
    /// The first rule that fits a penalty counts.
    pub rules: Vec<Rule>,
}

/// From which day windows are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// The day of the decision.
    Decided,
    /// The day of publication; without one the window is not known yet.
    Published,
}

/// One rule of a regime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its stable name.
    pub rule: String,
    /// Which penalties it is about.
    pub when: When,
    /// Whether they are made public.
    pub publish: Publish,
    /// The shortest publicity.
    #[serde(default)]
    pub least: Option<Period>,
    /// The longest publicity.
    #[serde(default)]
    pub most: Option<Period>,
}

/// Whether penalties are made public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Publish {
    /// Always.
    Always,
    /// Never.
    Never,
    /// Only where the record says that it was published.
    IfStated,
}

/// Which penalties; what is left out fits all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Of one of these degrees.
    #[serde(default)]
    pub degrees: Vec<Degree>,
    /// All of its types are among these.
    #[serde(default)]
    pub only_types: Vec<PenaltyType>,
    /// In one of these fields.
    #[serde(default)]
    pub fields: Vec<PenaltyField>,
}

impl When {
    fn fits(&self, degree: Option<Degree>, penalty: &Penalty) -> bool {
        (self.degrees.is_empty() || degree.is_some_and(|degree| self.degrees.contains(&degree)))
            && (self.only_types.is_empty() || penalty.types.iter().all(|kind| self.only_types.contains(kind)))
            && (self.fields.is_empty() || penalty.field.is_some_and(|field| self.fields.contains(&field)))
    }
}

impl Regimes {
    /// The shipped regimes.
    ///
    /// # Errors
    /// As [`Policy::from_json`], or `policy_invalid` where a window is counted in working days; a test keeps it from happening.
    pub fn built_in() -> Result<Self, Fault> {
        let regimes =
            Self { portals: Policy::from_json(PORTALS)?, credit_china: Policy::from_json(CREDIT_CHINA)?, samr: Policy::from_json(SAMR)? };
        let rows = regimes.credit_china.rows().iter().chain(regimes.samr.rows());
        let periods = rows.flat_map(|row| &row.value.rules).flat_map(|rule| rule.least.into_iter().chain(rule.most));
        if periods.into_iter().any(|period| end(period, Day::MIN).is_none()) {
            return Err(Fault::new("policy_invalid", "公示期须以日、月、年计。", "A window is counted in days, months or years."));
        }
        Ok(regimes)
    }

    const fn of(&self, portal: Portal) -> &Policy<Regime> {
        match portal {
            Portal::CreditChina => &self.credit_china,
            Portal::Samr => &self.samr,
        }
    }

    /// The windows of a fact, the place that this platform follows first; none for kinds that no regime is about.
    ///
    /// The regime is that of the day of the decision, so that a later one rewrites no history (domain 11, point 6).
    #[must_use]
    pub fn windows(&self, fact: &Fact) -> Vec<PublicityWindow> {
        let Detail::Penalty(penalty) = &fact.detail else { return Vec::new() };
        let day = fact.dated();
        let portals = self.portals.at(day).map(|row| row.value.as_slice()).unwrap_or_default();
        portals.iter().filter_map(|portal| window(*portal, self.of(*portal), fact, penalty)).collect()
    }
}

fn window(portal: Portal, regimes: &Policy<Regime>, fact: &Fact, penalty: &Penalty) -> Option<PublicityWindow> {
    let row = regimes.at(fact.dated())?;
    let rule = row.value.rules.iter().find(|rule| rule.when.fits(fact.degree, penalty))?;
    let published = match rule.publish {
        Publish::Always => true,
        Publish::Never => false,
        Publish::IfStated => fact.published_on.is_some(),
    };
    let from = match row.value.anchor {
        Anchor::Decided => Some(fact.dated()),
        Anchor::Published => fact.published_on,
    };
    let from = from.filter(|_| published);
    let after = |period: Option<Period>| from.zip(period).and_then(|(from, period)| end(period, from));
    let most = after(rule.most);
    Some(PublicityWindow {
        portal,
        rule: rule.rule.clone(),
        rule_from: row.effective_from,
        published,
        from,
        // Where no shortest publicity is said, a repair is possible from the day after the window began (domain-updates A7).
        least_until: after(rule.least).or(from),
        // A restriction that runs longer is public for as long as it runs (Order 45 Art 13).
        until: most.map(|most| penalty.ban_until.map_or(most, |ban| most.max(ban))),
        stays_uncorrected: row.value.stays_uncorrected,
    })
}

/// The last day of a period that needs no calendar (Civil Code 201, 202).
fn end(period: Period, from: Day) -> Option<Day> {
    use chrono::{Days, Months};
    match period.unit {
        Unit::WorkingDay => None,
        Unit::Day => from.checked_add_days(Days::new(u64::from(period.length))),
        Unit::Month => from.checked_add_months(Months::new(period.length)),
        Unit::Year => from.checked_add_months(Months::new(period.length.checked_mul(12)?)),
    }
}

/// Days on which a fact does not count: from the first to the last, which may be open.
pub type Hidden = (Day, Option<Day>);

/// The days on which a fact does not count although it holds, in order and apart; `all` are the facts of the same enterprise.
///
/// A bad result of a check follows the penalty that it led to (domain-updates A8).
#[must_use]
pub fn hidden(fact: &Fact, all: &[&Fact]) -> Vec<Hidden> {
    let mut days: Vec<Hidden> = own_hidden(fact, all);
    if let Some(penalty) = penalty_behind(fact).and_then(|id| all.iter().find(|other| other.id == id)) {
        days.extend(own_hidden(penalty, all));
    }
    joined(days)
}

fn own_hidden(fact: &Fact, all: &[&Fact]) -> Vec<Hidden> {
    let off = |kind: MarkKind| !matches!(kind, MarkKind::UnderObjection);
    let marks = fact.marks.iter().filter(|mark| off(mark.kind)).map(|mark| (mark.from, mark.to));
    marks.chain(ended(fact, all).map(|first| (first, None))).collect()
}

/// The first day on which the fact is not public any more by its window alone.
fn ended(fact: &Fact, all: &[&Fact]) -> Option<Day> {
    let window = fact.publicity.first()?;
    if !window.published {
        return Some(Day::MIN);
    }
    let until = window.until?;
    let over = until.succ_opt()?;
    if !window.stays_uncorrected {
        return Some(over);
    }
    match corrected(&fact.id, until, all) {
        Correction::Open(None) => None,
        Correction::Open(Some(done)) => Some(over.max(done)),
        Correction::NotOpen => Some(over),
    }
}

enum Correction {
    /// On the last day of the window the breach was not corrected; it was from this day on, if ever.
    Open(Option<Day>),
    NotOpen,
}

/// Whether an authority says on a day that a breach is not corrected; what the enterprise says of itself has no weight.
fn corrected(id: &str, on: Day, all: &[&Fact]) -> Correction {
    let said = all.iter().filter(|fact| !fact.self_declared).filter_map(|fact| match &fact.detail {
        Detail::Rectification(done) if done.of_fact.as_deref() == Some(id) => Some((fact.dated(), &fact.id, done.result)),
        _ => None,
    });
    let mut said: Vec<_> = said.collect();
    said.sort_by_key(|(day, id, _)| (*day, *id));
    let last = said.iter().rev().find(|(day, ..)| *day <= on).map(|(.., result)| *result);
    if last != Some(Rectified::NotDone) {
        return Correction::NotOpen;
    }
    Correction::Open(said.iter().find(|(day, _, result)| *day > on && *result == Rectified::Done).map(|(day, ..)| *day))
}

/// The penalty that a bad result led to.
fn penalty_behind(fact: &Fact) -> Option<&str> {
    match &fact.detail {
        Detail::SpotCheck(check) => check.of_penalty.as_deref(),
        Detail::Inspection(inspection) => inspection.of_penalty.as_deref(),
        _ => None,
    }
}

fn joined(mut days: Vec<Hidden>) -> Vec<Hidden> {
    days.sort_by_key(|(first, _)| *first);
    let mut apart: Vec<Hidden> = Vec::with_capacity(days.len());
    for (first, last) in days {
        match apart.last_mut() {
            Some((_, end)) if end.is_none_or(|end| end.succ_opt().is_none_or(|next| first <= next)) => {
                *end = end.zip(last).map(|(end, last)| end.max(last));
            }
            _ => apart.push((first, last)),
        }
    }
    apart
}

/// Whether a fact is hidden on a day.
#[must_use]
pub fn is_hidden(fact: &Fact, all: &[&Fact], day: Day) -> bool {
    hidden(fact, all).iter().any(|(first, last)| *first <= day && last.is_none_or(|last| day <= last))
}

/// Whether the public may see a fact on a day: it has begun, it still holds where its kind has no window of its own, and it is not hidden.
///
/// A penalty is decided once and stays public by its window; a stayed or masked fact is shown no more than a repaired one.
#[must_use]
pub fn is_public(fact: &Fact, all: &[&Fact], day: Day) -> bool {
    let begun = fact.valid_from <= day && fact.dated() <= day;
    let holds = fact.kind() == FactKind::Penalty || fact.valid_to.is_none_or(|last| day <= last);
    begun && holds && !is_hidden(fact, all, day)
}

/// What became of a fact, for people (api.md, "credit").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It stands.
    Asserted,
    /// The enterprise objects.
    UnderObjection,
    /// Its effect is stayed.
    Stayed,
    /// Its publicity was ended by a repair, or is masked by one.
    Repaired,
    /// Its validity or its publicity has ended.
    Expired,
}

impl Standing {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asserted => "asserted",
            Self::UnderObjection => "under_objection",
            Self::Stayed => "stayed",
            Self::Repaired => "repaired",
            Self::Expired => "expired",
        }
    }
}

/// What became of a fact by a day, by what is known of the fact alone.
#[must_use]
pub fn standing(fact: &Fact, day: Day) -> Standing {
    let marked = |kind: MarkKind| fact.marks.iter().any(|mark| mark.kind == kind && mark.stands_on(day));
    if marked(MarkKind::Repaired) || marked(MarkKind::Masked) {
        Standing::Repaired
    } else if marked(MarkKind::Stayed) {
        Standing::Stayed
    } else if marked(MarkKind::UnderObjection) {
        Standing::UnderObjection
    } else if fact.valid_to.is_some_and(|last| last < day) || publicity_over(fact, day) {
        Standing::Expired
    } else {
        Standing::Asserted
    }
}

fn publicity_over(fact: &Fact, day: Day) -> bool {
    fact.publicity.first().is_some_and(|window| window.published && window.until.is_some_and(|until| until < day))
}
