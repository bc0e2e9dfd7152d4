//! How each exclusion ground is judged. The registers behind lists, bans and penalties are complete, so a fresh source without an entry is a pass.
//! Not here: which grounds a ruleset uses (`ruleset`), freshness and unknown suppliers (`catalogue`).

use std::sync::LazyLock;

use contracts::credit::{
    BanScope, Degree, Detail, EnterpriseStatus, Fact, FactKind, MeasureInterval, MeasureScope, MeasureSide, Penalty, PenaltyField,
    PenaltyType, RecallMode, RecallState,
};
use model::{fault::Fault, instant::Day, money::Money, policy::Policy};
use serde::Deserialize;
use serde_json::Value;

use crate::criterion::rules::{Answer, Helper, Judged, Question, Wording};
use crate::standing::rules::{day_after, is_suspended, looks_back_on, months_after};

/// The amount from which a fine is a larger fine in one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldFine {
    /// The field of the breach.
    pub field: PenaltyField,
    /// The amount.
    pub amount: Money,
}

/// The dated values of the law.
#[derive(Debug)]
pub struct Policies {
    /// How far a major violation bars, in months.
    pub look_back_months: Policy<u32>,
    /// From which amount a fine is a larger fine.
    pub larger_fine: Policy<Money>,
    /// Where the law of a field sets a higher amount.
    pub larger_fine_of_field: Policy<Vec<FieldFine>>,
}

/// The values that are built in; a test proves that they can be read.
pub static POLICIES: LazyLock<Result<Policies, Fault>> = LazyLock::new(|| {
    Ok(Policies {
        look_back_months: Policy::from_json(include_str!("../../policy/look_back_months.json"))?,
        larger_fine: Policy::from_json(include_str!("../../policy/larger_fine.json"))?,
        larger_fine_of_field: Policy::from_json(include_str!("../../policy/larger_fine_of_field.json"))?,
    })
});

/// Whether the supplier is on a list on the day.
fn listed(question: Question<'_>, kind: FactKind, code: &'static str, clear: Wording, found: Wording, action: Wording) -> Judged {
    let entries: Vec<&Fact> = question.standing.holding(kind, question.day).collect();
    if entries.is_empty() {
        return Judged::new(Answer::Pass, 0, "not_listed", clear);
    }
    let earliest = free_again(&entries);
    Judged::new(Answer::Fail, entries.len(), code, found).by(entries).help(Helper::Authority, action, earliest)
}

/// The day after the last of the facts ends; `None` while one is open.
fn free_again(facts: &[&Fact]) -> Option<Day> {
    let ends: Option<Vec<Day>> = facts.iter().map(|fact| fact.valid_to).collect();
    ends.and_then(|ends| ends.into_iter().max()).map(day_after)
}

/// The serious violation list, SAMR Order 44.
#[must_use]
pub fn serious_violation(question: Question<'_>) -> Judged {
    listed(
        question,
        FactKind::SeriousViolationListing,
        "on_serious_violation_list",
        Wording::fixed("未列入严重违法失信名单。", "Not on the list of serious violations."),
        Wording::fixed("列入严重违法失信名单，尚未移出。", "On the list of serious violations."),
        Wording::fixed(
            "期满移出；列入满一年且义务履行、危害消除的，可申请提前移出（第44号令）。",
            "Removal at the end of its term; after one year, with duties performed and harm removed, early removal may be asked for (SAMR Order 44).",
        ),
    )
}

/// The list of abnormal operation, Enterprise Information Publicity Regulation Art 18.
#[must_use]
pub fn abnormal_operation(question: Question<'_>) -> Judged {
    listed(
        question,
        FactKind::AbnormalOperationListing,
        "on_abnormal_operation_list",
        Wording::fixed("未列入经营异常名录。", "Not on the list of abnormal operation."),
        Wording::fixed("列入经营异常名录，尚未移出。", "On the list of abnormal operation."),
        Wording::fixed(
            "补报年报、更正信息或恢复联系后申请移出，五个工作日内决定。",
            "File, correct or restore contact, then ask for removal; it is decided within 5 working days.",
        ),
    )
}

/// A ban of the ruleset's scope, Government Procurement Law Art 77; a ban without scope is one from government procurement.
#[must_use]
pub fn procurement_ban(question: Question<'_>) -> Judged {
    let bans: Vec<&Fact> = question
        .standing
        .holding(FactKind::ProcurementBan, question.day)
        .filter(|fact| matches!(&fact.detail, Detail::ProcurementBan(ban) if bars(&ban.scope, question.scope)))
        .collect();
    let was = |fact: &&Fact| matches!(&fact.detail, Detail::ProcurementBan(ban) if bars(&ban.scope, question.scope));
    let ended: Vec<&Fact> = question
        .standing
        .of(FactKind::ProcurementBan)
        .filter(was)
        .filter(|fact| fact.valid_to.is_some_and(|last| last < question.day))
        .collect();
    if bans.is_empty() && !ended.is_empty() {
        let text = Wording::fixed(
            "禁止期限已届满，可以参加（条例第十九条第二款）。",
            "A ban has ended, it may take part again (Regulation Art 19).",
        );
        return Judged::new(Answer::Pass, 0, "ban_ended", text).by(ended);
    }
    if bans.is_empty() {
        let text = Wording::fixed("没有有效的禁止参加记录。", "No ban in force.");
        return Judged::new(Answer::Pass, 0, "not_banned", text);
    }
    let earliest = free_again(&bans);
    let text = Wording::fixed("处于被禁止参加的期限内。", "Banned for a time that has not ended.");
    let action =
        Wording::fixed("禁止期限届满后可以参加（条例第十九条）。", "After the ban has ended it may take part again (Regulation Art 19).");
    Judged::new(Answer::Fail, bans.len(), "banned", text).by(bans).help(Helper::Time, action, earliest)
}

/// Where a measure must bite to bar from a scope.
#[must_use]
pub const fn bitten(scope: BanScope) -> MeasureScope {
    match scope {
        BanScope::GovernmentProcurement => MeasureScope::Procurement,
        BanScope::FiscalFunds => MeasureScope::FiscalFunds,
        BanScope::GovernmentInvestmentTenders => MeasureScope::GovernmentInvestmentTenders,
        BanScope::PublicResourceTrading => MeasureScope::PublicResourceTrading,
    }
}

/// Joint discipline in force that restricts or bars from the ruleset's scope (special-zone regulation Art 10). Credit tells the measures with their
/// grounds; one whose ground is stayed, repaired or gone is not among them.
#[must_use]
pub fn joint_measure(question: Question<'_>) -> Judged {
    let scope = bitten(question.scope);
    let holds = |one: &&MeasureInterval| {
        one.side == MeasureSide::Discipline
            && one.scope == scope
            && one.from <= question.day
            && one.to.is_none_or(|last| question.day <= last)
    };
    let held: Vec<&MeasureInterval> = question.standing.measures.iter().filter(holds).collect();
    if held.is_empty() {
        return Judged::new(Answer::Pass, 0, "no_joint_measure", Wording::fixed("没有有效的联合惩戒措施。", "No joint measure in force."));
    }
    let mut codes: Vec<&str> = held.iter().map(|one| one.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let ends: Option<Vec<Day>> = held.iter().map(|one| one.to).collect();
    let earliest = ends.and_then(|ends| ends.into_iter().max()).map(day_after);
    let text = Wording::fixed("处于联合惩戒的限制之中。", "Restricted by a joint measure.");
    let action = Wording::fixed(
        "作为依据的名单、等级或者禁令终止后，措施随之终止。",
        "The measure ends with its ground: the listing, the grade or the ban.",
    );
    let mut judged = Judged::new(Answer::Fail, serde_json::json!(codes), "joint_measure", text).help(Helper::Authority, action, earliest);
    judged.fact_ids = held.iter().flat_map(|one| one.fact_ids.iter().cloned()).collect();
    judged.fact_ids.sort_unstable();
    judged.fact_ids.dedup();
    judged
}

/// Whether a ban bars from a scope.
#[must_use]
pub fn bars(scopes: &[BanScope], scope: BanScope) -> bool {
    if scopes.is_empty() { scope == BanScope::GovernmentProcurement } else { scopes.contains(&scope) }
}

/// The register's status: only an active enterprise can bear civil liability of its own, Law Art 22 (1).
#[must_use]
pub fn inactive(question: Question<'_>) -> Judged {
    let Some(enterprise) = &question.standing.enterprise else {
        return crate::criterion::rules::unknown_supplier();
    };
    let (word, text) = match enterprise.status {
        EnterpriseStatus::Active if enterprise.established_on > question.day => {
            ("not_established_yet", Wording::fixed("在判定日尚未成立。", "Not established yet on the day."))
        }
        EnterpriseStatus::Active => {
            return Judged::new(Answer::Pass, "active", "active", Wording::fixed("登记状态为存续。", "The register says active."));
        }
        EnterpriseStatus::Suspended => ("suspended", Wording::fixed("登记状态为歇业。", "The register says suspended.")),
        EnterpriseStatus::Revoked => ("revoked", Wording::fixed("营业执照已被吊销。", "The business licence was revoked.")),
        EnterpriseStatus::Deregistered => ("deregistered", Wording::fixed("已注销登记。", "The register says deregistered.")),
    };
    let failed = Judged::new(Answer::Fail, word, word, text);
    match enterprise.status {
        EnterpriseStatus::Active => failed.help(
            Helper::Time,
            Wording::fixed("成立之日起可以参加。", "It may take part from its day of establishment."),
            Some(enterprise.established_on),
        ),
        EnterpriseStatus::Suspended => {
            failed.help(Helper::Supplier, Wording::fixed("恢复营业并办理登记。", "Resume business and have it registered."), None)
        }
        EnterpriseStatus::Revoked | EnterpriseStatus::Deregistered => failed,
    }
}

/// An ordered recall that still runs, SAMR Order 19.
#[must_use]
pub fn open_ordered_recall(question: Question<'_>) -> Judged {
    let open: Vec<&Fact> = question
        .standing
        .holding(FactKind::Recall, question.day)
        .filter(|fact| {
            matches!(&fact.detail, Detail::Recall(recall) if recall.mode == RecallMode::Ordered && recall.state == RecallState::Open)
        })
        .collect();
    if open.is_empty() {
        let text = Wording::fixed("没有未完成的责令召回。", "No ordered recall is open.");
        return Judged::new(Answer::Pass, 0, "no_open_ordered_recall", text);
    }
    let text = Wording::fixed("存在未完成的责令召回。", "An ordered recall is not finished.");
    let action = Wording::fixed("完成召回并由主管部门确认。", "Finish the recall and have the authority confirm it.");
    Judged::new(Answer::Fail, open.len(), "open_ordered_recall", text).by(open).help(Helper::Supplier, action, None)
}

/// What a penalty means for the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    /// No major violation, or long enough ago.
    None,
    /// A time-limited ban that has ended and was the only ground: the supplier may take part again, Regulation Art 19 paragraph 2.
    Readmitted,
    /// It may be one, but what is on file does not tell.
    Unclear(&'static str),
    /// It bars, until the day before the given one.
    Bars(Day),
}

/// A major violation in the three years before, Law Art 22 (5) and Regulation Art 19.
#[must_use]
pub fn major_violation(question: Question<'_>) -> Judged {
    let months = POLICIES.as_ref().ok().and_then(|policies| policies.look_back_months.at(question.day)).map(|row| row.value);
    let Some(months) = months else {
        let text = Wording::fixed("该日没有规定追溯期限。", "No look-back period is laid down for this day.");
        return Judged::new(Answer::Unknown, Value::Null, "look_back_undefined", text);
    };
    let (mut barring, mut unclear, mut readmitted) = (Vec::new(), Vec::new(), Vec::new());
    let (mut earliest, mut why) = (None, "");
    for fact in question.standing.of(FactKind::Penalty) {
        let Detail::Penalty(penalty) = &fact.detail else { continue };
        if is_suspended(fact, question.day) {
            continue;
        }
        match weigh(fact, penalty, question.day, months) {
            Weight::Bars(until) => {
                barring.push(fact);
                earliest = earliest.max(Some(until));
            }
            Weight::Unclear(code) => {
                unclear.push(fact);
                // The alphabetically first, so that the order of the facts does not show.
                why = if why.is_empty() { code } else { why.min(code) };
            }
            Weight::Readmitted => readmitted.push(fact),
            Weight::None => {}
        }
    }
    if !barring.is_empty() {
        let text = Wording::fixed("参加前三年内有重大违法记录。", "A major violation in the three years before.");
        let action =
            Wording::fixed("三年期满或禁止期限届满后可以参加。", "It may take part when three years have passed or the ban has ended.");
        return Judged::new(Answer::Fail, barring.len(), "major_violation", text).by(barring).help(Helper::Time, action, earliest);
    }
    if !unclear.is_empty() {
        let text = Wording::fixed(
            "有罚款记录，但不能认定是否属于较大数额罚款。",
            "There is a fine, but it cannot be told whether it is a larger fine.",
        );
        let action = Wording::fixed(
            "由作出处罚的机关说明罚款数额及性质。",
            "Have the deciding authority state the amount and the weight of the fine.",
        );
        return Judged::new(Answer::Unknown, unclear.len(), why, text).by(unclear).help(Helper::Authority, action, None);
    }
    if readmitted.is_empty() {
        return Judged::new(
            Answer::Pass,
            0,
            "no_major_violation",
            Wording::fixed("前三年内没有重大违法记录。", "No major violation in the three years before."),
        );
    }
    let text =
        Wording::fixed("限制期限已届满，可以参加（条例第十九条第二款）。", "A ban has ended, it may take part again (Regulation Art 19).");
    Judged::new(Answer::Pass, 0, "ban_ended", text).by(readmitted)
}

fn weigh(fact: &Fact, penalty: &Penalty, day: Day, months: u32) -> Weight {
    let has = |types: &[PenaltyType]| penalty.types.iter().any(|one| types.contains(one));
    // Regulation Art 19 (1): criminal punishment, or stop-production, closure, licence revoked, larger fine.
    if looks_back_on(fact.dated(), day, months) {
        let after = day_after(months_after(fact.dated(), months));
        if has(&[PenaltyType::Criminal, PenaltyType::StopProduction, PenaltyType::OrderedClosure, PenaltyType::LicenceRevoked]) {
            return Weight::Bars(penalty.ban_until.map_or(after, |last| after.max(day_after(last))));
        }
        match larger_fine(fact, penalty, day) {
            Some(true) => return Weight::Bars(penalty.ban_until.map_or(after, |last| after.max(day_after(last)))),
            Some(false) => {}
            None if is_barred(penalty, day).is_none() => {
                return Weight::Unclear(if penalty.fine.is_none() { "fine_amount_missing" } else { "larger_fine_undefined" });
            }
            None => {}
        }
    }
    if fact.dated() > day {
        return Weight::None;
    }
    // Regulation Art 19 (2): a restriction for a time bars while it runs, and no longer.
    match (is_barred(penalty, day), penalty.ban_until) {
        (Some(until), _) => Weight::Bars(until),
        (None, Some(_)) => Weight::Readmitted,
        (None, None) => Weight::None,
    }
}

/// The day after a restriction that runs on `day`.
fn is_barred(penalty: &Penalty, day: Day) -> Option<Day> {
    penalty.ban_until.filter(|last| *last >= day).map(day_after)
}

/// Whether the fine is a larger one by the rule of the day on which the supplier takes part; `None` where that cannot be told.
fn larger_fine(fact: &Fact, penalty: &Penalty, day: Day) -> Option<bool> {
    // A minor breach is punished by the summary procedure, far below any larger fine (domain-updates B16): so where the amount tells nothing.
    let minor = fact.degree == Some(Degree::Minor);
    let Some(fine) = penalty.fine else {
        return (minor || !penalty.types.contains(&PenaltyType::Fine)).then_some(false);
    };
    let told = POLICIES.as_ref().ok().and_then(|policies| {
        let general = policies.larger_fine.at(day)?.value;
        let of_fields = policies.larger_fine_of_field.at(day).map(|row| &*row.value);
        fine.checked_cmp(threshold(general, of_fields, penalty.field)).ok().map(std::cmp::Ordering::is_ge)
    });
    told.or_else(|| minor.then_some(false))
}

/// The amount from which a fine is a larger one: that of the field where its own law sets a higher one, else the general one (Cai Ku [2022] No. 3).
#[must_use]
pub fn threshold(general: Money, of_fields: Option<&[FieldFine]>, field: Option<PenaltyField>) -> Money {
    let own = of_fields.unwrap_or_default().iter().find(|one| Some(one.field) == field).map(|one| one.amount);
    own.filter(|own| own.checked_cmp(general).is_ok_and(std::cmp::Ordering::is_gt)).unwrap_or(general)
}
