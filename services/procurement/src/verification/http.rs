//! `POST /receipts/verify`. Not here: the check itself, `libs/receipt`.

use actix_web::{HttpResponse, post, web::Data};
use common::{
    error::{Error, Problems, Result},
    http::json::Body,
};
use model::fault::FieldFault;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::Procurement;

/// A receipt to verify.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptInHand {
    /// The receipt of a decision or a batch, or a credential, as it was issued.
    receipt: String,
}

/// What is established, as of when, and what is not.
#[derive(Serialize, ToSchema)]
pub struct VerificationView {
    /// Always true: a receipt that does not verify is a 422.
    valid: bool,
    /// The statements.
    #[schema(value_type = Object)]
    report: Value,
    /// The payload that was signed.
    #[schema(value_type = Object)]
    payload: Value,
}

/// Verify a receipt: what is established, as of when, and what is not.
#[utoipa::path(request_body = ReceiptInHand, responses((status = OK, body = VerificationView, description = "What the receipt establishes, and what it does not."), Problems), security(("oauth2" = ["procurement:read"])))]
#[post("/receipts/verify")]
pub(crate) async fn verify_receipt(app: Data<Procurement>, body: Body<ReceiptInHand>) -> Result<HttpResponse> {
    let in_hand = receipt::InHand { receipt: body.receipt.clone(), ..receipt::InHand::default() };
    let checked = receipt::check(&in_hand, &app.keys.now().public).map_err(|error| {
        let fault =
            FieldFault::rule("/receipt", error.code(), format!("收据未通过验证:{error}"), format!("The receipt does not verify: {error}"));
        Error::invalid(vec![fault])
    })?;
    let report = serde_json::to_value(&checked.report).map_err(Error::internal)?;
    let payload = checked.payload;
    Ok(HttpResponse::Ok().json(VerificationView { valid: true, report, payload }))
}
