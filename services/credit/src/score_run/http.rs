//! How far the runs are, on HTTP. Not here: the job, `actions.rs`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Error, Problems, Result},
    http::{
        page::{self, Cursor, Page},
        query::Query,
    },
};
use contracts::credit::ModelRef;
use model::{fault::FieldFault, id::Id, instant::Instant};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::{self, Run};

/// A run over every enterprise after a model was published.
#[derive(Serialize, ToSchema)]
pub struct RunView {
    /// `run_…`.
    id: String,
    /// The model whose publication began it.
    model: ModelRef,
    /// `running`, `done`, or `superseded` by the publication of another model.
    state: String,
    /// How many enterprises are scored.
    done: i64,
    /// How many of them have another timeline than before.
    told: i64,
    /// How many there were when it began; those registered since are scored by the new model anyway.
    total: i64,
    /// Enterprises a minute, so far.
    rate_per_minute: i64,
    #[schema(value_type = String, format = DateTime)]
    started_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Instant>,
}

impl From<&Run> for RunView {
    fn from(run: &Run) -> Self {
        let (started, moved) = (Instant::from_naive_utc(run.started_at), Instant::from_naive_utc(run.moved_at));
        let millis = moved.since_millis(started).max(1);
        Self {
            id: run.id.clone(),
            model: ModelRef { id: run.model.clone(), version: u32::try_from(run.version).unwrap_or(0) },
            state: run.state.clone(),
            done: run.done,
            told: run.told,
            total: run.total,
            rate_per_minute: run.done.saturating_mul(60_000).checked_div(millis).unwrap_or(0),
            started_at: started,
            finished_at: run.finished_at.map(Instant::from_naive_utc),
        }
    }
}

/// Where to read from.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RunsQuery {
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the runs that scored everyone again, latest first.
#[utoipa::path(params(RunsQuery), responses((status = OK, body = Page<RunView>, description = "One page, latest first."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/scores/runs")]
pub(crate) async fn list_runs(db: Data<Db>, req: HttpRequest, query: Query<RunsQuery>) -> Result<HttpResponse> {
    let (query, bad) = query.into_parts();
    let (limit, before) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let found = db.read(move |conn| store::list(conn, before, limit)).await?;
    let page = Page::cut(found, limit, |run| Cursor::after([run.id.clone()]));
    Ok(page.map(|run| RunView::from(&run)).respond(&req))
}

/// Read how far a run is.
#[utoipa::path(params(("id" = String, Path, description = "The id of the run.", example = "run_01JD0000000000000000000000")), responses((status = OK, body = RunView, description = "The run."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/scores/runs/{id}")]
pub(crate) async fn read_run(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = Id::parse("run", &path).map(|id| id.to_string()).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))?;
    let run = db.read(move |conn| store::find(conn, &id)?.ok_or_else(|| Error::not_found("run", &id))).await?;
    Ok(HttpResponse::Ok().json(RunView::from(&run)))
}
