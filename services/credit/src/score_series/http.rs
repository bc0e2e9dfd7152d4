//! `GET /enterprises/{uscc}/score/series`. Not here: what a change is, `rules.rs`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{FieldError, Problems, Result},
    http::{
        page::{self, Cursor, Page, bad_cursor},
        param,
        query::Query,
    },
};
use model::{
    instant::{Day, parse_day},
    text::Text,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::rules::{Change, changes};
use crate::{
    Credit, enterprise,
    evaluation::rules::EnterpriseView,
    fact::{self, actions::unknown},
    timeline::rules::timeline,
};

/// From when to when, and by which knowledge.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SeriesQuery {
    /// Changes on this day or later.
    #[param(example = "2026-01-01")]
    from: Option<String>,
    /// Changes on this day or earlier; also days to come, for what is known now.
    #[param(example = "2026-12-31")]
    to: Option<String>,
    /// What the platform knew at this instant; now where nothing is said.
    #[param(example = "2026-06-01T09:30:00+08:00")]
    known_at: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A page of changes.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a page answers; this names its schema")]
pub struct ScoreChangePage {
    items: Vec<Change>,
    next_cursor: Option<String>,
}

/// List how the score of an enterprise changes, each change with its causes and the points of each indicator.
#[utoipa::path(
    params(("uscc" = String, Path, description = "The Unified Social Credit Code.", example = "914404001000000590"), SeriesQuery),
    responses((status = OK, body = ScoreChangePage, description = "One page, oldest first."), Problems),
    security(("oauth2" = ["credit:read"]))
)]
#[get("/enterprises/{uscc}/score/series")]
pub(crate) async fn list_changes(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    path: Path<String>,
    query: Query<SeriesQuery>,
) -> Result<HttpResponse> {
    let (uscc, now) = (param::uscc(&path)?, app.clock.now());
    let (query, mut bad) = query.into_parts();
    let from = param::day("from", query.from.as_deref(), &mut bad).unwrap_or(Day::MIN);
    let to = param::day("to", query.to.as_deref(), &mut bad).unwrap_or(Day::MAX);
    if from > to {
        bad.push(FieldError::new("?to", "bad_parameter", Text::new("不得早于 from。", "Must not lie before from.")));
    }
    let known_at = param::instant("known_at", query.known_at.as_deref(), now, &mut bad).min(now);
    let (limit, cursor) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let after = cursor.map(|day| parse_day(&day).map_err(|_unreadable| bad_cursor())).transpose()?;
    let begins = after.and_then(|day| day.succ_opt()).map_or(from, |day| day.max(from));
    let (inner, most) = (Arc::clone(&app), usize::try_from(limit).unwrap_or(1).saturating_add(1));
    let found = db.read(move |conn| {
        let stored = enterprise::store::find_known_at(conn, &uscc, known_at)?.ok_or_else(|| unknown(&uscc))?;
        let facts = fact::store::known(conn, &uscc, known_at)?;
        let view = EnterpriseView { established_on: stored.enterprise.established_on, status: stored.enterprise.status };
        let windows = inner.models.here(conn)?.windows(known_at);
        let line = timeline(&windows, &uscc, view, &facts);
        Ok(changes(&windows, &line, view, &facts, (begins, to), most))
    });
    let page = Page::cut(found.await?, limit, |change: &Change| Cursor::after([change.on.to_string()]));
    Ok(page.respond(&req))
}
