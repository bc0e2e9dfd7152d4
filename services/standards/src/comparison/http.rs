//! Comparing editions on HTTP. Not here: their clauses, `clause`.

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page},
        precondition::{ETag, not_modified},
        query::Query,
    },
    token::{Caller, Role},
};
use model::{fault::FieldFault, id::Id, instant::Instant};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{Counts, Line, LineVerdict, Overall, Pinned, Report},
    store::{self, Stored},
};
use crate::{Standards, author::actions::Author, clause::rules::Clause, indicator::rules::Reason};

/// Which two editions.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditionPair {
    /// The one that is judged: the id of an edition, its number, or a number without year for the edition in force today.
    #[schema(example = "T/SLXH 001-2026")]
    ours: String,
    /// The one that it is compared with.
    #[schema(example = "GB 99001-2024")]
    theirs: String,
}

/// A property in both editions.
#[derive(Serialize, ToSchema)]
pub struct ComparisonLine {
    /// The word of the property.
    #[schema(example = "formaldehyde")]
    property: String,
    verdict: LineVerdict,
    /// Why nothing can be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// The reason in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The reason in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail_zh: Option<String>,
    /// Our clause; none where it is missing here.
    ours: Option<Clause>,
    /// Their clause; none where it is missing there.
    theirs: Option<Clause>,
}

impl From<Line> for ComparisonLine {
    fn from(line: Line) -> Self {
        let Line { property, verdict, reason, ours, theirs } = line;
        let text = match verdict {
            LineVerdict::MissingHere => Some(("此处没有该项要求。", "Nothing is required of it here.")),
            LineVerdict::MissingThere => Some(("对方没有该项要求。", "Nothing is required of it there.")),
            _ => None,
        };
        let text = text.map(|(zh, en)| model::text::Text::new(zh, en)).or_else(|| reason.map(Reason::text));
        let (detail, detail_zh) = text.map(|text| (text.en, text.zh)).unzip();
        Self { property, verdict, reason, detail, detail_zh, ours, theirs }
    }
}

/// Two editions side by side.
#[derive(Serialize, ToSchema)]
pub struct EditionComparison {
    ours: Pinned,
    theirs: Pinned,
    /// How ours stands to theirs as a whole.
    overall: Overall,
    counts: Counts,
    /// Property by property: ours in their order, then what is only theirs.
    lines: Vec<ComparisonLine>,
}

impl EditionComparison {
    fn of(ours: Pinned, theirs: Pinned, report: Report) -> Self {
        let Report { overall, counts, lines } = report;
        Self { ours, theirs, overall, counts, lines: lines.into_iter().map(ComparisonLine::from).collect() }
    }
}

/// A comparison that is kept, as it was judged last.
#[derive(Serialize, ToSchema)]
pub struct ComparisonView {
    /// `cmp_…`.
    #[schema(example = "cmp_01JD0000000000000000000000")]
    id: String,
    #[serde(flatten)]
    found: EditionComparison,
    /// Counted from 1; also the `ETag`.
    version: i64,
    /// When it was judged.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
}

impl From<Stored> for ComparisonView {
    fn from(stored: Stored) -> Self {
        let Stored { comparison, version, recorded_at } = stored;
        let found = EditionComparison::of(comparison.ours, comparison.theirs, comparison.report);
        Self { id: comparison.id, found, version, recorded_at }
    }
}

/// Compare two editions clause by clause; nothing is kept.
#[utoipa::path(
    request_body = EditionPair,
    responses((status = OK, body = EditionComparison, description = "What was found."), Problems),
    security(("oauth2" = ["standards:read"]))
)]
#[post("/editions/compare")]
pub(crate) async fn compare_editions(app: Data<Standards>, db: Data<Db>, body: Body<EditionPair>) -> Result<HttpResponse> {
    let (pair, day) = (body.into_inner(), app.clock.now().day());
    let found = db.read(move |conn| actions::compare(conn, (&pair.ours, &pair.theirs), day)).await?;
    Ok(HttpResponse::Ok().json(EditionComparison::of(found.ours, found.theirs, found.report)))
}

/// Compare two editions and keep what is found; it is judged again whenever a clause of either changes.
#[utoipa::path(
    request_body = EditionPair,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = ComparisonView, description = "It is kept; where ours is stricter, it is a relation of the edition."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/comparisons")]
pub(crate) async fn create_comparison(db: Data<Db>, req: HttpRequest, caller: Caller, body: Body<EditionPair>) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[Role::Association])?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let pair = body.into_inner();
    let answer = db.write_once(key, move |tx| {
        let stored = actions::record(tx, (&pair.ours, &pair.theirs), &author)?;
        let (etag, location) = (ETag(stored.version).to_string(), format!("/standards/v1/comparisons/{}", stored.comparison.id));
        let body = serde_json::to_string(&ComparisonView::from(stored)).map_err(Error::internal)?;
        Ok(Answer { status: 201, etag: Some(etag), location: Some(location), body })
    });
    Ok(once::respond(&answer.await?))
}

/// Read a comparison as it was judged last.
#[utoipa::path(params(("id" = String, Path, description = "The id of the comparison.", example = "cmp_01JD0000000000000000000000")), responses((status = OK, body = ComparisonView, description = "The comparison."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/comparisons/{id}")]
pub(crate) async fn read_comparison(db: Data<Db>, req: HttpRequest, path: Path<String>) -> Result<HttpResponse> {
    let id = Id::parse("cmp", &path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))?;
    let stored = db.read(move |conn| store::find(conn, &id)?.ok_or_else(|| Error::not_found("comparison", &id))).await?;
    let tag = ETag(stored.version);
    if not_modified(&req, tag.0) {
        return Ok(HttpResponse::NotModified().insert_header(tag.header()).finish());
    }
    Ok(HttpResponse::Ok().insert_header(tag.header()).json(ComparisonView::from(stored)))
}

/// Which comparisons.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ComparisonsQuery {
    /// With this edition on either side.
    #[param(example = "edn_01JD0000000000000000000000")]
    edition: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the comparisons that are kept, the oldest first.
#[utoipa::path(params(ComparisonsQuery), responses((status = OK, body = Page<ComparisonView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/comparisons")]
pub(crate) async fn list_comparisons(db: Data<Db>, req: HttpRequest, query: Query<ComparisonsQuery>) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    if let Some(Err(fault)) = query.edition.as_deref().map(|text| Id::parse("edn", text)) {
        bad.push(FieldFault::new("?edition", "bad_parameter", fault.detail));
    }
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let all = db.read(move |conn| store::list(conn, query.edition, after, limit)).await?;
    let page = Page::cut(all, limit, |stored| Cursor::after([stored.comparison.id.clone()]));
    Ok(page.map(ComparisonView::from).respond(&req))
}
