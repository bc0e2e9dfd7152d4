//! zen-engine with the graph `supplier.jdm.json`. It cannot compare texts, so days are whole numbers. Not here: the conditions.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use serde_json::{Value, json};
use zen_engine::{Decision, Variable, model::GraphContent};

use crate::{Engine, told::number};

const RULES: &str = include_str!("supplier.jdm.json");
const DAYS: [&str; 8] = ["today", "since_24m", "since_36m", "established_on", "decided_on", "valid_from", "valid_to", "ban_until"];

/// The engine.
pub(crate) struct Zen(Decision);

impl Engine for Zen {
    const PACKAGE: &'static str = "zen-engine";
    const NOTE: &'static str = "";
    type Asked = Variable;

    fn new() -> Self {
        let mut graph: Value = serde_json::from_str(RULES).unwrap();
        // One expression costs it less than ten, and stops at the first condition that fails.
        let expressions = &mut graph["nodes"][1]["content"]["expressions"];
        let all = expressions.as_array().unwrap().iter();
        let joined = all.map(|one| format!("({})", one["value"].as_str().unwrap())).collect::<Vec<_>>().join(" and ");
        *expressions = json!([{"id": "may_take_part", "key": "may_take_part", "value": joined}]);
        let graph: GraphContent = serde_json::from_value(graph).unwrap();
        let mut decision = Decision::from(graph);
        decision.validate().unwrap();
        decision.compile();
        Self(decision)
    }

    fn asked(&self, document: &str) -> Variable {
        let mut document: Value = serde_json::from_str(document).unwrap();
        days_as_numbers(&mut document);
        Variable::from(document)
    }

    fn allows(&mut self, asked: &Variable) -> bool {
        let answer = at_once(self.0.evaluate(asked.clone())).unwrap();
        matches!(answer.result.dot("may_take_part"), Some(Variable::Bool(true)))
    }
}

fn days_as_numbers(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(days_as_numbers),
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(day) if DAYS.contains(&name.as_str()) => *member = json!(number(day)),
                    _ => days_as_numbers(member),
                }
            }
        }
        _ => {}
    }
}

/// What a future gives that never waits: no node of the graph does.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("the graph waits for nothing"),
    }
}
