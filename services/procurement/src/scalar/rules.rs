//! The table of scalars and how each is cut from a standing on a day. Region, brand, turnover, size and ownership are left out on purpose:
//! a condition on them would be discriminatory (Procurement Regulation Art 20). Not here: the conditions (`condition`).

use contracts::credit::{BanScope, CheckResult, Degree, Detail, EnterpriseStatus, Fact, FactKind, RecallMode, RecallState};
use model::money::Currency;
use serde::Serialize;
use utoipa::ToSchema;

use crate::criterion::rules::{Question, Wording};
use crate::exclusion::rules::bars;

/// The type of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScalarType {
    /// A whole number of 64 bits; money in minor units.
    Int,
    /// A text; dates as `YYYY-MM-DD`, so that they compare in time.
    String,
    /// True or false.
    Bool,
}

/// The value of a scalar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// True or false.
    Bool(bool),
}

type Cutter = fn(Question<'_>) -> Option<Scalar>;

/// A scalar that a condition may name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Named {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: ScalarType,
    /// What it means.
    pub meaning: Wording,
    #[serde(skip)]
    #[schema(ignore)]
    cut: Cutter,
}

impl Named {
    /// Its value for a supplier on a day; `None` where it is not known.
    #[must_use]
    pub fn cut(&self, question: Question<'_>) -> Option<Scalar> {
        (self.cut)(question)
    }
}

/// The scalar of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Named> {
    SCALARS.iter().find(|scalar| scalar.name == name)
}

const fn int(name: &'static str, zh: &'static str, en: &'static str, cut: Cutter) -> Named {
    Named { name, kind: ScalarType::Int, meaning: Wording::fixed(zh, en), cut }
}

const fn text(name: &'static str, zh: &'static str, en: &'static str, cut: Cutter) -> Named {
    Named { name, kind: ScalarType::String, meaning: Wording::fixed(zh, en), cut }
}

const fn boolean(name: &'static str, zh: &'static str, en: &'static str, cut: Cutter) -> Named {
    Named { name, kind: ScalarType::Bool, meaning: Wording::fixed(zh, en), cut }
}

fn whole(number: impl TryInto<i64>) -> Option<Scalar> {
    number.try_into().ok().map(Scalar::Int)
}

fn within(question: Question<'_>, kind: FactKind, months: u32, wanted: fn(&Fact) -> bool) -> Option<Scalar> {
    whole(question.standing.within(kind, question.day, months).filter(|fact| wanted(fact)).count())
}

fn holding(question: Question<'_>, kind: FactKind) -> usize {
    question.standing.holding(kind, question.day).count()
}

/// Counts what is valid; where nothing of the kind was ever filed, the number is not known.
fn valid(question: Question<'_>, kind: FactKind) -> Option<Scalar> {
    question.standing.of(kind).any(|fact| fact.valid_from <= question.day).then(|| holding(question, kind)).and_then(whole)
}

/// The sum in yuan that stands; other currencies are not counted.
fn sum_cny(question: Question<'_>, kind: FactKind) -> Option<Scalar> {
    let minor = |fact: &Fact| match &fact.detail {
        Detail::InsuranceCover(cover) | Detail::Deposit(cover) if cover.amount.currency() == Currency::CNY => Some(cover.amount.minor()),
        _ => None,
    };
    if !question.standing.of(kind).any(|fact| fact.valid_from <= question.day && minor(fact).is_some()) {
        return None;
    }
    whole(question.standing.holding(kind, question.day).filter_map(minor).fold(0_i64, i64::saturating_add))
}

/// The fines in yuan; a fine whose amount is not told makes the sum unknown.
fn fines(question: Question<'_>) -> Option<Scalar> {
    let mut sum = 0_i64;
    for fact in question.standing.within(FactKind::Penalty, question.day, 36) {
        let Detail::Penalty(penalty) = &fact.detail else { continue };
        match penalty.fine {
            Some(fine) if fine.currency() == Currency::CNY => sum = sum.saturating_add(fine.minor()),
            Some(_) => return None,
            None if penalty.types.contains(&contracts::credit::PenaltyType::Fine) => return None,
            None => {}
        }
    }
    whole(sum)
}

const fn status(status: EnterpriseStatus) -> &'static str {
    match status {
        EnterpriseStatus::Active => "active",
        EnterpriseStatus::Suspended => "suspended",
        EnterpriseStatus::Revoked => "revoked",
        EnterpriseStatus::Deregistered => "deregistered",
    }
}

fn open_recalls(question: Question<'_>, ordered: bool) -> Option<Scalar> {
    let open = |fact: &&Fact| {
        matches!(&fact.detail, Detail::Recall(recall)
            if recall.state == RecallState::Open && (!ordered || recall.mode == RecallMode::Ordered))
    };
    whole(question.standing.holding(FactKind::Recall, question.day).filter(open).count())
}

fn traceability(question: Question<'_>) -> Option<Scalar> {
    let levels = question.standing.holding(FactKind::Traceability, question.day);
    levels.filter_map(|fact| if let Detail::Traceability(one) = &fact.detail { Some(one.level) } else { None }).max().and_then(whole)
}

fn banned(question: Question<'_>, scope: BanScope) -> Option<Scalar> {
    let mut bans = question.standing.holding(FactKind::ProcurementBan, question.day);
    Some(Scalar::Bool(bans.any(|fact| matches!(&fact.detail, Detail::ProcurementBan(ban) if bars(&ban.scope, scope)))))
}

fn failed(fact: &Fact) -> bool {
    matches!(&fact.detail, Detail::SpotCheck(check) if check.result == CheckResult::Fail)
}

fn unresolved(question: Question<'_>) -> Option<Scalar> {
    let open = |fact: &&Fact| {
        fact.dated() <= question.day
            && matches!(&fact.detail, Detail::Complaint(complaint) if complaint.resolved_on.is_none_or(|day| day > question.day))
    };
    whole(question.standing.of(FactKind::Complaint).filter(open).count())
}

/// Every scalar; the API shows this table.
pub static SCALARS: &[Named] = &[
    text(
        "grade",
        "公开质量信用等级（AAA…D）；未评级时缺失",
        "Public quality-credit grade, AAA to D; absent while unrated",
        |q| q.standing.segment_on(q.day).filter(|one| one.grade.rank().is_some()).map(|one| Scalar::Text(one.grade.as_str().to_owned())),
    ),
    int(
        "grade_rank",
        "等级序数：AAA 为 6，D 为 1；未评级时缺失",
        "Rank of the grade: 6 for AAA down to 1 for D; absent while unrated",
        |q| q.standing.segment_on(q.day).and_then(|one| one.grade.rank()).and_then(whole),
    ),
    int("score", "质量信用得分 0–1000；未评级时缺失", "Quality-credit score, 0 to 1000; absent while unrated", |q| {
        q.standing.segment_on(q.day).and_then(|one| one.score).and_then(whole)
    }),
    text(
        "status",
        "登记状态：active、suspended、revoked、deregistered",
        "Registration status: active, suspended, revoked, deregistered",
        |q| q.standing.enterprise.as_ref().map(|one| Scalar::Text(status(one.status).to_owned())),
    ),
    text("established_on", "成立日期，YYYY-MM-DD", "Day of establishment, YYYY-MM-DD", |q| {
        q.standing.enterprise.as_ref().map(|one| Scalar::Text(one.established_on.to_string()))
    }),
    int("days_since_established", "成立以来的天数", "Days since establishment", |q| {
        q.standing.enterprise.as_ref().map(|one| Scalar::Int(q.day.signed_duration_since(one.established_on).num_days()))
    }),
    int("penalties_36m", "前36个月的行政处罚数", "Penalties in the 36 months before", |q| {
        within(q, FactKind::Penalty, 36, |_| true)
    }),
    int("serious_penalties_36m", "前36个月的严重程度处罚数", "Penalties of serious degree in the 36 months before", |q| {
        within(q, FactKind::Penalty, 36, |fact| fact.degree == Some(Degree::Serious))
    }),
    int(
        "fines_36m_fen",
        "前36个月人民币罚款合计（分）；有罚款未载明金额时缺失",
        "Fines of the 36 months before in fen; absent where an amount is not told",
        fines,
    ),
    int("spot_checks_24m", "前24个月的监督抽查批次", "Spot-checked batches in the 24 months before", |q| {
        within(q, FactKind::SpotCheck, 24, |_| true)
    }),
    int("spot_check_failures_24m", "前24个月不合格批次", "Failed batches in the 24 months before", |q| {
        within(q, FactKind::SpotCheck, 24, failed)
    }),
    int("complaints_12m", "前12个月的投诉数", "Complaints in the 12 months before", |q| {
        within(q, FactKind::Complaint, 12, |_| true)
    }),
    int("complaints_unresolved", "判定日未办结的投诉数", "Complaints that are not settled on the day", unresolved),
    int("open_recalls", "未完成的召回数", "Recalls that still run", |q| open_recalls(q, false)),
    int("open_ordered_recalls", "未完成的责令召回数", "Ordered recalls that still run", |q| open_recalls(q, true)),
    boolean("on_serious_list", "列入严重违法失信名单", "On the serious violation list", |q| {
        Some(Scalar::Bool(holding(q, FactKind::SeriousViolationListing) > 0))
    }),
    boolean("on_abnormal_list", "列入经营异常名录", "On the abnormal operation list", |q| {
        Some(Scalar::Bool(holding(q, FactKind::AbnormalOperationListing) > 0))
    }),
    boolean("on_trustworthy_list", "列入守信名单", "On the trustworthy list", |q| {
        Some(Scalar::Bool(holding(q, FactKind::TrustworthyListing) > 0))
    }),
    boolean("banned", "存在与规则集范围相应的有效禁令", "A ban of the ruleset's scope is in force", |q| banned(q, q.scope)),
    int("licences_valid", "有效许可数；从无记录时缺失", "Valid licences; absent where none was ever filed", |q| {
        valid(q, FactKind::Licence)
    }),
    int("certificates_valid", "有效证书数；从无记录时缺失", "Valid certificates; absent where none was ever filed", |q| {
        valid(q, FactKind::Certificate)
    }),
    int(
        "cover_cny_fen",
        "有效人民币保险金额（分）；从无记录时缺失",
        "Insurance cover in fen; absent where none was ever filed",
        |q| sum_cny(q, FactKind::InsuranceCover),
    ),
    int(
        "deposit_cny_fen",
        "有效人民币保证金（分）；从无记录时缺失",
        "Quality deposit in fen; absent where none was ever filed",
        |q| sum_cny(q, FactKind::Deposit),
    ),
    int("traceability_level", "可追溯水平 0–3；无记录时缺失", "Traceability level, 0 to 3; absent where none is on file", traceability),
    int("awards_valid", "有效荣誉数", "Awards that hold", |q| whole(holding(q, FactKind::Award))),
];
