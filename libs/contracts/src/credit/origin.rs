//! Where a fact of another region comes from. Not here: how its feed is followed, `services/credit`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Another region that a fact was asserted in; a fact with an origin is not taken on by a third region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The division code of the region.
    #[schema(example = "330100")]
    pub region: String,
    /// The id of the fact there.
    #[schema(example = "fct_01JD0000000000000000000000")]
    pub fact_id: String,
    /// Its place in the feed there.
    pub position: i64,
}
