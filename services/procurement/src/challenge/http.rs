//! Challenges on HTTP: query, read, list. The parties and authorities see all; others see where it stands. Not here: the steps, `challenge_step`.

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
        page::{self, Cursor, Page},
        param,
        precondition::ETag,
        query::Query,
    },
    token::{Caller, Role},
};
use model::{
    fault::{Fault, FieldFault},
    id::Id,
    instant::{Day, parse_day},
    normalise::line,
    text::Text,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{ChallengeEntry, Suspension},
    store::{self, Search, Stored},
};
use crate::{
    Procurement,
    buyer::actions::Author,
    challenge_word::rules::{State, Subject},
    deadline::http::DeadlineView,
    tender::rules::is_id,
};

/// The longest text of a step or a point.
pub(crate) const TEXT_MAX: usize = 2_000;
const POINTS_MAX: usize = 20;

/// A query as it is made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChallenge {
    /// The lot, where it is about one.
    #[serde(default)]
    #[schema(example = json!(null))]
    lot: Option<String>,
    /// What is challenged.
    subject: Subject,
    /// Who asks; an authority names it, others ask for themselves.
    #[serde(default)]
    #[schema(example = json!(null))]
    supplier: Option<String>,
    /// When the supplier knew, or should have known.
    #[schema(format = Date, example = "2026-05-11")]
    known_on: String,
    /// What is asked, point by point, with facts and law; at most 20.
    #[schema(example = json!(["示例：评审标准与公告不一致。"]))]
    points: Vec<String>,
    /// Digests of what is shown, `sha256:…`.
    #[serde(default)]
    #[schema(example = json!([]))]
    evidence: Vec<String>,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// A challenge. Who is no party and no authority sees where it stands, and nothing that was said.
#[derive(Serialize, ToSchema)]
pub struct ChallengeView {
    /// `chl_…`.
    pub id: String,
    tender: String,
    lot: Option<String>,
    subject: Subject,
    state: State,
    buyer: String,
    /// Whether the procurement stands still today by this challenge.
    suspended: bool,
    suspensions: Vec<Suspension>,
    deadlines: Vec<DeadlineView>,
    /// For the parties and authorities only, as all that follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    known_on: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Vec<String>>,
    /// What was done, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<ChallengeEntry>>,
    /// The steps that may follow.
    allowed: &'static [&'static str],
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl ChallengeView {
    fn of(stored: &Stored, sees_all: bool, today: Day) -> Self {
        let challenge = stored.challenge.clone();
        Self {
            suspended: challenge.suspends_on(today),
            allowed: challenge.state.allowed(),
            deadlines: challenge.deadlines.iter().map(|deadline| DeadlineView::on(deadline, today)).collect(),
            id: challenge.id,
            tender: challenge.tender,
            lot: challenge.lot,
            subject: challenge.subject,
            state: challenge.state,
            buyer: challenge.buyer.to_string(),
            suspensions: challenge.suspensions,
            supplier: sees_all.then(|| challenge.supplier.to_string()),
            known_on: sees_all.then_some(challenge.known_on),
            points: sees_all.then_some(challenge.points),
            evidence: sees_all.then_some(challenge.evidence),
            history: sees_all.then_some(challenge.history),
            version: stored.version,
        }
    }
}

/// Whether a caller sees what was said.
fn sees_all(caller: &Caller, stored: &Stored) -> bool {
    let own = |organisation: &Uscc| caller.owns(organisation).is_ok();
    caller.role() == Role::Service || own(&stored.challenge.supplier) || own(&stored.challenge.buyer)
}

/// A challenge as an answer to a party.
///
/// # Errors
/// When it cannot be written as JSON.
pub(crate) fn answer(status: u16, stored: &Stored, today: Day) -> Result<Answer> {
    let body = serde_json::to_string(&ChallengeView::of(stored, true, today)).map_err(Error::internal)?;
    let location = (status == 201).then(|| format!("/procurement/v1/challenges/{}", stored.challenge.id));
    Ok(Answer { status, etag: Some(ETag(stored.version).to_string()), location, body })
}

/// Who acts on a challenge or an award: any role.
///
/// # Errors
/// 401 when the token's organisation is no valid code.
pub(crate) fn author(caller: &Caller) -> Result<Author> {
    Ok(Author { client: caller.client().to_owned(), organisation: caller.organisation()?, role: caller.role() })
}

/// The day of a step: today; an authority may record one of the past, none one of the future.
pub(crate) fn day_of_step(said: Option<&str>, today: Day, role: Role, faults: &mut Vec<FieldFault>) -> Day {
    let Some(said) = said else { return today };
    let read = parse_day(said).and_then(|day| match day {
        day if day > today => Err(Fault::new("date_in_future", "日期不得晚于今天。", "The date must not lie in the future.")),
        day if day < today && role != Role::Authority => {
            Err(Fault::new("date_not_today", "只有主管部门可以补录过去的日期。", "Only an authority records a day of the past."))
        }
        day => Ok(day),
    });
    read.unwrap_or_else(|fault| {
        faults.push(FieldFault::of("/on", fault));
        today
    })
}

/// Digests as they are sent.
pub(crate) fn digests(said: &[String], pointer: &str, faults: &mut Vec<FieldFault>) -> Vec<String> {
    let is_digest = |text: &str| {
        let hex = text.strip_prefix("sha256:").unwrap_or_default();
        hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    for (place, _) in said.iter().enumerate().filter(|(_, text)| !is_digest(text)) {
        let (zh, en) = ("应为 sha256: 后接 64 位小写十六进制数。", "A digest is sha256: and 64 lower-case hexadecimal digits.");
        faults.push(FieldFault::rule(format!("{pointer}/{place}"), "digest_invalid", zh, en));
    }
    if said.len() > POINTS_MAX {
        faults.push(FieldFault::rule(pointer, "too_many", "最多二十项。", "At most twenty."));
    }
    said.to_vec()
}

fn points(said: &[String], faults: &mut Vec<FieldFault>) -> Vec<String> {
    if said.is_empty() || said.len() > POINTS_MAX {
        faults.push(FieldFault::rule("/points", "point_count", "应有一至二十项质疑事项。", "A query has one to twenty points."));
    }
    let read = |(place, text): (usize, &String)| line(text, TEXT_MAX).map_err(|fault| FieldFault::of(format!("/points/{place}"), fault));
    said.iter().enumerate().map(read).filter_map(|point| point.map_err(|fault| faults.push(fault)).ok()).collect()
}

/// For whom a query is made.
fn supplier(said: Option<&str>, author: &Author, faults: &mut Vec<FieldFault>) -> Result<Option<Uscc>> {
    let refused = || {
        let detail = Text::new("供应商只能为自己质疑。", "A supplier asks for itself only.");
        Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail))
    };
    let said = said.map(Uscc::parse).transpose().map_err(|fault| faults.push(FieldFault::of("/supplier", fault)));
    match (author.role, said) {
        (_, Err(())) => Ok(None),
        (Role::Authority, Ok(Some(supplier))) => Ok(Some(supplier)),
        (Role::Authority, Ok(None)) => {
            faults.push(FieldFault::rule(
                "/supplier",
                "supplier_missing",
                "主管部门代录须写明供应商。",
                "An authority names the supplier.",
            ));
            Ok(None)
        }
        (Role::Enterprise, Ok(said)) if said.as_ref().is_none_or(|said| *said == author.organisation) => {
            Ok(Some(author.organisation.clone()))
        }
        _ => refused(),
    }
}

/// Query the documents, the process or the result of a tender.
#[utoipa::path(
    request_body = NewChallenge,
    params(("id" = String, Path, description = "The tender.", example = "SZ-2026-0001"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = ChallengeView, description = "The buyer has it, and its clock runs."), Problems),
    security(("oauth2" = ["procurement:write"]))
)]
#[post("/tenders/{id}/challenges")]
pub(crate) async fn create_challenge(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewChallenge>,
) -> Result<HttpResponse> {
    let (author, tender) = (author(&caller)?, path.into_inner());
    let key = once::key(&req, &caller, &body.sha256)?;
    let (mut faults, today) = (Vec::new(), app.clock.now().day());
    let supplier = supplier(body.supplier.as_deref(), &author, &mut faults)?;
    let on = day_of_step(body.on.as_deref(), today, author.role, &mut faults);
    let known_on = parse_day(&body.known_on).map_err(|fault| faults.push(FieldFault::of("/known_on", fault))).ok();
    if known_on.is_some_and(|known| known > on) {
        faults.push(FieldFault::rule("/known_on", "date_order", "知悉之日不得晚于质疑之日。", "It was known before it was asked."));
    }
    if body.lot.as_ref().is_some_and(|lot| !is_id(lot)) {
        faults.push(actions::lot_unknown("/lot"));
    }
    let (points, evidence) = (points(&body.points, &mut faults), digests(&body.evidence, "/evidence", &mut faults));
    let (Some(supplier), Some(known_on), true) = (supplier, known_on, faults.is_empty()) else { return Err(faults.into()) };
    let query = actions::Query { tender, lot: body.lot.clone(), subject: body.subject, supplier, known_on, points, evidence, on };
    let inner = Arc::clone(&app);
    let answer = db.write_once(key, move |tx| answer(201, &actions::query(tx, &inner, &query, &author)?, tx.now().day())).await?;
    Ok(once::respond(&answer))
}

/// The id in a path.
///
/// # Errors
/// 422 where it is none.
pub(crate) fn challenge_id(path: &str) -> Result<String> {
    Id::parse("chl", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// Read a challenge: the parties and authorities all of it, others where it stands.
#[utoipa::path(params(("id" = String, Path, description = "The id of the challenge.", example = "chl_01JD0000000000000000000000")), responses((status = OK, body = ChallengeView, description = "The challenge."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/challenges/{id}")]
pub(crate) async fn read_challenge(app: Data<Procurement>, db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let id = challenge_id(&path)?;
    let stored = db.read(move |conn| store::find(conn, &id)?.ok_or_else(|| Error::not_found("challenge", &id))).await?;
    let view = ChallengeView::of(&stored, sees_all(&caller, &stored), app.clock.now().day());
    Ok(HttpResponse::Ok().insert_header(ETag(stored.version).header()).json(view))
}

/// Which challenges.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ChallengesQuery {
    /// Of this tender.
    #[param(example = "SZ-2026-0001")]
    tender: Option<String>,
    /// In this state.
    #[param(value_type = Option<State>)]
    state: Option<String>,
    /// To which the caller is a party: `true` or `false`.
    #[param(value_type = Option<bool>, example = false)]
    mine: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List challenges, the oldest first; of those of others a caller sees where they stand.
#[utoipa::path(params(ChallengesQuery), responses((status = OK, body = Page<ChallengeView>, description = "One page."), Problems), security(("oauth2" = ["procurement:read"])))]
#[get("/challenges")]
pub(crate) async fn list_challenges(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    query: Query<ChallengesQuery>,
) -> Result<HttpResponse> {
    let (asked, mut bad) = query.into_parts();
    let state = param::word("state", asked.state.as_deref(), &State::ALL.map(|state| (state.as_str(), state)), &mut bad);
    let mine = param::word("mine", asked.mine.as_deref(), &[("true", true), ("false", false)], &mut bad).unwrap_or(false);
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let party = mine.then(|| caller.organisation().map(|own| own.to_string())).transpose()?;
    let search = Search { tender: asked.tender, state, party, after, limit };
    let found = db.read(move |conn| store::list(conn, &search)).await?;
    let today = app.clock.now().day();
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.challenge.id.clone()]));
    Ok(page.map(|stored| ChallengeView::of(&stored, sees_all(&caller, &stored), today)).respond(&req))
}
