//! The steps of a case of supervision on HTTP: one operation each. Not here: which step is allowed and by whom, `supervision`.

use actix_web::{HttpResponse, post};
use common::{
    error::{Code, Error, Problems, Result},
    http::{
        json::Body,
        step::{Part, Place},
    },
    token::Role,
};
use model::{fault::FieldFault, text::Text};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    association::http::{day, text},
    author::http::{Judged, Sent, judged, today},
    group_standard::http::TEXT_MAX,
    group_standard_step::http::{StandardRemark, day_of_step},
    said::rules::digest,
    supervision::{
        actions,
        http::{SupervisionView, answer, supervision_id},
        rules::{Breach, Step},
    },
};

const NUMBER_MAX: usize = 200;

/// A case in a path.
pub(crate) struct OfSupervision;

impl Place for OfSupervision {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the case.", "spv_01JD0000000000000000000000")]
    }
}

/// An order to correct.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandardCorrectionOrder {
    /// What was found.
    breach: Breach,
    /// By when it is to be corrected; ninety days at the longest.
    #[schema(format = Date, example = "2027-01-31")]
    due_on: String,
    /// The number of the order.
    #[schema(example = "示例标改〔2026〕1号")]
    document_no: String,
    /// In words.
    #[schema(example = "示例：指标低于强制性标准，责令改正。")]
    text: String,
    /// On which day; one of the past may be recorded.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// That it is corrected.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionClaim {
    /// The digest of what shows it, `sha256:…`.
    #[schema(example = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    evidence_digest: String,
    /// In words.
    #[schema(example = "示例：已修改相关指标。")]
    text: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// The decision that ends a standard.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandardEnding {
    /// The number of the decision.
    #[schema(example = "示例标废〔2027〕1号")]
    document_no: String,
    /// In words.
    #[schema(example = "示例：逾期未改正。")]
    text: String,
    /// On which day; one of the past may be recorded.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// Takes a step with its words and its day; the faults of the body so far are told with theirs.
async fn take(judged: Judged, step: Step, (said, on): (&str, Option<&str>), mut faults: Vec<FieldFault>) -> Result<HttpResponse> {
    let id = supervision_id(&judged.part(0))?;
    let said = text(said, TEXT_MAX, "/text", &mut faults);
    let on = day_of_step(on, today(&judged), judged.by.role, &mut faults);
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let taken = judged.take(move |tx, judged| {
        let of = (id.as_str(), judged.version);
        answer(200, &actions::step(tx, &judged.app, of, (&step, &said, on), &judged.by)?, &judged.by, today(judged))
    });
    taken.await
}

/// Only an authority decides; said before the body is read.
fn authority(sent: Sent<OfSupervision>, sha256: &[u8; 32]) -> Result<Judged> {
    if sent.caller.role() != Role::Authority {
        let detail = Text::new("只有标准化主管部门可以处理。", "Only an authority decides in a case.");
        return Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail));
    }
    judged(sent, sha256, &[])
}

async fn take_plain(sent: Sent<OfSupervision>, body: &Body<StandardRemark>, step: Step) -> Result<HttpResponse> {
    take(authority(sent, &body.sha256)?, step, (&body.text, body.on.as_deref()), Vec::new()).await
}

/// Take a complaint: it is looked into.
#[utoipa::path(request_body = StandardRemark, params(Sent<OfSupervision>), responses((status = OK, body = SupervisionView, description = "It is being looked into."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/supervisions/{id}/accept")]
pub(crate) async fn accept_supervision(sent: Sent<OfSupervision>, body: Body<StandardRemark>) -> Result<HttpResponse> {
    take_plain(sent, &body, Step::Accept).await
}

/// Do not take a complaint.
#[utoipa::path(request_body = StandardRemark, params(Sent<OfSupervision>), responses((status = OK, body = SupervisionView, description = "It is closed."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/supervisions/{id}/reject")]
pub(crate) async fn reject_supervision(sent: Sent<OfSupervision>, body: Body<StandardRemark>) -> Result<HttpResponse> {
    take_plain(sent, &body, Step::Reject).await
}

/// Close a case in which nothing was found.
#[utoipa::path(request_body = StandardRemark, params(Sent<OfSupervision>), responses((status = OK, body = SupervisionView, description = "It is closed."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/supervisions/{id}/dismiss")]
pub(crate) async fn dismiss_supervision(sent: Sent<OfSupervision>, body: Body<StandardRemark>) -> Result<HttpResponse> {
    take_plain(sent, &body, Step::Dismiss).await
}

/// Order a correction by a day (Standardization Law 39, 42).
#[utoipa::path(request_body = StandardCorrectionOrder, params(Sent<OfSupervision>), responses((status = OK, body = SupervisionView, description = "It is ordered."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/supervisions/{id}/order_correction")]
pub(crate) async fn order_correction(sent: Sent<OfSupervision>, body: Body<StandardCorrectionOrder>) -> Result<HttpResponse> {
    let judged = authority(sent, &body.sha256)?;
    let mut faults = Vec::new();
    let due_on = day(&body.due_on, "/due_on", &mut faults);
    let document_no = text(&body.document_no, NUMBER_MAX, "/document_no", &mut faults);
    let step = Step::OrderCorrection { breach: body.breach, due_on, document_no };
    take(judged, step, (&body.text, body.on.as_deref()), faults).await
}

/// Say that the standard is corrected, with the digest of what shows it; its association does.
#[utoipa::path(request_body = CorrectionClaim, params(Sent<OfSupervision>), responses((status = OK, body = SupervisionView, description = "The authority looks at it."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/supervisions/{id}/claim_correction")]
pub(crate) async fn claim_correction(sent: Sent<OfSupervision>, body: Body<CorrectionClaim>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[Role::Association])?;
    let mut faults = Vec::new();
    let evidence_digest = digest(&body.evidence_digest, "/evidence_digest", &mut faults);
    take(judged, Step::ClaimCorrection { evidence_digest }, (&body.text, body.on.as_deref()), faults).await
}

/// Return a correction that does not correct what was found.
#[utoipa::path(request_body = StandardRemark, params(Sent<OfSupervision>), responses((status = OK, body = SupervisionView, description = "The order stands."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/supervisions/{id}/return_correction")]
pub(crate) async fn return_correction(sent: Sent<OfSupervision>, body: Body<StandardRemark>) -> Result<HttpResponse> {
    take_plain(sent, &body, Step::ReturnCorrection).await
}

/// Find a standard corrected.
#[utoipa::path(request_body = StandardRemark, params(Sent<OfSupervision>), responses((status = OK, body = SupervisionView, description = "It is corrected; the case is closed."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/supervisions/{id}/confirm_correction")]
pub(crate) async fn confirm_correction(sent: Sent<OfSupervision>, body: Body<StandardRemark>) -> Result<HttpResponse> {
    take_plain(sent, &body, Step::ConfirmCorrection).await
}

/// Abolish a standard that was not corrected in time, and make it public (Standardization Law 39).
#[utoipa::path(request_body = StandardEnding, params(Sent<OfSupervision>), responses((status = OK, body = SupervisionView, description = "It is without effect."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/supervisions/{id}/abolish")]
pub(crate) async fn abolish_standard(sent: Sent<OfSupervision>, body: Body<StandardEnding>) -> Result<HttpResponse> {
    let judged = authority(sent, &body.sha256)?;
    let mut faults = Vec::new();
    let document_no = text(&body.document_no, NUMBER_MAX, "/document_no", &mut faults);
    take(judged, Step::Abolish { document_no }, (&body.text, body.on.as_deref()), faults).await
}

/// Revoke a number that was not corrected in time, and make it public (Standardization Law 42).
#[utoipa::path(request_body = StandardEnding, params(Sent<OfSupervision>), responses((status = OK, body = SupervisionView, description = "The number names nothing any more."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/supervisions/{id}/revoke_number")]
pub(crate) async fn revoke_number(sent: Sent<OfSupervision>, body: Body<StandardEnding>) -> Result<HttpResponse> {
    let judged = authority(sent, &body.sha256)?;
    let mut faults = Vec::new();
    let document_no = text(&body.document_no, NUMBER_MAX, "/document_no", &mut faults);
    take(judged, Step::RevokeNumber { document_no }, (&body.text, body.on.as_deref()), faults).await
}
