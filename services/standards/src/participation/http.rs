//! Drafters and the figures of participation on HTTP. Not here: counting, `rules.rs`.

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
use model::{fault::FieldFault, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{Counted, Drafter, DraftingPart, Taken, counted, faults},
    store::{self, Search},
};
use crate::{
    Standards,
    author::actions::Author,
    edition::{
        self,
        actions::found,
        http::{EditionView, edition_id},
    },
    said::rules::Fields,
};

const DRAFTERS_MAX: usize = 200;

/// An organisation that drafted.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrafterView {
    /// A Unified Social Credit Code.
    organisation: String,
    /// Whether it led.
    part: DraftingPart,
}

/// The drafters of an edition.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDrafters {
    /// In the order of the foreword; at least one leads. At most 200.
    drafters: Vec<DrafterView>,
}

/// The drafters of an edition as they stand.
#[derive(Serialize, ToSchema)]
pub struct DraftersView {
    edition: String,
    drafters: Vec<DrafterView>,
    /// Counted from 1, 0 where nobody is known; also the `ETag`.
    version: i64,
}

fn show(edition: &str, drafters: &[Drafter], version: i64) -> DraftersView {
    let view = |drafter: &Drafter| DrafterView { organisation: drafter.organisation.to_string(), part: drafter.part };
    DraftersView { edition: edition.to_owned(), drafters: drafters.iter().map(view).collect(), version }
}

/// Say who drafted an edition; for authorities, and for an association of its own.
#[utoipa::path(
    request_body = NewDrafters,
    params(
        ("id" = String, Path, description = "The id of the edition.", example = "edn_01JD0000000000000000000000"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read; required where drafters are known."),
    ),
    responses((status = OK, body = DraftersView, description = "They were replaced."), (status = CREATED, body = DraftersView, description = "They are known now."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[put("/editions/{id}/drafters")]
pub(crate) async fn update_drafters(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewDrafters>,
) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[Role::Association])?;
    let (id, tag) = (edition_id(&path)?, IfMatch::of(&req)?);
    let mut fields = Fields::default();
    fields.count("/drafters", body.drafters.len(), 1..=DRAFTERS_MAX);
    let mut drafters = Vec::new();
    for (place, said) in body.drafters.iter().enumerate().take(DRAFTERS_MAX) {
        if let Some(organisation) = fields.uscc(&format!("/drafters/{place}/organisation"), &said.organisation) {
            drafters.push(Drafter { organisation, part: said.part });
        }
    }
    // Places of a list that lost some would point elsewhere.
    if fields.bad.is_empty() {
        fields.bad = faults(&drafters);
    }
    if !fields.bad.is_empty() {
        return Err(fields.bad.into());
    }
    let answer = db.write(move |tx| {
        let version = actions::put(tx, &id, &drafters, tag.as_ref(), &author)?;
        let body = serde_json::to_string(&show(&id, &drafters, version)).map_err(Error::internal)?;
        let location = (version == 1).then(|| format!("/standards/v1/editions/{id}/drafters"));
        Ok(Answer { status: if version == 1 { 201 } else { 200 }, etag: Some(ETag(version).to_string()), location, body })
    });
    Ok(once::respond(&answer.await?))
}

/// Read who drafted an edition.
#[utoipa::path(params(("id" = String, Path, description = "The id of the edition.", example = "edn_01JD0000000000000000000000")), responses((status = OK, body = DraftersView, description = "In the order of the foreword."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/editions/{id}/drafters")]
pub(crate) async fn read_drafters(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = edition_id(&path)?;
    let stands = db.read(move |conn| {
        let edition = found(conn, &id)?.id;
        let (drafters, version) = store::find(conn, &edition)?.unwrap_or_default();
        Ok(show(&edition, &drafters, version))
    });
    let view = stands.await?;
    let mut answer = HttpResponse::Ok();
    if view.version > 0 {
        answer.insert_header(ETag(view.version).header());
    }
    Ok(answer.json(view))
}

/// How many editions of a level and a year.
#[derive(Serialize, ToSchema)]
pub struct DraftingCount {
    #[schema(example = "national")]
    level: String,
    /// The year in the number; 0 where it has none.
    #[schema(example = 2026)]
    year: i32,
    /// Led.
    lead: u64,
    /// Took part without leading.
    participating: u64,
}

fn counts<'a>(parts: impl IntoIterator<Item = &'a Taken>) -> Vec<DraftingCount> {
    let count =
        |((level, year), Counted { lead, participating }): ((String, i32), Counted)| DraftingCount { level, year, lead, participating };
    counted(parts).into_iter().map(count).collect()
}

/// The participation of an organisation.
#[derive(Serialize, ToSchema)]
pub struct ParticipationView {
    /// A Unified Social Credit Code.
    enterprise: String,
    lead: u64,
    participating: u64,
    /// By level and year.
    counts: Vec<DraftingCount>,
}

fn participation(enterprise: String, parts: &[Taken]) -> ParticipationView {
    let own: Vec<&Taken> = parts.iter().filter(|taken| taken.organisation == enterprise).collect();
    let counts = counts(own);
    let sum = |of: fn(&DraftingCount) -> u64| counts.iter().map(of).fold(0, u64::saturating_add);
    ParticipationView { lead: sum(|count| count.lead), participating: sum(|count| count.participating), enterprise, counts }
}

/// Whose participation, in which years.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ParticipationQuery {
    /// Of this organisation, a Unified Social Credit Code.
    enterprise: Option<String>,
    /// In editions of this year or later.
    #[param(value_type = Option<i32>, example = 2020)]
    from: Option<String>,
    /// In editions of this year or earlier.
    #[param(value_type = Option<i32>, example = 2026)]
    to: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

fn year(name: &str, text: Option<&str>, bad: &mut Vec<FieldFault>) -> Option<i32> {
    let text = text?;
    let read = text.parse().ok().filter(|year| text.len() == 4 && (1900..=2200).contains(year));
    if read.is_none() {
        bad.push(FieldFault::shape(name, "bad_parameter", "应为四位年份。", "Must be a year of four digits."));
    }
    read
}

fn searched(enterprise: Option<&str>, (from, to): (Option<&str>, Option<&str>), bad: &mut Vec<FieldFault>) -> Search {
    let organisation = enterprise
        .and_then(|code| Uscc::parse(code).map_err(|fault| bad.push(FieldFault::new("?enterprise", "bad_parameter", fault.detail))).ok());
    Search { organisation: organisation.map(|code| code.to_string()), from: year("?from", from, bad), to: year("?to", to, bad) }
}

/// List who takes part in drafting, by organisation, with counts by level and year.
#[utoipa::path(params(ParticipationQuery), responses((status = OK, body = Page<ParticipationView>, description = "One page, by code."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/participation")]
pub(crate) async fn list_participation(db: Data<Db>, req: HttpRequest, query: Query<ParticipationQuery>) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let search = searched(query.enterprise.as_deref(), (query.from.as_deref(), query.to.as_deref()), &mut bad);
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let found = db.read(move |conn| {
        let organisations = store::organisations(conn, &search, after.as_deref(), limit)?;
        let parts = store::parts(conn, &search, Some(&organisations))?;
        Ok((organisations, parts))
    });
    let (organisations, parts) = found.await?;
    let page = Page::cut(organisations, limit, |code| Cursor::after([code.clone()]));
    Ok(page.map(|code| participation(code, &parts)).respond(&req))
}

/// The years of the figures.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ParticipationYears {
    /// In editions of this year or later.
    #[param(value_type = Option<i32>, example = 2020)]
    from: Option<String>,
    /// In editions of this year or earlier.
    #[param(value_type = Option<i32>, example = 2026)]
    to: Option<String>,
}

/// The participation of all organisations together.
#[derive(Serialize, ToSchema)]
pub struct ParticipationFigures {
    /// How many organisations have a part.
    organisations: u64,
    /// Of them: how many lead somewhere.
    leading: u64,
    /// Parts by level and year; an edition of three drafters counts three times.
    counts: Vec<DraftingCount>,
}

/// Read how many organisations take part in drafting, by level and year.
#[utoipa::path(params(ParticipationYears), responses((status = OK, body = ParticipationFigures, description = "The figures."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/participation_figures")]
pub(crate) async fn read_participation_figures(db: Data<Db>, query: Query<ParticipationYears>) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let search = searched(None, (query.from.as_deref(), query.to.as_deref()), &mut bad);
    param::refuse(bad)?;
    let parts = db.read(move |conn| store::parts(conn, &search, None)).await?;
    let distinct = |wanted: fn(&Taken) -> bool| {
        let all: std::collections::BTreeSet<&str> =
            parts.iter().filter(|taken| wanted(taken)).map(|taken| taken.organisation.as_str()).collect();
        u64::try_from(all.len()).unwrap_or(u64::MAX)
    };
    let (organisations, leading) = (distinct(|_| true), distinct(|taken| taken.part == DraftingPart::Lead));
    Ok(HttpResponse::Ok().json(ParticipationFigures { organisations, leading, counts: counts(&parts) }))
}

/// An edition that an organisation drafted.
#[derive(Serialize, ToSchema)]
pub struct DraftedEdition {
    part: DraftingPart,
    edition: EditionView,
}

/// List the editions that an enterprise drafted, by number.
#[utoipa::path(params(("uscc" = String, Path, description = "Its Unified Social Credit Code.", example = "91110108551385082Q"), PageQuery), responses((status = OK, body = Page<DraftedEdition>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/enterprises/{uscc}/drafting")]
pub(crate) async fn list_drafted_editions(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let (uscc, (query, bad)) = (param::uscc(&path)?, query.into_parts());
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let drafted = db.read(move |conn| {
        let rows = store::of_organisation(conn, uscc.as_str(), after.as_deref(), limit)?;
        let numbers: Vec<String> = rows.iter().map(|(number, _)| number.clone()).collect();
        Ok((rows, edition::store::by_numbers(conn, &numbers)?))
    });
    let (rows, editions) = drafted.await?;
    let today = app.clock.now().day();
    // Both are in the order of numbers, and every row has its edition.
    let drafted = rows.into_iter().zip(editions).map(|((_, part), stored)| (part, stored)).collect();
    let page =
        Page::cut(drafted, limit, |(_, stored): &(DraftingPart, edition::store::Stored)| Cursor::after([stored.entry.number.to_string()]));
    Ok(page.map(|(part, stored)| DraftedEdition { part, edition: EditionView::on(&stored, today) }).respond(&req))
}
