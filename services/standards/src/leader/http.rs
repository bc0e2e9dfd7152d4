//! Leaders on HTTP: candidacy, objections, reading, the public list. Not here: the steps of an authority, `leader_step`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Problems, Result},
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
    fault::FieldFault,
    id::Id,
    instant::{Day, Instant},
    normalise::line,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{Claim, Leader, Objection},
    store::{self, Search, Stored},
};
use crate::{
    Standards,
    assessor::http::{answer, id_of},
    author::actions::Author,
    leader_word::rules::{Commitment, LeaderState, ObjectionDecision, Removal, Title, Window},
    said::rules::digest,
};

/// The longest text of a commitment, an objection or a decision.
pub(crate) const TEXT_MAX: usize = 2_000;
const EVIDENCE_MAX: usize = 20;

/// A candidate as its enterprise hands it in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCandidate {
    /// Its declaration, of the best band.
    #[schema(example = "dcl_01JD0000000000000000000000")]
    declaration: String,
    /// To what the enterprise commits itself, in its own words.
    #[schema(example = "示例：本企业承诺持续执行所声明的标准。")]
    commitment: String,
    /// Digests of the evidence, `sha256:…`; one to twenty.
    #[schema(example = json!(["sha256:0000000000000000000000000000000000000000000000000000000000000000"]))]
    evidence: Vec<String>,
}

/// An objection as it is handed in.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewLeaderObjection)]
#[serde(deny_unknown_fields)]
pub struct NewObjection {
    /// Why.
    #[schema(example = "示例：检测报告与声明不符。")]
    text: String,
    /// Digests of what is shown, `sha256:…`; at most twenty.
    #[serde(default)]
    #[schema(example = json!([]))]
    evidence: Vec<String>,
}

/// An objection.
#[derive(Serialize, ToSchema)]
pub struct LeaderObjection {
    /// Counted from 1.
    number: u32,
    #[schema(value_type = String)]
    by: Uscc,
    text: String,
    evidence: Vec<String>,
    #[schema(value_type = String, format = Date)]
    on: Day,
    decision: Option<ObjectionDecision>,
}

impl From<Objection> for LeaderObjection {
    fn from(objection: Objection) -> Self {
        let Objection { number, by, text, evidence, on, decision } = objection;
        Self { number, by, text, evidence, on, decision }
    }
}

/// A leader as everybody reads it.
#[derive(Serialize, ToSchema)]
pub struct PublicLeader {
    /// `ldr_…`.
    #[schema(example = "ldr_01JD0000000000000000000000")]
    id: String,
    /// Where it stands today.
    state: LeaderState,
    ranking: String,
    /// The body that ranked, `asr_…`.
    assessor: String,
    #[schema(value_type = String)]
    enterprise: Uscc,
    product: String,
    /// The number of the standard that it declared.
    number: String,
    declaration: String,
    declaration_version: i64,
    commitment: Commitment,
    /// When everybody may look and object.
    publicity: Window,
    title: Option<Title>,
    /// How the title was lost.
    removal: Option<Removal>,
}

impl PublicLeader {
    fn on(stored: Stored, today: Day) -> Self {
        let state = stored.leader.shown(today, stored.edition_ends);
        let Leader { id, claim, commitment, publicity, title, removal, .. } = stored.leader;
        let Claim { ranking, assessor, enterprise, product, number, declaration, declaration_version, .. } = claim;
        Self {
            id,
            state,
            ranking,
            assessor,
            enterprise,
            product,
            number,
            declaration,
            declaration_version,
            commitment,
            publicity,
            title,
            removal,
        }
    }
}

/// A leader. The enterprise and authorities see every objection, others their own.
#[derive(Serialize, ToSchema)]
pub struct LeaderView {
    /// What everybody reads.
    leader: PublicLeader,
    objections: Vec<LeaderObjection>,
    /// The steps that may follow.
    allowed: &'static [&'static str],
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl LeaderView {
    /// A leader as an organisation sees it.
    pub(crate) fn on(stored: Stored, today: Day, sees: &Author) -> Self {
        let leader = &stored.leader;
        let (allowed, recorded_at, version) = (leader.state.allowed(), leader.recorded_at, stored.version);
        let all = sees.owns(leader.claim.enterprise.as_str()).is_ok();
        let mine = |objection: &&Objection| all || objection.by == sees.organisation;
        let objections = leader.objections.iter().filter(mine).cloned().map(LeaderObjection::from).collect();
        Self { leader: PublicLeader::on(stored, today), objections, allowed, recorded_at, version }
    }
}

/// Digests of evidence as they are sent.
fn evidence(said: &[String], least: usize, bad: &mut Vec<FieldFault>) -> Vec<String> {
    if said.len() < least || said.len() > EVIDENCE_MAX {
        let en = format!("Show {least} to twenty digests.");
        bad.push(FieldFault::rule("/evidence", "evidence_count", format!("证据应为 {least} 至二十项。"), en));
    }
    said.iter().enumerate().map(|(place, text)| digest(text, &format!("/evidence/{place}"), bad)).collect()
}

/// Stand as a leader: an enterprise of the best band commits itself and becomes public for objections.
#[utoipa::path(
    request_body = NewCandidate,
    params(("id" = String, Path, description = "The id of the ranking.", example = "rkg_01JD0000000000000000000000"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = LeaderView, description = "It is public for objections."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/rankings/{id}/candidates")]
pub(crate) async fn create_candidate(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewCandidate>,
) -> Result<HttpResponse> {
    let (author, ranking) = (Author::with_role(&caller, &[Role::Enterprise])?, id_of("rkg", &path)?);
    let key = once::key(&req, &caller, &body.sha256)?;
    let mut bad = Vec::new();
    let declaration = Id::parse("dcl", &body.declaration).map_err(|fault| bad.push(FieldFault::of("/declaration", fault))).ok();
    let text = line(&body.commitment, TEXT_MAX).map_err(|fault| bad.push(FieldFault::of("/commitment", fault))).ok();
    let evidence = evidence(&body.evidence, 1, &mut bad);
    let (Some(declaration), Some(text), true) = (declaration, text, bad.is_empty()) else { return Err(bad.into()) };
    let (commitment, inner) = (Commitment { text, evidence }, Arc::clone(&app));
    let work = db.write_once(key, move |tx| {
        let stored = actions::stand(tx, &inner, (&ranking, &declaration), &commitment, &author)?;
        made(stored, tx.now().day(), &author)
    });
    Ok(once::respond(&work.await?))
}

fn made(stored: Stored, today: Day, author: &Author) -> Result<common::db::Answer> {
    let (location, version) = (format!("/standards/v1/leaders/{}", stored.leader.id), stored.version);
    answer(201, Some(location), version, &LeaderView::on(stored, today, author))
}

/// Object to a candidate while it is public for objections.
#[utoipa::path(
    request_body = NewObjection,
    params(("id" = String, Path, description = "The id of the leader.", example = "ldr_01JD0000000000000000000000"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = LeaderView, description = "The authority decides on it."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/leaders/{id}/objections")]
pub(crate) async fn create_leader_objection(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewObjection>,
) -> Result<HttpResponse> {
    let (author, id) = (Author::of(&caller)?, id_of("ldr", &path)?);
    let key = once::key(&req, &caller, &body.sha256)?;
    let mut bad = Vec::new();
    let text = line(&body.text, TEXT_MAX).map_err(|fault| bad.push(FieldFault::of("/text", fault))).ok();
    let evidence = evidence(&body.evidence, 0, &mut bad);
    let (Some(text), true) = (text, bad.is_empty()) else { return Err(bad.into()) };
    let work = db.write_once(key, move |tx| {
        let stored = actions::object(tx, &id, (&text, &evidence), &author)?;
        made(stored, tx.now().day(), &author)
    });
    Ok(once::respond(&work.await?))
}

/// Read a leader.
#[utoipa::path(params(("id" = String, Path, description = "The id of the leader.", example = "ldr_01JD0000000000000000000000")), responses((status = OK, body = LeaderView, description = "The leader."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/leaders/{id}")]
pub(crate) async fn read_leader(app: Data<Standards>, db: Data<Db>, caller: Caller, path: Path<String>) -> Result<HttpResponse> {
    let (author, id) = (Author::of(&caller)?, id_of("ldr", &path)?);
    let found = db.read(move |conn| actions::found(conn, &id)).await?;
    let etag = ETag(found.version).header();
    Ok(HttpResponse::Ok().insert_header(etag).json(LeaderView::on(found, app.clock.now().day(), &author)))
}

/// Which leaders.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PublicLeadersQuery {
    /// Who stand so today.
    #[param(value_type = Option<LeaderState>)]
    state: Option<String>,
    /// Of this enterprise.
    #[param(example = "91440300XY0000018A")]
    enterprise: Option<String>,
    /// Of this ranking.
    #[param(example = "rkg_01JD0000000000000000000000")]
    ranking: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List candidates and leaders, the oldest first; nobody needs a token.
#[utoipa::path(params(PublicLeadersQuery), responses((status = OK, body = Page<PublicLeader>, description = "One page."), Problems))]
#[get("/public/leaders")]
pub(crate) async fn list_public_leaders(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    query: Query<PublicLeadersQuery>,
) -> Result<HttpResponse> {
    let (asked, mut bad) = query.into_parts();
    let state = param::word("state", asked.state.as_deref(), &LeaderState::ALL, &mut bad);
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let today = app.clock.now().day();
    let search = Search { state, day: today, enterprise: asked.enterprise, ranking: asked.ranking, after, limit };
    let found = db.read(move |conn| store::list(conn, &search)).await?;
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.leader.id.clone()]));
    Ok(page.map(|stored| PublicLeader::on(stored, today)).respond(&req))
}
