//! Judging the international editions of a class on a day, and marking one as not applicable. Not here: what counts, `rules.rs`.

use std::collections::{BTreeMap, BTreeSet};

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
    http::precondition::IfMatch,
};
use model::{instant::Day, standard_no::StandardNo, text::Text};

use super::{
    rules::{Adoption, ApplicabilityMark, International, Verdict, is_applicable, judge, undated},
    store::{self, Class},
};
use crate::{author::actions::Author, edition, said::actions::next_version};

/// All applicable international editions of a class, judged, by number; and how many were left out as not applicable.
#[derive(Clone, Debug)]
pub struct Judged {
    /// By number.
    pub editions: Vec<(International, Verdict)>,
    /// Left out.
    pub not_applicable: u64,
}

/// Judges them.
///
/// # Errors
/// When the database fails.
pub fn judged(conn: &mut Conn, class: &Class, division: Option<&str>, day: Day) -> Result<Judged> {
    let adoptions = store::adoptions(conn, day)?;
    let mut named: BTreeMap<String, Vec<&Adoption>> = BTreeMap::new();
    for adoption in &adoptions {
        named.entry(undated(&adoption.to)).or_default().push(adoption);
    }
    let mut classes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (edition, code) in store::classes(conn)? {
        classes.entry(edition).or_default().push(code);
    }
    let left_out: BTreeSet<String> =
        store::marked(conn)?.into_iter().filter(|(_, marks)| !is_applicable(marks, day)).map(|(edition, _)| edition).collect();
    let (mut editions, mut not_applicable) = (Vec::new(), 0_u64);
    // An amendment sheet is a part of its standard and none of its own.
    let whole = |number: &str| StandardNo::parse(number).is_ok_and(|number| number.amendments().is_empty());
    for mut one in store::international(conn, class, day)?.into_iter().filter(|one| whole(&one.number)) {
        if left_out.contains(&one.id) {
            not_applicable = not_applicable.saturating_add(1);
            continue;
        }
        one.ics = classes.remove(&one.id).unwrap_or_default();
        let verdict = judge(&one.number, named.get(&undated(&one.number)).map_or(&[], Vec::as_slice), division);
        editions.push((one, verdict));
    }
    Ok(Judged { editions, not_applicable })
}

/// Marks an international edition as applicable or not, from today.
///
/// # Errors
/// `not_found`, `not_international`, 412, 428.
pub fn mark(
    tx: &mut Tx<'_>,
    id: &str,
    (applicable, reason): (bool, &str),
    tag: Option<&IfMatch>,
    author: &Author,
) -> Result<(Vec<ApplicabilityMark>, i64)> {
    let edition = edition::actions::found(tx.conn, id)?;
    if edition::store::level_of(&edition.entry.number) != "international" {
        let detail = Text::new("只有国际标准可以标记适用性。", "Only an international standard is marked as applicable or not.");
        return Err(Error::rule("not_international", detail));
    }
    let (mut marks, stands) = store::find(tx.conn, id)?.map_or((Vec::new(), None), |(marks, version)| (marks, Some(version)));
    let version = next_version(stands, tag)?;
    marks.push(ApplicabilityMark { applicable, reason: reason.to_owned(), on: tx.now().day(), by: author.organisation.to_string() });
    store::save(tx.conn, id, &marks, version)?;
    Ok((marks, version))
}
