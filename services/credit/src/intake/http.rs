//! `POST /facts/batch` and `POST /enterprises/import`. Not here: the columns, `rules.rs`.

use std::{
    io::{BufRead, BufReader, Read},
    sync::Arc,
};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, post,
    web::{Bytes, Data, Payload},
};
use common::{
    db::Db,
    error::{Code, Error, FieldError, Problems, Result, protocol},
    http::{json, param},
    token::{Caller, Role},
};
use futures_util::StreamExt;
use model::text::{Lang, Text};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use utoipa::ToSchema;

use super::{
    actions::{self, CHUNK},
    rules::{code, header_faults, row_object},
};
use crate::{
    Credit,
    draft::rules::{Draft, NewFact},
    enterprise::{
        actions::Recorded,
        rules::{Enterprise, NewEnterprise, read},
    },
    fact::http::{accept, actor},
};

/// Items of a JSON batch.
const BATCH_MAX: usize = 1_000;
/// Lines of an NDJSON batch.
const LINES_MAX: usize = 10_000;
/// A batch in one body, in bytes.
const BATCH_BYTES: usize = 16 * 1024 * 1024;
/// One line or row of an import, in bytes.
const LINE_BYTES: u64 = 256 * 1024;
/// So many refused rows are reported one by one; the rest is counted.
const REPORTED: usize = 10_000;

/// Facts in one request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactBatch {
    /// At most 1,000.
    #[schema(value_type = Vec<NewFact>)]
    items: Vec<Value>,
}

/// How one item of a batch ended.
#[derive(Serialize, ToSchema)]
pub struct ItemResult {
    index: usize,
    status: u16,
    /// The fact, where it stands now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    body: Option<Value>,
    /// The problem document, where it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    problem: Option<Value>,
}

/// How a batch ended, item by item, in order.
#[derive(Serialize, ToSchema)]
pub struct BatchResult {
    items: Vec<ItemResult>,
}

/// Assert many facts: one bad item never fails the rest.
#[utoipa::path(
    request_body(content((FactBatch = "application/json"), (String = "application/x-ndjson"))),
    responses((status = OK, body = BatchResult, description = "One answer per item, in order."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/facts/batch")]
pub(crate) async fn create_facts(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    payload: Payload,
) -> Result<HttpResponse> {
    let (actor, lang, app) = (actor(&caller)?, param::language(&req), app.into_inner());
    let lines = req.content_type() == "application/x-ndjson";
    if !lines && req.content_type() != "application/json" {
        return Err(unsupported());
    }
    let bytes = collect(payload, BATCH_BYTES).await?;
    let items = if lines { ndjson(&bytes)? } else { objects(&bytes)? };
    let mut results: Vec<ItemResult> = Vec::with_capacity(items.len());
    let mut open: Vec<(usize, Draft)> = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let draft = item.and_then(|value| json::parse_value::<NewFact>(value, "")).and_then(|new| accept(&app, &new, &actor));
        match draft {
            Ok(draft) => open.push((index, draft)),
            Err(error) => results.push(refused(index, &error, lang)),
        }
    }
    while !open.is_empty() {
        let rest = open.split_off(open.len().min(CHUNK));
        let (indexes, drafts): (Vec<usize>, Vec<Draft>) = std::mem::replace(&mut open, rest).into_iter().unzip();
        let outcomes = actions::record_facts(&app, &db, drafts, actor.clone()).await?;
        results.extend(indexes.into_iter().zip(outcomes).map(|(index, outcome)| match outcome {
            Ok(answer) => ItemResult { index, status: answer.status, body: serde_json::from_str(&answer.body).ok(), problem: None },
            Err(error) => refused(index, &error, lang),
        }));
    }
    results.sort_by_key(|result| result.index);
    if !lines {
        return Ok(HttpResponse::Ok().json(BatchResult { items: results }));
    }
    let body: Result<Vec<String>> = results.iter().map(|result| serde_json::to_string(result).map_err(Error::internal)).collect();
    Ok(HttpResponse::Ok().content_type("application/x-ndjson").body(body?.join("\n") + "\n"))
}

fn refused(index: usize, error: &Error, lang: Lang) -> ItemResult {
    ItemResult { index, status: error.status(), body: None, problem: Some(error.document(lang, "", "")) }
}

fn unsupported() -> Error {
    protocol(Code::UNSUPPORTED_MEDIA_TYPE, Text::new("不支持这种内容类型。", "This content type is not read here."))
}

fn too_large(code: Code, most: usize) -> Error {
    protocol(code, Text::new(format!("上限为 {most}。"), format!("The limit is {most}.")))
}

async fn collect(mut payload: Payload, most: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Error::malformed(vec![broken(&error)]))?;
        if bytes.len().saturating_add(chunk.len()) > most {
            return Err(too_large(Code::BODY_TOO_LARGE, most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn broken(error: &dyn std::fmt::Display) -> FieldError {
    FieldError::new("", "malformed_json", Text::new("请求体无法读取。", format!("The body cannot be read: {error}")))
}

fn objects(bytes: &[u8]) -> Result<Vec<Result<Value>>> {
    let batch: FactBatch = json::parse(bytes)?;
    if batch.items.len() > BATCH_MAX {
        return Err(too_large(Code::BATCH_TOO_LARGE, BATCH_MAX));
    }
    Ok(batch.items.into_iter().map(Ok).collect())
}

fn ndjson(bytes: &[u8]) -> Result<Vec<Result<Value>>> {
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect();
    if lines.len() > LINES_MAX {
        return Err(too_large(Code::BATCH_TOO_LARGE, LINES_MAX));
    }
    Ok(lines.into_iter().map(json::parse::<Value>).collect())
}

/// How an import ended.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct ImportSummary {
    /// Rows read.
    rows: u64,
    created: u64,
    replaced: u64,
    unchanged: u64,
    refused: u64,
}

/// Import enterprises from a CSV or NDJSON file of any length.
///
/// The file is read as a stream; the answer is NDJSON: refused rows, then a summary.
#[utoipa::path(
    request_body(content((String = "text/csv"), (String = "application/x-ndjson"))),
    responses((status = OK, content_type = "application/x-ndjson", body = ImportSummary, description = "One line per refused row, and the sums last."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/enterprises/import")]
pub(crate) async fn import_enterprises(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    mut payload: Payload,
) -> Result<HttpResponse> {
    if caller.role() != Role::Authority {
        let detail = Text::new("只有主管部门可以批量导入。", "Only an authority may import.");
        return Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail));
    }
    let form = match req.content_type() {
        "text/csv" => Form::Csv,
        "application/x-ndjson" => Form::Lines,
        _ => return Err(unsupported()),
    };
    let (chunks, arriving) = mpsc::channel::<std::result::Result<Bytes, String>>(8);
    let (rows, mut parsed) = mpsc::channel::<Vec<Row>>(2);
    let today = app.clock.now().day();
    let reading = tokio::task::spawn_blocking(move || read_rows(form, Arriving { chunks: arriving, current: Bytes::new() }, &rows, today));
    let feeding = async move {
        while let Some(chunk) = payload.next().await {
            if chunks.send(chunk.map_err(|error| error.to_string())).await.is_err() {
                break;
            }
        }
    };
    let (app, by, lang) = (app.into_inner(), caller.client().to_owned(), param::language(&req));
    let recording = async move {
        let mut report = Report { lang, summary: ImportSummary::default(), lines: Vec::new() };
        while let Some(rows) = parsed.recv().await {
            report.take(&app, &db, rows, &by).await?;
        }
        Ok::<_, Error>(report)
    };
    let ((), report, read) = futures_util::join!(feeding, recording, reading);
    read.map_err(Error::internal)??;
    let mut report = report?;
    report.lines.push(json!({"summary": report.summary}).to_string());
    Ok(HttpResponse::Ok().content_type("application/x-ndjson").body(report.lines.join("\n") + "\n"))
}

#[derive(Clone, Copy)]
enum Form {
    Csv,
    Lines,
}

/// A row and its number, counted from 1.
type Row = (u64, Result<Enterprise>);

struct Report {
    lang: Lang,
    summary: ImportSummary,
    lines: Vec<String>,
}

impl Report {
    async fn take(&mut self, app: &Arc<Credit>, db: &Db, rows: Vec<Row>, by: &str) -> Result<()> {
        let (mut numbers, mut good) = (Vec::new(), Vec::new());
        for (number, row) in rows {
            self.summary.rows = self.summary.rows.saturating_add(1);
            match row {
                Ok(enterprise) => {
                    numbers.push(number);
                    good.push(enterprise);
                }
                Err(error) => self.refuse(number, &error),
            }
        }
        let outcomes = actions::record_enterprises(app, db, good, by.to_owned()).await?;
        for (number, outcome) in numbers.into_iter().zip(outcomes) {
            let count = match outcome {
                Ok(Recorded::Created) => &mut self.summary.created,
                Ok(Recorded::Replaced) => &mut self.summary.replaced,
                Ok(Recorded::Unchanged) => &mut self.summary.unchanged,
                Err(error) => {
                    self.refuse(number, &error);
                    continue;
                }
            };
            *count = count.saturating_add(1);
        }
        Ok(())
    }

    fn refuse(&mut self, number: u64, error: &Error) {
        self.summary.refused = self.summary.refused.saturating_add(1);
        if self.lines.len() < REPORTED {
            self.lines.push(json!({"row": number, "status": error.status(), "problem": error.document(self.lang, "", "")}).to_string());
        }
    }
}

/// The body of a request as a reader, on a thread that may block.
struct Arriving {
    chunks: mpsc::Receiver<std::result::Result<Bytes, String>>,
    current: Bytes,
}

impl Read for Arriving {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.current.is_empty() {
            match self.chunks.blocking_recv() {
                Some(Ok(chunk)) => self.current = chunk,
                Some(Err(error)) => return Err(std::io::Error::other(error)),
                None => return Ok(0),
            }
        }
        let taken = self.current.split_to(self.current.len().min(buffer.len()));
        if let Some(place) = buffer.get_mut(..taken.len()) {
            place.copy_from_slice(&taken);
        }
        Ok(taken.len())
    }
}

fn read_rows(form: Form, body: Arriving, rows: &mpsc::Sender<Vec<Row>>, today: model::instant::Day) -> Result<()> {
    match form {
        Form::Csv => read_csv(body, rows, today),
        Form::Lines => read_lines(body, rows, today),
    }
}

fn read_csv(body: Arriving, rows: &mpsc::Sender<Vec<Row>>, today: model::instant::Day) -> Result<()> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(body);
    let header = reader.headers().map_err(|error| Error::malformed(vec![broken(&error)]))?;
    let header: Vec<String> = header.iter().map(|column| column.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    let faults = header_faults(&header);
    if !faults.is_empty() {
        return Err(Error::malformed(faults));
    }
    let records = reader.records().map(|record| match record {
        Ok(record) if record.len() == header.len() => {
            let cells: Vec<String> = record.iter().map(str::to_owned).collect();
            enterprise(row_object(&header, &cells), today)
        }
        Ok(record) => {
            let (has, needs) = (record.len(), header.len());
            let detail = Text::new(format!("本行有 {has} 列,应为 {needs} 列。"), format!("The row has {has} columns instead of {needs}."));
            Err(Error::malformed(vec![FieldError::new("", "wrong_type", detail)]))
        }
        Err(error) => Err(Error::malformed(vec![broken(&error)])),
    });
    send(records, rows);
    Ok(())
}

fn read_lines(body: Arriving, rows: &mpsc::Sender<Vec<Row>>, today: model::instant::Day) -> Result<()> {
    let mut reader = BufReader::new(body);
    let lines = std::iter::from_fn(move || {
        let mut line = Vec::new();
        match (&mut reader).take(LINE_BYTES).read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(length) if u64::try_from(length).is_ok_and(|length| length == LINE_BYTES) && !line.ends_with(b"\n") => {
                // The rest of an overlong line belongs to it, not to the next row.
                let skipped = skip_line(&mut reader);
                Some(skipped.and(Err(too_large(Code::BODY_TOO_LARGE, usize::try_from(LINE_BYTES).unwrap_or(0)))))
            }
            Ok(_) => Some(Ok(line)),
            Err(error) => Some(Err(Error::malformed(vec![broken(&error)]))),
        }
    });
    let lines = lines.filter(|line| !line.as_ref().is_ok_and(|line| line.trim_ascii().is_empty()));
    send(
        lines.map(|line| line.and_then(|line| json::parse::<Value>(&line)).and_then(object).and_then(|object| enterprise(object, today))),
        rows,
    );
    Ok(())
}

fn object(value: Value) -> Result<Map<String, Value>> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(Error::malformed(vec![FieldError::new("", "wrong_type", Text::new("应为 JSON 对象。", "Must be a JSON object."))])),
    }
}

fn skip_line(reader: &mut impl BufRead) -> Result<()> {
    loop {
        let buffer = reader.fill_buf().map_err(|error| Error::malformed(vec![broken(&error)]))?;
        if buffer.is_empty() {
            return Ok(());
        }
        let (length, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(place) => (place.saturating_add(1), true),
            None => (buffer.len(), false),
        };
        reader.consume(length);
        if ended {
            return Ok(());
        }
    }
}

fn enterprise(mut object: Map<String, Value>, today: model::instant::Day) -> Result<Enterprise> {
    let uscc = code(&mut object);
    let new = json::parse_value::<NewEnterprise>(Value::Object(object), "");
    match (uscc, new) {
        (Ok(uscc), Ok(new)) => Ok(read(uscc, &new, today)?),
        (Err(faults), Ok(_)) => Err(faults.into()),
        (Ok(_), Err(error)) => Err(error),
        (Err(mut faults), Err(error)) => {
            faults.extend(error.errors().iter().cloned());
            Err(faults.into())
        }
    }
}

fn send(records: impl Iterator<Item = Result<Enterprise>>, rows: &mpsc::Sender<Vec<Row>>) {
    let mut chunk = Vec::with_capacity(CHUNK);
    for (number, record) in (1_u64..).zip(records) {
        chunk.push((number, record));
        if chunk.len() == CHUNK && rows.blocking_send(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK))).is_err() {
            return;
        }
    }
    if !chunk.is_empty() {
        // The receiver is gone only when the request is.
        drop(rows.blocking_send(chunk));
    }
}
