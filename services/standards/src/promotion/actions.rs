//! Proposing a group standard as a national one, and every step after that. Not here: which step is allowed, `rules.rs`.

use common::{
    db::Tx,
    error::{Code, Error, Result},
    http::precondition::mismatch,
    token::Role,
};
use model::{fault::FieldFault, text::Text, uscc::Uscc};
use serde_json::json;

use super::{
    rules::{Promotion, PromotionEntry, PromotionState, PromotionStep},
    store::{self, Search, Stored},
};
use crate::{
    author::actions::Author,
    edition::{self, store::level_of},
    participation::actions::issuer,
    said::rules::not_in_force,
};

/// A proposal as it comes in.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The edition of the group standard.
    pub edition: String,
    /// How many enterprises work by it.
    pub enterprises: u32,
    /// What is better than in the standards in force.
    pub advances: Vec<String>,
    /// Digests of what shows it.
    pub evidence: Vec<String>,
    /// In words.
    pub text: String,
}

/// Proposes one.
///
/// # Errors
/// `not_found`, `not_a_group_standard`, `edition_not_in_force`, `association_unknown`, `not_your_organisation`, `duplicate`.
pub fn propose(tx: &mut Tx<'_>, new: &Proposal, author: &Author) -> Result<Stored> {
    let stored = edition::actions::found(tx.conn, &new.edition)?;
    let today = tx.now().day();
    if level_of(&stored.entry.number) != "group" {
        let en = "Only a group standard is proposed as a national one.";
        return Err(Error::invalid(vec![FieldFault::rule("/edition", "not_a_group_standard", "只有团体标准可以申请转化为国家标准。", en)]));
    }
    if !stored.windows.status_on(today).holds() {
        return Err(Error::invalid(vec![not_in_force("/edition")]));
    }
    let association = issuer(tx.conn, &stored.entry)?.as_deref().map(Uscc::parse).transpose()?;
    let Some(association) = association else {
        let en = "Whose group standard this is, is not known.";
        return Err(Error::invalid(vec![FieldFault::rule("/edition", "association_unknown", "该团体标准的发布团体不明。", en)]));
    };
    author.owns(association.as_str())?;
    let before = store::list(tx.conn, &Search { edition: Some(stored.id.clone()), ..Search::default() })?;
    let in_the_way = |state: PromotionState| state.is_open() || state == PromotionState::TakenOver;
    if let Some(other) = before.iter().find(|other| in_the_way(other.promotion.state)) {
        let detail = Text::new("该团体标准已在转化之中或已转化。", "This group standard is on its way already, or was taken over.");
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("promotion", json!(other.promotion.id)));
    }
    let by = author.organisation.clone();
    let promotion = Promotion {
        id: tx.id("prm"),
        edition: stored.id,
        number: stored.entry.number.to_string(),
        association,
        enterprises: new.enterprises,
        advances: new.advances.clone(),
        evidence: new.evidence.clone(),
        state: PromotionState::Proposed,
        national: None,
        history: vec![PromotionEntry { step: PromotionStep::Propose, on: today, by, text: new.text.clone() }],
    };
    store::save(tx.conn, promotion, 1)
}

/// A step as it is asked for: what takes over is named by its edition alone.
#[derive(Clone, Debug)]
pub enum Asked {
    /// A step that says all itself.
    Plain(PromotionStep),
    /// Taken over by this edition.
    TakenOverBy(String),
}

/// Takes a step after the version that was read: the association takes back, all else is for authorities.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, `illegal_transition`, `not_a_national_standard`.
pub fn step(tx: &mut Tx<'_>, (id, version): (&str, i64), (asked, text): (&Asked, &str), author: &Author) -> Result<Stored> {
    let Stored { promotion, version: stands } = store::find(tx.conn, id)?.ok_or_else(|| Error::not_found("promotion", id))?;
    let own = matches!(asked, Asked::Plain(PromotionStep::Withdraw)) && promotion.association == author.organisation;
    if author.role != Role::Authority && !own {
        let detail = Text::new("这一步须由有关团体或主管部门办理。", "This step is for the association concerned or an authority.");
        return Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail));
    }
    if stands != version {
        return Err(mismatch(stands));
    }
    let (step, fault) = match asked {
        Asked::Plain(step) => (step.clone(), None),
        Asked::TakenOverBy(edition) => taken_over_by(tx, edition)?,
    };
    let state = promotion.state;
    let entry = PromotionEntry { step, on: tx.now().day(), by: author.organisation.clone(), text: text.to_owned() };
    let moved = promotion.step(entry).ok_or_else(|| {
        let detail = Text::new("转化的当前状态不允许这一步。", format!("The promotion is {}; that step is not allowed.", state.as_str()));
        Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(state.allowed()))
    })?;
    if let Some(fault) = fault {
        return Err(Error::invalid(vec![fault]));
    }
    store::save(tx.conn, moved, version.saturating_add(1))
}

fn taken_over_by(tx: &mut Tx<'_>, id: &str) -> Result<(PromotionStep, Option<FieldFault>)> {
    let national = edition::actions::found(tx.conn, id)?;
    let en = "What takes a group standard over here is a national one.";
    let fault = (level_of(&national.entry.number) != "national")
        .then(|| FieldFault::rule("/national", "not_a_national_standard", "转化后的标准应为国家标准。", en));
    Ok((PromotionStep::TakeOver { national: national.id, number: national.entry.number.to_string() }, fault))
}
