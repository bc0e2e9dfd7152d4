//! Use cases of tenders: put, publish, amend, cancel, move on; and what a lot asks, compiled. Not here: what a tender must be like, `rules.rs` and
//! `publication`.

use std::{collections::BTreeSet, sync::Arc};

use common::{
    db::{Conn, Tx},
    error::{Code, Error, FieldError, Result},
    http::precondition::{IfMatch, mismatch, required},
};
use contracts::{
    event::tell,
    procurement::{TenderAmended, TenderCancelled, TenderNotice, TenderPublished},
};
use model::{fault::FieldFault, instant::Instant, text::Text};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    rules::{NewTender, State, Tender, read},
    store::{self, Stored},
};
use crate::{
    Procurement, award,
    buyer::actions::{Author, unknown},
    publication::rules::{at_amendment, at_publication},
    rulebook::actions::{Entry, Rulebook},
    ruleset::rules::Own,
};

/// Terms of lots kept in memory; a version never changes.
const KEPT: u64 = 1_000;

/// What whoever puts a tender expects to find.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The version that was read.
    pub version: Option<IfMatch>,
    /// Nothing.
    pub nothing: bool,
}

impl Expected {
    fn check(&self, current: Option<&Stored>) -> Result<()> {
        match (current, &self.version) {
            (Some(stored), _) if self.nothing => Err(mismatch(i64::from(stored.version))),
            (Some(stored), Some(tag)) => tag.check(i64::from(stored.version)),
            (Some(_), None) => Err(required()),
            (None, Some(_)) => Err(mismatch(0)),
            (None, None) => Ok(()),
        }
    }
}

/// Stores a new draft, changes a draft, or amends a published tender; says whether it is new.
///
/// # Errors
/// `not_your_organisation`, `if_match_required`, `etag_mismatch`, `illegal_transition`, or what stands in the way of the amendment.
pub fn put(tx: &mut Tx<'_>, app: &Procurement, id: &str, tender: &Tender, expected: &Expected, author: &Author) -> Result<(Stored, bool)> {
    let current = store::find(tx.conn, id)?;
    if let Some(stored) = &current {
        let taken = |_| Error::forbidden(Code::NOT_YOUR_ORGANISATION, Text::new("该编号已被使用。", "This id is taken."));
        author.owns(stored).map_err(taken)?;
    }
    expected.check(current.as_ref())?;
    match &current {
        Some(stored) if stored.state == State::Published => Ok((amend(tx, app, stored, tender, author)?, false)),
        Some(stored) if stored.state != State::Draft => Err(illegal(stored.state)),
        _ => {
            if tender.written.amendment.is_some() {
                let detail = Text::new("尚未发布，无须说明变更。", "It is not published, so nothing is amended.");
                return Err(Error::invalid(vec![rule("/amendment", "amendment_not_wanted", detail)]));
            }
            // A ruleset that there is not is told now; whether it is in force, and which version, when the tender is published.
            app.rulebook.knows(&tender.ruleset.id)?;
            let organisation = current.as_ref().map_or_else(|| author.organisation.to_string(), |stored| stored.organisation.clone());
            let place = Place { id, organisation, version: current.as_ref().map_or(0, |stored| stored.version), published_at: None };
            let next = next(place, State::Draft, tender, None, tx.now(), author)?;
            store::append(tx.conn, &next, (&tender.written.title, tender.cut_off), &author.client)?;
            Ok((next, current.is_none()))
        }
    }
}

fn amend(tx: &mut Tx<'_>, app: &Procurement, stored: &Stored, tender: &Tender, author: &Author) -> Result<Stored> {
    let Some(amendment) = &tender.written.amendment else {
        let detail = Text::new("已发布的采购项目须说明变更理由。", "A published tender is changed with a rationale only.");
        return Err(Error::invalid(vec![rule("/amendment", "amendment_missing", detail)]));
    };
    let (before, now) = (written(stored)?, tx.now());
    let first = stored.published_at.unwrap_or(now);
    let entry = unhindered(at_amendment(tender, (first, before.cut_off), now).map_err(Error::internal)?, &app.rulebook, tender)?;
    let place =
        Place { id: &stored.id, organisation: stored.organisation.clone(), version: stored.version, published_at: stored.published_at };
    let next = Stored { rationale: Some(amendment.rationale.clone()), ..next(place, State::Published, tender, Some(&entry), now, author)? };
    store::append(tx.conn, &next, (&tender.written.title, tender.cut_off), &author.client)?;
    tell(tx, &TenderAmended { tender: notice(&next, tender), rationale: amendment.rationale.clone() }, &author.client)?;
    Ok(next)
}

/// Publishes a draft: from now on everybody sees it, and only an amendment changes it.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, `illegal_transition`, or everything that stands in the way.
pub fn publish(tx: &mut Tx<'_>, app: &Procurement, id: &str, if_match: i64, author: &Author) -> Result<Stored> {
    let stored = held(tx.conn, id, if_match, author)?;
    if stored.state != State::Draft {
        return Err(illegal(stored.state));
    }
    let (tender, now) = (written(&stored)?, tx.now());
    let entry = unhindered(at_publication(&tender, now).map_err(Error::internal)?, &app.rulebook, &tender)?;
    let place = Place { id, organisation: stored.organisation.clone(), version: stored.version, published_at: Some(now) };
    let next = next(place, State::Published, &tender, Some(&entry), now, author)?;
    store::append(tx.conn, &next, (&tender.written.title, tender.cut_off), &author.client)?;
    tell(tx, &TenderPublished { tender: notice(&next, &tender) }, &author.client)?;
    Ok(next)
}

/// Calls a tender off.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, `illegal_transition`.
pub fn cancel(tx: &mut Tx<'_>, id: &str, if_match: i64, reason: &str, author: &Author) -> Result<Stored> {
    let stored = held(tx.conn, id, if_match, author)?;
    // A winner has rights: the award ends first, by giving up or by an upheld complaint.
    if let Some(stands) = award::store::standing(tx.conn, id, None)?.pop() {
        let detail = Text::new("已有中标、成交供应商，须先终止该结果。", "There is a winner; its award ends first.");
        let refused = Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!([]));
        return Err(refused.with_member("award", json!(stands.award.id)));
    }
    let next = shift(tx, &stored, State::Cancelled, Some(reason), author)?;
    if stored.published_at.is_some() {
        let told = TenderCancelled { tender: notice(&next, &written(&next)?), reason: reason.to_owned() };
        tell(tx, &told, &author.client)?;
    }
    Ok(next)
}

/// Moves a tender to another state; what that state means is told by the room that moves it.
///
/// # Errors
/// `not_found`, `illegal_transition`.
pub fn move_to(tx: &mut Tx<'_>, id: &str, state: State, author: &Author) -> Result<Stored> {
    let stored = store::find(tx.conn, id)?.ok_or_else(|| unknown(id))?;
    shift(tx, &stored, state, None, author)
}

fn shift(tx: &mut Tx<'_>, stored: &Stored, state: State, reason: Option<&str>, author: &Author) -> Result<Stored> {
    if !stored.state.allowed().contains(&state) {
        return Err(illegal(stored.state));
    }
    let next = Stored {
        state,
        version: stored.version.saturating_add(1),
        rationale: reason.map(str::to_owned),
        recorded_at: tx.now(),
        recorded_by: author.organisation.to_string(),
        ..stored.clone()
    };
    let tender = written(stored)?;
    store::append(tx.conn, &next, (&tender.written.title, tender.cut_off), &author.client)?;
    Ok(next)
}

fn held(conn: &mut Conn, id: &str, if_match: i64, author: &Author) -> Result<Stored> {
    let stored = store::find(conn, id)?.ok_or_else(|| unknown(id))?;
    author.owns(&stored)?;
    if i64::from(stored.version) == if_match { Ok(stored) } else { Err(mismatch(i64::from(stored.version))) }
}

struct Place<'a> {
    id: &'a str,
    organisation: String,
    version: u32,
    published_at: Option<Instant>,
}

fn next(place: Place<'_>, state: State, tender: &Tender, pinned: Option<&Entry>, now: Instant, author: &Author) -> Result<Stored> {
    let ruleset = pinned.map(|entry| json!({"id": entry.id(), "version": entry.version(), "digest": entry.digest}));
    let digested = json!({"id": place.id, "organisation": place.organisation, "tender": tender.written, "ruleset": ruleset});
    let canonical = receipt::canonical(&digested).map_err(|error| Error::internal(error.to_string()))?;
    Ok(Stored {
        id: place.id.to_owned(),
        organisation: place.organisation,
        state,
        version: place.version.saturating_add(1),
        digest: receipt::digest(&canonical),
        ruleset_version: pinned.map(Entry::version),
        body: serde_json::to_string(&tender.written).map_err(Error::internal)?,
        rationale: None,
        recorded_at: now,
        recorded_by: author.organisation.to_string(),
        published_at: place.published_at,
    })
}

/// The ruleset version that a tender means: the one it names, else the one in force at the cut-off.
fn base(rulebook: &Rulebook, tender: &Tender) -> Result<Arc<Entry>> {
    let (id, day) = (&tender.ruleset.id, tender.cut_off.cut_off_day());
    let in_force = rulebook.on(id, day)?;
    let Some(version) = tender.ruleset.version else { return Ok(in_force) };
    let named = rulebook.version(id, version).ok().filter(|entry| entry.compiled.ruleset().is_effective_on(day));
    named.ok_or_else(|| {
        let detail = Text::new(
            format!("规则集 {id} 第 {version} 版在 {day} 未生效。"),
            format!("Version {version} of the ruleset {id} is not in force on {day}."),
        );
        Error::invalid(vec![rule("/ruleset/version", "ruleset_not_in_force", detail)])
    })
}

fn rule(pointer: &str, code: &'static str, detail: Text) -> FieldError {
    FieldError { shape: false, ..FieldError::new(pointer, code, detail) }
}

/// The ruleset version to be pinned, unless something stands in the way; all of it is told.
fn unhindered(mut faults: Vec<FieldError>, rulebook: &Rulebook, tender: &Tender) -> Result<Arc<Entry>> {
    let entry = base(rulebook, tender);
    // Of a day that is over nobody wants to know more.
    if faults.iter().any(|fault| fault.code == "cut_off_passed") {
        return Err(Error::invalid(faults));
    }
    match &entry {
        Ok(entry) => faults.extend(repeated(entry, tender)),
        Err(error) => faults.extend(error.errors().iter().cloned()),
    }
    if faults.is_empty() { entry } else { Err(Error::invalid(faults)) }
}

/// Conditions with a code that the pinned ruleset has: findings are told apart by their codes.
fn repeated(entry: &Entry, tender: &Tender) -> Vec<FieldError> {
    let taken: BTreeSet<&str> = entry.compiled.conditions().iter().map(|extra| extra.code.as_str()).collect();
    let lots = tender.lots.iter().enumerate().map(|(place, (_, own))| (format!("/lots/{place}"), own));
    let conditions = std::iter::once((String::new(), &tender.own)).chain(lots).flat_map(|(at, own)| {
        own.conditions.iter().enumerate().map(move |(place, extra)| (format!("{at}/conditions/{place}/code"), extra.code.as_str()))
    });
    let again = conditions.filter(|(_, code)| taken.contains(code));
    again
        .map(|(at, code)| {
            FieldFault::rule(at, "code_duplicate", format!("规则集已有“{code}”。"), format!("The ruleset has a \"{code}\" already."))
        })
        .collect()
}

fn illegal(state: State) -> Error {
    let detail = Text::new("采购项目的当前状态不允许这一步。", format!("The tender is {}; that step is not allowed.", state.as_str()));
    let allowed: Vec<&str> = state.allowed().iter().map(|state| state.as_str()).collect();
    Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(allowed))
}

fn notice(stored: &Stored, tender: &Tender) -> TenderNotice {
    TenderNotice {
        id: stored.id.clone(),
        organisation: stored.organisation.clone(),
        version: stored.version,
        digest: stored.digest.clone(),
        title: tender.written.title.clone(),
        cut_off: tender.cut_off,
        lots: tender.lots.iter().map(|(id, _)| id.clone()).collect(),
    }
}

/// A stored tender, read again.
///
/// # Errors
/// Never in practice: it was read before it was stored.
pub fn written(stored: &Stored) -> Result<Tender> {
    let written: NewTender = serde_json::from_str(&stored.body).map_err(Error::internal)?;
    read(&written).map_err(|faults| Error::internal(format!("{}: {faults:?}", stored.id)))
}

/// A tender, its version and its lot, as a decision names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenderRef {
    /// Chosen by the buyer.
    pub id: String,
    /// Counted from 1.
    pub version: u32,
    /// The lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// `sha256:…` of what the tender says in this version, the pinned ruleset included.
    pub digest: String,
}

/// What a lot asks.
pub struct LotTerms {
    /// Of which lot.
    pub tender: TenderRef,
    /// The ruleset with what tender and lot ask beside it.
    pub entry: Arc<Entry>,
    /// Until when bids come in.
    pub cut_off: Instant,
}

type Key = (String, u32, Option<String>);

/// The terms at hand.
#[derive(Clone)]
pub struct Kept(Cache<Key, (TenderRef, Arc<Entry>, Instant)>);

impl Default for Kept {
    fn default() -> Self {
        Self(Cache::new(KEPT))
    }
}

/// What a lot of a published tender asks, in its newest version or in one of the past.
///
/// # Errors
/// `not_found`, `tender_cancelled`, `lot_missing`, `lot_unknown`.
pub async fn terms(app: &Procurement, id: &str, version: Option<u32>, lot: Option<&str>) -> Result<LotTerms> {
    let key = |version| (id.to_owned(), version, lot.map(str::to_owned));
    if let Some((tender, entry, cut_off)) = version.and_then(|version| app.terms.0.get(&key(version))) {
        return Ok(LotTerms { tender, entry, cut_off });
    }
    let stored = open(app, id, version).await?;
    if let Some((tender, entry, cut_off)) = app.terms.0.get(&key(stored.version)) {
        return Ok(LotTerms { tender, entry, cut_off });
    }
    let terms = compiled(&app.rulebook, &stored, lot)?;
    app.terms.0.insert(key(stored.version), (terms.tender.clone(), Arc::clone(&terms.entry), terms.cut_off));
    Ok(terms)
}

/// A version that was published; the newest only while the tender was not called off.
async fn open(app: &Procurement, id: &str, version: Option<u32>) -> Result<Stored> {
    let wanted = id.to_owned();
    let stored = app.db.read(move |conn| store::version(conn, &wanted, version)).await?;
    let stored = stored.filter(|stored| stored.ruleset_version.is_some()).ok_or_else(|| unknown(id))?;
    if version.is_none() && stored.state == State::Cancelled {
        let detail = Text::new("采购项目已取消。", "The tender was cancelled.");
        return Err(Error::invalid(vec![rule("/tender", "tender_cancelled", detail)]));
    }
    Ok(stored)
}

/// What a lot of this version asks; of a draft by the ruleset that would be pinned now.
///
/// # Errors
/// `lot_missing`, `lot_unknown`, `ruleset_not_in_force`.
pub fn compiled(rulebook: &Rulebook, stored: &Stored, lot: Option<&str>) -> Result<LotTerms> {
    let tender = written(stored)?;
    let entry = match stored.ruleset_version {
        Some(version) => rulebook.version(&tender.ruleset.id, version)?,
        None => base(rulebook, &tender)?,
    };
    let own: Option<&Own> = match lot {
        None if tender.lots.is_empty() => None,
        None => {
            let detail = Text::new("采购项目分包，须指明包号。", "The tender has lots; name one.");
            return Err(Error::invalid(vec![rule("/lot", "lot_missing", detail)]));
        }
        Some(lot) => match tender.lots.iter().find(|(id, _)| id == lot) {
            Some((_, own)) => Some(own),
            None => {
                let detail = Text::new("采购项目没有该包。", "The tender has no such lot.");
                return Err(Error::invalid(vec![rule("/lot", "lot_unknown", detail)]));
            }
        },
    };
    let asked: Vec<&Own> = std::iter::once(&tender.own).chain(own).collect();
    Ok(LotTerms {
        tender: TenderRef { id: stored.id.clone(), version: stored.version, lot: lot.map(str::to_owned), digest: stored.digest.clone() },
        entry: Arc::new(entry.with(&asked)),
        cut_off: tender.cut_off,
    })
}

/// The lots of a published tender.
pub struct Lots {
    /// The version that was looked at.
    pub version: u32,
    /// Their ids; none where the whole is one.
    pub ids: Vec<String>,
    /// Until when bids come in.
    pub cut_off: Instant,
}

/// The lots of the newest version of a published tender.
///
/// # Errors
/// `not_found`, `tender_cancelled`.
pub async fn lots_of(app: &Procurement, id: &str) -> Result<Lots> {
    let stored = open(app, id, None).await?;
    let tender = written(&stored)?;
    Ok(Lots { version: stored.version, ids: tender.lots.into_iter().map(|(id, _)| id).collect(), cut_off: tender.cut_off })
}
