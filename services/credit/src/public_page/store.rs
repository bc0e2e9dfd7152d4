//! Which facts put whom on a list. Not here: whether the public may see them, `rules.rs`.

use common::{db::Conn, error::Result};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl, dsl::sql, sql_types::Bool};
use model::instant::Day;

use crate::schema::fact;

/// The predicate of the partial index, word for word: a planner must see that it holds, which it cannot by the bound kind.
const IS_LIST: &str = "kind IN ('serious_violation_listing', 'abnormal_operation_listing', 'trustworthy_listing')";

/// The facts of a kind that hold on a day, by enterprise and id, after a place in that order; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn listed(conn: &mut Conn, kind: &str, day: Day, after: Option<(String, String)>, limit: i64) -> Result<Vec<(String, String)>> {
    let mut query = fact::table
        .filter(fact::kind.eq(kind.to_owned()))
        .filter(sql::<Bool>(IS_LIST))
        .filter(fact::superseded_at.is_null())
        .filter(fact::valid_from.le(day))
        .filter(fact::valid_to.is_null().or(fact::valid_to.ge(day)))
        .order((fact::enterprise.asc(), fact::id.asc()))
        .limit(limit.saturating_add(1))
        .select((fact::enterprise, fact::id))
        .into_boxed();
    if let Some((enterprise, id)) = after {
        let later = fact::enterprise.eq(enterprise.clone()).and(fact::id.gt(id));
        query = query.filter(fact::enterprise.gt(enterprise).or(later));
    }
    Ok(query.load(conn)?)
}
