//! How each selection criterion and preference is judged. What the platform doesn't know of these may still exist, so no fact is `unknown`, not `fail`.
//! Not here: parameters and their check (`catalogue`), exclusion grounds (`exclusion`).

use contracts::credit::{CheckResult, Detail, Fact, FactKind, Grade, Permit};
use model::{instant::Day, money::Money, ratio::Ratio};
use serde_json::{Value, json};

use crate::criterion::rules::{Answer, Helper, Judged, Question, Wording};

fn unknown(code: &'static str, zh: &'static str, en: &'static str) -> Judged {
    Judged::new(Answer::Unknown, Value::Null, code, Wording::fixed(zh, en))
}

/// The grade on the day against a least grade; `unrated` is neither good nor bad.
#[must_use]
pub fn min_grade(question: Question<'_>, least: Grade) -> Judged {
    let Some((segment, rank)) = question.standing.segment_on(question.day).and_then(|segment| Some((segment, segment.grade.rank()?)))
    else {
        return unrated();
    };
    let least = least.rank().unwrap_or(u8::MAX);
    if rank >= least {
        let text = Wording::fixed("信用等级达到要求。", "The grade is high enough.");
        return Judged::new(Answer::Pass, segment.grade.as_str(), "grade_reached", text);
    }
    let text = Wording::fixed("信用等级低于要求。", "The grade is too low.");
    let later = question.standing.segments_after(question.day).find(|later| later.grade.rank().is_some_and(|rank| rank >= least));
    Judged::new(Answer::Fail, segment.grade.as_str(), "grade_too_low", text).help(Helper::Supplier, improve(), later.map(|one| one.from))
}

/// The score on the day against a least score.
#[must_use]
pub fn min_score(question: Question<'_>, least: i64) -> Judged {
    let Some(score) = question.standing.segment_on(question.day).and_then(|segment| segment.score) else {
        return unrated();
    };
    if i64::from(score) >= least {
        let text = Wording::fixed("信用得分达到要求。", "The score is high enough.");
        return Judged::new(Answer::Pass, score, "score_reached", text);
    }
    let text = Wording::fixed("信用得分低于要求。", "The score is too low.");
    let later = question.standing.segments_after(question.day).find(|later| later.score.is_some_and(|score| i64::from(score) >= least));
    Judged::new(Answer::Fail, score, "score_too_low", text).help(Helper::Supplier, improve(), later.map(|one| one.from))
}

fn unrated() -> Judged {
    unknown("unrated", "数据不足，尚无信用等级。", "Too few data: there is no grade.").help(
        Helper::Supplier,
        Wording::fixed("补充可核验的质量信用记录后重新评价。", "Have verifiable quality records filed, then be rated."),
        None,
    )
}

const fn improve() -> Wording {
    Wording::fixed("整改并修复失信记录；随时间推移也会回升。", "Put right and repair adverse records; time lifts the score too.")
}

/// The share of spot-checked batches that passed in the months before the day, Product Quality Law Art 15.
#[must_use]
pub fn spot_check_pass_rate(question: Question<'_>, months: u32, min_permille: u64, min_batches: u64) -> Judged {
    let checks: Vec<(&Fact, CheckResult)> = question
        .standing
        .within(FactKind::SpotCheck, question.day, months)
        .filter_map(|fact| if let Detail::SpotCheck(check) = &fact.detail { Some((fact, check.result)) } else { None })
        .collect();
    let count =
        |list: &[(&Fact, CheckResult)], only: CheckResult| list.iter().filter(|(_, result)| *result == only).fold(0_u64, |sum, _| sum + 1);
    let (passed, failed) = (count(&checks, CheckResult::Pass), count(&checks, CheckResult::Fail));
    let total = passed.saturating_add(failed);
    let actual = json!({"passed": passed, "batches": total});
    if total == 0 && min_batches == 0 {
        let text = Wording::fixed("期间内没有监督抽查。", "No spot check in the period.");
        return Judged::new(Answer::NotApplicable, actual, "no_spot_checks", text);
    }
    if total == 0 || total < min_batches {
        let text = Wording::fixed("期间内监督抽查批次过少，不能判定。", "Too few batches were checked in the period to tell.");
        return Judged::new(Answer::Unknown, actual, "too_few_batches", text);
    }
    // Ratios stay whole numbers until they are shown (domain 0.2).
    if Ratio::new(passed, total).at_least(Ratio::new(min_permille, 1000)) {
        let text = Wording::fixed("监督抽查合格率达到要求。", "Enough batches passed the spot checks.");
        return Judged::new(Answer::Pass, actual, "pass_rate_reached", text).by(checks.iter().map(|(fact, _)| *fact));
    }
    let text = Wording::fixed("监督抽查合格率低于要求。", "Too few batches passed the spot checks.");
    let action = Wording::fixed(
        "整改并通过复查；不合格批次超出期间后不再计入。",
        "Put right and pass re-inspection; batches older than the period no longer count.",
    );
    let failing = checks.iter().filter(|(_, result)| *result == CheckResult::Fail).map(|(fact, _)| *fact);
    Judged::new(Answer::Fail, actual, "pass_rate_too_low", text).by(failing).help(Helper::Supplier, action, None)
}

/// A licence or certificate that is valid on the day, and whether it lasts until `until`.
///
/// With `when_recorded` a supplier that never had one on file is not asked for it: most goods need no licence (catalogue of key industrial products).
/// One that holds on the day but ends before `until` passes under the condition that it is renewed by its last day.
#[must_use]
pub fn permit(question: Question<'_>, kind: FactKind, fits: impl Fn(&Permit) -> bool, until: Option<Day>, when_recorded: bool) -> Judged {
    let named = |fact: &&Fact| matches!(&fact.detail, Detail::Licence(permit) | Detail::Certificate(permit) if fits(permit));
    // The one that lasts longest decides; of equals the one with the smallest id.
    let best = question
        .standing
        .holding(kind, question.day)
        .filter(named)
        .max_by_key(|fact| (fact.valid_to.unwrap_or(Day::MAX), std::cmp::Reverse(&fact.id)));
    let Some(best) = best else {
        let past: Vec<&Fact> = question.standing.of(kind).filter(named).filter(|fact| fact.valid_from <= question.day).collect();
        let action = Wording::fixed("取得有效的证照，并由发证机关提供。", "Obtain a valid one and have the issuer file it.");
        if past.is_empty() && when_recorded {
            let text = Wording::fixed("没有证照记录，不要求证照。", "None is on file, and none is asked for.");
            return Judged::new(Answer::NotApplicable, Value::Null, "no_permit_needed", text);
        }
        if past.is_empty() {
            return unknown("no_permit_on_file", "没有相应证照的记录。", "No such licence or certificate is on file.").help(
                Helper::Supplier,
                action,
                None,
            );
        }
        let last = past.iter().filter_map(|fact| fact.valid_to).max();
        let text = Wording::fixed("证照在判定日已失效。", "The licence or certificate has run out.");
        let actual = last.map_or(Value::Null, |last| Value::String(last.to_string()));
        return Judged::new(Answer::Fail, actual, "permit_expired", text).by(past).help(Helper::Supplier, action, None);
    };
    let actual = best.valid_to.map_or(Value::Null, |last| Value::String(last.to_string()));
    let text = Wording::fixed("证照有效。", "The licence or certificate is valid.");
    let passed = Judged::new(Answer::Pass, actual, "permit_valid", text).by([best]);
    match (best.valid_to, until) {
        (Some(last), Some(until)) if last < until => {
            let renew = Wording::made(
                format!("须在 {last} 前续期，以覆盖至 {until}。"),
                format!("Renew by {last}, so that it lasts until {until}."),
            );
            passed.provided(renew, last)
        }
        _ => passed,
    }
}

/// Whether a certificate is one of compulsory product certification for a category of goods: only what it names itself proves that.
#[must_use]
pub fn is_ccc_of(permit: &Permit, product: &str) -> bool {
    let name = permit.name.to_uppercase();
    let is_ccc = ["CCC", "3C", "强制性产品认证"].iter().any(|word| name.contains(word));
    is_ccc && permit.products.iter().any(|named| named.trim() == product.trim())
}

/// A sum that stands on the day, insurance cover or deposit, and whether it still stands at `until`; amounts of other currencies do not count.
#[must_use]
pub fn sum_standing(question: Question<'_>, kind: FactKind, least: Money, until: Option<Day>) -> Judged {
    let amount = |fact: &Fact| match &fact.detail {
        Detail::InsuranceCover(cover) | Detail::Deposit(cover) if cover.amount.currency() == least.currency() => Some(cover.amount.minor()),
        _ => None,
    };
    let standing: Vec<(&Fact, i64)> =
        question.standing.holding(kind, question.day).filter_map(|fact| amount(fact).map(|minor| (fact, minor))).collect();
    let action = Wording::fixed("补足保障金额，并由保险人或保管机构提供记录。", "Raise the sum and have the insurer or keeper file it.");
    let helper = if kind == FactKind::InsuranceCover { Helper::Insurer } else { Helper::Supplier };
    if standing.is_empty() {
        let known = question.standing.of(kind).filter(|fact| amount(fact).is_some() && fact.valid_from <= question.day);
        let past: Vec<&Fact> = known.collect();
        if past.is_empty() {
            return unknown("no_cover_on_file", "没有保险或保证金的记录。", "No cover or deposit is on file.").help(helper, action, None);
        }
        let text = Wording::fixed("保险或保证金在判定日已终止。", "The cover or deposit has ended.");
        return Judged::new(Answer::Fail, Value::Null, "cover_ended", text).by(past).help(helper, action, None);
    }
    let total = standing.iter().fold(0_i64, |sum, (_, minor)| sum.saturating_add(*minor));
    let facts = standing.iter().map(|(fact, _)| *fact);
    let actual = json!({"amount": Money::new(total, least.currency()).amount(), "currency": least.currency().code()});
    if total < least.minor() {
        let text = Wording::fixed("保障金额低于要求。", "The sum is too small.");
        return Judged::new(Answer::Fail, actual, "cover_too_small", text).by(facts).help(helper, action, None);
    }
    let passed =
        Judged::new(Answer::Pass, actual, "cover_enough", Wording::fixed("保障金额达到要求。", "The sum is large enough.")).by(facts);
    let Some(until) = until else { return passed };
    // The first day by which what is left at `until` must be made good again.
    let ending = |fact: &Fact| fact.valid_to.filter(|last| *last < until);
    let lasting = standing.iter().filter(|(fact, _)| ending(fact).is_none()).fold(0_i64, |sum, (_, minor)| sum.saturating_add(*minor));
    match standing.iter().filter_map(|(fact, _)| ending(fact)).min() {
        Some(last) if lasting < least.minor() => {
            let renew = Wording::made(
                format!("须在 {last} 前续保或补足，以覆盖至 {until}。"),
                format!("Renew or make good by {last}, so that it lasts until {until}."),
            );
            passed.provided(renew, last)
        }
        _ => passed,
    }
}

/// The highest traceability level that stands on the day.
#[must_use]
pub fn traceability(question: Question<'_>, least: u8) -> Judged {
    let levels = || {
        let facts = question.standing.holding(FactKind::Traceability, question.day);
        facts.filter_map(|fact| if let Detail::Traceability(one) = &fact.detail { Some((fact, one.level)) } else { None })
    };
    let Some(level) = levels().map(|(_, level)| level).max() else {
        return unknown("no_traceability_on_file", "没有追溯水平的记录。", "No traceability level is on file.");
    };
    let facts = levels().filter(|(_, one)| *one == level).map(|(fact, _)| fact);
    if level >= least {
        let text = Wording::fixed("追溯水平达到要求。", "The goods can be traced far enough.");
        return Judged::new(Answer::Pass, level, "traceability_reached", text).by(facts);
    }
    let text = Wording::fixed("追溯水平低于要求。", "The goods cannot be traced far enough.");
    let action = Wording::fixed("提升追溯水平并经核验。", "Raise the level and have it verified.");
    Judged::new(Answer::Fail, level, "traceability_too_low", text).by(facts).help(Helper::Supplier, action, None)
}
