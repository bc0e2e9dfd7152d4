//! How the members of a consortium, and those whom they rely upon, meet a criterion together (Government Procurement Law Art 24). Not here: which
//! criterion is met in which way (`catalogue`), how one enterprise is judged (`exclusion`, `selection`).

use std::collections::{BTreeMap, BTreeSet};

use model::{fault::FieldFault, uscc::Uscc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::criterion::rules::{Answer, Class, Combination, Criterion, Finding, MemberAnswer, Proviso, Question, Wording};
use crate::extra_condition::rules::Extra;
use crate::ruleset::rules::Compiled;
use crate::standing::rules::Standing;

/// Members of one consortium, and enterprises that it relies upon.
const MOST: usize = 20;

/// The enterprises that take part as one supplier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Consortium {
    /// Their Unified Social Credit Codes, the lead first.
    #[schema(value_type = Vec<String>)]
    pub members: Vec<Uscc>,
    /// Who lends them capacity, and for which criteria.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relied_upon: Vec<Reliance>,
}

/// An enterprise that is no member and whose capacity is relied upon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reliance {
    /// Its Unified Social Credit Code.
    #[schema(value_type = String)]
    pub supplier: Uscc,
    /// For which selection criteria.
    pub criteria: Vec<String>,
}

/// A consortium as it is asked about.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConsortium {
    /// Their Unified Social Credit Codes, the lead first; at most 20.
    pub members: Vec<String>,
    /// Who lends them capacity, and for which criteria; at most 20.
    #[serde(default)]
    pub relied_upon: Vec<NewReliance>,
}

/// An enterprise that is no member and whose capacity is relied upon.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReliance {
    /// Its Unified Social Credit Code.
    pub supplier: String,
    /// For which selection criteria.
    pub criteria: Vec<String>,
}

/// Reads a consortium.
///
/// # Errors
/// Every fault, with its place under `/consortium`.
pub fn read(asked: &NewConsortium) -> Result<Consortium, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    let mut code = |text: &str, at: String, faults: &mut Vec<FieldFault>| match Uscc::parse(text) {
        Ok(code) if seen.insert(code.clone()) => Some(code),
        Ok(_) => {
            faults.push(FieldFault::rule(at, "consortium_repeated", "同一企业出现两次。", "The same enterprise stands twice."));
            None
        }
        Err(fault) => {
            faults.push(FieldFault::of(at, fault));
            None
        }
    };
    if asked.members.is_empty() {
        faults.push(FieldFault::rule("/consortium/members", "empty", "至少一家。", "At least one."));
    }
    for (name, count) in [("members", asked.members.len()), ("relied_upon", asked.relied_upon.len())] {
        if count > MOST {
            let (zh, en) = (format!("最多 {MOST} 家。"), format!("At most {MOST}."));
            faults.push(FieldFault::rule(format!("/consortium/{name}"), "consortium_too_large", zh, en));
        }
    }
    let mut members = Vec::new();
    for (place, text) in asked.members.iter().enumerate() {
        members.extend(code(text, format!("/consortium/members/{place}"), &mut faults));
    }
    let mut relied_upon = Vec::new();
    for (place, one) in asked.relied_upon.iter().enumerate() {
        let supplier = code(&one.supplier, format!("/consortium/relied_upon/{place}/supplier"), &mut faults);
        if one.criteria.is_empty() {
            let at = format!("/consortium/relied_upon/{place}/criteria");
            faults.push(FieldFault::rule(at, "empty", "至少一项。", "At least one."));
        }
        relied_upon.extend(supplier.map(|supplier| Reliance { supplier, criteria: one.criteria.clone() }));
    }
    if faults.is_empty() { Ok(Consortium { members, relied_upon }) } else { Err(faults) }
}

/// What is relied upon must be a selection criterion of these rules: nobody lends a clean record.
#[must_use]
pub fn misplaced(consortium: &Consortium, compiled: &Compiled) -> Vec<FieldFault> {
    let lent = |code: &String| compiled.criteria().iter().any(|one| one.entry().code == code && one.entry().class == Class::Selection);
    let mut faults = Vec::new();
    for (place, one) in consortium.relied_upon.iter().enumerate() {
        for (item, _) in one.criteria.iter().enumerate().filter(|(_, code)| !lent(code)) {
            let at = format!("/consortium/relied_upon/{place}/criteria/{item}");
            let (zh, en) = ("规则集中没有这一资格条件。", "The ruleset has no such selection criterion.");
            faults.push(FieldFault::rule(at, "criterion_not_lent", zh, en));
        }
    }
    faults
}

impl Consortium {
    /// Everyone concerned, members first.
    pub fn everyone(&self) -> impl Iterator<Item = &Uscc> {
        self.members.iter().chain(self.relied_upon.iter().map(|one| &one.supplier))
    }

    /// Everyone's standing, in the order of [`Consortium::everyone`], with what each of the others is relied upon for; `None` where one is missing.
    #[must_use]
    pub fn party<'a>(&'a self, standings: &[&'a Standing]) -> Option<Party<'a>> {
        let (members, others) = standings.split_at_checked(self.members.len())?;
        let (lead, members) = members.split_first()?;
        let relied_upon = others.iter().zip(&self.relied_upon).map(|(standing, one)| (*standing, one.criteria.as_slice())).collect();
        Some(Party { lead, members: members.to_vec(), relied_upon })
    }
}

/// The standings of a consortium.
#[derive(Clone, Debug)]
pub struct Party<'a> {
    /// That of the lead.
    pub lead: &'a Standing,
    /// Those of the other members.
    pub members: Vec<&'a Standing>,
    /// Those of the others, and the criteria that each is relied upon for.
    pub relied_upon: Vec<(&'a Standing, &'a [String])>,
}

impl<'a> Party<'a> {
    /// Judges them by a criterion. One member's record counts for all (MOF Cai Ku [2016] No. 125), and so does that of whoever is relied upon.
    #[must_use]
    pub fn judge(&self, criterion: &Criterion, ask: &impl Fn(&'a Standing) -> Question<'a>) -> Finding {
        let entry = criterion.entry();
        let lenders =
            self.relied_upon.iter().filter(|(_, codes)| entry.class == Class::Exclusion || codes.iter().any(|code| code == entry.code));
        let others = self.members.iter().copied().chain(lenders.map(|(standing, _)| *standing));
        if criterion.combination() == Combination::SumOf {
            return sum(criterion, self.lead, others, ask);
        }
        let judge = |standing: &'a Standing| (standing.uscc.clone(), criterion.judge(ask(standing)));
        together(judge(self.lead), others.map(judge), criterion.combination())
    }

    /// Judges them by an extra condition: every member must meet it.
    #[must_use]
    pub fn meet(&self, condition: &Extra, ask: &impl Fn(&'a Standing) -> Question<'a>) -> Finding {
        let judge = |standing: &'a Standing| (standing.uscc.clone(), condition.judge(ask(standing)));
        together(judge(self.lead), self.members.iter().copied().map(judge), Combination::AllOf)
    }
}

/// Sums are added by judging one standing that holds everyone's facts.
fn sum<'a>(
    criterion: &Criterion,
    lead: &'a Standing,
    others: impl Iterator<Item = &'a Standing>,
    ask: &impl Fn(&'a Standing) -> Question<'a>,
) -> Finding {
    let mut all = lead.clone();
    all.facts.extend(others.flat_map(|standing| standing.facts.iter().cloned()));
    criterion.judge(Question { standing: &all, ..ask(lead) })
}

/// Which answer of many is theirs together, the strongest first.
const fn order(how: Combination) -> [Answer; 4] {
    match how {
        Combination::AnyOf => [Answer::Pass, Answer::Unknown, Answer::Fail, Answer::NotApplicable],
        Combination::AllOf | Combination::SumOf => [Answer::Fail, Answer::Unknown, Answer::Pass, Answer::NotApplicable],
    }
}

/// One finding out of many, which names who made it so.
fn together(lead: (Uscc, Finding), others: impl Iterator<Item = (Uscc, Finding)>, how: Combination) -> Finding {
    let findings: Vec<(Uscc, Finding)> = std::iter::once(lead.clone()).chain(others).collect();
    let members = findings.iter().map(|(code, finding)| MemberAnswer { supplier: code.to_string(), result: finding.result }).collect();
    let found = order(how).into_iter().find(|answer| findings.iter().any(|(_, finding)| finding.result == *answer));
    let deciding: Vec<(Uscc, Finding)> = findings.into_iter().filter(|(_, finding)| Some(finding.result) == found).collect();
    // Of many that pass, one without a condition is enough; where all must, every condition counts.
    let free = deciding.iter().position(|(_, finding)| finding.condition.is_none()).unwrap_or_default();
    let any = how == Combination::AnyOf && found == Some(Answer::Pass);
    let actual: BTreeMap<String, Value> = deciding.iter().map(|(code, finding)| (code.to_string(), finding.actual.clone())).collect();
    let condition = conditions(&deciding);
    let mut ids: Vec<String> = deciding.iter().flat_map(|(_, finding)| finding.fact_ids.iter().cloned()).collect();
    let (code, mut finding) = deciding.into_iter().nth(if any { free } else { 0 }).unwrap_or(lead);
    if any {
        ids.clone_from(&finding.fact_ids);
        finding.actual = serde_json::json!({code.as_str(): finding.actual});
    } else {
        finding.actual = serde_json::json!(actual);
        finding.condition = condition;
    }
    ids.sort_unstable();
    ids.dedup();
    finding.fact_ids = ids;
    if finding.result != Answer::NotApplicable {
        finding.reason.text = of(&code, &finding.reason.text);
    }
    finding.members = members;
    finding
}

/// Every condition in one: the first day by which something must be done, and all that must be done.
fn conditions(findings: &[(Uscc, Finding)]) -> Option<Proviso> {
    let all = || findings.iter().filter_map(|(code, finding)| finding.condition.as_ref().map(|proviso| (code, proviso)));
    let due_on = all().map(|(_, proviso)| proviso.due_on).min()?;
    let said: Vec<Wording> = all().map(|(code, proviso)| of(code, &proviso.text)).collect();
    let join = |pick: fn(&Wording) -> &str, between: &str| said.iter().map(pick).collect::<Vec<_>>().join(between);
    Some(Proviso { text: Wording::made(join(|text| &text.zh, ""), join(|text| &text.en, " ")), due_on })
}

fn of(code: &Uscc, text: &Wording) -> Wording {
    Wording::made(format!("{code}：{}", text.zh), format!("{code}: {}", text.en))
}
