//! A comment and its reply; pure. Not here: when it may be made, `actions.rs`.

use model::{instant::Day, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What becomes of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReplyVerdict {
    /// 采纳.
    Accepted,
    /// 部分采纳.
    Partly,
    /// 不采纳, with the reason in words.
    Rejected,
}

/// What the association answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentReply {
    /// What becomes of it.
    pub verdict: ReplyVerdict,
    /// Why.
    pub text: String,
    /// When.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
}

/// A comment on a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// `cmt_…`.
    pub id: String,
    /// The standard.
    pub standard: String,
    /// Who comments.
    pub organisation: Uscc,
    /// On which clause.
    pub clause: Option<String>,
    /// What is said.
    pub text: String,
    /// What should stand there instead.
    pub proposal: Option<String>,
    /// When.
    pub on: Day,
    /// The answer, once there is one.
    pub reply: Option<CommentReply>,
}
