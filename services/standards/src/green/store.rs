//! Rows of green standards and marks. Not here: their windows and states, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use model::instant::Day;

use self::tables::{green_mark, green_standard};
use super::rules::{GreenMark, GreenStandard};

// Only this room has these tables; what several rooms read stands in `schema.rs`.
mod tables {
    diesel::table! {
        green_mark (certificate) {
            certificate -> Text,
            enterprise -> Text,
            standard -> Text,
            version -> BigInt,
            body -> Text,
        }
    }

    diesel::table! {
        green_standard (id) {
            id -> Text,
            edition -> Text,
            category -> Text,
            effective_from -> Date,
            effective_to -> Nullable<Date>,
            version -> BigInt,
            body -> Text,
        }
    }
}

/// A green standard with its version.
pub type Standard = (GreenStandard, i64);
/// A mark with its version.
pub type Mark = (GreenMark, i64);

fn read<T: serde::de::DeserializeOwned>((body, version): (String, i64)) -> Result<(T, i64)> {
    Ok((serde_json::from_str(&body).map_err(Error::internal)?, version))
}

/// Keeps a green standard under its version.
///
/// # Errors
/// When the database fails.
pub fn save_standard(conn: &mut Conn, kept: GreenStandard, version: i64) -> Result<Standard> {
    let values = (
        green_standard::id.eq(&kept.id),
        green_standard::edition.eq(&kept.edition),
        green_standard::category.eq(&kept.category),
        green_standard::effective_from.eq(kept.effective_from),
        green_standard::effective_to.eq(kept.effective_to),
        green_standard::version.eq(version),
        green_standard::body.eq(serde_json::to_string(&kept).map_err(Error::internal)?),
    );
    if version == 1 {
        diesel::insert_into(green_standard::table).values(values).execute(conn)?;
    } else {
        diesel::update(green_standard::table.find(&kept.id)).set(values).execute(conn)?;
    }
    Ok((kept, version))
}

/// A green standard by its id.
///
/// # Errors
/// When the database fails.
pub fn standard(conn: &mut Conn, id: &str) -> Result<Option<Standard>> {
    green_standard::table.find(id).select((green_standard::body, green_standard::version)).first(conn).optional()?.map(read).transpose()
}

/// The green standards of a category, or all; on a day, or of all times; by id, one more than the limit.
///
/// # Errors
/// When the database fails.
pub fn standards(
    conn: &mut Conn,
    category: Option<&str>,
    on: Option<Day>,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Vec<Standard>> {
    let mut query =
        green_standard::table.select((green_standard::body, green_standard::version)).order(green_standard::id.asc()).into_boxed();
    if let Some(category) = category {
        query = query.filter(green_standard::category.eq(category.to_owned()));
    }
    if let Some(day) = on {
        let runs = green_standard::effective_to.is_null().or(green_standard::effective_to.ge(day));
        query = query.filter(green_standard::effective_from.le(day)).filter(runs);
    }
    if let Some(after) = after {
        query = query.filter(green_standard::id.gt(after.to_owned()));
    }
    if let Some(limit) = limit {
        query = query.limit(limit.saturating_add(1));
    }
    let rows: Vec<(String, i64)> = query.load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Keeps a mark under its version.
///
/// # Errors
/// When the database fails.
pub fn save_mark(conn: &mut Conn, kept: GreenMark, version: i64) -> Result<Mark> {
    let values = (
        green_mark::certificate.eq(&kept.certificate),
        green_mark::enterprise.eq(kept.enterprise.as_str()),
        green_mark::standard.eq(&kept.standard),
        green_mark::version.eq(version),
        green_mark::body.eq(serde_json::to_string(&kept).map_err(Error::internal)?),
    );
    if version == 1 {
        diesel::insert_into(green_mark::table).values(values).execute(conn)?;
    } else {
        diesel::update(green_mark::table.find(&kept.certificate)).set(values).execute(conn)?;
    }
    Ok((kept, version))
}

/// A mark by the number of its certificate.
///
/// # Errors
/// When the database fails.
pub fn mark(conn: &mut Conn, certificate: &str) -> Result<Option<Mark>> {
    green_mark::table.find(certificate).select((green_mark::body, green_mark::version)).first(conn).optional()?.map(read).transpose()
}

/// The marks of an enterprise, or all, by certificate; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn marks(conn: &mut Conn, enterprise: Option<&str>, after: Option<&str>, limit: i64) -> Result<Vec<Mark>> {
    let mut query = green_mark::table.select((green_mark::body, green_mark::version)).order(green_mark::certificate.asc()).into_boxed();
    if let Some(enterprise) = enterprise {
        query = query.filter(green_mark::enterprise.eq(enterprise.to_owned()));
    }
    if let Some(after) = after {
        query = query.filter(green_mark::certificate.gt(after.to_owned()));
    }
    let rows: Vec<(String, i64)> = query.limit(limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(read).collect()
}
