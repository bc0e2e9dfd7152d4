//! The public page and the public lists on HTTP, without a token. Not here: what is public, `rules.rs`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header,
    web::{Data, Path},
};
use common::{
    db::{Conn, Db},
    error::{Error, Problems, Result},
    http::{
        page::{Cursor, Limit, Page, bad_cursor},
        param,
        precondition::{ETag, not_modified},
        query::Query,
    },
};
use contracts::credit::{ModelRef, ScoreSegment};
use model::{
    fault::FieldFault,
    instant::{Day, Instant},
    text::Lang,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::{
    rules::{self, LISTS, PublicFact, PublicScore, Scope},
    store,
};
use crate::{
    Credit, enterprise,
    fact::{self, actions::unknown, rules::kind_title},
    score,
};

/// On which day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PublicQuery {
    /// Today where nothing is said, or a later day: what will still be public then by what is known now.
    #[param(example = "2030-06-01")]
    as_of: Option<String>,
}

/// What the public may see of an enterprise.
#[derive(Serialize, ToSchema)]
pub struct PublicPage {
    /// Its Unified Social Credit Code.
    #[schema(example = "914404001000000590")]
    uscc: String,
    /// What the register makes public.
    #[schema(value_type = Object)]
    enterprise: Map<String, Value>,
    /// The public grade, where it is known.
    score: Option<PublicScore>,
    /// The lists it stands on.
    lists: Vec<PublicFactView>,
    /// What else is public on the day.
    facts: Vec<PublicFactView>,
    #[schema(value_type = String, format = Date)]
    as_of: Day,
}

/// A public fact with its title in the reader's language.
#[derive(Serialize, ToSchema)]
pub struct PublicFactView {
    title: String,
    #[serde(flatten)]
    fact: PublicFact,
}

fn view(fact: PublicFact, lang: Lang) -> PublicFactView {
    PublicFactView { title: kind_title(fact.kind).pick(lang).to_owned(), fact }
}

/// Read what the public may see of an enterprise.
#[utoipa::path(params(("uscc" = String, Path, description = "The Unified Social Credit Code.", example = "914404001000000590"), PublicQuery), responses((status = OK, body = PublicPage, description = "What is public on the day."), (status = 304, description = "It is as the reader knows it."), Problems), security(()))]
#[get("/public/enterprises/{uscc}")]
pub(crate) async fn read_public_enterprise(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    path: Path<String>,
    query: Query<PublicQuery>,
) -> Result<HttpResponse> {
    let (uscc, now, lang) = (param::uscc(&path)?, app.clock.now(), param::language(&req));
    let (query, bad) = query.into_parts();
    let day = asked(query.as_of.as_deref(), bad, now.day())?;
    let inner = Arc::clone(&app);
    let page = db.read(move |conn| page(conn, inner.scope_on(now.day())?, &uscc, (now, day), lang)).await?;
    answer(&req, &page)
}

fn asked(text: Option<&str>, mut bad: Vec<FieldFault>, today: Day) -> Result<Day> {
    let asked = param::day("as_of", text, &mut bad);
    param::refuse(bad)?;
    rules::queried_day(asked, today).map_err(Error::from)
}

fn page(conn: &mut Conn, scope: &Scope, uscc: &Uscc, (now, day): (Instant, Day), lang: Lang) -> Result<PublicPage> {
    let stored = enterprise::store::find(conn, uscc)?.ok_or_else(|| unknown(uscc))?;
    let facts = fact::store::known(conn, uscc, now)?;
    let shown = rules::all_shown(scope, &facts, day).into_iter().map(|fact| view(fact, lang));
    let (lists, facts) = shown.partition(|view| LISTS.contains(&view.fact.kind));
    let score = if scope.score { score_of(conn, uscc, day)? } else { None };
    Ok(PublicPage { uscc: uscc.to_string(), enterprise: rules::register(scope, &stored.enterprise), score, lists, facts, as_of: day })
}

/// The score as it was told to followers.
pub(crate) fn score_of(conn: &mut Conn, uscc: &Uscc, day: Day) -> Result<Option<PublicScore>> {
    let Some(form) = score::store::told(conn, uscc)? else { return Ok(None) };
    let (model, segments): (ModelRef, Vec<ScoreSegment>) = serde_json::from_str(&form).map_err(Error::internal)?;
    Ok(rules::score_on(model, &segments, day))
}

/// An answer that is asked again each time, and sent again only where it differs: what is no longer public must not live on in a cache.
fn answer(req: &HttpRequest, body: &impl Serialize) -> Result<HttpResponse> {
    let text = serde_json::to_string(body).map_err(Error::internal)?;
    let tag = tag(&text);
    let mut response = if not_modified(req, tag) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header(ETag(tag).header()).insert_header((header::CACHE_CONTROL, "public, no-cache"));
    response.insert_header((header::VARY, "Accept-Language"));
    if not_modified(req, tag) {
        return Ok(response.finish());
    }
    Ok(response.content_type("application/json").body(text))
}

/// A number for a content.
fn tag(text: &str) -> i64 {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(7).fold(0, |tag: i64, byte| (tag << 8) | i64::from(*byte))
}

/// Which page of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PublicListQuery {
    /// Today where nothing is said, or a later day: who will still stand on it then by what is known now.
    #[param(example = "2030-06-01")]
    as_of: Option<String>,
    /// At most so many, 1 to 500; entries whose publicity ended are left out of a page.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Who stands on a list, and why.
#[derive(Serialize, ToSchema)]
pub struct PublicListing {
    uscc: String,
    /// Its name in the register, where names are public.
    name: Option<String>,
    listing: PublicFactView,
}

/// A page of a list.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a page answers; this names its schema")]
pub struct PublicListPage {
    items: Vec<PublicListing>,
    next_cursor: Option<String>,
}

/// Read who stands on a public list.
#[utoipa::path(params(("kind" = String, Path, description = "`serious_violation`, `abnormal_operation` or `trustworthy`.", example = "trustworthy"), PublicListQuery), responses((status = OK, body = PublicListPage, description = "One page, by code."), (status = 304, description = "It is as the reader knows it."), Problems), security(()))]
#[get("/public/lists/{kind}")]
pub(crate) async fn read_public_list(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    path: Path<String>,
    query: Query<PublicListQuery>,
) -> Result<HttpResponse> {
    let (now, lang) = (app.clock.now(), param::language(&req));
    let kind = LISTS
        .into_iter()
        .find(|kind| kind.as_str().strip_suffix("_listing") == Some(path.as_str()))
        .ok_or_else(|| Error::not_found("list", shown(&path)))?;
    let (query, mut bad) = query.into_parts();
    let limit = Limit::parse(query.limit.as_deref()).unwrap_or_else(|error| {
        bad.push(error);
        1
    });
    let day = asked(query.as_of.as_deref(), bad, now.day())?;
    let after = query.cursor.as_deref().map(after).transpose()?;
    let inner = Arc::clone(&app);
    let page = db.read(move |conn| {
        let found = store::listed(conn, kind.as_str(), day, after, limit)?;
        let page = Page::cut(found, limit, |(enterprise, id)| Cursor::after([enterprise.clone(), id.clone()]));
        let mut items = Vec::with_capacity(page.items.len());
        for (_, id) in &page.items {
            items.extend(listing(conn, inner.scope_on(now.day())?, id, day, lang)?);
        }
        Ok(Page { items, next_cursor: page.next_cursor })
    });
    let page = page.await?;
    let mut response = answer(&req, &page)?;
    if let Some(link) = page.respond(&req).headers_mut().remove(header::LINK).next() {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// Nothing of a bad name is repeated but a bounded part.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

fn listing(conn: &mut Conn, scope: &Scope, id: &str, day: Day, lang: Lang) -> Result<Option<PublicListing>> {
    let Some(stored) = fact::store::find(conn, id)? else { return Ok(None) };
    let Some(shown) = rules::shown(scope, &stored.fact, &[&stored.fact], day) else { return Ok(None) };
    // Who went into another stands there no more; what was decided counts for the survivor.
    let bearer = enterprise::store::survivor_of(conn, &stored.fact.enterprise)?;
    let Some(entry) = enterprise::store::find_any(conn, &bearer)? else { return Ok(None) };
    let name = rules::register(scope, &entry.enterprise).get("name").and_then(Value::as_str).map(str::to_owned);
    Ok(Some(PublicListing { uscc: bearer.to_string(), name, listing: view(shown, lang) }))
}

fn after(cursor: &str) -> Result<(String, String)> {
    let [enterprise, id] = <[String; 2]>::try_from(Cursor::decode(cursor, 2)?.0).map_err(|_parts| bad_cursor())?;
    Ok((enterprise, id))
}
