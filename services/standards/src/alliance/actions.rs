//! Founding an alliance and what happens in it. Not here: what may follow on what, `rules.rs`.

use common::{
    db::Tx,
    error::{Code, Error, Result},
    http::precondition::mismatch,
};
use model::{fault::FieldFault, text::Text, uscc::Uscc};
use serde_json::json;

use super::{
    rules::{Act, Alliance, AllianceMember, Refusal},
    store::{self, Stored},
};
use crate::{
    author::actions::Author,
    edition::{self, rules::Status, store::level_of},
    said::rules::not_in_force,
};

/// An alliance as it is founded.
#[derive(Clone, Debug)]
pub struct Founding {
    /// Its name.
    pub name: String,
    /// Who leads it.
    pub lead: Uscc,
    /// The digest of its charter.
    pub charter: String,
    /// Who may join.
    pub invited: Vec<Uscc>,
}

/// Founds one; the lead is its first member.
///
/// # Errors
/// `not_your_organisation`, `duplicate`.
pub fn found(tx: &mut Tx<'_>, new: &Founding, author: &Author) -> Result<Stored> {
    author.owns(new.lead.as_str())?;
    if let Some(other) = store::named(tx.conn, &new.name)? {
        let detail = Text::new("已有同名的标准联盟。", "An alliance bears this name already.");
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("alliance", json!(other)));
    }
    let today = tx.now().day();
    let mut invited = new.invited.clone();
    invited.retain(|who| *who != new.lead);
    invited.sort();
    invited.dedup();
    let alliance = Alliance {
        id: tx.id("all"),
        name: new.name.clone(),
        lead: new.lead.clone(),
        charter: new.charter.clone(),
        founded_on: today,
        invited,
        members: vec![AllianceMember { organisation: new.lead.clone(), joined_on: today, left_on: None }],
        standards: Vec::new(),
        dissolved_on: None,
    };
    store::save(tx.conn, alliance, 1)
}

/// Lets something happen after the version that was read: what the lead does is for the lead, what a member does for itself.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, or why it may not happen.
pub fn act(tx: &mut Tx<'_>, (id, version): (&str, i64), act: Act, author: &Author) -> Result<Stored> {
    let Stored { alliance, version: stands } = store::find(tx.conn, id)?.ok_or_else(|| Error::not_found("alliance", id))?;
    match &act {
        Act::Join(who) | Act::Leave(who) | Act::Adopt(who, ..) => author.owns(who.as_str())?,
        Act::Invite(_) | Act::HandOver(_) | Act::TakeUp(..) | Act::Dissolve => author.owns(alliance.lead.as_str())?,
    }
    if stands != version {
        return Err(mismatch(stands));
    }
    let act = match act {
        Act::TakeUp(edition, _) => taken_up(tx, &edition)?,
        other => other,
    };
    let moved = alliance.after(act, tx.now().day()).map_err(refused)?;
    store::save(tx.conn, moved, version.saturating_add(1))
}

/// Only a group or enterprise standard that has not ended is taken up.
fn taken_up(tx: &mut Tx<'_>, id: &str) -> Result<Act> {
    let stored = edition::actions::found(tx.conn, id)?;
    let mut bad = Vec::new();
    if !matches!(level_of(&stored.entry.number).as_str(), "group" | "enterprise") {
        let en = "An alliance takes up standards of groups and enterprises.";
        bad.push(FieldFault::rule("/edition", "not_an_alliance_standard", "联盟标准应为团体标准或企业标准。", en));
    }
    let status = stored.windows.status_on(tx.now().day());
    if !(status.holds() || status == Status::Upcoming) {
        bad.push(not_in_force("/edition"));
    }
    if bad.is_empty() { Ok(Act::TakeUp(stored.id, stored.entry.number.to_string())) } else { Err(Error::invalid(bad)) }
}

fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Dissolved => {
            let detail = Text::new("该标准联盟已解散。", "The alliance is dissolved.");
            Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!([]))
        }
        Refusal::Already => Error::conflict(Code::DUPLICATE, Text::new("此事已经办理。", "It is so already.")),
        Refusal::NotInvited => Error::rule("not_invited", Text::new("未受牵头单位邀请。", "The lead has not invited the organisation.")),
        Refusal::NotAMember => Error::rule("not_a_member", Text::new("不是联盟成员。", "The organisation is no member.")),
        Refusal::LeadStays => {
            let detail = Text::new("牵头单位应先移交或解散联盟。", "The lead hands over or dissolves the alliance first.");
            Error::rule("lead_stays", detail)
        }
        Refusal::NotOfTheAlliance => {
            Error::rule("not_of_the_alliance", Text::new("该标准不是本联盟的标准。", "The standard is none of the alliance."))
        }
        Refusal::TooEarly => {
            let (zh, en) = ("日期早于加入联盟或纳入标准之日。", "The day lies before the member joined or the standard was taken up.");
            Error::invalid(vec![FieldFault::rule("/on", "date_order", zh, en)])
        }
    }
}
