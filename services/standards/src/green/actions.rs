//! Setting green standards and granting marks. Not here: windows and states, `rules.rs`.

use common::{
    db::Tx,
    error::{Code, Error, Result},
    http::precondition::mismatch,
};
use model::{fault::FieldFault, instant::Day, text::Text, uscc::Uscc};
use serde_json::json;

use super::{
    rules::{GreenMark, GreenMarkAct, GreenMarkEntry, GreenStandard},
    store::{self, Mark, Standard},
};
use crate::{author::actions::Author, edition, said::rules::not_in_force};

/// Makes an edition the standard by which a category is assessed; its id is given here.
///
/// # Errors
/// `not_found`, `edition_not_in_force`, `duplicate` where another one holds for the category in that time.
pub fn set(tx: &mut Tx<'_>, new: &GreenStandard) -> Result<Standard> {
    let stored = edition::actions::found(tx.conn, &new.edition)?;
    if !stored.windows.status_on(new.effective_from).holds() {
        return Err(Error::invalid(vec![not_in_force("/edition")]));
    }
    let made = GreenStandard { id: tx.id("grs"), number: stored.entry.number.to_string(), ..new.clone() };
    let others = store::standards(tx.conn, Some(&made.category), None, None, None)?;
    if let Some((other, _)) = others.iter().find(|(other, _)| other.overlaps(&made)) {
        let detail = Text::new("该类产品在此期间已有绿色产品评价标准。", "The category has a green standard in that time already.");
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("green_standard", json!(other.id)));
    }
    store::save_standard(tx.conn, made, 1)
}

/// Sets the last day of a green standard after the version that was read.
///
/// # Errors
/// `not_found`, `etag_mismatch`, `date_order`, `illegal_transition` where it has ended.
pub fn end(tx: &mut Tx<'_>, (id, version): (&str, i64), last: Day) -> Result<Standard> {
    let (standard, stands) = store::standard(tx.conn, id)?.ok_or_else(|| Error::not_found("green_standard", id))?;
    if stands != version {
        return Err(mismatch(stands));
    }
    if standard.effective_to.is_some_and(|last| last < tx.now().day()) {
        let detail = Text::new("该绿色产品评价标准已终止。", "The green standard has ended.");
        return Err(Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!([])));
    }
    // What is moved later may run into the one that follows.
    let moved = GreenStandard { effective_to: Some(last), ..standard };
    let bad = if last < moved.effective_from || last < tx.now().day() {
        Some(FieldFault::rule("/effective_to", "date_order", "终止日期早于开始日期或今天。", "It ends before it begins, or in the past."))
    } else {
        None
    };
    if let Some(bad) = bad {
        return Err(Error::invalid(vec![bad]));
    }
    let others = store::standards(tx.conn, Some(&moved.category), None, None, None)?;
    if let Some((other, _)) = others.iter().find(|(other, _)| other.id != moved.id && other.overlaps(&moved)) {
        let detail = Text::new("与该类产品的下一评价标准重叠。", "The category has another green standard in that time.");
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("green_standard", json!(other.id)));
    }
    store::save_standard(tx.conn, moved, version.saturating_add(1))
}

/// A mark as it is granted.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The number of its certificate.
    pub certificate: String,
    /// Who makes the product.
    pub enterprise: Uscc,
    /// The product.
    pub product: String,
    /// The green standard.
    pub standard: String,
    /// The first and the last day.
    pub valid: (Day, Day),
    /// The digest of the report.
    pub report: String,
}

/// Grants a mark by a green standard that holds on its first day.
///
/// # Errors
/// `duplicate`, `not_found`, `green_standard_not_in_force`.
pub fn grant(tx: &mut Tx<'_>, new: &Grant, author: &Author) -> Result<Mark> {
    if store::mark(tx.conn, &new.certificate)?.is_some() {
        let detail = Text::new("该证书编号已登记。", "There is a mark under this certificate already.");
        return Err(Error::conflict(Code::DUPLICATE, detail));
    }
    let (standard, _) = store::standard(tx.conn, &new.standard)?.ok_or_else(|| Error::not_found("green_standard", &new.standard))?;
    if !standard.holds_on(new.valid.0) {
        let en = "The green standard does not hold on the first day of the mark.";
        return Err(Error::invalid(vec![FieldFault::rule(
            "/standard",
            "green_standard_not_in_force",
            "证书生效之日该评价标准未施行。",
            en,
        )]));
    }
    let entry = GreenMarkEntry { act: GreenMarkAct::Grant, on: tx.now().day(), by: author.organisation.clone(), text: String::new() };
    let mark = GreenMark {
        certificate: new.certificate.clone(),
        enterprise: new.enterprise.clone(),
        product: new.product.clone(),
        standard: standard.id,
        number: standard.number,
        category: standard.category,
        issuer: author.organisation.clone(),
        valid_from: new.valid.0,
        valid_to: new.valid.1,
        report: new.report.clone(),
        history: vec![entry],
    };
    store::save_mark(tx.conn, mark, 1)
}

/// Takes a step after the version that was read; for whoever granted the mark, and authorities.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, `illegal_transition`.
pub fn step(tx: &mut Tx<'_>, (certificate, version): (&str, i64), (act, text): (GreenMarkAct, &str), author: &Author) -> Result<Mark> {
    let (mark, stands) = store::mark(tx.conn, certificate)?.ok_or_else(|| Error::not_found("green_mark", certificate))?;
    author.owns(mark.issuer.as_str())?;
    if stands != version {
        return Err(mismatch(stands));
    }
    let today = tx.now().day();
    let state = mark.state_on(today);
    let entry = GreenMarkEntry { act, on: today, by: author.organisation.clone(), text: text.to_owned() };
    let moved = mark.step(entry).ok_or_else(|| {
        let detail = Text::new("标识的当前状态不允许这一步。", format!("The mark is {}; that step is not allowed.", state.as_str()));
        Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(state.allowed()))
    })?;
    store::save_mark(tx.conn, moved, version.saturating_add(1))
}
