//! Finds who is meant. Not here: how alike two names are, `matching`; the page of an answer, `enterprise::http`.

use std::collections::{BTreeMap, BTreeSet};

use common::{db::Conn, error::Result};
use model::uscc::Uscc;

use super::{
    rules::{Hit, Matched, by_code, code_part, most_shared, ranked},
    store::{self, Name},
};
use crate::{
    enterprise,
    matching::rules::{Query, compare, query},
    name_key::{
        rules::{part_of_code, wanted},
        store::{Within, subjects},
    },
};

/// Subjects read for one key: what stands in more names than that tells nothing apart.
const PER_KEY: i64 = 400;
/// Codes read for one part of a code.
const BY_CODE: i64 = 500;
/// Kinds of organisations by which codes begin; the division follows.
const KINDS: [&str; 8] = ["91", "92", "93", "11", "12", "51", "52", "53"];

/// The candidates of a query by the keys of its name.
///
/// # Errors
/// When the database fails.
pub fn candidates(conn: &mut Conn, query: &Query, within: &Within) -> Result<BTreeSet<String>> {
    let wanted = wanted(query);
    let mut found = BTreeSet::new();
    for key in wanted.exact.iter().chain(&wanted.sounds) {
        found.extend(subjects(conn, key, within, PER_KEY)?);
    }
    let mut shared: BTreeMap<String, usize> = BTreeMap::new();
    for key in &wanted.pieces {
        for subject in subjects(conn, key, within, PER_KEY)? {
            let count = shared.entry(subject).or_default();
            *count = count.saturating_add(1);
        }
    }
    found.extend(most_shared(shared));
    Ok(found)
}

/// The subjects of these keys.
///
/// # Errors
/// When the database fails.
pub fn keyed(conn: &mut Conn, keys: &[String]) -> Result<BTreeSet<String>> {
    within_keys(conn, keys, &Within::default())
}

fn within_keys(conn: &mut Conn, keys: &[String], within: &Within) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for key in keys {
        found.extend(subjects(conn, key, within, BY_CODE)?);
    }
    Ok(found)
}

/// Everyone who may be meant, the best first. A name of an enterprise that went into another leads to the survivor.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, text: &str, within: &Within) -> Result<Vec<Hit>> {
    let mut found: BTreeMap<String, Vec<Matched>> = BTreeMap::new();
    if let Some(part) = code_part(text) {
        for code in codes(conn, &part, within)? {
            found.entry(code.clone()).or_default().extend(by_code(&code, &part));
        }
    }
    let query = query(text);
    if !query.parts.full.is_empty() {
        let codes: Vec<String> = candidates(conn, &query, within)?.into_iter().collect();
        for name in store::names(conn, &codes)? {
            let Name { code, kind, name } = name;
            if let Some(likeness) = compare(&query, &name) {
                found.entry(code).or_default().push(Matched { name, kind, score: likeness.score, how: likeness.how });
            }
        }
    }
    Ok(ranked(survivors(conn, found)?))
}

/// What was found of an absorbed enterprise is found of its survivor.
fn survivors(conn: &mut Conn, mut found: BTreeMap<String, Vec<Matched>>) -> Result<BTreeMap<String, Vec<Matched>>> {
    let codes: Vec<String> = found.keys().cloned().collect();
    for absorbed in store::merged(conn, &codes)? {
        let survivor = enterprise::store::survivor_of(conn, &Uscc::parse(&absorbed)?)?.to_string();
        let matched = found.remove(&absorbed).unwrap_or_default();
        let matched = matched.into_iter().map(|matched| Matched { kind: "absorbed".to_owned(), ..matched });
        found.entry(survivor).or_default().extend(matched);
    }
    Ok(found)
}

/// The codes that hold a part.
fn codes(conn: &mut Conn, part: &str, within: &Within) -> Result<Vec<String>> {
    let mut found: BTreeSet<String> = store::beginning(conn, part, BY_CODE)?.into_iter().collect();
    if part.bytes().take(6).all(|byte| byte.is_ascii_digit()) {
        for kind in KINDS {
            found.extend(store::beginning(conn, &format!("{kind}{part}"), BY_CODE)?);
        }
    }
    found.extend(within_keys(conn, &part_of_code(part), within)?);
    let holding: Vec<String> = found.into_iter().filter(|code| code.contains(part)).collect();
    store::registered(conn, &holding, within)
}
