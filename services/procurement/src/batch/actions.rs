//! Deciding on many, and making their lines again. Not here: how one is decided, `decision::actions`; what is kept, `rules.rs`.

use std::sync::Arc;

use common::{
    error::{Error, Result},
    feed::Freshness,
};
use model::{fault::FieldFault, instant::Instant, text::Lang, uscc::Uscc};
use receipt::{
    BatchPayload, LineProof, SourceRef,
    tree::{Hash, packed, path_of, root_of, unpacked},
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    rules::{Kept, Stretch, go_on},
    store::{self, Record, Stored},
};
use crate::{
    Procurement,
    decision::{
        actions::{Ask, DecisionView, Explain, absent, judge_at, tally, unknown},
        rules::{Difference, EVALUATOR_VERSION, Outcome},
    },
    replay::actions::ReplayView,
    rulebook::actions::Entry,
    signing::actions::{ISSUER, sign_batch, text},
    standard_register::actions::{informed, informed_then},
    standing::{
        actions::Loaded,
        rules::{CREDIT, STANDARDS},
        store as rows,
    },
    status,
};

/// So many are decided without letting others on.
const BREATH: usize = 32;
/// So many lines are made again in one reading of the database.
const AGAIN: usize = 200;
/// So many differences are named; the rest is counted.
const NAMED: usize = 20;

/// A question about many that was read.
pub struct Question {
    /// Who is asked about, as sent.
    pub suppliers: Vec<String>,
    /// By which rules.
    pub entry: Arc<Entry>,
    /// The cut-off.
    pub as_of: Instant,
    /// How much to show.
    pub explain: Explain,
    /// Whether to sign one receipt for all lines.
    pub sign: bool,
    /// The language of problems.
    pub lang: Lang,
    /// The trace that problems name.
    pub trace_id: String,
}

/// One line of the answer.
#[derive(Serialize, ToSchema)]
pub struct BatchLine {
    index: usize,
    status: u16,
    /// The decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<DecisionView>,
    /// The problem document, where it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    problem: Option<Value>,
}

/// A supplier with the standing that was read, or why there is none.
type Found = Result<(Uscc, Arc<Loaded>, Freshness)>;

/// What all lines of a batch have in common.
struct Common<'a> {
    entry: &'a Entry,
    as_of: Instant,
    explain: Explain,
    known_at: Instant,
    lang: Lang,
    trace_id: &'a str,
}

fn code_of(index: usize, supplier: &str) -> Result<Uscc> {
    Uscc::parse(supplier).map_err(|fault| Error::invalid(vec![FieldFault::of(format!("/suppliers/{index}"), fault)]))
}

/// A line, out of nothing but what is kept of the batch and the standing that was read for it.
fn line(common: &Common<'_>, index: usize, found: Found) -> Result<(BatchLine, Option<Outcome>)> {
    let decided = found.and_then(|(supplier, loaded, known)| {
        if loaded.standing.enterprise.is_none() {
            return Err(unknown(&supplier));
        }
        let ask = Ask { explain: common.explain, ..Ask::about(supplier, common.as_of) };
        Ok(judge_at(common.known_at, common.entry, &ask, (&loaded, &known), None)?.0)
    });
    match decided {
        Ok(view) => {
            let outcome = view.verdict.outcome;
            Ok((BatchLine { index, status: 200, body: Some(view), problem: None }, Some(outcome)))
        }
        Err(error) if error.status() >= 500 => Err(error),
        Err(error) => {
            let problem = error.document(common.lang, "/procurement/v1/decisions/batch", common.trace_id);
            Ok((BatchLine { index, status: error.status(), body: None, problem: Some(problem) }, None))
        }
    }
}

/// Finds everybody first, so that all lines are decided at one instant.
async fn found(app: &Procurement, suppliers: &[String]) -> Result<Vec<Found>> {
    let mut all = Vec::with_capacity(suppliers.len());
    for (index, supplier) in suppliers.iter().enumerate() {
        // Others wait for this thread too.
        if index % BREATH == 0 {
            tokio::task::yield_now().await;
        }
        all.push(match code_of(index, supplier) {
            Err(error) => Err(error),
            Ok(code) => {
                let (loaded, known) = app.standings.of(&code).await?;
                if loaded.standing.enterprise.is_none() && absent(app, &code, &known).status() >= 500 {
                    return Err(absent(app, &code, &known));
                }
                Ok((code, loaded, known))
            }
        });
    }
    Ok(all)
}

/// Decides on all; gives the record and the lines, one after the other.
///
/// # Errors
/// When credit was not heard lately, or the database fails.
pub async fn decide_all(app: &Procurement, asked: Question, client: &str) -> Result<(Record, Vec<u8>)> {
    let found = found(app, &asked.suppliers).await?;
    let entry = informed(app, &asked.entry).await?;
    let known_at = app.clock.now();
    let Question { suppliers, as_of, explain, sign, lang, trace_id, .. } = asked;
    let common = Common { entry: &entry, as_of, explain, known_at, lang, trace_id: &trace_id };
    let mut lines = Vec::with_capacity(suppliers.len().saturating_mul(768));
    let (mut leaves, mut outcomes, mut stretches) = (Vec::with_capacity(suppliers.len()), Vec::with_capacity(suppliers.len()), Vec::new());
    for (index, found) in found.into_iter().enumerate() {
        if index % BREATH == 0 {
            tokio::task::yield_now().await;
        }
        if let Ok((_, _, known)) = &found {
            let next = Stretch { from: index, epoch: known.epoch.clone(), position: known.position, seen_at: known.seen_at.micros() };
            go_on(&mut stretches, next);
        }
        let (line, outcome) = line(&common, index, found)?;
        outcomes.extend(outcome);
        let begins = lines.len();
        serde_json::to_writer(&mut lines, &line).map_err(Error::internal)?;
        leaves.push(Hash::leaf(lines.get(begins..).unwrap_or_default()));
        lines.push(b'\n');
    }
    let id = app.chance.id("bat", known_at);
    let mut kept = Kept {
        as_of,
        known_at,
        failed_only: explain == Explain::Failed,
        register: entry.compiled.register().at.clone(),
        ruleset_digest: entry.digest.clone(),
        evaluator: EVALUATOR_VERSION.to_owned(),
        outcomes: tally(&outcomes),
        english: lang == Lang::En,
        leaves: packed(&leaves),
        root: root_of(&leaves).to_hex(),
        status: None,
        receipt: None,
        suppliers,
        trace_id,
        stretches,
    };
    if sign {
        kept.status = Some(status::actions::place(app).await?);
        kept.receipt = Some(sign_batch(app, &payload(&id, &entry, &kept)?)?);
    }
    let record = Record {
        id,
        ruleset: entry.id().to_owned(),
        ruleset_version: entry.version(),
        suppliers: kept.suppliers.len(),
        decided_at: known_at,
        client: client.to_owned(),
        digest: receipt::digest(&lines),
        body: serde_json::to_string(&kept).map_err(Error::internal)?,
    };
    Ok((record, lines))
}

/// The positions of a batch, each once, in the order of the lines.
#[must_use]
pub fn sources(entry: &Entry, kept: &Kept) -> Vec<SourceRef> {
    let bound = i64::try_from(entry.compiled.ruleset().freshness_bound_ms).unwrap_or(i64::MAX);
    let mut all: Vec<SourceRef> = Vec::new();
    for stretch in &kept.stretches {
        let age = kept.known_at.since_millis(Instant::from_micros(stretch.seen_at));
        let fresh = !stretch.epoch.is_empty() && age <= bound;
        let source = SourceRef { service: CREDIT.to_owned(), epoch: stretch.epoch.clone(), position: stretch.position, fresh };
        if !all.contains(&source) {
            all.push(source);
        }
    }
    all.extend(kept.register.as_ref().map(|at| SourceRef {
        service: STANDARDS.to_owned(),
        epoch: at.epoch.clone(),
        position: at.position,
        fresh: at.fresh,
    }));
    all
}

fn payload(id: &str, entry: &Entry, kept: &Kept) -> Result<BatchPayload> {
    Ok(BatchPayload {
        iss: ISSUER.to_owned(),
        id: id.to_owned(),
        issued_at: text(&kept.known_at)?,
        as_of: text(&kept.as_of)?,
        known_at: text(&kept.known_at)?,
        ruleset: receipt::RulesetRef { id: entry.id().to_owned(), version: entry.version(), digest: entry.digest.clone() },
        evaluator: kept.evaluator.clone(),
        sources: sources(entry, kept),
        lines: u64::try_from(kept.suppliers.len()).map_err(Error::internal)?,
        root: Hash::from_hex(&kept.root).ok_or_else(|| Error::internal("no root"))?,
        status: kept.status.clone(),
    })
}

/// A batch that was kept, with the rules it was decided by.
pub struct Past {
    /// What is kept.
    pub kept: Arc<Kept>,
    /// By which rules.
    pub entry: Arc<Entry>,
    /// The hashes of its lines.
    pub leaves: Vec<Hash>,
}

/// Reads a kept batch.
///
/// # Errors
/// When its ruleset version is gone.
pub async fn past(app: &Procurement, stored: &Stored) -> Result<Past> {
    let kept: Kept = serde_json::from_str(&stored.body).map_err(Error::internal)?;
    let version = u32::try_from(stored.ruleset_version).map_err(Error::internal)?;
    let leaves = unpacked(&kept.leaves).ok_or_else(|| Error::internal("the hashes of the lines cannot be read"))?;
    let entry = informed_then(app, &app.rulebook.version(&stored.ruleset, version)?, kept.register.clone()).await?;
    Ok(Past { kept: Arc::new(kept), entry, leaves })
}

/// Makes lines again, at the positions at which they were decided.
async fn again(app: &Procurement, past: &Past, lines: std::ops::Range<usize>) -> Result<Vec<(usize, String)>> {
    let (kept, entry) = (Arc::clone(&past.kept), Arc::clone(&past.entry));
    let read = app.db.read(move |conn| {
        let explain = if kept.failed_only { Explain::Failed } else { Explain::Full };
        let common =
            Common { entry: &entry, as_of: kept.as_of, explain, known_at: kept.known_at, lang: kept.lang(), trace_id: &kept.trace_id };
        let asked = kept.suppliers.iter().enumerate().take(lines.end).skip(lines.start);
        let made = asked.map(|(index, supplier)| {
            let found = code_of(index, supplier).and_then(|code| {
                let at = kept.stretch_of(index).ok_or_else(|| Error::internal("a line without a position"))?;
                let known = Freshness { epoch: at.epoch.clone(), position: at.position, seen_at: Instant::from_micros(at.seen_at) };
                let standing = rows::load(conn, &code, Some(at.position))?;
                Ok((code, Arc::new(Loaded::new(standing, known.clone())), known))
            });
            let (line, _) = line(&common, index, found)?;
            Ok((index, serde_json::to_string(&line).map_err(Error::internal)?))
        });
        made.collect::<Result<Vec<_>>>()
    });
    read.await
}

/// How a replay of one line or of all came out.
#[derive(Serialize, ToSchema)]
pub struct BatchReplayView {
    #[serde(flatten)]
    replay: ReplayView,
    /// How many lines were decided again.
    lines: usize,
    /// How many of them differ; the first are named.
    differing: usize,
}

/// Decides lines again, and compares their hashes with the kept ones.
///
/// # Errors
/// When the database fails.
pub async fn replay(app: &Procurement, past: &Past, lines: std::ops::Range<usize>) -> Result<BatchReplayView> {
    let (mut named, mut differing, mut count) = (Vec::new(), 0_usize, 0_usize);
    let mut from = lines.start;
    while from < lines.end {
        let to = from.saturating_add(AGAIN).min(lines.end);
        for (index, text) in again(app, past, from..to).await? {
            count = count.saturating_add(1);
            let (was, now) = (past.leaves.get(index).copied(), Hash::leaf(text.as_bytes()));
            if was == Some(now) {
                continue;
            }
            differing = differing.saturating_add(1);
            if named.len() < NAMED {
                let line: Value = serde_json::from_str(&text).map_err(Error::internal)?;
                named.push(Difference {
                    pointer: format!("/lines/{index}"),
                    was: was.map(|hash| json!({"hash": hash.to_hex()})),
                    now: Some(json!({"hash": now.to_hex(), "line": line})),
                });
            }
        }
        from = to;
    }
    // Who changes the hashes as well does not come to the signed root.
    let root = root_of(&past.leaves).to_hex();
    if root != past.kept.root {
        named.push(Difference { pointer: "/root".to_owned(), was: Some(json!(past.kept.root)), now: Some(json!(root)) });
    }
    let result = if named.is_empty() { "identical" } else { "different" };
    Ok(BatchReplayView { replay: ReplayView { result, differences: named }, lines: count, differing })
}

/// A line with its way to the root; the line is made again, and `None` stands in its place where it does not come out as it was.
///
/// # Errors
/// `not_found` where the batch has no such line.
pub async fn proof(app: &Procurement, past: &Past, index: usize) -> Result<(LineProof, bool)> {
    let missing = || Error::not_found("line", index);
    let (number, leaf) = (u64::try_from(index).map_err(Error::internal)?, *past.leaves.get(index).ok_or_else(missing)?);
    let path = path_of(&past.leaves, number).ok_or_else(missing)?;
    let made = again(app, past, index..index.saturating_add(1)).await?;
    let (_, line) = made.into_iter().next().ok_or_else(missing)?;
    let same = Hash::leaf(line.as_bytes()) == leaf;
    Ok((LineProof { index: number, line, path }, same))
}

/// A batch that a caller may read.
///
/// # Errors
/// `not_found`.
pub async fn stored(app: &Procurement, id: String, (all, client): (bool, String)) -> Result<Stored> {
    let find = app.db.read(move |conn| {
        let found = store::find(conn, &id)?.filter(|stored| all || stored.client == client);
        found.ok_or_else(|| Error::not_found("batch", &id))
    });
    find.await
}
