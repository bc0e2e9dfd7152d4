//! `GET /enterprises/{uscc}/history`, which answers for a merged enterprise as well. Not here: what counts as a change, `rules.rs`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Problems, Result},
    http::{
        page::{self, Cursor, Page, bad_cursor},
        param,
        query::Query,
    },
};
use model::instant::Instant;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    rules::{Change, changes},
    store::{self, Version},
};
use crate::fact::actions::unknown;

/// A version of the register entry.
#[derive(Serialize, ToSchema)]
pub struct VersionView {
    /// Counted from 1.
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// The client that recorded it.
    recorded_by: String,
    /// What differs from the version before; everything in the first one.
    changes: Vec<Change>,
}

/// One page of versions.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is shown; `Page` is answered")]
pub struct HistoryPage {
    /// The oldest version first.
    items: Vec<VersionView>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

/// Which versions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct HistoryQuery {
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Read the versions of a register entry: what changed, when and by whom it was recorded.
#[utoipa::path(params(("uscc" = String, Path, description = "The Unified Social Credit Code.", example = "914404001000000590"), HistoryQuery), responses((status = OK, body = HistoryPage, description = "One page, the oldest version first."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/enterprises/{uscc}/history")]
pub(crate) async fn list_enterprise_versions(
    db: Data<Db>,
    req: HttpRequest,
    path: Path<String>,
    query: Query<HistoryQuery>,
) -> Result<HttpResponse> {
    let uscc = param::uscc(&path)?;
    let (query, bad) = query.into_parts();
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let after = after.map_or(Ok(0), |part| part.parse::<i64>().map_err(|_bad| bad_cursor()))?;
    // The last version of the page before is what the first of this one is compared with.
    let found = db.read(move |conn| {
        let found = store::versions(conn, &uscc, after, limit.saturating_add(2))?;
        if found.is_empty() { Err(unknown(&uscc)) } else { Ok(found) }
    });
    let page = Page::cut(compared(&found.await?, after), limit, |view| Cursor::after([view.version.to_string()]));
    Ok(page.respond(&req))
}

fn compared(found: &[Version], after: i64) -> Vec<VersionView> {
    let before = found.iter().map(Some);
    let pairs = std::iter::once(None).chain(before).zip(found).filter(|(_, version)| version.version > after);
    let views = pairs.map(|(before, version)| VersionView {
        version: version.version,
        recorded_at: version.recorded_at,
        recorded_by: version.recorded_by.clone(),
        changes: changes(before.map(|before| &before.enterprise), &version.enterprise),
    });
    views.collect()
}
