//! Alliances on HTTP: found, read, list, and what happens in them. Not here: what may follow on what, `rules.rs`.

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page},
        precondition::ETag,
        query::Query,
        step::{Part, Place},
    },
    token::{Caller, Role},
};
use model::{fault::FieldFault, id::Id, instant::Day, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Founding},
    rules::{Act, AllianceMember, AllianceStandard},
    store::{self, Stored},
};
use crate::{
    author::{
        actions::Author,
        http::{Judged, Sent, judged, today},
    },
    edition::http::edition_id,
    said::rules::{Fields, NAME_MAX},
};

const INVITED_MAX: usize = 200;
const EXAMPLE: &str = "all_01JD0000000000000000000000";
/// Who can be a member.
const MEMBERS: [Role; 3] = [Role::Enterprise, Role::Association, Role::Laboratory];

/// An alliance as it is founded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAlliance {
    /// Its name; no other one that runs bears it.
    #[schema(example = "示例滑板车标准联盟")]
    name: String,
    /// Who leads; the caller's organisation where nothing is said. Only authorities name another.
    #[serde(default)]
    lead: Option<String>,
    /// The digest of the charter, `sha256:…`.
    #[schema(example = "sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    charter: String,
    /// Who may join, Unified Social Credit Codes; at most 200.
    #[serde(default)]
    #[schema(example = json!([]))]
    invited: Vec<String>,
}

/// An alliance.
#[derive(Serialize, ToSchema)]
pub struct AllianceView {
    /// `all_…`.
    id: String,
    name: String,
    lead: String,
    charter: String,
    #[schema(value_type = String, format = Date)]
    founded_on: Day,
    invited: Vec<String>,
    /// Who is and was a member.
    members: Vec<AllianceMember>,
    standards: Vec<AllianceStandard>,
    #[schema(value_type = Option<String>, format = Date)]
    dissolved_on: Option<Day>,
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl From<Stored> for AllianceView {
    fn from(Stored { alliance, version }: Stored) -> Self {
        Self {
            id: alliance.id,
            name: alliance.name,
            lead: alliance.lead.to_string(),
            charter: alliance.charter,
            founded_on: alliance.founded_on,
            invited: alliance.invited.iter().map(ToString::to_string).collect(),
            members: alliance.members,
            standards: alliance.standards,
            dissolved_on: alliance.dissolved_on,
            version,
        }
    }
}

fn answer(status: u16, stored: Stored) -> Result<Answer> {
    let location = (status == 201).then(|| format!("/standards/v1/alliances/{}", stored.alliance.id));
    let etag = Some(ETag(stored.version).to_string());
    Ok(Answer { status, etag, location, body: serde_json::to_string(&AllianceView::from(stored)).map_err(Error::internal)? })
}

fn alliance_id(path: &str) -> Result<String> {
    Id::parse("all", path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// Found a standard alliance; whoever leads it is its first member.
#[utoipa::path(
    request_body = NewAlliance,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = AllianceView, description = "It is founded."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/alliances")]
pub(crate) async fn create_alliance(db: Data<Db>, req: HttpRequest, caller: Caller, body: Body<NewAlliance>) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &MEMBERS)?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let new = body.into_inner();
    let mut fields = Fields::default();
    let name = fields.line("/name", &new.name, NAME_MAX);
    let lead = new.lead.as_deref().map_or_else(|| Some(author.organisation.clone()), |said| fields.uscc("/lead", said));
    let charter = fields.digest("/charter", &new.charter);
    fields.count("/invited", new.invited.len(), 0..=INVITED_MAX);
    let invited: Vec<Uscc> =
        new.invited.iter().enumerate().filter_map(|(place, said)| fields.uscc(&format!("/invited/{place}"), said)).collect();
    let (Some(lead), true) = (lead, fields.bad.is_empty()) else { return Err(fields.bad.into()) };
    let founding = Founding { name, lead, charter, invited };
    let answer = db.write_once(key, move |tx| answer(201, actions::found(tx, &founding, &author)?));
    Ok(once::respond(&answer.await?))
}

/// Read an alliance, its members and its standards.
#[utoipa::path(params(("id" = String, Path, description = "The id of the alliance.", example = "all_01JD0000000000000000000000")), responses((status = OK, body = AllianceView, description = "The alliance."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/alliances/{id}")]
pub(crate) async fn read_alliance(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = alliance_id(&path)?;
    let stored = db.read(move |conn| store::find(conn, &id)?.ok_or_else(|| Error::not_found("alliance", &id))).await?;
    Ok(HttpResponse::Ok().insert_header(ETag(stored.version).header()).json(AllianceView::from(stored)))
}

/// Which alliances.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AlliancesQuery {
    /// With this member, a Unified Social Credit Code.
    member: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List alliances, the oldest first.
#[utoipa::path(params(AlliancesQuery), responses((status = OK, body = Page<AllianceView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/alliances")]
pub(crate) async fn list_alliances(db: Data<Db>, req: HttpRequest, query: Query<AlliancesQuery>) -> Result<HttpResponse> {
    let (query, bad) = query.into_parts();
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let all = db.read(move |conn| store::list(conn, query.member.as_deref(), after.as_deref(), limit)).await?;
    let page = Page::cut(all, limit, |stored| Cursor::after([stored.alliance.id.clone()]));
    Ok(page.map(AllianceView::from).respond(&req))
}

/// An alliance in a path.
pub(crate) struct OfAlliance;

impl Place for OfAlliance {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the alliance.", EXAMPLE)]
    }
}

/// A standard of an alliance in a path.
pub(crate) struct OfAllianceStandard;

impl Place for OfAllianceStandard {
    fn parts() -> Vec<Part> {
        let edition = Part::new("edition", "The id of the edition.", "edn_01JD0000000000000000000000");
        vec![Part::new("id", "The id of the alliance.", EXAMPLE), edition]
    }
}

/// Nothing but the step itself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllianceStep {}

/// An organisation that a step is about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllianceOrganisation {
    /// A Unified Social Credit Code.
    #[schema(example = "91110108551385082Q")]
    organisation: String,
}

/// A standard that an alliance takes up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAllianceStandard {
    /// An edition of a group or enterprise standard that has not ended.
    #[schema(example = "edn_01JD0000000000000000000000")]
    edition: String,
}

/// From when a member keeps a standard.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAllianceAdoption {
    /// From which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

async fn take(judged: Judged, act: Act) -> Result<HttpResponse> {
    let id = alliance_id(&judged.part(0))?;
    judged.take(move |tx, judged| answer(200, actions::act(tx, (&id, judged.version), act.clone(), &judged.by)?)).await
}

fn organisation(said: &AllianceOrganisation) -> Result<Uscc> {
    let mut fields = Fields::default();
    fields.uscc("/organisation", &said.organisation).ok_or_else(|| fields.bad.into())
}

/// Invite an organisation to join; for the lead.
#[utoipa::path(request_body = AllianceOrganisation, params(Sent<OfAlliance>), responses((status = OK, body = AllianceView, description = "It may join."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/alliances/{id}/invite")]
pub(crate) async fn invite_member(sent: Sent<OfAlliance>, body: Body<AllianceOrganisation>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &MEMBERS)?;
    let who = organisation(&body)?;
    take(judged, Act::Invite(who)).await
}

/// Join an alliance; for whoever was invited.
#[utoipa::path(request_body = AllianceStep, params(Sent<OfAlliance>), responses((status = OK, body = AllianceView, description = "The caller's organisation is a member."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/alliances/{id}/join")]
pub(crate) async fn join_alliance(sent: Sent<OfAlliance>, body: Body<AllianceStep>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &MEMBERS)?;
    let who = judged.by.organisation.clone();
    take(judged, Act::Join(who)).await
}

/// Leave an alliance; not for its lead.
#[utoipa::path(request_body = AllianceStep, params(Sent<OfAlliance>), responses((status = OK, body = AllianceView, description = "The caller's organisation is no member any more."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/alliances/{id}/leave")]
pub(crate) async fn leave_alliance(sent: Sent<OfAlliance>, body: Body<AllianceStep>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &MEMBERS)?;
    let who = judged.by.organisation.clone();
    take(judged, Act::Leave(who)).await
}

/// Hand the lead over to another member; for the lead.
#[utoipa::path(request_body = AllianceOrganisation, params(Sent<OfAlliance>), responses((status = OK, body = AllianceView, description = "The member leads."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/alliances/{id}/hand_over")]
pub(crate) async fn transfer_alliance(sent: Sent<OfAlliance>, body: Body<AllianceOrganisation>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &MEMBERS)?;
    let who = organisation(&body)?;
    take(judged, Act::HandOver(who)).await
}

/// Dissolve an alliance; for the lead.
#[utoipa::path(request_body = AllianceStep, params(Sent<OfAlliance>), responses((status = OK, body = AllianceView, description = "It is no more."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/alliances/{id}/dissolve")]
pub(crate) async fn dissolve_alliance(sent: Sent<OfAlliance>, body: Body<AllianceStep>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &MEMBERS)?;
    take(judged, Act::Dissolve).await
}

/// Take a standard up that the members undertake to keep; for the lead.
#[utoipa::path(request_body = NewAllianceStandard, params(Sent<OfAlliance>), responses((status = OK, body = AllianceView, description = "It is a standard of the alliance."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/alliances/{id}/standards")]
pub(crate) async fn add_alliance_standard(sent: Sent<OfAlliance>, body: Body<NewAllianceStandard>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &MEMBERS)?;
    let edition = Id::parse("edn", &body.edition).map_err(|fault| Error::invalid(vec![FieldFault::of("/edition", fault)]))?;
    take(judged, Act::TakeUp(edition, String::new())).await
}

/// Undertake to keep a standard of the alliance; each member for itself.
#[utoipa::path(request_body = NewAllianceAdoption, params(Sent<OfAllianceStandard>), responses((status = OK, body = AllianceView, description = "The caller's organisation keeps it."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/alliances/{id}/standards/{edition}/adopt")]
pub(crate) async fn adopt_alliance_standard(sent: Sent<OfAllianceStandard>, body: Body<NewAllianceAdoption>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &MEMBERS)?;
    let (edition, mut fields) = (edition_id(&judged.part(1))?, Fields::default());
    let on = fields.past_day("/on", body.on.as_deref(), today(&judged));
    if !fields.bad.is_empty() {
        return Err(fields.bad.into());
    }
    let who = judged.by.organisation.clone();
    take(judged, Act::Adopt(who, edition, on)).await
}
