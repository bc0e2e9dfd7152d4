//! From findings to a verdict, and the comparison of two verdicts. Not here: how a criterion is judged (`catalogue`), how a verdict is stored and signed.

use std::borrow::Cow;
use std::collections::BTreeSet;

use model::instant::{Day, Instant};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::consortium::rules::Party;
use crate::criterion::rules::{Answer, Class, Criterion, Finding, Wording};
use crate::extra_condition::rules::Extra;
use crate::parameter::rules::escaped;
use crate::ruleset::rules::Compiled;
use crate::sensitivity::rules::Sensitivity;
use crate::standing::rules::Standing;

/// Changes whenever the same ruleset and standing could give another verdict; stored with every decision.
pub const EVALUATOR_VERSION: &str = "2";

/// The outcome of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every criterion is met.
    Eligible,
    /// Every criterion is met, some only under a stated condition.
    EligibleWithConditions,
    /// A criterion is not met.
    Ineligible,
    /// A criterion can't be told, and none is known not to be met.
    Indeterminate,
}

impl Outcome {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eligible => "eligible",
            Self::EligibleWithConditions => "eligible_with_conditions",
            Self::Ineligible => "ineligible",
            Self::Indeterminate => "indeterminate",
        }
    }
}

/// A condition under which the outcome holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatedCondition {
    /// The criterion.
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    /// What must be done.
    pub text: Wording,
    /// By which day.
    #[schema(value_type = String, format = Date)]
    pub due_on: Day,
}

/// Why the outcome is not plainly `eligible`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// A stable word.
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    /// The criterion that it comes from.
    #[schema(value_type = String)]
    pub criterion: Cow<'static, str>,
    /// In words.
    pub text: Wording,
}

/// What was decided, without id, time of issue and age of the sources: what a replay compares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The outcome.
    pub outcome: Outcome,
    /// The findings that make the outcome, in the order of the ruleset.
    pub criteria: Vec<Finding>,
    /// The findings that only give priority.
    pub preferences: Vec<Finding>,
    /// The conditions of an outcome that holds only under conditions.
    pub conditions: Vec<StatedCondition>,
    /// What is not met, then what can't be told, then what is conditional.
    pub reasons: Vec<Reason>,
    /// The facts under objection that the outcome hangs on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensitive_to: Vec<Sensitivity>,
}

/// Decides: any `fail` makes `ineligible`, else any `unknown` `indeterminate`, else any condition `eligible_with_conditions`, else `eligible`.
/// Preferences never change the outcome.
#[must_use]
pub fn decide(compiled: &Compiled, standing: &Standing, as_of: Instant) -> Verdict {
    let question = compiled.question(standing, as_of.cut_off_day());
    gather(compiled, |criterion| criterion.judge(question), |condition| condition.judge(question))
}

/// Decides on many who take part as one.
#[must_use]
pub fn decide_together(compiled: &Compiled, party: &Party<'_>, as_of: Instant) -> Verdict {
    let ask = |standing| compiled.question(standing, as_of.cut_off_day());
    gather(compiled, |criterion| party.judge(criterion, &ask), |condition| party.meet(condition, &ask))
}

fn gather(compiled: &Compiled, judge: impl Fn(&Criterion) -> Finding, meet: impl Fn(&Extra) -> Finding) -> Verdict {
    let mut criteria = Vec::with_capacity(compiled.len());
    let mut preferences = Vec::new();
    criteria.extend(compiled.criteria().iter().map(&judge));
    for condition in compiled.conditions() {
        let finding = meet(condition);
        if finding.class == Class::Preference { preferences.push(finding) } else { criteria.push(finding) }
    }
    preferences.extend(compiled.preferences().iter().map(judge));
    let outcome = outcome(&criteria);
    let conditions = stated(&criteria);
    let reasons = reasons(&criteria);
    Verdict { outcome, criteria, preferences, conditions, reasons, sensitive_to: Vec::new() }
}

fn outcome(criteria: &[Finding]) -> Outcome {
    let any = |answer: Answer| criteria.iter().any(|finding| finding.result == answer);
    if any(Answer::Fail) {
        Outcome::Ineligible
    } else if any(Answer::Unknown) || criteria.is_empty() {
        Outcome::Indeterminate
    } else if criteria.iter().any(|finding| finding.condition.is_some()) {
        Outcome::EligibleWithConditions
    } else {
        Outcome::Eligible
    }
}

fn stated(criteria: &[Finding]) -> Vec<StatedCondition> {
    let stated = criteria.iter().filter_map(|finding| {
        let proviso = finding.condition.as_ref()?;
        Some(StatedCondition { code: finding.code.clone(), text: proviso.text.clone(), due_on: proviso.due_on })
    });
    stated.collect()
}

fn reasons(criteria: &[Finding]) -> Vec<Reason> {
    let of = |wanted: fn(&Finding) -> bool| {
        criteria.iter().filter(move |finding| wanted(finding)).map(|finding| Reason {
            code: finding.reason.code.clone(),
            criterion: finding.code.clone(),
            text: finding.condition.as_ref().map_or_else(|| finding.reason.text.clone(), |proviso| proviso.text.clone()),
        })
    };
    of(|finding| finding.result == Answer::Fail)
        .chain(of(|finding| finding.result == Answer::Unknown))
        .chain(of(|finding| finding.result == Answer::Pass && finding.condition.is_some()))
        .collect()
}

/// A place where two documents differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// RFC 6901.
    pub pointer: String,
    /// What stood there; absent where nothing stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub was: Option<Value>,
    /// What stands there now; absent where nothing stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub now: Option<Value>,
}

/// Where `b` differs from `a`, deepest places first named, in the order of the documents; empty where they are equal.
#[must_use]
pub fn differences(a: &Value, b: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(a), Some(b), &mut found);
    found
}

fn compare(pointer: &str, was: Option<&Value>, now: Option<&Value>, found: &mut Vec<Difference>) {
    match (was, now) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for key in keys {
                compare(&format!("{pointer}/{}", escaped(key)), old.get(key), new.get(key), found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for place in 0..old.len().max(new.len()) {
                compare(&format!("{pointer}/{place}"), old.get(place), new.get(place), found);
            }
        }
        (was, now) if was == now => {}
        (was, now) => found.push(Difference { pointer: pointer.to_owned(), was: was.cloned(), now: now.cloned() }),
    }
}
