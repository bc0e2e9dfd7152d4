//! That one enterprise went into another. Not here: what follows for its facts; whoever keeps them counts them for the survivor.

use model::{instant::Day, uscc::Uscc};
use serde::{Deserialize, Serialize};

use crate::event::{Audience, Payload};

/// An enterprise was merged: its rights and duties pass to the survivor (Civil Code Art 67).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnterpriseMerged {
    /// Who is no more.
    pub absorbed: Uscc,
    /// Who goes on.
    pub survivor: Uscc,
    /// Since when.
    pub on: Day,
}

impl Payload for EnterpriseMerged {
    const TYPE: &'static str = "touchstone.credit.enterprise.merged.v1";
    const AUDIENCE: Audience = Audience::Partner;
    fn subject(&self) -> &str {
        self.absorbed.as_str()
    }
}
