//! Declaring, declaring anew, taking back; which editions the cited numbers name, and what they are measured by. Not here: what a
//! declaration must hold, `rules.rs`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
    http::precondition::mismatch,
};
use contracts::{event::tell, standards::DeclarationRecorded};
use model::{
    fault::FieldFault,
    instant::Day,
    normalise::line,
    policy::Policy,
    standard_no::{Level, StandardNo},
    text::Text,
};
use serde_json::{Map, Value, json};

use super::{
    rules::{self, Declaration, DeclarationState, DeclarationTerms, Executed, ExecutedLevel, Outdated},
    store::{self, Stored},
};
use crate::{
    author::actions::Author,
    clause::{
        self,
        rules::{Bearing, Clause, ClauseSet, overlap},
    },
    declaration_draft::rules::{Cited, Draft, faults},
    edition::{
        actions::{holding, record},
        rules::{Entry, RelationKind, Stated, Status},
        store as editions,
    },
    method_conversion,
    shortfall::rules::{Bar, Bars, measured},
};

/// Where an own standard is known from.
const SOURCE: &str = "declaration";
const TITLE_MAX: usize = 300;

/// There is no such declaration.
#[must_use]
pub fn unknown(id: &str) -> Error {
    Error::not_found("declaration", id)
}

/// One by its id, its newest version or a named one.
///
/// # Errors
/// `not_found`.
pub fn found(conn: &mut Conn, id: &str, version: Option<i64>) -> Result<Stored> {
    let stored = match version {
        Some(version) => store::version(conn, id, version)?,
        None => store::find(conn, id)?,
    };
    stored.ok_or_else(|| unknown(id))
}

/// What numbers name, what is wrong with them, and what could have been meant.
#[derive(Default)]
struct Named {
    executed: Vec<Executed>,
    bad: Vec<FieldFault>,
    candidates: Map<String, Value>,
}

impl Named {
    fn wrong_number(&mut self, place: usize, code: &'static str, zh: impl Into<String>, en: impl Into<String>) {
        self.bad.push(FieldFault::rule(format!("/executed/{place}/number"), code, zh, en));
    }
}

/// The editions that the cited numbers name on a day. An own standard that the catalogue does not hold is recorded there.
fn named(tx: &mut Tx<'_>, cited: &[Cited], day: Day, by: &str) -> Result<Named> {
    let mut named = Named::default();
    for (place, cited) in cited.iter().enumerate() {
        let Some(stored) = edition_of(tx, &mut named, (place, cited), day, by)? else { continue };
        let (number, windows) = (&stored.entry.number, &stored.windows);
        let Some(level) = ExecutedLevel::of(number.level(), stored.entry.mandatory) else {
            let en = "Only national, industry, local, group and enterprise standards are declared (Law 27).";
            named.wrong_number(place, "standard_not_domestic", "只能申报国家、行业、地方、团体和企业标准（标准化法第二十七条）。", en);
            continue;
        };
        match windows.status_on(day) {
            Status::Upcoming => {
                let from = windows.current_from.map_or_else(|| "?".to_owned(), |from| from.to_string());
                let (zh, en) = (format!("{number} 自 {from} 起实施。"), format!("{number} is in force from {from} on."));
                named.wrong_number(place, "edition_upcoming", zh, en);
            }
            Status::Replaced | Status::Withdrawn => {
                let successors = windows.successors.join("、");
                let (zh, en) = match successors.as_str() {
                    "" => (format!("{number} 已废止。"), format!("{number} is withdrawn.")),
                    next => (format!("{number} 已被 {next} 代替。"), format!("{number} is replaced by {next}.")),
                };
                named.wrong_number(place, "edition_ended", zh, en);
            }
            Status::Current | Status::CurrentTransitional if named.executed.iter().any(|before| before.edition == stored.id) => {
                named.wrong_number(place, "standard_twice", "同一标准只能申报一次。", "A standard is declared once.");
            }
            Status::Current | Status::CurrentTransitional => {
                let (number, title) = (number.to_string(), stored.entry.title.clone());
                named.executed.push(Executed { number, edition: stored.id, title, level });
            }
        }
    }
    Ok(named)
}

fn edition_of(tx: &mut Tx<'_>, named: &mut Named, (place, cited): (usize, &Cited), day: Day, by: &str) -> Result<Option<editions::Stored>> {
    let number = &cited.number;
    if number.year().is_some()
        && let Some(stored) = editions::by_number(tx.conn, number.as_str())?
    {
        return Ok(Some(stored));
    }
    let standard = editions::standard_numbered(tx.conn, number.undated())?;
    let known = standard.map(|standard| editions::of_standard(tx.conn, &standard.id)).transpose()?.unwrap_or_default();
    if number.year().is_none()
        && let Some(stored) = holding(&known, day)
    {
        return Ok(Some(stored.clone()));
    }
    if number.level() == Level::Enterprise && number.year().is_some() {
        return own_standard(tx, named, (place, cited), day, by);
    }
    let mut candidates: Vec<String> = known.iter().map(|stored| stored.entry.number.to_string()).collect();
    if candidates.is_empty() {
        let others = editions::namesakes(tx.conn, number.body(), number.number())?;
        candidates = others.into_iter().map(|standard| standard.number).collect();
    }
    named.candidates.insert(format!("/executed/{place}/number"), json!(candidates));
    let (zh, en) = (format!("标准目录中没有 {number}。"), format!("The catalogue does not hold {number}."));
    named.wrong_number(place, "edition_unknown", zh, en);
    Ok(None)
}

/// An own standard is known from its declaration; it holds from the day on which it is declared.
fn own_standard(
    tx: &mut Tx<'_>,
    named: &mut Named,
    (place, cited): (usize, &Cited),
    day: Day,
    by: &str,
) -> Result<Option<editions::Stored>> {
    let at = format!("/executed/{place}/title");
    let Some(title) = &cited.title else {
        let en = "An own standard that the catalogue does not hold is declared with its title.";
        named.bad.push(FieldFault::rule(at, "title_missing", "标准目录中没有的企业标准应写明名称。", en));
        return Ok(None);
    };
    let title = match line(title, TITLE_MAX) {
        Ok(title) => title,
        Err(fault) => {
            named.bad.push(FieldFault::of(at, fault));
            return Ok(None);
        }
    };
    Ok(Some(record(tx, &own_entry(&cited.number, title, day), by)?.0))
}

fn own_entry(number: &StandardNo, title: String, day: Day) -> Entry {
    Entry {
        number: number.clone(),
        title,
        title_en: None,
        published_on: Some(day),
        effective_on: Some(day),
        withdrawn_on: None,
        transition_until: None,
        stated: Stated::Current,
        stated_on: day,
        mandatory: false,
        publisher: None,
        association: None,
        ics: Vec::new(),
        ccs: Vec::new(),
        stage: None,
        scope: None,
        text_digest: None,
        source: SOURCE.to_owned(),
    }
}

/// What these properties of a product are measured by on a day: what is mandatory for such goods, and the standards that are executed.
/// Which goods they are, their class tells and the classes of the executed standards; an own class alone would be a way out.
///
/// # Errors
/// When the database fails.
pub fn bars(conn: &mut Conn, (properties, ics): (&[String], Option<&str>), executed: &[Executed], day: Day) -> Result<Bars> {
    let ids: Vec<String> = executed.iter().map(|executed| executed.edition.clone()).collect();
    let mut numbers: Vec<String> = executed.iter().map(|executed| executed.number.clone()).collect();
    let editions = editions::by_numbers(conn, &numbers)?;
    let classes: Vec<String> = editions.into_iter().flat_map(|stored| stored.entry.ics).chain(ics.map(str::to_owned)).collect();
    numbers.extend(editions::targets(conn, &numbers, RelationKind::CitesNormative)?);
    let mandatory = clause::actions::mandatory_for(conn, properties, &classes, &numbers, day)?;
    let mandatory = mandatory.into_iter().filter(|known| known.bearing(&classes, &numbers) == Bearing::Applies);
    let mandatory = mandatory.map(|known| Bar { standard: known.number, clause: known.clause.number, indicator: known.clause.indicator });
    let sets = clause::store::of_editions(conn, &ids)?;
    let of = |levels: &[ExecutedLevel]| {
        let those = executed.iter().filter(|executed| levels.contains(&executed.level));
        let clauses = those.flat_map(|executed| sets.iter().filter(|set| set.edition == executed.edition).map(move |set| (executed, set)));
        let bar = |(executed, set): (&Executed, &ClauseSet)| {
            let bar = |clause: &Clause| Bar {
                standard: executed.number.clone(),
                clause: clause.number.clone(),
                indicator: clause.indicator.clone(),
            };
            set.clauses.iter().filter(|clause| concerns(clause, ics)).map(bar).collect::<Vec<Bar>>()
        };
        clauses.flat_map(bar).collect()
    };
    Ok(Bars {
        mandatory: mandatory.collect(),
        recommended: of(&[ExecutedLevel::Recommended]),
        agreed: of(&[ExecutedLevel::Group, ExecutedLevel::Enterprise]),
        conversions: method_conversion::store::of_properties(conn, properties)?,
    })
}

/// Whether a clause is about a class of goods: it names none, or one that has something in common with it.
fn concerns(clause: &Clause, ics: Option<&str>) -> bool {
    clause.applies_to.is_empty() || ics.is_none_or(|code| overlap(&clause.applies_to, &[code.to_owned()]))
}

/// Judges a draft: all that is wrong is said at once.
fn judged(tx: &mut Tx<'_>, draft: &Draft, by: &str) -> Result<Declaration> {
    let day = tx.now().day();
    let Named { executed, mut bad, candidates } = named(tx, &draft.executed, day, by)?;
    bad.extend(faults(draft));
    let properties: Vec<String> = draft.indicators.iter().map(|indicator| indicator.property.clone()).collect();
    let bars = bars(tx.conn, (&properties, draft.product.ics.as_deref()), &executed, day)?;
    let (shortfalls, below) = measured(draft, &bars);
    bad.extend(below);
    if !bad.is_empty() {
        let error = Error::invalid(bad);
        return Err(if candidates.is_empty() { error } else { error.with_member("candidates", Value::Object(candidates)) });
    }
    Ok(Declaration {
        id: String::new(),
        enterprise: draft.enterprise.clone(),
        product: draft.product.clone(),
        executed,
        indicators: draft.indicators.clone(),
        own_methods: draft.own_methods.clone(),
        commitments: draft.commitments.clone(),
        channel: draft.channel.clone(),
        disclosures: draft.disclosures.clone(),
        outcome: rules::outcome(&shortfalls),
        shortfalls,
        version: 1,
        declared_on: day,
        state: DeclarationState::Declared,
    })
}

fn kept(tx: &mut Tx<'_>, made: &Declaration, by: &str) -> Result<Stored> {
    let stored = store::save(tx, made, by)?;
    let told = DeclarationRecorded {
        id: made.id.clone(),
        enterprise: made.enterprise.to_string(),
        product: made.product.name.clone(),
        executed: made.executed.iter().map(|executed| executed.number.clone()).collect(),
        state: made.state.as_str().to_owned(),
        version: made.version,
    };
    tell(tx, &told, by)?;
    Ok(stored)
}

/// What has ended of what each declaration cites.
///
/// # Errors
/// When the database fails.
pub fn outdated(conn: &mut Conn, terms: &Policy<DeclarationTerms>, all: &[Stored], day: Day) -> Result<Vec<Vec<Outdated>>> {
    let numbers = all.iter().flat_map(|stored| &stored.declaration.executed).map(|executed| executed.number.clone());
    let mut numbers: Vec<String> = numbers.collect();
    numbers.sort();
    numbers.dedup();
    let known = editions::by_numbers(conn, &numbers)?;
    let grace = terms.at(day).map(|row| row.value.conformity_grace);
    let ended = |executed: &Executed| {
        let edition = known.iter().find(|edition| edition.id == executed.edition)?;
        rules::outdated(&executed.number, &edition.windows, day, grace)
    };
    Ok(all.iter().map(|stored| stored.declaration.executed.iter().filter_map(ended).collect()).collect())
}

/// Declares.
///
/// # Errors
/// `duplicate` with the declaration of the same product by the same main standard, or what the draft lacks.
pub fn declare(tx: &mut Tx<'_>, draft: &Draft, author: &Author) -> Result<Stored> {
    author.owns(draft.enterprise.as_str())?;
    let judged = judged(tx, draft, &author.client)?;
    let main = judged.main().map(|main| main.edition.clone()).unwrap_or_default();
    if let Some(stands) = store::same(tx.conn, draft.enterprise.as_str(), &draft.product.key(), &main)? {
        let en = "The product was declared by this standard; declare it anew as its next version.";
        let detail = Text::new("该产品已按此标准申报，请更新为新版本。", en);
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("declaration", json!(stands.declaration.id)));
    }
    let made = Declaration { id: tx.id("dcl"), ..judged };
    kept(tx, &made, &author.client)
}

/// The declaration that a step comes to, when the author may take it and has read its newest version.
fn stands(tx: &mut Tx<'_>, (id, version): (&str, i64), author: &Author) -> Result<Declaration> {
    let stands = found(tx.conn, id, None)?.declaration;
    author.owns(stands.enterprise.as_str())?;
    if stands.version != version {
        return Err(mismatch(stands.version));
    }
    Ok(stands)
}

/// Declares anew, as the next version; also after a withdrawal.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, `identity_differs`, or what the draft lacks.
pub fn redeclare(tx: &mut Tx<'_>, of: (&str, i64), draft: &Draft, author: &Author) -> Result<Stored> {
    let before = stands(tx, of, author)?;
    let judged = judged(tx, draft, &author.client)?;
    let edition = |declaration: &Declaration| declaration.main().map(|main| main.edition.clone());
    let differs = [
        ("/enterprise", before.enterprise != judged.enterprise),
        ("/executed/0", edition(&before) != edition(&judged)),
        ("/product", before.product.key() != judged.product.key()),
    ];
    let bad = differs.into_iter().filter(|(_, differs)| *differs).map(|(at, _)| {
        let en = "Enterprise, product and main standard make a declaration's identity; declare another one.";
        FieldFault::rule(at, "identity_differs", "企业、产品和首项标准不可变更，请另行申报。", en)
    });
    let bad: Vec<FieldFault> = bad.collect();
    if !bad.is_empty() {
        return Err(Error::invalid(bad));
    }
    let made = Declaration { id: before.id, version: before.version.saturating_add(1), ..judged };
    kept(tx, &made, &author.client)
}

/// Takes a declaration back; its versions stay readable.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, `illegal_transition`.
pub fn withdraw(tx: &mut Tx<'_>, of: (&str, i64), author: &Author) -> Result<Stored> {
    let before = stands(tx, of, author)?;
    if before.state == DeclarationState::Withdrawn {
        let detail = Text::new("该声明已撤回。", "The declaration was taken back.");
        return Err(Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(["update"])));
    }
    let version = before.version.saturating_add(1);
    kept(tx, &Declaration { state: DeclarationState::Withdrawn, version, ..before }, &author.client)
}
