//! `POST /listings/{id}/{notice|reply|consent|decide|publish|remove}`: each with `If-Match`, an `Idempotency-Key`, and a day, because papers are entered later.
//! Not here: what a step asks for, `listing` and `listing_condition`.

use actix_web::{HttpResponse, post};
use common::{
    error::{Error, Problems, Result},
    http::{json::Body, param},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    listing::{
        actions::{Move, advance},
        http::{ListingView, answer, authority},
        rules::{Case, RemovalReason},
    },
    listing_condition::rules::Findings,
    listing_policy::rules::Step,
    listing_proposal::http::Fields,
    proceeding::http::{Addressed, Sent, judged},
};

/// That the enterprise was told, or the public, with the right to reply.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListingNotice {
    /// What was told: facts, basis, rights.
    #[serde(default)]
    statement: Option<String>,
    /// The number of the document.
    #[serde(default)]
    #[schema(example = "示例告〔2026〕1号")]
    document_no: Option<String>,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// What the enterprise says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListingReply {
    /// Its words.
    #[schema(example = "示例：陈述申辩意见。")]
    statement: String,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// That the next higher level agrees.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListingConsent {
    /// Who agrees.
    #[schema(example = "示例省市场监督管理局")]
    authority: String,
    /// The number of the document.
    #[serde(default)]
    document_no: Option<String>,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// How it was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListingOutcome {
    /// To list.
    List,
    /// Not to list.
    DoNotList,
}

/// The decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListingDecision {
    /// To list or not.
    outcome: ListingOutcome,
    /// The reasons.
    #[schema(example = "示例：事实清楚，依据充分。")]
    reasons: String,
    /// The number of the document.
    #[serde(default)]
    document_no: Option<String>,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// The publication.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListingPublication {
    /// The number of the document, where it is another than that of the decision.
    #[serde(default)]
    document_no: Option<String>,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// A removal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListingRemoval {
    /// Why: `early` (serious violation), `ground_gone` (abnormal operation), `withdrawn` (trustworthy), `quashed` (any).
    reason: RemovalReason,
    /// What is said for it.
    #[schema(example = "示例：义务已履行，影响已消除。")]
    statement: String,
    /// For `early`: when the duties of the penalty were performed.
    #[serde(default)]
    #[schema(format = Date)]
    duties_performed_on: Option<String>,
    /// For `early`: when harm and effects were removed.
    #[serde(default)]
    #[schema(format = Date)]
    harm_removed_on: Option<String>,
    /// For `ground_gone`: when what was missing or false was put right.
    #[serde(default)]
    #[schema(format = Date)]
    corrected_on: Option<String>,
    /// The number of the document.
    #[serde(default)]
    document_no: Option<String>,
    /// The first day off the list; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

impl Addressed for Case {
    const PREFIX: &'static str = "lst";
    const NOUN: &'static str = "listing";
}

/// What every step says: which it is, its day and its document.
type Said<'a> = (Step, Option<&'a str>, Option<&'a str>);

/// Takes a step and answers with the listing; `add` reads what this step says besides.
async fn run(
    sent: Sent<Case>,
    sha256: &[u8; 32],
    (step, on, document_no): Said<'_>,
    add: impl FnOnce(&mut Fields, &mut Move),
) -> Result<HttpResponse> {
    let mut fields = Fields(Vec::new());
    let mut asked = Move {
        step,
        on: fields.day("/on", on),
        document_no: fields.authority("/document_no", document_no),
        statement: None,
        authority: None,
        reason: None,
        found: Findings::default(),
    };
    add(&mut fields, &mut asked);
    if !fields.0.is_empty() {
        return Err(Error::invalid(fields.0));
    }
    let lang = param::language(&sent.req);
    let step = judged(sent, sha256, |_| Ok(()))?;
    let taken = step.take(move |tx, step| {
        let case = advance(tx, &step.app, &step.by.id, step.version, &asked, &step.by.actor)?;
        answer(&step.app, tx, 200, &case, lang)
    });
    taken.await
}

/// Record that the enterprise, or the public, was told of a proposed listing.
#[utoipa::path(
    request_body = ListingNotice,
    params(Sent<Case>),
    responses((status = OK, body = ListingView, description = "It is noticed."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/listings/{id}/notice")]
pub(crate) async fn notify_listing(sent: Sent<Case>, body: Body<ListingNotice>) -> Result<HttpResponse> {
    authority(&sent.caller)?;
    let said = (Step::Notice, body.on.as_deref(), body.document_no.as_deref());
    run(sent, &body.sha256, said, |fields, asked| asked.statement = fields.statement(body.statement.as_deref())).await
}

/// Reply to the notice of a listing: the enterprise itself, or an authority for a reply on paper.
#[utoipa::path(
    request_body = ListingReply,
    params(Sent<Case>),
    responses((status = OK, body = ListingView, description = "The reply is on the file."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/listings/{id}/reply")]
pub(crate) async fn reply_listing(sent: Sent<Case>, body: Body<ListingReply>) -> Result<HttpResponse> {
    let said = (Step::Reply, body.on.as_deref(), None);
    run(sent, &body.sha256, said, |fields, asked| asked.statement = fields.statement(Some(&body.statement))).await
}

/// Record the consent of the next higher level, where the list asks for it.
#[utoipa::path(
    request_body = ListingConsent,
    params(Sent<Case>),
    responses((status = OK, body = ListingView, description = "It is consented to."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/listings/{id}/consent")]
pub(crate) async fn consent_listing(sent: Sent<Case>, body: Body<ListingConsent>) -> Result<HttpResponse> {
    authority(&sent.caller)?;
    let said = (Step::Consent, body.on.as_deref(), body.document_no.as_deref());
    run(sent, &body.sha256, said, |fields, asked| asked.authority = fields.authority("/authority", Some(&body.authority))).await
}

/// Decide on a listing: to list or not, with the reasons.
#[utoipa::path(
    request_body = ListingDecision,
    params(Sent<Case>),
    responses((status = OK, body = ListingView, description = "It is decided."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/listings/{id}/decide")]
pub(crate) async fn decide_listing(sent: Sent<Case>, body: Body<ListingDecision>) -> Result<HttpResponse> {
    authority(&sent.caller)?;
    let step = if body.outcome == ListingOutcome::List { Step::Decide } else { Step::Decline };
    let said = (step, body.on.as_deref(), body.document_no.as_deref());
    run(sent, &body.sha256, said, |fields, asked| asked.statement = fields.text("/reasons", Some(&body.reasons), 2000)).await
}

/// Publish a listing: the enterprise stands on the list from that day, and its integrity file says so.
#[utoipa::path(
    request_body = ListingPublication,
    params(Sent<Case>),
    responses((status = OK, body = ListingView, description = "It is on the list."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/listings/{id}/publish")]
pub(crate) async fn publish_listing(sent: Sent<Case>, body: Body<ListingPublication>) -> Result<HttpResponse> {
    authority(&sent.caller)?;
    run(sent, &body.sha256, (Step::Publish, body.on.as_deref(), body.document_no.as_deref()), |_, _| ()).await
}

/// Remove a listing before its time; refused with every condition that fails and the day from which it is met.
#[utoipa::path(
    request_body = ListingRemoval,
    params(Sent<Case>),
    responses((status = OK, body = ListingView, description = "It is off the list."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/listings/{id}/remove")]
pub(crate) async fn remove_listing(sent: Sent<Case>, body: Body<ListingRemoval>) -> Result<HttpResponse> {
    authority(&sent.caller)?;
    let add = |fields: &mut Fields, asked: &mut Move| {
        asked.statement = fields.statement(Some(&body.statement));
        asked.reason = Some(body.reason);
        asked.found = Findings {
            duties_performed_on: fields.day("/duties_performed_on", body.duties_performed_on.as_deref()),
            harm_removed_on: fields.day("/harm_removed_on", body.harm_removed_on.as_deref()),
            corrected_on: fields.day("/corrected_on", body.corrected_on.as_deref()),
        };
    };
    run(sent, &body.sha256, (Step::Remove, body.on.as_deref(), body.document_no.as_deref()), add).await
}
