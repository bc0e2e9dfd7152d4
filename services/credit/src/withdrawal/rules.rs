//! Whether what was told of a fact is to be taken back on a day; pure. Not here: windows and hidden days, `publicity`.

use contracts::credit::{Fact, MarkKind, WithdrawnBecause};
use model::instant::Day;
use serde_json::Value;

use crate::publicity::rules::is_hidden;

/// Why a fact that was public is not public any more on a day; `None` where it is, or never was. `all` are the facts of the same enterprise.
#[must_use]
pub fn withdrawn(fact: &Fact, all: &[&Fact], day: Day) -> Option<WithdrawnBecause> {
    let never = fact.publicity.first().is_some_and(|window| !window.published);
    if never || fact.valid_from > day || !is_hidden(fact, all, day) {
        return None;
    }
    let marked = |kind: MarkKind| fact.marks.iter().any(|mark| mark.kind == kind && mark.stands_on(day));
    Some(if marked(MarkKind::Repaired) {
        WithdrawnBecause::Repaired
    } else if marked(MarkKind::Masked) {
        WithdrawnBecause::Masked
    } else if marked(MarkKind::Stayed) {
        WithdrawnBecause::Stayed
    } else {
        WithdrawnBecause::Expired
    })
}

/// Whether the window of a fact was over before the platform heard of it, whatever else is known of the enterprise.
#[must_use]
pub fn over_already(fact: &Fact, today: Day) -> bool {
    let window = fact.publicity.first().filter(|window| window.published && !window.stays_uncorrected);
    window.and_then(|window| window.until).is_some_and(|until| until < today)
}

/// Whether the data of an event hold this fact itself, and do not merely name it.
#[must_use]
pub fn holds(data: &str, fact: &str) -> bool {
    data.contains(fact) && serde_json::from_str::<Value>(data).is_ok_and(|told| told.pointer("/fact/id").is_some_and(|id| id == fact))
}
