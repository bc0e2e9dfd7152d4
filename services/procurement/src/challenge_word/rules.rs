//! Subjects, states and steps of a challenge. Not here: what a step needs, `challenge::rules`.

use model::instant::Day;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is challenged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ChallengeSubject)]
pub enum Subject {
    /// The documents of the tender.
    Documents,
    /// How the procurement was run.
    Process,
    /// Who won.
    Result,
}

impl Subject {
    /// The word on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Process => "process",
            Self::Result => "result",
        }
    }
}

/// Where a challenge stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ChallengeState)]
pub enum State {
    /// The buyer has the query and owes an answer.
    Queried,
    /// The buyer answered.
    Answered,
    /// The authority has the complaint and looks whether it takes it.
    Complained,
    /// The authority took the complaint.
    Accepted,
    /// The authority decided.
    Decided,
    /// The authority did not take the complaint.
    Rejected,
    /// The supplier took it back.
    Withdrawn,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Queried, Self::Answered, Self::Complained, Self::Accepted, Self::Decided, Self::Rejected, Self::Withdrawn];

    /// The word on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queried => "queried",
            Self::Answered => "answered",
            Self::Complained => "complained",
            Self::Accepted => "accepted",
            Self::Decided => "decided",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The steps that may follow.
    #[must_use]
    pub const fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Queried => &["answer", "complain", "withdraw"],
            Self::Answered => &["complain", "withdraw"],
            Self::Complained => &["accept", "reject", "stay", "resume", "suspend", "lift", "withdraw"],
            Self::Accepted => &["decide", "reject", "stay", "resume", "suspend", "lift", "withdraw"],
            Self::Decided | Self::Rejected | Self::Withdrawn => &[],
        }
    }

    /// Whether nothing follows.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        self.allowed().is_empty()
    }
}

/// What the buyer answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum AnswerFinding {
    Founded,
    PartlyFounded,
    Unfounded,
}

/// Why a complaint is not taken, or no longer (Order 94 Arts 19 and 29).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RejectionGround {
    /// There was no query before it.
    NotQueriedFirst,
    /// It came after its time.
    Late,
    /// Another authority is competent.
    NotCompetent,
    /// The same was decided already.
    DecidedAlready,
    /// What is missing was not completed.
    Incomplete,
    /// Another condition of Art 19 is not met; see the reasons.
    ConditionNotMet,
}

/// Why the clock of the decision stands still (Order 94 Art 27).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StayGround {
    /// Something is inspected or tested.
    Inspection,
    /// Experts review.
    ExpertReview,
    /// The complainant completes its material.
    Completion,
}

/// What the authority decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComplaintOutcome {
    /// The complaint is right.
    Upheld,
    /// It is not.
    Dismissed,
}

/// What an upheld complaint does to the procurement (Order 94 Arts 31 and 32).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComplaintEffect {
    /// The result is not touched: the procurement goes on.
    GoesOn,
    /// The award is void; another winner is determined among those who qualify, after a new evaluation where one is needed.
    AwardVoid,
    /// The award, if there is one, is void, and the procurement begins anew.
    BeginAnew,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = ChallengeStep)]
pub enum Step {
    /// The supplier asked.
    Query,
    /// The buyer answered.
    Answer {
        /// Whether the query is right.
        finding: AnswerFinding,
    },
    /// The supplier complained.
    Complain {
        /// Which points of the query it is about, counted from 1.
        points: Vec<u32>,
    },
    /// The authority took the complaint.
    Accept,
    /// The authority did not take it.
    Reject {
        /// Why.
        ground: RejectionGround,
    },
    /// The clock of the decision stands still from this day.
    Stay {
        /// Why.
        ground: StayGround,
    },
    /// It stood still up to this day.
    Resume,
    /// The procurement is suspended from this day.
    Suspend {
        /// The last day.
        #[schema(value_type = String, format = Date)]
        until: Day,
        /// The number of the notice in writing.
        document_no: String,
    },
    /// The procurement may go on from this day.
    Lift,
    /// The authority decided.
    Decide {
        /// What.
        outcome: ComplaintOutcome,
        /// What that does to the procurement, where the complaint is right.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effect: Option<ComplaintEffect>,
        /// The number of the decision.
        document_no: String,
    },
    /// The supplier took it back.
    Withdraw,
}

impl Step {
    /// Its word.
    #[must_use]
    pub const fn act(&self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Answer { .. } => "answer",
            Self::Complain { .. } => "complain",
            Self::Accept => "accept",
            Self::Reject { .. } => "reject",
            Self::Stay { .. } => "stay",
            Self::Resume => "resume",
            Self::Suspend { .. } => "suspend",
            Self::Lift => "lift",
            Self::Decide { .. } => "decide",
            Self::Withdraw => "withdraw",
        }
    }
}
