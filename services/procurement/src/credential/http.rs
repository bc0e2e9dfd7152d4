//! `GET /decisions/{id}/credential`. Not here: reading a decision, `decision::http`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Error, Problems, Result},
    token::Caller,
};

use crate::{
    Procurement,
    decision::{actions::DecisionView, http::stored},
};

/// Read the receipt of a decision as a Verifiable Credential, signed anew with the key of now.
#[utoipa::path(params(("id" = String, Path, description = "The id of the decision.", example = "dec_01JD0000000000000000000000")), responses((status = OK, content_type = "application/vc+jwt", body = String, description = "The credential as a JWT (VC Data Model 2.0, VC-JOSE-COSE); 404 where the decision was not signed."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/decisions/{id}/credential")]
pub(crate) async fn read_credential(app: Data<Procurement>, db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let body = stored(&db, &caller, &path).await?;
    let view: DecisionView = serde_json::from_str(&body).map_err(Error::internal)?;
    let receipt = view.receipt.ok_or_else(|| Error::not_found("receipt", path.as_str()))?;
    let keys = app.keys.now();
    let verified = receipt::verify(&receipt, &keys.public).map_err(|error| Error::internal(error.to_string()))?;
    let iat = app.clock.now().micros().div_euclid(1_000_000);
    let credential = receipt::sign_credential(&verified.payload, &app.places.issuer, iat, &keys.signing);
    let credential = credential.map_err(|error| Error::internal(error.to_string()))?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).content_type("application/vc+jwt").body(credential))
}
