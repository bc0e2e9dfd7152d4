//! Listings on HTTP: read and list. Not here: `POST /listings`, `listing_proposal`; the steps after it, `listing_step`; who stands on a list, `list`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::{Answer, Conn, Db, Tx},
    error::{Code, Error, Problems, Result},
    http::{
        page::{self, Cursor, Page},
        param,
        precondition::{ETag, not_modified},
        query::Query,
    },
    token::{Caller, Role},
};
use contracts::credit::{ListKind, ListingState};
use model::{
    fault::FieldFault,
    id::Id,
    instant::{Day, Instant},
    period::DueReason,
    text::{Lang, Text},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{is_about, may_see, verbs},
    rules::{Case, Done, Next, allowed, next_due},
    store::{self, Search},
};
use crate::{
    Credit,
    fact::{self, actions::Actor, http::actor},
    listing_condition::rules::{Findings, ground_gone},
    listing_policy::rules::Level,
};

/// A listing and how far it has come.
#[derive(Serialize, ToSchema)]
pub struct ListingView {
    /// `lst_…`.
    #[schema(example = "lst_01JD0000000000000000000000")]
    id: String,
    list: ListKind,
    enterprise: String,
    authority: String,
    level: Level,
    /// Code of the ground.
    ground: String,
    /// The same for people.
    ground_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    year: Option<i32>,
    circumstances: Vec<String>,
    fact_ids: Vec<String>,
    /// Where it stands on the day asked for, time included.
    state: ListingState,
    /// What can be done next.
    allowed: Vec<&'static str>,
    /// The day of publication.
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// The last day on the list; `null` while it is open.
    #[schema(value_type = Option<String>, format = Date)]
    to: Option<Day>,
    /// The fact it left in the integrity file.
    fact: Option<String>,
    /// What is due next.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<ListingDue>,
    /// The version of the table of steps that it follows: the day from which that holds.
    #[schema(value_type = String, format = Date)]
    rule_from: Day,
    history: Vec<StepView>,
    /// Counted from 1; also the `ETag`.
    version: i64,
}

/// What is due next, and by when.
#[derive(Serialize, ToSchema)]
pub struct ListingDue {
    step: &'static str,
    text: String,
    #[schema(value_type = String, format = Date)]
    event_on: Day,
    /// The last day; `null` while it cannot be counted.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Day>,
    /// Why it cannot be counted: `calendar_missing` until the operator adds the year.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "calendar_missing")]
    reason: Option<DueReason>,
    /// Whether that day is over.
    overdue: bool,
}

/// A step that was taken.
#[derive(Serialize, ToSchema)]
#[schema(as = ListingStepView)]
pub struct StepView {
    step: &'static str,
    #[schema(value_type = String, format = Date)]
    on: Day,
    state: ListingState,
    document_no: Option<String>,
    statement: Option<String>,
    /// Why it was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Who consented.
    #[serde(skip_serializing_if = "Option::is_none")]
    authority: Option<String>,
    organisation: String,
}

impl From<&Done> for StepView {
    fn from(done: &Done) -> Self {
        let Done { step, on, state, document_no, statement, reason, authority, organisation } = done.clone();
        Self { step: step.as_str(), on, state, document_no, statement, reason, authority, organisation }
    }
}

/// A listing as it is on a day.
///
/// # Errors
/// When the database fails.
pub(crate) fn show(app: &Credit, conn: &mut Conn, case: &Case, day: Day, lang: Lang, now: Instant) -> Result<ListingView> {
    let state = case.state_on(day).unwrap_or(ListingState::Proposed);
    let row = app.lists.on(case.list, case.rule_from);
    let ground = row.and_then(|row| row.value.ground(&case.ground));
    let mut gone = None;
    if let (ListingState::Published, Some(ground)) = (state, ground) {
        let facts = fact::store::known(conn, &case.enterprise, now)?;
        gone = ground_gone(ground, case.year, &facts, Findings::default()).map(|day| case.span.map_or(day, |span| day.max(span.from)));
    }
    let next = row.and_then(|row| next_due(&row.value, case, state, gone, &app.calendars.current()));
    Ok(ListingView {
        id: case.id.clone(),
        list: case.list,
        enterprise: case.enterprise.to_string(),
        authority: case.authority.clone(),
        level: case.level,
        ground: case.ground.clone(),
        ground_text: ground.map(|ground| ground.text.pick(lang).to_owned()),
        year: case.year,
        circumstances: case.circumstances.clone(),
        fact_ids: case.fact_ids.clone(),
        state,
        allowed: row.map_or_else(Vec::new, |row| verbs(&allowed(&row.value, state, case.level))),
        from: case.span.map(|span| span.from),
        to: case.span.and_then(|span| span.to),
        fact: case.fact.clone(),
        due: next.map(|next| due(next, day, lang)),
        rule_from: case.rule_from,
        history: case.history.iter().filter(|done| done.on <= day).map(StepView::from).collect(),
        version: case.version,
    })
}

/// The same for a reader: what was said in the proceeding is the matter of authorities and of the enterprise itself.
fn show_to(actor: &Actor, app: &Credit, conn: &mut Conn, case: &Case, day: Day, lang: Lang, now: Instant) -> Result<ListingView> {
    let mut view = show(app, conn, case, day, lang, now)?;
    if actor.role != Role::Authority && !is_about(conn, case, actor)? {
        view.history.clear();
        view.circumstances.clear();
        view.fact_ids.clear();
    }
    Ok(view)
}

fn due(next: Next, day: Day, lang: Lang) -> ListingDue {
    let overdue = next.due.due_on.is_some_and(|last| last < day);
    let text = next.text.pick(lang).to_owned();
    ListingDue { step: next.step.as_str(), text, event_on: next.event_on, due_on: next.due.due_on, reason: next.due.reason, overdue }
}

/// The answer to a write, in the transaction.
///
/// # Errors
/// When the database fails.
pub(crate) fn answer(app: &Credit, tx: &mut Tx<'_>, status: u16, case: &Case, lang: Lang) -> Result<Answer> {
    let now = tx.now();
    let view = show(app, tx.conn, case, now.day(), lang, now)?;
    let location = (status == 201).then(|| format!("/credit/v1/listings/{}", case.id));
    let body = serde_json::to_string(&view).map_err(Error::internal)?;
    Ok(Answer { status, etag: Some(ETag(case.version).to_string()), location, body })
}

/// Refuses anyone but an authority.
///
/// # Errors
/// `not_your_organisation`.
pub(crate) fn authority(caller: &Caller) -> Result<()> {
    if caller.role() == Role::Authority {
        return Ok(());
    }
    let detail = Text::new("只有主管部门可以办理。", "Only an authority may do this.");
    Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail))
}

/// On which day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListingQuery {
    /// The day, or an instant of it; today where nothing is said.
    #[param(example = "2026-06-01")]
    as_of: Option<String>,
}

/// Read a listing with its history; before publication only authorities and the enterprise itself see it.
#[utoipa::path(params(("id" = String, Path, description = "The id of the listing.", example = "lst_01JD0000000000000000000000"), ListingQuery), responses((status = OK, body = ListingView, description = "The listing."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/listings/{id}")]
pub(crate) async fn read_listing(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    query: Query<ListingQuery>,
) -> Result<HttpResponse> {
    let (id, now, actor) = (listing_id(&path)?, app.clock.now(), actor(&caller)?);
    let (query, mut bad) = query.into_parts();
    let is_today = query.as_of.is_none();
    let day = param::instant("as_of", query.as_of.as_deref(), now, &mut bad).cut_off_day();
    param::refuse(bad)?;
    let (lang, inner) = (param::language(&req), Arc::clone(&app));
    let view = db.read(move |conn| {
        let case = store::find(conn, &id)?.filter(|case| case.state_on(day).is_some()).ok_or_else(|| Error::not_found("listing", &id))?;
        if !may_see(conn, &case, now.day(), &actor)? {
            return Err(Error::not_found("listing", &id));
        }
        show_to(&actor, &inner, conn, &case, day, lang, now)
    });
    let view = view.await?;
    let tag = ETag(view.version);
    // Another day is another view of the same version.
    if is_today && not_modified(&req, view.version) {
        return Ok(HttpResponse::NotModified().insert_header(tag.header()).finish());
    }
    Ok(HttpResponse::Ok().insert_header(tag.header()).json(view))
}

/// The id of a listing in a path.
///
/// # Errors
/// 422 where it is none.
pub(crate) fn listing_id(text: &str) -> Result<String> {
    Id::parse("lst", text).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// Which listings.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListingsQuery {
    /// Only of this enterprise.
    #[param(example = "914404001000000590")]
    enterprise: Option<String>,
    /// Only on this list.
    #[param(value_type = Option<ListKind>)]
    list: Option<String>,
    /// Only in this state today.
    #[param(value_type = Option<ListingState>)]
    state: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the listings, open and past; before publication only authorities and the enterprise itself see one.
#[utoipa::path(params(ListingsQuery), responses((status = OK, body = Page<ListingView>, description = "One page, oldest first."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/listings")]
pub(crate) async fn list_listings(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    query: Query<ListingsQuery>,
) -> Result<HttpResponse> {
    let (now, actor) = (app.clock.now(), actor(&caller)?);
    let (query, mut bad) = query.into_parts();
    let uscc = query.enterprise.as_deref().map(Uscc::parse).transpose();
    let enterprise = uscc.unwrap_or_else(|fault| {
        bad.push(FieldFault::new("?enterprise", "bad_parameter", fault.detail));
        None
    });
    let list = param::word("list", query.list.as_deref(), &ListKind::ALL.map(|list| (list.as_str(), list)), &mut bad);
    let state = param::word("state", query.state.as_deref(), &ListingState::ALL.map(|state| (state.as_str(), state)), &mut bad);
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let seen_by = (actor.role != Role::Authority).then(|| actor.organisation.clone());
    let search = Search { enterprise, list, state, today: now.day(), now, seen_by, after, limit };
    let (lang, inner) = (param::language(&req), Arc::clone(&app));
    let page = db.read(move |conn| {
        let page = Page::cut(store::search(conn, &search)?, limit, |case| Cursor::after([case.id.clone()]));
        let items = page.items.iter().map(|case| show_to(&actor, &inner, conn, case, now.day(), lang, now)).collect::<Result<Vec<_>>>()?;
        Ok(Page { items, next_cursor: page.next_cursor })
    });
    Ok(page.await?.respond(&req))
}
