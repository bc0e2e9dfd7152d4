//! Use cases of members: join, leave. Not here: the association, `association`.

use common::{
    db::Tx,
    error::{Error, Result},
    http::precondition::IfMatch,
};
use model::{fault::FieldFault, instant::Day, uscc::Uscc};

use super::store::{self, Member};
use crate::{association, author::actions::Author, said::actions::next_version};

/// Records a member, or since when it is one; tells whether it is new. Whoever joins again keeps what was before.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `association_ended`, 428, 412, `date_order`.
pub fn join(tx: &mut Tx<'_>, (code, uscc): (&str, &Uscc), since: Day, tag: Option<&IfMatch>, author: &Author) -> Result<(Member, bool)> {
    association::actions::acting(tx.conn, code, author)?;
    record(tx, (code, uscc), since, tag)
}

/// Records it, whoever may.
///
/// # Errors
/// 428, 412, `date_order`.
pub(super) fn record(tx: &mut Tx<'_>, (code, uscc): (&str, &Uscc), since: Day, tag: Option<&IfMatch>) -> Result<(Member, bool)> {
    let last = store::last(tx.conn, code, uscc.as_str())?;
    let stands = last.as_ref().filter(|member| member.left_on.is_none());
    next_version(stands.map(|member| member.version), tag)?;
    if let Some(left_on) = store::ended(tx.conn, code, uscc.as_str())?.filter(|left_on| since < *left_on) {
        let (zh, en) = (format!("此前的会员资格至 {left_on} 止。"), format!("The membership before ended on {left_on}."));
        return Err(Error::invalid(vec![FieldFault::rule("/since", "date_order", zh, en)]));
    }
    let (term, version) = last.as_ref().map_or((1, 0), |last| (last.term.saturating_add(i64::from(stands.is_none())), last.version));
    let member = Member { uscc: uscc.to_string(), term, since, left_on: None, version: version.saturating_add(1) };
    store::save(tx, code, &member)?;
    Ok((member, stands.is_none()))
}

/// Ends a membership today.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `association_ended`.
pub fn leave(tx: &mut Tx<'_>, code: &str, uscc: &Uscc, author: &Author) -> Result<()> {
    association::actions::acting(tx.conn, code, author)?;
    end(tx, code, uscc)
}

/// Ends it, whoever may.
///
/// # Errors
/// `not_found`.
pub(super) fn end(tx: &mut Tx<'_>, code: &str, uscc: &Uscc) -> Result<()> {
    let stands = store::last(tx.conn, code, uscc.as_str())?.filter(|member| member.left_on.is_none());
    let member = stands.ok_or_else(|| Error::not_found("member", uscc))?;
    let version = member.version.saturating_add(1);
    store::save(tx, code, &Member { left_on: Some(tx.now().day()), version, ..member })
}
