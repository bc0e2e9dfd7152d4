//! Reading lists on HTTP. Not here: how a row is read, `rules.rs` and `published_list`.

use std::collections::BTreeMap;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, get, post,
    web::{Data, Path, Payload},
};
use common::{
    db::Db,
    error::{Code, Error, Problems, Result, protocol},
    http::{json, param, query::Query},
    token::Caller,
};
use model::{
    fault::FieldFault,
    id::Id,
    instant::{Day, Instant},
    normalise::line,
    text::Text,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Taken},
    rules::{Form, Listed, NewEdition, Row, RowFault, own},
    store,
};
use crate::{
    Standards,
    author::actions::Author,
    published_list::rules::{cn_list, iso_list},
};

/// Rows of one request.
const ROWS_MAX: usize = 10_000;
/// A request in bytes.
const BYTES_MAX: usize = 16 * 1024 * 1024;
const SOURCE_MAX: usize = 200;

/// Which list it is.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// In which form its rows are; `own` where nothing is said.
    #[param(value_type = Option<Form>)]
    form: Option<String>,
    /// The day of the list; today where nothing is said. What it says of statuses, it says of that day.
    #[param(value_type = Option<String>, format = Date, example = "2026-08-18")]
    listed_on: Option<String>,
    /// Where it comes from.
    #[param(example = "std.samr.gov.cn")]
    source: Option<String>,
}

/// How a row of a list ended.
#[derive(Serialize, ToSchema)]
pub struct ImportRow {
    /// Counted from 1.
    row: usize,
    /// `created`, `replaced`, `unchanged` or `refused`.
    #[schema(example = "created")]
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    /// The edition, `edn_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    edition: Option<String>,
    /// What is wrong with the row although it was read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<RowFault>,
    /// The problem document, where it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    problem: Option<Value>,
}

/// What an import did.
#[derive(Serialize, ToSchema)]
pub struct ImportReport {
    /// `imp_…`.
    id: String,
    form: Form,
    source: String,
    #[schema(value_type = String, format = Date)]
    listed_on: Day,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    rows: usize,
    /// How many rows ended how.
    #[schema(value_type = Object)]
    outcomes: BTreeMap<String, usize>,
    /// How often each fault was met.
    #[schema(value_type = Object)]
    faults: BTreeMap<String, usize>,
    /// Every row that was refused or has a fault.
    faulty: Vec<ImportRow>,
}

async fn lines(mut payload: Payload) -> Result<Vec<Vec<u8>>> {
    use futures_util::StreamExt;
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Error::malformed(vec![broken(&error)]))?;
        if bytes.len().saturating_add(chunk.len()) > BYTES_MAX {
            return Err(most(Code::BODY_TOO_LARGE, BYTES_MAX));
        }
        bytes.extend_from_slice(&chunk);
    }
    let rows: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').filter(|row| !row.trim_ascii().is_empty()).map(<[u8]>::to_vec).collect();
    if rows.len() > ROWS_MAX { Err(most(Code::BATCH_TOO_LARGE, ROWS_MAX)) } else { Ok(rows) }
}

fn broken(error: &dyn std::fmt::Display) -> FieldFault {
    FieldFault::shape("", "malformed_json", "请求体无法读取。", format!("The body cannot be read: {error}"))
}

fn most(code: Code, most: usize) -> Error {
    protocol(code, Text::new(format!("上限为 {most}。"), format!("The limit is {most}.")))
}

fn read(form: Form, bytes: &[u8], listed: &Listed<'_>) -> Result<Row> {
    let value: Value = json::parse(bytes)?;
    let row = match form {
        Form::Own => own(&json::parse_value::<NewEdition>(value, "")?, listed),
        Form::CnList => cn_list(&value, listed),
        Form::IsoList => iso_list(&value, listed),
    };
    row.map_err(Error::invalid)
}

/// Read a list of standards into the catalogue: NDJSON, one row for itself; every fault of the list is told and kept.
#[utoipa::path(
    params(ImportQuery),
    request_body(content((NewEdition = "application/x-ndjson"))),
    responses((status = OK, body = ImportRow, content_type = "application/x-ndjson", description = "One answer per row, in order; the header `Location` leads to the report."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/standards/import")]
pub(crate) async fn import_standards(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    query: Query<ImportQuery>,
    payload: Payload,
) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[])?;
    let (query, mut bad) = query.into_parts();
    let form = param::word("form", query.form.as_deref(), &Form::ALL, &mut bad).unwrap_or(Form::Own);
    let today = app.clock.now().day();
    let on = param::day("listed_on", query.listed_on.as_deref(), &mut bad).unwrap_or(today);
    if on > today {
        bad.push(FieldFault::shape("?listed_on", "bad_parameter", "名录日期不得晚于今天。", "A list is not of the future."));
    }
    let source = query.source.as_deref().map_or(Ok(form.as_str().to_owned()), |text| line(text, SOURCE_MAX));
    let source = source.unwrap_or_else(|fault| {
        bad.push(FieldFault::of("?source", fault));
        String::new()
    });
    param::refuse(bad)?;
    if req.content_type() != "application/x-ndjson" {
        let detail = Text::new("请使用 application/x-ndjson。", "Send application/x-ndjson.");
        return Err(protocol(Code::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let (lang, trace_id) = (param::language(&req), param::trace_id(&req));
    let listed = Listed { source: &source, on };
    let (mut open, mut ended) = (Vec::new(), Vec::new());
    for (place, bytes) in lines(payload).await?.iter().enumerate() {
        match read(form, bytes, &listed) {
            Ok(row) => open.push((place, row)),
            Err(error) => ended.push((place, Err(error), Vec::new())),
        }
    }
    let rows: Vec<Row> = open.iter().map(|(_, row)| row.clone()).collect();
    let results = actions::record(&db, rows, &author.client).await?;
    ended.extend(open.into_iter().zip(results).map(|((place, row), result)| (place, result, row.faults)));
    ended.sort_by_key(|(place, ..)| *place);
    let shown: Vec<ImportRow> = ended
        .into_iter()
        .map(|(place, result, faults)| {
            let row = place.saturating_add(1);
            match result {
                Ok(taken) => accepted(row, taken, faults),
                Err(error) => {
                    let problem = error.document(lang, "/standards/v1/standards/import", &trace_id);
                    ImportRow { row, status: "refused".to_owned(), number: None, edition: None, faults, problem: Some(problem) }
                }
            }
        })
        .collect();
    let id = report(&db, &shown, (form, &listed), &author.client).await?;
    let body: Result<Vec<String>> = shown.iter().map(|row| serde_json::to_string(row).map_err(Error::internal)).collect();
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/x-ndjson").insert_header(("Location", format!("/standards/v1/imports/{id}")));
    Ok(answer.body(body?.join("\n") + "\n"))
}

fn accepted(row: usize, taken: Taken, mut faults: Vec<RowFault>) -> ImportRow {
    faults.extend(taken.faults);
    let number = Some(taken.stored.entry.number.to_string());
    ImportRow { row, status: taken.outcome.as_str().to_owned(), number, edition: Some(taken.stored.id), faults, problem: None }
}

async fn report(db: &Db, shown: &[ImportRow], (form, listed): (Form, &Listed<'_>), by: &str) -> Result<String> {
    let (mut outcomes, mut faults) = (BTreeMap::<&str, usize>::new(), BTreeMap::<&str, usize>::new());
    for row in shown {
        let count = outcomes.entry(&row.status).or_default();
        *count = count.saturating_add(1);
        for fault in &row.faults {
            let count = faults.entry(&fault.code).or_default();
            *count = count.saturating_add(1);
        }
    }
    let faulty: Vec<&ImportRow> = shown.iter().filter(|row| row.problem.is_some() || !row.faults.is_empty()).collect();
    let body = serde_json::json!({
        "form": form, "source": listed.source, "listed_on": listed.on, "rows": shown.len(), "outcomes": outcomes, "faults": faults, "faulty": faulty,
    });
    actions::report(db, body, by).await
}

/// Read what an import did, with every fault of the list.
#[utoipa::path(params(("id" = String, Path, description = "The id of the import.", example = "imp_01JD0000000000000000000000")), responses((status = OK, body = ImportReport, description = "The report."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/imports/{id}")]
pub(crate) async fn read_standard_import(db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    Author::with_role(&caller, &[])?;
    let id = Id::parse("imp", &path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))?;
    let body = db.read(move |conn| store::find(conn, &id)?.ok_or_else(|| Error::not_found("import", &id))).await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(body))
}
