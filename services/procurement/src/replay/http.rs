//! `POST /decisions/{id}/replay`. Not here: reading a decision, `decision::http`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Problems, Result},
    token::Caller,
};

use super::actions::{ReplayView, replay};
use crate::{Procurement, decision::http::stored};

/// Decide again on the stored versions and feed positions, and compare.
#[utoipa::path(params(("id" = String, Path, description = "The id of the decision.", example = "dec_01JD0000000000000000000000")), responses((status = OK, body = ReplayView, description = "Whether the same comes out, and else what differs."), Problems), security(("oauth2" = ["procurement:read"])))]
#[post("/decisions/{id}/replay")]
pub(crate) async fn replay_decision(app: Data<Procurement>, db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let body = stored(&db, &caller, &path).await?;
    Ok(HttpResponse::Ok().json(replay(&app, &body).await?))
}
