//! How a watch is put, and why it ends. Not here: what is told, `reconsideration`.

use std::sync::LazyLock;

use model::{
    fault::{Fault, FieldFault},
    instant::{Day, Instant},
    policy::Policy,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const DAY_MS: i64 = 86_400_000;

static POLICY: LazyLock<Result<Policy<Terms>, Fault>> = LazyLock::new(|| Policy::from_json(include_str!("../../policy/watch.json")));

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    longest_days: u32,
    recheck_days: u32,
}

fn days_ms(day: Day, days: impl Fn(&Terms) -> u32) -> i64 {
    let row = POLICY.as_ref().ok().and_then(|policy| policy.at(day));
    row.map_or(0, |row| i64::from(days(&row.value))).saturating_mul(DAY_MS)
}

/// For how long a signed decision is asked again by itself, in milliseconds.
#[must_use]
pub fn recheck_ms(day: Day) -> i64 {
    days_ms(day, |terms| terms.recheck_days)
}

/// As of which instant a watched decision is asked again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// As of now, every time: what is true changes with the days.
    #[default]
    Moving,
    /// As of the decision's own instant: only what is known of it changes.
    Fixed,
}

/// Why a watch has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// Its client asked for it.
    Asked,
    /// Its time is over.
    Until,
    /// A supplier was chosen.
    Awarded,
    /// The tender was called off.
    Cancelled,
    /// The tender came to nothing.
    Void,
}

impl Because {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Until => "until",
            Self::Awarded => "awarded",
            Self::Cancelled => "cancelled",
            Self::Void => "void",
        }
    }

    /// What the state of a tender means for its watches; none while it goes on.
    #[must_use]
    pub fn of_tender(state: &str) -> Option<Self> {
        [Self::Awarded, Self::Cancelled, Self::Void].into_iter().find(|because| because.as_str() == state)
    }
}

fn refuse(faults: &mut Vec<FieldFault>, code: &'static str, zh: &str, en: &str) {
    faults.push(FieldFault::rule("/until", code, zh, en));
}

/// Reads until when a watch goes on; a watch without a tender needs an end of its own.
pub fn until(text: Option<&str>, has_tender: bool, now: Instant, faults: &mut Vec<FieldFault>) -> Option<Instant> {
    let Some(text) = text else {
        if !has_tender {
            refuse(faults, "watch_endless", "没有采购项目时须写明截止时间。", "Without a tender it must be said until when.");
        }
        return None;
    };
    match Instant::parse_or_day_end(text) {
        Err(fault) => {
            faults.push(FieldFault::of("/until", fault));
            None
        }
        Ok(until) if until <= now => {
            refuse(faults, "watch_until_past", "截止时间须在将来。", "It must lie in the future.");
            None
        }
        Ok(until) => {
            if until.since_millis(now) > days_ms(now.day(), |terms| terms.longest_days) {
                refuse(faults, "watch_until_far", "截止时间太远。", "It lies too far in the future.");
            }
            Some(until)
        }
    }
}
