//! Reads who stands on a list, and which enterprises have no annual report. Not here: rows of listings, `listing::store`.

use std::collections::BTreeMap;

use common::{db::Conn, error::Result};
use contracts::credit::ListKind;
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl, TextExpressionMethods, dsl::sql, sql_types::Bool};
use model::{instant::Day, uscc::Uscc};

use crate::{
    enterprise::store::survivor_of,
    schema::{enterprise, fact, fact_mark, listing},
};

/// An entry of a list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The fact by which it stands.
    pub fact: String,
    /// Whom it was decided about.
    pub decided_about: String,
    /// For whom it counts: the same, or who goes on for it after a merger.
    pub enterprise: String,
    /// The present name in the register.
    pub name: String,
    /// Who decided.
    pub authority: String,
    /// The number of the document.
    pub document_no: Option<String>,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Option<Day>,
    /// The detail of the fact, as JSON.
    pub detail: String,
    /// The listing behind it, where it is one of this platform.
    pub listing: Option<String>,
    /// Code of its ground.
    pub ground: Option<String>,
}

type Row = (String, String, String, Option<String>, Day, Option<Day>, String);

/// Who stands on a list on a day, in the order of the codes; one more than the limit tells that there is a next page.
///
/// # Errors
/// When the database fails.
pub fn standing(conn: &mut Conn, list: ListKind, day: Day, after: Option<(String, String)>, limit: i64) -> Result<Vec<Entry>> {
    // As a literal, so that both databases use the partial index of this list.
    let of_list = sql::<Bool>(match list {
        ListKind::SeriousViolation => "kind = 'serious_violation_listing'",
        ListKind::AbnormalOperation => "kind = 'abnormal_operation_listing'",
        ListKind::Trustworthy => "kind = 'trustworthy_listing'",
    });
    // What is stayed, masked or repaired does not count; what is only objected to does.
    let hidden = fact_mark::table
        .filter(fact_mark::kind.ne("under_objection"))
        .filter(fact_mark::ended_at.is_null())
        .filter(fact_mark::from_on.le(day))
        .filter(fact_mark::to_on.is_null().or(fact_mark::to_on.ge(day)))
        .select(fact_mark::fact);
    let mut query = fact::table
        .filter(of_list)
        .filter(fact::superseded_at.is_null())
        .filter(fact::self_declared.eq(false))
        .filter(fact::valid_from.le(day))
        .filter(fact::valid_to.is_null().or(fact::valid_to.ge(day)))
        .filter(fact::id.ne_all(hidden))
        .order((fact::enterprise.asc(), fact::id.asc()))
        .limit(limit.saturating_add(1))
        .select((fact::id, fact::enterprise, fact::authority, fact::document_no, fact::valid_from, fact::valid_to, fact::detail))
        .into_boxed();
    if let Some((code, id)) = after {
        query = query.filter(fact::enterprise.gt(code.clone()).or(fact::enterprise.eq(code).and(fact::id.gt(id))));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let mut bearers: BTreeMap<String, String> = BTreeMap::new();
    for code in rows.iter().map(|row| &row.1) {
        if !bearers.contains_key(code) {
            bearers.insert(code.clone(), survivor_of(conn, &Uscc::parse(code)?)?.to_string());
        }
    }
    let codes: Vec<&str> = bearers.values().map(String::as_str).collect();
    let names: Vec<(String, String)> =
        enterprise::table.filter(enterprise::uscc.eq_any(codes)).select((enterprise::uscc, enterprise::name)).load(conn)?;
    let names: BTreeMap<String, String> = names.into_iter().collect();
    let facts: Vec<&str> = rows.iter().map(|row| row.0.as_str()).collect();
    let listings: Vec<(Option<String>, String, String)> =
        listing::table.filter(listing::fact.eq_any(facts)).select((listing::fact, listing::id, listing::ground)).load(conn)?;
    let listings: BTreeMap<Option<String>, (String, String)> =
        listings.into_iter().map(|(fact, id, ground)| (fact, (id, ground))).collect();
    let entry = |(fact, decided_about, authority, document_no, from, to, detail): Row| {
        let (listing, ground) = listings.get(&Some(fact.clone())).cloned().unzip();
        let enterprise = bearers.get(&decided_about).unwrap_or(&decided_about).clone();
        let name = names.get(&enterprise).cloned().unwrap_or_default();
        Entry { fact, decided_about, enterprise, name, authority, document_no, from, to, detail, listing, ground }
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// Enterprises at a time that are looked at for a missing report: a page is bounded by what it reads, not by what it finds.
pub const LOOKED_AT: i64 = 2000;

/// Active enterprises established by a day, by code: those without a report of the year and without a listing for that, and the last code that was looked at
/// where there are more.
///
/// # Errors
/// When the database fails.
pub fn without_report(conn: &mut Conn, year: i32, established_by: Day, after: &str, limit: usize) -> Result<(Vec<String>, Option<String>)> {
    let codes: Vec<String> = enterprise::table
        .filter(enterprise::status.eq("active"))
        .filter(enterprise::established_on.le(established_by))
        .filter(enterprise::uscc.gt(after))
        .order(enterprise::uscc.asc())
        .limit(LOOKED_AT)
        .select(enterprise::uscc)
        .load(conn)?;
    let mut missing: Vec<String> = Vec::new();
    let mut last = None;
    for chunk in codes.chunks(500) {
        let reported: Vec<String> = fact::table
            .filter(fact::enterprise.eq_any(chunk))
            .filter(fact::kind.eq("annual_report"))
            .filter(fact::superseded_at.is_null())
            // The detail is kept as serde writes it, without blanks.
            .filter(fact::detail.like(format!("%\"year\":{year},%")).or(fact::detail.like(format!("%\"year\":{year}}}%"))))
            .select(fact::enterprise)
            .load(conn)?;
        let listed: Vec<String> = listing::table
            .filter(listing::enterprise.eq_any(chunk))
            .filter(listing::list.eq(ListKind::AbnormalOperation.as_str()))
            .filter(listing::year.eq(year))
            .filter(listing::state.ne("declined"))
            .select(listing::enterprise)
            .load(conn)?;
        for code in chunk {
            last = Some(code.clone());
            if !reported.contains(code) && !listed.contains(code) {
                missing.push(code.clone());
            }
            if missing.len() >= limit {
                return Ok((missing, last));
            }
        }
    }
    let whole = i64::try_from(codes.len()).unwrap_or(0) < LOOKED_AT;
    Ok((missing, last.filter(|_| !whole)))
}
