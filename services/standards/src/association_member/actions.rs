//! Use cases of members: join, leave. Not here: the association, `association`.

use common::{
    db::Tx,
    error::{Error, Result},
};
use model::{instant::Day, uscc::Uscc};

use super::store::{self, Member};
use crate::{association, author::actions::Author};

/// Records a member; tells whether it is new.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `association_ended`.
pub fn join(tx: &mut Tx<'_>, code: &str, uscc: &Uscc, since: Day, author: &Author) -> Result<(Member, bool)> {
    association::actions::acting(tx.conn, code, author)?;
    let stands = store::find(tx.conn, code, uscc.as_str())?.filter(|member| member.left_on.is_none());
    let member = Member { uscc: uscc.to_string(), since, left_on: None };
    store::save(tx, code, &member)?;
    Ok((member, stands.is_none()))
}

/// Ends a membership today.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `association_ended`.
pub fn leave(tx: &mut Tx<'_>, code: &str, uscc: &Uscc, author: &Author) -> Result<()> {
    association::actions::acting(tx.conn, code, author)?;
    let stands = store::find(tx.conn, code, uscc.as_str())?.filter(|member| member.left_on.is_none());
    let member = stands.ok_or_else(|| Error::not_found("member", uscc))?;
    store::save(tx, code, &Member { left_on: Some(tx.now().day()), ..member })
}
