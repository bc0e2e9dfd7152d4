//! Use cases of checks: opening one where nothing was declared, and every step after. Not here: which step is allowed, `rules.rs`; who is
//! drawn, `check_plan`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
    http::precondition::mismatch,
};
use contracts::{event::tell, standards::DeclarationChecked};
use model::{fault::FieldFault, instant::Day, text::Text, uscc::Uscc};
use serde_json::json;

use super::{
    rules::{Check, CheckEntry, CheckOutcome, CheckRefusal, CheckState, CheckStep, Finding, Measurement, judged},
    store::{self, Stored},
};
use crate::{
    Standards,
    author::actions::Author,
    declaration::{self, rules::Declaration},
};

/// There is no such check.
#[must_use]
pub fn unknown(id: &str) -> Error {
    Error::not_found("declaration_check", id)
}

/// What is done, when, in which words.
#[derive(Clone, Debug)]
pub struct Said {
    /// On which day.
    pub on: Day,
    /// In words.
    pub text: String,
}

/// Goods without a declaration.
#[derive(Clone, Debug)]
pub struct Undeclared {
    /// Whose.
    pub enterprise: Uscc,
    /// Which goods.
    pub product: String,
    /// The number of a standard that they are made by, where it is known.
    pub standard: Option<String>,
}

fn entry(tx: &Tx<'_>, act: &str, said: &Said, author: &Author) -> CheckEntry {
    let by = author.organisation.clone();
    CheckEntry { act: act.to_owned(), on: said.on, recorded_at: tx.now(), by, text: said.text.clone() }
}

/// Adds the check of a declaration that was drawn.
///
/// # Errors
/// When the database fails.
pub fn open(tx: &mut Tx<'_>, plan: &str, declaration: &Declaration, author: &Author) -> Result<Stored> {
    let said = Said { on: tx.now().day(), text: String::new() };
    let made = Check {
        id: tx.id("dck"),
        plan: Some(plan.to_owned()),
        declaration: Some((declaration.id.clone(), declaration.version)),
        enterprise: declaration.enterprise.clone(),
        product: declaration.product.name.clone(),
        standard: declaration.main().map(|main| main.number.clone()),
        state: CheckState::Drawn,
        finding: None,
        order: None,
        publicised_on: None,
        history: vec![entry(tx, "draw", &said, author)],
    };
    store::insert(tx, made)
}

/// Records that nothing was declared of goods (Law 38).
///
/// # Errors
/// When the database fails.
pub fn undeclared(tx: &mut Tx<'_>, case: Undeclared, said: &Said, author: &Author) -> Result<Stored> {
    let finding = Finding {
        outcome: CheckOutcome::NotDeclared,
        found_on: said.on,
        authority: author.organisation.clone(),
        assessor: None,
        report: None,
        compared: Vec::new(),
    };
    let made = Check {
        id: tx.id("dck"),
        plan: None,
        declaration: None,
        enterprise: case.enterprise,
        product: case.product,
        standard: case.standard,
        state: CheckState::Found,
        finding: Some(finding),
        order: None,
        publicised_on: None,
        history: vec![entry(tx, "open", said, author)],
    };
    let stored = store::insert(tx, made)?;
    told(tx, &stored, author)?;
    Ok(stored)
}

fn told(tx: &mut Tx<'_>, stored: &Stored, author: &Author) -> Result<()> {
    let check = &stored.check;
    let Some(finding) = &check.finding else { return Ok(()) };
    let told = DeclarationChecked {
        id: check.id.clone(),
        version: stored.version,
        enterprise: check.enterprise.to_string(),
        declaration: check.declaration.as_ref().map(|(id, _)| id.clone()),
        standard: check.standard.clone(),
        outcome: finding.outcome.as_str().to_owned(),
        state: check.state.as_str().to_owned(),
        found_on: finding.found_on,
        due_on: check.order.as_ref().and_then(|order| order.due_on),
    };
    tell(tx, &told, &author.client).map(|_position| ())
}

/// The check that a step comes to, after the version that was read.
fn stands(conn: &mut Conn, (id, version): (&str, i64)) -> Result<Check> {
    let stored = store::find(conn, id)?.ok_or_else(|| unknown(id))?;
    if stored.version == version { Ok(stored.check) } else { Err(mismatch(stored.version)) }
}

/// What was measured, by whom.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// Who measured.
    pub assessor: Uscc,
    /// `sha256:…` of its report.
    pub report: String,
    /// Value by value.
    pub measured: Vec<Measurement>,
}

/// Records what was found of a declaration that was drawn: the values beside what it declared when it was drawn, and beside what was
/// mandatory on the day.
///
/// # Errors
/// `not_found`, `etag_mismatch`, `illegal_transition`, `nothing_comparable`.
pub fn find(tx: &mut Tx<'_>, app: &Standards, of: (&str, i64), assessment: &Assessment, said: &Said, author: &Author) -> Result<Stored> {
    let check = stands(tx.conn, of)?;
    if check.state != CheckState::Drawn {
        return Err(refused(&check, &CheckRefusal::NotAllowed));
    }
    let Some((id, version)) = &check.declaration else { return Err(refused(&check, &CheckRefusal::NotAllowed)) };
    let declaration = declaration::actions::found(tx.conn, id, Some(*version))?.declaration;
    let mut properties: Vec<String> = assessment.measured.iter().map(|one| one.property.clone()).collect();
    properties.sort();
    properties.dedup();
    let bars = declaration::actions::bars(tx.conn, (&properties, declaration.product.ics.as_deref()), &declaration.executed, said.on)?;
    let judged = judged(&declaration, &bars, &assessment.measured);
    let (outcome, broken, compared) = judged.map_err(|fault| Error::invalid(vec![fault]))?;
    let finding = Finding {
        outcome,
        found_on: said.on,
        authority: author.organisation.clone(),
        assessor: Some(assessment.assessor.clone()),
        report: Some(assessment.report.clone()),
        compared,
    };
    step(tx, app, of, CheckStep::Find(finding, broken), said, author)
}

/// Takes a step after the version that was read.
///
/// # Errors
/// `not_found`, `etag_mismatch`, `illegal_transition`, or what the step lacks.
pub fn step(tx: &mut Tx<'_>, app: &Standards, of: (&str, i64), step: CheckStep, said: &Said, author: &Author) -> Result<Stored> {
    let check = stands(tx.conn, of)?;
    let correction = app.declaration_terms.at(said.on).map(|row| row.value.correction);
    let entry = entry(tx, step.act(), said, author);
    let moved = check.clone().step(step, entry, correction).map_err(|refusal| refused(&check, &refusal))?;
    let stored = store::save(tx, moved, of.1)?;
    told(tx, &stored, author)?;
    Ok(stored)
}

fn refused(check: &Check, refusal: &CheckRefusal) -> Error {
    match refusal {
        CheckRefusal::NotAllowed => {
            let en = format!("The check is {}; that step is not allowed.", check.state.as_str());
            let detail = Text::new("该检查的当前状态不允许这一步。", en);
            Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(check.allowed()))
        }
        CheckRefusal::BeforeLastStep => {
            let en = "The day lies before the step before.";
            Error::invalid(vec![FieldFault::rule("/on", "date_order", "日期早于上一步。", en)])
        }
        CheckRefusal::CorrectionRuns(due) => {
            let until = due.map_or_else(|| "?".to_owned(), |due| due.to_string());
            let (zh, en) = (format!("改正期限至 {until}。"), format!("There is time to correct until {until} (Law 38)."));
            Error::invalid(vec![FieldFault::rule("/on", "correction_runs", zh, en)])
        }
    }
}
