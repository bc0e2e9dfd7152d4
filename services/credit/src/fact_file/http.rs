//! Imports on HTTP: send a file, look how far it is, read what was refused. Not here: working it off, `actions.rs`.

use std::sync::Arc;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, get, post,
    web::{Data, Path, Payload},
};
use common::{
    db::{Answer, Db},
    error::{Code, Error, FieldError, Problems, Result},
    http::{
        once,
        page::{self, Cursor, Page, bad_cursor},
        param,
        query::Query,
    },
    token::{Caller, Role},
};
use futures_util::StreamExt;
use model::{fault::FieldFault, id::Id, instant::Instant, text::Lang};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::{
    rules::{Form, State},
    store::{self, Import, Refusal},
};
use crate::{
    Credit,
    intake::http::{broken, too_large, unsupported},
    kept_file::actions::Upload,
    mapping::{self, http::asserts},
    sheet::actions::Recogniser,
    workbook::actions::WORKBOOK_BYTES,
};

/// A file of text in bytes.
const TEXT_BYTES: u64 = 1024 * 1024 * 1024;

/// By which mapping.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportQuery {
    /// The name of the mapping: an own one, or one that is shipped.
    #[param(value_type = String, example = "double-publicity-penalty")]
    mapping: String,
}

/// An import and how far it is.
#[derive(Serialize, ToSchema)]
pub struct ImportView {
    /// `imp_…`.
    id: String,
    /// Whose file it is.
    organisation: String,
    /// The mapping by name.
    mapping: String,
    /// Its version; 0 is shipped.
    mapping_version: i64,
    form: Form,
    /// `utf-8` or `gb18030`, as recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<String>,
    bytes: i64,
    /// SHA-256 of the file.
    sha256: String,
    state: State,
    /// Thousandths of the file.
    #[schema(example = 1000)]
    progress: i32,
    rows: RowsView,
    /// The problem document, where the file could not be read as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    failure: Option<Value>,
    #[schema(value_type = String, format = DateTime)]
    received_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Instant>,
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Instant>,
}

/// What became of the rows so far.
#[derive(Serialize, ToSchema)]
pub struct RowsView {
    /// Rows that were worked off.
    read: i64,
    /// Those that became facts.
    created: i64,
    /// Those whose fact stood already.
    same: i64,
    /// Those that were refused.
    refused: i64,
}

fn show(import: Import, lang: Lang) -> Result<ImportView> {
    let (form, state) = (import.form()?, import.state()?);
    let failure: Option<Value> = import.failure.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)?;
    let Import { created, same, refused, .. } = import;
    Ok(ImportView {
        form,
        state,
        failure: failure.and_then(|both| both.get(if lang == Lang::Zh { "zh" } else { "en" }).cloned()),
        rows: RowsView { read: created.saturating_add(same).saturating_add(refused), created, same, refused },
        id: import.id,
        organisation: import.organisation,
        mapping: import.mapping,
        mapping_version: import.mapping_version,
        encoding: import.encoding,
        bytes: import.bytes,
        sha256: import.sha256,
        progress: import.progress,
        received_at: Instant::from_naive_utc(import.received_at),
        started_at: import.started_at.map(Instant::from_naive_utc),
        finished_at: import.finished_at.map(Instant::from_naive_utc),
    })
}

/// Import a department's file of facts by a mapping.
///
/// The file is kept as it arrives and worked off afterwards: follow `Location`.
#[utoipa::path(
    params(ImportQuery, ("Idempotency-Key" = Option<String>, Header, description = "The same key and file gives the first answer again.")),
    request_body(content((String = "text/csv"), (String = "application/x-ndjson"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = ACCEPTED, body = ImportView, description = "The file has arrived and is worked off."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/imports")]
pub(crate) async fn create_import(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    query: Query<ImportQuery>,
    mut payload: Payload,
) -> Result<HttpResponse> {
    let (organisation, today) = (caller.organisation()?, app.clock.now().day());
    asserts(&app, &caller, today)?;
    let form = Form::of(req.content_type()).ok_or_else(unsupported)?;
    let (query, bad) = query.into_parts();
    param::refuse(bad)?;
    let name = mapping::rules::name(&query.mapping).map_err(|fault| Error::invalid(vec![FieldFault::of("?mapping", fault)]))?;
    let (asked, of) = (name.clone(), organisation.clone());
    let mapping = db.read(move |conn| mapping::actions::find(conn, &of, &asked, today)).await?.ok_or_else(|| no_mapping(&name))?;

    let id = db.write(|tx| Ok(tx.id("imp"))).await?;
    let encoding = (form != Form::Xlsx).then(Recogniser::default);
    let mut upload = Upload::new(db.get_ref().clone(), id, encoding);
    let most = if form == Form::Xlsx { WORKBOOK_BYTES } else { TEXT_BYTES };
    while let Some(chunk) = payload.next().await {
        upload.take(&chunk.map_err(|error| Error::malformed(vec![broken(&error)]))?).await?;
        if upload.bytes > most {
            return Err(too_large(Code::BODY_TOO_LARGE, usize::try_from(most).unwrap_or(0)));
        }
    }
    upload.finish().await?;
    let answer = enter(&app, &req, &caller, form, mapping, &mut upload).await?;
    app.imports.notify_one();
    Ok(once::respond(&answer))
}

/// Makes an import of the parts that have arrived.
async fn enter(
    app: &Arc<Credit>,
    req: &HttpRequest,
    caller: &Caller,
    form: Form,
    mapping: mapping::store::Stored,
    upload: &mut Upload,
) -> Result<Answer> {
    let encoding = match upload.encoding.take() {
        None => None,
        Some(mut recogniser) => {
            recogniser.see(&[], true);
            Some(recogniser.found().ok_or_else(unknown_encoding)?)
        }
    };
    let sha256: [u8; 32] = upload.hash.clone().finalize().into();
    let told: [u8; 32] = Sha256::new().chain_update(&mapping.name).chain_update([0]).chain_update(sha256).finalize().into();
    let key = once::key(req, caller, &told)?;
    let import = Import {
        id: upload.id.clone(),
        organisation: caller.organisation()?.to_string(),
        client: caller.client().to_owned(),
        role: caller.role().as_str().to_owned(),
        mapping: mapping.name,
        mapping_version: mapping.version,
        mapping_body: serde_json::to_string(&mapping.mapping).map_err(Error::internal)?,
        form: form.as_str().to_owned(),
        encoding: encoding.map(|encoding| encoding.as_str().to_owned()),
        bytes: i64::try_from(upload.bytes).unwrap_or(i64::MAX),
        sha256: once::hex(&sha256),
        state: State::Queued.as_str().to_owned(),
        row_cursor: 0,
        progress: 0,
        created: 0,
        same: 0,
        refused: 0,
        failure: None,
        received_at: app.clock.now().naive_utc(),
        started_at: None,
        finished_at: None,
        worker: None,
        alive_until: None,
    };
    let (lang, parts) = (param::language(req), i64::from(upload.parts));
    let answer = upload.db.write_once(key, move |tx| {
        if store::parts(tx.conn, &import.id)? != parts {
            return Err(Error::unavailable(Code::OVERLOADED, "parts of a slow upload were forgotten"));
        }
        let import = Import { received_at: tx.now().naive_utc(), ..import.clone() };
        store::insert(tx.conn, &import)?;
        let location = Some(format!("/credit/v1/imports/{}", import.id));
        let body = serde_json::to_string(&show(import, lang)?).map_err(Error::internal)?;
        Ok(Answer { status: 202, etag: None, location, body })
    });
    let answer = answer.await?;
    upload.is_kept = answer.location.as_deref().is_some_and(|location| location.ends_with(&upload.id));
    Ok(answer)
}

fn no_mapping(name: &str) -> Error {
    let (zh, en) = (format!("没有名为 {name} 的映射。"), format!("There is no mapping {name}."));
    Error::invalid(vec![FieldError::rule("?mapping", "mapping_unknown", zh, en)])
}

fn unknown_encoding() -> Error {
    let (zh, en) = ("文件既不是 UTF-8，也不是 GB 18030。", "The file is neither UTF-8 nor GB 18030.");
    Error::malformed(vec![FieldError::shape("", "encoding_unknown", zh, en)])
}

/// Which imports.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportsQuery {
    /// Only in this state.
    #[param(value_type = Option<State>)]
    state: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the imports of the own organisation, newest first; an authority sees all.
#[utoipa::path(params(ImportsQuery), responses((status = OK, body = Page<ImportView>, description = "One page."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/imports")]
pub(crate) async fn list_imports(db: Data<Db>, req: HttpRequest, caller: Caller, query: Query<ImportsQuery>) -> Result<HttpResponse> {
    let of = if caller.role() == Role::Authority { None } else { Some(caller.organisation()?) };
    let (query, mut bad) = query.into_parts();
    let state = param::word("state", query.state.as_deref(), &State::ALL, &mut bad);
    let (limit, before) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let found = db.read(move |conn| store::list(conn, of.as_ref(), state, before.as_deref(), limit)).await?;
    let page = Page::cut(found, limit, |import| Cursor::after([import.id.clone()]));
    let (lang, next_cursor) = (param::language(&req), page.next_cursor);
    let items = page.items.into_iter().map(|import| show(import, lang)).collect::<Result<Vec<_>>>()?;
    Ok(Page { items, next_cursor }.respond(&req))
}

/// An import that this caller may see; for everybody else there is none.
async fn visible(db: &Db, caller: &Caller, id: &str) -> Result<Import> {
    let id = Id::parse("imp", id).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))?;
    let asked = id.clone();
    let found = db.read(move |conn| store::find(conn, &asked)).await?;
    let own = caller.organisation()?;
    found
        .filter(|import| caller.role() == Role::Authority || import.organisation == own.as_str())
        .ok_or_else(|| Error::not_found("import", &id))
}

/// Read how far an import is.
#[utoipa::path(params(("id" = String, Path, description = "The id of the import.", example = "imp_01JD0000000000000000000000")), responses((status = OK, body = ImportView, description = "The import as it stands."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/imports/{id}")]
pub(crate) async fn read_import(db: Data<Db>, req: HttpRequest, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let import = visible(&db, &caller, &path).await?;
    Ok(HttpResponse::Ok().json(show(import, param::language(&req))?))
}

/// A row that was refused.
#[derive(Serialize, ToSchema)]
pub struct RefusalView {
    /// Its number: data rows are counted from 1, rows of a workbook as the sheet counts them.
    row: i64,
    /// The status that the fact would have been answered with.
    status: i32,
    /// The problem document, with the column behind each fault.
    #[schema(value_type = Object)]
    problem: Value,
    /// The cells of the columns that the mapping names.
    #[schema(value_type = Object)]
    cells: Value,
}

/// A page of refused rows.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a page answers; this names its schema")]
pub struct RefusalPage {
    items: Vec<RefusalView>,
    next_cursor: Option<String>,
}

fn show_refusal(refusal: &Refusal, lang: Lang) -> Result<RefusalView> {
    let problem = if lang == Lang::Zh { &refusal.zh } else { &refusal.en };
    Ok(RefusalView {
        row: refusal.row_number,
        status: refusal.status,
        problem: serde_json::from_str(problem).map_err(Error::internal)?,
        cells: serde_json::from_str(&refusal.cells).map_err(Error::internal)?,
    })
}

/// Which refused rows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefusalsQuery {
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List every row of an import that was refused, in the order of the file.
#[utoipa::path(params(("id" = String, Path, description = "The id of the import.", example = "imp_01JD0000000000000000000000"), RefusalsQuery), responses((status = OK, body = RefusalPage, description = "One page."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/imports/{id}/refusals")]
pub(crate) async fn list_import_refusals(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    query: Query<RefusalsQuery>,
) -> Result<HttpResponse> {
    let (query, bad) = query.into_parts();
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let after = after.map_or(Ok(0), |part| part.parse::<i64>().map_err(|_bad| bad_cursor()))?;
    let import = visible(&db, &caller, &path).await?;
    let found = db.read(move |conn| store::refusals(conn, &import.id, after, limit)).await?;
    let page = Page::cut(found, limit, |refusal| Cursor::after([refusal.row_number.to_string()]));
    let (lang, next_cursor) = (param::language(&req), page.next_cursor);
    let items = page.items.iter().map(|refusal| show_refusal(refusal, lang)).collect::<Result<Vec<_>>>()?;
    Ok(Page { items, next_cursor }.respond(&req))
}
