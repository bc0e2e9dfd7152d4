//! Making the list of standards that need improvement, and taking the evidence for it. Not here: what is a reason, `rules.rs`.

use std::collections::BTreeMap;

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
};
use model::{calendar::Calendar, instant::Day, text::Text};

use super::{
    rules::{Bounds, Feedback, FeedbackSubject, Finding, FindingOutcome, FindingSource, ImprovementReason, Known, ReasonKind, reasons},
    store::{self, FeedbackRow, FindingRow, Search},
};
use crate::{
    author::actions::Author,
    edition::{
        self,
        actions::found,
        store::{Stored, level_of},
    },
    group_standard_word::rules::Step,
    participation::actions::only_issuer,
    supervision::rules::{Case, State},
};

/// Editions that are looked at together.
const BATCH: i64 = 500;
/// One page looks at so many editions at most; the next one goes on there.
const BATCHES: usize = 8;
/// The levels that are Chinese.
const CHINESE: [&str; 5] = ["national", "industry", "local", "group", "enterprise"];

/// Which standards, on which day, by which bounds.
pub struct Wanted<'a> {
    /// Of this level.
    pub level: Option<String>,
    /// Of this class of the ICS or one below it.
    pub ics: Option<String>,
    /// For this reason, among others.
    pub reason: Option<ReasonKind>,
    /// On which day.
    pub day: Day,
    /// After this number.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
    /// The bounds.
    pub bounds: &'a Bounds,
    /// The work calendar.
    pub calendar: &'a Calendar,
}

/// An edition with its reasons.
pub type Needing = (Stored, Vec<ImprovementReason>);

/// The editions in force that need improvement, by number, and after which number there may be more.
///
/// # Errors
/// When the database fails.
pub fn needing(conn: &mut Conn, wanted: &Wanted<'_>) -> Result<(Vec<Needing>, Option<String>)> {
    let level = wanted.level.as_deref();
    let levels: Vec<&str> = CHINESE.into_iter().filter(|known| level.is_none_or(|level| level == *known)).collect();
    let search = Search { levels: &levels, ics: wanted.ics.as_deref(), day: wanted.day };
    let (mut all, mut after): (Vec<Needing>, _) = (Vec::new(), wanted.after.clone());
    for _ in 0..BATCHES {
        let numbers = store::in_force(conn, &search, after.as_deref(), BATCH)?;
        let Some(reached) = numbers.last().cloned() else { return Ok((all, None)) };
        let batch = edition::store::by_numbers(conn, &numbers)?;
        for (stored, reasons) in judged(conn, batch, wanted)? {
            if all.len() == wanted.limit {
                let last = all.last().map(|(stored, _)| stored.entry.number.to_string());
                return Ok((all, last));
            }
            all.push((stored, reasons));
        }
        after = Some(reached);
    }
    Ok((all, after))
}

/// An amendment sheet is a part of its standard and none of its own.
fn judged(conn: &mut Conn, batch: Vec<Stored>, wanted: &Wanted<'_>) -> Result<Vec<Needing>> {
    let whole: Vec<Stored> = batch.into_iter().filter(|stored| stored.entry.number.amendments().is_empty()).collect();
    let mut known = known(conn, &whole, wanted.day)?;
    let needing = whole.into_iter().filter_map(|stored| {
        let (entry, known) = (&stored.entry, known.remove(&stored.id).unwrap_or_default());
        let found = reasons(entry, &level_of(&entry.number), &known, wanted.bounds, wanted.day, wanted.calendar);
        let is_wanted = !found.is_empty() && wanted.reason.is_none_or(|kind| found.iter().any(|reason| reason.kind() == kind));
        is_wanted.then_some((stored, found))
    });
    Ok(needing.collect())
}

/// What is known of editions, by id.
fn known(conn: &mut Conn, editions: &[Stored], day: Day) -> Result<BTreeMap<String, Known>> {
    let ids: Vec<String> = editions.iter().map(|stored| stored.id.clone()).collect();
    let numbers: Vec<String> = editions.iter().map(|stored| stored.entry.number.to_string()).collect();
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    for (edition, on) in store::confirmations(conn, &ids)? {
        known.entry(edition).or_default().confirmed.push(on);
    }
    for row in store::findings(conn, &ids)? {
        let finding = Finding { clause: row.clause, failed: row.outcome == FindingOutcome::Failed, source: row.source, on: row.found_on };
        known.entry(row.edition).or_default().findings.push(finding);
    }
    for row in store::feedbacks(conn, &ids)? {
        let feedback = Feedback { organisation: row.organisation, subject: row.subject, on: row.given_on };
        known.entry(row.edition).or_default().feedback.push(feedback);
    }
    let id_of = |number: &str| editions.iter().find(|stored| stored.entry.number.as_str() == number).map(|stored| stored.id.clone());
    for (looser, stricter) in store::stricter(conn, &numbers, day)? {
        if let Some(id) = id_of(&looser) {
            known.entry(id).or_default().stricter.push(stricter);
        }
    }
    for (number, standard) in store::group_standards(conn, &numbers)? {
        let confirmed = standard.history.iter().filter(|entry| entry.step == Step::Confirm).map(|entry| entry.on);
        if let Some(id) = id_of(&number) {
            known.entry(id).or_default().confirmed.extend(confirmed);
        }
    }
    for (number, case) in store::cases(conn, &numbers)? {
        if let (Some(id), Some(on)) = (id_of(&number), to_be_corrected(&case)) {
            let complaint = Finding { clause: String::new(), failed: true, source: FindingSource::Complaint, on };
            known.entry(id).or_default().findings.push(complaint);
        }
    }
    Ok(known)
}

/// Since when an authority has ordered a correction that is still open.
fn to_be_corrected(case: &Case) -> Option<Day> {
    let open = matches!(case.state, State::CorrectionOrdered | State::CorrectionClaimed);
    case.history.iter().filter(|_| open).find(|entry| entry.state == State::CorrectionOrdered).map(|entry| entry.on)
}

/// A result as it comes in.
#[derive(Clone, Debug)]
pub struct NewResult {
    /// The clause.
    pub clause: String,
    /// What came out.
    pub outcome: FindingOutcome,
    /// Where it comes from.
    pub source: FindingSource,
    /// The day.
    pub on: Day,
    /// In words.
    pub note: Option<String>,
}

/// Records a result at a clause of an edition.
///
/// # Errors
/// `not_found`.
pub fn find_out(tx: &mut Tx<'_>, edition: &str, new: &NewResult, author: &Author) -> Result<FindingRow> {
    let edition = found(tx.conn, edition)?.id;
    let NewResult { clause, outcome, source, on, note } = new.clone();
    let (id, recorded_by, recorded_at) = (tx.id("fnd"), author.organisation.to_string(), tx.now());
    let row = FindingRow { id, edition, clause, outcome, source, found_on: on, recorded_by, recorded_at, note };
    store::add_finding(tx.conn, &row)?;
    Ok(row)
}

/// Records what an organisation says of an edition.
///
/// # Errors
/// `not_found`.
pub fn give_feedback(
    tx: &mut Tx<'_>,
    edition: &str,
    (clause, subject, words): (&str, FeedbackSubject, &str),
    author: &Author,
) -> Result<FeedbackRow> {
    let row = FeedbackRow {
        edition: found(tx.conn, edition)?.id,
        id: tx.id("fbk"),
        clause: clause.to_owned(),
        subject,
        organisation: author.organisation.to_string(),
        given_on: tx.now().day(),
        recorded_at: tx.now(),
        words: words.to_owned(),
    };
    store::add_feedback(tx.conn, &row)?;
    Ok(row)
}

/// Records that a review left an edition as it is: authorities any, an association its own.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `duplicate`.
pub fn confirm(tx: &mut Tx<'_>, edition: &str, (on, document_no): (Day, &str), author: &Author) -> Result<()> {
    let stored = found(tx.conn, edition)?;
    only_issuer(tx.conn, &stored.entry, author)?;
    let begun = stored.entry.published_on.or(stored.windows.current_from);
    if begun.is_some_and(|begun| on < begun) {
        let detail = Text::new("复审日期早于发布日期。", "It was reviewed before it was issued.");
        return Err(Error::rule("date_order", detail));
    }
    let by = (author.organisation.as_str(), tx.now());
    if store::confirm(tx.conn, &stored.id, (on, document_no), by)? {
        return Ok(());
    }
    let detail = Text::new("该日的复审结论已登记。", "A confirmation of that day is recorded already.");
    Err(Error::conflict(Code::DUPLICATE, detail))
}
