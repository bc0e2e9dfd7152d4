//! Rows of measures: what was told last, and what departments carry out. Not here: which measures follow, `rules.rs`.

use chrono::NaiveDateTime;
use common::{
    db::{Conn, Portable},
    error::Result,
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::{
    instant::{Day, Instant},
    uscc::Uscc,
};

use super::rules::Record;
use crate::schema::{measure_record, measure_told};

/// What was told last; none where an enterprise never had a measure.
///
/// # Errors
/// When the database fails.
pub fn told(conn: &mut Conn, uscc: &Uscc) -> Result<Option<String>> {
    Ok(measure_told::table.find(uscc.as_str()).select(measure_told::intervals).first(conn).optional()?)
}

/// Remembers what was told.
///
/// # Errors
/// When the database fails.
pub fn remember(conn: &mut Conn, uscc: &Uscc, form: &str, position: i64) -> Result<()> {
    let columns = (measure_told::intervals.eq(form), measure_told::position.eq(position));
    let upsert = diesel::insert_into(measure_told::table)
        .values((measure_told::enterprise.eq(uscc.as_str()), columns))
        .on_conflict(measure_told::enterprise)
        .do_update()
        .set(columns);
    Portable(upsert).execute(conn)?;
    Ok(())
}

/// Adds that a department carries out a measure.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, uscc: &Uscc, record: &Record, (organisation, client): (&Uscc, &str), now: Instant) -> Result<()> {
    diesel::insert_into(measure_record::table)
        .values((
            measure_record::id.eq(&record.id),
            measure_record::enterprise.eq(uscc.as_str()),
            measure_record::code.eq(&record.code),
            measure_record::ground_fact.eq(&record.ground_fact),
            measure_record::department.eq(&record.department),
            measure_record::document_no.eq(&record.document_no),
            measure_record::from_on.eq(record.from),
            measure_record::to_on.eq(record.to),
            measure_record::organisation.eq(organisation.as_str()),
            measure_record::client.eq(client),
            measure_record::recorded_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

type Row = (String, String, Option<String>, String, String, Day, Option<Day>);

/// What departments carry out, as it was known at an instant.
///
/// # Errors
/// When the database fails.
pub fn of_enterprise(conn: &mut Conn, uscc: &Uscc, known_at: Instant) -> Result<Vec<Record>> {
    let known: NaiveDateTime = known_at.naive_utc();
    let rows: Vec<Row> = measure_record::table
        .filter(measure_record::enterprise.eq(uscc.as_str()))
        .filter(measure_record::recorded_at.le(known))
        .order(measure_record::id.asc())
        .select((
            measure_record::id,
            measure_record::code,
            measure_record::ground_fact,
            measure_record::department,
            measure_record::document_no,
            measure_record::from_on,
            measure_record::to_on,
        ))
        .load(conn)?;
    let record = |(id, code, ground_fact, department, document_no, from, to): Row| Record {
        id,
        code,
        ground_fact,
        department,
        document_no,
        from,
        to,
    };
    Ok(rows.into_iter().map(record).collect())
}
