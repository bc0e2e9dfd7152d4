//! Recording a conversion, after which comparisons are judged again. Not here: what it does to values, `indicator::rules`.

use common::{
    db::Tx,
    error::{Code, Error, Result},
};
use model::text::Text;
use serde_json::json;

use super::{rules::Recorded, store};
use crate::{author::actions::Author, comparison, indicator::rules::MethodConversion};

/// Records one.
///
/// # Errors
/// `duplicate`.
pub fn record(tx: &mut Tx<'_>, conversion: &MethodConversion, source: &str, author: &Author) -> Result<Recorded> {
    if let Some(known) = store::between(tx.conn, conversion)? {
        let detail = Text::new("该换算关系已登记。", "This conversion is recorded already.");
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("method_conversion", json!(known.id)));
    }
    let made = Recorded { id: tx.id("mcv"), conversion: conversion.clone(), source: source.to_owned(), recorded_at: tx.now() };
    store::insert(tx, &made, &author.client)?;
    comparison::actions::rejudge_with(tx, &conversion.property, &author.client)?;
    Ok(made)
}
