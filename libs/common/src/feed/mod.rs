//! The service's own feed of events and the following of others'. Not here: what an event means; payloads stand in `contracts`, their effect
//! in the `actions.rs` of the service that hears them.

mod follower;
mod outbox;
mod read;
#[cfg(test)]
mod tests;
mod withdraw;

use model::instant::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

pub use follower::{Follower, Freshness, Projection, freshness};
pub use outbox::{Emit, emit};
pub use read::{FeedPage, head, position_at, subjects, told};
pub(crate) use read::{Guarded, list_events};
pub use withdraw::{Told, withdraw};

/// An event as a follower receives it: CloudEvents 1.0 in its JSON form, with the extension `position`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// Always `1.0`.
    pub specversion: String,
    /// `evt_…`.
    pub id: String,
    /// `/{service}`.
    pub source: String,
    /// `touchstone.{service}.{noun}.{verb}.v{n}`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The Unified Social Credit Code it is about.
    pub subject: String,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub time: Instant,
    /// Always `application/json`.
    pub datacontenttype: String,
    /// Its place in the feed: rising, with holes for a reader who may not see all.
    pub position: i64,
    /// The payload; `null` where it was withdrawn.
    pub data: Value,
    /// The publicity of what it told has ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
}
