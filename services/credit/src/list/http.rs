//! `GET /lists/{kind}` and the worklist `GET /listings/due`. Not here: the public page of a list.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use chrono::Datelike;
use common::{
    db::Db,
    error::{Error, Problems, Result},
    http::{
        page::{Cursor, Limit, Page},
        param,
        query::Query,
    },
    token::Caller,
};
use contracts::credit::{ListKind, Listing};
use model::{
    instant::{Day, Instant},
    period::DueReason,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::{self, Entry};
use crate::{Credit, listing::http::authority, listing_condition::rules::report_due_on};

/// On which day, which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// The day, or an instant of it; today where nothing is said.
    #[param(example = "2026-06-01")]
    as_of: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Who stands on a list, and why.
#[derive(Serialize, ToSchema)]
pub struct ListEntry {
    enterprise: String,
    name: String,
    /// The fact by which it stands.
    fact: String,
    /// The listing behind it; none where it comes from elsewhere.
    listing: Option<String>,
    /// `listing` of this platform, or `fact` from elsewhere.
    source: &'static str,
    /// Code of the ground, for listings of this platform.
    ground: Option<String>,
    /// The ground as it was written.
    ground_text: Option<String>,
    authority: String,
    document_no: Option<String>,
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// The last day; `null` while it is open.
    #[schema(value_type = Option<String>, format = Date)]
    to: Option<Day>,
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
pub struct ListPage {
    items: Vec<ListEntry>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

/// One page of the worklist.
#[derive(Serialize, ToSchema)]
pub struct DueListingPage {
    items: Vec<DueListing>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

fn show(entry: Entry) -> Result<ListEntry> {
    let detail: Listing = serde_json::from_str(&entry.detail).map_err(Error::internal)?;
    Ok(ListEntry {
        enterprise: entry.enterprise,
        name: entry.name,
        fact: entry.fact,
        source: if entry.listing.is_some() { "listing" } else { "fact" },
        listing: entry.listing,
        ground: entry.ground,
        ground_text: detail.ground,
        authority: entry.authority,
        document_no: entry.document_no,
        from: entry.from,
        to: entry.to,
    })
}

struct Asked {
    day: Day,
    limit: i64,
    cursor: Option<String>,
}

fn asked(query: Query<ListQuery>, now: Instant) -> Result<Asked> {
    let (query, mut bad) = query.into_parts();
    let day = param::instant("as_of", query.as_of.as_deref(), now, &mut bad).cut_off_day();
    let limit = Limit::parse(query.limit.as_deref()).unwrap_or_else(|error| {
        bad.push(error);
        1
    });
    param::refuse(bad)?;
    Ok(Asked { day, limit, cursor: query.cursor })
}

/// Read who stands on a list on a day.
#[utoipa::path(params(("kind" = ListKind, Path, description = "The list.", example = "serious_violation"), ListQuery), responses((status = OK, body = ListPage, description = "One page, in the order of the codes."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/lists/{kind}")]
pub(crate) async fn read_list(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    path: Path<String>,
    query: Query<ListQuery>,
) -> Result<HttpResponse> {
    let kind = ListKind::ALL.into_iter().find(|kind| kind.as_str() == path.as_str());
    let kind = kind.ok_or_else(|| Error::not_found("list", path.as_str()))?;
    let Asked { day, limit, cursor } = asked(query, app.clock.now())?;
    let after = cursor.as_deref().map(|cursor| Cursor::decode(cursor, 2)).transpose()?.and_then(|cursor| {
        let mut parts = cursor.0.into_iter();
        parts.next().zip(parts.next())
    });
    let found = db.read(move |conn| store::standing(conn, kind, day, after, limit)).await?;
    let page = Page::cut(found, limit, |entry| Cursor::after([entry.decided_about.clone(), entry.fact.clone()]));
    let items = page.items.into_iter().map(show).collect::<Result<Vec<_>>>()?;
    Ok(Page { items, next_cursor: page.next_cursor }.respond(&req))
}

/// An enterprise whose annual report is missing.
#[derive(Serialize, ToSchema)]
pub struct DueListing {
    enterprise: String,
    /// The year reported on.
    year: i32,
    /// The last day for the report.
    #[schema(value_type = String, format = Date)]
    report_due_on: Day,
    /// The last day for listing it; `null` while it cannot be counted.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Day>,
    /// Why it cannot be counted: `calendar_missing` until the operator adds the year.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "calendar_missing")]
    reason: Option<DueReason>,
    /// Whether that day is over.
    overdue: bool,
}

/// List the enterprises due to be listed because their annual report is missing; a page may be short and not the last.
#[utoipa::path(params(ListQuery), responses((status = OK, body = DueListingPage, description = "One page, in the order of the codes."), Problems), security(("oauth2" = ["credit:decide"])))]
#[get("/listings/due")]
pub(crate) async fn list_due_listings(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    query: Query<ListQuery>,
) -> Result<HttpResponse> {
    authority(&caller)?;
    let Asked { day, limit, cursor } = asked(query, app.clock.now())?;
    let after = cursor.as_deref().map(|cursor| Cursor::decode(cursor, 1)).transpose()?.and_then(|cursor| cursor.0.into_iter().next());
    let Some(regime) = app.lists.on(ListKind::AbnormalOperation, day) else {
        return Ok(Page::<DueListing> { items: Vec::new(), next_cursor: None }.respond(&req));
    };
    // The last year whose report should be there by now.
    let years = [day.year().saturating_sub(1), day.year().saturating_sub(2)];
    let last = years.into_iter().find_map(|year| report_due_on(&regime.value, year).filter(|last| *last < day).map(|last| (year, last)));
    let clock = regime.value.annual_report.as_ref().zip(last);
    let Some((clock, (year, report_due_on))) = clock else {
        return Ok(Page::<DueListing> { items: Vec::new(), next_cursor: None }.respond(&req));
    };
    let due = clock.period.due(report_due_on, &app.calendars.current());
    let established_by = Day::from_ymd_opt(year, 12, 31).unwrap_or(day);
    let most = usize::try_from(limit).unwrap_or(1);
    let found = db.read(move |conn| store::without_report(conn, year, established_by, &after.unwrap_or_default(), most)).await?;
    let overdue = due.due_on.is_some_and(|last| last < day);
    let item = |enterprise| DueListing { enterprise, year, report_due_on, due_on: due.due_on, reason: due.reason, overdue };
    let next_cursor = found.1.map(|last| Cursor::after([last]).encode());
    Ok(Page { items: found.0.into_iter().map(item).collect(), next_cursor }.respond(&req))
}
