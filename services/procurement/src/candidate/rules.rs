//! Which changes could help past which criterion, where the regime of a fact allows them. Not here: what a change does (`change`), which of them flip an
//! outcome (`counterfactual`).

use std::sync::LazyLock;

use contracts::credit::{CheckResult, Cover, Detail, Fact, FactKind, FactSource, Grade, Permit, StandardConformity, Traceability};
use model::{
    fault::Fault,
    instant::{Day, Instant},
    money::Money,
    policy::Policy,
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::change::rules::{Change, Effect, Kind};
use crate::criterion::rules::{Answer, Finding, Helper, Question, Wording};
use crate::ruleset::rules::Compiled;
use crate::standing::rules::{Standing, day_after, months_after};

/// After so many months on the list of serious violations an early removal may be asked for.
pub static EARLY_REMOVAL: LazyLock<Result<Policy<u32>, Fault>> =
    LazyLock::new(|| Policy::from_json(include_str!("../../policy/early_removal_months.json")));

/// Every change that could help one of the standings past a criterion that was not met, in the order in which they are tried.
#[must_use]
pub fn candidates(compiled: &Compiled, standings: &[Standing], obstacles: &[Finding], as_of: Instant) -> Vec<Change> {
    let mut found: Vec<Change> = Vec::new();
    if obstacles.iter().any(|finding| finding.reason.code == "source_stale") {
        let codes = obstacles.iter().filter(|finding| finding.reason.code == "source_stale").map(|finding| finding.code.to_string());
        let action = Wording::fixed("待数据来源恢复同步后重新判定。", "Ask again when the source has caught up.");
        found.push(Change { criteria: codes.collect(), ..plain(0, Kind::RefreshSource, Helper::Operator, action, Effect::Refresh) });
    }
    let is_obstacle = |code: &str| obstacles.iter().any(|finding| finding.code == code);
    for (whose, stale) in standings.iter().enumerate() {
        let mut standing = stale.clone();
        standing.sources.iter_mut().for_each(|source| source.fresh = true);
        let question = compiled.question(&standing, as_of.cut_off_day());
        let criteria = compiled.criteria().iter().filter(|one| is_obstacle(one.entry().code)).map(|one| one.judge(question));
        let conditions = compiled.conditions().iter().filter(|one| is_obstacle(&one.code)).map(|one| one.judge(question));
        for finding in criteria.chain(conditions).filter(|finding| matches!(finding.result, Answer::Fail | Answer::Unknown)) {
            for change in helping(&finding, question) {
                add(&mut found, Change { whose, criteria: vec![finding.code.to_string()], ..change });
            }
        }
    }
    found.sort_by_key(|change| (change.kind, if change.kind == Kind::Wait { change.earliest } else { None }));
    found
}

/// Puts a change beside the others, or makes one of two that are the same.
fn add(found: &mut Vec<Change>, change: Change) {
    let same = |known: &&mut Change| match (&known.effect, &change.effect) {
        // Whatever the score is needed for, it rises once.
        (Effect::Rise(..), Effect::Rise(..)) => known.whose == change.whose,
        (Effect::None, Effect::None) => known.earliest == change.earliest,
        (known_effect, effect) => known.whose == change.whose && known_effect == effect,
    };
    let Some(known) = found.iter_mut().find(same) else { return found.push(change) };
    if let (Effect::Rise(grade, score), Effect::Rise(more, points)) = (&mut known.effect, &change.effect) {
        let higher = more.and_then(Grade::rank) > grade.and_then(Grade::rank);
        (*grade, *score) = (if higher { *more } else { *grade }, (*score).max(*points));
    }
    for code in change.criteria {
        if !known.criteria.contains(&code) {
            known.criteria.push(code);
        }
    }
}

const fn plain(whose: usize, kind: Kind, who: Helper, action: Wording, effect: Effect) -> Change {
    Change { whose, kind, who, action, earliest: None, fact_id: None, criteria: Vec::new(), effect }
}

fn asked<T: DeserializeOwned>(finding: &Finding, name: &str) -> Option<T> {
    T::deserialize(finding.required.get(name)?).ok()
}

/// What could help past one finding.
fn helping(finding: &Finding, question: Question<'_>) -> Vec<Change> {
    let mut found = waits(finding, question);
    found.extend(finding.fact_ids.iter().filter_map(|id| {
        let fact = question.standing.facts.iter().find(|fact| fact.id == *id)?;
        by_fact(fact, finding.result, question)
    }));
    let rise = |grade, score| {
        let action = Wording::fixed(
            "提升质量信用得分和等级；如何达到见信用服务的 what_if。",
            "Raise the quality-credit score and grade; how, credit's what_if tells.",
        );
        plain(0, Kind::RaiseScore, Helper::Supplier, action, Effect::Rise(grade, score))
    };
    match finding.code.as_ref() {
        "EXC.INACTIVE" if finding.actual == "suspended" => {
            let action = Wording::fixed("恢复营业并办理登记。", "Resume business and have it registered.");
            found.push(plain(0, Kind::ResumeBusiness, Helper::Supplier, action, Effect::Resume));
        }
        "SEL.MIN_GRADE" => found.push(rise(asked(finding, "grade"), None)),
        "SEL.MIN_SCORE" => found.push(rise(None, asked(finding, "score"))),
        code if code.starts_with("COND.") => found.extend(by_scalars(finding, question)),
        _ => found.extend(obtainable(finding, question)),
    }
    found
}

/// The fact that is lacking, where one could be obtained.
fn obtainable(finding: &Finding, question: Question<'_>) -> Option<Change> {
    let obtain = |detail: Detail, zh: &'static str, en: &'static str| {
        let who = if detail.kind() == FactKind::InsuranceCover { Helper::Insurer } else { Helper::Supplier };
        let effect = Effect::Add(Box::new(supposed(question, detail)));
        plain(0, Kind::AddFact, who, Wording::fixed(zh, en), effect)
    };
    let permit = |name: String, products: Vec<String>| Permit { number: "-".to_owned(), name, issuer: None, products };
    match finding.code.as_ref() {
        "SEL.LICENCE_VALID" => {
            let detail = Detail::Licence(permit(asked(finding, "name").unwrap_or_default(), Vec::new()));
            Some(obtain(detail, "取得有效的许可证照，并由发证机关提供。", "Obtain or renew the licence and have the issuer file it."))
        }
        "SEL.CERTIFICATE_VALID" => {
            let detail = Detail::Certificate(permit(asked(finding, "name").unwrap_or_default(), Vec::new()));
            Some(obtain(detail, "取得有效的认证证书，并由发证机构提供。", "Obtain or renew the certificate and have the issuer file it."))
        }
        "SEL.CCC_VALID" => {
            let product = asked::<String>(finding, "product").unwrap_or_default();
            let detail = Detail::Certificate(permit("强制性产品认证".to_owned(), vec![product]));
            Some(obtain(detail, "取得该类产品的强制性产品认证。", "Obtain compulsory certification of this category of goods."))
        }
        "SEL.LIABILITY_COVER" | "SEL.QUALITY_DEPOSIT" => {
            let cover = Cover { amount: missing(finding)?, reference: None };
            let is_cover = finding.code == "SEL.LIABILITY_COVER";
            let detail = if is_cover { Detail::InsuranceCover(cover) } else { Detail::Deposit(cover) };
            Some(obtain(
                detail,
                "补足差额，并由保险人或保管机构提供记录。",
                "Make good what is missing and have the insurer or keeper file it.",
            ))
        }
        "SEL.TRACEABILITY" => {
            let detail = Detail::Traceability(Traceability { level: asked(finding, "level")? });
            Some(obtain(detail, "提升追溯水平并经核验。", "Raise the level of traceability and have it verified."))
        }
        "SEL.STANDARD_CONFORMITY" => {
            let standard = asked(finding, "standard").unwrap_or_default();
            let detail = Detail::StandardConformity(StandardConformity { standard, result: CheckResult::Pass });
            Some(obtain(detail, "整改后重新检测评价，并符合该标准。", "Be assessed again and meet the standard."))
        }
        _ => None,
    }
}

/// The days on which time alone may help.
fn waits(finding: &Finding, question: Question<'_>) -> Vec<Change> {
    let mut days: Vec<Day> = finding.remedy.iter().filter_map(|remedy| remedy.earliest).collect();
    let months = match finding.code.as_ref() {
        "SEL.SPOT_CHECK_PASS_RATE" => asked::<u32>(finding, "months"),
        // The scalars of spot checks look back over 24 months.
        _ if finding.actual.get("spot_check_failures_24m").is_some() => Some(24),
        _ => None,
    };
    if let Some(months) = months {
        let checks = question.standing.within(FactKind::SpotCheck, question.day, months);
        days.extend(checks.filter(|fact| failed(fact)).map(|fact| day_after(months_after(fact.dated(), months))));
    }
    days.sort_unstable();
    days.dedup();
    let later = days.into_iter().filter(|day| *day > question.day);
    let action = Wording::fixed("等待至该日。", "Wait until that day.");
    later.map(|day| Change { earliest: Some(day), ..plain(0, Kind::Wait, Helper::Time, action.clone(), Effect::None) }).collect()
}

fn failed(fact: &Fact) -> bool {
    matches!(&fact.detail, Detail::SpotCheck(check) if check.result == CheckResult::Fail)
}

/// What can become of a fact that stands in the way, where its regime allows it.
fn by_fact(fact: &Fact, result: Answer, question: Question<'_>) -> Option<Change> {
    let id = || fact.id.clone();
    let one = |kind: Kind, who: Helper, zh: &'static str, en: &'static str, effect: Effect| Change {
        fact_id: Some(id()),
        ..plain(0, kind, who, Wording::fixed(zh, en), effect)
    };
    match &fact.detail {
        Detail::SeriousViolationListing(_) => {
            let zh = "列入满一年且义务履行、危害消除后，申请提前移出（第44号令）。";
            let en = "Ask for early removal after one year, with duties performed and harm removed (SAMR Order 44).";
            let earliest = removable(fact, question)?;
            Some(Change { earliest: Some(earliest), ..one(Kind::EndListing, Helper::Authority, zh, en, Effect::Remove(id())) })
        }
        Detail::AbnormalOperationListing(_) => {
            let en = "Put right what it was listed for and ask for removal; decided within five working days.";
            Some(one(Kind::EndListing, Helper::Authority, "改正后申请移出，五个工作日内作出决定。", en, Effect::Remove(id())))
        }
        Detail::ProcurementBan(_) => {
            let zh = "禁令不能修复：只能期满，或者由作出机关、复议机关、法院撤销。";
            let en = "A ban can't be repaired: it ends by its term, or the authority, the reconsideration body or a court quashes it.";
            Some(one(Kind::Quash, Helper::Authority, zh, en, Effect::Remove(id())))
        }
        Detail::Penalty(_) if result == Answer::Unknown => {
            let en = "Have the deciding authority state that the fine is no larger one.";
            Some(one(Kind::StateFine, Helper::Authority, "由作出处罚的机关说明不属于较大数额罚款。", en, Effect::Minor(id())))
        }
        Detail::Penalty(_) => {
            let zh = "信用修复不消除重大违法记录：只能期满，或者经复议、诉讼撤销。";
            let en = "A credit repair does not undo a major violation: it ends by time, or is quashed in reconsideration or in court.";
            Some(one(Kind::Quash, Helper::Authority, zh, en, Effect::Remove(id())))
        }
        Detail::Recall(_) => {
            let en = "Finish the recall and have the authority confirm it.";
            Some(one(Kind::CompleteRecall, Helper::Supplier, "完成召回并由主管部门确认。", en, Effect::Complete(id())))
        }
        Detail::SpotCheck(_) if failed(fact) => {
            let en = "Have the result overturned on re-inspection.";
            Some(one(Kind::Quash, Helper::Authority, "经复检推翻不合格结论。", en, Effect::Remove(id())))
        }
        _ => None,
    }
}

/// The first day on which an early removal from the list of serious violations is possible: not before the months of Order 44 have passed, nor while a
/// restriction by law runs; none where its own term ends sooner, or where such a restriction has no end.
#[must_use]
pub fn removable(listing: &Fact, question: Question<'_>) -> Option<Day> {
    let months = EARLY_REMOVAL.as_ref().ok()?.at(question.day)?.value;
    let mut first = day_after(months_after(listing.valid_from, months)).max(question.day);
    for fact in question.standing.facts.iter().filter(|fact| !fact.self_declared) {
        let restricted_to = match &fact.detail {
            Detail::ProcurementBan(_) if fact.valid_to.is_none_or(|last| last >= first) => Some(fact.valid_to),
            Detail::Penalty(penalty) => penalty.ban_until.filter(|last| *last >= first).map(Some),
            _ => None,
        };
        if let Some(last) = restricted_to {
            first = first.max(day_after(last?));
        }
    }
    listing.valid_to.is_none_or(|last| first <= last).then_some(first)
}

/// What a sum lacks.
fn missing(finding: &Finding) -> Option<Money> {
    let least = asked::<Money>(finding, "amount")?;
    let there = Money::deserialize(&finding.actual).ok().filter(|there| there.currency() == least.currency());
    let minor = least.minor().saturating_sub(there.map_or(0, |there| there.minor()));
    (minor > 0).then(|| Money::new(minor, least.currency()))
}

/// What the scalars of an extra condition rest on: complaints can be settled, failed checks overturned. On a score it only names credit's `what_if`.
fn by_scalars(finding: &Finding, question: Question<'_>) -> Vec<Change> {
    let names = |name: &str| finding.actual.get(name).is_some();
    let open = |fact: &&Fact| {
        fact.dated() <= question.day
            && matches!(&fact.detail, Detail::Complaint(one) if one.resolved_on.is_none_or(|day| day > question.day))
    };
    let mut found = Vec::new();
    if names("complaints_unresolved") {
        let settle = |fact: &Fact| {
            let action = Wording::fixed("办结该投诉。", "Settle the complaint.");
            let effect = Effect::Settle(fact.id.clone());
            Change { fact_id: Some(fact.id.clone()), ..plain(0, Kind::SettleComplaint, Helper::Supplier, action, effect) }
        };
        found.extend(question.standing.of(FactKind::Complaint).filter(open).map(settle));
    }
    if names("spot_check_failures_24m") {
        let checks = question.standing.within(FactKind::SpotCheck, question.day, 24);
        found.extend(checks.filter_map(|fact| by_fact(fact, finding.result, question)));
    }
    found
}

/// A fact as it would be, from the day of the question on.
fn supposed(question: Question<'_>, detail: Detail) -> Fact {
    Fact {
        id: "supposed".to_owned(),
        enterprise: question.standing.uscc.clone(),
        detail,
        source: FactSource { authority: "-".to_owned(), document_no: None },
        asserted_by: question.standing.uscc.clone(),
        decided_on: None,
        published_on: None,
        valid_from: question.day,
        valid_to: None,
        degree: None,
        self_declared: false,
        recorded_at: Instant::start_of(question.day),
        publicity: Vec::new(),
        marks: Vec::new(),
        origin: None,
    }
}
