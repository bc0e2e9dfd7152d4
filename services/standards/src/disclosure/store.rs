//! Rows of duties and disclosures. Not here: what is missing, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use self::tables::{disclosure, disclosure_duty, disclosure_version};
use super::rules::{Disclosure, Duty};

// Only this room has these tables; what several rooms read stands in `schema.rs`.
mod tables {
    diesel::table! {
        disclosure (enterprise, product) {
            enterprise -> Text,
            product -> Text,
            version -> BigInt,
            body -> Text,
        }
    }

    diesel::table! {
        disclosure_duty (id) {
            id -> Text,
            category -> Text,
            effective_from -> Date,
            effective_to -> Nullable<Date>,
            version -> BigInt,
            body -> Text,
        }
    }

    diesel::table! {
        disclosure_version (enterprise, product, version) {
            enterprise -> Text,
            product -> Text,
            version -> BigInt,
            body -> Text,
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(body: &str) -> Result<T> {
    serde_json::from_str(body).map_err(Error::internal)
}

/// Keeps a duty under its version.
///
/// # Errors
/// When the database fails.
pub fn save_duty(conn: &mut Conn, duty: &Duty, version: i64) -> Result<()> {
    let values = (
        disclosure_duty::id.eq(&duty.id),
        disclosure_duty::category.eq(&duty.category),
        disclosure_duty::effective_from.eq(duty.effective_from),
        disclosure_duty::effective_to.eq(duty.effective_to),
        disclosure_duty::version.eq(version),
        disclosure_duty::body.eq(serde_json::to_string(duty).map_err(Error::internal)?),
    );
    if version == 1 {
        diesel::insert_into(disclosure_duty::table).values(values).execute(conn)?;
    } else {
        diesel::update(disclosure_duty::table.find(&duty.id)).set(values).execute(conn)?;
    }
    Ok(())
}

/// A duty by its id, and its version.
///
/// # Errors
/// When the database fails.
pub fn duty(conn: &mut Conn, id: &str) -> Result<Option<(Duty, i64)>> {
    let query = disclosure_duty::table.find(id).select((disclosure_duty::body, disclosure_duty::version));
    let row: Option<(String, i64)> = query.first(conn).optional()?;
    row.map(|(body, version)| Ok((read(&body)?, version))).transpose()
}

/// The duties of some categories, or of all, by id.
///
/// # Errors
/// When the database fails.
pub fn duties(conn: &mut Conn, categories: Option<&[String]>) -> Result<Vec<Duty>> {
    let mut query = disclosure_duty::table.select(disclosure_duty::body).order(disclosure_duty::id.asc()).into_boxed();
    if let Some(categories) = categories {
        query = query.filter(disclosure_duty::category.eq_any(categories.to_vec()));
    }
    let rows: Vec<String> = query.load(conn)?;
    rows.iter().map(|body| read(body)).collect()
}

/// The duties of a category, or of all, by the page: with their versions, by id, one more than the limit.
///
/// # Errors
/// When the database fails.
pub fn duties_after(conn: &mut Conn, category: Option<&str>, after: Option<&str>, limit: i64) -> Result<Vec<(Duty, i64)>> {
    let mut query = disclosure_duty::table
        .select((disclosure_duty::body, disclosure_duty::version))
        .filter(disclosure_duty::id.gt(after.unwrap_or_default()))
        .order(disclosure_duty::id.asc())
        .into_boxed();
    if let Some(category) = category {
        query = query.filter(disclosure_duty::category.eq(category));
    }
    let rows: Vec<(String, i64)> = query.limit(limit.saturating_add(1)).load(conn)?;
    rows.into_iter().map(|(body, version)| Ok((read(&body)?, version))).collect()
}

/// Keeps a version of a disclosure, as the one that stands.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, kept: &Disclosure) -> Result<()> {
    let body = serde_json::to_string(kept).map_err(Error::internal)?;
    let values = (
        disclosure::enterprise.eq(&kept.enterprise),
        disclosure::product.eq(&kept.product),
        disclosure::version.eq(kept.version),
        disclosure::body.eq(&body),
    );
    if kept.version == 1 {
        diesel::insert_into(disclosure::table).values(values).execute(conn)?;
    } else {
        diesel::update(disclosure::table.find((&kept.enterprise, &kept.product))).set(values).execute(conn)?;
    }
    diesel::insert_into(disclosure_version::table)
        .values((
            disclosure_version::enterprise.eq(&kept.enterprise),
            disclosure_version::product.eq(&kept.product),
            disclosure_version::version.eq(kept.version),
            disclosure_version::body.eq(&body),
        ))
        .execute(conn)?;
    Ok(())
}

/// What is disclosed of a product: as it stands, or a version of the past.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, (enterprise, product): (&str, &str), version: Option<i64>) -> Result<Option<Disclosure>> {
    let body: Option<String> = match version {
        None => disclosure::table.find((enterprise, product)).select(disclosure::body).first(conn).optional()?,
        Some(version) => {
            disclosure_version::table.find((enterprise, product, version)).select(disclosure_version::body).first(conn).optional()?
        }
    };
    body.map(|body| read(&body)).transpose()
}

/// What an enterprise discloses, by product; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn of_enterprise(conn: &mut Conn, enterprise: &str, after: Option<&str>, limit: i64) -> Result<Vec<Disclosure>> {
    let rows: Vec<String> = disclosure::table
        .filter(disclosure::enterprise.eq(enterprise))
        .filter(disclosure::product.gt(after.unwrap_or_default()))
        .select(disclosure::body)
        .order(disclosure::product.asc())
        .limit(limit.saturating_add(1))
        .load(conn)?;
    rows.iter().map(|body| read(body)).collect()
}
