//! Supervision on HTTP: complain, begin a case, read, list; and the public page of what was abolished. Not here: the steps, `supervision_step`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Code, Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page, PageQuery},
        param,
        precondition::ETag,
        query::Query,
    },
    token::{Caller, Role},
};
use model::{fault::FieldFault, id::Id, instant::Day, standard_no::StandardNo, text::Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Matter},
    rules::{Breach, Case, Clock, Entry, Ground, State, Step},
    store::{self, Search, Stored},
};
use crate::{
    Standards, association::http::text, author::actions::Author, group_standard::http::TEXT_MAX, group_standard_step::http::day_of_step,
    said::rules::digest,
};

const EVIDENCE_MAX: usize = 20;

/// What is wrong with a group standard.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandardComplaint {
    /// The dated number: of an edition of the catalogue, or with the code of an association.
    #[schema(example = "T/SLXH 0012.1-2026")]
    number: String,
    /// Why.
    ground: Ground,
    /// In words.
    #[schema(example = "示例：指标低于强制性标准。")]
    text: String,
    /// Digests of what is shown, `sha256:…`; at most 20.
    #[serde(default)]
    #[schema(example = json!([]))]
    evidence: Vec<String>,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// A duty with its day.
#[derive(Serialize, ToSchema)]
pub struct SupervisionClockView {
    /// `acceptance`, `finding`, `correction` or `confirmation`.
    rule: String,
    #[schema(value_type = String, format = Date)]
    event_on: Day,
    /// The last day; `null` while the calendar of that year is not known.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Day>,
    #[schema(value_type = Option<String>, format = Date)]
    done_on: Option<Day>,
    /// Whether it was not done in time, as of today.
    is_overdue: bool,
}

impl SupervisionClockView {
    fn on(clock: Clock, today: Day) -> Self {
        let is_overdue = clock.is_overdue(today);
        let Clock { rule, event_on, due_on, done_on } = clock;
        Self { rule, event_on, due_on, done_on, is_overdue }
    }
}

/// A case about a group standard. Who complained is shown to the complainant and authorities only.
#[derive(Serialize, ToSchema)]
pub struct SupervisionView {
    /// `spv_…`.
    id: String,
    number: String,
    association: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    complainant: Option<String>,
    ground: Ground,
    /// For the complainant and authorities only.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Vec<String>>,
    state: State,
    breach: Option<Breach>,
    clocks: Vec<SupervisionClockView>,
    /// What was done, in order; to the association without the words of the complaint.
    history: Vec<Entry>,
    /// The steps that may follow.
    allowed: &'static [&'static str],
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl SupervisionView {
    fn of(stored: &Stored, author: &Author, today: Day) -> Self {
        let case = stored.case.clone();
        let sees_complaint = sees_everything(author) || case.complainant.as_ref() == Some(&author.organisation);
        let shown =
            |entry: Entry| if sees_complaint || entry.step != Step::Complain { entry } else { Entry { text: String::new(), ..entry } };
        Self {
            allowed: case.state.allowed(),
            id: case.id,
            number: case.number,
            association: case.association.map(|code| code.to_string()),
            complainant: case.complainant.filter(|_| sees_complaint).map(|code| code.to_string()),
            ground: case.ground,
            evidence: sees_complaint.then_some(case.evidence),
            state: case.state,
            breach: case.breach,
            clocks: case.clocks.into_iter().map(|clock| SupervisionClockView::on(clock, today)).collect(),
            history: case.history.into_iter().map(shown).collect(),
            version: stored.version,
        }
    }
}

const fn sees_everything(author: &Author) -> bool {
    matches!(author.role, Role::Authority | Role::Service)
}

/// A case as an answer to a party.
///
/// # Errors
/// When it cannot be written as JSON.
pub(crate) fn answer(status: u16, stored: &Stored, author: &Author, today: Day) -> Result<Answer> {
    let body = serde_json::to_string(&SupervisionView::of(stored, author, today)).map_err(Error::internal)?;
    let location = (status == 201).then(|| format!("/standards/v1/supervisions/{}", stored.case.id));
    Ok(Answer { status, etag: Some(ETag(stored.version).to_string()), location, body })
}

/// The id in a path.
///
/// # Errors
/// 422 where it is none.
pub(crate) fn supervision_id(path: &str) -> Result<String> {
    Id::parse("spv", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

fn matter(said: &StandardComplaint, today: Day, role: Role) -> Result<Matter> {
    let mut faults = Vec::new();
    let number = StandardNo::parse(&said.number).map_err(|fault| faults.push(FieldFault::of("/number", fault))).ok();
    if said.evidence.len() > EVIDENCE_MAX {
        faults.push(FieldFault::rule("/evidence", "too_many", "最多二十项。", "At most twenty."));
    }
    let shown = said.evidence.iter().enumerate();
    let evidence = shown.map(|(place, text)| digest(text, &format!("/evidence/{place}"), &mut faults)).collect();
    let text = text(&said.text, TEXT_MAX, "/text", &mut faults);
    let on = day_of_step(said.on.as_deref(), today, role, &mut faults);
    match number.filter(|_| faults.is_empty()) {
        Some(number) => Ok(Matter { number, ground: said.ground, text, evidence, on }),
        None => Err(faults.into()),
    }
}

/// What comes with a new case beside its body.
struct Opening {
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
}

async fn open(opening: Opening, body: Body<StandardComplaint>, step: Step, author: Author) -> Result<HttpResponse> {
    let Opening { app, db, req, caller } = opening;
    let key = once::key(&req, &caller, &body.sha256)?;
    let matter = matter(&body, app.clock.now().day(), author.role)?;
    let app = Arc::clone(&app);
    let answer = db.write_once(key, move |tx| {
        let stored = actions::open(tx, &app, &matter, step.clone(), &author)?;
        answer(201, &stored, &author, tx.now().day())
    });
    Ok(once::respond(&answer.await?))
}

/// Complain about a group standard or a number of an association; anybody may (Standardization Law 35).
#[utoipa::path(
    request_body = StandardComplaint,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = SupervisionView, description = "The authority has it, and its clock runs."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/complaints")]
pub(crate) async fn file_complaint(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<StandardComplaint>,
) -> Result<HttpResponse> {
    let author = Author::of(&caller)?;
    open(Opening { app, db, req, caller }, body, Step::Complain, author).await
}

/// Begin a case without a complaint; an authority does.
#[utoipa::path(
    request_body = StandardComplaint,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = SupervisionView, description = "It is being looked into."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/supervisions")]
pub(crate) async fn begin_supervision(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<StandardComplaint>,
) -> Result<HttpResponse> {
    let author = Author::of(&caller)?;
    if author.role != Role::Authority {
        let detail = Text::new("只有主管部门可以主动立案。", "Only an authority begins a case by itself.");
        return Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail));
    }
    open(Opening { app, db, req, caller }, body, Step::Begin, author).await
}

/// Whether a caller is a party: who complained, the association once it is looked into, everybody once the outcome is public.
fn is_party(author: &Author, case: &Case) -> bool {
    let own = Some(&author.organisation);
    let concerned = case.association.as_ref() == own && case.state.concerns_association();
    sees_everything(author) || concerned || case.complainant.as_ref() == own || case.state.is_public()
}

/// Read a case; its parties and authorities do, and everybody once a standard was abolished by it.
#[utoipa::path(params(("id" = String, Path, description = "The id of the case.", example = "spv_01JD0000000000000000000000")), responses((status = OK, body = SupervisionView, description = "The case."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/supervisions/{id}")]
pub(crate) async fn read_supervision(app: Data<Standards>, db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let (id, author) = (supervision_id(&path)?, Author::of(&caller)?);
    let by = author.clone();
    let found = db.read(move |conn| {
        let stored = store::find(conn, &id)?.filter(|stored| is_party(&by, &stored.case));
        stored.ok_or_else(|| Error::not_found("supervision", &id))
    });
    let stored = found.await?;
    let view = SupervisionView::of(&stored, &author, app.clock.now().day());
    Ok(HttpResponse::Ok().insert_header(ETag(stored.version).header()).json(view))
}

/// Which cases.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SupervisionsQuery {
    /// About this number, in any spelling.
    #[param(example = "T/SLXH 0012.1-2026")]
    number: Option<String>,
    /// In this state.
    #[param(value_type = Option<State>)]
    state: Option<String>,
    /// In which somebody should have acted before today: `true`.
    #[param(value_type = Option<bool>, example = false)]
    overdue: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List cases, the oldest first: authorities all, others those to which they are a party.
#[utoipa::path(params(SupervisionsQuery), responses((status = OK, body = Page<SupervisionView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/supervisions")]
pub(crate) async fn list_supervisions(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    query: Query<SupervisionsQuery>,
) -> Result<HttpResponse> {
    let (author, today) = (Author::of(&caller)?, app.clock.now().day());
    let (asked, mut bad) = query.into_parts();
    let number =
        asked.number.as_deref().and_then(|text| StandardNo::parse(text).map_err(|fault| bad.push(FieldFault::of("?number", fault))).ok());
    let state = param::word("state", asked.state.as_deref(), &State::ALL.map(|state| (state.as_str(), state)), &mut bad);
    let overdue = param::word("overdue", asked.overdue.as_deref(), &[("true", true), ("false", false)], &mut bad);
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let party = (!sees_everything(&author)).then(|| author.organisation.to_string());
    let overdue_on = overdue.filter(|asked| *asked).map(|_| today);
    let search = Search { number: number.map(|number| number.to_string()), state, party, overdue_on, after, limit, public_only: false };
    let found = db.read(move |conn| store::list(conn, &search)).await?;
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.case.id.clone()]));
    Ok(page.map(|stored| SupervisionView::of(&stored, &author, today)).respond(&req))
}

/// A standard that an authority abolished, or whose number it revoked.
#[derive(Serialize, ToSchema)]
pub struct AbolishedStandard {
    number: String,
    association: Option<String>,
    /// `abolished` or `number_revoked`.
    outcome: State,
    breach: Option<Breach>,
    /// From when it is without effect.
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<Day>,
    /// The number of the decision.
    document_no: Option<String>,
}

impl From<Case> for AbolishedStandard {
    fn from(case: Case) -> Self {
        let last = case.history.last();
        let document_no = last.and_then(|entry| match &entry.step {
            Step::Abolish { document_no } | Step::RevokeNumber { document_no } => Some(document_no.clone()),
            _ => None,
        });
        let on = last.map(|entry| entry.on);
        Self {
            on,
            document_no,
            number: case.number,
            association: case.association.map(|code| code.to_string()),
            outcome: case.state,
            breach: case.breach,
        }
    }
}

/// List the group standards that authorities abolished, or whose numbers they revoked; without a token.
#[utoipa::path(params(PageQuery), responses((status = OK, body = Page<AbolishedStandard>, description = "One page."), Problems))]
#[get("/public/abolished")]
pub(crate) async fn list_abolished(db: Data<Db>, req: HttpRequest, query: Query<PageQuery>) -> Result<HttpResponse> {
    let (asked, bad) = query.into_parts();
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let search = Search { public_only: true, after, limit, ..Search::default() };
    let found = db.read(move |conn| store::list(conn, &search)).await?;
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.case.id.clone()]));
    Ok(page.map(|stored| AbolishedStandard::from(stored.case)).respond(&req))
}
