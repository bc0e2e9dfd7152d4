//! Use cases of imports: keep an arriving file, and work it off chunk by chunk; the place in the file and its effect are one transaction, so that a
//! restart neither loses nor doubles a row. Not here: the request, `http.rs`; what a row means, `row`.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use common::{
    db::{Conn, Tx},
    error::{Error, FieldError, Kind, Result},
    stop::stopping,
    token::Role,
};
use model::{
    text::{Lang, Text},
    uscc::Uscc,
};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use super::{
    rules::State,
    store::{self, Import, Refusal},
};
use crate::{
    Credit,
    draft::rules::Draft,
    fact::{actions::Actor, http::permit},
    intake::actions::record_in,
    kept_file::actions::{Piece, Row, read},
    name_key::store::Within,
    row::rules::{Assembled, Plan},
    script::rules::folded,
    search::{self, rules::Hit},
};

/// A reader counts as alive so long after its last chunk.
const LEASE_MS: i64 = 3_000;
/// Other replicas' uploads and readers that died are seen this often.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A failing database is asked again after so long.
const PAUSE: Duration = Duration::from_millis(250);
/// A chunk that fails for another reason is tried so often.
const TRIES: u32 = 3;
/// Parts of an upload that never ended are kept so long.
const ORPHANS_MS: i64 = 60 * 60 * 1_000;

/// Works off what waits, for as long as the process lives.
pub async fn follow(app: Arc<Credit>) {
    let mut looks = 0_u64;
    while !stopping() {
        // Now and then, and at the start: what an upload left behind that never ended.
        if looks.is_multiple_of(7_200)
            && let Err(error) = app.db.write(|tx| store::forget_orphans(tx.conn, tx.now().plus_millis(-ORPHANS_MS))).await
        {
            tracing::warn!(cause = %error, "parts of broken uploads are still kept");
        }
        looks = looks.saturating_add(1);
        match claim(&app).await {
            Ok(Some(import)) => work(&app, import).await,
            Ok(None) => drop(tokio::time::timeout(LOOK_EVERY, app.imports.notified()).await),
            Err(error) => {
                tracing::warn!(cause = %error, "imports cannot be worked off right now");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Takes the oldest import that nobody reads.
async fn claim(app: &Arc<Credit>) -> Result<Option<Import>> {
    let now = app.clock.now();
    if app.db.read(move |conn| store::waiting(conn, now)).await?.is_none() {
        return Ok(None);
    }
    app.db
        .write(|tx| {
            let Some(mut import) = store::waiting(tx.conn, tx.now())? else { return Ok(None) };
            import.state = State::Running.as_str().to_owned();
            import.started_at = import.started_at.or(Some(tx.now().naive_utc()));
            import.worker = Some(tx.id("wrk"));
            import.alive_until = Some(tx.now().plus_millis(LEASE_MS).naive_utc());
            store::save(tx.conn, &import)?;
            Ok(Some(import))
        })
        .await
}

/// Reads an import from where it stands to its end.
async fn work(app: &Arc<Credit>, import: Import) {
    let (pieces, mut arriving) = mpsc::channel(2);
    let (db, of) = (app.db.clone(), import.clone());
    let reading = tokio::task::spawn_blocking(move || {
        if let Err(error) = read(&db, &of, &pieces) {
            // The receiver is gone only when the import is.
            drop(pieces.blocking_send(Piece::Failed(error)));
        }
    });
    let outcome = record(app, import.clone(), &mut arriving).await;
    // Nobody listens any more, so the thread ends with its next piece.
    drop(arriving);
    if reading.await.is_err() {
        tracing::error!(import = import.id, "the reading thread broke");
    }
    match outcome {
        Ok(true) => {}
        Ok(false) => tracing::info!(import = import.id, "another reader goes on with this import"),
        Err(error) => tracing::warn!(import = import.id, cause = %error, "an import waits for its next reader"),
    }
}

/// Records what the thread reads; `false` when another reader took over.
async fn record(app: &Arc<Credit>, mut import: Import, arriving: &mut mpsc::Receiver<Piece>) -> Result<bool> {
    let mut plan = None;
    while let Some(piece) = arriving.recv().await {
        match (piece, &plan) {
            (Piece::Begun(begun), _) => plan = Some(Arc::new(*begun)),
            (Piece::Rows(rows, progress), Some(plan)) => match persist(app, &import, plan, rows, progress).await? {
                Some(after) => import = after,
                None => return Ok(false),
            },
            (Piece::Rows(..), None) => return Err(Error::internal("rows before a header")),
            // What the database says now it may not say again: the next reader tries.
            (Piece::Failed(error), _) if error.status() >= 500 => return Err(error),
            (Piece::Failed(error), _) => return end(app, import, Some(error)).await,
        }
        if stopping() {
            return Err(Error::internal("the process was told to stop"));
        }
    }
    end(app, import, None).await
}

/// Ends an import and forgets its file.
async fn end(app: &Arc<Credit>, import: Import, failure: Option<Error>) -> Result<bool> {
    let state = if failure.is_some() { State::Failed } else { State::Done };
    let failure = failure.map(|error| both(&import.id, None, &error, None)).map(|(zh, en)| json!({"zh": zh, "en": en}).to_string());
    app.db
        .write(move |tx| {
            let Some(mut now) = held(tx, &import)? else { return Ok(false) };
            now.state = state.as_str().to_owned();
            now.failure.clone_from(&failure);
            now.finished_at = Some(tx.now().naive_utc());
            now.progress = if state == State::Done { 1_000 } else { now.progress };
            (now.worker, now.alive_until) = (None, None);
            store::save(tx.conn, &now)?;
            store::forget(tx.conn, &now.id)?;
            Ok(true)
        })
        .await
}

/// The import as it stands, if nobody else has moved it: whoever records a chunk first goes on, so that two slow readers never undo each other.
fn held(tx: &mut Tx<'_>, import: &Import) -> Result<Option<Import>> {
    let stands = store::find(tx.conn, &import.id)?;
    Ok(stands.filter(|stands| stands.state == State::Running.as_str() && stands.row_cursor == import.row_cursor))
}

/// Records a chunk, again and again while the database does not answer.
async fn persist(app: &Arc<Credit>, import: &Import, plan: &Arc<Plan>, rows: Vec<Row>, progress: i32) -> Result<Option<Import>> {
    let (rows, mut tries) = (Arc::new(rows), 0);
    loop {
        match chunk(app, import, plan, Arc::clone(&rows), progress).await {
            Err(error) if stopping() => return Err(error),
            Err(error) if error.kind() == Kind::Unavailable || tries < TRIES => {
                tries = tries.saturating_add(1);
                tracing::warn!(import = import.id, cause = %error, "a chunk of an import could not be recorded");
                tokio::time::sleep(PAUSE).await;
            }
            other => return other,
        }
    }
}

/// One chunk: what can be read is recorded, the rest is refused, and the place in the file moves, all at once.
async fn chunk(app: &Arc<Credit>, import: &Import, plan: &Arc<Plan>, rows: Arc<Vec<Row>>, progress: i32) -> Result<Option<Import>> {
    let actor = actor(import)?;
    let names = named(app, plan, &rows).await?;
    let today = app.clock.now().day();
    let (mut numbers, mut drafts, mut refused): (Vec<u64>, Vec<Draft>, Vec<Refusal>) = (Vec::new(), Vec::new(), Vec::new());
    for (number, cells) in rows.iter() {
        let judged = match cells {
            Err(error) => Err(refusal(&import.id, *number, error, plan, None)),
            Ok(cells) => {
                let draft =
                    found(plan.assemble(cells), &names).and_then(|row| Ok(row.judge(today)?)).and_then(|draft| permit(app, draft, &actor));
                draft.map_err(|error| refusal(&import.id, *number, &error, plan, Some(cells)))
            }
        };
        match judged {
            Ok(draft) => {
                numbers.push(*number);
                drafts.push(draft);
            }
            Err(refusal) => refused.push(refusal),
        }
    }
    let last = rows.last().map_or(import.row_cursor, |(number, _)| i64::try_from(*number).unwrap_or(i64::MAX));
    let (app, plan, import, db) = (Arc::clone(app), Arc::clone(plan), import.clone(), app.db.clone());
    db.write(move |tx| {
        let Some(mut now) = held(tx, &import)? else { return Ok(None) };
        let outcomes = record_in(tx, &app, &drafts, &actor)?;
        let mut refusals = refused.clone();
        for (number, outcome) in numbers.iter().zip(outcomes) {
            match outcome {
                Ok(answer) if answer.status == 201 => now.created = now.created.saturating_add(1),
                Ok(_) => now.same = now.same.saturating_add(1),
                Err(error) => {
                    let cells = rows.iter().find(|(known, _)| known == number).and_then(|(_, cells)| cells.as_ref().ok());
                    refusals.push(refusal(&import.id, *number, &error, &plan, cells.map(Vec::as_slice)));
                }
            }
        }
        store::insert_refusals(tx.conn, &refusals)?;
        now.refused = now.refused.saturating_add(i64::try_from(refusals.len()).unwrap_or(0));
        (now.row_cursor, now.progress) = (last, progress);
        now.alive_until = Some(tx.now().plus_millis(LEASE_MS).naive_utc());
        store::save(tx.conn, &now)?;
        Ok(Some(now))
    })
    .await
}

fn actor(import: &Import) -> Result<Actor> {
    let role = Role::named(&import.role).ok_or_else(|| Error::internal(format!("no role: {}", import.role)))?;
    Ok(Actor { client: import.client.clone(), organisation: Uscc::parse(&import.organisation)?, role })
}

/// The enterprises that the names of these rows mean, each name once.
async fn named(app: &Arc<Credit>, plan: &Plan, rows: &[Row]) -> Result<BTreeMap<String, Vec<String>>> {
    let names = rows.iter().filter_map(|(_, cells)| plan.assemble(cells.as_ref().ok()?).by_name);
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    app.db.read(move |conn| names.into_iter().map(|name| Ok((name.clone(), bearing(conn, &name)?))).collect()).await
}

/// The enterprises whose present full name this is, whatever its script and width.
fn bearing(conn: &mut Conn, name: &str) -> Result<Vec<String>> {
    let asked = folded(name);
    let hits = search::actions::find(conn, name, &Within::default())?.into_iter();
    let bears = |hit: &Hit| hit.matched.iter().any(|matched| matched.kind == "current" && folded(&matched.name) == asked);
    Ok(hits.filter(bears).map(|hit| hit.code).collect())
}

/// The row with its enterprise; a name counts only where exactly one enterprise bears it.
fn found(row: Assembled, names: &BTreeMap<String, Vec<String>>) -> Result<Assembled> {
    let Some(name) = row.by_name.clone() else { return Ok(row) };
    match names.get(&name).map(Vec::as_slice) {
        Some([only]) => Ok(row.about(&Uscc::parse(only)?)),
        Some([_, ..]) => {
            let (zh, en) = ("不止一家企业使用该名称，请填写统一社会信用代码。", "More than one enterprise bears this name; give its code.");
            let mut faults = row.faults;
            faults.push(FieldError::rule("/enterprise", "enterprise_ambiguous", zh, en));
            Err(faults.into())
        }
        Some([]) | None if row.faults.is_empty() => {
            let (zh, en) =
                (format!("这里没有登记名为“{name}”的企业。"), format!("No enterprise of the name \"{name}\" is registered here."));
            Err(unnamed(Text::new(zh, en)))
        }
        Some([]) | None => Err(row.faults.into()),
    }
}

fn unnamed(detail: Text) -> Error {
    Error::new(Kind::NotFound, common::error::Code::ENTERPRISE_UNKNOWN, detail.clone()).with_errors(vec![FieldError::new(
        "/enterprise",
        "enterprise_unknown",
        detail,
    )])
}

/// A refused row as it is kept.
fn refusal(import: &str, number: u64, error: &Error, plan: &Plan, cells: Option<&[String]>) -> Refusal {
    let (zh, en) = both(import, Some(number), error, Some(plan));
    Refusal {
        import: import.to_owned(),
        row_number: i64::try_from(number).unwrap_or(i64::MAX),
        status: i32::from(error.status()),
        zh: zh.to_string(),
        en: en.to_string(),
        cells: Value::Object(cells.map_or_else(Map::new, |cells| plan.kept(cells))).to_string(),
    }
}

/// The problem document in both languages, with the row and the column behind each fault.
fn both(import: &str, row: Option<u64>, error: &Error, plan: Option<&Plan>) -> (Value, Value) {
    let document = |lang| {
        let mut document = error.document(lang, &format!("/credit/v1/imports/{import}"), import);
        if let (Value::Object(members), Some(row)) = (&mut document, row) {
            members.insert("row".to_owned(), json!(row));
        }
        for fault in document.get_mut("errors").and_then(Value::as_array_mut).into_iter().flatten() {
            let column = fault.get("pointer").and_then(Value::as_str).and_then(|pointer| plan?.column_of(pointer));
            if let (Value::Object(members), Some(column)) = (fault, column) {
                members.insert("column".to_owned(), json!(column));
            }
        }
        document
    };
    (document(Lang::Zh), document(Lang::En))
}
