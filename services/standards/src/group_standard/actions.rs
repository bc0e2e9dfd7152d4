//! Use cases of group standards: propose, amend, every step, and what it does to the catalogue. Not here: which step is allowed, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
    http::precondition::mismatch,
};
use contracts::{event::tell, standards::GroupStandardMoved};
use model::{
    fault::FieldFault,
    instant::Day,
    standard_no::{Level, StandardNo},
    text::Text,
};
use serde_json::json;

use super::{
    rules::{By, GroupStandard, Refusal, Terms, numbered},
    store::{self, Stored},
};
use crate::{
    Standards, association,
    association::rules::Association,
    author::actions::Author,
    consultation, edition,
    edition::rules::{Relation, RelationKind, Stated},
    group_standard_record::rules::{Entry, Publication},
    group_standard_word::rules::{CONSEQUENCES, Proposal, State, Step},
};

/// Which procedure says what the catalogue gets from here.
const SOURCE: &str = "group_standard";

/// The terms of a day.
///
/// # Errors
/// `policy_missing`.
pub fn terms(app: &Standards, on: Day) -> Result<&Terms> {
    app.group_terms.at(on).map(|row| &row.value).ok_or_else(|| no_policy("/on"))
}

/// There is no policy for a day.
#[must_use]
pub fn no_policy(pointer: &str) -> Error {
    let en = "No rules are known for that day.";
    Error::invalid(vec![FieldFault::rule(pointer, "policy_missing", "该日没有可适用的规定。", en)])
}

/// A day lies before what it follows on.
#[must_use]
pub fn too_early(pointer: &str, least: Day) -> Error {
    let (zh, en) = (format!("日期不得早于 {least}。"), format!("The day must not lie before {least}."));
    Error::invalid(vec![FieldFault::rule(pointer, "date_order", zh, en)])
}

/// One by its id.
///
/// # Errors
/// `not_found`.
pub fn found(conn: &mut Conn, id: &str) -> Result<Stored> {
    store::find(conn, id)?.ok_or_else(|| Error::not_found("group standard", id))
}

/// A project as it is proposed.
#[derive(Clone, Debug)]
pub struct Project {
    /// What it is about.
    pub proposal: Proposal,
    /// The number of the edition that it revises.
    pub revises: Option<StandardNo>,
    /// In words.
    pub text: String,
    /// On which day.
    pub on: Day,
}

fn entry(tx: &Tx<'_>, step: Step, (text, on): (&str, Day), author: &Author) -> Entry {
    Entry { step, state: State::Proposed, on, recorded_at: tx.now(), by: author.organisation.clone(), text: text.to_owned() }
}

/// Proposes a project.
///
/// # Errors
/// As `association::actions::acting`; `sequence_taken`, `edition_unknown`, `edition_of_another`, `revise_by_step`, `sequence_fixed`.
pub fn propose(tx: &mut Tx<'_>, code: &str, project: &Project, author: &Author) -> Result<Stored> {
    let association = association::actions::acting(tx.conn, code, author)?.association;
    let bad = project_faults(tx.conn, &association, project)?;
    if !bad.is_empty() {
        return Err(Error::invalid(bad));
    }
    let begun = entry(tx, Step::Propose, (&project.text, project.on), author);
    begin(tx, &association, (project.proposal.clone(), project.revises.as_ref().map(StandardNo::to_string)), begun)
}

fn begin(tx: &mut Tx<'_>, association: &Association, (proposal, revises): (Proposal, Option<String>), begun: Entry) -> Result<Stored> {
    let standard = GroupStandard {
        id: tx.id("gst"),
        association: association.code.clone(),
        uscc: association.uscc.clone(),
        proposal,
        revises,
        state: State::Proposed,
        consultation: None,
        review: None,
        vote: None,
        publication: None,
        confirmed_on: None,
        review_due_on: None,
        revision: None,
        corrections: Vec::new(),
        ended_on: None,
        history: vec![begun],
    };
    let stored = Stored { standard, version: 1 };
    store::save(tx.conn, &stored)?;
    Ok(stored)
}

fn sequence_taken() -> FieldFault {
    let en = "The association used this sequence number already; a revision keeps it, every other standard has one of its own.";
    FieldFault::rule("/sequence", "sequence_taken", "该顺序号已被使用。", en)
}

/// Whether the catalogue names another organisation as the issuer of an edition.
#[must_use]
pub fn is_of_another(entry: &edition::rules::Entry, association: &Association) -> bool {
    entry.association.as_deref().is_some_and(|issuer| issuer != association.uscc.as_str())
}

/// Whether the sequence number may be used, and what is revised is there.
fn project_faults(conn: &mut Conn, association: &Association, project: &Project) -> Result<Vec<FieldFault>> {
    let (mut bad, code) = (Vec::new(), association.code.as_str());
    let sequence = &project.proposal.sequence;
    let undated = format!("T/{code} {sequence}");
    let projects = store::of_sequence(conn, code, sequence)?;
    match &project.revises {
        None => {
            let is_used = !projects.is_empty() || edition::store::standard_numbered(conn, &undated)?.is_some();
            bad.extend(is_used.then(sequence_taken));
        }
        Some(number) => {
            let edition = edition::store::by_number(conn, number.as_str())?;
            if edition.is_none() || number.level() != Level::Group || number.body() != code {
                let en = "The catalogue has no such edition of this association.";
                bad.push(FieldFault::rule("/revises", "edition_unknown", "目录中没有本团体的该版本。", en));
            } else if edition.is_some_and(|stored| is_of_another(&stored.entry, association)) {
                let en = "The catalogue names another association as the issuer of this edition.";
                bad.push(FieldFault::rule("/revises", "edition_of_another", "目录中该版本的发布团体不是本团体。", en));
            }
            if store::by_number(conn, number.as_str())?.is_some() {
                let en = "What came about here is revised by its own step `revise`, which begins the project.";
                bad.push(FieldFault::rule("/revises", "revise_by_step", "请通过 revise 步骤启动修订。", en));
            } else {
                bad.extend((!projects.is_empty()).then(sequence_taken));
            }
            if number.undated() != undated {
                let en = "A revision keeps the sequence number of what it revises.";
                bad.push(FieldFault::rule("/sequence", "sequence_fixed", "修订保留原顺序号。", en));
            }
        }
    }
    Ok(bad)
}

/// Tells where a standard stands, once everybody may see it.
fn told(tx: &mut Tx<'_>, standard: &GroupStandard, act: &str, on: Day, author: &Author) -> Result<()> {
    if !standard.is_open() {
        return Ok(());
    }
    let told = GroupStandardMoved {
        id: standard.id.clone(),
        association: standard.uscc.to_string(),
        title: standard.proposal.title.clone(),
        number: standard.publication.as_ref().map(|publication| publication.number.clone()),
        act: act.to_owned(),
        state: standard.state.as_str().to_owned(),
        on,
    };
    tell(tx, &told, &author.client).map(|_position| ())
}

fn refused(standard: &GroupStandard, refusal: Refusal, unanswered: &[String]) -> Error {
    match refusal {
        Refusal::NotAllowed => {
            let state = standard.state.as_str();
            let detail = Text::new("团体标准的当前状态不允许这一步。", format!("The standard is {state}; that step is not allowed."));
            Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(offered(standard.state)))
        }
        Refusal::Lacks(faults) => {
            let error = Error::invalid(faults);
            if unanswered.is_empty() { error } else { error.with_member("unanswered", json!(unanswered)) }
        }
    }
}

/// The steps that somebody may ask for.
#[must_use]
pub fn offered(state: State) -> Vec<&'static str> {
    state.allowed().iter().copied().filter(|act| !CONSEQUENCES.contains(act)).collect()
}

/// Whose it is; with an association that has ended nothing goes on but an end.
fn acting(conn: &mut Conn, standard: &GroupStandard, step: &Step, author: &Author) -> Result<Association> {
    if matches!(step, Step::Withdraw | Step::Abandon) {
        author.owns(standard.uscc.as_str())?;
        return Ok(association::actions::found(conn, &standard.association)?.association);
    }
    Ok(association::actions::acting(conn, &standard.association, author)?.association)
}

/// The one that a caller may act on, in the version that was read; to others a draft does not exist.
fn at_version(conn: &mut Conn, id: &str, version: i64, author: &Author) -> Result<GroupStandard> {
    let Stored { standard, version: stands } = found(conn, id)?;
    if let Err(refusal) = author.owns(standard.uscc.as_str()) {
        return Err(if standard.is_open() { refusal } else { Error::not_found("group standard", id) });
    }
    if stands == version { Ok(standard) } else { Err(mismatch(stands)) }
}

/// Changes what is proposed.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, `illegal_transition`, or everything that the change lacks.
pub fn amend(tx: &mut Tx<'_>, (id, version): (&str, i64), project: &Project, author: &Author) -> Result<Stored> {
    let stands = at_version(tx.conn, id, version, author)?;
    let association = acting(tx.conn, &stands, &Step::Amend, author)?;
    if project.revises.as_ref().map(StandardNo::as_str) != stands.revises.as_deref() {
        let en = "What a project revises is said when it is proposed.";
        return Err(Error::invalid(vec![FieldFault::rule("/revises", "revision_fixed", "修订对象不得变更。", en)]));
    }
    let changes_sequence = stands.revises.is_none() && stands.proposal.sequence != project.proposal.sequence;
    if changes_sequence && stands.state.allowed().contains(&"amend") {
        let bad = project_faults(tx.conn, &association, project)?;
        if !bad.is_empty() {
            return Err(Error::invalid(bad));
        }
    }
    let amended = entry(tx, Step::Amend, (&project.text, project.on), author);
    let moved = stands.clone().amended(project.proposal.clone(), amended).map_err(|refusal| refused(&stands, refusal, &[]))?;
    put(tx, moved, version, ("amend", project.on), author)
}

fn put(tx: &mut Tx<'_>, moved: GroupStandard, version: i64, (act, on): (&str, Day), author: &Author) -> Result<Stored> {
    let stored = Stored { standard: moved, version: version.saturating_add(1) };
    store::save(tx.conn, &stored)?;
    told(tx, &stored.standard, act, on, author)?;
    Ok(stored)
}

/// Takes a step after the version that was read; the id of the project in `revise` is made here.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, `illegal_transition`, or everything that the step lacks.
pub fn step(
    tx: &mut Tx<'_>,
    app: &Standards,
    (id, version): (&str, i64),
    (step, text, on): (Step, &str, Day),
    author: &Author,
) -> Result<Stored> {
    let stands = at_version(tx.conn, id, version, author)?;
    let association = acting(tx.conn, &stands, &step, author)?;
    let step = match step {
        Step::Revise { .. } if stands.state.allowed().contains(&"revise") && stands.revision.is_none() => {
            let proposal = Proposal { text_digest: None, ipr: None, ..stands.proposal.clone() };
            let number = stands.publication.as_ref().map(|publication| publication.number.clone());
            let begun = entry(tx, Step::Propose, (text, on), author);
            Step::Revise { project: begin(tx, &association, (proposal, number), begun)?.standard.id }
        }
        other => other,
    };
    let moved = moved(tx, app, &stands, (step, text, on), author)?;
    match moved.history.last().map(|entry| &entry.step) {
        Some(Step::Publish { terms }) => issue(tx, app, (&moved, &association), terms.transition_until, author)?,
        Some(Step::Withdraw) => end_edition(tx, moved.publication.as_ref(), on, author)?,
        Some(Step::Abandon) => revised(tx, app, &moved, (Step::DropRevision, text, on), author)?,
        _ => {}
    }
    let act = moved.history.last().map_or("step", |entry| entry.step.act());
    put(tx, moved, version, (act, on), author)
}

/// The standard after a step, with all that it is judged by.
fn moved(
    tx: &mut Tx<'_>,
    app: &Standards,
    stands: &GroupStandard,
    (step, text, on): (Step, &str, Day),
    author: &Author,
) -> Result<GroupStandard> {
    let unanswered = if step.act() == "review" { consultation::store::unanswered(tx.conn, &stands.id)? } else { Vec::new() };
    let voting = association::actions::found(tx.conn, &stands.association)?.association.voting;
    let number = numbered(&stands.association, &stands.proposal.sequence, on)?;
    let is_number_taken = step.act() == "publish" && edition::store::by_number(tx.conn, number.as_str())?.is_some();
    let calendar = app.calendars.current();
    let by = By { terms: terms(app, on)?, voting, unanswered: &unanswered, is_number_taken, calendar: &calendar };
    let entry = entry(tx, step, (text, on), author);
    stands.clone().step(entry, by).map_err(|refusal| refused(stands, refusal, &unanswered))
}

/// Brings a published standard into the catalogue, and what it revises to its end.
fn issue(
    tx: &mut Tx<'_>,
    app: &Standards,
    (standard, association): (&GroupStandard, &Association),
    transition_until: Option<Day>,
    author: &Author,
) -> Result<()> {
    let Some(publication) = &standard.publication else { return Ok(()) };
    let (proposal, client) = (&standard.proposal, author.client.as_str());
    let is_in_force = publication.effective_on <= publication.on;
    let entry = edition::rules::Entry {
        number: StandardNo::parse(&publication.number)?,
        title: proposal.title.clone(),
        title_en: None,
        published_on: Some(publication.on),
        effective_on: Some(publication.effective_on),
        withdrawn_on: None,
        transition_until: None,
        stated: if is_in_force { Stated::Current } else { Stated::Upcoming },
        stated_on: publication.on,
        mandatory: false,
        publisher: Some(association.name.clone()),
        association: Some(association.uscc.to_string()),
        ics: proposal.ics.clone(),
        ccs: proposal.ccs.clone(),
        stage: None,
        scope: Some(proposal.scope.clone()),
        text_digest: Some(publication.text_digest.clone()),
        source: SOURCE.to_owned(),
    };
    edition::actions::record(tx, &entry, client)?;
    let relation = |kind: RelationKind, to: &str| {
        let (from, source) = (publication.number.clone(), SOURCE.to_owned());
        Relation { from, kind, to: to.to_owned(), degree: None, source, note: None }
    };
    for cited in &proposal.cites {
        edition::actions::relate(tx, &relation(RelationKind::CitesNormative, cited), client)?;
    }
    let Some(before) = &standard.revises else { return Ok(()) };
    if let Some(old) = edition::store::by_number(tx.conn, before)?.filter(|_| transition_until.is_some()) {
        edition::actions::record(tx, &edition::rules::Entry { transition_until, ..old.entry }, client)?;
    }
    edition::actions::relate(tx, &relation(RelationKind::Replaces, before), client)?;
    revised(tx, app, standard, (Step::Replace { number: publication.number.clone() }, "", publication.on), author)
}

/// What becomes of the standard that a project revises, where it came about here and has not ended meanwhile.
fn revised(tx: &mut Tx<'_>, app: &Standards, project: &GroupStandard, (step, text, on): (Step, &str, Day), author: &Author) -> Result<()> {
    let Some(number) = &project.revises else { return Ok(()) };
    follow(tx, app, number, (step, text, on), author).map(|_followed| ())
}

/// Takes a step that follows from elsewhere, where the number is that of a standard that came about here and allows it; tells whether it did.
///
/// # Errors
/// What the step lacks.
pub fn follow(tx: &mut Tx<'_>, app: &Standards, number: &str, (step, text, on): (Step, &str, Day), author: &Author) -> Result<bool> {
    let allows = |stored: &Stored| stored.standard.state.allowed().contains(&step.act());
    let Some(Stored { standard, version }) = store::by_number(tx.conn, number)?.filter(allows) else { return Ok(false) };
    let act = step.act();
    let moved = moved(tx, app, &standard, (step, text, on), author)?;
    put(tx, moved, version, (act, on), author)?;
    Ok(true)
}

fn end_edition(tx: &mut Tx<'_>, publication: Option<&Publication>, on: Day, author: &Author) -> Result<()> {
    publication.map_or(Ok(()), |publication| withdraw_edition(tx, &publication.number, on, author))
}

/// Ends an edition in the catalogue, where it stands there and has not ended before.
///
/// # Errors
/// `date_order`.
pub fn withdraw_edition(tx: &mut Tx<'_>, number: &str, on: Day, author: &Author) -> Result<()> {
    let Some(stored) = edition::store::by_number(tx.conn, number)? else { return Ok(()) };
    let withdrawn_on = stored.entry.withdrawn_on.map_or(on, |before| before.min(on));
    let ended = edition::rules::Entry { withdrawn_on: Some(withdrawn_on), stated: Stated::Withdrawn, stated_on: on, ..stored.entry };
    edition::actions::record(tx, &ended, &author.client).map(|_recorded| ())
}
