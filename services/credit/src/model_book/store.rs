//! The published versions of the scoring model. Not here: drafts, `model_version`.

use chrono::NaiveDateTime;
use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use model::instant::Instant;

use super::rules::Edition;
use crate::schema::scoring_model;

/// How many versions were published: it grows with every publication and never falls.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(scoring_model::table.filter(scoring_model::state.eq("published")).count().get_result(conn)?)
}

/// All of them.
///
/// # Errors
/// When the database fails, or a body cannot be read.
pub fn published(conn: &mut Conn) -> Result<Vec<Edition>> {
    let rows: Vec<(String, Option<NaiveDateTime>)> = scoring_model::table
        .filter(scoring_model::state.eq("published"))
        .order((scoring_model::id.asc(), scoring_model::version.asc()))
        .select((scoring_model::body, scoring_model::published_at))
        .load(conn)?;
    let edition = |(body, at): (String, Option<NaiveDateTime>)| {
        let model = serde_json::from_str(&body).map_err(Error::internal)?;
        let at = at.ok_or_else(|| Error::internal("a published model without an instant"))?;
        Ok(Edition { model: std::sync::Arc::new(model), published_at: Instant::from_naive_utc(at) })
    };
    rows.into_iter().map(edition).collect()
}
