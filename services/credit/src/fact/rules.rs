//! The rules of a fact: its dates, who may assert it, the titles of kinds and penalties. Not here: its `detail`, in `detail::rules`; how it is kept.

use std::collections::BTreeMap;

use contracts::credit::{Complaint, Detail, FactKind, PenaltyType};
use model::{
    fault::{Fault, FieldFault},
    instant::Day,
    policy::Policy,
    text::Text,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};

/// Who may assert what, as shipped.
const ASSERTION: &str = include_str!("../../policy/assertion.json");

/// The dates of a fact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dates {
    /// When the authority decided.
    pub decided_on: Option<Day>,
    /// When it was made public.
    pub published_on: Option<Day>,
    /// The first day on which it holds.
    pub valid_from: Option<Day>,
    /// The last day on which it holds.
    pub valid_to: Option<Day>,
}

impl Dates {
    /// The first day on which the fact holds: as stated, else the day of the decision.
    #[must_use]
    pub fn begins(&self) -> Option<Day> {
        self.valid_from.or(self.decided_on)
    }
}

/// Everything that is wrong with the dates of a fact.
///
/// Publicity clocks run from the decision or from publication (domain-updates A6), so neither may lie in the future and the order counts. What an
/// authority imposes does not bind before it is decided; what happened cannot begin tomorrow. Licences, covers and commitments may begin later.
#[must_use]
pub fn check_dates(kind: FactKind, dates: &Dates, today: Day) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let Some(begins) = dates.begins() else {
        return vec![FieldFault::rule(
            "/valid_from",
            "date_missing",
            "须写明作出决定之日或生效之日。",
            "State the day of the decision or the first day of validity.",
        )];
    };
    let future = |pointer: &str| FieldFault::rule(pointer, "date_in_future", "日期不得晚于今天。", "The date must not lie in the future.");
    if dates.decided_on.is_some_and(|day| day > today) {
        faults.push(future("/decided_on"));
    }
    if dates.published_on.is_some_and(|day| day > today) {
        faults.push(future("/published_on"));
    }
    if happened(kind) && dates.valid_from.is_some_and(|day| day > today) {
        faults.push(future("/valid_from"));
    }
    if let (Some(decided), Some(published)) = (dates.decided_on, dates.published_on)
        && published < decided
    {
        faults.push(FieldFault::rule(
            "/published_on",
            "date_order",
            "公示不得早于作出决定之日。",
            "It cannot be published before it is decided.",
        ));
    }
    if imposed(kind) && dates.decided_on.is_some_and(|decided| begins < decided) {
        faults.push(FieldFault::rule("/valid_from", "date_order", "生效不得早于作出决定之日。", "It cannot hold before it is decided."));
    }
    if dates.valid_to.is_some_and(|last| last < begins) {
        faults.push(FieldFault::rule("/valid_to", "date_order", "终止之日不得早于起始之日。", "It cannot end before it begins."));
    }
    faults
}

/// What is wrong with the day on which a complaint was settled: nothing is settled tomorrow, and nothing before it began.
#[must_use]
pub fn check_settled(detail: &Detail, dates: &Dates, today: Day) -> Option<FieldFault> {
    let Detail::Complaint(Complaint { resolved_on: Some(settled), .. }) = detail else { return None };
    let refuse = |code: &'static str, zh: &str, en: &str| Some(FieldFault::rule("/detail/resolved_on", code, zh, en));
    let begun = [dates.decided_on, dates.valid_from].into_iter().flatten().min();
    if *settled > today {
        return refuse("date_in_future", "日期不得晚于今天。", "The date must not lie in the future.");
    }
    if begun.is_some_and(|begun| *settled < begun) {
        return refuse("date_order", "解决之日不得早于投诉之日。", "It cannot be settled before it was made.");
    }
    None
}

/// Kinds that an authority imposes by a decision.
const fn imposed(kind: FactKind) -> bool {
    matches!(kind, FactKind::Penalty | FactKind::SeriousViolationListing | FactKind::AbnormalOperationListing | FactKind::ProcurementBan)
}

/// Kinds that tell what happened.
const fn happened(kind: FactKind) -> bool {
    matches!(
        kind,
        FactKind::SpotCheck
            | FactKind::Inspection
            | FactKind::StandardConformity
            | FactKind::ContractPerformance
            | FactKind::Complaint
            | FactKind::Rectification
            | FactKind::AnnualReport
            | FactKind::Judgment
            | FactKind::Recall
    )
}

/// Who may assert what: rights by role (api.md).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rights(BTreeMap<String, Vec<Right>>);

/// One right to assert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Right {
    /// Facts of these kinds.
    pub kinds: Vec<FactKind>,
    /// About whom.
    pub of: About,
    /// Whether they have no weight until an authority confirms them.
    #[serde(default)]
    pub self_declared: bool,
    /// Whose word they may be, where the kind names an organisation whose word it is.
    #[serde(default)]
    pub word_of: WordOf,
}

/// Whose word a fact may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordOf {
    /// That of any organisation.
    #[default]
    Any,
    /// The caller's own.
    Itself,
    /// That of another, for whom the caller only passes it on.
    Another,
}

/// About whom a role may speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Every enterprise.
    Anyone,
    /// Its own organisation only.
    Itself,
    /// Its members, never itself; no register of members is kept here, so the association answers for the membership.
    Members,
}

/// A fact that may be asserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// Whether it is marked as the enterprise's own word.
    pub self_declared: bool,
}

/// A fact that may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Stable and machine-readable: `not_your_fact`.
    pub code: &'static str,
    /// The same for people.
    pub detail: Text,
}

/// The shipped policy of who may assert what.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn rights() -> Result<Policy<Rights>, Fault> {
    Policy::from_json(ASSERTION)
}

/// Whether a caller may assert a fact of this kind about this enterprise, and how it is then marked.
///
/// # Errors
/// `not_your_fact`.
pub fn may_assert(
    rights: &Rights,
    (role, own_org): (&str, &Uscc),
    subject: &Uscc,
    kind: FactKind,
    speaker: Option<&Uscc>,
) -> Result<Assertion, Refusal> {
    let of = |about: About| match about {
        About::Anyone => true,
        About::Itself => own_org == subject,
        About::Members => own_org != subject,
    };
    let word_of = |word_of: WordOf| match word_of {
        WordOf::Any => true,
        WordOf::Itself => speaker == Some(own_org),
        WordOf::Another => speaker.is_some_and(|speaker| speaker != own_org),
    };
    let fits = |right: &&Right| right.kinds.contains(&kind) && of(right.of) && word_of(right.word_of);
    let mut granted = rights.0.get(role).into_iter().flatten().filter(fits);
    granted.next().map(|right| Assertion { self_declared: right.self_declared }).ok_or_else(|| {
        let title = kind_title(kind);
        Refusal {
            code: "not_your_fact",
            detail: Text::new(
                format!("该角色无权就此企业申报“{}”。", title.zh),
                format!("This role may not assert \"{}\" about this enterprise.", title.en),
            ),
        }
    })
}

/// Whether a role may assert anything at all.
#[must_use]
pub fn may_assert_anything(rights: &Rights, role: &str) -> bool {
    rights.0.get(role).is_some_and(|granted| !granted.is_empty())
}

/// What a kind of fact is called.
#[must_use]
pub fn kind_title(kind: FactKind) -> Text {
    let (zh, en) = match kind {
        FactKind::Penalty => ("行政处罚", "administrative penalty"),
        FactKind::SpotCheck => ("产品质量监督抽查", "supervision spot check"),
        FactKind::Recall => ("召回", "recall"),
        FactKind::SeriousViolationListing => ("列入严重违法失信名单", "listing for serious violation"),
        FactKind::AbnormalOperationListing => ("列入经营异常名录", "listing for abnormal operation"),
        FactKind::TrustworthyListing => ("列入守信名单", "listing as trustworthy"),
        FactKind::ProcurementBan => ("禁止参加政府采购", "ban from government procurement"),
        FactKind::Licence => ("行政许可", "licence"),
        FactKind::Certificate => ("认证证书", "certificate"),
        FactKind::Complaint => ("消费者投诉", "consumer complaint"),
        FactKind::Award => ("荣誉奖励", "award"),
        FactKind::Commitment => ("质量承诺", "quality commitment"),
        FactKind::Rectification => ("整改", "rectification"),
        FactKind::AnnualReport => ("年度报告", "annual report"),
        FactKind::Judgment => ("司法判决", "court judgment"),
        FactKind::InsuranceCover => ("产品责任保险", "product-liability insurance"),
        FactKind::Deposit => ("质量保证金", "quality deposit"),
        FactKind::Traceability => ("追溯等级", "traceability level"),
        FactKind::StandardConformity => ("标准符合性", "conformity with a standard"),
        FactKind::Inspection => ("检验", "inspection"),
        FactKind::ContractPerformance => ("政府采购合同履约评价", "performance of a public contract"),
    };
    Text::new(zh, en)
}

/// What a kind of penalty is called (Administrative Penalty Law Art 9).
#[must_use]
pub fn penalty_title(penalty: PenaltyType) -> Text {
    let (zh, en) = match penalty {
        PenaltyType::Warning => ("警告", "warning"),
        PenaltyType::CirculatedCriticism => ("通报批评", "circulated criticism"),
        PenaltyType::Fine => ("罚款", "fine"),
        PenaltyType::Confiscation => ("没收违法所得或非法财物", "confiscation"),
        PenaltyType::LicenceSuspended => ("暂扣许可证件", "suspension of a licence"),
        PenaltyType::QualificationDowngraded => ("降低资质等级", "downgrading of a qualification"),
        PenaltyType::LicenceRevoked => ("吊销许可证件", "revocation of a licence"),
        PenaltyType::RestrictedOperation => ("限制开展生产经营活动", "restriction of operation"),
        PenaltyType::StopProduction => ("责令停产停业", "order to stop production or business"),
        PenaltyType::OrderedClosure => ("责令关闭", "order to close"),
        PenaltyType::PracticeBan => ("限制从业", "ban from practice"),
        PenaltyType::Detention => ("行政拘留", "administrative detention"),
        PenaltyType::Criminal => ("刑事处罚", "criminal punishment"),
    };
    Text::new(zh, en)
}
