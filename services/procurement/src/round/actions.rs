//! The job behind rounds: one at a time, in chunks, each chunk one transaction, so that a restart goes on where it stopped. Not here: the verdicts.

use std::{sync::Arc, time::Duration};

use common::{
    error::{Error, Result},
    feed::Freshness,
    stop::stopping,
};
use contracts::{event::tell, procurement::BatchRecorded};
use model::uscc::Uscc;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    rules::RoundState,
    store::{self, Round},
};
use crate::{
    Procurement, batch,
    decision::actions::{Ask, DecisionView, Explain, judge},
    rulebook::actions::Entry,
    standard_register::actions::informed,
    standing::{actions::Loaded, store as standings},
    tender::actions::{LotTerms, terms},
};

/// Suppliers in one transaction: some milliseconds of the write lane.
const CHUNK: usize = 100;
/// So many are decided without letting others on.
const BREATH: usize = 16;
/// Between chunks others come first.
const REST: Duration = Duration::from_millis(5);
/// A new round, of this process or of another, is seen this soon.
const LOOK: Duration = Duration::from_millis(300);
const PAUSE: Duration = Duration::from_secs(1);
/// Lines digested in one read.
const DIGESTED: usize = 500;

/// A line as it is given.
#[derive(Serialize)]
struct RoundLine<'a> {
    index: i64,
    supplier: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    lot: Option<&'a str>,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<DecisionView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'static str>,
}

/// Works off rounds for as long as the process lives.
pub async fn follow(app: Arc<Procurement>) {
    while !stopping() {
        match step(&app).await {
            Ok(true) => tokio::time::sleep(REST).await,
            Ok(false) => tokio::time::sleep(LOOK).await,
            Err(error) => {
                tracing::warn!(cause = %error, "a round of decisions waits");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// One chunk of the round whose turn it is; says whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn step(app: &Arc<Procurement>) -> Result<bool> {
    let Some(round) = app.db.read(store::next).await? else { return Ok(false) };
    let mut lots = Vec::with_capacity(round.order.lots.len());
    for lot in &round.order.lots {
        match terms(app, &round.tender, Some(round.tender_version), lot.as_deref()).await {
            Ok(terms) => lots.push(LotTerms { entry: informed(app, &terms.entry).await?, ..terms }),
            Err(error) if error.status() >= 500 => return Err(error),
            Err(error) => return fail(app, &round, &error).await.map(|()| true),
        }
    }
    let codes = next_codes(app, &round).await?;
    if codes.is_empty() {
        return finish(app, &round, &lots).await.map(|()| true);
    }
    let (loaded, at) = app.standings.together(codes).await?;
    let mut now = Round { state: RoundState::Running, ..round.clone() };
    let lines = decided(app, &mut now, (&loaded, &at), &lots).await?;
    app.db
        .write(move |tx| {
            if store::advance(tx.conn, &round, &now)? {
                store::add(tx.conn, &now.id, round.done, &lines)?;
            }
            Ok(())
        })
        .await?;
    Ok(true)
}

async fn next_codes(app: &Procurement, round: &Round) -> Result<Vec<Uscc>> {
    let (id, after, everyone) = (round.id.clone(), round.after.clone(), round.order.everyone);
    let read = app.db.read(move |conn| {
        if everyone {
            return standings::codes(conn, &after, 0, i64::try_from(CHUNK).unwrap_or(1));
        }
        let named = store::named(conn, &id, &after, CHUNK)?;
        named.iter().map(|code| Uscc::parse(code).map_err(Error::internal)).collect()
    });
    read.await
}

async fn decided(app: &Procurement, round: &mut Round, (loaded, at): (&[Loaded], &Freshness), lots: &[LotTerms]) -> Result<Vec<String>> {
    let mut lines = Vec::with_capacity(loaded.len().saturating_mul(lots.len()));
    for (place, one) in loaded.iter().enumerate() {
        if place % BREATH == 0 {
            tokio::task::yield_now().await;
        }
        for terms in lots {
            lines.push(line(app, round, (one, at), (&terms.entry, terms.tender.lot.as_deref()))?);
        }
        round.after = one.standing.uscc.as_str().to_owned();
    }
    // Whoever was registered since the round was asked is decided as well.
    round.total = round.total.max(round.done);
    Ok(lines)
}

fn line(app: &Procurement, round: &mut Round, known: (&Loaded, &Freshness), (entry, lot): (&Entry, Option<&str>)) -> Result<String> {
    let supplier = &known.0.standing.uscc;
    let is_known = known.0.standing.enterprise.is_some();
    let view = if is_known {
        let explain = if round.order.full { Explain::Full } else { Explain::Failed };
        Some(judge(app, entry, &Ask { explain, ..Ask::about(supplier.clone(), round.order.as_of) }, known, None)?)
    } else {
        None
    };
    let outcome = view.as_ref().map(|view| view.verdict.outcome);
    round.order.counts.add(outcome);
    let number = round.done;
    round.done = number.saturating_add(1);
    let told = RoundLine {
        index: number,
        supplier: supplier.as_str(),
        lot,
        status: if is_known { 200 } else { 404 },
        body: view,
        problem: (!is_known).then_some("enterprise_unknown"),
    };
    serde_json::to_string(&told).map_err(Error::internal)
}

async fn fail(app: &Procurement, round: &Round, error: &Error) -> Result<()> {
    let mut failed = Round { state: RoundState::Failed, finished_at: Some(app.clock.now()), ..round.clone() };
    failed.order.failure = Some(error.detail().en.clone());
    let round = round.clone();
    app.db.write(move |tx| store::advance(tx.conn, &round, &failed).map(|_| ())).await
}

/// Keeps a finished round as a batch: its digest goes into the log of decisions.
async fn finish(app: &Procurement, round: &Round, lots: &[LotTerms]) -> Result<()> {
    let mut hash = Sha256::new();
    let mut from = 0_i64;
    loop {
        let id = round.id.clone();
        let some = app.db.read(move |conn| store::lines(conn, &id, from, DIGESTED)).await?;
        let Some((last, _)) = some.last() else { break };
        from = last.saturating_add(1);
        for (_, body) in &some {
            hash.update(body.as_bytes());
            hash.update(b"\n");
        }
    }
    let digest = format!("sha256:{}", common::http::once::hex(&hash.finalize()));
    let done = Round { state: RoundState::Done, total: round.done, finished_at: Some(app.clock.now()), ..round.clone() };
    let entry = lots.first().map(|terms| (terms.entry.id().to_owned(), terms.entry.version(), terms.entry.digest.clone()));
    let (ruleset, ruleset_version, ruleset_digest) = entry.unwrap_or_default();
    let tenders: Vec<_> = lots.iter().map(|terms| &terms.tender).collect();
    let body = json!({"round": round.id, "tenders": tenders, "ruleset_digest": ruleset_digest, "outcomes": round.order.counts});
    let suppliers = usize::try_from(round.done).unwrap_or(0).checked_div(lots.len()).unwrap_or(0);
    let record = batch::store::Record {
        id: round.id.clone(),
        ruleset,
        ruleset_version,
        suppliers,
        decided_at: app.clock.now(),
        client: round.client.clone(),
        digest: digest.clone(),
        body: body.to_string(),
    };
    let told = BatchRecorded {
        id: round.id.clone(),
        asked_by: round.order.asked_by.clone(),
        suppliers: u64::try_from(suppliers).unwrap_or(u64::MAX),
        digest,
    };
    let round = round.clone();
    app.db
        .write(move |tx| {
            if store::advance(tx.conn, &round, &done)? {
                batch::store::insert(tx.conn, &record)?;
                tell(tx, &told, &record.client)?;
            }
            Ok(())
        })
        .await
}
