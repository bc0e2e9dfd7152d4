//! The clauses of an edition on HTTP. Not here: comparing two editions, `comparison`.

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
        precondition::{ETag, IfMatch, if_none_match_star},
    },
    token::{Caller, Role},
};
use model::instant::{Day, Instant};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    actions::{self, Expected, judge},
    rules::{Clause, ClauseSet, Finding, NewClauses},
    store,
};
use crate::{
    Standards,
    author::actions::Author,
    edition::{actions::found, http::edition_id, store::Stored},
};

/// What a mandatory clause in force today says to a clause.
#[derive(Serialize, ToSchema)]
pub struct ClauseWarning {
    /// Where the clause stands.
    #[schema(example = "/clauses/0/indicator")]
    pointer: String,
    /// `below_mandatory`, `mandatory_not_comparable` or `mandatory_scope_unknown`.
    #[schema(example = "mandatory_not_comparable")]
    code: String,
    /// The number of the mandatory edition.
    number: String,
    /// The number of its clause.
    clause: String,
    /// In English.
    detail: String,
    /// In Chinese.
    detail_zh: String,
}

impl From<Finding> for ClauseWarning {
    fn from(finding: Finding) -> Self {
        let Finding { place, code, edition, clause, text } = finding;
        let pointer = format!("/clauses/{place}/indicator");
        Self { pointer, code: code.to_owned(), number: edition, clause, detail: text.en, detail_zh: text.zh }
    }
}

/// The clauses of an edition.
#[derive(Serialize, ToSchema)]
pub struct ClausesView {
    /// `edn_…`.
    #[schema(example = "edn_01JD0000000000000000000000")]
    edition: String,
    /// The number of the edition.
    #[schema(example = "T/SLXH 001-2026")]
    number: String,
    clauses: Vec<Clause>,
    /// What the mandatory clauses in force today say to them: what cannot be compared, and what fell below a standard that came later.
    warnings: Vec<ClauseWarning>,
    /// Counted from 1; also the `ETag`.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
}

/// A set as it is shown on a day.
fn view(conn: &mut common::db::Conn, edition: &Stored, set: ClauseSet, day: Day) -> Result<ClausesView> {
    let warnings = judge(conn, edition, &set.clauses, day)?.into_iter().map(ClauseWarning::from).collect();
    let ClauseSet { edition: id, version, clauses, recorded_at } = set;
    Ok(ClausesView { edition: id, number: edition.entry.number.to_string(), clauses, warnings, version, recorded_at })
}

/// Record the clauses of an edition: always the whole set; below a mandatory standard it is refused.
#[utoipa::path(
    request_body = NewClauses,
    params(
        ("id" = String, Path, description = "The id of the edition.", example = "edn_01JD0000000000000000000000"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read; required where there are clauses already."),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if there are none yet."),
    ),
    responses((status = OK, body = ClausesView, description = "They were changed."), (status = CREATED, body = ClausesView, description = "They are new."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[put("/editions/{id}/clauses")]
pub(crate) async fn update_clauses(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewClauses>,
) -> Result<HttpResponse> {
    let id = edition_id(&path)?;
    let author = Author::with_role(&caller, &[Role::Association])?;
    let expected = Expected { version: IfMatch::of(&req)?, nothing: if_none_match_star(&req)? };
    let clauses = body.read()?;
    let answer = db.write(move |tx| {
        let (edition, set, is_new) = actions::put(tx, &id, &clauses, &expected, &author)?;
        let (etag, day) = (ETag(set.version).to_string(), tx.now().day());
        let body = serde_json::to_string(&view(tx.conn, &edition, set, day)?).map_err(Error::internal)?;
        let location = is_new.then(|| format!("/standards/v1/editions/{id}/clauses"));
        Ok(Answer { status: if is_new { 201 } else { 200 }, etag: Some(etag), location, body })
    });
    Ok(once::respond(&answer.await?))
}

/// Read the clauses of an edition and what the mandatory standards in force today say to them.
#[utoipa::path(params(("id" = String, Path, description = "The id of the edition.", example = "edn_01JD0000000000000000000000")), responses((status = OK, body = ClausesView, description = "The clauses."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/editions/{id}/clauses")]
pub(crate) async fn read_clauses(app: Data<Standards>, db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let (id, day) = (edition_id(&path)?, app.clock.now().day());
    let shown = db.read(move |conn| {
        let edition = found(conn, &id)?;
        let set = store::of_edition(conn, &id)?.ok_or_else(|| Error::not_found("set of clauses of", &id))?;
        view(conn, &edition, set, day)
    });
    let shown = shown.await?;
    Ok(HttpResponse::Ok().insert_header(ETag(shown.version).header()).json(shown))
}
