//! Rows of deadlines. Not here: when one is set, `rules.rs`.

use chrono::NaiveDate;
use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use model::period::DueReason;

use super::rules::Deadline;
use crate::schema::fact_deadline;

type Row = (String, String, NaiveDate, String, NaiveDate, Option<NaiveDate>, Option<String>);

/// Adds the deadlines of a fact.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, fact: &str, deadlines: &[Deadline]) -> Result<()> {
    for deadline in deadlines {
        diesel::insert_into(fact_deadline::table)
            .values((
                fact_deadline::fact.eq(fact),
                fact_deadline::rule.eq(&deadline.rule),
                fact_deadline::rule_from.eq(deadline.rule_from),
                fact_deadline::period.eq(serde_json::to_string(&deadline.period).map_err(Error::internal)?),
                fact_deadline::event_on.eq(deadline.event_on),
                fact_deadline::due_on.eq(deadline.due_on),
                fact_deadline::reason.eq(deadline.reason.map(reason_word)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The deadlines of these facts, each with its fact.
///
/// # Errors
/// When the database fails.
pub fn of_facts(conn: &mut Conn, facts: &[String]) -> Result<Vec<(String, Deadline)>> {
    if facts.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> =
        fact_deadline::table.filter(fact_deadline::fact.eq_any(facts)).order((fact_deadline::fact, fact_deadline::rule)).load(conn)?;
    rows.into_iter().map(deadline).collect()
}

/// Deadlines that could not be counted, after a fact, at most so many.
///
/// # Errors
/// When the database fails.
pub fn uncounted(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<(String, Deadline)>> {
    let rows: Vec<Row> = fact_deadline::table
        .filter(fact_deadline::due_on.is_null())
        .filter(fact_deadline::fact.gt(after))
        .order((fact_deadline::fact.asc(), fact_deadline::rule.asc()))
        .limit(limit)
        .load(conn)?;
    rows.into_iter().map(deadline).collect()
}

/// Writes a day that can be counted now.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Conn, fact: &str, deadline: &Deadline) -> Result<()> {
    diesel::update(fact_deadline::table.find((fact, &deadline.rule)))
        .set((fact_deadline::due_on.eq(deadline.due_on), fact_deadline::reason.eq(deadline.reason.map(reason_word))))
        .execute(conn)?;
    Ok(())
}

fn deadline((fact, rule, rule_from, period, event_on, due_on, reason): Row) -> Result<(String, Deadline)> {
    let period = serde_json::from_str(&period).map_err(Error::internal)?;
    let reason = reason.as_deref().and_then(reason_of);
    Ok((fact, Deadline { rule, rule_from, period, event_on, due_on, reason }))
}

const fn reason_word(reason: DueReason) -> &'static str {
    match reason {
        DueReason::CalendarMissing => "calendar_missing",
        DueReason::PeriodTooLong => "period_too_long",
    }
}

fn reason_of(word: &str) -> Option<DueReason> {
    [DueReason::CalendarMissing, DueReason::PeriodTooLong].into_iter().find(|reason| reason_word(*reason) == word)
}
