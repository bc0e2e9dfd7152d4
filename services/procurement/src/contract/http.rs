//! The steps of a contract on HTTP. Not here: which is allowed, `award`.

use actix_web::{HttpResponse, post};
use common::{
    error::{Problems, Result},
    http::json::Body,
};
use contracts::credit::MoneyView;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    award::{
        http::{AwardView, OfLot, SHORT, money, take, words},
        rules::Step,
    },
    sent::http::{Sent, judged_of_buyer},
};

/// A contract that was signed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContract {
    /// Its number.
    #[schema(example = "示例-HT-2026-1")]
    number: String,
    /// How much: the price that was awarded.
    amount: MoneyView,
    /// The performance bond; a tenth of the contract at most.
    #[serde(default)]
    #[schema(example = json!(null))]
    performance_bond: Option<MoneyView>,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// That something was done with the contract.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractDone {
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// A purchase beyond the contract, of the same supplier on the same terms.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSupplement {
    /// The number of the agreement.
    #[schema(example = "示例-HT-2026-1-补1")]
    number: String,
    /// How much; all together a tenth of the contract at most.
    amount: MoneyView,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// Record the contract: its numbers are checked, and the clocks of its publicity and its filing run.
#[utoipa::path(request_body = NewContract, params(Sent<OfLot>), responses((status = OK, body = AwardView, description = "It is signed."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/tenders/{id}/lots/{lot}/contract")]
pub(crate) async fn create_contract(sent: Sent<OfLot>, body: Body<NewContract>) -> Result<HttpResponse> {
    let (judged, mut faults) = (judged_of_buyer(sent, &body.sha256)?, Vec::new());
    let number = words(Some(&body.number), "/number", SHORT, &mut faults);
    let amount = money(&body.amount, "/amount", &mut faults);
    let bond = body.performance_bond.as_ref().and_then(|bond| money(bond, "/performance_bond", &mut faults));
    let step = number.zip(amount).map(|(number, amount)| Step::Contract { number, amount, bond });
    take(judged, step, None, body.on.as_deref(), faults).await
}

/// Record that the contract is public.
#[utoipa::path(request_body = ContractDone, params(Sent<OfLot>), responses((status = OK, body = AwardView, description = "It is public."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/tenders/{id}/lots/{lot}/contract/publish")]
pub(crate) async fn publish_contract(sent: Sent<OfLot>, body: Body<ContractDone>) -> Result<HttpResponse> {
    take(judged_of_buyer(sent, &body.sha256)?, Some(Step::PublishContract), None, body.on.as_deref(), Vec::new()).await
}

/// Record that the copy of the contract was filed with the finance authority.
#[utoipa::path(request_body = ContractDone, params(Sent<OfLot>), responses((status = OK, body = AwardView, description = "It is filed."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/tenders/{id}/lots/{lot}/contract/file")]
pub(crate) async fn file_contract(sent: Sent<OfLot>, body: Body<ContractDone>) -> Result<HttpResponse> {
    take(judged_of_buyer(sent, &body.sha256)?, Some(Step::FileContract), None, body.on.as_deref(), Vec::new()).await
}

/// Record a purchase beyond the contract.
#[utoipa::path(request_body = NewSupplement, params(Sent<OfLot>), responses((status = OK, body = AwardView, description = "It was added."), Problems), security(("oauth2" = ["procurement:write"])))]
#[post("/tenders/{id}/lots/{lot}/contract/supplements")]
pub(crate) async fn create_supplement(sent: Sent<OfLot>, body: Body<NewSupplement>) -> Result<HttpResponse> {
    let (judged, mut faults) = (judged_of_buyer(sent, &body.sha256)?, Vec::new());
    let number = words(Some(&body.number), "/number", SHORT, &mut faults);
    let amount = money(&body.amount, "/amount", &mut faults);
    let step = number.zip(amount).map(|(number, amount)| Step::Supplement { number, amount });
    take(judged, step, None, body.on.as_deref(), faults).await
}
