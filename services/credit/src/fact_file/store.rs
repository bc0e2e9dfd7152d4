//! Rows of imports, the parts of their files, and refused rows. Not here: how far an import may go, `rules.rs`.

use chrono::NaiveDateTime;
use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};
use model::{instant::Instant, uscc::Uscc};

use super::rules::{Form, State};
use crate::schema::{enterprise_name, fact_import, import_part, import_refusal};

/// An import.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = fact_import)]
pub struct Import {
    /// `imp_…`.
    pub id: String,
    /// Whose file it is.
    pub organisation: String,
    /// The client that sent it.
    pub client: String,
    /// In which role.
    pub role: String,
    /// The mapping by name.
    pub mapping: String,
    /// Its version; 0 is shipped.
    pub mapping_version: i64,
    /// What it said then.
    pub mapping_body: String,
    /// The word of its form.
    pub form: String,
    /// The encoding of a text.
    pub encoding: Option<String>,
    /// How long the file is.
    pub bytes: i64,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
    /// The word of its state.
    pub state: String,
    /// The last row that was worked off.
    pub row_cursor: i64,
    /// Thousandths of the file.
    pub progress: i32,
    /// Rows that became facts.
    pub created: i64,
    /// Rows whose fact stood already.
    pub same: i64,
    /// Rows that were refused.
    pub refused: i64,
    /// Why it failed, in both languages.
    pub failure: Option<String>,
    /// When it had arrived.
    pub received_at: NaiveDateTime,
    /// When its first row was looked at.
    pub started_at: Option<NaiveDateTime>,
    /// When it was done or had failed.
    pub finished_at: Option<NaiveDateTime>,
    /// Who reads it.
    pub worker: Option<String>,
    /// Until when that reader counts as alive.
    pub alive_until: Option<NaiveDateTime>,
}

impl Import {
    /// Its form.
    ///
    /// # Errors
    /// When the row was not written by this service.
    pub fn form(&self) -> Result<Form> {
        Form::named(&self.form).ok_or_else(|| Error::internal(format!("no form: {}", self.form)))
    }

    /// Its state.
    ///
    /// # Errors
    /// When the row was not written by this service.
    pub fn state(&self) -> Result<State> {
        State::named(&self.state).ok_or_else(|| Error::internal(format!("no state: {}", self.state)))
    }
}

/// Adds an import.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, import: &Import) -> Result<()> {
    diesel::insert_into(fact_import::table).values(import).execute(conn)?;
    Ok(())
}

/// An import by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Import>> {
    Ok(fact_import::table.find(id).select(Import::as_select()).first(conn).optional()?)
}

/// The imports of an organisation, or of all, newest first; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, of: Option<&Uscc>, state: Option<State>, before: Option<&str>, limit: i64) -> Result<Vec<Import>> {
    let mut query = fact_import::table.select(Import::as_select()).order(fact_import::id.desc()).into_boxed();
    if let Some(organisation) = of {
        query = query.filter(fact_import::organisation.eq(organisation.as_str().to_owned()));
    }
    if let Some(state) = state {
        query = query.filter(fact_import::state.eq(state.as_str()));
    }
    if let Some(before) = before {
        query = query.filter(fact_import::id.lt(before.to_owned()));
    }
    Ok(query.limit(limit.saturating_add(1)).load(conn)?)
}

/// The oldest import that waits, or whose reader is gone.
///
/// # Errors
/// When the database fails.
pub fn waiting(conn: &mut Conn, now: Instant) -> Result<Option<Import>> {
    let is_free = fact_import::alive_until.is_null().or(fact_import::alive_until.lt(now.naive_utc()));
    Ok(fact_import::table
        .filter(fact_import::state.eq_any(["queued", "running"]))
        .filter(is_free)
        .order(fact_import::id.asc())
        .select(Import::as_select())
        .first(conn)
        .optional()?)
}

/// Writes how far an import is.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, import: &Import) -> Result<()> {
    diesel::update(fact_import::table.find(&import.id))
        .set((
            fact_import::state.eq(&import.state),
            fact_import::row_cursor.eq(import.row_cursor),
            fact_import::progress.eq(import.progress),
            fact_import::created.eq(import.created),
            fact_import::same.eq(import.same),
            fact_import::refused.eq(import.refused),
            fact_import::failure.eq(&import.failure),
            fact_import::started_at.eq(import.started_at),
            fact_import::finished_at.eq(import.finished_at),
            fact_import::worker.eq(&import.worker),
            fact_import::alive_until.eq(import.alive_until),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps a part of a file.
///
/// # Errors
/// When the database fails.
pub fn insert_part(conn: &mut Conn, import: &str, number: i32, body: &str, now: Instant) -> Result<()> {
    diesel::insert_into(import_part::table)
        .values((
            import_part::import.eq(import),
            import_part::number.eq(number),
            import_part::body.eq(body),
            import_part::received_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// A part of a file; none after the last.
///
/// # Errors
/// When the database fails.
pub fn part(conn: &mut Conn, import: &str, number: i32) -> Result<Option<String>> {
    Ok(import_part::table.find((import, number)).select(import_part::body).first(conn).optional()?)
}

/// How many parts of a file are kept.
///
/// # Errors
/// When the database fails.
pub fn parts(conn: &mut Conn, import: &str) -> Result<i64> {
    Ok(import_part::table.filter(import_part::import.eq(import)).count().get_result(conn)?)
}

/// Forgets a file.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut Conn, import: &str) -> Result<usize> {
    Ok(diesel::delete(import_part::table.filter(import_part::import.eq(import))).execute(conn)?)
}

/// Forgets parts that arrived before a time and never became an import: the process died while they arrived.
///
/// # Errors
/// When the database fails.
pub fn forget_orphans(conn: &mut Conn, before: Instant) -> Result<usize> {
    let old = import_part::table.filter(import_part::received_at.lt(before.naive_utc())).select(import_part::import).distinct();
    let old: Vec<String> = old.load(conn)?;
    let known: Vec<String> = fact_import::table.filter(fact_import::id.eq_any(&old)).select(fact_import::id).load(conn)?;
    let orphans: Vec<&String> = old.iter().filter(|import| !known.contains(import)).collect();
    Ok(diesel::delete(import_part::table.filter(import_part::import.eq_any(orphans))).execute(conn)?)
}

/// A row that was refused.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_refusal)]
pub struct Refusal {
    /// Of which import.
    pub import: String,
    /// Its number in the file.
    pub row_number: i64,
    /// The status that `POST /facts` would have answered.
    pub status: i32,
    /// The problem document in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// Its cells as far as the mapping names them.
    pub cells: String,
}

/// Adds refused rows.
///
/// # Errors
/// When the database fails.
pub fn insert_refusals(conn: &mut Conn, refusals: &[Refusal]) -> Result<()> {
    for refusal in refusals {
        diesel::insert_into(import_refusal::table).values(refusal).execute(conn)?;
    }
    Ok(())
}

/// The refused rows of an import after a row; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn refusals(conn: &mut Conn, import: &str, after: i64, limit: i64) -> Result<Vec<Refusal>> {
    Ok(import_refusal::table
        .filter(import_refusal::import.eq(import))
        .filter(import_refusal::row_number.gt(after))
        .order(import_refusal::row_number.asc())
        .select(Refusal::as_select())
        .limit(limit.saturating_add(1))
        .load(conn)?)
}

/// The enterprises whose present full name has this search key, two at most: one is an answer, two are none.
///
/// # Errors
/// When the database fails.
pub fn bearing(conn: &mut Conn, key: &str) -> Result<Vec<String>> {
    Ok(enterprise_name::table
        .filter(enterprise_name::search_key.eq(key))
        .filter(enterprise_name::kind.eq("current"))
        .select(enterprise_name::uscc)
        .distinct()
        .limit(2)
        .load(conn)?)
}
