//! States, steps and what they carry; pure. Not here: which step may follow which, `group_standard::rules`.

use model::{instant::Day, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a group standard stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = GroupStandardState)]
pub enum State {
    /// 提案: the project waits for the association's approval.
    Proposed,
    /// 起草: the project is approved and its text is being written.
    Drafting,
    /// 征求意见: comments are or were asked for, and the text is to be reviewed.
    Consultation,
    /// 审查: the text was reviewed, with consensus or without.
    Reviewed,
    /// The vote was passed.
    Voted,
    /// 批准: what is left is publication.
    Approved,
    /// 现行: it has a number and stands in the catalogue.
    Published,
    /// It stands, and a revision is being written.
    Revising,
    /// 责令改正: it stands, and the authority ordered a correction.
    CorrectionOrdered,
    /// 被代替: its revision was published.
    Replaced,
    /// 废止 by the association.
    Withdrawn,
    /// 废止 by the authority (Standardization Law 39).
    Abolished,
    /// 撤销编号 by the authority (Standardization Law 42).
    NumberRevoked,
    /// The project was given up before publication.
    Abandoned,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Proposed,
        Self::Drafting,
        Self::Consultation,
        Self::Reviewed,
        Self::Voted,
        Self::Approved,
        Self::Published,
        Self::Revising,
        Self::CorrectionOrdered,
        Self::Replaced,
        Self::Withdrawn,
        Self::Abolished,
        Self::NumberRevoked,
        Self::Abandoned,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Drafting => "drafting",
            Self::Consultation => "consultation",
            Self::Reviewed => "reviewed",
            Self::Voted => "voted",
            Self::Approved => "approved",
            Self::Published => "published",
            Self::Revising => "revising",
            Self::CorrectionOrdered => "correction_ordered",
            Self::Replaced => "replaced",
            Self::Withdrawn => "withdrawn",
            Self::Abolished => "abolished",
            Self::NumberRevoked => "number_revoked",
            Self::Abandoned => "abandoned",
        }
    }

    /// The steps that may follow.
    #[must_use]
    pub const fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Proposed => &["amend", "approve_project", "abandon"],
            Self::Drafting => &["amend", "consult", "abandon"],
            Self::Consultation => &["amend", "consult", "review", "abandon"],
            Self::Reviewed => &["amend", "vote", "approve", "abandon"],
            Self::Voted => &["amend", "approve", "abandon"],
            Self::Approved => &["amend", "publish", "abandon"],
            Self::Published => &["confirm", "revise", "withdraw", "order_correction", "replace"],
            Self::Revising => &["drop_revision", "withdraw", "order_correction", "replace"],
            Self::CorrectionOrdered => {
                &["revise", "drop_revision", "withdraw", "order_correction", "replace", "confirm_correction", "abolish", "revoke_number"]
            }
            Self::Replaced | Self::Withdrawn | Self::Abolished | Self::NumberRevoked | Self::Abandoned => &[],
        }
    }

    /// Whether nothing may follow.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        self.allowed().is_empty()
    }

    /// Whether its edition stands in the catalogue and has not ended.
    #[must_use]
    pub const fn is_in_force(self) -> bool {
        matches!(self, Self::Published | Self::Revising | Self::CorrectionOrdered)
    }
}

/// Steps that follow from a case of supervision or from another project, and are not asked for by themselves.
pub const CONSEQUENCES: [&str; 6] = ["order_correction", "confirm_correction", "abolish", "revoke_number", "replace", "drop_revision"];

/// A person who drafts, without a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DraftingPerson)]
pub struct Person {
    /// An id that says nothing about who it is; the association keeps the key.
    #[schema(example = "P-01")]
    pub id: String,
    /// What the person does in the work.
    #[schema(example = "示例：召集人")]
    pub role: String,
}

/// Who drafts or votes, as one word: the code of an organisation where it is one, else the id of a person in upper case, so that no second spelling is a
/// second voter.
#[must_use]
pub fn identity(said: &str) -> String {
    Uscc::parse(said).map_or_else(|_| said.trim().to_uppercase(), |code| code.to_string())
}

/// Who drafts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Drafters)]
pub struct Drafters {
    /// Unified Social Credit Codes of organisations; at least one.
    #[schema(example = json!(["91440300XY0000016J"]))]
    pub organisations: Vec<String>,
    /// Persons, without names.
    #[serde(default)]
    #[schema(example = json!([]))]
    pub persons: Vec<Person>,
}

impl Drafters {
    /// Whether a voter drafted, by the code of an organisation or the id of a person.
    #[must_use]
    pub fn include(&self, voter: &str) -> bool {
        let (voter, persons) = (identity(voter), self.persons.iter().map(|person| &person.id));
        self.organisations.iter().chain(persons).any(|drafter| identity(drafter) == voter)
    }
}

/// What is said about patents and other rights in the standard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IprStatement)]
pub struct IprStatement {
    /// Digest of the statement, `sha256:…`.
    #[schema(example = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    pub digest: String,
    /// How many essential patents it discloses.
    #[schema(example = 0)]
    pub patents: u32,
}

/// What a project is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The title.
    pub title: String,
    /// What it is about and not about.
    pub scope: String,
    /// The sequence number and part as text, `0012.1`: leading zeros tell numbers apart.
    pub sequence: String,
    /// Who drafts.
    pub drafters: Drafters,
    /// The statement on rights, once it is there.
    pub ipr: Option<IprStatement>,
    /// The numbers that it cites normatively.
    pub cites: Vec<String>,
    /// Codes of the International Classification for Standards.
    pub ics: Vec<String>,
    /// Codes of the Chinese Classification for Standards.
    pub ccs: Vec<String>,
    /// The digest of the text as it stands, `sha256:…`.
    pub text_digest: Option<String>,
}

impl Proposal {
    /// Whether another one is a different standard in what was reviewed: anything but rights and classes.
    #[must_use]
    pub fn differs_in_substance(&self, other: &Self) -> bool {
        let substance = |one: &Self| Self { ipr: None, ics: Vec::new(), ccs: Vec::new(), ..one.clone() };
        substance(self) != substance(other)
    }
}

/// How the votes fell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VoteCount)]
pub struct VoteCount {
    /// How many may vote.
    #[schema(example = 12)]
    pub eligible: u32,
    /// How many were present.
    #[schema(example = 8)]
    pub present: u32,
    /// How many agreed.
    #[schema(example = 6)]
    pub agreed: u32,
    /// How many were against it.
    #[schema(example = 1)]
    pub against: u32,
    /// How many abstained.
    #[schema(example = 1)]
    pub abstained: u32,
}

/// A publication as it is asked for; whatever is missing is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationTerms {
    /// The digest of the text that is published.
    pub text_digest: Option<String>,
    /// From when it is in force.
    pub effective_on: Option<Day>,
    /// The digest of the association's declaration that the standard obeys law and mandatory standards.
    pub compliance_digest: Option<String>,
    /// The main technical content, in the association's words.
    pub main_content: Option<String>,
    /// Where the text may be read in full.
    pub full_text_at: Option<String>,
    /// Of a revision: until when goods may still be made by the edition before.
    pub transition_until: Option<Day>,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
#[schema(as = GroupStandardStep)]
#[expect(missing_docs, reason = "the fields are those of the requests, and are described there")]
pub enum Step {
    /// A project is proposed.
    Propose,
    /// What is proposed is changed.
    Amend,
    /// The association approves the project.
    ApproveProject,
    /// Comments are asked for.
    Consult {
        #[schema(value_type = String, format = Date)]
        until: Day,
    },
    /// Experts reviewed the text.
    Review { experts: u32, consensus: bool, text_digest: String, record_digest: String },
    /// Those who may vote did.
    Vote { count: VoteCount, voters: Vec<String>, record_digest: String },
    /// The association approves the text.
    Approve,
    /// It gets its number and is published.
    Publish {
        #[serde(skip)]
        terms: PublicationTerms,
    },
    /// The review found that it still holds.
    Confirm,
    /// The review found that it must be revised; `project` is where that is done.
    Revise { project: String },
    /// The revision was given up.
    DropRevision,
    /// Its revision was published.
    Replace { number: String },
    /// The association withdraws it.
    Withdraw,
    /// The project is given up.
    Abandon,
    /// The authority orders a correction.
    OrderCorrection {
        case: String,
        #[schema(value_type = String, format = Date)]
        due_on: Day,
    },
    /// The authority found it corrected.
    ConfirmCorrection { case: String },
    /// The authority abolishes it.
    Abolish { case: String },
    /// The authority revokes its number.
    RevokeNumber { case: String },
}

impl Step {
    /// The word of the step.
    #[must_use]
    pub const fn act(&self) -> &'static str {
        match self {
            Self::Propose => "propose",
            Self::Amend => "amend",
            Self::ApproveProject => "approve_project",
            Self::Consult { .. } => "consult",
            Self::Review { .. } => "review",
            Self::Vote { .. } => "vote",
            Self::Approve => "approve",
            Self::Publish { .. } => "publish",
            Self::Confirm => "confirm",
            Self::Revise { .. } => "revise",
            Self::DropRevision => "drop_revision",
            Self::Replace { .. } => "replace",
            Self::Withdraw => "withdraw",
            Self::Abandon => "abandon",
            Self::OrderCorrection { .. } => "order_correction",
            Self::ConfirmCorrection { .. } => "confirm_correction",
            Self::Abolish { .. } => "abolish",
            Self::RevokeNumber { .. } => "revoke_number",
        }
    }
}
