//! Rows of clocks. Not here: how one is counted, `rules.rs`.

use common::{
    db::{Conn, Portable},
    error::{Error, Result},
};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use model::{instant::Day, uscc::Uscc};

use super::rules::{Deadline, Waiting};
use crate::schema::deadline;

/// What a clock is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    /// The id of the challenge or the award.
    pub id: String,
    /// The tender.
    pub tender: String,
    /// The lot, where it is about one.
    pub lot: Option<String>,
    /// The buyer.
    pub buyer: Uscc,
}

/// A duty that nobody kept.
#[derive(Clone, Debug)]
pub struct Missed {
    /// Of what.
    pub matter: Matter,
    /// The clock.
    pub deadline: Deadline,
}

/// Writes the clocks of a matter, in the place of those that stood under the same rule.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, matter: &Matter, deadlines: &[Deadline]) -> Result<()> {
    for (place, deadline) in deadlines.iter().enumerate() {
        let columns = (
            deadline::place.eq(i32::try_from(place).map_err(Error::internal)?),
            deadline::due_on.eq(deadline.due_on),
            deadline::open.eq(deadline.is_open_duty()),
            deadline::uncounted.eq(deadline.waiting.is_some_and(|why| why != Waiting::Stayed)),
            deadline::body.eq(serde_json::to_string(deadline).map_err(Error::internal)?),
        );
        let upsert = diesel::insert_into(deadline::table)
            .values((
                deadline::matter.eq(&matter.id),
                deadline::rule.eq(&deadline.rule),
                deadline::tender.eq(&matter.tender),
                deadline::lot.eq(&matter.lot),
                deadline::buyer.eq(matter.buyer.as_str()),
                deadline::told.eq(false),
                columns.clone(),
            ))
            .on_conflict((deadline::matter, deadline::rule))
            .do_update()
            .set(columns);
        Portable(upsert).execute(conn)?;
    }
    Ok(())
}

/// The clocks of these matters, each with its matter, in their order.
///
/// # Errors
/// When the database fails.
pub fn of(conn: &mut Conn, matters: &[String]) -> Result<Vec<(String, Deadline)>> {
    if matters.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(String, String)> = deadline::table
        .filter(deadline::matter.eq_any(matters))
        .order((deadline::matter, deadline::place))
        .select((deadline::matter, deadline::body))
        .load(conn)?;
    rows.into_iter().map(|(matter, body)| Ok((matter, serde_json::from_str(&body).map_err(Error::internal)?))).collect()
}

/// Matters after this one with a clock that could not be counted, at most so many.
///
/// # Errors
/// When the database fails.
pub fn uncounted(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<Matter>> {
    let rows: Vec<(String, String, Option<String>, String)> = deadline::table
        .filter(deadline::uncounted.eq(true))
        .filter(deadline::matter.gt(after))
        .order(deadline::matter.asc())
        .select((deadline::matter, deadline::tender, deadline::lot, deadline::buyer))
        .distinct()
        .limit(limit)
        .load(conn)?;
    rows.into_iter().map(matter).collect()
}

/// Duties whose last day lies before this day and of which nothing was told yet, at most so many.
///
/// # Errors
/// When the database fails.
pub fn missed(conn: &mut Conn, today: Day, limit: i64) -> Result<Vec<Missed>> {
    let rows: Vec<(MatterRow, String)> = deadline::table
        .filter(deadline::open.eq(true))
        .filter(deadline::told.eq(false))
        .filter(deadline::due_on.lt(today))
        .order((deadline::due_on.asc(), deadline::matter.asc(), deadline::rule.asc()))
        .select(((deadline::matter, deadline::tender, deadline::lot, deadline::buyer), deadline::body))
        .limit(limit)
        .load(conn)?;
    let read =
        |(row, body): (_, String)| Ok(Missed { matter: matter(row)?, deadline: serde_json::from_str(&body).map_err(Error::internal)? });
    rows.into_iter().map(read).collect()
}

/// Notes that a missed duty was told.
///
/// # Errors
/// When the database fails.
pub fn told(conn: &mut Conn, matter: &str, rule: &str) -> Result<()> {
    diesel::update(deadline::table.find((matter, rule))).set(deadline::told.eq(true)).execute(conn)?;
    Ok(())
}

/// Id, tender, lot and buyer.
type MatterRow = (String, String, Option<String>, String);

fn matter((id, tender, lot, buyer): MatterRow) -> Result<Matter> {
    Ok(Matter { id, tender, lot, buyer: Uscc::parse(&buyer)? })
}
