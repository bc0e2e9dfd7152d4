//! What a verified receipt establishes, as of when, and what it does not. Not here: the check of the signature (`jws`).

use serde::{Deserialize, Serialize};

use crate::{Payload, Verified};

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One thing that stands or does not stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// A stable word for it.
    pub code: String,
    /// In words.
    pub text: Text,
}

/// What a reader may rely on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The key that signed.
    pub kid: String,
    /// The decision.
    pub id: String,
    /// About whom.
    pub supplier: String,
    /// How it came out.
    pub outcome: String,
    /// The instant that was judged.
    pub as_of: String,
    /// What was known then.
    pub known_at: String,
    /// When the receipt was written, by the clock of the signer.
    pub issued_at: String,
    /// What the receipt proves.
    pub established: Vec<Statement>,
    /// What it does not prove.
    pub not_established: Vec<Statement>,
}

/// Says in words what a verified receipt establishes and what it leaves open.
#[must_use]
pub fn report(verified: &Verified) -> Report {
    let Payload { id, supplier, outcome, as_of, known_at, issued_at, .. } = verified.payload.clone();
    Report {
        kid: verified.kid.clone(),
        established: established(verified),
        not_established: not_established(&verified.payload),
        id,
        supplier,
        outcome,
        as_of,
        known_at,
        issued_at,
    }
}

fn established(Verified { payload, kid }: &Verified) -> Vec<Statement> {
    let Payload { id, supplier, outcome, as_of, known_at, ruleset, evaluator, .. } = payload;
    let mut list = vec![
        say(
            "signed",
            format!("密钥 {kid} 签发了本回执，签发后未被改动。"),
            format!("The key {kid} signed this receipt, and nothing was changed since."),
        ),
        say(
            "decided",
            format!(
                "决定 {id}：按规则集 {} 第 {} 版，供应商 {supplier} 在 {as_of} 的结果为“{}”（{outcome}）。",
                ruleset.id,
                ruleset.version,
                in_chinese(outcome)
            ),
            format!(
                "Decision {id}: by ruleset {} version {}, the outcome for supplier {supplier} at {as_of} is \"{outcome}\".",
                ruleset.id, ruleset.version
            ),
        ),
        say(
            "by_these_rules",
            format!("规则集摘要为 {}，评估程序版本为 {evaluator}。", ruleset.digest),
            format!("The ruleset has the digest {}, the evaluator the version {evaluator}.", ruleset.digest),
        ),
        say(
            "by_these_facts",
            format!("依据截至 {known_at} 已知的事实，其摘要为 {}。", payload.facts_digest),
            format!("It rests on the facts known at {known_at}, with the digest {}.", payload.facts_digest),
        ),
    ];
    list.extend(payload.conditions.iter().map(|condition| {
        let (zh, en) = condition
            .due_on
            .as_ref()
            .map_or_else(|| (String::new(), String::new()), |day| (format!("，期限 {day}"), format!(", due on {day}")));
        let code = &condition.code;
        say("conditional", format!("结果附有条件：{code}{zh}。"), format!("The outcome holds under a condition: {code}{en}."))
    }));
    list
}

fn not_established(payload: &Payload) -> Vec<Statement> {
    let Payload { as_of, known_at, .. } = payload;
    let mut list = vec![
        say(
            "later",
            format!("{as_of} 之后的情形，以及 {known_at} 之后才记录的事实。"),
            format!("What holds after {as_of}, and facts that were recorded only after {known_at}."),
        ),
        say(
            "truth_of_facts",
            "所记录事实本身是否真实：由作出决定的机关负责。".to_owned(),
            "Whether the recorded facts are true: the bodies that decided them answer for that.".to_owned(),
        ),
        say(
            "other_requirements",
            "规则集之外的采购要求，例如报价、技术条件和联合体其他成员。".to_owned(),
            "Requirements outside the ruleset, such as price, technical terms and other members of a consortium.".to_owned(),
        ),
        say(
            "issue_time",
            "签发时间由签发方时钟给出，未经第三方时间戳证明。".to_owned(),
            "The time of issue is by the signer's clock; no third party stamped it.".to_owned(),
        ),
    ];
    list.extend(payload.criteria.iter().filter(|criterion| criterion.result == "unknown").map(|criterion| {
        let code = &criterion.code;
        say(
            "unknown_criterion",
            format!("条件 {code} 是否满足：依据不足。"),
            format!("Whether {code} is met: there was too little to tell."),
        )
    }));
    list.extend(payload.sources.iter().filter(|source| !source.fresh).map(|source| {
        let service = &source.service;
        say(
            "stale_source",
            format!("来源 {service} 的最新情况：决定时数据已超过时限。"),
            format!("The latest state of the source {service}: its data were older than the rules allow."),
        )
    }));
    list
}

fn in_chinese(outcome: &str) -> &str {
    match outcome {
        "eligible" => "符合资格",
        "eligible_with_conditions" => "附条件符合资格",
        "ineligible" => "不符合资格",
        "indeterminate" => "无法确定",
        other => other,
    }
}

fn say(code: &str, zh: String, en: String) -> Statement {
    Statement { code: code.to_owned(), text: Text { zh, en } }
}
