//! Use cases of producers abroad: record one, find who is meant. Not here: what an entry must be like, `rules.rs`.

use std::collections::BTreeMap;

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
    http::precondition::{mismatch, required},
};
use model::{fault::FieldFault, text::Text, uscc::Uscc};

use super::{
    rules::ForeignProducer,
    store::{self, Stored},
};
use crate::{
    enterprise::{self, actions::Expectation},
    matching::rules::{compare, query},
    name_key::{rules::part_of_code, store::Within},
    search::{
        self,
        rules::{Hit, Matched, by_code, code_part, ranked},
    },
};

/// Records an entry; gives its version, and whether it is new.
///
/// # Errors
/// 412 or 428 when the expectation is not met; `enterprise_unknown` or `merged` for the representative.
pub fn record(tx: &mut Tx<'_>, producer: &ForeignProducer, expectation: &Expectation, by: &str) -> Result<(i64, bool)> {
    let stands = store::find(tx.conn, &producer.lei)?;
    match (&stands, expectation) {
        (Some(stored), Expectation::Absent) => return Err(mismatch(stored.version)),
        (Some(stored), Expectation::Version(tag)) => tag.check(stored.version)?,
        (Some(_), Expectation::Unsaid) => return Err(required()),
        (None, Expectation::Version(_)) => {
            let detail = Text::new("没有可匹配的版本。", "There is no version to match.");
            return Err(Error::conflict(Code::ETAG_MISMATCH, detail));
        }
        _ => {}
    }
    if let Some(representative) = &producer.represented_by {
        registered(tx.conn, representative)?;
    }
    if let Some(stored) = stands.as_ref().filter(|stored| stored.producer == *producer) {
        return Ok((stored.version, false));
    }
    let version = stands.as_ref().map_or(1, |stored| stored.version.saturating_add(1));
    store::save(tx.conn, producer, stands.as_ref().map(|stored| &stored.producer), version, tx.now(), by)?;
    Ok((version, stands.is_none()))
}

fn registered(conn: &mut Conn, representative: &Uscc) -> Result<()> {
    if enterprise::store::exists(conn, representative)? {
        return Ok(());
    }
    let (zh, en) = ("境内责任企业须先登记。", "The domestic enterprise that answers for it must be registered first.");
    Err(Error::invalid(vec![FieldFault::rule("/represented_by", "enterprise_unknown", zh, en)]))
}

/// Everyone abroad who may be meant, the best first.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, text: &str) -> Result<Vec<(Hit, Stored)>> {
    let (query, part) = (query(text), code_part_of_lei(text));
    let mut codes = search::actions::candidates(conn, &query, &Within::default())?;
    if let Some(part) = &part {
        codes.extend(search::actions::keyed(conn, &part_of_code(part))?);
        codes.insert(part.clone());
    }
    let codes: Vec<String> = codes.into_iter().collect();
    let stored = store::find_all(conn, &codes)?;
    let mut found: BTreeMap<String, Vec<Matched>> = BTreeMap::new();
    for stored in &stored {
        let lei = stored.producer.lei.as_str();
        let mut matched: Vec<Matched> = part.as_ref().and_then(|part| by_code(lei, part)).into_iter().collect();
        let named = stored.producer.names().filter_map(|(kind, name)| {
            let likeness = compare(&query, name)?;
            Some(Matched { name: name.to_owned(), kind: kind.to_owned(), score: likeness.score, how: likeness.how })
        });
        matched.extend(named);
        if !matched.is_empty() {
            found.insert(lei.to_owned(), matched);
        }
    }
    let mut by_lei: BTreeMap<String, Stored> = stored.into_iter().map(|stored| (stored.producer.lei.to_string(), stored)).collect();
    Ok(ranked(found).into_iter().filter_map(|hit| by_lei.remove(&hit.code).map(|stored| (hit, stored))).collect())
}

/// Identifiers have all letters, codes of enterprises not.
fn code_part_of_lei(text: &str) -> Option<String> {
    let part = model::normalise::compact(text);
    let fits = (4..=20).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    code_part(text).or_else(|| (fits && part.bytes().any(|byte| byte.is_ascii_digit())).then_some(part))
}
