//! Following the own feed and reporting to the register of standards until it knows. Not here: rows, `store.rs`.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use common::{
    error::{Error, Result},
    feed,
    peer::Peer,
    stop::stopping,
};
use contracts::{
    event::Payload,
    procurement::{TenderAmended, TenderCancelled, TenderNotice, TenderPublished},
};
use model::standard_no::StandardNo;
use serde_json::{Value, json};

use super::store::{self, Report};
use crate::{
    Procurement,
    performance_report::rules::pause_ms,
    screening::rules::named,
    tender::{self, actions::compiled, rules::State},
};

const CHUNK: i64 = 100;
const LOOK: Duration = Duration::from_millis(500);
const TIMEOUT: Duration = Duration::from_secs(10);

/// Reports for as long as the process lives. Every replica may: the register takes an older version for nothing.
pub async fn follow(app: Arc<Procurement>, standards: Peer) {
    while !stopping() {
        let done = match note(&app).await {
            Ok(()) => send_due(&app, &standards).await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            tracing::warn!(cause = %error, "citations of tenders wait to be reported");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Notes what the feed told.
async fn note(app: &Arc<Procurement>) -> Result<()> {
    let kinds = [TenderPublished::TYPE, TenderAmended::TYPE, TenderCancelled::TYPE];
    let waits = app.db.read(move |conn| {
        let position = store::position(conn)?;
        Ok(!feed::told(conn, position, &kinds, 1)?.is_empty())
    });
    if !waits.await? {
        return Ok(());
    }
    let noted = app.db.write(move |tx| {
        let position = store::position(tx.conn)?;
        for (position, data) in feed::told(tx.conn, position, &kinds, CHUNK)? {
            let told: TenderNotice = serde_json::from_str(&data).map_err(Error::internal)?;
            store::note(tx.conn, &told.id, i64::from(told.version), position, tx.now())?;
        }
        Ok(())
    });
    noted.await
}

async fn send_due(app: &Arc<Procurement>, standards: &Peer) -> Result<()> {
    let now = app.clock.now();
    for report in app.db.read(move |conn| store::due(conn, now, CHUNK)).await? {
        let attempts = report.attempts.saturating_add(1);
        let (done, pause) = match send(app, standards, &report).await {
            Ok(()) => (true, 0),
            Err(error) => {
                tracing::warn!(tender = report.tender, attempts, cause = %error, "the register of standards has not acknowledged yet");
                let chance = u8::try_from(app.chance.below(256)).unwrap_or(0);
                (false, pause_ms(attempts.saturating_sub(1), chance))
            }
        };
        let at = app.clock.now().plus_millis(pause);
        app.db.write(move |tx| store::tried(tx.conn, &Report { attempts, ..report.clone() }, done, at)).await?;
    }
    Ok(())
}

/// Sends the newest version of a tender. What the register refuses for good is told in the log and not sent again.
async fn send(app: &Arc<Procurement>, standards: &Peer, report: &Report) -> Result<()> {
    let id = report.tender.clone();
    let Some(stored) = app.db.read(move |conn| tender::store::find(conn, &id)).await? else { return Ok(()) };
    let body = told(app, &stored)?;
    let key = format!("{}-{}", stored.id, stored.version);
    let reply = standards.post("/standards/v1/tender_citations", &body, &key, TIMEOUT).await?;
    if !(200..300).contains(&reply.status) {
        tracing::error!(tender = stored.id, status = reply.status, "the register of standards refuses the citations of a tender");
    }
    Ok(())
}

/// What the register is told: every standard that the tender, a lot or its ruleset names.
fn told(app: &Procurement, stored: &tender::store::Stored) -> Result<Value> {
    let tender = tender::actions::written(stored)?;
    let lots: Vec<Option<&str>> =
        if tender.lots.is_empty() { vec![None] } else { tender.lots.iter().map(|(id, _)| Some(id.as_str())).collect() };
    let mut numbers = BTreeSet::new();
    for lot in lots {
        let terms = compiled(&app.rulebook, stored, lot)?;
        let cited = named(&terms.entry.compiled).filter_map(|(standard, _)| StandardNo::parse(standard).ok());
        numbers.extend(cited.map(|number| number.own().to_owned()));
    }
    Ok(json!({
        "id": stored.id,
        "version": stored.version,
        "organisation": stored.organisation,
        "title": tender.written.title,
        "cut_off": tender.cut_off,
        "standards": numbers,
        "open": stored.state == State::Published,
    }))
}
