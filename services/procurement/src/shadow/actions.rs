//! Use case: compare two versions over given or known suppliers, all on one snapshot. Not here: what is counted, `rules.rs`.

use std::sync::Arc;

use common::{
    db::Conn,
    error::{Error, FieldError, Result},
    feed::freshness,
};
use model::{instant::Instant, text::Text, uscc::Uscc};

use super::{rules::Report, store};
use crate::{
    decision::actions::RulesetRef,
    rulebook::{
        actions::{Entry, stored, windows},
        rules::in_force,
    },
    ruleset,
    standard_register::{actions::known, rules::StandardRegister},
    standing::{
        rules::{CREDIT, SourceState},
        store as rows,
    },
};

/// What to compare.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The ruleset.
    pub id: String,
    /// The version that is tried, draft or published.
    pub version: u32,
    /// The version that it is held against; the one in force at `as_of` where none is named.
    pub against: Option<u32>,
    /// The cut-off.
    pub as_of: Instant,
    /// These suppliers; where empty those that the register knows.
    pub suppliers: Vec<Uscc>,
    /// Of those known, only after this one.
    pub after: String,
    /// Of those known, at most so many.
    pub limit: i64,
}

/// How it came out.
pub struct Outcome {
    /// The version that was tried, and whether it is published.
    pub tried: (RulesetRef, bool),
    /// The version that it was held against.
    pub against: RulesetRef,
    /// Every event of credit up to here was known.
    pub position: i64,
    /// What was found.
    pub report: Report,
    /// Those among the suppliers asked for that the register does not know.
    pub unknown: Vec<String>,
    /// The last supplier, where there may be more.
    pub last: Option<String>,
}

/// Compares on one snapshot. The age of the source is left out: both versions read the same.
///
/// # Errors
/// `not_found`, `ruleset_not_in_force`, or when the database fails.
pub fn compare(conn: &mut Conn, trial: &Trial) -> Result<Outcome> {
    let published = stored(conn)?;
    let (tried, is_published) = version(conn, &published, &trial.id, trial.version)?
        .ok_or_else(|| Error::not_found("ruleset", format!("{} version {}", trial.id, trial.version)))?;
    let against = against(conn, &published, trial)?;
    let (tried, against) = (heard(conn, &tried)?, heard(conn, &against)?);
    let at = freshness(conn, CREDIT)?;
    let position = at.as_ref().map_or(0, |at| at.position);
    let source = SourceState { service: CREDIT.to_owned(), position, epoch: at.map_or_else(String::new, |at| at.epoch), fresh: true };
    let known = if trial.suppliers.is_empty() { store::known_after(conn, &trial.after, trial.limit)? } else { Vec::new() };
    let is_full = i64::try_from(known.len()).is_ok_and(|count| count == trial.limit);
    let last = known.last().filter(|_| is_full).cloned();
    let read = known.iter().map(|code| Uscc::parse(code)).collect::<std::result::Result<Vec<Uscc>, _>>()?;
    let (mut report, mut unknown) = (Report::default(), Vec::new());
    for uscc in trial.suppliers.iter().chain(&read) {
        let mut standing = rows::load(conn, uscc, None)?;
        if standing.enterprise.is_none() {
            unknown.push(uscc.to_string());
            continue;
        }
        standing.sources = vec![source.clone()];
        report.compare((&against.compiled, &tried.compiled), &standing, trial.as_of);
    }
    Ok(Outcome { tried: (reference(&tried), is_published), against: reference(&against), position, report, unknown, last })
}

/// The same rules with what the register of standards tells; its age is left out, as that of credit.
fn heard(conn: &mut Conn, entry: &Arc<Entry>) -> Result<Arc<Entry>> {
    let Some(register) = known(conn, entry, Instant::from_micros(0))? else { return Ok(Arc::clone(entry)) };
    let mut register = StandardRegister::clone(&register);
    if let Some(at) = register.at.as_mut() {
        at.fresh = !at.epoch.is_empty();
    }
    Ok(Arc::new(entry.informed(Arc::new(register))))
}

fn reference(entry: &Entry) -> RulesetRef {
    RulesetRef { id: entry.id().to_owned(), version: entry.version(), digest: entry.digest.clone() }
}

fn version(conn: &mut Conn, published: &[Arc<Entry>], id: &str, version: u32) -> Result<Option<(Arc<Entry>, bool)>> {
    if let Some(entry) = published.iter().find(|entry| entry.id() == id && entry.version() == version) {
        return Ok(Some((Arc::clone(entry), true)));
    }
    let Some(draft) = ruleset::store::find(conn, id, version)? else { return Ok(None) };
    let entry = Entry::read(&serde_json::from_str(&draft.body).map_err(Error::internal)?)?;
    Ok(Some((Arc::new(entry), false)))
}

fn against(conn: &mut Conn, published: &[Arc<Entry>], trial: &Trial) -> Result<Arc<Entry>> {
    let missing = |code: &'static str, zh: String, en: String| Error::invalid(vec![FieldError::new("/against", code, Text::new(zh, en))]);
    if let Some(wanted) = trial.against {
        let found = version(conn, published, &trial.id, wanted)?.map(|(entry, _)| entry);
        return found.ok_or_else(|| {
            missing("ruleset_unknown", format!("没有第 {wanted} 版。"), format!("There is no version {wanted} of the ruleset."))
        });
    }
    let mut others = windows(published, &trial.id);
    others.retain(|window| window.version != trial.version);
    let day = trial.as_of.cut_off_day();
    let found = in_force(&others, day).map(|window| window.version);
    let found = published.iter().find(|entry| entry.id() == trial.id && Some(entry.version()) == found);
    found.map(Arc::clone).ok_or_else(|| {
        missing(
            "ruleset_not_in_force",
            format!("{day} 没有可供对照的其他有效版本，请指定 against。"),
            format!("No other version is in force on {day}; name one in `against`."),
        )
    })
}
