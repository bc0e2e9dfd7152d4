//! A criterion with its parameters, and the words in which it answers. Not here: which criteria there are (`catalogue`) and how each is judged (`exclusion`, `selection`, `condition`).

use std::borrow::Cow;

use contracts::credit::{BanScope, Fact};
use model::{instant::Day, text::Text};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    catalogue::rules::Entry,
    parameter::rules::Values,
    standard_register::rules::StandardRegister,
    standing::rules::{CREDIT, Standing},
};

/// What a criterion is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Bars from taking part, Government Procurement Law Art 22.
    Exclusion,
    /// A specific requirement of the procurement, Law Art 22 paragraph 2.
    Selection,
    /// Priority under the same conditions; it never changes the outcome.
    Preference,
}

/// How the members of a consortium meet a criterion together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Combination {
    /// Every member must meet it, Government Procurement Law Art 24.
    AllOf,
    /// One member that meets it is enough.
    AnyOf,
    /// The sums of the members are added up.
    SumOf,
}

/// How a criterion came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Met.
    Pass,
    /// Not met.
    Fail,
    /// It cannot be told; never as good as met (domain 6, "What the software must do" 1).
    Unknown,
    /// It does not concern this supplier.
    NotApplicable,
}

impl Answer {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// A text in both languages; fixed texts cost nothing to pass on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// Chinese.
    #[schema(value_type = String)]
    pub zh: Cow<'static, str>,
    /// English.
    #[schema(value_type = String)]
    pub en: Cow<'static, str>,
}

impl Wording {
    /// A fixed text.
    #[must_use]
    pub const fn fixed(zh: &'static str, en: &'static str) -> Self {
        Self { zh: Cow::Borrowed(zh), en: Cow::Borrowed(en) }
    }

    /// A text made for the case.
    #[must_use]
    pub const fn made(zh: String, en: String) -> Self {
        Self { zh: Cow::Owned(zh), en: Cow::Owned(en) }
    }
}

impl From<&Text> for Wording {
    fn from(text: &Text) -> Self {
        Self::made(text.zh.clone(), text.en.clone())
    }
}

/// Why a criterion came out as it did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// A stable word.
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    /// In words.
    pub text: Wording,
}

/// Who can help a supplier past a criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Helper {
    /// The supplier itself.
    Supplier,
    /// The authority that decided, or that keeps the register.
    Authority,
    /// The insurer.
    Insurer,
    /// The operator of this platform.
    Operator,
    /// The buyer, who wrote what is asked.
    Buyer,
    /// Nobody: only time.
    Time,
}

/// What would help, and from when at the earliest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// Who must act.
    pub who: Helper,
    /// What to do.
    pub action: Wording,
    /// The first day on which the criterion can be met; absent where no day is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub earliest: Option<Day>,
}

/// A condition under which a pass holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proviso {
    /// What must be done.
    pub text: Wording,
    /// By which day.
    #[schema(value_type = String, format = Date)]
    pub due_on: Day,
}

/// The answer to one criterion, with its proof.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// For example `EXC.SERIOUS_VIOLATION`.
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    /// What it is for.
    pub class: Class,
    /// How it came out.
    pub result: Answer,
    /// What was found.
    #[schema(value_type = Object)]
    pub actual: Value,
    /// What is required.
    #[schema(value_type = Object)]
    pub required: Value,
    /// The facts that decided it, in the order of their ids.
    pub fact_ids: Vec<String>,
    /// The law or document behind it.
    #[schema(value_type = String)]
    pub legal_basis: Cow<'static, str>,
    /// Why.
    pub reason: Ground,
    /// What would help, where it is not met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
    /// The condition under which the pass holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Proviso>,
    /// How each member of a consortium answered, where each was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberAnswer>,
}

/// How one member of a consortium came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberAnswer {
    /// Its Unified Social Credit Code.
    pub supplier: String,
    /// How it came out.
    pub result: Answer,
}

/// What a criterion is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The supplier.
    pub standing: &'a Standing,
    /// The local day in which `as_of` falls, or which it closes.
    pub day: Day,
    /// What the ruleset gives access to.
    pub scope: BanScope,
    /// What is known of the standards that the rules cite.
    pub register: &'a StandardRegister,
}

/// The part of a finding that depends on the supplier.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// How it came out.
    pub answer: Answer,
    /// What was found.
    pub actual: Value,
    /// The facts that decided it.
    pub fact_ids: Vec<String>,
    /// Why.
    pub reason: Ground,
    /// What would help.
    pub remedy: Option<Remedy>,
    /// The condition of a pass.
    pub condition: Option<Proviso>,
}

impl Judged {
    /// An answer without facts, remedy or condition.
    #[must_use]
    pub fn new(answer: Answer, actual: impl Into<Value>, code: &'static str, text: Wording) -> Self {
        Self {
            answer,
            actual: actual.into(),
            fact_ids: Vec::new(),
            reason: Ground { code: Cow::Borrowed(code), text },
            remedy: None,
            condition: None,
        }
    }

    /// Names the facts behind it, in the order of their ids, so that the order of the standing does not show.
    #[must_use]
    pub fn by<'a>(mut self, facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        self.fact_ids.extend(facts.into_iter().map(|fact| fact.id.clone()));
        self.fact_ids.sort_unstable();
        self.fact_ids.dedup();
        self
    }

    /// Adds what would help.
    #[must_use]
    pub fn help(mut self, who: Helper, action: Wording, earliest: Option<Day>) -> Self {
        self.remedy = Some(Remedy { who, action, earliest });
        self
    }

    /// Makes the pass conditional.
    #[must_use]
    pub fn provided(mut self, text: Wording, due_on: Day) -> Self {
        self.condition = Some(Proviso { text, due_on });
        self
    }
}

/// The answer where the source is not fresh: whatever is on file, newer facts may be missing (architecture 3, point 5).
#[must_use]
pub fn stale() -> Judged {
    let text = Wording::fixed("信用数据来源已超过规则允许的时限。", "The source is older than the rules allow.");
    Judged::new(Answer::Unknown, Value::Null, "source_stale", text).help(
        Helper::Operator,
        Wording::fixed("待数据来源恢复同步后重新判定。", "Ask again when the source has caught up."),
        None,
    )
}

/// The answer where the register does not know the supplier: no entry under an unknown code proves nothing.
#[must_use]
pub fn unknown_supplier() -> Judged {
    let text = Wording::fixed("登记信息中没有该供应商。", "The register does not know this supplier.");
    Judged::new(Answer::Unknown, Value::Null, "supplier_unknown", text).help(
        Helper::Authority,
        Wording::fixed("由登记机关提供该供应商的登记信息。", "Have the register tell the platform of this supplier."),
        None,
    )
}

/// A criterion with its parameters, ready to be judged.
#[derive(Clone, Debug)]
pub struct Criterion {
    entry: &'static Entry,
    values: Values,
    required: Value,
    legal_basis: Cow<'static, str>,
    combination: Combination,
}

impl Criterion {
    /// Puts a catalogue entry and checked parameters together.
    #[must_use]
    pub fn new(entry: &'static Entry, values: Values) -> Self {
        let required = if entry.parameters.is_empty() { json!(0) } else { values.to_json() };
        let required = if entry.code == "EXC.INACTIVE" { json!("active") } else { required };
        Self { entry, values, required, legal_basis: Cow::Borrowed(entry.legal_basis), combination: entry.combination() }
    }

    /// The same, met by a consortium in another way.
    #[must_use]
    pub fn combined(self, combination: Combination) -> Self {
        Self { combination, ..self }
    }

    /// How the members of a consortium meet it together.
    #[must_use]
    pub const fn combination(&self) -> Combination {
        self.combination
    }

    /// What the catalogue says of it.
    #[must_use]
    pub const fn entry(&self) -> &'static Entry {
        self.entry
    }

    /// What it requires, as an answer shows it.
    #[must_use]
    pub const fn required(&self) -> &Value {
        &self.required
    }

    /// Judges a supplier by it.
    #[must_use]
    pub fn judge(&self, question: Question<'_>) -> Finding {
        let judged = self.answer(question);
        Finding {
            code: Cow::Borrowed(self.entry.code),
            class: self.entry.class,
            result: judged.answer,
            actual: judged.actual,
            required: self.required.clone(),
            fact_ids: judged.fact_ids,
            legal_basis: self.legal_basis.clone(),
            reason: judged.reason,
            remedy: judged.remedy,
            condition: judged.condition,
            members: Vec::new(),
        }
    }

    fn answer(&self, question: Question<'_>) -> Judged {
        // Whatever else a criterion needs, it asks it of a supplier that credit knows.
        if !question.standing.is_fresh(CREDIT) {
            return stale();
        }
        let judged = (self.entry.judge)(question, &self.values);
        // A clean register proves nothing of a code that it does not know.
        if question.standing.enterprise.is_none() && matches!(judged.answer, Answer::Pass | Answer::NotApplicable) {
            return unknown_supplier();
        }
        judged
    }
}
