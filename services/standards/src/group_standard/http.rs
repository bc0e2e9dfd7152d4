//! Group standards on HTTP: propose, amend, read, list. Not here: the steps, `group_standard_step`; comments, `consultation`.

use actix_web::{
    HttpRequest, HttpResponse, get, post, put,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page},
        param,
        precondition::ETag,
        query::Query,
        step::{Part, Place},
    },
    token::{Caller, Role},
};
use model::{fault::FieldFault, id::Id, instant::Day, standard_no::StandardNo, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Project, offered},
    rules::{GroupStandard, numbered},
    store::{self, Search, Stored},
};
use crate::{
    Standards, association,
    association::http::text,
    author::{
        actions::Author,
        http::{Sent, judged, today},
    },
    group_standard_record::rules::{Correction, Entry, Publication, Review, Vote, Window},
    group_standard_step::http::day_of_step,
    group_standard_word::rules::{Drafters, IprStatement, Person, Proposal, State, identity},
    said::rules::digest,
};

/// The longest text of a step.
pub(crate) const TEXT_MAX: usize = 2_000;
const TITLE_MAX: usize = 300;
const ITEMS_MAX: usize = 200;

/// A group standard in a path.
pub(crate) struct OfStandard;

impl Place for OfStandard {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the group standard.", "gst_01JD0000000000000000000000")]
    }
}

/// What a project is about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroupStandard {
    /// The title.
    #[schema(example = "示例：儿童滑板车安全要求")]
    title: String,
    /// What it is about and not about.
    #[schema(example = "示例：适用于示例用途的滑板车。")]
    scope: String,
    /// The sequence number, and behind a dot its part; leading zeros tell numbers apart.
    #[schema(example = "0012.1")]
    sequence: String,
    /// Who drafts, without names of persons.
    drafters: Drafters,
    /// The statement on patents and other rights; needed before approval.
    #[serde(default)]
    #[schema(example = json!(null))]
    ipr: Option<IprStatement>,
    /// The numbers that it cites normatively; at most 200.
    #[serde(default)]
    #[schema(example = json!(["GB 6675.1-2014"]))]
    cites: Vec<String>,
    /// Codes of the International Classification for Standards.
    #[serde(default)]
    #[schema(example = json!(["97.220.30"]))]
    ics: Vec<String>,
    /// Codes of the Chinese Classification for Standards.
    #[serde(default)]
    #[schema(example = json!(["Y55"]))]
    ccs: Vec<String>,
    /// The digest of the text as it stands, `sha256:…`; needed before consultation. The text itself is never taken.
    #[serde(default)]
    #[schema(example = json!(null))]
    text_digest: Option<String>,
    /// The number of the edition of another register that it revises.
    #[serde(default)]
    #[schema(example = json!(null))]
    revises: Option<String>,
    /// In words.
    #[schema(example = "示例：立项理由。")]
    text: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// A group standard. Before comments are asked for, only its association and authorities see it.
#[derive(Serialize, ToSchema)]
pub struct GroupStandardView {
    /// `gst_…`.
    pub id: String,
    association: String,
    uscc: String,
    title: String,
    scope: String,
    sequence: String,
    drafters: Drafters,
    ipr: Option<IprStatement>,
    cites: Vec<String>,
    ics: Vec<String>,
    ccs: Vec<String>,
    text_digest: Option<String>,
    /// The number of the edition that it revises.
    revises: Option<String>,
    state: State,
    consultation: Option<Window>,
    review: Option<Review>,
    vote: Option<Vote>,
    publication: Option<Publication>,
    #[schema(value_type = Option<String>, format = Date)]
    confirmed_on: Option<Day>,
    /// By when it is to be reviewed again.
    #[schema(value_type = Option<String>, format = Date)]
    review_due_on: Option<Day>,
    /// Whether that day is over and nobody did.
    is_review_overdue: bool,
    /// The project that revises it.
    revision: Option<String>,
    corrections: Vec<Correction>,
    #[schema(value_type = Option<String>, format = Date)]
    ended_on: Option<Day>,
    /// What was done, in order; for the association and authorities only.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<Entry>>,
    /// The steps that may follow.
    allowed: Vec<&'static str>,
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl GroupStandardView {
    /// A standard as its association and authorities see it, or others.
    pub(crate) fn of(stored: &Stored, sees_all: bool, today: Day) -> Self {
        let is_review_overdue = stored.standard.is_review_overdue(today);
        let GroupStandard { id, association, uscc, proposal, revises, state, consultation, review, vote, publication, .. } =
            stored.standard.clone();
        let GroupStandard { confirmed_on, review_due_on, revision, corrections, ended_on, history, .. } = stored.standard.clone();
        Self {
            id,
            association,
            uscc: uscc.to_string(),
            title: proposal.title,
            scope: proposal.scope,
            sequence: proposal.sequence,
            drafters: proposal.drafters,
            ipr: proposal.ipr,
            cites: proposal.cites,
            ics: proposal.ics,
            ccs: proposal.ccs,
            text_digest: proposal.text_digest,
            revises,
            state,
            consultation,
            review,
            vote,
            publication,
            confirmed_on,
            review_due_on,
            is_review_overdue,
            revision,
            corrections,
            ended_on,
            history: sees_all.then_some(history),
            allowed: offered(state),
            version: stored.version,
        }
    }
}

/// A standard as an answer to its association.
///
/// # Errors
/// When it cannot be written as JSON.
pub(crate) fn answer(status: u16, stored: &Stored, today: Day) -> Result<Answer> {
    let body = serde_json::to_string(&GroupStandardView::of(stored, true, today)).map_err(Error::internal)?;
    let location = (status == 201).then(|| format!("/standards/v1/group_standards/{}", stored.standard.id));
    Ok(Answer { status, etag: Some(ETag(stored.version).to_string()), location, body })
}

/// The id in a path.
///
/// # Errors
/// 422 where it is none.
pub(crate) fn group_standard_id(path: &str) -> Result<String> {
    Id::parse("gst", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

fn is_class(code: &str) -> bool {
    (1..=12).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}

fn drafters(said: &Drafters, faults: &mut Vec<FieldFault>) -> Drafters {
    if said.organisations.is_empty() || said.organisations.len().saturating_add(said.persons.len()) > ITEMS_MAX {
        let en = "One to two hundred drafters, an organisation among them.";
        faults.push(FieldFault::rule("/drafters/organisations", "drafter_count", "起草单位和人员应有一至二百个。", en));
    }
    let mut organisations = Vec::new();
    for (place, code) in said.organisations.iter().enumerate() {
        let read = Uscc::parse(code).map_err(|fault| faults.push(FieldFault::of(format!("/drafters/organisations/{place}"), fault)));
        organisations.extend(read.map(|code| code.to_string()));
    }
    let mut persons = Vec::new();
    for (place, person) in said.persons.iter().enumerate() {
        let is_id =
            (1..=40).contains(&person.id.len()) && person.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if !is_id {
            let en = "An id of letters, digits, hyphens and underscores, at most 40, that is no name.";
            faults.push(FieldFault::rule(
                format!("/drafters/persons/{place}/id"),
                "person_id_invalid",
                "人员标识只含字母、数字、连字符。",
                en,
            ));
        }
        persons
            .push(Person { id: identity(&person.id), role: text(&person.role, 100, &format!("/drafters/persons/{place}/role"), faults) });
    }
    Drafters { organisations, persons }
}

fn number(said: &str, pointer: String, faults: &mut Vec<FieldFault>) -> Option<StandardNo> {
    StandardNo::parse(said).map_err(|fault| faults.push(FieldFault::of(pointer, fault))).ok()
}

/// What is sent, read; the code of the association says whether the sequence makes a number.
fn read(said: &NewGroupStandard, code: &str, (today, role): (Day, Role)) -> Result<Project> {
    let mut faults = Vec::new();
    let undated = numbered(code, &said.sequence, today).ok();
    if undated.is_none_or(|number| number.undated() != format!("T/{code} {}", said.sequence)) {
        let en = "A sequence number has 1 to 8 digits, and behind a dot the part.";
        faults.push(FieldFault::rule("/sequence", "sequence_invalid", "顺序号为 1 至 8 位数字，分部分号以点分隔。", en));
    }
    let mut cites = Vec::new();
    for (place, cited) in said.cites.iter().enumerate() {
        cites.extend(number(cited, format!("/cites/{place}"), &mut faults).map(|number| number.to_string()));
    }
    cites.sort();
    cites.dedup();
    for (name, codes) in [("ics", &said.ics), ("ccs", &said.ccs)] {
        for (place, _) in codes.iter().enumerate().filter(|(_, code)| !is_class(code)) {
            let en = "Must be a code of the classification.";
            faults.push(FieldFault::rule(format!("/{name}/{place}"), "class_invalid", "应为分类号。", en));
        }
    }
    if said.cites.len() > ITEMS_MAX || said.ics.len() > ITEMS_MAX || said.ccs.len() > ITEMS_MAX {
        faults.push(FieldFault::rule("/cites", "too_many", "最多二百项。", "At most two hundred of each."));
    }
    if let Some(ipr) = &said.ipr {
        digest(&ipr.digest, "/ipr/digest", &mut faults);
    }
    let proposal = Proposal {
        title: text(&said.title, TITLE_MAX, "/title", &mut faults),
        scope: text(&said.scope, TEXT_MAX, "/scope", &mut faults),
        sequence: said.sequence.clone(),
        drafters: drafters(&said.drafters, &mut faults),
        ipr: said.ipr.clone(),
        cites,
        ics: said.ics.clone(),
        ccs: said.ccs.clone(),
        text_digest: said.text_digest.as_deref().map(|text| digest(text, "/text_digest", &mut faults)),
    };
    let revises = said.revises.as_deref().and_then(|text| number(text, "/revises".to_owned(), &mut faults));
    let text = text(&said.text, TEXT_MAX, "/text", &mut faults);
    let on = day_of_step(said.on.as_deref(), today, role, &mut faults);
    if faults.is_empty() { Ok(Project { proposal, revises, text, on }) } else { Err(faults.into()) }
}

/// Propose a project of an association.
#[utoipa::path(
    request_body = NewGroupStandard,
    params(("code" = String, Path, description = "The code of the association.", example = "SLXH"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = GroupStandardView, description = "It is proposed; nobody else sees it yet."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/associations/{code}/standards")]
pub(crate) async fn propose_standard(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewGroupStandard>,
) -> Result<HttpResponse> {
    let (author, code) = (Author::with_role(&caller, &[Role::Association])?, path.into_inner());
    let key = once::key(&req, &caller, &body.sha256)?;
    let (of, by) = (code.clone(), author.clone());
    // Whose association it is comes before what is wrong with the body, and gives the code in which the sequence is read.
    db.read(move |conn| association::actions::acting(conn, &of, &by)).await?;
    let project = read(&body, &code, (app.clock.now().day(), author.role))?;
    let answer = db.write_once(key, move |tx| answer(201, &actions::propose(tx, &code, &project, &author)?, tx.now().day())).await?;
    Ok(once::respond(&answer))
}

/// Change what is proposed, before publication; what was reviewed is reviewed again where its substance changed.
#[utoipa::path(request_body = NewGroupStandard, params(Sent<OfStandard>), responses((status = OK, body = GroupStandardView, description = "It is changed."), Problems), security(("oauth2" = ["standards:write"])))]
#[put("/group_standards/{id}")]
pub(crate) async fn amend_standard(db: Data<Db>, sent: Sent<OfStandard>, body: Body<NewGroupStandard>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[Role::Association])?;
    let id = group_standard_id(&judged.part(0))?;
    let (of, by) = (id.clone(), judged.by.clone());
    let stands = db.read(move |conn| actions::found(conn, &of).and_then(|stored| visible(stored, &by))).await?;
    let project = read(&body, &stands.standard.association, (today(&judged), judged.by.role))?;
    let taken = judged
        .take(move |tx, judged| answer(200, &actions::amend(tx, (id.as_str(), judged.version), &project, &judged.by)?, today(judged)));
    taken.await
}

/// To others a draft does not exist.
fn visible(stored: Stored, author: &Author) -> Result<Stored> {
    let sees = stored.standard.is_open() || author.role == Role::Service || author.owns(stored.standard.uscc.as_str()).is_ok();
    if sees { Ok(stored) } else { Err(Error::not_found("group standard", &stored.standard.id)) }
}

fn sees_all(author: &Author, stored: &Stored) -> bool {
    author.role == Role::Service || author.owns(stored.standard.uscc.as_str()).is_ok()
}

/// Read a group standard; before consultation only its association and authorities do.
#[utoipa::path(params(("id" = String, Path, description = "The id of the group standard.", example = "gst_01JD0000000000000000000000")), responses((status = OK, body = GroupStandardView, description = "The standard."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/group_standards/{id}")]
pub(crate) async fn read_group_standard(app: Data<Standards>, db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let (id, author) = (group_standard_id(&path)?, Author::of(&caller)?);
    let by = author.clone();
    let stored = db.read(move |conn| actions::found(conn, &id).and_then(|stored| visible(stored, &by))).await?;
    let view = GroupStandardView::of(&stored, sees_all(&author, &stored), app.clock.now().day());
    Ok(HttpResponse::Ok().insert_header(ETag(stored.version).header()).json(view))
}

/// Which group standards of an association.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct GroupStandardsQuery {
    /// In this state.
    #[param(value_type = Option<State>)]
    state: Option<String>,
    /// Whose five-year review is overdue: `true`.
    #[param(value_type = Option<bool>, example = false)]
    overdue: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the group standards of an association, the oldest project first.
#[utoipa::path(params(("code" = String, Path, description = "The code of the association.", example = "SLXH"), GroupStandardsQuery), responses((status = OK, body = Page<GroupStandardView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/associations/{code}/standards")]
pub(crate) async fn list_group_standards(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    query: Query<GroupStandardsQuery>,
) -> Result<HttpResponse> {
    let (code, author, today) = (path.into_inner(), Author::of(&caller)?, app.clock.now().day());
    let (asked, mut bad) = query.into_parts();
    let state = param::word("state", asked.state.as_deref(), &State::ALL.map(|state| (state.as_str(), state)), &mut bad);
    let overdue = param::word("overdue", asked.overdue.as_deref(), &[("true", true), ("false", false)], &mut bad);
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let by = author.clone();
    let found = db.read(move |conn| {
        let own = association::actions::found(conn, &code)?.association.uscc;
        let open_only = by.role != Role::Service && by.owns(own.as_str()).is_err();
        let overdue_on = overdue.filter(|asked| *asked).map(|_| today);
        store::list(
            conn,
            &Search { association: Some(code.clone()), state, open_only, overdue_on, after: after.clone(), limit, ..Search::default() },
        )
    });
    let page = Page::cut(found.await?, limit, |stored| Cursor::after([stored.standard.id.clone()]));
    Ok(page.map(|stored| GroupStandardView::of(&stored, sees_all(&author, &stored), today)).respond(&req))
}
