//! Use cases of supervision: a complaint, a case of the authority's own, every step, and what it does to the standard. Not here: which step is allowed,
//! `rules.rs`.

use common::{
    db::Tx,
    error::{Code, Error, Result},
    http::precondition::mismatch,
    token::Role,
};
use contracts::{event::tell, standards::SupervisionDecided};
use model::{
    fault::FieldFault,
    instant::Day,
    standard_no::{Level, StandardNo},
    text::Text,
};
use serde_json::json;

use super::{
    rules::{By, Case, Clocks, Entry, Ground, Refusal, State, Step},
    store::{self, Stored},
};
use crate::{Standards, association, author::actions::Author, edition, group_standard, group_standard_word::rules::Step as StandardStep};

/// What is complained of.
#[derive(Clone, Debug)]
pub struct Matter {
    /// The number.
    pub number: StandardNo,
    /// Why.
    pub ground: Ground,
    /// In words.
    pub text: String,
    /// Digests of what is shown.
    pub evidence: Vec<String>,
    /// On which day.
    pub on: Day,
}

fn clocks(app: &Standards, on: Day) -> Result<&Clocks> {
    app.supervision_clocks.at(on).map(|row| &row.value).ok_or_else(|| group_standard::actions::no_policy("/on"))
}

fn entry(tx: &Tx<'_>, step: Step, (text, on): (&str, Day)) -> Entry {
    Entry { step, state: State::Received, on, recorded_at: tx.now(), text: text.to_owned() }
}

/// Opens a case: by a complaint, or by the authority itself.
///
/// # Errors
/// `number_unknown`, `duplicate`.
pub fn open(tx: &mut Tx<'_>, app: &Standards, matter: &Matter, step: Step, author: &Author) -> Result<Stored> {
    let number = &matter.number;
    let edition = edition::store::by_number(tx.conn, number.as_str())?;
    let registered = association::store::find(tx.conn, number.body())?.map(|stored| stored.association.uscc);
    if number.level() != Level::Group || number.year().is_none() || (edition.is_none() && registered.is_none()) {
        let en = "It is about the dated number of a group standard, of an edition of the catalogue or with the code of an association.";
        return Err(Error::invalid(vec![FieldFault::rule(
            "/number",
            "number_unknown",
            "应为目录中的团体标准编号或已登记团体的编号。",
            en,
        )]));
    }
    // What an authority records came without a token; whoever gave it is not named here.
    let complainant = (author.role != Role::Authority).then(|| author.organisation.clone());
    if let Some(own) = &complainant
        && let Some(open) = store::open_of(tx.conn, number.as_str(), own.as_str())?
    {
        let detail = Text::new("对同一编号的投诉尚未处理完毕。", "A complaint about the same number is open already.");
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("supervision", json!(open)));
    }
    let calendar = app.calendars.current();
    let by = By { clocks: clocks(app, matter.on)?, calendar: &calendar };
    let case = Case {
        id: tx.id("spv"),
        number: number.to_string(),
        association: registered,
        complainant,
        ground: matter.ground,
        evidence: matter.evidence.clone(),
        state: State::Received,
        breach: None,
        clocks: Vec::new(),
        history: Vec::new(),
    };
    let begun = entry(tx, step, (&matter.text, matter.on));
    let stored = Stored { case: case.begun(begun, by), version: 1 };
    store::save(tx.conn, &stored)?;
    Ok(stored)
}

/// Who may take a step: the association says that it corrected, all else is the authority's. To those who are no party there is no case.
fn may(case: &Case, step: &Step, author: &Author) -> Result<()> {
    let is_own = case.association.as_ref() == Some(&author.organisation) && case.state.concerns_association();
    if author.role == Role::Authority || (is_own && step.act() == "claim_correction") {
        return Ok(());
    }
    if !is_own && case.complainant.as_ref() != Some(&author.organisation) {
        return Err(Error::not_found("supervision", &case.id));
    }
    let detail = Text::new("这一步须由有关团体或主管部门办理。", "This step is for the association concerned or an authority.");
    Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail))
}

/// Takes a step after the version that was read.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, `illegal_transition`, or everything that the step lacks.
pub fn step(
    tx: &mut Tx<'_>,
    app: &Standards,
    (id, version): (&str, i64),
    (step, text, on): (&Step, &str, Day),
    author: &Author,
) -> Result<Stored> {
    let Stored { case, version: stands } = store::find(tx.conn, id)?.ok_or_else(|| Error::not_found("supervision", id))?;
    may(&case, step, author)?;
    if stands != version {
        return Err(mismatch(stands));
    }
    let calendar = app.calendars.current();
    let by = By { clocks: clocks(app, on)?, calendar: &calendar };
    let entry = entry(tx, step.clone(), (text, on));
    let moved = case.clone().step(entry, by).map_err(|refusal| refused(&case, refusal))?;
    follow(tx, app, &moved, (step, text, on), author)?;
    let stored = Stored { case: moved, version: version.saturating_add(1) };
    store::save(tx.conn, &stored)?;
    told(tx, &stored.case, (step, on), author)?;
    Ok(stored)
}

fn refused(case: &Case, refusal: Refusal) -> Error {
    match refusal {
        Refusal::NotAllowed => {
            let state = case.state;
            let detail = Text::new("案件的当前状态不允许这一步。", format!("The case is {}; that step is not allowed.", state.as_str()));
            Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(state.allowed()))
        }
        Refusal::Lacks(faults) => Error::invalid(faults),
    }
}

/// What a step does to the standard, and to its edition in the catalogue.
fn follow(tx: &mut Tx<'_>, app: &Standards, case: &Case, (step, text, on): (&Step, &str, Day), author: &Author) -> Result<()> {
    let id = case.id.clone();
    let consequence = match step {
        Step::OrderCorrection { due_on, .. } => StandardStep::OrderCorrection { case: id, due_on: *due_on },
        Step::ConfirmCorrection => StandardStep::ConfirmCorrection { case: id },
        Step::Abolish { .. } => StandardStep::Abolish { case: id },
        Step::RevokeNumber { .. } => StandardStep::RevokeNumber { case: id },
        _ => return Ok(()),
    };
    group_standard::actions::follow(tx, app, &case.number, (consequence, text, on), author)?;
    if case.state.is_public() {
        group_standard::actions::withdraw_edition(tx, &case.number, on, author)?;
    }
    Ok(())
}

/// Tells outcomes; who complained and what is being looked into is told to nobody.
fn told(tx: &mut Tx<'_>, case: &Case, (step, on): (&Step, Day), author: &Author) -> Result<()> {
    let is_outcome = matches!(case.state, State::CorrectionOrdered | State::Corrected | State::Abolished | State::NumberRevoked);
    if !is_outcome {
        return Ok(());
    }
    let told = SupervisionDecided {
        id: case.id.clone(),
        number: case.number.clone(),
        association: case.association.as_ref().map(ToString::to_string),
        act: step.act().to_owned(),
        state: case.state.as_str().to_owned(),
        due_on: case.correction_due_on(),
        on,
    };
    tell(tx, &told, &author.client).map(|_position| ())
}
