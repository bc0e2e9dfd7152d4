//! Which deadlines a fact sets. Not here: the calendar.

use contracts::credit::{Detail, Fact, FactKind, PenaltyType};
use model::{
    calendar::Calendar,
    fault::Fault,
    instant::Day,
    period::{DueReason, Period},
    policy::Policy,
    text::Text,
};
use serde::{Deserialize, Serialize};

/// The rules as shipped.
const DEADLINES: &str = include_str!("../../policy/deadlines.json");

/// One rule of a policy row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its stable name.
    pub rule: String,
    /// Facts of these kinds set it, from the day of the decision.
    pub kinds: Vec<FactKind>,
    /// A penalty of these kinds alone does not (Order 45 Art 2: a warning alone is not made public).
    #[serde(default)]
    pub unless_only: Vec<PenaltyType>,
    /// How long.
    pub period: Period,
    /// What must be done.
    pub text: Text,
}

/// A deadline: of a fact, an objection, a repair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The rule.
    pub rule: String,
    /// Its version: the day from which that version holds.
    pub rule_from: Day,
    /// The period that was counted.
    pub period: Period,
    /// The day of the event, which is not counted (Civil Code 201).
    pub event_on: Day,
    /// The last day; `None` while it cannot be counted.
    pub due_on: Option<Day>,
    /// Why it cannot be counted.
    pub reason: Option<DueReason>,
}

impl Deadline {
    /// The same, counted again.
    #[must_use]
    pub fn counted(mut self, calendar: &Calendar) -> Self {
        let due = self.period.due(self.event_on, calendar);
        self.due_on = due.due_on;
        self.reason = due.reason;
        self
    }
}

/// The shipped rules by day.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn policy() -> Result<Policy<Vec<Rule>>, Fault> {
    Policy::from_json(DEADLINES)
}

/// The deadlines that a fact sets, by the rules in force on the day of the decision.
#[must_use]
pub fn of(policy: &Policy<Vec<Rule>>, fact: &Fact, calendar: &Calendar) -> Vec<Deadline> {
    let Some((event_on, row)) = fact.decided_on.and_then(|day| policy.at(day).map(|row| (day, row))) else { return Vec::new() };
    let set = row.value.iter().filter(|rule| rule.kinds.contains(&fact.kind()) && !spared(rule, &fact.detail));
    set.map(|rule| {
        let open =
            Deadline { rule: rule.rule.clone(), rule_from: row.effective_from, period: rule.period, event_on, due_on: None, reason: None };
        open.counted(calendar)
    })
    .collect()
}

fn spared(rule: &Rule, detail: &Detail) -> bool {
    let Detail::Penalty(penalty) = detail else { return false };
    !rule.unless_only.is_empty() && penalty.types.iter().all(|kind| rule.unless_only.contains(kind))
}

#[cfg(test)]
mod tests {
    use contracts::credit::{FactSource, Penalty};
    use model::{
        instant::{Instant, parse_day},
        uscc::Uscc,
    };

    use super::*;

    fn penalty(types: &[PenaltyType], decided_on: &str) -> Fact {
        let uscc = Uscc::parse("914404001000000590").unwrap();
        let day = parse_day(decided_on).unwrap();
        Fact {
            id: "fct_01JD0000000000000000000000".into(),
            enterprise: uscc.clone(),
            detail: Detail::Penalty(Penalty { types: types.to_vec(), fine: None, law: None, ban_until: None, field: None }),
            source: FactSource { authority: "示例市市场监督管理局".into(), document_no: None },
            asserted_by: uscc,
            decided_on: Some(day),
            published_on: None,
            valid_from: day,
            valid_to: None,
            degree: None,
            self_declared: false,
            recorded_at: Instant::from_micros(0),
            publicity: Vec::new(),
            marks: Vec::new(),
            origin: None,
        }
    }

    /// SAMR Order 45 Arts 2 and 9; the holidays of 2024 are those of domain.md 0.1.
    #[test]
    fn a_penalty_is_to_be_public_in_twenty_working_days() {
        let (policy, calendar) = (policy().unwrap(), Calendar::built_in());
        for (types, decided_on, due) in [
            (vec![PenaltyType::Fine], "2024-09-09", Some("2024-10-12")),
            (vec![PenaltyType::Warning, PenaltyType::Fine], "2024-09-09", Some("2024-10-12")),
            (vec![PenaltyType::Warning], "2024-09-09", None),
            (vec![PenaltyType::Fine], "2021-08-31", None),
        ] {
            let set = of(&policy, &penalty(&types, decided_on), &calendar);
            let found = set.first().and_then(|deadline| deadline.due_on).map(|day| day.to_string());
            assert_eq!(found.as_deref(), due, "{types:?} decided on {decided_on}");
        }
    }

    #[test]
    fn an_unknown_year_is_said_and_counted_later() {
        let open = of(&policy().unwrap(), &penalty(&[PenaltyType::Fine], "2036-03-03"), &Calendar::built_in());
        let [deadline] = open.as_slice() else { panic!("one deadline, found {open:?}") };
        assert_eq!((deadline.due_on, deadline.reason), (None, Some(DueReason::CalendarMissing)));
        let calendar =
            Calendar::built_in().and_year(r#"{"year": 2036, "days": [{"name": "清明", "date": "2036-04-04", "isOffDay": true}]}"#);
        let counted = deadline.clone().counted(&calendar.unwrap());
        assert_eq!((counted.due_on, counted.reason), (Some(parse_day("2036-03-31").unwrap()), None));
    }
}
