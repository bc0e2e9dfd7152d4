//! Use cases of associations: reserve a code, change what is said, end. Not here: which codes there may be, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
    http::precondition::mismatch,
    token::Role,
};
use model::{fault::FieldFault, instant::Day, text::Text};
use serde_json::json;

use super::{
    rules::{Association, faults},
    store::{self, Stored},
};
use crate::{Standards, author::actions::Author, group_standard};

/// One by its code.
///
/// # Errors
/// `not_found`.
pub fn found(conn: &mut Conn, code: &str) -> Result<Stored> {
    store::find(conn, code)?.ok_or_else(|| Error::not_found("association", code))
}

/// One by its code, of the caller, that has not ended; what is done for it is done by itself or an authority.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `association_ended`.
pub fn acting(conn: &mut Conn, code: &str, author: &Author) -> Result<Stored> {
    let stored = found(conn, code)?;
    author.owns(stored.association.uscc.as_str())?;
    if let Some(ended_on) = stored.association.ended_on {
        let detail = Text::new(format!("该团体已于 {ended_on} 终止。"), format!("The association ended on {ended_on}."));
        return Err(Error::rule("association_ended", detail).with_member("ended_on", json!(ended_on)));
    }
    Ok(stored)
}

fn allowed(app: &Standards, said: &Association, on: Day) -> Result<()> {
    let floor = group_standard::actions::terms(app, on)?.vote_floor;
    let bad = faults(said, floor, on);
    if bad.is_empty() { Ok(()) } else { Err(Error::invalid(bad)) }
}

/// Refuses a code under which the catalogue holds standards: whoever has a code revises and ends what stands under it. Whose those standards are, an
/// authority knows.
///
/// # Errors
/// `association_code_in_use`, with an edition.
pub fn not_in_use(conn: &mut Conn, code: &str, author: &Author) -> Result<()> {
    let Some(number) = store::numbered(conn, code)?.filter(|_| author.role != Role::Authority) else { return Ok(()) };
    let zh = format!("目录中已有该代号的团体标准 {number}，须由主管部门登记。");
    let en = format!("The catalogue holds {number} under this code; an authority registers its association.");
    let fault = FieldFault::rule("/code", "association_code_in_use", zh, en);
    Err(Error::invalid(vec![fault]).with_member("edition", json!(number)))
}

/// Reserves a code.
///
/// # Errors
/// What is wrong with it, `association_code_taken`, `association_code_in_use`, or `duplicate` where the association has a code already.
pub fn reserve(tx: &mut Tx<'_>, app: &Standards, said: Association, author: &Author) -> Result<Stored> {
    author.owns(said.uscc.as_str())?;
    allowed(app, &said, tx.now().day())?;
    if let Some(own) = store::of_organisation(tx.conn, said.uscc.as_str())? {
        let detail = Text::new("该团体已登记代号。", "The association has a code already.");
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("association", json!(own.association.code)));
    }
    if store::find(tx.conn, &said.code)?.is_some() {
        let en = "Another association has this code; a code is never given twice.";
        let fault = FieldFault::rule("/code", "association_code_taken", "代号已由其他团体使用，代号不重复分配。", en);
        return Err(Error::invalid(vec![fault]));
    }
    not_in_use(tx.conn, &said.code, author)?;
    let stored = Stored { association: said, version: 1 };
    store::save(tx, &stored)?;
    Ok(stored)
}

/// Puts what an association says of itself in the place of what stood; code and organisation stay.
///
/// # Errors
/// As [`acting`]; `etag_mismatch`, `association_fixed`, or what is wrong with it.
pub fn change(tx: &mut Tx<'_>, app: &Standards, (code, version): (&str, i64), said: Association, author: &Author) -> Result<Stored> {
    let stands = acting(tx.conn, code, author)?;
    if stands.version != version {
        return Err(mismatch(stands.version));
    }
    let fixed = |pointer: &str| {
        let en = "The code of an association and its organisation belong together for ever.";
        FieldFault::rule(pointer, "association_fixed", "团体及其代号不得变更。", en)
    };
    let mut bad = Vec::new();
    bad.extend((said.code != code).then(|| fixed("/code")));
    bad.extend((said.uscc != stands.association.uscc).then(|| fixed("/uscc")));
    if !bad.is_empty() {
        return Err(Error::invalid(bad));
    }
    allowed(app, &said, tx.now().day())?;
    let stored = Stored { association: said, version: version.saturating_add(1) };
    store::save(tx, &stored)?;
    Ok(stored)
}

/// Records that an association is no more; its code stays reserved.
///
/// # Errors
/// As [`acting`]; `etag_mismatch`.
pub fn end(tx: &mut Tx<'_>, (code, version): (&str, i64), on: Day, author: &Author) -> Result<Stored> {
    let stands = acting(tx.conn, code, author)?;
    if stands.version != version {
        return Err(mismatch(stands.version));
    }
    let association = Association { ended_on: Some(on), ..stands.association };
    let stored = Stored { association, version: version.saturating_add(1) };
    store::save(tx, &stored)?;
    Ok(stored)
}
