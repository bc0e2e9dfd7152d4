//! `GET /criteria`. Not here: the criteria, `rules.rs`.

use actix_web::{HttpResponse, get};
use common::error::{Problems, Result};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::rules::{CATALOGUE, Entry};
use crate::criterion::rules::Combination;

/// A criterion with the schema of its parameters.
#[derive(Serialize, ToSchema)]
pub struct CriterionView {
    #[serde(flatten)]
    entry: &'static Entry,
    /// JSON schema.
    #[schema(value_type = Object)]
    parameters: Value,
    /// How a consortium meets it where a ruleset says nothing.
    combination: Combination,
}

/// The catalogue.
#[derive(Serialize, ToSchema)]
pub struct Catalogue {
    items: Vec<CriterionView>,
}

/// List the criteria that a ruleset can use: class, parameters, legal basis, ESPD and OCDS codes.
#[utoipa::path(responses((status = OK, body = Catalogue, description = "Every criterion."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/criteria")]
pub(crate) async fn list_criteria() -> Result<HttpResponse> {
    let items =
        CATALOGUE.iter().map(|entry| CriterionView { entry, parameters: entry.schema(), combination: entry.combination() }).collect();
    Ok(HttpResponse::Ok().json(Catalogue { items }))
}
