//! Assessment bodies on HTTP: recording, reading, listing. Not here: their plans and rankings.

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
        page::{self, Cursor, Page, PageQuery},
        precondition::ETag,
        query::Query,
    },
    token::{Caller, Role},
};
use model::{fault::FieldFault, id::Id, instant::Instant, normalise::line, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    actions::{self, Named},
    rules::{self, Assessor},
    store,
};
use crate::author::actions::Author;

const NAME_MAX: usize = 200;

/// An assessment body as it is handed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssessor {
    /// The organisation; an authority names it, others are recorded themselves.
    #[serde(default)]
    #[schema(example = json!(null))]
    organisation: Option<String>,
    /// Its name.
    #[schema(example = "示例检测评价中心")]
    name: String,
    /// The fields of products that it assesses, classes of the ICS; one names all below it.
    #[schema(example = json!(["97.190"]))]
    fields: Vec<String>,
    /// Under which number it is accredited, and by whom.
    #[serde(default)]
    #[schema(example = "示例认可 L00000")]
    accreditation: Option<String>,
}

/// An assessment body.
#[derive(Serialize, ToSchema)]
pub struct AssessorView {
    /// `asr_…`.
    #[schema(example = "asr_01JD0000000000000000000000")]
    id: String,
    #[schema(value_type = String)]
    organisation: Uscc,
    name: String,
    fields: Vec<String>,
    accreditation: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
}

impl From<Assessor> for AssessorView {
    fn from(assessor: Assessor) -> Self {
        let Assessor { id, organisation, name, fields, accreditation, recorded_at } = assessor;
        Self { id, organisation, name, fields, accreditation, recorded_at }
    }
}

/// What is sent back for something that was made or moved.
///
/// # Errors
/// When it cannot be written as JSON.
pub(crate) fn answer(status: u16, location: Option<String>, version: i64, view: &impl Serialize) -> Result<Answer> {
    let body = serde_json::to_string(view).map_err(Error::internal)?;
    Ok(Answer { status, etag: Some(ETag(version).to_string()), location, body })
}

/// The id of a kind in a path.
///
/// # Errors
/// When it is none.
pub(crate) fn id_of(prefix: &str, text: &str) -> Result<String> {
    Id::parse(prefix, text).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// Record an assessment body; a laboratory or association itself, or an authority for it.
#[utoipa::path(
    request_body = NewAssessor,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = AssessorView, description = "It is recorded."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/assessors")]
pub(crate) async fn create_assessor(db: Data<Db>, req: HttpRequest, caller: Caller, body: Body<NewAssessor>) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[Role::Laboratory, Role::Association])?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let mut faults = Vec::new();
    let organisation = match (body.organisation.as_deref(), author.role) {
        (Some(said), _) => Uscc::parse(said).map_err(|fault| faults.push(FieldFault::of("/organisation", fault))).ok(),
        (None, Role::Authority) => {
            let en = "An authority names the organisation.";
            faults.push(FieldFault::rule("/organisation", "organisation_missing", "主管部门代为登记须写明机构。", en));
            None
        }
        (None, _) => Some(author.organisation.clone()),
    };
    let mut text = |pointer: &str, said: &str| line(said, NAME_MAX).map_err(|fault| faults.push(FieldFault::of(pointer, fault))).ok();
    let name = text("/name", &body.name);
    let accreditation = body.accreditation.as_deref().and_then(|said| text("/accreditation", said));
    let fields = rules::fields(&body.fields, &mut faults);
    let (Some(organisation), Some(name), true) = (organisation, name, faults.is_empty()) else { return Err(faults.into()) };
    author.owns(organisation.as_str())?;
    let named = Named { organisation, name, fields, accreditation };
    let work = db.write_once(key, move |tx| {
        let made = actions::record(tx, &named)?;
        let location = Some(format!("/standards/v1/assessors/{}", made.id));
        answer(201, location, 1, &AssessorView::from(made))
    });
    Ok(once::respond(&work.await?))
}

/// Read an assessment body.
#[utoipa::path(params(("id" = String, Path, description = "The id of the body.", example = "asr_01JD0000000000000000000000")), responses((status = OK, body = AssessorView, description = "The body."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/assessors/{id}")]
pub(crate) async fn read_assessor(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = id_of("asr", &path)?;
    let found = db.read(move |conn| actions::found(conn, &id)).await?;
    Ok(HttpResponse::Ok().insert_header(ETag(1).header()).json(AssessorView::from(found)))
}

/// List the assessment bodies.
#[utoipa::path(params(PageQuery), responses((status = OK, body = Page<AssessorView>, description = "One page, the first recorded first."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/assessors")]
pub(crate) async fn list_assessors(db: Data<Db>, req: HttpRequest, query: Query<PageQuery>) -> Result<HttpResponse> {
    let (asked, bad) = query.into_parts();
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let found = db.read(move |conn| store::list(conn, after.as_deref(), limit)).await?;
    let page = Page::cut(found, limit, |assessor| Cursor::after([assessor.id.clone()]));
    Ok(page.map(AssessorView::from).respond(&req))
}
