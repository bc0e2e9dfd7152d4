//! Following the own feed and sending to credit until it is acknowledged. Not here: what is sent, `rules.rs`.

use std::{sync::Arc, time::Duration};

use common::{
    error::{Code, Error, Result},
    feed,
    peer::{Peer, Reply},
    stop::stopping,
};
use contracts::{event::Payload, standards::DeclarationChecked};
use model::{instant::Day, period::Period};
use serde_json::json;

use super::{
    rules::{Known, Lasts, ReportState, Task, pause_ms, task},
    store::{self, Report},
};
use crate::{
    Standards,
    declaration::rules::outdated,
    declaration_check::{self, rules::CheckState},
    edition,
};

const CHUNK: i64 = 100;
const LOOK: Duration = Duration::from_millis(500);
const TIMEOUT: Duration = Duration::from_secs(10);

/// Reports for as long as the process lives. Every replica may: credit takes the same once.
pub async fn follow(app: Arc<Standards>, credit: Peer) {
    while !stopping() {
        let done = match note(&app).await {
            Ok(()) => send_due(&app, &credit).await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            tracing::warn!(cause = %error, "outcomes of checks wait to be reported");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Notes what the feed told.
async fn note(app: &Arc<Standards>) -> Result<()> {
    let kinds = [DeclarationChecked::TYPE];
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
            let told: DeclarationChecked = serde_json::from_str(&data).map_err(Error::internal)?;
            store::note(tx.conn, &told.id, told.version, position, tx.now())?;
        }
        Ok(())
    });
    noted.await
}

async fn send_due(app: &Arc<Standards>, credit: &Peer) -> Result<()> {
    let now = app.clock.now();
    for report in app.db.read(move |conn| store::due(conn, now, CHUNK)).await? {
        let attempts = report.attempts.saturating_add(1);
        let done = send(app, credit, &report).await.unwrap_or_else(|error| {
            tracing::warn!(check = report.check, attempts, cause = %error, "credit has not acknowledged yet");
            // Whether it got through is not known.
            Report { failure: Some(error.code().to_owned()), in_doubt: true, ..report }
        });
        let waits = done.state == ReportState::Pending && done.failure.is_some();
        let chance = u8::try_from(app.chance.below(256)).unwrap_or(0);
        let pause = if waits { pause_ms(attempts.saturating_sub(1), chance) } else { 0 };
        let next = Report { attempts, ..done };
        let at = app.clock.now().plus_millis(pause);
        app.db.write(move |tx| store::tried(tx.conn, &next, at)).await?;
    }
    Ok(())
}

/// Sends the newest version of one, and says how it came out.
async fn send(app: &Arc<Standards>, credit: &Peer, report: &Report) -> Result<Report> {
    let id = report.check.clone();
    let stored = app.db.read(move |conn| declaration_check::store::find(conn, &id)).await?;
    let Some(declaration_check::store::Stored { check, version, .. }) = stored else {
        return Ok(Report { state: ReportState::Refused, failure: Some("not_found".to_owned()), ..report.clone() });
    };
    let day = check.finding.as_ref().map_or_else(|| app.clock.now().day(), |finding| finding.found_on);
    let terms = app.declaration_terms.at(day);
    let lasts = Lasts {
        counts: terms.map(|row| row.value.conformity_counts),
        until: claims_end(app, check.standard.clone(), terms.map(|row| row.value.conformity_grace)).await?,
    };
    let known = Report {
        version,
        sent: version,
        state: ReportState::Acknowledged,
        failure: None,
        in_doubt: false,
        standard: check.standard.clone(),
        ..report.clone()
    };
    let of_credit = Known { fact: report.fact.as_deref(), in_doubt: report.in_doubt, valid_to: report.valid_to };
    match task(&check, of_credit, lasts) {
        Task::Nothing => Ok(known),
        Task::Record(fact) => {
            let (id, key) = (check.id.clone(), format!("{}-{version}-record", check.id));
            app.db.write(move |tx| store::doubt(tx.conn, &id)).await?;
            let known = Report { valid_to: fact.valid_to(), ..known };
            let taken = outcome(known, &credit.post("/credit/v1/facts", &fact, &key, TIMEOUT).await?, true);
            Ok(if check.state == CheckState::Annulled { yet_to_annul(taken) } else { taken })
        }
        Task::Supersede(old, fact) => {
            let until = fact.valid_to().map(|day| day.to_string()).unwrap_or_default();
            let body = json!({"fact": fact, "reason": format!("标准版本的有效期变化，符合性声明计至 {until}。")});
            let key = format!("{}-{old}-{until}", check.id);
            let known = Report { valid_to: fact.valid_to(), ..known };
            Ok(outcome(known, &credit.post(&format!("/credit/v1/facts/{old}/supersede"), &body, &key, TIMEOUT).await?, true))
        }
        Task::Annul(old, reason) => {
            let key = format!("{}-{version}-annul", check.id);
            let path = format!("/credit/v1/facts/{old}/annul");
            Ok(outcome(known, &credit.post(&path, &json!({"reason": reason}), &key, TIMEOUT).await?, false))
        }
    }
}

/// The last day on which goods may claim to conform to an edition, its grace included; none while no end of it is known.
async fn claims_end(app: &Arc<Standards>, standard: Option<String>, grace: Option<Period>) -> Result<Option<Day>> {
    let Some(number) = standard else { return Ok(None) };
    let found = app.db.read(move |conn| edition::store::by_number(conn, &number)).await?;
    let Some((stored, ended)) = found.and_then(|stored| stored.windows.ended_from.map(|ended| (stored, ended))) else { return Ok(None) };
    let lapse = outdated(stored.entry.number.as_str(), &stored.windows, ended, grace);
    Ok(lapse.and_then(|lapse| lapse.grace_until).or_else(|| ended.pred_opt()))
}

/// An annulled outcome of which the fact is known now: the next look annuls that.
fn yet_to_annul(taken: Report) -> Report {
    match taken.state {
        ReportState::Acknowledged if taken.fact.is_some() => Report { state: ReportState::Pending, sent: 0, ..taken },
        _ => taken,
    }
}

/// What an answer means: taken, or refused for good, with credit's own code.
fn outcome(known: Report, reply: &Reply, is_new: bool) -> Report {
    let text = |name: &str| reply.body.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    match reply.status {
        200..=299 if is_new => Report { fact: text("id"), ..known },
        // The acknowledgement of an earlier try was lost: the next look goes on from that fact.
        409 if is_new && text("code").as_deref() == Some("duplicate") && text("fact").is_some() => {
            Report { fact: text("fact"), state: ReportState::Pending, sent: 0, ..known }
        }
        200..=299 => known,
        // Credit learns of an enterprise later than this register does: the outcome waits for it.
        _ if text("code").as_deref() == Some(Code::ENTERPRISE_UNKNOWN.code) => {
            Report { state: ReportState::Pending, failure: text("code"), sent: 0, ..known }
        }
        status => {
            let failure = text("code").unwrap_or_else(|| status.to_string());
            tracing::error!(check = known.check, failure, "credit refuses an outcome of a check");
            Report { state: ReportState::Refused, failure: Some(failure), sent: 0, ..known }
        }
    }
}
