//! The class told last for each enterprise. Not here: how it is found, `rules.rs`.

use chrono::NaiveDate;
use common::{
    db::{Conn, Portable},
    error::Result,
};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper, TextExpressionMethods,
};
use model::instant::Day;

use crate::schema::{enterprise, risk_class};

/// What was told last.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = risk_class)]
pub struct Told {
    /// Whose.
    pub enterprise: String,
    /// The letter.
    pub class: String,
    /// The points behind it.
    pub points: i32,
    /// When it was found.
    pub classified_on: NaiveDate,
    /// When time alone will change it.
    pub next_on: Option<NaiveDate>,
    /// By which version of the policy.
    pub policy_from: NaiveDate,
}

/// What was told last of an enterprise.
///
/// # Errors
/// When the database fails.
pub fn told(conn: &mut Conn, enterprise: &str) -> Result<Option<Told>> {
    Ok(risk_class::table.find(enterprise).select(Told::as_select()).first(conn).optional()?)
}

/// Remembers what was told.
///
/// # Errors
/// When the database fails.
pub fn remember(conn: &mut Conn, told: &Told) -> Result<()> {
    let columns = (
        risk_class::class.eq(&told.class),
        risk_class::points.eq(told.points),
        risk_class::classified_on.eq(told.classified_on),
        risk_class::next_on.eq(told.next_on),
        risk_class::policy_from.eq(told.policy_from),
    );
    let upsert = diesel::insert_into(risk_class::table)
        .values((risk_class::enterprise.eq(&told.enterprise), columns))
        .on_conflict(risk_class::enterprise)
        .do_update()
        .set(columns);
    Portable(upsert).execute(conn)?;
    Ok(())
}

/// The enterprises whose class time has changed by a day, at most so many.
///
/// # Errors
/// When the database fails.
pub fn due(conn: &mut Conn, today: Day, limit: i64) -> Result<Vec<String>> {
    Ok(risk_class::table
        .filter(risk_class::next_on.le(today))
        .order(risk_class::enterprise.asc())
        .select(risk_class::enterprise)
        .limit(limit)
        .load(conn)?)
}

/// The classes by class and the beginning of a division, by code; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, class: Option<&str>, division: Option<&str>, after: &str, limit: i64) -> Result<Vec<Told>> {
    let mut query = risk_class::table
        .filter(risk_class::enterprise.gt(after.to_owned()))
        .order(risk_class::enterprise.asc())
        .select(Told::as_select())
        .limit(limit.saturating_add(1))
        .into_boxed();
    // Who went into another is inspected with it.
    let gone = enterprise::table.filter(enterprise::merged_into.is_not_null()).select(enterprise::uscc);
    query = query.filter(risk_class::enterprise.ne_all(gone));
    if let Some(class) = class {
        query = query.filter(risk_class::class.eq(class.to_owned()));
    }
    if let Some(division) = division {
        let there = enterprise::table.filter(enterprise::division.like(format!("{division}%"))).select(enterprise::uscc);
        query = query.filter(risk_class::enterprise.eq_any(there));
    }
    Ok(query.load(conn)?)
}
