//! Asks the conditions of a repair of the facts as they stand, and refuses with each that fails. Not here: the conditions, `rules.rs`.

use common::{
    db::Tx,
    error::{Error, FieldError, Result},
};
use contracts::credit::Fact;
use model::{instant::Day, policy::Row, text::Text};
use serde_json::json;

use super::rules::{Basis, ConditionCode, Met, Question, Regime, conditions, earliest};
use crate::{Credit, fact};

/// What is asked about a fact.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// On which day.
    pub day: Day,
    /// Whether the enterprise commits itself.
    pub committed: bool,
    /// What an authority has verified.
    pub verified: &'a [ConditionCode],
    /// On what it rests.
    pub basis: Basis,
}

/// The regime of a day.
///
/// # Errors
/// `not_repairable` before the first one.
pub fn regime(app: &Credit, day: Day) -> Result<&Row<Regime>> {
    app.repairs.at(day).ok_or_else(not_repairable)
}

/// The conditions of a repair as they stand.
fn judged(tx: &mut Tx<'_>, row: &Row<Regime>, fact: &Fact, asked: &Asked<'_>) -> Result<Vec<(ConditionCode, Met)>> {
    let known = fact::store::known(tx.conn, &fact.enterprise, tx.now())?;
    weigh(row, fact, &known, asked)
}

/// The same for facts that were read already.
///
/// # Errors
/// `not_repairable` where facts of this kind are not repaired.
pub fn weigh(row: &Row<Regime>, fact: &Fact, known: &[Fact], asked: &Asked<'_>) -> Result<Vec<(ConditionCode, Met)>> {
    let all: Vec<&Fact> = known.iter().collect();
    let Asked { day, committed, verified, basis } = *asked;
    conditions(&row.value, &Question { fact, all: &all, day, committed: Some(committed), verified, basis }).ok_or_else(not_repairable)
}

/// Refuses while a condition that can be computed is not met.
///
/// # Errors
/// `not_eligible` with every failing condition.
pub fn check(tx: &mut Tx<'_>, row: &Row<Regime>, fact: &Fact, asked: &Asked<'_>) -> Result<()> {
    let judged = judged(tx, row, fact, asked)?;
    let failing: Vec<_> = judged.iter().filter(|(_, met)| matches!(met, Met::No(_))).copied().collect();
    if failing.is_empty() { Ok(()) } else { Err(not_eligible(&failing, earliest(&judged, asked.day))) }
}

/// Refuses while anything is not met or not verified.
///
/// # Errors
/// `not_eligible` with every failing condition.
pub fn verified(tx: &mut Tx<'_>, row: &Row<Regime>, fact: &Fact, asked: &Asked<'_>) -> Result<()> {
    let judged = judged(tx, row, fact, asked)?;
    let failing: Vec<_> = judged.iter().filter(|(_, met)| *met != Met::Yes).copied().collect();
    if failing.is_empty() { Ok(()) } else { Err(not_eligible(&failing, earliest(&judged, asked.day))) }
}

fn not_repairable() -> Error {
    Error::rule("not_repairable", Text::new("该类事实不适用信用修复。", "Facts of this kind are not subject to credit repair."))
}

fn not_eligible(failing: &[(ConditionCode, Met)], from: Option<Day>) -> Error {
    let errors = failing.iter().map(|(code, met)| {
        let Text { zh, en } = code.text();
        let (zh, en) = match met {
            Met::No(Some(day)) => (format!("未满足：{zh}自 {day} 起满足。"), format!("Not met: {en} It will be from {day} on.")),
            Met::ToVerify => (format!("须核实：{zh}"), format!("To be verified: {en}")),
            Met::No(None) | Met::Yes => (format!("未满足：{zh}"), format!("Not met: {en}")),
        };
        let word = serde_json::to_value(code).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default();
        FieldError::rule(format!("/conditions/{word}"), "condition_not_met", zh, en)
    });
    let detail = Text::new("尚不符合信用修复条件。", "The conditions of a credit repair are not met.");
    Error::rule("not_eligible", detail).with_errors(errors.collect()).with_member("earliest", json!(from))
}
