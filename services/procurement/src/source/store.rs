//! Rows of documents that tenders were made from. Not here: the tenders, `tender::store`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use super::rules::{Note, SourceForm};
use crate::schema::tender_source;

/// A document as it was sent.
#[derive(Clone, Debug)]
pub struct Record {
    /// Of which tender.
    pub id: String,
    /// `sha256:…` of its bytes.
    pub digest: String,
    /// What it is.
    pub form: SourceForm,
    /// Its text, byte for byte.
    pub body: String,
    /// What was not taken over.
    pub notes: Vec<Note>,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// Keeps a document; one that is there already stays.
///
/// # Errors
/// When the database fails.
pub fn keep(conn: &mut Conn, record: &Record) -> Result<()> {
    diesel::delete(tender_source::table.find((&record.id, &record.digest))).execute(conn)?;
    diesel::insert_into(tender_source::table)
        .values((
            tender_source::id.eq(&record.id),
            tender_source::digest.eq(&record.digest),
            tender_source::form.eq(record.form.as_str()),
            tender_source::body.eq(&record.body),
            tender_source::notes.eq(serde_json::to_string(&record.notes).map_err(Error::internal)?),
            tender_source::recorded_at.eq(record.recorded_at.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

type Row = (String, String, String, String, String, chrono::NaiveDateTime);

fn read((id, digest, form, body, notes, recorded_at): Row) -> Result<Record> {
    Ok(Record {
        id,
        digest,
        form: SourceForm::named(&form).ok_or_else(|| Error::internal(format!("no form of a source: {form}")))?,
        body,
        notes: serde_json::from_str(&notes).map_err(Error::internal)?,
        recorded_at: Instant::from_naive_utc(recorded_at),
    })
}

/// A document of a tender.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str, digest: &str) -> Result<Option<Record>> {
    tender_source::table.find((id, digest)).first::<Row>(conn).optional()?.map(read).transpose()
}

/// One page of the documents of a tender by their digests, and one more.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, id: &str, after: &str, limit: i64) -> Result<Vec<Record>> {
    let rows = tender_source::table
        .filter(tender_source::id.eq(id))
        .filter(tender_source::digest.gt(after))
        .order(tender_source::digest.asc())
        .limit(limit.saturating_add(1));
    rows.load::<Row>(conn)?.into_iter().map(read).collect()
}
