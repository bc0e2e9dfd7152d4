//! Disclosures on HTTP, those of an enterprise also without a token. Not here: what is missing, `rules.rs`; duties, `disclosure_duty`.

use actix_web::{
    HttpRequest, HttpResponse, get, put,
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
use model::{fault::FieldFault, instant::Instant};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{Disclosed, Disclosure, MandatoryItem, mandatory, missing, twice},
    store,
};
use crate::{
    Standards,
    author::actions::Author,
    said::rules::{Fields, NAME_MAX, TEXT_MAX, is_outer_id, outer_id_invalid},
};

/// The most items of a list.
pub(crate) const ITEMS_MAX: usize = 100;

/// An item that is disclosed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDisclosedItem {
    /// Its code; that of a duty where there is one.
    #[schema(example = "energy_class")]
    code: String,
    /// What is said of it.
    #[schema(example = "示例：一级")]
    value: String,
    /// The digest of what shows it, `sha256:…`.
    #[serde(default)]
    digest: Option<String>,
}

/// What an enterprise discloses of a product.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDisclosure {
    /// The category of products, by which duties are set.
    #[schema(example = "电动自行车")]
    category: String,
    /// The name of the product.
    #[schema(example = "示例牌 SL-1 型")]
    title: String,
    /// What is disclosed, mandatory and voluntary; 1 to 100.
    items: Vec<NewDisclosedItem>,
}

/// An item as it is disclosed.
#[derive(Serialize, ToSchema)]
pub struct DisclosedItemView {
    code: String,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    /// Whether it must be disclosed today.
    mandatory: bool,
}

/// What an enterprise discloses of a product, and what it must disclose today and does not.
#[derive(Serialize, ToSchema)]
pub struct DisclosureView {
    enterprise: String,
    product: String,
    category: String,
    title: String,
    items: Vec<DisclosedItemView>,
    /// What must be disclosed today and is not.
    missing: Vec<MandatoryItem>,
    /// Counted from 1; also the `ETag`.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
}

fn show(disclosure: Disclosure, owed: &[MandatoryItem]) -> DisclosureView {
    let missing = missing(&disclosure, owed);
    let view = |item: Disclosed| DisclosedItemView {
        mandatory: owed.iter().any(|owed| owed.code == item.code),
        code: item.code,
        value: item.value,
        digest: item.digest,
    };
    let Disclosure { enterprise, product, category, title, items, version, recorded_at } = disclosure;
    DisclosureView { enterprise, product, category, title, items: items.into_iter().map(view).collect(), missing, version, recorded_at }
}

fn product_id(path: &str) -> Result<String> {
    if is_outer_id(path) { Ok(path.to_owned()) } else { Err(Error::invalid(vec![outer_id_invalid("{product}")])) }
}

/// Disclose the quality of a product; each enterprise for itself, also less than it must.
#[utoipa::path(
    request_body = NewDisclosure,
    params(
        ("uscc" = String, Path, description = "Its Unified Social Credit Code.", example = "91110108551385082Q"),
        ("product" = String, Path, description = "The product, as the enterprise numbers it: 1 to 100 letters, digits, `.`, `_` and `-`.", example = "SL-1"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read; required where something is disclosed."),
    ),
    responses((status = OK, body = DisclosureView, description = "There is a new version, or it said so already."), (status = CREATED, body = DisclosureView, description = "It is disclosed."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[put("/enterprises/{uscc}/disclosures/{product}")]
pub(crate) async fn update_disclosure(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
    body: Body<NewDisclosure>,
) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[Role::Enterprise])?;
    let (enterprise, product) = (param::uscc(&path.0)?, product_id(&path.1)?);
    author.owns(enterprise.as_str())?;
    let tag = IfMatch::of(&req)?;
    let new = body.into_inner();
    let mut fields = Fields::default();
    fields.count("/items", new.items.len(), 1..=ITEMS_MAX);
    let (category, title) = (fields.line("/category", &new.category, NAME_MAX), fields.line("/title", &new.title, NAME_MAX));
    let mut items = Vec::new();
    for (place, NewDisclosedItem { code, value, digest }) in new.items.into_iter().enumerate() {
        if !is_outer_id(&code) {
            fields.bad.push(outer_id_invalid(&format!("/items/{place}/code")));
        }
        let value = fields.line(&format!("/items/{place}/value"), &value, TEXT_MAX);
        let digest = digest.map(|said| fields.digest(&format!("/items/{place}/digest"), &said));
        items.push(Disclosed { code, value, digest });
    }
    fields.bad.extend(twice(items.iter().map(|item| item.code.as_str())));
    if !fields.bad.is_empty() {
        return Err(fields.bad.into());
    }
    items.sort_by(|one, other| one.code.cmp(&other.code));
    let (enterprise, recorded_at) = (enterprise.to_string(), app.clock.now());
    let disclosure = Disclosure { enterprise, product, category, title, items, version: 0, recorded_at };
    let answer = db.write(move |tx| {
        let is_new = store::find(tx.conn, (&disclosure.enterprise, &disclosure.product), None)?.is_none();
        let (kept, owed) = actions::disclose(tx, &disclosure, tag.as_ref(), &author)?;
        let location = is_new.then(|| format!("/standards/v1/enterprises/{}/disclosures/{}", kept.enterprise, kept.product));
        let etag = Some(ETag(kept.version).to_string());
        let body = serde_json::to_string(&show(kept, &owed)).map_err(Error::internal)?;
        Ok(Answer { status: if is_new { 201 } else { 200 }, etag, location, body })
    });
    Ok(once::respond(&answer.await?))
}

/// Which version.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DisclosureQuery {
    /// One of the past; the newest where nothing is said.
    #[param(value_type = Option<i64>, example = 1)]
    version: Option<String>,
}

/// Read what an enterprise discloses of a product, as it stands or a version of the past.
#[utoipa::path(
    params(
        ("uscc" = String, Path, description = "Its Unified Social Credit Code.", example = "91110108551385082Q"),
        ("product" = String, Path, description = "The product, as the enterprise numbers it.", example = "SL-1"),
        DisclosureQuery,
    ),
    responses((status = OK, body = DisclosureView, description = "The disclosure, and what is missing today."), Problems),
    security(("oauth2" = ["standards:read"]))
)]
#[get("/enterprises/{uscc}/disclosures/{product}")]
pub(crate) async fn read_disclosure(
    app: Data<Standards>,
    db: Data<Db>,
    path: Path<(String, String)>,
    query: Query<DisclosureQuery>,
) -> Result<HttpResponse> {
    let (enterprise, product) = (param::uscc(&path.0)?, product_id(&path.1)?);
    let (query, mut bad) = query.into_parts();
    let version = query.version.as_deref().map(|text| text.parse::<i64>().ok().filter(|version| *version > 0));
    if version == Some(None) {
        bad.push(FieldFault::shape("?version", "bad_parameter", "版本须为正整数。", "A version is a positive whole number."));
    }
    param::refuse(bad)?;
    let today = app.clock.now().day();
    let stored = db.read(move |conn| {
        let found = store::find(conn, (enterprise.as_str(), &product), version.flatten())?;
        let found = found.ok_or_else(|| Error::not_found("disclosure", format!("{enterprise}/{product}")))?;
        let owed = actions::owed(conn, &found.category, today)?;
        Ok((found, owed))
    });
    let (disclosure, owed) = stored.await?;
    Ok(HttpResponse::Ok().insert_header(ETag(disclosure.version).header()).json(show(disclosure, &owed)))
}

/// What an enterprise discloses, by product, as everybody may read it.
async fn listed(app: &Standards, db: &Db, req: &HttpRequest, path: &str, query: Query<PageQuery>) -> Result<HttpResponse> {
    let (enterprise, (query, bad)) = (param::uscc(path)?, query.into_parts());
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let stored = db.read(move |conn| {
        let all = store::of_enterprise(conn, enterprise.as_str(), after.as_deref(), limit)?;
        let categories: Vec<String> = all.iter().map(|disclosure| disclosure.category.clone()).collect();
        Ok((all, store::duties(conn, Some(&categories))?))
    });
    let ((all, duties), today) = (stored.await?, app.clock.now().day());
    let page = Page::cut(all, limit, |disclosure| Cursor::after([disclosure.product.clone()]));
    let view = |disclosure: Disclosure| {
        let owed = mandatory(&duties, &disclosure.category, today);
        show(disclosure, &owed)
    };
    Ok(page.map(view).respond(req))
}

/// List what an enterprise discloses, by product, with what is missing today.
#[utoipa::path(params(("uscc" = String, Path, description = "Its Unified Social Credit Code.", example = "91110108551385082Q"), PageQuery), responses((status = OK, body = Page<DisclosureView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/enterprises/{uscc}/disclosures")]
pub(crate) async fn list_disclosures(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    listed(&app, &db, &req, &path, query).await
}

/// List what an enterprise discloses, by product; nobody needs a token.
#[utoipa::path(params(("uscc" = String, Path, description = "Its Unified Social Credit Code.", example = "91110108551385082Q"), PageQuery), responses((status = OK, body = Page<DisclosureView>, description = "One page."), Problems))]
#[get("/public/disclosures/{uscc}")]
pub(crate) async fn list_public_disclosures(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    listed(&app, &db, &req, &path, query).await
}
