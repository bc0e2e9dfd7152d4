//! Recording and withdrawing a conversion, after which comparisons are judged again. Not here: what it does to values, `indicator::rules`.

use common::{
    db::Tx,
    error::{Code, Error, Result},
    http::precondition::mismatch,
};
use model::text::Text;
use serde_json::json;

use super::{
    rules::{MethodConversion, Recorded, Withdrawn},
    store,
};
use crate::{author::actions::Author, comparison};

/// Records one.
///
/// # Errors
/// `duplicate`.
pub fn record(tx: &mut Tx<'_>, conversion: &MethodConversion, source: &str, author: &Author) -> Result<Recorded> {
    if let Some(known) = store::between(tx.conn, conversion)? {
        let detail = Text::new("该换算关系已登记。", "This conversion is recorded already.");
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("method_conversion", json!(known.id)));
    }
    let (id, recorded_at, conversion, source) = (tx.id("mcv"), tx.now(), conversion.clone(), source.to_owned());
    let made = Recorded { id, conversion, source, recorded_at, withdrawn: None, version: 1 };
    store::save(tx, &made, &author.client)?;
    comparison::actions::rejudge_with(tx, &made.conversion.property, &author.client)?;
    Ok(made)
}

/// Withdraws one that is wrong; it is kept and used no more.
///
/// # Errors
/// `not_found`, `etag_mismatch`, `illegal_transition`.
pub fn withdraw(tx: &mut Tx<'_>, (id, version): (&str, i64), reason: &str, author: &Author) -> Result<Recorded> {
    let before = store::find(tx.conn, id)?.ok_or_else(|| Error::not_found("method conversion", id))?;
    if before.version != version {
        return Err(mismatch(before.version));
    }
    if before.withdrawn.is_some() {
        let detail = Text::new("该换算关系已撤回。", "It was withdrawn before.");
        return Err(Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!([])));
    }
    let withdrawn = Some(Withdrawn { at: tx.now(), reason: reason.to_owned() });
    let after = Recorded { withdrawn, version: version.saturating_add(1), ..before };
    store::save(tx, &after, &author.client)?;
    comparison::actions::rejudge_with(tx, &after.conversion.property, &author.client)?;
    Ok(after)
}
