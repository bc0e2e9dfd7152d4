//! Rows of declarations and their versions. Not here: what they must hold, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, TextExpressionMethods};
use model::instant::Instant;

use super::rules::{Declaration, DeclarationState};
use crate::{
    classification::rules::coarser,
    schema::{declaration, declaration_edition, declaration_version, edition_class},
};

type Row = (String, chrono::NaiveDateTime);

/// A declaration and when this version of it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What it says.
    pub declaration: Declaration,
    /// When.
    pub recorded_at: Instant,
}

fn read((body, at): Row) -> Result<Stored> {
    Ok(Stored { declaration: serde_json::from_str(&body).map_err(Error::internal)?, recorded_at: Instant::from_naive_utc(at) })
}

fn all(rows: Vec<Row>) -> Result<Vec<Stored>> {
    rows.into_iter().map(read).collect()
}

/// The newest version of one.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Stored>> {
    declaration::table.find(id).select((declaration::body, declaration::recorded_at)).first(conn).optional()?.map(read).transpose()
}

/// A version of one.
///
/// # Errors
/// When the database fails.
pub fn version(conn: &mut Conn, id: &str, version: i64) -> Result<Option<Stored>> {
    let row = declaration_version::table.find((id, version)).select((declaration_version::body, declaration_version::recorded_at));
    row.first(conn).optional()?.map(read).transpose()
}

/// The one that an enterprise made of a product by a main edition.
///
/// # Errors
/// When the database fails.
pub fn same(conn: &mut Conn, enterprise: &str, product: &str, main: &str) -> Result<Option<Stored>> {
    let query = declaration::table
        .filter(declaration::enterprise.eq(enterprise))
        .filter(declaration::product.eq(product))
        .filter(declaration::main.eq(main));
    query.select((declaration::body, declaration::recorded_at)).first(conn).optional()?.map(read).transpose()
}

/// Those of an enterprise, the oldest first, after an id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn of_enterprise(conn: &mut Conn, enterprise: &str, after: Option<&str>, limit: i64) -> Result<Vec<Stored>> {
    let rows: Vec<Row> = declaration::table
        .filter(declaration::enterprise.eq(enterprise))
        .filter(declaration::id.gt(after.unwrap_or_default()))
        .order(declaration::id.asc())
        .select((declaration::body, declaration::recorded_at))
        .limit(limit.saturating_add(1))
        .load(conn)?;
    all(rows)
}

/// Those whose newest version cites an edition, the oldest first, after an id; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn of_edition(conn: &mut Conn, edition: &str, after: Option<&str>, limit: i64) -> Result<Vec<Stored>> {
    let citing = declaration_edition::table.filter(declaration_edition::edition.eq(edition)).select(declaration_edition::declaration);
    let rows: Vec<Row> = declaration::table
        .filter(declaration::id.eq_any(citing))
        .filter(declaration::id.gt(after.unwrap_or_default()))
        .order(declaration::id.asc())
        .select((declaration::body, declaration::recorded_at))
        .limit(limit.saturating_add(1))
        .load(conn)?;
    all(rows)
}

/// The newest one of an enterprise that stands and cites an edition.
///
/// # Errors
/// When the database fails.
pub fn latest(conn: &mut Conn, enterprise: &str, edition: &str) -> Result<Option<Stored>> {
    let citing = declaration_edition::table.filter(declaration_edition::edition.eq(edition)).select(declaration_edition::declaration);
    declaration::table
        .filter(declaration::id.eq_any(citing))
        .filter(declaration::enterprise.eq(enterprise))
        .filter(declaration::state.eq(DeclarationState::Declared.as_str()))
        .order((declaration::recorded_at.desc(), declaration::id.desc()))
        .select((declaration::body, declaration::recorded_at))
        .first(conn)
        .optional()?
        .map(read)
        .transpose()
}

/// The ids of those that stand, in their order: all, or only those of a class of the ICS.
///
/// # Errors
/// When the database fails.
pub fn standing(conn: &mut Conn, ics: Option<&str>, limit: i64) -> Result<Vec<String>> {
    let stands = DeclarationState::Declared;
    if let Some(code) = ics {
        return of_class(conn, code, Some(stands), limit);
    }
    let query = declaration::table.filter(declaration::state.eq(stands.as_str())).order(declaration::id.asc());
    Ok(query.select(declaration::id).limit(limit).load(conn)?)
}

/// The ids of those of products of a class of the ICS or one below it, in their order, in any state or only in one. A product without a
/// class, or with a coarser one, has that of its main standard: who says less of its goods is not out of reach.
///
/// # Errors
/// When the database fails.
pub fn of_class(conn: &mut Conn, ics: &str, state: Option<DeclarationState>, limit: i64) -> Result<Vec<String>> {
    let below = format!("{ics}.%");
    let editions = edition_class::table
        .filter(edition_class::scheme.eq("ics"))
        .filter(edition_class::code.eq(ics.to_owned()).or(edition_class::code.like(below.clone())))
        .select(edition_class::edition);
    let own = declaration::ics.eq(ics.to_owned()).or(declaration::ics.like(below));
    let is_open = declaration::ics.is_null().or(declaration::ics.eq_any(coarser(ics)));
    let mut query = declaration::table
        .filter(own.or(is_open.and(declaration::main.eq_any(editions))))
        .select(declaration::id)
        .order(declaration::id.asc())
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(declaration::state.eq(state.as_str()));
    }
    Ok(query.limit(limit).load(conn)?)
}

/// Keeps a version: the first as a new row, a later one in the place of the one before, which stays among the versions.
///
/// # Errors
/// When the database fails.
pub fn save(tx: &mut Tx<'_>, made: &Declaration, by: &str) -> Result<Stored> {
    let body = serde_json::to_string(made).map_err(Error::internal)?;
    let at = tx.now();
    let values = (
        declaration::ics.eq(&made.product.ics),
        declaration::state.eq(made.state.as_str()),
        declaration::version.eq(made.version),
        declaration::recorded_at.eq(at.naive_utc()),
        declaration::body.eq(&body),
    );
    if made.version == 1 {
        let identity = (
            declaration::id.eq(&made.id),
            declaration::enterprise.eq(made.enterprise.as_str()),
            declaration::product.eq(made.product.key()),
            declaration::main.eq(made.main().map(|main| main.edition.clone()).unwrap_or_default()),
        );
        diesel::insert_into(declaration::table).values((identity, values)).execute(tx.conn)?;
    } else {
        diesel::update(declaration::table.find(&made.id)).set(values).execute(tx.conn)?;
        diesel::delete(declaration_edition::table.filter(declaration_edition::declaration.eq(&made.id))).execute(tx.conn)?;
    }
    for executed in &made.executed {
        let row = (declaration_edition::edition.eq(&executed.edition), declaration_edition::declaration.eq(&made.id));
        diesel::insert_into(declaration_edition::table).values(row).execute(tx.conn)?;
    }
    diesel::insert_into(declaration_version::table)
        .values((
            declaration_version::declaration.eq(&made.id),
            declaration_version::version.eq(made.version),
            declaration_version::recorded_at.eq(at.naive_utc()),
            declaration_version::recorded_by.eq(by),
            declaration_version::body.eq(&body),
        ))
        .execute(tx.conn)?;
    Ok(Stored { declaration: made.clone(), recorded_at: at })
}
