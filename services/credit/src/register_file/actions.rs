//! Reads a file of enterprises row by row on a thread that may block, and records it in chunks. Not here: the request, `http.rs`.

use std::{
    cell::Cell,
    io::{BufRead, BufReader, Read},
    rc::Rc,
    sync::Arc,
};

use actix_web::web::Bytes;
use common::{
    db::Db,
    error::{Code, Error, FieldError, Result},
    http::json,
};
use model::{instant::Day, text::Text};
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::rules::{code, header_faults, row_object};
use crate::{
    Credit,
    enterprise::{
        self,
        actions::{Author, Expectation, Recorded},
        rules::{NewEnterprise, Proposed, read},
    },
    intake::{
        actions::{CHUNK, passable},
        http::{broken, too_large},
    },
};

/// One line or row of an import, in bytes.
const LINE_BYTES: u64 = 256 * 1024;

/// How a row of an import ended.
pub type RowOutcome = std::result::Result<Recorded, Error>;

/// Records a chunk of enterprises; the source is authoritative, so no version is asked for.
///
/// # Errors
/// Only when the database fails: a bad row is an outcome.
pub async fn record_enterprises(app: &Arc<Credit>, db: &Db, rows: Vec<Proposed>, author: Author) -> Result<Vec<RowOutcome>> {
    let app = Arc::clone(app);
    db.write(move |tx| {
        let mut outcomes = Vec::with_capacity(rows.len());
        for row in &rows {
            let outcome = tx.nested(|inner| enterprise::actions::record(inner, &app, row, &Expectation::Any, &author));
            outcomes.push(passable(outcome.map(|outcome| outcome.recorded))?);
        }
        Ok(outcomes)
    })
    .await
}

/// The form of a file.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// CSV with a header line.
    Csv,
    /// One JSON object a line.
    Lines,
}

/// A row and its number, counted from 1.
pub type Row = (u64, Result<Proposed>);

/// The chunks of a body, or why they ended.
pub type Chunks = mpsc::Receiver<std::result::Result<Bytes, String>>;

/// The body of a request as a reader, on a thread that may block.
struct Arriving {
    chunks: Chunks,
    current: Bytes,
    bound: Rc<Bound>,
}

/// How far a record may reach: an unclosed quote would otherwise swallow the whole body.
#[derive(Default)]
struct Bound {
    read: Cell<u64>,
    record: Cell<u64>,
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
        if self.bound.read.get().saturating_sub(self.bound.record.get()) > LINE_BYTES.saturating_mul(2) {
            return Err(std::io::Error::other("a record is too long"));
        }
        let taken = self.current.split_to(self.current.len().min(buffer.len()));
        self.bound.read.set(self.bound.read.get().saturating_add(u64::try_from(taken.len()).unwrap_or(u64::MAX)));
        if let Some(place) = buffer.get_mut(..taken.len()) {
            place.copy_from_slice(&taken);
        }
        Ok(taken.len())
    }
}

/// Reads the rows of a body that is still arriving; blocks its thread.
///
/// # Errors
/// When the header is not as it must be: a bad row is handed on as such.
pub fn read_rows(form: Form, chunks: Chunks, rows: &mpsc::Sender<Vec<Row>>, today: Day) -> Result<()> {
    let bound = Rc::new(Bound::default());
    let body = Arriving { chunks, current: Bytes::new(), bound: Rc::clone(&bound) };
    match form {
        Form::Csv => read_csv(body, &bound, rows, today),
        Form::Lines => {
            // Lines have a bound of their own.
            bound.record.set(u64::MAX);
            read_lines(body, rows, today)
        }
    }
}

fn read_csv(body: Arriving, bound: &Bound, rows: &mpsc::Sender<Vec<Row>>, today: Day) -> Result<()> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(body);
    let header = reader.headers().map_err(|error| Error::malformed(vec![broken(&error)]))?;
    let header: Vec<String> = header.iter().map(|column| column.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    let faults = header_faults(&header);
    if !faults.is_empty() {
        return Err(Error::malformed(faults));
    }
    let mut raw = csv::StringRecord::new();
    let records = std::iter::from_fn(|| {
        bound.record.set(reader.position().byte());
        match reader.read_record(&mut raw) {
            Ok(true) => Some(Ok(raw.clone())),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    });
    let records = records.map(|record| match record {
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

fn read_lines(body: Arriving, rows: &mpsc::Sender<Vec<Row>>, today: Day) -> Result<()> {
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

fn enterprise(mut object: Map<String, Value>, today: Day) -> Result<Proposed> {
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

fn send(records: impl Iterator<Item = Result<Proposed>>, rows: &mpsc::Sender<Vec<Row>>) {
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
