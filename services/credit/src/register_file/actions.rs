//! Reads a file of enterprises row by row on a thread that may block, and records it in chunks. Not here: the request, `http.rs`.

use std::{io::Read, sync::Arc};

use actix_web::web::Bytes;
use common::{
    db::Db,
    error::{Error, Result},
    http::json,
};
use model::instant::Day;
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
    intake::actions::CHUNK,
    sheet::actions::{CsvRows, json_rows},
};

/// How a row of an import ended.
pub type RowOutcome = std::result::Result<Recorded, Error>;

/// Records a chunk of enterprises; the source is authoritative, so no version is asked for.
///
/// # Errors
/// Only when the database fails: a bad row is an outcome.
pub async fn record_enterprises(app: &Arc<Credit>, db: &Db, rows: Vec<Proposed>, author: Author) -> Result<Vec<RowOutcome>> {
    let app = Arc::clone(app);
    db.write(move |tx| tx.each(&rows, |inner, row| Ok(enterprise::actions::record(inner, &app, row, &Expectation::Any, &author)?.recorded)))
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

/// Reads the rows of a body that is still arriving; blocks its thread.
///
/// # Errors
/// When the header is not as it must be: a bad row is handed on as such.
pub fn read_rows(form: Form, chunks: Chunks, rows: &mpsc::Sender<Vec<Row>>, today: Day) -> Result<()> {
    let body = Arriving { chunks, current: Bytes::new() };
    match form {
        Form::Csv => read_csv(body, rows, today),
        Form::Lines => {
            send(json_rows(body).map(|object| object.and_then(|object| enterprise(object, today))), rows);
            Ok(())
        }
    }
}

fn read_csv(body: Arriving, rows: &mpsc::Sender<Vec<Row>>, today: Day) -> Result<()> {
    let records = CsvRows::open(body)?;
    let header = records.header().to_vec();
    let faults = header_faults(&header);
    if !faults.is_empty() {
        return Err(Error::malformed(faults));
    }
    send(records.map(|cells| cells.and_then(|cells| enterprise(row_object(&header, &cells), today))), rows);
    Ok(())
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
