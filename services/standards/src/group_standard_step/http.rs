//! The steps of a group standard on HTTP: one operation each. Not here: which step is allowed and by whom, `group_standard`.

use actix_web::{HttpResponse, post};
use common::{
    error::{Problems, Result},
    http::json::Body,
    token::Role,
};
use model::{
    fault::{Fault, FieldFault},
    instant::{Day, parse_day},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    association::http::{day, text},
    author::http::{Judged, Sent, judged, today},
    group_standard::{
        actions,
        http::{GroupStandardView, OfStandard, TEXT_MAX, answer, group_standard_id},
    },
    group_standard_word::rules::{PublicationTerms, Step, VoteCount, identity},
    said::rules::digest,
};

const VOTERS_MAX: usize = 2_000;
const ID_MAX: usize = 40;

/// Words that go with a step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandardRemark {
    /// In words.
    #[schema(example = "示例：同意立项。")]
    pub(crate) text: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    pub(crate) on: Option<String>,
}

/// Comments are asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConsultation {
    /// The last day; thirty days from now at least.
    #[schema(format = Date, example = "2026-12-31")]
    until: String,
    /// In words.
    #[schema(example = "示例：现征求意见。")]
    text: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// The record of a review.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTextReview {
    /// How many experts reviewed it.
    #[schema(example = 7)]
    experts: u32,
    /// Whether they agreed without a vote.
    consensus: bool,
    /// The digest of the text that was reviewed, `sha256:…`.
    #[schema(example = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    text_digest: String,
    /// The digest of the record, `sha256:…`.
    #[schema(example = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    record_digest: String,
    /// In words.
    #[schema(example = "示例：审查结论。")]
    text: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// A vote, held where there was no consensus.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTextVote {
    /// How the votes fell.
    count: VoteCount,
    /// Those who were present: codes of organisations, or ids that are no names. Who drafted is not among them.
    #[schema(example = json!(["V-01", "V-02"]))]
    voters: Vec<String>,
    /// The digest of the record, `sha256:…`.
    #[schema(example = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    record_digest: String,
    /// In words.
    #[schema(example = "示例：表决结果。")]
    text: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// What a publication needs; all that is missing is named at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPublication {
    /// The digest of the text, the one that was approved.
    #[serde(default)]
    #[schema(example = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    text_digest: Option<String>,
    /// From when it is in force.
    #[serde(default)]
    #[schema(format = Date, example = "2027-03-01")]
    effective_on: Option<String>,
    /// The digest of the association's declaration that the standard obeys law and mandatory standards.
    #[serde(default)]
    #[schema(example = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    compliance_digest: Option<String>,
    /// The main technical content in the association's own words; this or the next.
    #[serde(default)]
    #[schema(example = "示例：规定了示例指标。")]
    main_content: Option<String>,
    /// Where the text may be read in full.
    #[serde(default)]
    #[schema(example = json!(null))]
    full_text_at: Option<String>,
    /// Of a revision: until when goods may still be made by the edition before.
    #[serde(default)]
    #[schema(format = Date)]
    transition_until: Option<String>,
    /// In words.
    #[schema(example = "示例：予以发布。")]
    text: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// The day of a step: today; an authority may record one of the past, none one of the future.
pub(crate) fn day_of_step(said: Option<&str>, today: Day, role: Role, faults: &mut Vec<FieldFault>) -> Day {
    let Some(said) = said else { return today };
    let read = parse_day(said).and_then(|day| match day {
        day if day > today => Err(Fault::new("date_in_future", "日期不得晚于今天。", "The date must not lie in the future.")),
        day if day < today && role != Role::Authority => {
            Err(Fault::new("date_not_today", "只有主管部门可以补录过去的日期。", "Only an authority records a day of the past."))
        }
        day => Ok(day),
    });
    read.unwrap_or_else(|fault| {
        faults.push(FieldFault::of("/on", fault));
        today
    })
}

/// Takes a step with its words and its day; the faults of the body so far are told with theirs.
async fn take(judged: Judged, step: Step, (said, on): (&str, Option<&str>), mut faults: Vec<FieldFault>) -> Result<HttpResponse> {
    let id = group_standard_id(&judged.part(0))?;
    let said = text(said, TEXT_MAX, "/text", &mut faults);
    let on = day_of_step(on, today(&judged), judged.by.role, &mut faults);
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let taken = judged.take(move |tx, judged| {
        let of = (id.as_str(), judged.version);
        answer(200, &actions::step(tx, &judged.app, of, (step.clone(), &said, on), &judged.by)?, today(judged))
    });
    taken.await
}

async fn take_plain(sent: Sent<OfStandard>, body: &Body<StandardRemark>, step: Step) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[Role::Association])?;
    take(judged, step, (&body.text, body.on.as_deref()), Vec::new()).await
}

/// Approve a project: its text may be written.
#[utoipa::path(request_body = StandardRemark, params(Sent<OfStandard>), responses((status = OK, body = GroupStandardView, description = "It is approved."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/group_standards/{id}/approve_project")]
pub(crate) async fn approve_project(sent: Sent<OfStandard>, body: Body<StandardRemark>) -> Result<HttpResponse> {
    take_plain(sent, &body, Step::ApproveProject).await
}

/// Ask for comments, for thirty days at least; from now on everybody sees the standard.
#[utoipa::path(request_body = NewConsultation, params(Sent<OfStandard>), responses((status = OK, body = GroupStandardView, description = "Comments are asked for."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/group_standards/{id}/consult")]
pub(crate) async fn consult_standard(sent: Sent<OfStandard>, body: Body<NewConsultation>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[Role::Association])?;
    let mut faults = Vec::new();
    let until = day(&body.until, "/until", &mut faults);
    take(judged, Step::Consult { until }, (&body.text, body.on.as_deref()), faults).await
}

/// Record the review of the text, after the comments and the replies to all of them.
#[utoipa::path(request_body = NewTextReview, params(Sent<OfStandard>), responses((status = OK, body = GroupStandardView, description = "It is reviewed."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/group_standards/{id}/review")]
pub(crate) async fn review_standard(sent: Sent<OfStandard>, body: Body<NewTextReview>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[Role::Association])?;
    let mut faults = Vec::new();
    let text_digest = digest(&body.text_digest, "/text_digest", &mut faults);
    let record_digest = digest(&body.record_digest, "/record_digest", &mut faults);
    let step = Step::Review { experts: body.experts, consensus: body.consensus, text_digest, record_digest };
    take(judged, step, (&body.text, body.on.as_deref()), faults).await
}

/// Record a vote; one that does not reach the share leads back to the review.
#[utoipa::path(request_body = NewTextVote, params(Sent<OfStandard>), responses((status = OK, body = GroupStandardView, description = "It is recorded; `vote.passed` says whether it was passed."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/group_standards/{id}/vote")]
pub(crate) async fn vote_standard(sent: Sent<OfStandard>, body: Body<NewTextVote>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[Role::Association])?;
    let mut faults = Vec::new();
    if body.voters.len() > VOTERS_MAX {
        faults.push(FieldFault::rule("/voters", "too_many", "最多两千人。", "At most two thousand."));
    }
    let voters = body.voters.iter().enumerate();
    let voters = voters.map(|(place, voter)| identity(&text(voter, ID_MAX, &format!("/voters/{place}"), &mut faults))).collect();
    let record_digest = digest(&body.record_digest, "/record_digest", &mut faults);
    let step = Step::Vote { count: body.count.clone(), voters, record_digest };
    take(judged, step, (&body.text, body.on.as_deref()), faults).await
}

/// Approve the text that was reviewed.
#[utoipa::path(request_body = StandardRemark, params(Sent<OfStandard>), responses((status = OK, body = GroupStandardView, description = "It is approved."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/group_standards/{id}/approve")]
pub(crate) async fn approve_standard(sent: Sent<OfStandard>, body: Body<StandardRemark>) -> Result<HttpResponse> {
    take_plain(sent, &body, Step::Approve).await
}

/// Give the approved text its number and publish it.
#[utoipa::path(request_body = NewPublication, params(Sent<OfStandard>), responses((status = OK, body = GroupStandardView, description = "It is published and stands in the catalogue."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/group_standards/{id}/publish")]
pub(crate) async fn publish_standard(sent: Sent<OfStandard>, body: Body<NewPublication>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[Role::Association])?;
    let mut faults = Vec::new();
    let terms = PublicationTerms {
        text_digest: body.text_digest.as_deref().map(|said| digest(said, "/text_digest", &mut faults)),
        effective_on: body.effective_on.as_deref().map(|said| day(said, "/effective_on", &mut faults)),
        compliance_digest: body.compliance_digest.as_deref().map(|said| digest(said, "/compliance_digest", &mut faults)),
        main_content: body.main_content.as_deref().map(|said| text(said, TEXT_MAX, "/main_content", &mut faults)),
        full_text_at: body.full_text_at.as_deref().map(|said| text(said, TEXT_MAX, "/full_text_at", &mut faults)),
        transition_until: body.transition_until.as_deref().map(|said| day(said, "/transition_until", &mut faults)),
    };
    take(judged, Step::Publish { terms }, (&body.text, body.on.as_deref()), faults).await
}

/// Confirm after a review that it still holds; the five years begin again.
#[utoipa::path(request_body = StandardRemark, params(Sent<OfStandard>), responses((status = OK, body = GroupStandardView, description = "It is confirmed."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/group_standards/{id}/confirm")]
pub(crate) async fn confirm_standard(sent: Sent<OfStandard>, body: Body<StandardRemark>) -> Result<HttpResponse> {
    take_plain(sent, &body, Step::Confirm).await
}

/// Decide after a review that it is to be revised; `revision` is the project in which that is done.
#[utoipa::path(request_body = StandardRemark, params(Sent<OfStandard>), responses((status = OK, body = GroupStandardView, description = "A project has begun; the standard stands until that is published."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/group_standards/{id}/revise")]
pub(crate) async fn revise_standard(sent: Sent<OfStandard>, body: Body<StandardRemark>) -> Result<HttpResponse> {
    take_plain(sent, &body, Step::Revise { project: String::new() }).await
}

/// Withdraw a published standard from that day on.
#[utoipa::path(request_body = StandardRemark, params(Sent<OfStandard>), responses((status = OK, body = GroupStandardView, description = "It is without effect."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/group_standards/{id}/withdraw")]
pub(crate) async fn withdraw_standard(sent: Sent<OfStandard>, body: Body<StandardRemark>) -> Result<HttpResponse> {
    take_plain(sent, &body, Step::Withdraw).await
}

/// Give a project up before publication; its sequence number is free again.
#[utoipa::path(request_body = StandardRemark, params(Sent<OfStandard>), responses((status = OK, body = GroupStandardView, description = "It is given up."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/group_standards/{id}/abandon")]
pub(crate) async fn abandon_standard(sent: Sent<OfStandard>, body: Body<StandardRemark>) -> Result<HttpResponse> {
    take_plain(sent, &body, Step::Abandon).await
}
