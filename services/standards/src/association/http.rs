//! Associations on HTTP: reserve a code, read, list, change, end. Not here: members, `association_member`.

use std::sync::Arc;

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
        precondition::ETag,
        query::Query,
        step::{Part, Place},
    },
    token::{Caller, Role},
};
use model::{
    fault::FieldFault,
    instant::{Day, parse_day},
    normalise::line,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{Association, Published, Voting, code_fault},
    store::{self, Stored},
};
use crate::{
    Standards,
    author::{
        actions::Author,
        http::{Sent, judged, today},
    },
    said::rules::digest,
};

const NAME_MAX: usize = 200;
const NORMS_MAX: usize = 50;

/// An association in a path.
pub(crate) struct OfAssociation;

impl Place for OfAssociation {
    fn parts() -> Vec<Part> {
        vec![Part::new("code", "The code of the association, what stands behind `T/`.", "SLXH")]
    }
}

/// A document that an association has published; its text stays where it is.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishedDocument {
    /// Its title.
    #[schema(example = "示例：自律公约")]
    title: String,
    /// Digest of the document, `sha256:…`.
    #[schema(example = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    digest: String,
    /// When it was published.
    #[schema(format = Date, example = "2026-01-05")]
    published_on: String,
}

/// What an association says of itself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssociation {
    /// Its own code, of kind 51; it cannot be changed.
    #[schema(example = "51440300XY0000016G")]
    uscc: String,
    /// What stands behind `T/`: 2 to 12 upper-case letters and digits, a letter first; it cannot be changed.
    #[schema(example = "SLXH")]
    code: String,
    /// Its name.
    #[schema(example = "示例市滑板车行业协会")]
    name: String,
    /// Which of its bodies does the work on standards.
    #[schema(example = "示例：标准化工作委员会")]
    standardisation_body: String,
    /// Digest of its internal procedure, `sha256:…`.
    #[schema(example = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    procedure_digest: String,
    /// Its policy on intellectual property in standards.
    ipr_policy: PublishedDocument,
    /// Its norms of self-discipline; at most 50.
    #[serde(default)]
    #[schema(example = json!([]))]
    norms: Vec<PublishedDocument>,
    /// How it votes where there is no consensus; the threshold is at least three quarters.
    voting: Voting,
}

/// That an association is no more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssociationEnd {
    /// From which day; not of the future.
    #[schema(format = Date, example = "2026-06-30")]
    on: String,
}

/// A published document as it is shown.
#[derive(Serialize, ToSchema)]
pub struct PublishedView {
    title: String,
    digest: String,
    #[schema(value_type = String, format = Date)]
    published_on: Day,
}

impl From<Published> for PublishedView {
    fn from(Published { title, digest, published_on }: Published) -> Self {
        Self { title, digest, published_on }
    }
}

/// An association that makes group standards.
#[derive(Serialize, ToSchema)]
pub struct AssociationView {
    code: String,
    uscc: String,
    name: String,
    standardisation_body: String,
    procedure_digest: String,
    ipr_policy: PublishedView,
    norms: Vec<PublishedView>,
    voting: Voting,
    /// From when it is no more; its code stays reserved.
    #[schema(value_type = Option<String>, format = Date)]
    ended_on: Option<Day>,
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl From<&Stored> for AssociationView {
    fn from(stored: &Stored) -> Self {
        let said = stored.association.clone();
        Self {
            code: said.code,
            uscc: said.uscc.to_string(),
            name: said.name,
            standardisation_body: said.standardisation_body,
            procedure_digest: said.procedure_digest,
            ipr_policy: said.ipr_policy.into(),
            norms: said.norms.into_iter().map(PublishedView::from).collect(),
            voting: said.voting,
            ended_on: said.ended_on,
            version: stored.version,
        }
    }
}

fn answer(status: u16, stored: &Stored) -> Result<Answer> {
    let body = serde_json::to_string(&AssociationView::from(stored)).map_err(Error::internal)?;
    let location = (status == 201).then(|| format!("/standards/v1/associations/{}", stored.association.code));
    Ok(Answer { status, etag: Some(ETag(stored.version).to_string()), location, body })
}

/// A line of text at a place of the body; a bad one becomes a fault.
pub(crate) fn text(said: &str, most: usize, pointer: &str, faults: &mut Vec<FieldFault>) -> String {
    line(said, most).unwrap_or_else(|fault| {
        faults.push(FieldFault::of(pointer, fault));
        String::new()
    })
}

/// A day at a place of the body; a bad one becomes a fault.
pub(crate) fn day(said: &str, pointer: &str, faults: &mut Vec<FieldFault>) -> Day {
    parse_day(said).unwrap_or_else(|fault| {
        faults.push(FieldFault::of(pointer, fault));
        Day::MIN
    })
}

fn published(said: &PublishedDocument, pointer: &str, faults: &mut Vec<FieldFault>) -> Published {
    Published {
        title: text(&said.title, NAME_MAX, &format!("{pointer}/title"), faults),
        digest: digest(&said.digest, &format!("{pointer}/digest"), faults),
        published_on: day(&said.published_on, &format!("{pointer}/published_on"), faults),
    }
}

/// What is said, read.
fn read(said: &NewAssociation) -> Result<Association> {
    let mut faults = Vec::new();
    if said.norms.len() > NORMS_MAX {
        faults.push(FieldFault::rule("/norms", "too_many", "最多五十项。", "At most fifty."));
    }
    let uscc = Uscc::parse(&said.uscc).map_err(|fault| faults.push(FieldFault::of("/uscc", fault))).ok();
    let (name, body) = (&said.name, &said.standardisation_body);
    let (name, standardisation_body) =
        (text(name, NAME_MAX, "/name", &mut faults), text(body, NAME_MAX, "/standardisation_body", &mut faults));
    let procedure_digest = digest(&said.procedure_digest, "/procedure_digest", &mut faults);
    let ipr_policy = published(&said.ipr_policy, "/ipr_policy", &mut faults);
    let norms = said.norms.iter().enumerate();
    let norms = norms.map(|(place, norm)| published(norm, &format!("/norms/{place}"), &mut faults)).collect();
    match uscc.filter(|_| faults.is_empty()) {
        Some(uscc) => {
            let (code, voting) = (said.code.clone(), said.voting);
            Ok(Association { uscc, code, name, standardisation_body, procedure_digest, ipr_policy, norms, voting, ended_on: None })
        }
        None => {
            faults.extend(code_fault(&said.code));
            Err(faults.into())
        }
    }
}

/// Reserve a code for an association, for ever.
#[utoipa::path(
    request_body = NewAssociation,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = AssociationView, description = "The code is reserved."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/associations")]
pub(crate) async fn reserve_association(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewAssociation>,
) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[Role::Association])?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let said = read(&body)?;
    let app = Arc::clone(&app);
    let answer = db.write_once(key, move |tx| answer(201, &actions::reserve(tx, &app, said.clone(), &author)?)).await?;
    Ok(once::respond(&answer))
}

/// Change what an association says of itself; code and organisation stay.
#[utoipa::path(request_body = NewAssociation, params(Sent<OfAssociation>), responses((status = OK, body = AssociationView, description = "It is changed."), Problems), security(("oauth2" = ["standards:write"])))]
#[put("/associations/{code}")]
pub(crate) async fn update_association(sent: Sent<OfAssociation>, body: Body<NewAssociation>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[Role::Association])?;
    let (code, said) = (judged.part(0), read(&body)?);
    let taken = judged.take(move |tx, judged| {
        let of = (code.as_str(), judged.version);
        answer(200, &actions::change(tx, &judged.app, of, said.clone(), &judged.by)?)
    });
    taken.await
}

/// Record that an association is no more; its code stays reserved.
#[utoipa::path(request_body = AssociationEnd, params(Sent<OfAssociation>), responses((status = OK, body = AssociationView, description = "It has ended."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/associations/{code}/end")]
pub(crate) async fn end_association(sent: Sent<OfAssociation>, body: Body<AssociationEnd>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[Role::Association])?;
    let (code, mut faults) = (judged.part(0), Vec::new());
    let on = day(&body.on, "/on", &mut faults);
    if on > today(&judged) {
        faults.push(FieldFault::rule("/on", "date_in_future", "日期不得晚于今天。", "The date must not lie in the future."));
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let taken = judged.take(move |tx, judged| answer(200, &actions::end(tx, (&code, judged.version), on, &judged.by)?));
    taken.await
}

/// Read an association.
#[utoipa::path(params(("code" = String, Path, description = "The code of the association.", example = "SLXH")), responses((status = OK, body = AssociationView, description = "The association."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/associations/{code}")]
pub(crate) async fn read_association(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let code = path.into_inner();
    let stored = db.read(move |conn| actions::found(conn, &code)).await?;
    Ok(HttpResponse::Ok().insert_header(ETag(stored.version).header()).json(AssociationView::from(&stored)))
}

/// Which associations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AssociationsQuery {
    /// That of this organisation.
    #[param(example = "51440300XY0000016G")]
    uscc: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List associations by their codes, those that ended included.
#[utoipa::path(params(AssociationsQuery), responses((status = OK, body = Page<AssociationView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/associations")]
pub(crate) async fn list_associations(db: Data<Db>, req: HttpRequest, query: Query<AssociationsQuery>) -> Result<HttpResponse> {
    let (asked, mut bad) = query.into_parts();
    let uscc = asked.uscc.as_deref().and_then(|text| Uscc::parse(text).map_err(|fault| bad.push(FieldFault::of("?uscc", fault))).ok());
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let found = db.read(move |conn| store::list(conn, uscc.as_ref().map(Uscc::as_str), after.as_deref(), limit)).await?;
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.association.code.clone()]));
    Ok(page.map(|stored| AssociationView::from(&stored)).respond(&req))
}
