//! Resolving citations against the catalogue, many at once. Not here: showing them, `http.rs`.

use std::collections::{BTreeMap, BTreeSet};

use common::{db::Conn, error::Result};
use model::{fault::Fault, instant::Day, standard_no::StandardNo};

use crate::edition::{
    actions::holding,
    store::{self, Stored},
};

/// Candidates of one citation.
const CANDIDATES: usize = 10;

/// What a citation means.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The number as it was read; none where it is no number.
    pub number: Option<StandardNo>,
    /// What is odd about the citation, or why it is no number.
    pub faults: Vec<Fault>,
    /// The edition that it names on the day.
    pub edition: Option<Stored>,
    /// Where it names none: which might be meant.
    pub candidates: Vec<Stored>,
    /// An amendment sheet that is cited and not known; the edition is the one that it amends.
    pub amendment_unknown: bool,
}

/// The number without amendment sheets.
fn base(number: &StandardNo) -> String {
    let mut text = number.own().to_owned();
    for sheet in number.amendments().iter().rev() {
        text = text.strip_suffix(sheet.as_str()).unwrap_or(&text).to_owned();
    }
    text
}

/// Resolves citations in their order.
///
/// # Errors
/// When the database fails.
pub fn resolve(conn: &mut Conn, citations: &[String], day: Day) -> Result<Vec<Resolved>> {
    let read: Vec<std::result::Result<StandardNo, Fault>> = citations.iter().map(|text| StandardNo::parse(text)).collect();
    let numbers: BTreeSet<String> = read.iter().flatten().flat_map(|number| [number.own().to_owned(), base(number)]).collect();
    let known = store::by_numbers(conn, &numbers.into_iter().collect::<Vec<_>>())?;
    let known: BTreeMap<&str, &Stored> = known.iter().map(|stored| (stored.entry.number.as_str(), stored)).collect();
    let mut all = Vec::with_capacity(read.len());
    for number in read {
        all.push(match number {
            Ok(number) => one(conn, number, &known, day)?,
            Err(fault) => Resolved { number: None, faults: vec![fault], edition: None, candidates: Vec::new(), amendment_unknown: false },
        });
    }
    Ok(all)
}

fn one(conn: &mut Conn, number: StandardNo, known: &BTreeMap<&str, &Stored>, day: Day) -> Result<Resolved> {
    let (faults, base) = (number.warnings(), base(&number));
    let exact = known.get(number.own()).copied();
    let whole = |edition: Stored, amendment_unknown: bool| Resolved {
        number: Some(number.clone()),
        faults: faults.clone(),
        edition: Some(edition),
        candidates: Vec::new(),
        amendment_unknown,
    };
    if let Some(found) = exact {
        return Ok(whole(found.clone(), false));
    }
    if let Some(found) = known.get(base.as_str()).filter(|_| number.year().is_some()) {
        return Ok(whole(Stored::clone(found), true));
    }
    let standard = store::standard_numbered(conn, number.undated())?;
    let editions = standard.map_or(Ok(Vec::new()), |standard| store::of_standard(conn, &standard.id))?;
    if let Some(found) = holding(&editions, day).filter(|_| number.year().is_none()) {
        return Ok(whole(found.clone(), !number.amendments().is_empty()));
    }
    let candidates = candidates(conn, &number, editions, day)?;
    Ok(Resolved { number: Some(number), faults, edition: None, candidates, amendment_unknown: false })
}

/// The editions that may be meant: other years of the same standard, then the same sequence with another mark (GB for GB/T); those that hold come first.
fn candidates(conn: &mut Conn, number: &StandardNo, mut all: Vec<Stored>, day: Day) -> Result<Vec<Stored>> {
    for namesake in store::namesakes(conn, number.body(), number.number())? {
        if namesake.number != number.undated() && namesake.number.ends_with(tail(number)) {
            all.extend(store::of_standard(conn, &namesake.id)?);
        }
    }
    all.sort_by_key(|stored| {
        (!stored.windows.status_on(day).holds(), std::cmp::Reverse(stored.entry.number.year()), stored.entry.number.to_string())
    });
    all.truncate(CANDIDATES);
    Ok(all)
}

/// Sequence and parts: what is left of a number without its prefix.
fn tail(number: &StandardNo) -> &str {
    number.undated().strip_prefix(number.prefix()).unwrap_or_default()
}
