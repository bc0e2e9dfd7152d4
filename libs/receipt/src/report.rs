//! What a verified receipt establishes, as of when, and what it does not. Not here: the check of the signature (`jws`).

use serde::{Deserialize, Serialize};

use crate::{BatchPayload, Payload, SourceRef, StatusList, StatusRef, Verified};

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
    /// The decision, or the batch.
    pub id: String,
    /// About whom; not of a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    /// How it came out; not of a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// How many lines, of a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<u64>,
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

/// Says in words what a verified receipt establishes and what it leaves open; its status was not looked at.
#[must_use]
pub fn report(verified: &Verified) -> Report {
    let Payload { id, supplier, outcome, as_of, known_at, issued_at, status, .. } = verified.payload.clone();
    let mut not_established = not_established(&verified.payload);
    not_established.push(not_looked_at(status.is_some()));
    Report {
        kid: verified.kid.clone(),
        established: established(verified),
        not_established,
        id,
        supplier: Some(supplier),
        outcome: Some(outcome),
        lines: None,
        as_of,
        known_at,
        issued_at,
    }
}

/// The same for the receipt of a batch.
#[must_use]
pub fn report_batch(verified: &Verified<BatchPayload>) -> Report {
    let BatchPayload { id, as_of, known_at, issued_at, lines, ruleset, evaluator, root, sources, status, .. } = verified.payload.clone();
    let established = vec![
        signed_by(&verified.kid),
        say(
            "batch",
            format!("批次 {id}：按规则集 {} 第 {} 版，对 {as_of} 逐条判断，共 {lines} 条。", ruleset.id, ruleset.version),
            format!("Batch {id}: by ruleset {} version {}, {lines} lines were decided for {as_of}.", ruleset.id, ruleset.version),
        ),
        by_these_rules(&ruleset.digest, &evaluator),
        say(
            "these_lines",
            format!("全部答复行的默克尔根为 {}。", root.to_hex()),
            format!("The lines as they were answered have the Merkle root {}.", root.to_hex()),
        ),
    ];
    let mut not_established = general(&as_of, &known_at);
    not_established.extend(stale(&sources));
    not_established.push(not_looked_at(status.is_some()));
    Report {
        kid: verified.kid.clone(),
        id,
        supplier: None,
        outcome: None,
        lines: Some(lines),
        as_of,
        known_at,
        issued_at,
        established,
        not_established,
    }
}

impl Report {
    /// Adds what is established besides.
    #[must_use]
    pub fn and(mut self, code: &str, zh: String, en: String) -> Self {
        self.established.push(say(code, zh, en));
        self
    }

    /// Adds what fetched status lists say of this place; says whether one of them withdraws it. A list of another address or purpose says nothing.
    #[must_use]
    pub fn with_status(mut self, place: &StatusRef, lists: &[StatusList]) -> (Self, bool) {
        let bit = |url: &str, purpose: &str| {
            let list = lists.iter().find(|list| list.url == url && list.purpose == purpose)?;
            Some((list.is_set(place.index)?, list.valid_from.clone()))
        };
        let (revoked, changed) = (bit(&place.revocation, "revocation"), bit(&place.message, "message"));
        if revoked.is_some() && changed.is_some() {
            self.not_established.retain(|statement| statement.code != "status");
        }
        if let Some((_, at)) = revoked.iter().chain(&changed).next() {
            self.not_established.push(say(
                "status_later",
                format!("{at} 之后状态是否变化：状态列表截至该时点。"),
                format!("Whether its status changed after {at}: the list is of that time."),
            ));
        }
        if let Some((is_set, at)) = &revoked {
            self.established.push(match is_set {
                true => say("revoked", format!("截至 {at}，该决定已被撤回。"), format!("As of {at} it is withdrawn.")),
                false => say("not_revoked", format!("截至 {at}，该决定未被撤回。"), format!("As of {at} it is not withdrawn.")),
            });
        }
        if let Some((is_set, at)) = changed {
            self.established.push(match is_set {
                true => {
                    say("changed", format!("截至 {at}，重新判断会得出不同结果。"), format!("As of {at} the outcome would be another one."))
                }
                false => say("not_changed", format!("截至 {at}，未见结果变化。"), format!("As of {at} no other outcome was found.")),
            });
        }
        (self, revoked.is_some_and(|(is_set, _)| is_set))
    }
}

fn not_looked_at(has_place: bool) -> Statement {
    if has_place {
        return say(
            "status",
            "是否已被撤回、结果是否已变化：未核对状态列表。".to_owned(),
            "Whether it was withdrawn or its outcome changed since: the status lists were not looked at.".to_owned(),
        );
    }
    say(
        "status",
        "是否已被撤回、结果是否已变化：本回执未指明状态列表。".to_owned(),
        "Whether it was withdrawn or its outcome changed since: it names no status list.".to_owned(),
    )
}

fn signed_by(kid: &str) -> Statement {
    say(
        "signed",
        format!("密钥 {kid} 签发了本回执，签发后未被改动。"),
        format!("The key {kid} signed this receipt, and nothing was changed since."),
    )
}

fn by_these_rules(digest: &str, evaluator: &str) -> Statement {
    say(
        "by_these_rules",
        format!("规则集摘要为 {digest}，评估程序版本为 {evaluator}。"),
        format!("The ruleset has the digest {digest}, the evaluator the version {evaluator}."),
    )
}

fn established(Verified { payload, kid }: &Verified) -> Vec<Statement> {
    let Payload { id, supplier, outcome, as_of, known_at, ruleset, evaluator, .. } = payload;
    let mut list = vec![
        signed_by(kid),
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
        by_these_rules(&ruleset.digest, evaluator),
        say(
            "by_these_facts",
            format!("依据截至 {known_at} 已知的事实，其摘要为 {}。", payload.facts_digest),
            format!("It rests on the facts known at {known_at}, with the digest {}.", payload.facts_digest),
        ),
    ];
    if !payload.members.is_empty() {
        let all = payload.members.join(", ");
        list.push(say("consortium", format!("联合体成员：{all}。"), format!("The members of the consortium are {all}.")));
    }
    list.extend(payload.relied_upon.iter().map(|one| {
        let (code, criteria) = (&one.supplier, one.criteria.join(", "));
        say("relied_upon", format!("就 {criteria} 依托 {code} 的能力。"), format!("For {criteria} it relies upon {code}."))
    }));
    list.extend(payload.tender.iter().map(|tender| {
        let lot = |before: &str| tender.lot.as_ref().map(|lot| format!("{before}{lot}")).unwrap_or_default();
        say(
            "for_tender",
            format!("用于项目 {} 第 {} 版{}，摘要为 {}。", tender.id, tender.version, lot("，标包 "), tender.digest),
            format!("It is for tender {}, version {}{}, with the digest {}.", tender.id, tender.version, lot(", lot "), tender.digest),
        )
    }));
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
    let mut list = general(&payload.as_of, &payload.known_at);
    list.extend(payload.criteria.iter().filter(|criterion| criterion.result == "unknown").map(|criterion| {
        let code = &criterion.code;
        say(
            "unknown_criterion",
            format!("条件 {code} 是否满足：依据不足。"),
            format!("Whether {code} is met: there was too little to tell."),
        )
    }));
    list.extend(payload.sensitive_to.iter().map(|one| {
        let (facts, outcome) = (one.fact_ids.join(", "), &one.outcome);
        say(
            "under_objection",
            format!("事实 {facts} 正在异议中；若其不成立，结果为“{}”（{outcome}）。", in_chinese(outcome)),
            format!("Whether {facts} stands, which is under objection: without it the outcome is \"{outcome}\"."),
        )
    }));
    list.extend(stale(&payload.sources));
    list
}

fn stale(sources: &[SourceRef]) -> impl Iterator<Item = Statement> {
    sources.iter().filter(|source| !source.fresh).map(|source| {
        let service = &source.service;
        say(
            "stale_source",
            format!("来源 {service} 的最新情况：决定时数据已超过时限。"),
            format!("The latest state of the source {service}: its data were older than the rules allow."),
        )
    })
}

/// What no receipt proves.
fn general(as_of: &str, known_at: &str) -> Vec<Statement> {
    vec![
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
            "规则集之外的采购要求，例如报价和技术条件。".to_owned(),
            "Requirements outside the ruleset, such as price and technical terms.".to_owned(),
        ),
        say(
            "issue_time",
            "签发时间由签发方时钟给出，未经第三方时间戳证明。".to_owned(),
            "The time of issue is by the signer's clock; no third party stamped it.".to_owned(),
        ),
    ]
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
