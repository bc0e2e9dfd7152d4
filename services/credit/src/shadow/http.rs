//! A shadow run on HTTP: begin one, read how far the last one is. Not here: the job, `actions.rs`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Conn, Db},
    error::{Error, Problems, Result},
    http::{json::Body, once},
    token::{Caller, Role},
};
use contracts::credit::ModelRef;
use model::{
    fault::FieldFault,
    instant::{Day, Instant, parse_day},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    actions,
    rules::Report,
    store::{self, Run},
};
use crate::{
    Credit,
    model_version::{
        self,
        actions::refused,
        http::{authority, place},
        rules::Refusal,
    },
};

/// The sparsest sample.
const MOST_SPARSE: i64 = 10_000;

/// What to compare.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShadow {
    /// The day on which everyone is compared with the model in force then; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date, example = "2026-06-01")]
    as_of: Option<String>,
    /// One of so many enterprises, in the order of the codes and so spread over the divisions; everyone where nothing is said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10000, example = 1)]
    one_in: Option<i64>,
}

/// A draft held against the model in force.
#[derive(Serialize, ToSchema)]
pub struct ShadowView {
    /// `shd_…`.
    id: String,
    /// The draft.
    model: ModelRef,
    /// The state of the draft that was compared.
    revision: i64,
    /// Whether the draft still is as it was compared.
    is_current: bool,
    /// The model in force on that day.
    against: ModelRef,
    #[schema(value_type = String, format = Date)]
    as_of: Day,
    /// One of so many enterprises is compared.
    one_in: i64,
    /// `running`, `done`, or `abandoned` because the draft was changed.
    state: String,
    /// How many enterprises it has passed.
    done: i64,
    /// How many there were when it began.
    total: i64,
    #[schema(value_type = String, format = DateTime)]
    started_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Instant>,
    /// What was found so far.
    report: Report,
}

fn show(conn: &mut Conn, app: &Credit, run: &Run) -> Result<ShadowView> {
    let version = u32::try_from(run.version).map_err(Error::internal)?;
    let draft = model_version::store::find(conn, &run.model, version)?;
    Ok(ShadowView {
        id: run.id.clone(),
        model: ModelRef { id: run.model.clone(), version },
        revision: run.revision,
        is_current: draft.is_some_and(|draft| draft.revision == run.revision),
        against: app.models.here(conn)?.on(run.as_of, Instant::from_micros(i64::MAX)).reference(),
        as_of: run.as_of,
        one_in: run.one_in,
        state: run.state.clone(),
        done: run.done,
        total: run.total,
        started_at: Instant::from_naive_utc(run.started_at),
        finished_at: run.finished_at.map(Instant::from_naive_utc),
        report: store::report(run)?,
    })
}

fn read(new: &NewShadow, today: Day) -> Result<(Day, i64)> {
    let mut faults = Vec::new();
    let as_of = new.as_of.as_deref().map(parse_day).transpose().unwrap_or_else(|fault| {
        faults.push(FieldFault::of("/as_of", fault));
        None
    });
    let one_in = new.one_in.unwrap_or(1);
    if !(1..=MOST_SPARSE).contains(&one_in) {
        let (zh, en) = (format!("应为 1 到 {MOST_SPARSE}。"), format!("Must be from 1 to {MOST_SPARSE}."));
        faults.push(FieldFault::rule("/one_in", "out_of_range", zh, en));
    }
    if faults.is_empty() { Ok((as_of.unwrap_or(today), one_in)) } else { Err(faults.into()) }
}

/// Hold a draft against the model in force: how many grades would flip, by grade, division and industry.
#[utoipa::path(
    request_body = NewShadow,
    params(
        ("id" = String, Path, description = "The name of the model.", example = "quality-credit"),
        ("version" = u32, Path, description = "Its version.", example = 2),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again."),
    ),
    responses((status = ACCEPTED, body = ShadowView, description = "It has begun; read it again for its progress."), Problems),
    security(("oauth2" = ["credit:decide"]))
)]
#[post("/models/{id}/versions/{version}/shadow")]
pub(crate) async fn create_shadow(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
    body: Body<NewShadow>,
) -> Result<HttpResponse> {
    authority(&caller)?;
    let (id, version) = place(path.into_inner())?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let (as_of, one_in) = read(&body, app.clock.now().day())?;
    let inner = Arc::clone(&app);
    let answer = db.write_once(key, move |tx| {
        let run = actions::begin(tx, &inner, &id, version, as_of, one_in)?;
        let body = serde_json::to_string(&show(tx.conn, &inner, &run)?).map_err(Error::internal)?;
        Ok(Answer { status: 202, etag: None, location: Some(format!("/credit/v1/models/{id}/versions/{version}/shadow")), body })
    });
    let answer = answer.await?;
    app.long_work.notify_waiters();
    Ok(once::respond(&answer))
}

/// Read the last shadow run of a draft, also while it is under way.
#[utoipa::path(
    params(("id" = String, Path, description = "The name of the model.", example = "quality-credit"), ("version" = u32, Path, description = "Its version.", example = 2)),
    responses((status = OK, body = ShadowView, description = "Its progress and what it found."), Problems),
    security(("oauth2" = ["credit:read"]))
)]
#[get("/models/{id}/versions/{version}/shadow")]
pub(crate) async fn read_shadow(app: Data<Credit>, db: Data<Db>, caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse> {
    let (id, version) = place(path.into_inner())?;
    // A draft is shown to authorities only, and so is what it would do.
    if caller.role() != Role::Authority {
        return Err(refused(Refusal::Missing, &id, version));
    }
    let view = db.read(move |conn| {
        let run = store::last(conn, &id, version)?.ok_or_else(|| Error::not_found("shadow run", format!("of {id}@{version}")))?;
        show(conn, &app, &run)
    });
    Ok(HttpResponse::Ok().json(view.await?))
}
