//! Mappings on HTTP: put, read, list. Not here: what one may say, `rules.rs`.

use actix_web::{
    HttpRequest, HttpResponse, get, put,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Code, Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{Cursor, Limit, Page},
        param,
        precondition::{ETag, IfMatch, if_none_match_star},
        query::Query,
    },
    token::Caller,
};
use model::{
    fault::FieldFault,
    instant::{Day, Instant},
    text::Text,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{Mapping, faults, name, own_name, shipped},
    store::{self, Stored},
};
use crate::{Credit, fact::rules::may_assert_anything};

/// A mapping of the caller's organisation, or a shipped one.
#[derive(Serialize, ToSchema)]
pub struct MappingView {
    /// Its name.
    #[schema(example = "double-publicity-penalty")]
    name: String,
    /// Counted from 1; 0 is shipped with the platform. Also the `ETag`.
    version: i64,
    /// What it says.
    mapping: Mapping,
    /// When this version was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    recorded_at: Option<Instant>,
}

impl From<Stored> for MappingView {
    fn from(Stored { name, version, mapping, recorded_at }: Stored) -> Self {
        Self { name, version, mapping, recorded_at }
    }
}

/// Refuses who may assert no fact at all.
///
/// # Errors
/// `not_your_fact`.
pub(crate) fn asserts(app: &Credit, caller: &Caller, today: Day) -> Result<()> {
    let rights = app.rights.at(today).ok_or_else(|| Error::internal("no policy says who may assert what today"))?;
    if may_assert_anything(&rights.value, caller.role().as_str()) {
        return Ok(());
    }
    Err(Error::forbidden(Code::NOT_YOUR_FACT, Text::new("该角色无权申报事实。", "This role may assert no facts.")))
}

/// Say how files of the own organisation are read: which column becomes which field.
#[utoipa::path(
    request_body = Mapping,
    params(
        ("name" = String, Path, description = "Its name: small letters, digits and hyphens.", example = "our-penalties"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read; required where the mapping exists."),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if it does not exist yet."),
    ),
    responses((status = OK, body = MappingView, description = "It has a new version."), (status = CREATED, body = MappingView, description = "It is new."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[put("/import_mappings/{name}")]
pub(crate) async fn update_import_mapping(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<Mapping>,
) -> Result<HttpResponse> {
    let (organisation, by) = (caller.organisation()?, caller.client().to_owned());
    let mapping = body.into_inner();
    let mut bad = faults(&mapping);
    let name = own_name(&path).map_err(|fault| bad.insert(0, FieldFault::of("{name}", fault))).ok();
    asserts(&app, &caller, app.clock.now().day())?;
    let (tag, is_new) = (IfMatch::of(&req)?, if_none_match_star(&req)?);
    let Some(name) = name.filter(|_| bad.is_empty()) else { return Err(bad.into()) };
    let answer = db
        .write(move |tx| {
            let (stored, created) = actions::record(tx, &organisation, &name, &mapping, (tag.as_ref(), is_new), &by)?;
            let etag = Some(ETag(stored.version).to_string());
            let location = created.then(|| format!("/credit/v1/import_mappings/{name}"));
            let body = serde_json::to_string(&MappingView::from(stored)).map_err(Error::internal)?;
            Ok(Answer { status: if created { 201 } else { 200 }, etag, location, body })
        })
        .await?;
    Ok(once::respond(&answer))
}

/// Read a mapping of the own organisation, or a shipped one.
#[utoipa::path(params(("name" = String, Path, description = "Its name.", example = "double-publicity-penalty")), responses((status = OK, body = MappingView, description = "The mapping as it stands."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/import_mappings/{name}")]
pub(crate) async fn read_import_mapping(app: Data<Credit>, db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let (organisation, today) = (caller.organisation()?, app.clock.now().day());
    let name = name(&path).map_err(|fault| Error::invalid(vec![FieldFault::of("{name}", fault)]))?;
    let asked = name.clone();
    let found = db.read(move |conn| actions::find(conn, &organisation, &asked, today)).await?;
    let found = found.ok_or_else(|| Error::not_found("mapping", &name))?;
    Ok(HttpResponse::Ok().insert_header(ETag(found.version).header()).json(MappingView::from(found)))
}

/// Which mappings.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct MappingsQuery {
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the mappings of the own organisation by name, after those that are shipped.
#[utoipa::path(params(MappingsQuery), responses((status = OK, body = Page<MappingView>, description = "One page."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/import_mappings")]
pub(crate) async fn list_import_mappings(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    query: Query<MappingsQuery>,
) -> Result<HttpResponse> {
    let (organisation, today) = (caller.organisation()?, app.clock.now().day());
    let (query, mut bad) = query.into_parts();
    let limit = Limit::parse(query.limit.as_deref()).unwrap_or_else(|error| {
        bad.push(error);
        1
    });
    param::refuse(bad)?;
    let after = query.cursor.as_deref().map(|cursor| Cursor::decode(cursor, 2)).transpose()?.map(|cursor| cursor.0);
    let found = db.read(move |conn| {
        let key = after.unwrap_or_else(|| vec!["0".to_owned(), String::new()]);
        let (is_own, name) = (key.first().is_some_and(|part| part == "1"), key.get(1).cloned().unwrap_or_default());
        let wanted = usize::try_from(limit).unwrap_or(0).saturating_add(1);
        let mut names: Vec<String> = Vec::new();
        if !is_own {
            names.extend(shipped(today)?.into_iter().map(|(shipped, _)| shipped.to_owned()).filter(|shipped| *shipped > name));
        }
        let own_after = if is_own { name } else { String::new() };
        names.extend(store::names(conn, &organisation, &own_after, limit.saturating_add(1))?);
        names.truncate(wanted);
        let found = names.iter().map(|name| actions::find(conn, &organisation, name, today));
        Ok(found.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect::<Vec<_>>())
    });
    let kind = |stored: &Stored| if stored.version == 0 { "0" } else { "1" };
    let page = Page::cut(found.await?, limit, |stored| Cursor::after([kind(stored).to_owned(), stored.name.clone()]));
    Ok(page.map(MappingView::from).respond(&req))
}
