//! Use cases of comments: make one, answer it. Not here: opening and closing a consultation, `group_standard`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
    http::precondition::mismatch,
};
use model::{instant::Day, text::Text};
use serde_json::json;

use super::{
    rules::{Comment, CommentReply},
    store::{self, Stored},
};
use crate::{
    association,
    author::actions::Author,
    group_standard::{self, rules::GroupStandard},
    group_standard_word::rules::State,
};

/// No organisation makes more comments on one draft.
const COMMENTS_MAX: i64 = 500;

/// A standard that was put to consultation.
///
/// # Errors
/// `not_found`.
pub fn opened(conn: &mut Conn, id: &str) -> Result<GroupStandard> {
    let stored = group_standard::store::find(conn, id)?.filter(|stored| stored.standard.is_open());
    Ok(stored.ok_or_else(|| Error::not_found("consultation", id))?.standard)
}

/// Makes a comment.
///
/// # Errors
/// `not_found`, `consultation_closed`, `too_many`.
pub fn comment(tx: &mut Tx<'_>, said: &Comment) -> Result<Stored> {
    let standard = opened(tx.conn, &said.standard)?;
    let window = standard.consultation.filter(|_| standard.state == State::Consultation);
    if window.as_ref().is_none_or(|window| said.on < window.from || window.until < said.on) {
        let detail = Text::new("不在征求意见期限内。", "No comments are asked for on that day.");
        return Err(Error::rule("consultation_closed", detail).with_member("until", json!(window.map(|window| window.until))));
    }
    if store::count_of(tx.conn, &said.standard, said.organisation.as_str())? >= COMMENTS_MAX {
        let detail = Text::new("意见条数过多。", "An organisation makes at most 500 comments on one draft.");
        return Err(Error::rule("too_many", detail));
    }
    let stored = Stored { comment: Comment { id: tx.id("cmt"), ..said.clone() }, version: 1 };
    store::save(tx.conn, &stored)?;
    Ok(stored)
}

/// Answers a comment, or answers it otherwise while the text was not reviewed.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, `illegal_transition` once the text was reviewed, `date_order`.
pub fn reply(tx: &mut Tx<'_>, (standard, id, version): (&str, &str, i64), said: &CommentReply, author: &Author) -> Result<Stored> {
    let of = opened(tx.conn, standard)?;
    association::actions::acting(tx.conn, &of.association, author)?;
    let stands = store::find(tx.conn, standard, id)?.ok_or_else(|| Error::not_found("comment", id))?;
    if stands.version != version {
        return Err(mismatch(stands.version));
    }
    if of.state != State::Consultation {
        let detail = Text::new("审查之后不得更改答复。", "Once the text was reviewed, replies stand.");
        return Err(Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!([])));
    }
    if said.on < stands.comment.on {
        return Err(group_standard::actions::too_early("/on", stands.comment.on));
    }
    let comment = Comment { reply: Some(said.clone()), ..stands.comment };
    let stored = Stored { comment, version: version.saturating_add(1) };
    store::save(tx.conn, &stored)?;
    Ok(stored)
}

/// The day on which comments may still be made.
#[must_use]
pub fn asks_until(standard: &GroupStandard, today: Day) -> Option<Day> {
    let window = standard.consultation.as_ref().filter(|_| standard.state == State::Consultation)?;
    (window.from <= today && today <= window.until).then_some(window.until)
}
