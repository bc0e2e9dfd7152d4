//! Making a decision: look the rules and the standing up, decide, render, sign. Not here: the verdict itself, `rules.rs`; doing it once more, `replay`.

use std::{sync::Arc, time::Duration};

use common::{
    error::{Code, Error, Kind, Result},
    feed::Freshness,
};
use model::{instant::Instant, text::Text, uscc::Uscc};
use receipt::StatusRef;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    rules::{EVALUATOR_VERSION, Outcome, Verdict, decide, decide_together},
    store,
};
use crate::{
    Procurement,
    consortium::rules::Consortium,
    criterion::rules::Answer,
    rulebook::actions::Entry,
    sensitivity::rules::hanging,
    signing::actions as signing,
    standard_register::actions::informed,
    standing::{
        actions::Loaded,
        rules::{CREDIT, STANDARDS, Standing},
    },
    status::rules::StatusPlace,
    tender::actions::TenderRef,
};

/// A supplier that was registered a moment ago is known within this time (quality.md: a change is seen within a second).
const GRACE: Duration = Duration::from_secs(1);

/// A register that was not heard for so long may know a supplier that is unknown here.
const DEAF_AFTER_MS: i64 = 60_000;

/// How much of the findings an answer shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Explain {
    /// Every finding.
    #[default]
    Full,
    /// Only what is not plainly met.
    Failed,
}

/// A question that was read.
#[derive(Clone, Debug)]
pub struct Ask {
    /// About whom; the lead of a consortium.
    pub supplier: Uscc,
    /// All who take part as one, where it is not the supplier alone.
    pub consortium: Option<Consortium>,
    /// For which tender and lot, where it is for one.
    pub tender: Option<TenderRef>,
    /// At which instant in the world.
    pub as_of: Instant,
    /// How much to show.
    pub explain: Explain,
    /// Whether to sign.
    pub sign: bool,
    /// Where the status of what is signed stands.
    pub status: Option<StatusRef>,
}

impl Ask {
    /// Whether one supplier may take part: every finding shown, nothing signed.
    #[must_use]
    pub const fn about(supplier: Uscc, as_of: Instant) -> Self {
        Self { supplier, consortium: None, tender: None, as_of, explain: Explain::Full, sign: false, status: None }
    }
}

/// A source and how much of it was known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceView {
    /// For example `credit`.
    pub service: String,
    /// The life of its feed.
    pub epoch: String,
    /// Every event up to here was known.
    pub position: i64,
    /// How old that knowledge was, in milliseconds.
    pub age_ms: i64,
    /// Whether that was within the bound of the ruleset.
    pub fresh: bool,
}

/// A ruleset, its version and its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RulesetRef {
    /// For example `government-procurement`.
    pub id: String,
    /// Counted from 1.
    pub version: u32,
    /// `sha256:…` of its canonical form.
    pub digest: String,
}

/// A decision as it is answered and kept.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DecisionView {
    /// `dec_…`; absent in the lines of a batch, which is kept as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// About whom; the lead of a consortium.
    pub supplier: String,
    /// All who take part as one, where it is not the supplier alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consortium: Option<Consortium>,
    /// For which tender and lot, where it is for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tender: Option<TenderRef>,
    /// At which instant in the world.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Instant,
    /// What was known at this instant.
    #[schema(value_type = String, format = DateTime)]
    pub known_at: Instant,
    /// From which sources.
    pub sources: Vec<SourceView>,
    /// By which rules.
    pub ruleset: RulesetRef,
    /// Which version of the evaluator.
    pub evaluator: String,
    /// How much of the findings is shown.
    #[serde(default)]
    pub explain: Explain,
    /// `sha256:…` of what was read of the supplier.
    pub facts_digest: String,
    /// Outcome, findings, conditions and reasons.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Where the status of the receipt stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<StatusPlace>)]
    pub status: Option<StatusRef>,
    /// The signed receipt: a compact JWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

/// Finds the standing of a supplier; one that was registered a moment ago is waited for.
///
/// # Errors
/// `enterprise_unknown`: unknown is an error, never "clean".
pub async fn standing(app: &Procurement, supplier: &Uscc, patient: bool) -> Result<(Arc<Loaded>, Freshness)> {
    let until = tokio::time::Instant::now() + GRACE;
    loop {
        let (loaded, known) = app.standings.of(supplier).await?;
        if loaded.standing.enterprise.is_some() {
            return Ok((loaded, known));
        }
        let left = until.saturating_duration_since(tokio::time::Instant::now());
        if !patient || left.is_zero() {
            return Err(absent(app, supplier, &known));
        }
        app.standings.advance(left).await;
    }
}

/// What to say of a supplier that is not there: who has not heard the register lately cannot say that somebody is not in it.
#[must_use]
pub fn absent(app: &Procurement, supplier: &Uscc, known: &Freshness) -> Error {
    let heard = !known.epoch.is_empty() && app.clock.now().since_millis(known.seen_at) < DEAF_AFTER_MS;
    if heard {
        return unknown(supplier);
    }
    Error::unavailable(Code::UPSTREAM_UNAVAILABLE, "the feed of credit has not been heard lately")
}

/// There is no such enterprise.
#[must_use]
pub fn unknown(uscc: &Uscc) -> Error {
    let detail = Text::new(format!("这里没有登记企业 {uscc}。"), format!("The enterprise {uscc} is not registered here."));
    Error::new(Kind::NotFound, Code::ENTERPRISE_UNKNOWN, detail)
}

/// Decides on whom is asked about, one or many, as they are known now; whoever was registered a moment ago is waited for where `patient`.
///
/// # Errors
/// `enterprise_unknown`, or when the receipt cannot be made.
pub async fn make(app: &Procurement, entry: &Arc<Entry>, ask: &Ask, id: Option<String>, patient: bool) -> Result<DecisionView> {
    let entry = &informed(app, entry).await?;
    let Some(consortium) = &ask.consortium else {
        let (loaded, known) = standing(app, &ask.supplier, patient).await?;
        return judge(app, entry, ask, (&loaded, &known), id);
    };
    for code in consortium.everyone() {
        standing(app, code, patient).await?;
    }
    // All of them as they stood at one position, or a replay could not find them again.
    let (loaded, known) = app.standings.together(consortium.everyone().cloned().collect()).await?;
    let all: Vec<&Loaded> = loaded.iter().collect();
    judge_all(app.clock.now(), entry, ask, (&all, &known), id).and_then(|(view, model)| signed(app, view, ask, model))
}

/// Decides on a standing, as it is known now.
///
/// # Errors
/// When the receipt cannot be made.
pub fn judge(app: &Procurement, entry: &Entry, ask: &Ask, known: (&Loaded, &Freshness), id: Option<String>) -> Result<DecisionView> {
    judge_at(app.clock.now(), entry, ask, known, id).and_then(|(view, model)| signed(app, view, ask, model))
}

/// Decides on a standing as it was known at an instant, without a receipt; gives the scoring model as well.
///
/// # Errors
/// Never in practice: a standing is plain data.
pub fn judge_at(
    now: Instant,
    entry: &Entry,
    ask: &Ask,
    (loaded, known): (&Loaded, &Freshness),
    id: Option<String>,
) -> Result<(DecisionView, Option<receipt::ModelRef>)> {
    judge_all(now, entry, ask, (&[loaded], known), id)
}

fn judge_all(
    now: Instant,
    entry: &Entry,
    ask: &Ask,
    (loaded, known): (&[&Loaded], &Freshness),
    id: Option<String>,
) -> Result<(DecisionView, Option<receipt::ModelRef>)> {
    let age_ms = now.since_millis(known.seen_at).max(0);
    let bound = i64::try_from(entry.compiled.ruleset().freshness_bound_ms).unwrap_or(i64::MAX);
    let fresh = !known.epoch.is_empty() && age_ms <= bound;
    let standings: Vec<&Standing> = loaded.iter().map(|one| &one.standing).collect();
    let verdict = if fresh {
        verdict_on(entry, ask, &standings, now)?
    } else {
        let stale: Vec<Standing> = standings.iter().map(|standing| standing.unheard()).collect();
        verdict_on(entry, ask, &stale.iter().collect::<Vec<_>>(), now)?
    };
    let mut sources = vec![SourceView { service: CREDIT.to_owned(), epoch: known.epoch.clone(), position: known.position, age_ms, fresh }];
    sources.extend(entry.compiled.register().at.as_ref().map(|at| SourceView {
        service: STANDARDS.to_owned(),
        epoch: at.epoch.clone(),
        position: at.position,
        age_ms: at.age_ms(now),
        fresh: at.fresh,
    }));
    let ruleset = RulesetRef { id: entry.id().to_owned(), version: entry.version(), digest: entry.digest.clone() };
    let digests: Vec<&str> = loaded.iter().map(|one| one.digest()).collect::<Result<_>>()?;
    let view = DecisionView {
        id,
        supplier: ask.supplier.to_string(),
        consortium: ask.consortium.clone(),
        tender: ask.tender.clone(),
        as_of: ask.as_of,
        known_at: now,
        sources,
        ruleset,
        evaluator: EVALUATOR_VERSION.to_owned(),
        explain: ask.explain,
        facts_digest: one_digest(&digests)?,
        verdict,
        status: None,
        receipt: None,
    };
    let model = standings.first().and_then(|lead| lead.model_on(ask.as_of.cut_off_day()));
    Ok((view, model.map(|model| receipt::ModelRef { id: model.id.clone(), version: model.version })))
}

fn signed(app: &Procurement, mut view: DecisionView, ask: &Ask, model: Option<receipt::ModelRef>) -> Result<DecisionView> {
    if ask.sign {
        view.status = ask.status.clone();
        view.receipt = Some(signing::sign(app, &view, model)?);
    }
    Ok(view)
}

/// What is decided on these standings, with the facts under objection at an instant that it hangs on.
///
/// # Errors
/// When a member's standing is missing.
pub fn verdict_on(entry: &Entry, ask: &Ask, standings: &[&Standing], known_at: Instant) -> Result<Verdict> {
    let decided = |standings: &[&Standing]| match &ask.consortium {
        None => standings.first().map(|standing| decide(&entry.compiled, standing, ask.as_of)),
        Some(consortium) => consortium.party(standings).map(|party| decide_together(&entry.compiled, &party, ask.as_of)),
    };
    let mut verdict = decided(standings).ok_or_else(|| Error::internal("a standing is missing"))?;
    let outcome = verdict.outcome;
    verdict.sensitive_to = hanging(standings, known_at.day(), outcome, |fewer| decided(fewer).map_or(outcome, |verdict| verdict.outcome));
    if ask.explain == Explain::Failed {
        shorten(&mut verdict);
    }
    Ok(verdict)
}

/// The digest of one standing; of many the digest of the list of theirs.
///
/// # Errors
/// Never in practice: digests are plain text.
pub fn one_digest(digests: &[&str]) -> Result<String> {
    if let [one] = digests {
        return Ok((*one).to_owned());
    }
    let canonical = receipt::canonical(&json!(digests)).map_err(|error| Error::internal(error.to_string()))?;
    Ok(receipt::digest(&canonical))
}

/// Leaves only what is not plainly met.
fn shorten(verdict: &mut Verdict) {
    verdict.criteria.retain(|finding| matches!(finding.result, Answer::Fail | Answer::Unknown) || finding.condition.is_some());
    verdict.preferences.clear();
}

/// The row of a decision.
///
/// # Errors
/// Never in practice: a decision is plain data.
pub fn record(view: &DecisionView, (client, organisation): (&str, &str)) -> Result<store::Record> {
    Ok(store::Record {
        id: view.id.clone().unwrap_or_default(),
        supplier: view.supplier.clone(),
        ruleset: view.ruleset.id.clone(),
        ruleset_version: view.ruleset.version,
        outcome: view.verdict.outcome.as_str(),
        decided_at: view.known_at,
        client: client.to_owned(),
        organisation: organisation.to_owned(),
        tender: view.tender.as_ref().map(|tender| tender.id.clone()),
        body: serde_json::to_string(view).map_err(Error::internal)?,
    })
}

/// The outcomes with their number, for the summary of a batch.
#[must_use]
pub fn tally(outcomes: &[Outcome]) -> Value {
    let count = |outcome: Outcome| outcomes.iter().filter(|found| **found == outcome).count();
    json!({
        "eligible": count(Outcome::Eligible),
        "eligible_with_conditions": count(Outcome::EligibleWithConditions),
        "ineligible": count(Outcome::Ineligible),
        "indeterminate": count(Outcome::Indeterminate),
    })
}
