//! The steps of a challenge on HTTP: one operation each. Not here: which step is allowed and by whom, `challenge`.

use actix_web::{HttpResponse, post};
use common::{
    error::{Code, Error, Problems, Result},
    http::{
        json::Body,
        step::{Part, Place},
    },
    token::Role,
};
use model::{
    fault::FieldFault,
    instant::{Day, parse_day},
    normalise::line,
    text::Text,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    challenge::{
        actions,
        http::{ChallengeView, TEXT_MAX, answer, challenge_id, day_of_step},
    },
    challenge_word::rules::{AnswerFinding, ComplaintEffect, ComplaintOutcome, RejectionGround, StayGround, Step},
    sent::http::{Judged, Sent, judged, today},
};

const NUMBER_MAX: usize = 200;

/// A challenge in a path.
pub(crate) struct OfChallenge;

impl Place for OfChallenge {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the challenge.", "chl_01JD0000000000000000000000")]
    }
}

/// Words that go with a step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChallengeRemark {
    /// In words.
    #[schema(example = "示例：材料齐全。")]
    text: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// What the buyer answers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChallengeAnswer {
    /// Whether the query is right.
    finding: AnswerFinding,
    /// In words.
    #[schema(example = "示例：经核查，质疑事项不成立。")]
    text: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// What the supplier complains of.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComplaint {
    /// Which points of the query, counted from 1.
    #[schema(example = json!([1]))]
    points: Vec<u32>,
    /// In words.
    #[schema(example = "示例：答复未回应质疑事项一。")]
    text: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// Why a complaint is not taken.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintRejection {
    /// Why.
    ground: RejectionGround,
    /// In words.
    #[schema(example = "示例：超过法定期限。")]
    text: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// Why the clock of the decision stands still.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintStay {
    /// Why.
    ground: StayGround,
    /// In words.
    #[schema(example = "示例：送检。")]
    text: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// A suspension of the procurement, in writing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSuspension {
    /// The last day.
    #[schema(format = Date, example = "2026-06-10")]
    until: String,
    /// The number of the notice.
    #[schema(example = "示例财采〔2026〕1号")]
    document_no: String,
    /// In words.
    #[schema(example = "示例：暂停采购活动。")]
    text: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// The decision on a complaint.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintDecision {
    /// What is decided.
    outcome: ComplaintOutcome,
    /// What it does to the procurement, with `upheld` only.
    #[serde(default)]
    #[schema(example = json!(null))]
    effect: Option<ComplaintEffect>,
    /// The number of the decision.
    #[schema(example = "示例财采〔2026〕2号")]
    document_no: String,
    /// In words.
    #[schema(example = "示例：投诉事项缺乏事实依据。")]
    text: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// Takes a step with its words and its day; the faults of the body so far are told with theirs.
async fn take(judged: Judged, step: Option<Step>, text: &str, on: Option<&str>, mut faults: Vec<FieldFault>) -> Result<HttpResponse> {
    let id = challenge_id(&judged.part(0))?;
    let text = line(text, TEXT_MAX).map_err(|fault| faults.push(FieldFault::of("/text", fault))).ok();
    let on = day_of_step(on, today(&judged), judged.by.role, &mut faults);
    let (Some(step), Some(text), true) = (step, text, faults.is_empty()) else { return Err(faults.into()) };
    let taken = judged.take(move |tx, judged| {
        let of = (id.as_str(), judged.version);
        answer(200, &actions::step(tx, &judged.app, of, (&step, &text, on), &judged.by)?, today(judged))
    });
    taken.await
}

/// Only an authority decides on complaints; said before the body is read.
fn authority(judged: Judged) -> Result<Judged> {
    if judged.by.role == Role::Authority {
        return Ok(judged);
    }
    let detail = Text::new("只有财政部门可以处理投诉。", "Only an authority handles complaints.");
    Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail))
}

fn number(said: &str, faults: &mut Vec<FieldFault>) -> Option<String> {
    line(said, NUMBER_MAX).map_err(|fault| faults.push(FieldFault::of("/document_no", fault))).ok()
}

/// Answer a query.
#[utoipa::path(request_body = ChallengeAnswer, params(Sent<OfChallenge>), responses((status = OK, body = ChallengeView, description = "It is answered."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/challenges/{id}/answer")]
pub(crate) async fn answer_challenge(sent: Sent<OfChallenge>, body: Body<ChallengeAnswer>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256)?;
    take(judged, Some(Step::Answer { finding: body.finding }), &body.text, body.on.as_deref(), Vec::new()).await
}

/// Complain to the authority, after the answer or where there was none in time.
#[utoipa::path(request_body = NewComplaint, params(Sent<OfChallenge>), responses((status = OK, body = ChallengeView, description = "The authority has it."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/challenges/{id}/complain")]
pub(crate) async fn complain_challenge(sent: Sent<OfChallenge>, body: Body<NewComplaint>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256)?;
    take(judged, Some(Step::Complain { points: body.points.clone() }), &body.text, body.on.as_deref(), Vec::new()).await
}

/// Take a challenge back.
#[utoipa::path(request_body = ChallengeRemark, params(Sent<OfChallenge>), responses((status = OK, body = ChallengeView, description = "It is closed."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/challenges/{id}/withdraw")]
pub(crate) async fn withdraw_challenge(sent: Sent<OfChallenge>, body: Body<ChallengeRemark>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256)?;
    take(judged, Some(Step::Withdraw), &body.text, body.on.as_deref(), Vec::new()).await
}

/// Take a complaint.
#[utoipa::path(request_body = ChallengeRemark, params(Sent<OfChallenge>), responses((status = OK, body = ChallengeView, description = "It is taken."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/challenges/{id}/accept")]
pub(crate) async fn accept_complaint(sent: Sent<OfChallenge>, body: Body<ChallengeRemark>) -> Result<HttpResponse> {
    let judged = authority(judged(sent, &body.sha256)?)?;
    take(judged, Some(Step::Accept), &body.text, body.on.as_deref(), Vec::new()).await
}

/// Do not take a complaint, or no longer.
#[utoipa::path(request_body = ComplaintRejection, params(Sent<OfChallenge>), responses((status = OK, body = ChallengeView, description = "It is closed."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/challenges/{id}/reject")]
pub(crate) async fn reject_complaint(sent: Sent<OfChallenge>, body: Body<ComplaintRejection>) -> Result<HttpResponse> {
    let judged = authority(judged(sent, &body.sha256)?)?;
    take(judged, Some(Step::Reject { ground: body.ground }), &body.text, body.on.as_deref(), Vec::new()).await
}

/// Let the clock of the decision stand still.
#[utoipa::path(request_body = ComplaintStay, params(Sent<OfChallenge>), responses((status = OK, body = ChallengeView, description = "It stands still."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/challenges/{id}/stay")]
pub(crate) async fn stay_complaint(sent: Sent<OfChallenge>, body: Body<ComplaintStay>) -> Result<HttpResponse> {
    let judged = authority(judged(sent, &body.sha256)?)?;
    take(judged, Some(Step::Stay { ground: body.ground }), &body.text, body.on.as_deref(), Vec::new()).await
}

/// Let the clock of the decision run again, from the day after.
#[utoipa::path(request_body = ChallengeRemark, params(Sent<OfChallenge>), responses((status = OK, body = ChallengeView, description = "It runs again."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/challenges/{id}/resume")]
pub(crate) async fn resume_complaint(sent: Sent<OfChallenge>, body: Body<ChallengeRemark>) -> Result<HttpResponse> {
    let judged = authority(judged(sent, &body.sha256)?)?;
    take(judged, Some(Step::Resume), &body.text, body.on.as_deref(), Vec::new()).await
}

/// Suspend the procurement, thirty days at the longest.
#[utoipa::path(request_body = NewSuspension, params(Sent<OfChallenge>), responses((status = OK, body = ChallengeView, description = "It is suspended."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/challenges/{id}/suspend")]
pub(crate) async fn suspend_procurement(sent: Sent<OfChallenge>, body: Body<NewSuspension>) -> Result<HttpResponse> {
    let judged = authority(judged(sent, &body.sha256)?)?;
    let mut faults = Vec::new();
    let until: Option<Day> = parse_day(&body.until).map_err(|fault| faults.push(FieldFault::of("/until", fault))).ok();
    let document_no = number(&body.document_no, &mut faults);
    let step = until.zip(document_no).map(|(until, document_no)| Step::Suspend { until, document_no });
    take(judged, step, &body.text, body.on.as_deref(), faults).await
}

/// Let the procurement go on.
#[utoipa::path(request_body = ChallengeRemark, params(Sent<OfChallenge>), responses((status = OK, body = ChallengeView, description = "It may go on."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/challenges/{id}/lift")]
pub(crate) async fn lift_suspension(sent: Sent<OfChallenge>, body: Body<ChallengeRemark>) -> Result<HttpResponse> {
    let judged = authority(judged(sent, &body.sha256)?)?;
    take(judged, Some(Step::Lift), &body.text, body.on.as_deref(), Vec::new()).await
}

/// Decide a complaint; where it is upheld, the award and the tender follow.
#[utoipa::path(request_body = ComplaintDecision, params(Sent<OfChallenge>), responses((status = OK, body = ChallengeView, description = "It is decided."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/challenges/{id}/decide")]
pub(crate) async fn decide_complaint(sent: Sent<OfChallenge>, body: Body<ComplaintDecision>) -> Result<HttpResponse> {
    let judged = authority(judged(sent, &body.sha256)?)?;
    let mut faults = Vec::new();
    let document_no = number(&body.document_no, &mut faults);
    let step = document_no.map(|document_no| Step::Decide { outcome: body.outcome, effect: body.effect, document_no });
    take(judged, step, &body.text, body.on.as_deref(), faults).await
}
