//! cedar-policy with the policy `supplier.cedar`. Cedar has no quantifier over records, so the facts are reduced here to what the policy asks for; that
//! part of the work counts only in the figure with the JSON read. Not here: the conditions.

use std::collections::{BTreeSet, HashMap, HashSet};

use cedar_policy::{Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression};
use serde_json::Value;

use crate::{Engine, told::number};

const RULES: &str = include_str!("supplier.cedar");

/// The engine.
pub(crate) struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    buyer: EntityUid,
    action: EntityUid,
    supplier: EntityUid,
}

/// A request with the entity that it is about.
pub(crate) struct Asked {
    request: Request,
    entities: Entities,
}

impl Engine for Cedar {
    const PACKAGE: &'static str = "cedar-policy";
    const NOTE: &'static str = " (facts reduced beforehand)";
    type Asked = Asked;

    fn new() -> Self {
        Self {
            authorizer: Authorizer::new(),
            policies: RULES.parse().unwrap(),
            buyer: r#"User::"buyer""#.parse().unwrap(),
            action: r#"Action::"take_part""#.parse().unwrap(),
            supplier: r#"Supplier::"asked""#.parse().unwrap(),
        }
    }

    fn asked(&self, document: &str) -> Asked {
        let document: Value = serde_json::from_str(document).unwrap();
        let context = Context::from_pairs([("today".to_owned(), day(&document["today"]))]).unwrap();
        let (buyer, action, supplier) = (self.buyer.clone(), self.action.clone(), self.supplier.clone());
        let request = Request::new(buyer, action, supplier.clone(), context, None).unwrap();
        let entity = Entity::new(supplier, reduced(&document), HashSet::new()).unwrap();
        Asked { request, entities: Entities::from_entities([entity], None).unwrap() }
    }

    fn allows(&mut self, asked: &Asked) -> bool {
        let answer = self.authorizer.is_authorized(&asked.request, &self.policies, &asked.entities);
        if let Some(error) = answer.diagnostics().errors().next() {
            panic!("{error}");
        }
        answer.decision() == Decision::Allow
    }
}

fn day(value: &Value) -> RestrictedExpression {
    RestrictedExpression::new_long(value.as_str().map_or(0, number))
}

fn text(value: &Value) -> RestrictedExpression {
    RestrictedExpression::new_string(value.as_str().unwrap_or_default().to_owned())
}

fn texts<'a>(values: impl Iterator<Item = &'a Value>) -> RestrictedExpression {
    let distinct: BTreeSet<&str> = values.filter_map(Value::as_str).collect();
    RestrictedExpression::new_set(distinct.into_iter().map(|one| RestrictedExpression::new_string(one.to_owned())))
}

fn count(value: usize) -> RestrictedExpression {
    RestrictedExpression::new_long(i64::try_from(value).unwrap())
}

/// The members of a list; none where there is no list.
fn members(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// The attributes of a supplier: its own, and what is left of its facts. Days are texts that compare in time.
fn reduced(document: &Value) -> HashMap<String, RestrictedExpression> {
    let [today, since_24m, since_36m] = ["today", "since_24m", "since_36m"].map(|name| document[name].as_str());
    let (mut holding, mut penalties, mut checks): (Vec<&Value>, Vec<&Value>, Vec<&Value>) = (Vec::new(), Vec::new(), Vec::new());
    for fact in members(&document["facts"]) {
        if fact["valid_from"].as_str() <= today && today <= fact["valid_to"].as_str() {
            holding.push(fact);
        }
        let decided_on = fact["decided_on"].as_str();
        if decided_on > today {
            continue;
        }
        if fact["kind"] == "penalty" {
            penalties.push(fact);
        } else if fact["kind"] == "spot_check" && since_24m <= decided_on {
            checks.push(fact);
        }
    }
    let recent: Vec<&Value> = penalties.iter().copied().filter(|fact| since_36m <= fact["decided_on"].as_str()).collect();
    let of = |kind: &'static str| holding.iter().copied().filter(move |fact| fact["kind"] == kind);
    let recall = |fact: &Value| {
        let members = ["mode", "state"].map(|name| (name.to_owned(), text(&fact[name])));
        RestrictedExpression::new_record(members).unwrap()
    };
    let barred_until = penalties.iter().filter_map(|fact| fact["ban_until"].as_str()).max().map_or(0, number);
    let largest_fine = recent.iter().filter_map(|fact| fact["fine_fen"].as_i64()).max().unwrap_or(0);
    let attributes = [
        ("status", text(&document["status"])),
        ("established_on", day(&document["established_on"])),
        ("grade", text(&document["grade"])),
        ("score", RestrictedExpression::new_long(document["score"].as_i64().unwrap())),
        ("holding", texts(holding.iter().map(|fact| &fact["kind"]))),
        ("banned_from", texts(of("procurement_ban").flat_map(|fact| members(&fact["scope"])))),
        ("recalls", RestrictedExpression::new_set(of("recall").map(recall))),
        ("barred_until", RestrictedExpression::new_long(barred_until)),
        ("largest_fine_36m", RestrictedExpression::new_long(largest_fine)),
        ("penalties_36m", texts(recent.iter().flat_map(|fact| members(&fact["types"])))),
        ("checks_24m", count(checks.len())),
        ("checks_passed_24m", count(checks.iter().filter(|fact| fact["result"] == "pass").count())),
    ];
    attributes.map(|(name, value)| (name.to_owned(), value)).into()
}
