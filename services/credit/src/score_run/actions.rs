//! The job: chunks are computed from a snapshot outside of the write lane, the next one while the last is written; inside the lane only what has
//! moved meanwhile is computed again. Not here: the timeline of one enterprise, `timeline`.

use std::{sync::Arc, time::Duration};

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
    feed,
    stop::stopping,
};
use contracts::credit::{Fact, ModelRef, ScoreTimeline};
use model::instant::Instant;

use super::store::{self, Known, Run};
use crate::{Credit, enterprise, fact, measure, score, timeline::rules::timeline, work_lease};

/// So many enterprises in one closure of the write lane: others get their turn in between.
const CHUNK: i64 = 500;
/// The kind of work in `work_lease`.
const LEASE: &str = "score_run";
/// A replica that died is succeeded after so many milliseconds; every chunk takes far less.
const LEASE_MS: i64 = 2_000;
/// Work that another replica began is looked for this often.
const LOOK: Duration = Duration::from_secs(1);
/// Who tells what a publication has moved.
const BY: &str = "platform";

/// Begins a run in the transaction of a publication.
///
/// # Errors
/// When the database fails.
pub fn begin(tx: &mut Tx<'_>, model: &ModelRef) -> Result<()> {
    store::begin(tx.conn, tx.id("run"), model, tx.now())
}

/// Keeps the published models fresh and does what is to be done, for as long as the process lives.
pub async fn follow(app: Arc<Credit>) {
    while !stopping() {
        if let Err(error) = app.models.refresh(&app.db).await {
            tracing::warn!(cause = %error, "published models cannot be read right now");
        }
        if let Err(error) = work(&app).await {
            tracing::warn!(cause = %error, "scoring everyone again pauses");
        }
        tokio::select! {
            () = app.long_work.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Does the run that is under way, if there is one and no other replica does it.
///
/// # Errors
/// When the database fails; the run goes on where it stood.
pub async fn work(app: &Arc<Credit>) -> Result<()> {
    let Some(mut run) = app.db.read(store::running).await? else { return Ok(()) };
    let holder = app.process.clone();
    let mine = app.db.write(move |tx| work_lease::store::take(tx.conn, LEASE, &holder, tx.now(), tx.now().plus_millis(LEASE_MS))).await?;
    if !mine {
        return Ok(());
    }
    let mut chunk = Arc::new(computed(app, run.last.clone()).await?);
    while !stopping() {
        let Some(last) = chunk.last() else {
            return write(app, &run, &chunk).await.map(|_ended| ());
        };
        let (written, next) = tokio::join!(write(app, &run, &chunk), computed(app, last));
        match written? {
            Step::Moved(after) if after.state == "running" => run = after,
            Step::Moved(_) | Step::Lost => return Ok(()),
        }
        chunk = Arc::new(next?);
    }
    Ok(())
}

/// A timeline that is another than the one told last, with the facts that the measures are found from as well.
struct Moved {
    line: ScoreTimeline,
    form: String,
    facts: Vec<Fact>,
}

/// A chunk as one snapshot showed it.
struct Chunk {
    /// Everyone in it, in order.
    known: Vec<Known>,
    /// Those whose timeline is another than the one told last.
    moved: Vec<Option<Moved>>,
    /// The position of the feed in that snapshot.
    position: i64,
    /// How many models were published then.
    models: usize,
}

impl Chunk {
    fn last(&self) -> Option<String> {
        self.known.last().map(|known| known.uscc.to_string())
    }
}

async fn computed(app: &Arc<Credit>, after: String) -> Result<Chunk> {
    let inner = Arc::clone(app);
    app.db.read(move |conn| compute(conn, &inner, &after)).await
}

fn compute(conn: &mut Conn, app: &Credit, after: &str) -> Result<Chunk> {
    let position = feed::head(conn)?;
    let book = app.models.here(conn)?;
    let known = store::enterprises_after(conn, after, CHUNK)?;
    let codes: Vec<String> = known.iter().map(|known| known.uscc.to_string()).collect();
    // What stands at the end of time is what stands now: a clock of another replica may be ahead of ours.
    let latest = Instant::from_micros(i64::MAX);
    let (windows, mut facts) = (book.windows(latest), fact::store::known_of(conn, &codes, latest)?);
    let told = score::store::told_of(conn, &codes)?;
    let mut moved = Vec::with_capacity(known.len());
    for one in &known {
        let own = facts.remove(one.uscc.as_str()).unwrap_or_default();
        let line = timeline(&windows, &one.uscc, one.view, &own);
        let form = score::store::form(&line)?;
        let is_told = told.get(one.uscc.as_str()).is_some_and(|told| *told == form);
        moved.push((!is_told).then_some(Moved { line, form, facts: own }));
    }
    Ok(Chunk { known, moved, position, models: book.all().len() })
}

/// How a chunk ended.
enum Step {
    /// The run stands here now.
    Moved(Run),
    /// Another replica went on with it, or another model was published.
    Lost,
}

async fn write(app: &Arc<Credit>, run: &Run, chunk: &Arc<Chunk>) -> Result<Step> {
    let (inner, run, chunk) = (Arc::clone(app), run.clone(), Arc::clone(chunk));
    app.db
        .write(move |tx| {
            let until = tx.now().plus_millis(LEASE_MS);
            let mine = work_lease::store::take(tx.conn, LEASE, &inner.process, tx.now(), until)?;
            // With another model the chunk is computed again; its publication has begun another run.
            if !mine || inner.models.here(tx.conn)?.all().len() != chunk.models {
                return Ok(Step::Lost);
            }
            let told = tell_moved(tx, &inner, &chunk)?;
            let (last, done) = (chunk.last().unwrap_or_default(), i64::try_from(chunk.known.len()).map_err(Error::internal)?);
            if store::advance(tx.conn, &run, &last, done, told, tx.now())? == 0 {
                return Err(gone_on());
            }
            Ok(store::find(tx.conn, &run.id)?.map_or(Step::Lost, Step::Moved))
        })
        .await
}

/// Tells what differs; gives how many.
fn tell_moved(tx: &mut Tx<'_>, app: &Credit, chunk: &Chunk) -> Result<i64> {
    let (since, _) = feed::subjects(tx.conn, chunk.position, i64::MAX)?;
    let mut told = 0_i64;
    for (known, moved) in chunk.known.iter().zip(&chunk.moved) {
        if since.binary_search_by(|code| code.as_str().cmp(known.uscc.as_str())).is_ok() {
            // Something was said about it after the snapshot.
            if let Some(stored) = enterprise::store::find(tx.conn, &known.uscc)? {
                score::actions::refresh(tx, &app.models, &stored.enterprise, BY)?;
            }
            told = told.saturating_add(1);
        } else if let Some(Moved { line, form, facts }) = moved {
            measure::actions::refresh(tx, facts, line, BY)?;
            score::actions::retell(tx, line, form, BY)?;
            told = told.saturating_add(1);
        }
    }
    Ok(told)
}

/// Rolls the chunk back: another replica did it already.
fn gone_on() -> Error {
    Error::conflict(
        common::error::Code::ETAG_MISMATCH,
        model::text::Text::new("该任务已由另一进程继续。", "Another process went on with it."),
    )
}
