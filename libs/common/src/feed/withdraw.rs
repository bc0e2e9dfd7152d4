//! Taking back what was told: readers below internal get the event without its data, the internal history stays. Not here: when publicity ends;
//! the service that told it decides that.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use crate::{
    db::{Conn, Portable, Tx, outbox, withdrawal},
    error::Result,
};

/// Where to look for what is taken back.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// Whom it was about.
    pub subject: &'a str,
    /// When it was told: the time of its transaction.
    pub at: Instant,
}

/// Withdraws the events told of a subject at an instant for which `concerns` says yes, given their type and their data as JSON text; gives how
/// many. Withdrawing again changes nothing.
///
/// # Errors
/// When the database fails.
pub fn withdraw(tx: &mut Tx<'_>, told: Told<'_>, concerns: impl Fn(&str, &str) -> bool) -> Result<usize> {
    let found: Vec<(i64, String, String)> = outbox::table
        .filter(outbox::recorded_at.eq(told.at.naive_utc()))
        .filter(outbox::subject.eq(told.subject))
        .filter(outbox::audience.ne("internal"))
        .order(outbox::position.asc())
        .select((outbox::position, outbox::kind, outbox::data))
        .load(tx.conn)?;
    let mut count: usize = 0;
    for (position, ..) in found.into_iter().filter(|(_, kind, data)| concerns(kind, data)) {
        let values = (withdrawal::position.eq(position), withdrawal::withdrawn_at.eq(tx.now().naive_utc()));
        let insert = diesel::insert_into(withdrawal::table).values(values).on_conflict(withdrawal::position).do_nothing();
        count = count.saturating_add(Portable(insert).execute(tx.conn)?);
    }
    Ok(count)
}

/// The withdrawn positions from one to another, both included.
pub(super) fn between(conn: &mut Conn, first: i64, last: i64) -> Result<Vec<i64>> {
    let range = withdrawal::table.filter(withdrawal::position.ge(first)).filter(withdrawal::position.le(last));
    Ok(range.order(withdrawal::position.asc()).select(withdrawal::position).load(conn)?)
}
