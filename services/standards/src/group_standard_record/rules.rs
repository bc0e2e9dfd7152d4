//! What the steps of a group standard leave behind; pure. Not here: when it comes about, `group_standard::rules`.

use model::{
    instant::{Day, Instant},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    association::rules::{Share, VoteBase},
    group_standard_word::rules::{State, Step, VoteCount},
};

/// What was done, by whom, on which day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = GroupStandardEntry)]
pub struct Entry {
    /// The step.
    #[serde(flatten)]
    pub step: Step,
    /// The state it led to.
    pub state: State,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Instant,
    /// The organisation that acted.
    #[schema(value_type = String)]
    pub by: Uscc,
    /// Its words.
    pub text: String,
}

/// A time in which comments are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ConsultationWindow)]
pub struct Window {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub until: Day,
    /// The digest of the text that was shown.
    pub text_digest: String,
}

/// A review of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TextReview)]
pub struct Review {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// How many experts.
    pub experts: u32,
    /// Whether they agreed without a vote.
    pub consensus: bool,
    /// The digest of the text that was reviewed.
    pub text_digest: String,
    /// The digest of the record.
    pub record_digest: String,
}

/// A vote on the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TextVote)]
pub struct Vote {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// How the votes fell.
    pub count: VoteCount,
    /// The share that was needed.
    pub needed: Share,
    /// Of whom it was counted.
    pub base: VoteBase,
    /// Whether it was reached.
    pub passed: bool,
    /// The digest of the record.
    pub record_digest: String,
}

/// A publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = GroupPublication)]
pub struct Publication {
    /// The number of its edition.
    pub number: String,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// From when it is in force.
    #[schema(value_type = String, format = Date)]
    pub effective_on: Day,
    /// The digest of the text.
    pub text_digest: String,
    /// The digest of the association's declaration of compliance.
    pub compliance_digest: String,
    /// The main technical content, in the association's words.
    pub main_content: Option<String>,
    /// Where the text may be read in full.
    pub full_text_at: Option<String>,
}

/// A correction that an authority ordered and has not found done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenCorrection)]
pub struct Correction {
    /// The case of supervision.
    pub case: String,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub due_on: Day,
}
