//! Rows of documents that tenders were made from. Not here: the tenders, `tender::store`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use super::rules::{Note, SourceForm};
use crate::schema::tender_source;

/// What is known of a document beside its text.
#[derive(Clone, Debug)]
pub struct Line {
    /// `sha256:…` of its bytes.
    pub digest: String,
    /// What it is.
    pub form: SourceForm,
    /// What was not taken over.
    pub notes: Vec<Note>,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// A document as it was sent.
#[derive(Clone, Debug)]
pub struct Record {
    /// Of which tender.
    pub id: String,
    /// What is known of it.
    pub line: Line,
    /// Its text, byte for byte.
    pub body: String,
}

/// Keeps a document; one that is there already stays.
///
/// # Errors
/// When the database fails.
pub fn keep(conn: &mut Conn, record: &Record) -> Result<()> {
    diesel::delete(tender_source::table.find((&record.id, &record.line.digest))).execute(conn)?;
    diesel::insert_into(tender_source::table)
        .values((
            tender_source::id.eq(&record.id),
            tender_source::digest.eq(&record.line.digest),
            tender_source::form.eq(record.line.form.as_str()),
            tender_source::body.eq(&record.body),
            tender_source::notes.eq(serde_json::to_string(&record.line.notes).map_err(Error::internal)?),
            tender_source::recorded_at.eq(record.line.recorded_at.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

type Row = (String, String, String, chrono::NaiveDateTime);

fn line((digest, form, notes, recorded_at): Row) -> Result<Line> {
    Ok(Line {
        digest,
        form: SourceForm::named(&form).ok_or_else(|| Error::internal(format!("no form of a source: {form}")))?,
        notes: serde_json::from_str(&notes).map_err(Error::internal)?,
        recorded_at: Instant::from_naive_utc(recorded_at),
    })
}

const COLUMNS: (tender_source::digest, tender_source::form, tender_source::notes, tender_source::recorded_at) =
    (tender_source::digest, tender_source::form, tender_source::notes, tender_source::recorded_at);

/// A document of a tender.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str, digest: &str) -> Result<Option<Record>> {
    let found: Option<(Row, String)> =
        tender_source::table.find((id, digest)).select((COLUMNS, tender_source::body)).first(conn).optional()?;
    found.map(|(row, body)| Ok(Record { id: id.to_owned(), line: line(row)?, body })).transpose()
}

/// One page of the documents of a tender by their digests, and one more; only the one of this digest where one is named.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, id: &str, after: &str, only: Option<&str>, limit: i64) -> Result<Vec<Line>> {
    let mut rows = tender_source::table
        .filter(tender_source::id.eq(id.to_owned()))
        .filter(tender_source::digest.gt(after.to_owned()))
        .order(tender_source::digest.asc())
        .limit(limit.saturating_add(1))
        .select(COLUMNS)
        .into_boxed();
    if let Some(only) = only {
        rows = rows.filter(tender_source::digest.eq(only.to_owned()));
    }
    rows.load::<Row>(conn)?.into_iter().map(line).collect()
}
