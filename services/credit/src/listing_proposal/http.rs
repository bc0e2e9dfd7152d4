//! `POST /listings` by an authority, and `POST /listings/apply` by an enterprise for itself. Not here: what a proposal must show, `listing_condition`.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use common::{
    db::Db,
    error::{Error, Problems, Result},
    http::{json::Body, once, param},
    token::Caller,
};
use contracts::credit::ListKind;
use model::{
    fault::{Fault, FieldFault},
    id::Id,
    instant::{Day, parse_day},
    normalise::line,
    uscc::Uscc,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Credit,
    fact::http::actor,
    listing::{
        actions::{self, Proposal},
        http::{ListingView, answer, authority},
    },
    listing_policy::rules::Level,
};

const AUTHORITY_MAX: usize = 200;
const STATEMENT_MAX: usize = 2000;
const NAMED_MAX: usize = 50;

/// The deciding authority.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorityRef {
    /// As it writes itself.
    #[schema(example = "示例市市场监督管理局")]
    name: String,
    /// How high it stands; county and prefecture need the consent of the next higher level where the list asks for it.
    level: Level,
}

/// A listing as it is proposed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewListing {
    /// Whom it is about: a Unified Social Credit Code.
    #[schema(example = "914404001000000590")]
    enterprise: String,
    /// On which list.
    list: ListKind,
    /// Code of the ground, of those that the list has on that day.
    #[schema(example = "quality_safety")]
    ground: String,
    /// The year whose annual report is missing, for that ground.
    #[serde(default)]
    year: Option<i32>,
    /// What beside the heavier penalty was found (SAMR Order 44 Art 2): `vile_nature`, `serious_circumstances`, `large_harm`.
    #[serde(default)]
    circumstances: Vec<String>,
    /// The facts it rests on.
    #[serde(default)]
    fact_ids: Vec<String>,
    /// Who decides.
    authority: AuthorityRef,
    /// What is said for it.
    #[schema(example = "示例：经查，该企业存在较重违法行为。")]
    statement: String,
    /// The number of the document.
    #[serde(default)]
    document_no: Option<String>,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// An enterprise's own application to be listed as trustworthy.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListingApplication {
    /// Who is to decide.
    authority: AuthorityRef,
    /// What is said for it.
    #[schema(example = "示例：申请列入守信名单。")]
    statement: String,
}

/// Reads the fields of a request, and keeps what is wrong with them.
pub(crate) struct Fields(pub(crate) Vec<FieldFault>);

impl Fields {
    pub(crate) fn take<T>(&mut self, pointer: &str, read: std::result::Result<T, Fault>) -> Option<T> {
        read.map_err(|fault| self.0.push(FieldFault::of(pointer, fault))).ok()
    }

    pub(crate) fn text(&mut self, pointer: &str, text: Option<&str>, most: usize) -> Option<String> {
        text.and_then(|text| self.take(pointer, line(text, most)))
    }

    pub(crate) fn statement(&mut self, text: Option<&str>) -> Option<String> {
        self.text("/statement", text, STATEMENT_MAX)
    }

    pub(crate) fn authority(&mut self, pointer: &str, text: Option<&str>) -> Option<String> {
        self.text(pointer, text, AUTHORITY_MAX)
    }

    pub(crate) fn day(&mut self, pointer: &str, text: Option<&str>) -> Option<Day> {
        text.and_then(|text| self.take(pointer, parse_day(text)))
    }
}

fn proposal(new: &NewListing) -> Result<Proposal> {
    let mut fields = Fields(Vec::new());
    let enterprise = fields.take("/enterprise", Uscc::parse(&new.enterprise));
    if new.fact_ids.len() > NAMED_MAX || new.circumstances.len() > NAMED_MAX {
        fields.0.push(FieldFault::rule("/fact_ids", "too_many_items", "至多五十项。", "At most fifty items."));
    }
    let ids: Vec<String> = (0_usize..)
        .zip(new.fact_ids.iter().take(NAMED_MAX))
        .filter_map(|(place, id)| fields.take(&format!("/fact_ids/{place}"), Id::parse("fct", id)))
        .collect();
    let authority = fields.authority("/authority/name", Some(&new.authority.name));
    let statement = fields.statement(Some(&new.statement));
    let document_no = fields.authority("/document_no", new.document_no.as_deref());
    let on = fields.day("/on", new.on.as_deref());
    match (enterprise, authority, statement) {
        (Some(enterprise), Some(authority), Some(statement)) if fields.0.is_empty() => Ok(Proposal {
            enterprise,
            list: new.list,
            ground: new.ground.clone(),
            year: new.year,
            circumstances: new.circumstances.clone(),
            fact_ids: ids,
            authority: (authority, new.authority.level),
            statement,
            document_no,
            on,
        }),
        _ => Err(Error::invalid(fields.0)),
    }
}

/// Propose to put an enterprise on a list.
#[utoipa::path(
    request_body = NewListing,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = ListingView, description = "It is proposed."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/listings")]
pub(crate) async fn create_listing(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewListing>,
) -> Result<HttpResponse> {
    let (actor, key) = (actor(&caller)?, once::key(&req, &caller, &body.sha256)?);
    authority(&caller)?;
    let (proposal, lang, inner) = (proposal(&body)?, param::language(&req), Arc::clone(&app));
    let answer = db.write_once(key, move |tx| {
        let case = actions::propose(tx, &inner, &proposal, &actor)?;
        answer(&inner, tx, 201, &case, lang)
    });
    let answer = answer.await?;
    Ok(once::respond(&answer))
}

/// Apply to be listed as trustworthy: an enterprise for itself.
#[utoipa::path(
    request_body = ListingApplication,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = ListingView, description = "It is proposed; the authority goes on."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/listings/apply")]
pub(crate) async fn apply_for_listing(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<ListingApplication>,
) -> Result<HttpResponse> {
    let (actor, key) = (actor(&caller)?, once::key(&req, &caller, &body.sha256)?);
    let ListingApplication { authority, statement } = body.into_inner();
    let proposal = proposal(&NewListing {
        enterprise: actor.organisation.to_string(),
        list: ListKind::Trustworthy,
        ground: "objective_entry".to_owned(),
        year: None,
        circumstances: Vec::new(),
        fact_ids: Vec::new(),
        authority,
        statement,
        document_no: None,
        on: None,
    })?;
    let (lang, inner) = (param::language(&req), Arc::clone(&app));
    let answer = db.write_once(key, move |tx| {
        let case = actions::propose(tx, &inner, &proposal, &actor)?;
        answer(&inner, tx, 201, &case, lang)
    });
    let answer = answer.await?;
    Ok(once::respond(&answer))
}
