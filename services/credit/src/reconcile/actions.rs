//! The candidates of a query, of both registers. Not here: which of them is a match, `rules.rs`.

use std::collections::BTreeMap;

use common::{db::Conn, error::Result};
use model::{division, uscc::Uscc};

use super::rules::{Asked, Candidate, Kind, judged};
use crate::{
    enterprise, foreign_producer,
    match_reason::rules::How,
    name_key::store::Within,
    search::{
        self,
        rules::{Hit, Matched},
    },
};

/// So many candidates of each register are looked at.
const LOOKED_AT: usize = 60;

/// The answers to a query: candidate, score in thousandths, and whether it is a match.
///
/// # Errors
/// When the database fails.
pub fn answer(conn: &mut Conn, asked: &Asked) -> Result<Vec<(Candidate, u16, bool)>> {
    let mut candidates = Vec::new();
    if asked.wants(Kind::Enterprise) {
        for hit in enterprises(conn, asked)? {
            candidates.extend(enterprise_of(conn, hit)?);
        }
    }
    if asked.wants(Kind::ForeignProducer) {
        let mut texts: Vec<&String> = asked.text.iter().collect();
        texts.extend(asked.value("lei").unwrap_or_default());
        let mut seen = BTreeMap::new();
        for text in texts {
            for (hit, stored) in foreign_producer::actions::find(conn, text)?.into_iter().take(LOOKED_AT) {
                let entry: &mut (Vec<Matched>, _) = seen.entry(hit.code.clone()).or_insert((Vec::new(), stored));
                entry.0.extend(hit.matched);
            }
        }
        candidates.extend(seen.into_values().map(|(matched, stored)| producer_of(matched, &stored.producer)));
    }
    Ok(judged(asked, candidates))
}

fn enterprises(conn: &mut Conn, asked: &Asked) -> Result<Vec<Hit>> {
    let mut found: BTreeMap<String, Vec<Matched>> = BTreeMap::new();
    let mut texts: Vec<&String> = asked.text.iter().collect();
    // A code beside the name is looked up only as a whole: a part of one says nothing.
    let codes: Vec<String> =
        asked.value("uscc").unwrap_or_default().iter().filter_map(|code| Uscc::parse(code).ok()).map(|code| code.to_string()).collect();
    texts.extend(&codes);
    for text in texts {
        for hit in search::actions::find(conn, text, &Within::default())?.into_iter().take(LOOKED_AT) {
            found.entry(hit.code).or_default().extend(hit.matched);
        }
    }
    Ok(search::rules::ranked(found))
}

fn enterprise_of(conn: &mut Conn, hit: Hit) -> Result<Option<Candidate>> {
    let uscc = Uscc::parse(&hit.code)?;
    let Some(stored) = enterprise::store::find_any(conn, &uscc)? else { return Ok(None) };
    let entry = stored.enterprise;
    let place = division::province_of(&entry.division).map_or("", |province| province.name);
    let own = division::name_of(&entry.division).filter(|own| *own != place).unwrap_or_default();
    let status = serde_json::to_value(entry.status).unwrap_or_default();
    let mut properties = vec![("uscc", hit.code.clone()), ("division", entry.division)];
    properties.extend(entry.industry.map(|industry| ("industry", industry)));
    Ok(Some(Candidate {
        id: hit.code,
        name: entry.name,
        kind: Kind::Enterprise,
        description: format!("{place}{own} {}", status.as_str().unwrap_or_default()).trim().to_owned(),
        properties,
        matched: hit.matched,
        hidden: uscc.is_sole_trader(),
    }))
}

fn producer_of(matched: Vec<Matched>, producer: &foreign_producer::rules::ForeignProducer) -> Candidate {
    let status = serde_json::to_value(producer.status).unwrap_or_default();
    Candidate {
        id: producer.lei.to_string(),
        name: producer.name.clone(),
        kind: Kind::ForeignProducer,
        description: format!("{} {}", producer.country, status.as_str().unwrap_or_default()),
        properties: vec![("lei", producer.lei.to_string()), ("country", producer.country.clone())],
        matched,
        hidden: false,
    }
}

/// Entities whose name begins like this or holds it, for the suggest service.
///
/// # Errors
/// When the database fails.
pub fn suggest(conn: &mut Conn, prefix: &str, limit: usize) -> Result<Vec<Candidate>> {
    let asked = Asked { text: Some(prefix.to_owned()), limit, ..Asked::default() };
    let candidates = answer(conn, &asked)?.into_iter().map(|(candidate, ..)| candidate);
    // Whoever types a prefix does not mean a name that is shorter than it.
    Ok(candidates.filter(|candidate| candidate.matched.iter().any(|matched| !matched.how.contains(&How::NameWithin))).collect())
}
