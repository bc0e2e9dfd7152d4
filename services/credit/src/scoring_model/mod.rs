//! A scoring model is data: families, indicators, points, decay, vetoes and levels, each published version immutable.
//! Here are its shape and its reading; what makes it wrong is in `model_check`, what it gives for an enterprise in `score`.

pub mod rules;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A text in both languages as the schema shows it.
#[derive(ToSchema, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextView {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}
