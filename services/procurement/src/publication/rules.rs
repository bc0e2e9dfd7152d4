//! The checks at publication and amendment. Not here: the shape of a tender (`tender`), the practices themselves (`discrimination`).

use std::sync::LazyLock;

use model::{
    fault::{Fault, FieldFault},
    instant::{Day, Instant},
    policy::Policy,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::discrimination::rules::{Said, find};
use crate::evaluation::rules::Terms;
use crate::parameter::rules::escaped;
use crate::tender::rules::{Method, NewTender, Requirement, Tender};

/// How long bidders have.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentDays {
    /// For which methods.
    pub methods: Vec<Method>,
    /// From publication to the cut-off.
    pub days: i64,
    /// From an amendment that affects bids to the cut-off.
    pub amendment_days: Option<i64>,
}

/// The table that is built in; a test proves that it can be read.
pub static DOCUMENT_DAYS: LazyLock<Result<Policy<DocumentDays>, Fault>> =
    LazyLock::new(|| Policy::from_json(include_str!("../../policy/document_days.json")));

/// What stands in the way of publishing a tender now.
///
/// # Errors
/// When a policy cannot be read; a test proves that each can.
pub fn at_publication(tender: &Tender, now: Instant) -> Result<Vec<FieldFault>, Fault> {
    let mut faults = find(&everything(&tender.written), now.day())?;
    evaluation(tender, now.day(), &mut faults);
    if let Some(fault) = too_late(tender.cut_off, now) {
        faults.push(fault);
    } else if let Some(days) = days_for(tender.written.method, now.day())? {
        faults.extend(too_short(tender.cut_off, now.day(), days.days, "document_days", "政府采购法第三十五条", "Law Art 35"));
    }
    Ok(faults)
}

/// What stands in the way of amending a tender now that was first published then and has closed at `closes`.
///
/// # Errors
/// When a policy cannot be read; a test proves that each can.
pub fn at_amendment(tender: &Tender, (first, closes): (Instant, Instant), now: Instant) -> Result<Vec<FieldFault>, Fault> {
    if let Some(fault) = too_late(closes, now) {
        return Ok(vec![fault]);
    }
    let mut faults = find(&everything(&tender.written), now.day())?;
    evaluation(tender, first.day(), &mut faults);
    let affects = tender.written.amendment.as_ref().is_none_or(|amendment| amendment.affects_bids.unwrap_or(true));
    if let Some(fault) = too_late(tender.cut_off, now) {
        faults.push(fault);
    } else if let Some(days) = days_for(tender.written.method, now.day())? {
        faults.extend(too_short(tender.cut_off, first.day(), days.days, "document_days", "政府采购法第三十五条", "Law Art 35"));
        if let Some(days) = days.amendment_days.filter(|_| affects) {
            let (zh, en) = ("政府采购法实施条例第三十一条", "Regulation Art 31");
            faults.extend(too_short(tender.cut_off, now.day(), days, "amendment_days", zh, en));
        }
    }
    Ok(faults)
}

/// Rates and weights are those that the law of the day of the first publication allows.
fn evaluation(tender: &Tender, day: Day, faults: &mut Vec<FieldFault>) {
    let terms = tender.written.evaluation.clone().and_then(|value| Terms::read(&Value::Object(value), "/evaluation", faults));
    if let Some(terms) = terms {
        terms.allowed_on(tender.written.category, day, "/evaluation", faults);
    }
}

fn days_for(method: Method, on: Day) -> Result<Option<&'static DocumentDays>, Fault> {
    let policy = DOCUMENT_DAYS.as_ref().map_err(Fault::clone)?;
    Ok(policy.at(on).map(|row| &row.value).filter(|days| days.methods.contains(&method)))
}

fn too_late(cut_off: Instant, now: Instant) -> Option<FieldFault> {
    (cut_off <= now).then(|| FieldFault::rule("/cut_off", "cut_off_passed", "截止时间已过。", "The cut-off is over."))
}

fn too_short(cut_off: Instant, from: Day, days: i64, code: &'static str, zh: &str, en: &str) -> Option<FieldFault> {
    let left = cut_off.day().signed_duration_since(from).num_days();
    (left < days).then(|| {
        let zh = format!("距截止时间 {left} 日，不得少于 {days} 日（{zh}）。");
        FieldFault::rule("/cut_off", code, zh, format!("{left} days to the cut-off; at least {days} are needed ({en})."))
    })
}

/// Everything that a tender asks, with its place.
#[must_use]
pub fn everything(tender: &NewTender) -> Vec<(String, Said<'_>)> {
    let mut all = Vec::new();
    let whole = (&tender.criteria, &tender.conditions, &tender.preferences, &tender.requirements);
    asked("", whole, &mut all);
    for (place, lot) in tender.lots.iter().enumerate() {
        asked(&format!("/lots/{place}"), (&lot.criteria, &lot.conditions, &lot.preferences, &lot.requirements), &mut all);
    }
    all
}

type Items = Vec<Map<String, Value>>;

fn asked<'a>(
    at: &str,
    (criteria, conditions, preferences, requirements): (&'a Items, &'a Items, &'a Items, &'a Vec<Requirement>),
    all: &mut Vec<(String, Said<'a>)>,
) {
    for (name, items) in [("criteria", criteria), ("conditions", conditions), ("preferences", preferences)] {
        for (place, item) in items.iter().enumerate() {
            for (field, value) in item {
                texts(&format!("{at}/{name}/{place}/{}", escaped(field)), field, value, all);
            }
        }
    }
    for (place, requirement) in requirements.iter().enumerate() {
        all.push((format!("{at}/requirements/{place}/text"), Said::Text(&requirement.text)));
        all.extend(requirement.espd.as_deref().map(|code| (format!("{at}/requirements/{place}/espd"), Said::Espd(code))));
    }
}

/// The texts of a criterion or condition: names, titles, expressions, names among the parameters. The law that it rests on is no requirement.
fn texts<'a>(pointer: &str, field: &str, value: &'a Value, all: &mut Vec<(String, Said<'a>)>) {
    match (field, value) {
        ("code" | "class" | "legal_basis", _) => {}
        ("expression", Value::String(source)) => {
            all.push((pointer.to_owned(), Said::Expression(source)));
            all.push((pointer.to_owned(), Said::Text(source)));
        }
        (_, Value::String(text)) => all.push((pointer.to_owned(), Said::Text(text))),
        (_, Value::Object(members)) => {
            for (name, member) in members {
                texts(&format!("{pointer}/{}", escaped(name)), name, member, all);
            }
        }
        _ => {}
    }
}
