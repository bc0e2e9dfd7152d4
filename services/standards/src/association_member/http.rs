//! Members of an association on HTTP. Not here: the association, `association`.

use actix_web::{
    HttpRequest, HttpResponse, delete, get, put,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page, PageQuery},
        param,
        precondition::{ETag, IfMatch},
        query::Query,
    },
    token::{Caller, Role},
};
use model::{fault::FieldFault, instant::Day};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    actions,
    store::{self, Member},
};
use crate::{Standards, association, association::http::day, author::actions::Author};

/// Since when an organisation is a member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// Since which day; not of the future.
    #[schema(format = Date, example = "2025-03-01")]
    since: String,
}

/// A member of an association.
#[derive(Serialize, ToSchema)]
pub struct MemberView {
    uscc: String,
    #[schema(value_type = String, format = Date)]
    since: Day,
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self { uscc: member.uscc, since: member.since, version: member.version }
    }
}

/// Record a member of an association, or with `If-Match` since when it is one.
#[utoipa::path(
    request_body = Membership,
    params(("code" = String, Path, description = "The code of the association.", example = "SLXH"), ("uscc" = String, Path, description = "The member.", example = "91440300XY0000016J"), ("If-Match" = Option<String>, Header, description = "The version that was read; needed where it is a member already.", example = "\"1\""), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = MemberView, description = "It is a member now."), (status = OK, body = MemberView, description = "It was one; its first day is this."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[put("/associations/{code}/members/{uscc}")]
pub(crate) async fn record_member(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
    body: Body<Membership>,
) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[Role::Association])?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let tag = IfMatch::of(&req)?;
    let (code, uscc) = path.into_inner();
    let (uscc, mut faults) = (param::uscc(&uscc)?, Vec::new());
    let since = day(&body.since, "/since", &mut faults);
    if since > app.clock.now().day() {
        faults.push(FieldFault::rule("/since", "date_in_future", "日期不得晚于今天。", "The date must not lie in the future."));
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let answer = db.write_once(key, move |tx| {
        let (member, is_new) = actions::join(tx, (&code, &uscc), since, tag.as_ref(), &author)?;
        let etag = Some(ETag(member.version).to_string());
        let body = serde_json::to_string(&MemberView::from(member)).map_err(Error::internal)?;
        let location = is_new.then(|| format!("/standards/v1/associations/{code}/members"));
        Ok(Answer { status: if is_new { 201 } else { 200 }, etag, location, body })
    });
    Ok(once::respond(&answer.await?))
}

/// End a membership today.
#[utoipa::path(
    params(("code" = String, Path, description = "The code of the association.", example = "SLXH"), ("uscc" = String, Path, description = "The member.", example = "91440300XY0000016J")),
    responses((status = NO_CONTENT, description = "It is no member any more."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[delete("/associations/{code}/members/{uscc}")]
pub(crate) async fn end_membership(db: Data<Db>, caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[Role::Association])?;
    let (code, uscc) = path.into_inner();
    let uscc = param::uscc(&uscc)?;
    db.write(move |tx| actions::leave(tx, &code, &uscc, &author)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// List who is a member of an association.
#[utoipa::path(params(("code" = String, Path, description = "The code of the association.", example = "SLXH"), PageQuery), responses((status = OK, body = Page<MemberView>, description = "One page, by code."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/associations/{code}/members")]
pub(crate) async fn list_members(db: Data<Db>, req: HttpRequest, path: Path<String>, query: Query<PageQuery>) -> Result<HttpResponse> {
    let code = path.into_inner();
    let (asked, bad) = query.into_parts();
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let found = db.read(move |conn| {
        association::actions::found(conn, &code)?;
        store::list(conn, &code, after.as_deref(), limit)
    });
    let page = Page::cut(found.await?, limit, |member| Cursor::after([member.uscc.clone()]));
    Ok(page.map(MemberView::from).respond(&req))
}
