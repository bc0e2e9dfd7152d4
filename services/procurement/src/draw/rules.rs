//! The order that is drawn: by SHA-256 over a seed and each code. The seed is made of what was committed before any bid was known and of what nobody could
//! change after the opening. Not here: who takes part in it.

use model::{money::Money, uscc::Uscc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// How a last tie will be drawn, as the published tender says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// `sha256:…` of the buyer's secret text.
    pub commitment: String,
    /// The public source of a value that is known only after the last day of bids, for example a round of a beacon.
    pub beacon: Option<String>,
}

/// What is disclosed when it is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DrawDisclosure)]
pub struct Disclosed {
    /// The secret text whose hash the tender announced.
    #[schema(example = "b1946ac92492d2347c6235b4d2611184b1946ac92492d2347c6235b4d2611184")]
    pub secret: String,
    /// The value that the announced public source gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beacon: Option<String>,
}

/// What of a bid goes into the seed: what was read out at the opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened<'a> {
    /// Who bid.
    pub bidder: &'a Uscc,
    /// At which price.
    pub price: Money,
}

/// Whether a text is the hash of a secret.
#[must_use]
pub fn is_commitment(text: &str) -> bool {
    let hex = text.strip_prefix("sha256:").unwrap_or_default();
    hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Whether a secret is the one that was committed to.
#[must_use]
pub fn fits(announced: &Announced, secret: &str) -> bool {
    receipt::digest(secret.as_bytes()) == announced.commitment
}

/// The seed: SHA-256 over the canonical form (RFC 8785) of tender, lot, disclosure and all bids in the order of their codes, invalid ones included.
#[must_use]
pub fn seed(tender: &str, lot: &str, disclosed: &Disclosed, bids: &[Opened<'_>]) -> Option<String> {
    let mut bids: Vec<_> = bids.iter().collect();
    bids.sort_by_key(|bid| bid.bidder.as_str());
    let bids: Vec<_> = bids.iter().map(|bid| json!({"bidder": bid.bidder.as_str(), "price": bid.price})).collect();
    let value = json!({"tender": tender, "lot": lot, "secret": disclosed.secret, "beacon": disclosed.beacon, "bids": bids});
    receipt::canonical(&value).ok().map(|canonical| receipt::digest(&canonical))
}

/// The ticket of a bidder: SHA-256 over seed and code, joined by a line feed. The lowest comes first.
#[must_use]
pub fn ticket(seed: &str, bidder: &Uscc) -> String {
    receipt::digest(format!("{seed}\n{bidder}").as_bytes())
}
