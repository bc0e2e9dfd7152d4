//! Conformity with standards: with one, or with one that is stricter and current on the day of delivery. Not here: what the register of standards says
//! (`standard_register`).

use contracts::credit::{CheckResult, Detail, Fact, FactKind};
use model::{instant::Day, standard_no::StandardNo};
use serde_json::{Value, json};

use crate::criterion::rules::{Answer, Helper, Judged, Question, Wording};

/// Assessments against standards that hold on the day: the standard's canonical number, the fact and its result.
fn assessments<'a>(question: Question<'a>) -> Vec<(String, &'a Fact, CheckResult)> {
    let facts = question.standing.holding(FactKind::StandardConformity, question.day);
    let read = facts.filter_map(|fact| match &fact.detail {
        Detail::StandardConformity(one) => Some((canonical(&one.standard), fact, one.result)),
        _ => None,
    });
    read.collect()
}

/// The newest assessment against a standard; of two on one day the worse counts.
fn newest<'a>(all: &[(String, &'a Fact, CheckResult)], standard: &str) -> Option<(&'a Fact, CheckResult)> {
    let of = all.iter().filter(|(number, ..)| number == standard).map(|(_, fact, result)| (*fact, *result));
    of.max_by_key(|(fact, result)| (fact.dated(), *result == CheckResult::Fail, std::cmp::Reverse(&fact.id)))
}

/// A number in its canonical spelling; what is no number of a standard is compared as it is written, without spaces and case.
fn canonical(number: &str) -> String {
    StandardNo::parse(number).map_or_else(
        |_| number.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect(),
        |number| number.own().to_owned(),
    )
}

/// Whether the newest assessment says that a standard is met.
#[must_use]
pub fn standard_conformity(question: Question<'_>, standard: &str) -> Judged {
    match newest(&assessments(question), &canonical(standard)) {
        None => nothing_on_file(),
        Some((fact, CheckResult::Pass)) => {
            Judged::new(Answer::Pass, "pass", "conforms", Wording::fixed("符合该标准。", "It meets the standard.")).by([fact])
        }
        Some((fact, CheckResult::Fail)) => {
            let text = Wording::fixed("最近一次评价不符合该标准。", "The newest assessment says that it does not meet the standard.");
            let action = Wording::fixed("整改后重新检测评价。", "Put right and be assessed again.");
            Judged::new(Answer::Fail, "fail", "does_not_conform", text).by([fact]).help(Helper::Supplier, action, None)
        }
    }
}

fn nothing_on_file() -> Judged {
    let text = Wording::fixed("没有该标准的符合性记录。", "No assessment against this standard is on file.");
    Judged::new(Answer::Unknown, Value::Null, "no_conformity_on_file", text)
}

fn silent(actual: Value) -> Judged {
    let text = Wording::fixed(
        "近期未收到标准登记系统的数据，不能判定交付日的现行标准以及何者更严格。",
        "The register of standards was not heard lately: which standard is current on the day of delivery, and which is stricter, can't be told.",
    );
    let action = Wording::fixed("待标准服务恢复同步后重新判定。", "Ask again when the register of standards has caught up.");
    Judged::new(Answer::Unknown, actual, "standards_silent", text).help(Helper::Operator, action, None)
}

/// Conformity with a standard, or with one that is stricter as a comparison of their clauses found; whichever it is must be current on the day of delivery.
/// With `strictly` the standard itself is not enough.
#[must_use]
pub fn standard_or_stricter(question: Question<'_>, standard: &str, delivery_on: Option<Day>, strictly: bool) -> Judged {
    let day = delivery_on.unwrap_or(question.day);
    let all = assessments(question);
    let Some(cited) = question.register.of(standard) else {
        let newest = newest(&all, &canonical(standard));
        let actual = newest.map_or(Value::Null, |(_, result)| json!(if result == CheckResult::Pass { "pass" } else { "fail" }));
        return silent(actual).by(newest.map(|(fact, _)| fact));
    };
    if cited.own.is_empty() {
        let text =
            Wording::made(format!("标准登记系统中没有 {standard}。"), format!("The register of standards does not know {standard}."));
        let action = Wording::fixed("核对标准编号，或者先登记该标准。", "Check the number, or have the standard registered.");
        return Judged::new(Answer::Unknown, Value::Null, "standard_unknown", text).help(Helper::Buyer, action, None);
    }
    let accepted: Vec<&str> = cited.holding(day, strictly).map(|edition| edition.number.as_str()).collect();
    let found: Vec<(&str, &Fact, CheckResult)> =
        accepted.iter().filter_map(|number| newest(&all, number).map(|(fact, result)| (*number, fact, result))).collect();
    if let Some((number, fact, _)) = found.iter().find(|(_, _, result)| *result == CheckResult::Pass) {
        let text =
            Wording::made(format!("符合 {number}，该标准在 {day} 现行有效。"), format!("It meets {number}, which is current on {day}."));
        return Judged::new(Answer::Pass, json!({"standard": number, "accepted": accepted}), "conforms", text).by([*fact]);
    }
    let actual = json!({"standard": found.first().map(|(number, ..)| number), "accepted": accepted});
    if accepted.is_empty() {
        let text = Wording::made(
            format!("{standard} 以及更严格的标准在 {day} 均非现行。"),
            format!("Neither {standard} nor a stricter one is current on {day}."),
        );
        let action = Wording::fixed("由采购人改用现行标准。", "The buyer must name a standard that is current.");
        return Judged::new(Answer::Fail, actual, "standard_not_current", text).help(Helper::Buyer, action, None);
    }
    let again = Wording::fixed("按所列标准之一检测评价合格。", "Be assessed by one of the standards listed, and pass.");
    if !found.is_empty() {
        let text = Wording::fixed("最近一次评价不符合该标准。", "The newest assessment says that it does not meet the standard.");
        let facts: Vec<&Fact> = found.iter().map(|(_, fact, _)| *fact).collect();
        return Judged::new(Answer::Fail, actual, "does_not_conform", text).by(facts).help(Helper::Supplier, again, None);
    }
    // An assessment by an edition that has ended, or that is stricter only than one that has, proves nothing on the day of delivery.
    let ended = cited.all().find_map(|edition| newest(&all, &edition.number));
    if let Some((fact, _)) = ended {
        let text = Wording::made(
            format!("所评价的标准版本在 {day} 既非现行版本，也不严于现行版本。"),
            format!("The edition that it was assessed by is neither current on {day} nor stricter than the one that is."),
        );
        return Judged::new(Answer::Fail, actual, "standard_not_current", text).by([fact]).help(Helper::Supplier, again, None);
    }
    Judged { actual, ..nothing_on_file() }.help(Helper::Supplier, again, None)
}
