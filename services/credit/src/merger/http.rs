//! `POST /enterprises/{uscc}/merge`. Not here: when it is refused, `rules.rs`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Code, Error, Problems, Result},
    http::{
        json::Body,
        once, param,
        precondition::{ETag, require_if_match},
    },
    token::{Caller, Role},
};
use model::{
    instant::{Day, Instant},
    text::Text,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    actions,
    rules::{NewMerger, read},
};
use crate::{Credit, fact::http::actor};

/// A merger as it stands in the register.
#[derive(Serialize, ToSchema)]
pub struct MergerView {
    absorbed: String,
    survivor: String,
    #[schema(value_type = String, format = Date)]
    on: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    document_no: Option<String>,
    /// The version of the absorbed entry.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
}

/// Merge an enterprise into another; from then on its addresses answer 410 with the survivor, and its facts count there.
#[utoipa::path(
    request_body = NewMerger,
    params(
        ("uscc" = String, Path, description = "The code of the enterprise that is absorbed.", example = "914404001000000590"),
        ("If-Match" = String, Header, description = "The ETag of the entry that was read."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again."),
    ),
    responses((status = OK, body = MergerView, description = "It was merged."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/enterprises/{uscc}/merge")]
pub(crate) async fn merge_enterprise(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewMerger>,
) -> Result<HttpResponse> {
    let uscc = param::uscc(&path)?;
    if caller.role() != Role::Authority {
        let detail = Text::new("只有主管部门可以登记合并。", "Only an authority may record a merger.");
        return Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail));
    }
    let key = once::key(&req, &caller, &body.sha256)?;
    let version = require_if_match(&req)?;
    let merged = read(&uscc, &body, app.clock.now().day())?;
    let (inner, actor) = (Arc::clone(&app), actor(&caller)?);
    let answer = db.write_once(key, move |tx| {
        let version = actions::merge(tx, &inner, &uscc, &merged, version, &actor)?;
        let view = MergerView {
            absorbed: uscc.to_string(),
            survivor: merged.into.to_string(),
            on: merged.on,
            document_no: merged.document_no.clone(),
            version,
            recorded_at: tx.now(),
        };
        let body = serde_json::to_string(&view).map_err(Error::internal)?;
        Ok(Answer { status: 200, etag: Some(ETag(version).to_string()), location: None, body })
    });
    Ok(once::respond(&answer.await?))
}
