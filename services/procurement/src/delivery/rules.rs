//! When a message is tried again, and when it or its endpoint is given up. Not here: sending, `actions.rs`.

use std::sync::LazyLock;

use chrono::DateTime;
use model::{
    fault::Fault,
    instant::{Day, Instant},
    policy::Policy,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;
/// So much of an answer's body is shown.
const MOST_SHOWN: usize = 200;

static POLICY: LazyLock<Result<Policy<Terms>, Fault>> = LazyLock::new(|| Policy::from_json(include_str!("../../policy/delivery.json")));

/// Our choices about deliveries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The longest pause before the second attempt, before the third, and so on.
    pub delays_s: Vec<u32>,
    /// A receiver's `Retry-After` is honoured up to so much.
    pub retry_after_most_s: u32,
    /// An endpoint that fails for so long is disabled.
    pub failing_days: u32,
    /// While a secret is changed the one before signs for so long.
    pub secret_overlap_hours: u32,
}

impl Terms {
    /// Until when the secret before signs.
    #[must_use]
    pub fn overlap_end(&self, now: Instant) -> Instant {
        now.plus_millis(i64::from(self.secret_overlap_hours).saturating_mul(HOUR_MS))
    }

    /// Whether an endpoint that has failed since an instant is given up.
    #[must_use]
    pub fn is_given_up(&self, failing_since: Instant, now: Instant) -> bool {
        now.since_millis(failing_since) >= i64::from(self.failing_days).saturating_mul(DAY_MS)
    }
}

/// The choices of a day.
///
/// # Errors
/// When the policy file is not as it must be, or says nothing for that day.
pub fn terms(day: Day) -> Result<&'static Terms, Fault> {
    let policy = POLICY.as_ref().map_err(Clone::clone)?;
    policy
        .at(day)
        .map(|row| &row.value)
        .ok_or_else(|| Fault::new("policy_invalid", "该日没有投递规则。", "No rule of deliveries holds on that day."))
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It will be tried.
    Waiting,
    /// It was taken.
    Delivered,
    /// It was given up; it can be sent again.
    Failed,
}

impl State {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// An answer: its status, its `Retry-After`, the beginning of its body.
    Answer(u16, Option<String>, Vec<u8>),
    /// None, and why.
    Nothing(&'static str),
}

impl Heard {
    /// The status that was answered.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Answer(status, ..) => Some(*status),
            Self::Nothing(_) => None,
        }
    }

    /// Why the message was not taken, in a word and the beginning of what was answered; none where it was.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        match self {
            Self::Answer(200..=299, ..) => None,
            Self::Answer(_, _, body) => {
                let text = String::from_utf8_lossy(body);
                let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST_SHOWN).collect();
                Some(format!("not_taken: {}", shown.trim()).trim_end_matches([':', ' ']).to_owned())
            }
            Self::Nothing(why) => Some((*why).to_owned()),
        }
    }
}

/// What follows from an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It was taken.
    Done,
    /// It is tried again then.
    Again(Instant),
    /// It was the last attempt.
    GiveUp,
    /// The receiver says that the endpoint is gone for good (RFC 9110, 410).
    Gone,
}

/// The longest pause after so many attempts, in milliseconds; none after the last.
#[must_use]
pub fn longest_pause_ms(terms: &Terms, tries: u32) -> Option<u64> {
    let place = usize::try_from(tries).ok()?.checked_sub(1)?;
    terms.delays_s.get(place).map(|seconds| u64::from(*seconds).saturating_mul(1_000))
}

/// What follows from the attempt of this number (counted from 1); `drawn_ms` is the pause that chance has drawn from the longest one.
#[must_use]
pub fn next(terms: &Terms, heard: &Heard, tries: u32, drawn_ms: u64, now: Instant) -> Next {
    let asked = match heard {
        Heard::Answer(200..=299, ..) => return Next::Done,
        Heard::Answer(410, ..) => return Next::Gone,
        Heard::Answer(_, after, _) => after.as_deref().and_then(|text| retry_after_ms(text, now)),
        Heard::Nothing(_) => None,
    };
    let Some(longest) = longest_pause_ms(terms, tries) else { return Next::GiveUp };
    let most = i64::from(terms.retry_after_most_s).saturating_mul(1_000);
    let pause = i64::try_from(drawn_ms.min(longest)).unwrap_or(i64::MAX).max(1);
    Next::Again(now.plus_millis(pause.max(asked.unwrap_or(0).min(most))))
}

/// `Retry-After` in seconds or as a date (RFC 9110, 10.2.3); none where it cannot be read.
#[must_use]
pub fn retry_after_ms(text: &str, now: Instant) -> Option<i64> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.parse::<i64>().unwrap_or(i64::MAX).saturating_mul(1_000));
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some(Instant::from_utc(date.to_utc()).since_millis(now).max(0))
}

/// A message as it is sent: the form of Standard Webhooks.
#[must_use]
pub fn message(kind: &str, at: Instant, data: &Value) -> Value {
    serde_json::json!({"type": kind, "timestamp": at, "data": data})
}
