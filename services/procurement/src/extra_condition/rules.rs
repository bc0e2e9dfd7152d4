//! Judging a supplier by an extra condition. Not here: reading one, `ruleset`.

use std::borrow::Cow;

use model::text::Text;
use serde_json::Value;

use crate::{
    condition::rules::{Condition, Truth},
    criterion::rules::{Answer, Class, Finding, Helper, Judged, Question, Wording, stale, unknown_supplier},
    scalar::rules::Scalar,
    standing::rules::CREDIT,
};

/// An extra condition in its place.
#[derive(Clone, Debug)]
pub struct Extra {
    /// `COND.…`.
    pub code: String,
    /// What it is for.
    pub class: Class,
    /// Its name.
    pub title: Text,
    /// The law or document behind it.
    pub legal_basis: String,
    /// What is said where it fails.
    pub failed_text: Text,
    /// What must hold.
    pub condition: Condition,
}

impl Extra {
    /// As it was written.
    #[must_use]
    pub fn expression(&self) -> &str {
        self.condition.source()
    }

    /// Judges a supplier by it.
    #[must_use]
    pub fn judge(&self, question: Question<'_>) -> Finding {
        let judged = self.answer(question);
        Finding {
            code: Cow::Owned(self.code.clone()),
            class: self.class,
            result: judged.answer,
            actual: judged.actual,
            required: Value::String(self.expression().to_owned()),
            fact_ids: judged.fact_ids,
            legal_basis: Cow::Owned(self.legal_basis.clone()),
            reason: judged.reason,
            remedy: judged.remedy,
            condition: judged.condition,
            members: Vec::new(),
        }
    }

    fn answer(&self, question: Question<'_>) -> Judged {
        if !question.standing.is_fresh(CREDIT) {
            return stale();
        }
        if question.standing.enterprise.is_none() {
            return unknown_supplier();
        }
        let (truth, scalars) = self.condition.evaluate(question);
        let actual = Value::Object(scalars.into_iter().map(|(name, scalar)| (name.to_owned(), shown(scalar))).collect());
        match truth {
            Truth::Holds => Judged::new(Answer::Pass, actual, "condition_met", Wording::fixed("满足附加条件。", "The condition is met.")),
            Truth::Fails => Judged::new(Answer::Fail, actual, "condition_not_met", Wording::from(&self.failed_text)),
            Truth::Missing(name) => {
                let text = Wording::made(format!("缺少“{name}”，不能判定。"), format!("\"{name}\" is not known, so it can't be told."));
                Judged::new(Answer::Unknown, actual, "scalar_missing", text).help(
                    Helper::Supplier,
                    Wording::fixed("补充相应的可核验记录。", "Have the matching verifiable record filed."),
                    None,
                )
            }
            Truth::Error => {
                let text = Wording::fixed("条件无法计算，不能判定。", "The condition has no value, so it can't be told.");
                Judged::new(Answer::Unknown, actual, "condition_error", text)
            }
        }
    }
}

fn shown(scalar: Scalar) -> Value {
    match scalar {
        Scalar::Int(number) => Value::from(number),
        Scalar::Text(text) => Value::String(text),
        Scalar::Bool(truth) => Value::Bool(truth),
    }
}
