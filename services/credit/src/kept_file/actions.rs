//! Keeping a file as it arrives, and reading it back from where its import stands, on a thread of its own. Not here: what becomes of the rows, `fact_file`.

use std::{
    io::Read,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use base64::{Engine, engine::general_purpose::STANDARD};
use common::{
    db::Db,
    error::{Error, Result},
};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use crate::{
    fact_file::{
        rules::{Form, cells_of, columns_of, progress},
        store::{self, Import},
    },
    intake::actions::CHUNK,
    mapping::rules::Mapping,
    row::rules::Plan,
    sheet::actions::{CsvRows, Decoded, Encoding, Recogniser, json_rows},
    workbook::actions::{WORKBOOK_BYTES, Workbook},
};

/// A row of the file: its number, and its cells or why it cannot be read.
pub type Row = (u64, Result<Vec<String>>);

/// What the reading thread tells.
pub enum Piece {
    /// The mapping fits the header.
    Begun(Box<Plan>),
    /// The next rows, and how far the file was read.
    Rows(Vec<Row>, i32),
    /// The file cannot be read as a whole.
    Failed(Error),
}

/// The parts of a kept file as a reader.
struct Kept {
    db: Db,
    import: String,
    next: i32,
    current: Vec<u8>,
    from: usize,
    read: Arc<AtomicU64>,
}

impl Read for Kept {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.from >= self.current.len() {
            let found = self.db.read_here(|conn| store::part(conn, &self.import, self.next)).map_err(std::io::Error::other)?;
            let Some(body) = found else { return Ok(0) };
            self.current = STANDARD.decode(body).map_err(std::io::Error::other)?;
            (self.next, self.from) = (self.next.saturating_add(1), 0);
        }
        let waiting = self.current.get(self.from..).unwrap_or_default();
        let length = waiting.len().min(buffer.len());
        for (place, byte) in buffer.iter_mut().zip(waiting) {
            *place = *byte;
        }
        self.from = self.from.saturating_add(length);
        self.read.fetch_add(u64::try_from(length).unwrap_or(0), Ordering::Relaxed);
        Ok(length)
    }
}

/// Reads the file of an import from its cursor on; blocks its thread.
///
/// # Errors
/// When the file cannot be read as a whole, or the database fails.
pub fn read(db: &Db, import: &Import, pieces: &mpsc::Sender<Piece>) -> Result<()> {
    let mapping: Mapping = serde_json::from_str(&import.mapping_body).map_err(Error::internal)?;
    let (read, whole) = (Arc::new(AtomicU64::new(0)), u64::try_from(import.bytes).unwrap_or(0));
    let kept = Kept { db: db.clone(), import: import.id.clone(), next: 0, current: Vec::new(), from: 0, read: Arc::clone(&read) };
    let encoding = if import.encoding.as_deref() == Some(Encoding::Gb18030.as_str()) { Encoding::Gb18030 } else { Encoding::Utf8 };
    let far = move || progress(read.load(Ordering::Relaxed), whole);
    let begin = |header: &[String]| {
        let plan = Plan::new(&mapping, header).map_err(Error::malformed)?;
        // The receiver is gone only when the import is.
        drop(pieces.blocking_send(Piece::Begun(Box::new(plan))));
        Ok::<_, Error>(())
    };
    let cursor = u64::try_from(import.row_cursor).unwrap_or(0);
    match import.form()? {
        Form::Csv => {
            let rows = CsvRows::open(Decoded::new(kept, encoding))?;
            begin(rows.header())?;
            send((1..).zip(rows), cursor, pieces, |_| far());
        }
        Form::Ndjson => {
            let header = columns_of(&mapping);
            begin(&header)?;
            let rows = json_rows(Decoded::new(kept, encoding));
            let rows = rows.map(|row| row.and_then(|object| Ok(cells_of(&object, &header, mapping.other_columns)?)));
            send((1..).zip(rows), cursor, pieces, |_| far());
        }
        Form::Xlsx => {
            let mut bytes = Vec::new();
            kept.take(WORKBOOK_BYTES).read_to_end(&mut bytes).map_err(Error::internal)?;
            let mut book = Workbook::open(bytes)?;
            let mut rows = book.rows()?;
            let last = u64::from(rows.promised()).saturating_add(1);
            let header = rows.next().transpose()?.map(|(_, header)| header).unwrap_or_default();
            begin(&header)?;
            let mut number = 1;
            // A sheet that breaks off is a row that cannot be read, after the last one that could.
            let rows = rows.map(|row| match row {
                Ok((found, cells)) => {
                    number = found;
                    (found, Ok(cells))
                }
                Err(error) => (number.saturating_add(1), Err(error)),
            });
            send(rows, cursor, pieces, |number| progress(number, last));
        }
    }
    Ok(())
}

/// Hands on the rows after the cursor in chunks, for as long as somebody listens.
fn send(rows: impl Iterator<Item = Row>, cursor: u64, pieces: &mpsc::Sender<Piece>, far: impl Fn(u64) -> i32) {
    let mut chunk = Vec::with_capacity(CHUNK);
    for row in rows.filter(|(number, _)| *number > cursor) {
        let number = row.0;
        chunk.push(row);
        if chunk.len() == CHUNK && pieces.blocking_send(Piece::Rows(std::mem::take(&mut chunk), far(number))).is_err() {
            return;
        }
    }
    if let Some((number, _)) = chunk.last() {
        let far = far(*number);
        // The receiver is gone only when the import is.
        drop(pieces.blocking_send(Piece::Rows(chunk, far)));
    }
}

/// A part of a file as it is kept, in bytes.
const PART_BYTES: usize = 192 * 1024;

/// The parts of an upload; unless they become an import they are forgotten, also when the caller hangs up.
pub struct Upload {
    /// The own database.
    pub db: Db,
    /// The id of the import that it becomes.
    pub id: String,
    /// How many parts are kept.
    pub parts: i32,
    /// How many bytes have arrived.
    pub bytes: u64,
    /// Their hash so far.
    pub hash: Sha256,
    /// The encoding of a text.
    pub encoding: Option<Recogniser>,
    /// Whether it has become an import.
    pub is_kept: bool,
    waiting: Vec<u8>,
}

impl Upload {
    /// Nothing yet.
    #[must_use]
    pub fn new(db: Db, id: String, encoding: Option<Recogniser>) -> Self {
        Self { db, id, parts: 0, bytes: 0, hash: Sha256::new(), encoding, is_kept: false, waiting: Vec::new() }
    }

    /// Keeps what comes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(&mut self, chunk: &[u8]) -> Result<()> {
        self.bytes = self.bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        self.hash.update(chunk);
        if let Some(recogniser) = &mut self.encoding {
            recogniser.see(chunk, false);
        }
        self.waiting.extend_from_slice(chunk);
        while self.waiting.len() >= PART_BYTES {
            let rest = self.waiting.split_off(PART_BYTES);
            self.flush(rest).await?;
        }
        Ok(())
    }

    /// Keeps the rest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish(&mut self) -> Result<()> {
        self.flush(Vec::new()).await
    }

    async fn flush(&mut self, rest: Vec<u8>) -> Result<()> {
        let part = std::mem::replace(&mut self.waiting, rest);
        let (import, number, body) = (self.id.clone(), self.parts, STANDARD.encode(part));
        self.db.write(move |tx| store::insert_part(tx.conn, &import, number, &body, tx.now())).await?;
        self.parts = self.parts.saturating_add(1);
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.is_kept && self.parts > 0 {
            actix_web::rt::spawn(forget(self.db.clone(), self.id.clone()));
        }
    }
}

/// Forgets the parts of a file that did not arrive whole.
async fn forget(db: Db, import: String) {
    let of = import.clone();
    if let Err(error) = db.write(move |tx| store::forget(tx.conn, &of)).await {
        tracing::warn!(import, cause = %error, "parts of a broken upload are kept for an hour");
    }
}
