//! The trees of classes on HTTP. Not here: editions of a class, `GET /editions?ics=`.

use actix_web::{HttpResponse, get};
use common::{
    error::{Error, Problems, Result},
    http::{param, query::Query},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::{CCS, ics_below, ics_title};

/// A class.
#[derive(Serialize, ToSchema)]
pub struct ClassView {
    #[schema(example = "97.220")]
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title_zh: Option<String>,
    #[schema(example = "Sports")]
    title_en: String,
}

/// Classes of one level.
#[derive(Serialize, ToSchema)]
pub struct ClassesView {
    items: Vec<ClassView>,
}

/// Below which class.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ClassesQuery {
    /// Below this class; the fields where nothing is said.
    #[param(example = "97.220")]
    parent: Option<String>,
}

/// List the classes of the International Classification for Standards right below one.
#[utoipa::path(params(ClassesQuery), responses((status = OK, body = ClassesView, description = "By code."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/classes/ics")]
pub(crate) async fn list_ics(query: Query<ClassesQuery>) -> Result<HttpResponse> {
    let (query, bad) = query.into_parts();
    param::refuse(bad)?;
    if let Some(parent) = query.parent.as_deref().filter(|parent| ics_title(parent).is_none()) {
        return Err(Error::not_found("class", parent));
    }
    let shown = |(code, title): (&str, &str)| ClassView { code: code.to_owned(), title_zh: None, title_en: title.to_owned() };
    Ok(HttpResponse::Ok().json(ClassesView { items: ics_below(query.parent.as_deref()).into_iter().map(shown).collect() }))
}

/// List the letters of the Chinese Classification for Standards.
#[utoipa::path(responses((status = OK, body = ClassesView, description = "By letter."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/classes/ccs")]
pub(crate) async fn list_ccs() -> Result<HttpResponse> {
    let shown =
        |(code, zh, en): (&str, &str, &str)| ClassView { code: code.to_owned(), title_zh: Some(zh.to_owned()), title_en: en.to_owned() };
    Ok(HttpResponse::Ok().json(ClassesView { items: CCS.into_iter().map(shown).collect() }))
}
