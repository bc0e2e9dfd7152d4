//! Rows of findings, feedback and confirmations, and what is stricter than what. Not here: what follows from them, `rules.rs`; editions, `edition`.

use common::{
    db::Conn,
    error::{Error, Result},
};
use diesel::{BoolExpressionMethods, ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, RunQueryDsl, TextExpressionMethods};
use model::{
    instant::{Day, Instant},
    standard_no::StandardNo,
};

use super::rules::{FeedbackSubject, FindingOutcome, FindingSource, Stricter};
use crate::{
    edition::rules::RelationKind,
    group_standard::rules::GroupStandard,
    schema::{edition, edition_class, edition_confirmation, edition_feedback, edition_finding, group_standard, relation, supervision},
    supervision::rules::Case,
};

/// A result at a clause as it is kept.
#[derive(Clone, Debug)]
pub struct FindingRow {
    /// `fnd_…`.
    pub id: String,
    /// `edn_…`.
    pub edition: String,
    /// The clause; empty for the whole.
    pub clause: String,
    /// What came out.
    pub outcome: FindingOutcome,
    /// Where it comes from.
    pub source: FindingSource,
    /// The day.
    pub found_on: Day,
    /// The organisation that says so.
    pub recorded_by: String,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// In words.
    pub note: Option<String>,
}

/// Feedback as it is kept.
#[derive(Clone, Debug)]
pub struct FeedbackRow {
    /// `fbk_…`.
    pub id: String,
    /// `edn_…`.
    pub edition: String,
    /// The clause; empty for the whole.
    pub clause: String,
    /// What about.
    pub subject: FeedbackSubject,
    /// Whose.
    pub organisation: String,
    /// The day.
    pub given_on: Day,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// In words.
    pub words: String,
}

/// Which editions are looked at.
#[derive(Clone, Debug)]
pub struct Search<'a> {
    /// Of these levels.
    pub levels: &'a [&'a str],
    /// Of this class of the ICS or one below it.
    pub ics: Option<&'a str>,
    /// In force on this day.
    pub day: Day,
}

/// The numbers of the editions that are looked at, in order.
///
/// # Errors
/// When the database fails.
pub fn in_force(conn: &mut Conn, search: &Search<'_>, after: Option<&str>, limit: i64) -> Result<Vec<String>> {
    let mut query = edition::table
        .filter(edition::level.eq_any(search.levels.to_vec()))
        .filter(edition::current_from.le(search.day))
        .filter(edition::ended_from.is_null().or(edition::ended_from.gt(search.day)))
        .filter(edition::number.gt(after.unwrap_or_default()))
        .select(edition::number)
        .order(edition::number.asc())
        .into_boxed();
    if let Some(code) = search.ics {
        let below = edition_class::code.eq(code).or(edition_class::code.like(format!("{code}.%")));
        let of = edition_class::table.filter(edition_class::scheme.eq("ics")).filter(below).select(edition_class::edition);
        query = query.filter(edition::id.eq_any(of));
    }
    Ok(query.limit(limit).load(conn)?)
}

/// Adds a result.
///
/// # Errors
/// When the database fails.
pub fn add_finding(conn: &mut Conn, new: &FindingRow) -> Result<()> {
    diesel::insert_into(edition_finding::table)
        .values((
            edition_finding::id.eq(&new.id),
            edition_finding::edition.eq(&new.edition),
            edition_finding::clause.eq(&new.clause),
            edition_finding::outcome.eq(new.outcome.as_str()),
            edition_finding::source.eq(new.source.as_str()),
            edition_finding::found_on.eq(new.found_on),
            edition_finding::recorded_by.eq(&new.recorded_by),
            edition_finding::recorded_at.eq(new.recorded_at.naive_utc()),
            edition_finding::note.eq(&new.note),
        ))
        .execute(conn)?;
    Ok(())
}

/// Adds feedback.
///
/// # Errors
/// When the database fails.
pub fn add_feedback(conn: &mut Conn, new: &FeedbackRow) -> Result<()> {
    diesel::insert_into(edition_feedback::table)
        .values((
            edition_feedback::id.eq(&new.id),
            edition_feedback::edition.eq(&new.edition),
            edition_feedback::clause.eq(&new.clause),
            edition_feedback::subject.eq(new.subject.as_str()),
            edition_feedback::organisation.eq(&new.organisation),
            edition_feedback::given_on.eq(new.given_on),
            edition_feedback::recorded_at.eq(new.recorded_at.naive_utc()),
            edition_feedback::words.eq(&new.words),
        ))
        .execute(conn)?;
    Ok(())
}

/// Records that a review left an edition as it is; false where it is known already.
///
/// # Errors
/// When the database fails.
pub fn confirm(conn: &mut Conn, edition: &str, (on, document_no): (Day, &str), by: (&str, Instant)) -> Result<bool> {
    let known: Option<String> =
        edition_confirmation::table.find((edition, on)).select(edition_confirmation::edition).first(conn).optional()?;
    if known.is_some() {
        return Ok(false);
    }
    diesel::insert_into(edition_confirmation::table)
        .values((
            edition_confirmation::edition.eq(edition),
            edition_confirmation::confirmed_on.eq(on),
            edition_confirmation::document_no.eq(document_no),
            edition_confirmation::recorded_by.eq(by.0),
            edition_confirmation::recorded_at.eq(by.1.naive_utc()),
        ))
        .execute(conn)?;
    Ok(true)
}

type FindingColumns = (String, String, String, String, String, Day, String, chrono::NaiveDateTime, Option<String>);

fn finding((id, edition, clause, outcome, source, found_on, recorded_by, at, note): FindingColumns) -> FindingRow {
    let source = FindingSource::ALL.into_iter().find(|(word, _)| *word == source).map_or(FindingSource::Test, |(_, source)| source);
    let outcome = if outcome == FindingOutcome::Failed.as_str() { FindingOutcome::Failed } else { FindingOutcome::Passed };
    FindingRow { id, edition, clause, outcome, source, found_on, recorded_by, recorded_at: Instant::from_naive_utc(at), note }
}

type FeedbackColumns = (String, String, String, String, String, Day, chrono::NaiveDateTime, String);

fn feedback((id, edition, clause, subject, organisation, given_on, at, words): FeedbackColumns) -> FeedbackRow {
    let subject =
        FeedbackSubject::ALL.into_iter().find(|(word, _)| *word == subject).map_or(FeedbackSubject::Unclear, |(_, subject)| subject);
    FeedbackRow { id, edition, clause, subject, organisation, given_on, recorded_at: Instant::from_naive_utc(at), words }
}

/// The results of these editions, oldest first.
///
/// # Errors
/// When the database fails.
pub fn findings(conn: &mut Conn, editions: &[String]) -> Result<Vec<FindingRow>> {
    let query = edition_finding::table.filter(edition_finding::edition.eq_any(editions)).order(edition_finding::id.asc());
    let rows: Vec<FindingColumns> = query.load(conn)?;
    Ok(rows.into_iter().map(finding).collect())
}

/// The results of one edition by the page.
///
/// # Errors
/// When the database fails.
pub fn findings_after(conn: &mut Conn, edition: &str, after: Option<&str>, limit: i64) -> Result<Vec<FindingRow>> {
    let query =
        edition_finding::table.filter(edition_finding::edition.eq(edition)).filter(edition_finding::id.gt(after.unwrap_or_default()));
    let rows: Vec<FindingColumns> = query.order(edition_finding::id.asc()).limit(limit.saturating_add(1)).load(conn)?;
    Ok(rows.into_iter().map(finding).collect())
}

/// The feedback on these editions, oldest first.
///
/// # Errors
/// When the database fails.
pub fn feedbacks(conn: &mut Conn, editions: &[String]) -> Result<Vec<FeedbackRow>> {
    let query = edition_feedback::table.filter(edition_feedback::edition.eq_any(editions)).order(edition_feedback::id.asc());
    let rows: Vec<FeedbackColumns> = query.load(conn)?;
    Ok(rows.into_iter().map(feedback).collect())
}

/// The feedback on one edition by the page, of one organisation where one is named.
///
/// # Errors
/// When the database fails.
pub fn feedbacks_after(
    conn: &mut Conn,
    edition: &str,
    organisation: Option<&str>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<FeedbackRow>> {
    let query = edition_feedback::table.filter(edition_feedback::edition.eq(edition));
    let mut query = query.filter(edition_feedback::id.gt(after.unwrap_or_default())).order(edition_feedback::id.asc()).into_boxed();
    if let Some(organisation) = organisation {
        query = query.filter(edition_feedback::organisation.eq(organisation));
    }
    let rows: Vec<FeedbackColumns> = query.limit(limit.saturating_add(1)).load(conn)?;
    Ok(rows.into_iter().map(feedback).collect())
}

/// When reviews left these editions as they are.
///
/// # Errors
/// When the database fails.
pub fn confirmations(conn: &mut Conn, editions: &[String]) -> Result<Vec<(String, Day)>> {
    let query = edition_confirmation::table.filter(edition_confirmation::edition.eq_any(editions));
    let query = query.select((edition_confirmation::edition, edition_confirmation::confirmed_on));
    Ok(query.order((edition_confirmation::edition.asc(), edition_confirmation::confirmed_on.asc())).load(conn)?)
}

type StricterRow = (String, String, Option<String>, Option<Day>, Option<Day>);

/// What comparisons found stricter than these numbers and is in force on a day: the number that is looser, and what is stricter.
///
/// # Errors
/// When the database fails.
pub fn stricter(conn: &mut Conn, numbers: &[String], day: Day) -> Result<Vec<(String, Stricter)>> {
    let rows: Vec<StricterRow> = relation::table
        .inner_join(edition::table.on(edition::number.eq(relation::from_number)))
        .filter(relation::kind.eq(RelationKind::StricterThan.as_str()))
        .filter(relation::to_number.eq_any(numbers))
        .select((relation::to_number, relation::from_number, relation::note, edition::current_from, edition::ended_from))
        .order((relation::to_number.asc(), relation::from_number.asc()))
        .load(conn)?;
    let holds = |from: Option<Day>, ended: Option<Day>| from.is_some_and(|from| from <= day) && ended.is_none_or(|from| day < from);
    let in_force = rows.into_iter().filter(|(_, _, _, from, ended)| holds(*from, *ended));
    let read = |(looser, number, note, _, _): StricterRow| {
        let mandatory = StandardNo::parse(&number).is_ok_and(|number| number.mandatory());
        (looser, Stricter { number, mandatory, note })
    };
    Ok(in_force.map(read).collect())
}

fn bodies<T: serde::de::DeserializeOwned>(rows: Vec<(String, String)>) -> Result<Vec<(String, T)>> {
    rows.into_iter().map(|(number, body)| Ok((number, serde_json::from_str(&body).map_err(Error::internal)?))).collect()
}

/// The group standards that were published under these numbers here.
///
/// # Errors
/// When the database fails.
pub fn group_standards(conn: &mut Conn, numbers: &[String]) -> Result<Vec<(String, GroupStandard)>> {
    let query = group_standard::table.filter(group_standard::number.eq_any(numbers)).order(group_standard::id.asc());
    let rows: Vec<(Option<String>, String)> = query.select((group_standard::number, group_standard::body)).load(conn)?;
    bodies(rows.into_iter().filter_map(|(number, body)| Some((number?, body))).collect())
}

/// The cases of supervision about these numbers, oldest first.
///
/// # Errors
/// When the database fails.
pub fn cases(conn: &mut Conn, numbers: &[String]) -> Result<Vec<(String, Case)>> {
    let query = supervision::table.filter(supervision::number.eq_any(numbers)).order(supervision::id.asc());
    bodies(query.select((supervision::number, supervision::body)).load(conn)?)
}
