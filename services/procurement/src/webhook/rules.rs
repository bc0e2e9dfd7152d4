//! What an endpoint may be told, and what is wrong with how it is put. Not here: which addresses may be reached, `common::outbound`.

use contracts::{event::Payload, procurement::OutcomeFlipped};
use model::{fault::FieldFault, normalise::line};

/// What a test message says that it is.
pub const TESTED: &str = "touchstone.procurement.webhook.tested.v1";
/// What the end of a watch is called.
pub const WATCH_ENDED: &str = "touchstone.procurement.watch.ended.v1";
/// What an endpoint can choose from.
pub const EVENTS: [&str; 2] = [OutcomeFlipped::TYPE, WATCH_ENDED];
const DESCRIPTION_MAX: usize = 200;

/// Why an endpoint is disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// Its client asked for it.
    Asked,
    /// It failed for too long.
    Failing,
    /// It answered that it is gone.
    Gone,
}

impl Because {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Failing => "failing",
            Self::Gone => "gone",
        }
    }
}

/// The events as they are kept: each once, in their own order; none means all.
pub fn events(asked: Option<&[String]>, faults: &mut Vec<FieldFault>) -> Option<Vec<String>> {
    let asked = asked?;
    if asked.is_empty() {
        faults.push(FieldFault::rule("/events", "empty", "须至少选一类事件。", "Name at least one type of event."));
    }
    for (place, kind) in asked.iter().enumerate() {
        let pointer = format!("/events/{place}");
        if !EVENTS.contains(&kind.as_str()) {
            let all = EVENTS.join(", ");
            faults.push(FieldFault::rule(
                pointer,
                "webhook_event_unknown",
                format!("应为以下之一:{all}。"),
                format!("Must be one of: {all}."),
            ));
        }
    }
    Some(EVENTS.iter().filter(|kind| asked.iter().any(|one| one == *kind)).map(|kind| (*kind).to_owned()).collect())
}

/// The description as it is kept.
pub fn description(asked: Option<&str>, faults: &mut Vec<FieldFault>) -> Option<String> {
    line(asked?, DESCRIPTION_MAX).map_err(|fault| faults.push(FieldFault::of("/description", fault))).ok()
}

/// Whether an endpoint that chose these events is told of one.
#[must_use]
pub fn is_told(events: Option<&[String]>, kind: &str) -> bool {
    kind == TESTED || events.is_none_or(|chosen| chosen.iter().any(|one| one == kind))
}
