//! Rows of promotions. Not here: which step is allowed, `rules.rs`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use self::tables::promotion;
use super::rules::{Promotion, PromotionState};

// Only this room has these tables; what several rooms read stands in `schema.rs`.
mod tables {
    diesel::table! {
        promotion (id) {
            id -> Text,
            edition -> Text,
            association -> Text,
            state -> Text,
            version -> BigInt,
            body -> Text,
        }
    }
}

/// A promotion with its version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The promotion.
    pub promotion: Promotion,
    /// Counted from 1.
    pub version: i64,
}

fn read((body, version): (String, i64)) -> Result<Stored> {
    Ok(Stored { promotion: serde_json::from_str(&body).map_err(Error::internal)?, version })
}

/// Keeps a promotion under its version.
///
/// # Errors
/// When the database fails.
pub fn save(conn: &mut Conn, promotion: Promotion, version: i64) -> Result<Stored> {
    let values = (
        promotion::id.eq(&promotion.id),
        promotion::edition.eq(&promotion.edition),
        promotion::association.eq(promotion.association.as_str()),
        promotion::state.eq(promotion.state.as_str()),
        promotion::version.eq(version),
        promotion::body.eq(serde_json::to_string(&promotion).map_err(Error::internal)?),
    );
    if version == 1 {
        diesel::insert_into(promotion::table).values(values).execute(conn)?;
    } else {
        diesel::update(promotion::table.find(&promotion.id)).set(values).execute(conn)?;
    }
    Ok(Stored { promotion, version })
}

/// One by its id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    promotion::table.find(id).select((promotion::body, promotion::version)).first(conn).optional()?.map(read).transpose()
}

/// What a list asks for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Of this edition.
    pub edition: Option<String>,
    /// Of this association.
    pub association: Option<String>,
    /// In this state.
    pub state: Option<PromotionState>,
    /// After this id.
    pub after: Option<String>,
    /// At most so many; all where nothing is said.
    pub limit: Option<i64>,
}

/// Those that a list asks for, by id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, search: &Search) -> Result<Vec<Stored>> {
    let mut query = promotion::table.select((promotion::body, promotion::version)).order(promotion::id.asc()).into_boxed();
    if let Some(edition) = &search.edition {
        query = query.filter(promotion::edition.eq(edition.clone()));
    }
    if let Some(association) = &search.association {
        query = query.filter(promotion::association.eq(association.clone()));
    }
    if let Some(state) = search.state {
        query = query.filter(promotion::state.eq(state.as_str()));
    }
    if let Some(after) = &search.after {
        query = query.filter(promotion::id.gt(after.clone()));
    }
    if let Some(limit) = search.limit {
        query = query.limit(limit.saturating_add(1));
    }
    let rows: Vec<(String, i64)> = query.load(conn)?;
    rows.into_iter().map(read).collect()
}
