//! Recording the clauses of an edition, and which mandatory clauses bear on something. Not here: what is below them, `rules.rs`; comparisons that change
//! with a clause, `comparison`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
    http::precondition::{IfMatch, mismatch, required},
    token::Role,
};
use model::{fault::FieldFault, instant::Day, standard_no::Level, text::Text};
use serde_json::json;

use super::{
    rules::{Clause, ClauseSet, Finding, Mandatory, findings},
    store,
};
use crate::{
    author::actions::Author,
    comparison,
    edition::{
        self,
        actions::found,
        rules::{Entry, RelationKind},
        store::Stored,
    },
    method_conversion,
};

/// What whoever puts a set expects to find.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The version that was read.
    pub version: Option<IfMatch>,
    /// Nothing.
    pub nothing: bool,
}

impl Expected {
    fn check(&self, current: Option<&ClauseSet>) -> Result<()> {
        match (current, &self.version) {
            (Some(set), _) if self.nothing => Err(mismatch(set.version)),
            (Some(set), Some(tag)) => tag.check(set.version),
            (Some(_), None) => Err(required()),
            (None, Some(_)) => Err(mismatch(0)),
            (None, None) => Ok(()),
        }
    }
}

/// Refuses whoever may not speak for an edition: of a group standard its association may, of all others authorities only.
///
/// # Errors
/// `not_your_organisation`.
pub fn speaks_for(author: &Author, entry: &Entry) -> Result<()> {
    let is_own = entry.number.level() == Level::Group && entry.association.as_deref() == Some(author.organisation.as_str());
    if author.role == Role::Authority || (author.role == Role::Association && is_own) {
        return Ok(());
    }
    let detail =
        Text::new("只有主管部门可以登记；团体标准由其团体登记。", "Only authorities may; and an association for its own group standard.");
    Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail))
}

/// The clauses of mandatory editions that require something of these properties and are in force on a day, whatever they are about.
fn mandatory(conn: &mut Conn, properties: &[String], day: Day) -> Result<Vec<Mandatory>> {
    let numbers = store::national_with(conn, properties)?;
    let mut editions = edition::store::by_numbers(conn, &numbers)?;
    editions.retain(|stored| stored.entry.mandatory && stored.windows.status_on(day).holds());
    let ids: Vec<String> = editions.iter().map(|stored| stored.id.clone()).collect();
    let sets = store::of_editions(conn, &ids)?;
    let mut all = Vec::new();
    for Stored { id, entry, .. } in editions {
        let clauses = sets.iter().filter(|set| set.edition == id).flat_map(|set| &set.clauses);
        let (number, undated) = (entry.number.to_string(), entry.number.undated().to_owned());
        all.extend(clauses.filter(|clause| properties.contains(&clause.indicator.property)).map(|clause| {
            let scope = if clause.applies_to.is_empty() { entry.ics.clone() } else { clause.applies_to.clone() };
            Mandatory { edition: id.clone(), number: number.clone(), undated: undated.clone(), clause: clause.clone(), scope }
        }));
    }
    Ok(all)
}

/// The mandatory clauses in force on a day that require something of these properties and bear, or may bear, on what these classes name and these
/// standards are cited for; [`Mandatory::bearing`] tells which of the two.
///
/// # Errors
/// When the database fails.
pub fn mandatory_for(conn: &mut Conn, properties: &[String], ics: &[String], cited: &[String], day: Day) -> Result<Vec<Mandatory>> {
    let mut all = mandatory(conn, properties, day)?;
    all.retain(|known| known.bearing(ics, cited) != super::rules::Bearing::Apart);
    Ok(all)
}

/// What the mandatory clauses in force on a day say to the clauses of an edition. A mandatory edition has nothing above it.
///
/// # Errors
/// When the database fails.
pub fn judge(conn: &mut Conn, edition: &Stored, clauses: &[Clause], day: Day) -> Result<Vec<Finding>> {
    if edition.entry.mandatory {
        return Ok(Vec::new());
    }
    let mut properties: Vec<String> = clauses.iter().map(|clause| clause.indicator.property.clone()).collect();
    properties.sort_unstable();
    properties.dedup();
    let mandatory = mandatory(conn, &properties, day)?;
    let cited = edition::store::targets(conn, &[edition.entry.number.to_string()], RelationKind::CitesNormative)?;
    let conversions = method_conversion::store::of_properties(conn, &properties)?;
    Ok(findings(clauses, (&edition.entry.ics, &cited), &mandatory, &conversions))
}

fn below(all: &[Finding]) -> Error {
    let at = |finding: &Finding| format!("/clauses/{}/indicator", finding.place);
    let fault = |finding: &Finding| FieldFault::rule(at(finding), "below_mandatory", finding.text.zh.clone(), finding.text.en.clone());
    let member = |finding: &Finding| json!({"pointer": at(finding), "number": finding.edition, "clause": finding.clause});
    let members: Vec<_> = all.iter().filter(|finding| finding.refuses()).map(member).collect();
    Error::invalid(all.iter().filter(|finding| finding.refuses()).map(fault).collect()).with_member("mandatory", json!(members))
}

/// Puts a whole set in the place of what stood; comparisons of the edition are judged again. Tells whether the set is new.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `if_match_required`, `etag_mismatch`, `below_mandatory`.
pub fn put(tx: &mut Tx<'_>, id: &str, clauses: &[Clause], expected: &Expected, author: &Author) -> Result<(Stored, ClauseSet, bool)> {
    let edition = found(tx.conn, id)?;
    speaks_for(author, &edition.entry)?;
    let current = store::of_edition(tx.conn, id)?;
    expected.check(current.as_ref())?;
    let day = tx.now().day();
    let found = judge(tx.conn, &edition, clauses, day)?;
    if found.iter().any(Finding::refuses) {
        return Err(below(&found));
    }
    if let Some(same) = current.as_ref().filter(|set| set.clauses == clauses) {
        return Ok((edition, same.clone(), false));
    }
    let version = current.as_ref().map_or(1, |set| set.version.saturating_add(1));
    let set = ClauseSet { edition: id.to_owned(), version, clauses: clauses.to_vec(), recorded_at: tx.now() };
    store::save(tx, &set, &author.client)?;
    comparison::actions::rejudge(tx, &[id.to_owned()], &author.client)?;
    Ok((edition, set, current.is_none()))
}
