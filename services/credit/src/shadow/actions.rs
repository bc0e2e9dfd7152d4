//! The job: chunks of enterprises are compared on a snapshot, the report is kept after each. Not here: what is counted, `rules.rs`.

use std::{sync::Arc, time::Duration};

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
    stop::stopping,
};
use model::instant::Instant;

use super::{
    rules::Place,
    store::{self, NewRun, Run},
};
use crate::{Credit, fact, model_version, score_run::store::enterprises_after, work_lease};

/// So many enterprises on one snapshot.
const CHUNK: i64 = 1_000;
/// The kind of work in `work_lease`.
const LEASE: &str = "shadow_run";
/// A replica that died is succeeded after so many milliseconds.
const LEASE_MS: i64 = 5_000;
/// Work that another replica was told of is looked for this often.
const LOOK: Duration = Duration::from_secs(1);

/// Begins a comparison of a draft.
///
/// # Errors
/// `not_found` or `version_frozen`.
pub fn begin(tx: &mut Tx<'_>, app: &Credit, id: &str, version: u32, as_of: model::instant::Day, one_in: i64) -> Result<Run> {
    let draft = model_version::actions::draft_of(tx, app, id, version)?;
    let new = NewRun { model: id.to_owned(), version, revision: draft.revision, as_of, one_in };
    store::begin(tx.conn, tx.id("shd"), &new, tx.now())
}

/// Does what is to be compared, for as long as the process lives.
pub async fn follow(app: Arc<Credit>) {
    while !stopping() {
        match work(&app).await {
            // There may be another one.
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(cause = %error, "a shadow run pauses"),
        }
        tokio::select! {
            () = app.long_work.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// One chunk of the comparison that is under way; `false` where there is none, or another replica does it.
async fn work(app: &Arc<Credit>) -> Result<bool> {
    let Some(run) = app.db.read(store::running).await? else { return Ok(false) };
    let holder = app.process.clone();
    let mine = app.db.write(move |tx| work_lease::store::take(tx.conn, LEASE, &holder, tx.now(), tx.now().plus_millis(LEASE_MS))).await?;
    if !mine {
        return Ok(false);
    }
    let (inner, before) = (Arc::clone(app), run.clone());
    let after = app.db.read(move |conn| compare(conn, &inner, run)).await?;
    Ok(app.db.write(move |tx| store::save(tx.conn, &before, &after)).await? > 0)
}

fn compare(conn: &mut Conn, app: &Credit, mut run: Run) -> Result<Run> {
    let now = app.clock.now();
    let draft = model_version::store::find(conn, &run.model, u32::try_from(run.version).map_err(Error::internal)?)?;
    let Some(draft) = draft.filter(|draft| draft.revision == run.revision) else {
        // The draft was changed or published: the report would be about something else.
        return Ok(Run { state: "abandoned".to_owned(), finished_at: Some(now.naive_utc()), ..run });
    };
    let latest = Instant::from_micros(i64::MAX);
    let live = app.models.here(conn)?.on(run.as_of, latest);
    let all = enterprises_after(conn, &run.last, CHUNK)?;
    let Some(last) = all.last() else {
        return Ok(Run { state: "done".to_owned(), finished_at: Some(now.naive_utc()), ..run });
    };
    run.last = last.uscc.to_string();
    let (before, mut report) = (run.done, store::report(&run)?);
    run.done = run.done.saturating_add(i64::try_from(all.len()).map_err(Error::internal)?);
    let sample: Vec<_> =
        (before..).zip(all).filter(|(number, _)| number.checked_rem(run.one_in) == Some(0)).map(|(_, known)| known).collect();
    let codes: Vec<String> = sample.iter().map(|known| known.uscc.to_string()).collect();
    let facts = fact::store::known_of(conn, &codes, latest)?;
    for known in &sample {
        let own = facts.get(known.uscc.as_str()).map(Vec::as_slice).unwrap_or_default();
        let place = Place { uscc: &known.uscc, division: &known.division, industry: known.industry.as_deref() };
        report.compare((&live, &draft.model), place, known.view, own, run.as_of);
    }
    run.report = store::text(&report)?;
    Ok(run)
}
