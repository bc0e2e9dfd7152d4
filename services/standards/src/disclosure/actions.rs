//! Setting duties and disclosing. Not here: what is missing, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
    http::precondition::{IfMatch, mismatch},
};
use contracts::{event::tell, standards::QualityDisclosed};
use model::{fault::FieldFault, instant::Day, text::Text};
use serde_json::json;

use super::{
    rules::{Disclosure, Duty, MandatoryItem, mandatory, missing},
    store,
};
use crate::{author::actions::Author, said::actions::next_version};

/// Sets a duty; its id is given here.
///
/// # Errors
/// When the database fails.
pub fn oblige(tx: &mut Tx<'_>, new: &Duty) -> Result<(Duty, i64)> {
    let duty = Duty { id: tx.id("dty"), ..new.clone() };
    store::save_duty(tx.conn, &duty, 1)?;
    Ok((duty, 1))
}

/// Sets the last day of a duty after the version that was read; what was owed in the past stays owed.
///
/// # Errors
/// `not_found`, `etag_mismatch`, `illegal_transition` where it has ended, `date_order`.
pub fn end(tx: &mut Tx<'_>, (id, version): (&str, i64), last: Day) -> Result<(Duty, i64)> {
    let (duty, stands) = store::duty(tx.conn, id)?.ok_or_else(|| Error::not_found("disclosure_duty", id))?;
    if stands != version {
        return Err(mismatch(stands));
    }
    let today = tx.now().day();
    if duty.effective_to.is_some_and(|last| last < today) {
        let detail = Text::new("该披露义务已终止。", "The duty has ended.");
        return Err(Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!([])));
    }
    if last < duty.effective_from || last < today {
        let (zh, en) = ("终止日期早于开始日期或今天。", "It ends before it begins, or in the past.");
        return Err(Error::invalid(vec![FieldFault::rule("/effective_to", "date_order", zh, en)]));
    }
    let (duty, version) = (Duty { effective_to: Some(last), ..duty }, version.saturating_add(1));
    store::save_duty(tx.conn, &duty, version)?;
    Ok((duty, version))
}

/// What must be disclosed of a category on a day.
///
/// # Errors
/// When the database fails.
pub fn owed(conn: &mut Conn, category: &str, day: Day) -> Result<Vec<MandatoryItem>> {
    let duties = store::duties(conn, Some(&[category.to_owned()]))?;
    Ok(mandatory(&duties, category, day))
}

/// Puts what an enterprise discloses of a product; what says the same makes no version.
///
/// # Errors
/// `not_your_organisation`, 412, 428.
pub fn disclose(tx: &mut Tx<'_>, new: &Disclosure, tag: Option<&IfMatch>, author: &Author) -> Result<(Disclosure, Vec<MandatoryItem>)> {
    author.owns(&new.enterprise)?;
    let stands = store::find(tx.conn, (&new.enterprise, &new.product), None)?;
    let version = next_version(stands.as_ref().map(|stands| stands.version), tag)?;
    let owed = owed(tx.conn, &new.category, tx.now().day())?;
    if let Some(stands) = stands.filter(|stands| stands.says_as(new)) {
        return Ok((stands, owed));
    }
    let kept = Disclosure { version, recorded_at: tx.now(), ..new.clone() };
    store::save(tx.conn, &kept)?;
    let told = QualityDisclosed {
        enterprise: kept.enterprise.clone(),
        product: kept.product.clone(),
        category: kept.category.clone(),
        version,
        items: kept.items.iter().map(|item| item.code.clone()).collect(),
        missing: missing(&kept, &owed).into_iter().map(|item| item.code).collect(),
    };
    tell(tx, &told, &author.client)?;
    Ok((kept, owed))
}
