//! Editions on HTTP: searching, reading, relations. Not here: reading lists, `import`; citations, `citation`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Error, Problems, Result},
    http::{
        page::{self, Cursor, Page},
        param,
        precondition::{ETag, not_modified},
        query::Query,
    },
};
use model::{
    fault::FieldFault,
    id::Id,
    instant::{Day, Instant},
    normalise::search_key,
    standard_no::StandardNo,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{found, unknown},
    rules::{Degree, Relation, RelationKind, Stated, Status},
    store::{self, Search, Stored},
};
use crate::Standards;

/// An edition and its status on a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EditionView {
    /// `edn_…`.
    #[schema(example = "edn_01JD0000000000000000000000")]
    pub id: String,
    /// Its standard, `std_…`.
    #[schema(example = "std_01JD0000000000000000000000")]
    pub standard: String,
    /// Its canonical number.
    #[schema(example = "GB/T 20223-2006")]
    pub number: String,
    /// National, industry, local, group, enterprise, international, regional or foreign.
    #[schema(example = "national")]
    pub level: String,
    /// Whether everybody must keep to it.
    pub mandatory: bool,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title_en: Option<String>,
    /// The status on `status_on`.
    pub status: Status,
    #[schema(value_type = String, format = Date)]
    status_on: Day,
    #[schema(value_type = Option<String>, format = Date)]
    published_on: Option<Day>,
    /// From when it is in force; unknown where it is announced without a day.
    #[schema(value_type = Option<String>, format = Date)]
    current_from: Option<Day>,
    /// From when another one is in force beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    superseded_from: Option<Day>,
    /// From when it is without effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    ended_from: Option<Day>,
    /// The numbers of what replaces it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    successors: Vec<String>,
    /// What could not be known: `begin_unknown`, `end_unknown`, `current_before_effective`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<String>,
    /// What the source says of the status, on the day of the source.
    stated: Stated,
    #[schema(value_type = String, format = Date)]
    stated_on: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<String>,
    /// The association of a group standard.
    #[serde(skip_serializing_if = "Option::is_none")]
    association: Option<String>,
    ics: Vec<String>,
    ccs: Vec<String>,
    /// The harmonised stage code of an international one.
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// `sha256:…` of the text; the text itself is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    text_digest: Option<String>,
    /// Which list or procedure says so.
    source: String,
    /// Counted from 1; also the `ETag`.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
}

impl EditionView {
    /// An edition as it stands on a day.
    #[must_use]
    pub fn on(stored: &Stored, day: Day) -> Self {
        let (entry, windows) = (stored.entry.clone(), stored.windows.clone());
        Self {
            id: stored.id.clone(),
            standard: stored.standard.clone(),
            number: entry.number.to_string(),
            level: store::level_of(&entry.number),
            mandatory: entry.mandatory,
            title: entry.title,
            title_en: entry.title_en,
            status: windows.status_on(day),
            status_on: day,
            published_on: entry.published_on,
            current_from: windows.current_from,
            superseded_from: windows.superseded_from,
            ended_from: windows.ended_from,
            successors: windows.successors,
            doubts: windows.doubts,
            stated: entry.stated,
            stated_on: entry.stated_on,
            publisher: entry.publisher,
            association: entry.association,
            ics: entry.ics,
            ccs: entry.ccs,
            stage: entry.stage,
            scope: entry.scope,
            text_digest: entry.text_digest,
            source: entry.source,
            version: stored.version,
            recorded_at: stored.recorded_at,
        }
    }
}

/// The id of an edition in a path.
///
/// # Errors
/// When it is none.
pub(crate) fn edition_id(text: &str) -> Result<String> {
    Id::parse("edn", text).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// Which editions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct StandardsQuery {
    /// This number in any spelling, dated or undated.
    #[param(example = "GB/T 20223-2006")]
    number: Option<String>,
    /// This class of the International Classification for Standards, or one below it.
    #[param(example = "97.220")]
    ics: Option<String>,
    /// This class of the Chinese Classification for Standards, or its first letter.
    #[param(example = "Y55")]
    ccs: Option<String>,
    /// Issued by whom, in full.
    publisher: Option<String>,
    /// Of this level.
    #[param(example = "group")]
    level: Option<String>,
    /// With this status on the day.
    #[param(value_type = Option<Status>)]
    status: Option<String>,
    /// On which day; today where nothing is said.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-01")]
    on: Option<String>,
    /// Words of title or number.
    #[param(example = "足球")]
    q: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

const LEVELS: [(&str, &str); 8] = [
    ("national", "national"),
    ("industry", "industry"),
    ("local", "local"),
    ("group", "group"),
    ("enterprise", "enterprise"),
    ("international", "international"),
    ("regional", "regional"),
    ("foreign", "foreign"),
];

/// Search the catalogue by number, class, publisher, level, status on a day, or words: one item per edition.
#[utoipa::path(params(StandardsQuery), responses((status = OK, body = Page<EditionView>, description = "One page, by number."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/standards")]
pub(crate) async fn list_standards(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    query: Query<StandardsQuery>,
) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let day = param::day("on", query.on.as_deref(), &mut bad).unwrap_or_else(|| app.clock.now().day());
    let status = param::word("status", query.status.as_deref(), &Status::ALL, &mut bad);
    let level = param::word("level", query.level.as_deref(), &LEVELS, &mut bad);
    let number = query.number.as_deref().map(|text| StandardNo::parse(text).map_err(|fault| bad.push(FieldFault::of("?number", fault))));
    let class =
        |text: &String| !text.is_empty() && text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    for (name, code) in [("?ics", &query.ics), ("?ccs", &query.ccs)] {
        if code.as_ref().is_some_and(|text| !class(text)) {
            bad.push(FieldFault::shape(name, "bad_parameter", "应为分类号。", "Must be a code of the classification."));
        }
    }
    let folded = query.q.as_deref().map(search_key);
    if folded.as_ref().is_some_and(|text| text.is_empty() || text.chars().count() > 100) {
        bad.push(FieldFault::shape("?q", "bad_parameter", "请给出 1 到 100 个字。", "Give 1 to 100 characters."));
    }
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let search = Search {
        number: number.and_then(std::result::Result::ok).map(|number| number.to_string()),
        ics: query.ics,
        ccs: query.ccs.map(|code| code.to_ascii_uppercase()),
        publisher: query.publisher,
        level: level.map(str::to_owned),
        status: status.map(|status| (status, day)),
        folded,
        after,
        limit,
    };
    let all = db.read(move |conn| store::list(conn, &search)).await?;
    let page = Page::cut(all, limit, |stored| Cursor::after([stored.entry.number.to_string()]));
    Ok(page.map(|stored| EditionView::on(&stored, day)).respond(&req))
}

/// On which day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OnDay {
    /// On which day; today where nothing is said.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-01")]
    pub on: Option<String>,
}

/// Read an edition and its status on a day.
#[utoipa::path(params(("id" = String, Path, description = "The id of the edition.", example = "edn_01JD0000000000000000000000"), OnDay), responses((status = OK, body = EditionView, description = "The edition as it stands on the day."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/editions/{id}")]
pub(crate) async fn read_edition(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    path: Path<String>,
    query: Query<OnDay>,
) -> Result<HttpResponse> {
    let id = edition_id(&path)?;
    let (query, mut bad) = query.into_parts();
    let asked = param::day("on", query.on.as_deref(), &mut bad);
    param::refuse(bad)?;
    let stored = db.read(move |conn| store::find(conn, &id)?.ok_or_else(|| unknown(&id))).await?;
    // A status changes with the day alone: only an answer about a named day may be kept.
    if asked.is_some() && not_modified(&req, stored.version) {
        return Ok(HttpResponse::NotModified().insert_header(ETag(stored.version).header()).finish());
    }
    let day = asked.unwrap_or_else(|| app.clock.now().day());
    Ok(HttpResponse::Ok().insert_header(ETag(stored.version).header()).json(EditionView::on(&stored, day)))
}

/// How one edition stands to another.
#[derive(Serialize, ToSchema)]
pub struct EditionRelation {
    #[schema(example = "GB/T 19001-2016")]
    from: String,
    kind: RelationKind,
    #[schema(example = "ISO 9001:2015")]
    to: String,
    /// Only of an adoption.
    #[serde(skip_serializing_if = "Option::is_none")]
    degree: Option<Degree>,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl From<Relation> for EditionRelation {
    fn from(relation: Relation) -> Self {
        let Relation { from, kind, to, degree, source, note } = relation;
        Self { from, kind, to, degree, source, note }
    }
}

/// The relations of an edition.
#[derive(Serialize, ToSchema)]
pub struct EditionRelations {
    items: Vec<EditionRelation>,
}

/// List how an edition stands to others and others to it.
#[utoipa::path(params(("id" = String, Path, description = "The id of the edition.", example = "edn_01JD0000000000000000000000")), responses((status = OK, body = EditionRelations, description = "All of them, by kind and number."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/editions/{id}/relations")]
pub(crate) async fn list_relations(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = edition_id(&path)?;
    let all = db.read(move |conn| {
        let stored = found(conn, &id)?;
        store::relations(conn, stored.entry.number.as_str())
    });
    let items = all.await?.into_iter().map(EditionRelation::from).collect();
    Ok(HttpResponse::Ok().json(EditionRelations { items }))
}
