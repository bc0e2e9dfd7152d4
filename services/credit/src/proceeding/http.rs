//! What proceedings do alike on HTTP: what comes with a step, one by its id, lists. Not here: the operations, which stand with their kind.

use std::marker::PhantomData;

use actix_web::{HttpRequest, HttpResponse};
use common::{
    db::{Answer, Db},
    error::{Error, Result},
    http::{
        page::{self, Cursor, Page},
        param,
        precondition::ETag,
        step::{self, Part, Place},
    },
    token::{Caller, Role},
};
use model::{
    fault::{Fault, FieldFault},
    id::Id,
    instant::Day,
    normalise::line,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    rules::Proceeding,
    store::{self, Listing, Stored},
};
use crate::{
    Credit, enterprise,
    fact::{actions::Actor, http::actor},
    mark::http::day_said,
};

/// The longest text of a proceeding.
pub(crate) const TEXT_MAX: usize = 1000;

/// What has an id and is moved on by steps.
pub(crate) trait Addressed {
    /// The beginning of its ids.
    const PREFIX: &'static str;
    /// What the documents call it.
    const NOUN: &'static str;
}

/// A kind of proceeding as it is answered.
pub(crate) trait Shown: Proceeding + Addressed + Send + 'static {
    /// Where the kind stands below the service.
    const PLACE: &'static str;
    /// As it is answered.
    type View: Serialize + for<'a> From<&'a Stored<Self>>;

    /// The words of its states.
    fn states() -> Vec<&'static str>;
}

/// Why an application is not pursued.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// Why.
    #[schema(example = "材料有误，另行提交")]
    pub(crate) reason: String,
}

/// The id in a path.
///
/// # Errors
/// 422 where it is none.
pub(crate) fn id_of<P: Addressed>(path: &str) -> Result<String> {
    Id::parse(P::PREFIX, path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))
}

/// The path of one of them.
pub(crate) struct One<P>(PhantomData<P>);

impl<P: Addressed> Place for One<P> {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", format!("The id of the {}.", P::NOUN), format!("{}_01JD0000000000000000000000", P::PREFIX))]
    }
}

/// What comes with a step beside its body.
pub(crate) type Sent<P> = step::Sent<One<P>, Credit>;

/// Who takes a step, and on which.
pub(crate) struct Taker {
    pub(crate) actor: Actor,
    pub(crate) id: String,
}

/// A step that can be taken: by whom, with what, after which version.
pub(crate) type Judged = step::Judged<Credit, Taker>;

/// Judges a step; `may` asks whether the actor may take such a one.
///
/// # Errors
/// As `may`; 422 for an id that is none, 400 for a header that cannot be read, 428 without `If-Match`.
pub(crate) fn judged<P: Addressed>(sent: Sent<P>, sha256: &[u8; 32], may: impl FnOnce(&Actor) -> Result<()>) -> Result<Judged> {
    sent.judged(sha256, |caller, parts| {
        let taker = Taker { actor: actor(caller)?, id: id_of::<P>(parts.first().map_or("", String::as_str))? };
        may(&taker.actor)?;
        Ok(taker)
    })
}

/// The reasons of a step and its day; a fault is added to `faults`.
pub(crate) fn said(
    step: &Judged,
    (pointer, reasons): (&str, &str),
    on: Option<&str>,
    faults: &mut Vec<FieldFault>,
) -> (Option<String>, Day) {
    let reasons = line(reasons, TEXT_MAX).map_err(|fault| faults.push(FieldFault::of(pointer, fault))).ok();
    (reasons, day_said(on, step.app.clock.now().day(), faults))
}

/// A proceeding as an answer.
///
/// # Errors
/// When it cannot be written as JSON.
pub(crate) fn answer<P: Shown>(status: u16, stored: &Stored<P>) -> Result<Answer> {
    let body = serde_json::to_string(&P::View::from(stored)).map_err(Error::internal)?;
    let location = (status == 201).then(|| format!("/credit/v1/{}/{}", P::PLACE, stored.proceeding.head().id));
    Ok(Answer { status, etag: Some(ETag(stored.version).to_string()), location, body })
}

/// One by its id, for an authority and the enterprise itself.
///
/// # Errors
/// `not_found`.
pub(crate) async fn read<P: Shown>(db: &Db, caller: &Caller, path: &str) -> Result<HttpResponse> {
    let id = id_of::<P>(path)?;
    let name = id.clone();
    let found = db.read(move |conn| {
        let stored = store::find::<P>(conn, &id)?;
        let bearer = stored.as_ref().map(|stored| enterprise::store::survivor_of(conn, stored.proceeding.head().enterprise)).transpose()?;
        Ok(stored.zip(bearer))
    });
    // Whether there is one is nobody else's business.
    let found = found.await?.filter(|(_, bearer)| caller.owns(bearer).is_ok());
    let stored = found.map(|(stored, _)| stored).ok_or_else(|| Error::not_found(P::KIND, &name))?;
    Ok(HttpResponse::Ok().insert_header(ETag(stored.version).header()).json(P::View::from(&stored)))
}

/// Which proceedings, as it is asked.
pub(crate) struct Asked {
    pub(crate) enterprise: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) limit: Option<String>,
    pub(crate) cursor: Option<String>,
}

/// A page of them, the oldest first: all for an authority, its own for an enterprise.
///
/// # Errors
/// Every bad parameter, or `not_your_organisation`.
pub(crate) async fn list<P: Shown>(
    db: &Db,
    req: &HttpRequest,
    caller: &Caller,
    asked: Asked,
    mut bad: Vec<FieldFault>,
) -> Result<HttpResponse> {
    let words: Vec<_> = P::states().into_iter().map(|word| (word, word)).collect();
    let state = param::word("state", asked.state.as_deref(), &words, &mut bad);
    let enterprise = whose(caller, asked.enterprise.as_deref(), &mut bad)?;
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let now = db.clock().now();
    let found = db.read(move |conn| {
        let enterprises = enterprise.map(|code| enterprise::store::with_absorbed(conn, &code, now)).transpose()?;
        store::list::<P>(conn, &Listing { enterprises, state, after, limit })
    });
    let found = found.await?;
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.proceeding.head().id]));
    Ok(page.map(|stored| P::View::from(&stored)).respond(req))
}

/// Whose proceedings a caller may list: an authority whose it asks for, everybody else its own.
fn whose(caller: &Caller, asked: Option<&str>, bad: &mut Vec<FieldFault>) -> Result<Option<Uscc>> {
    let refuse = |fault: Fault| bad.push(FieldFault::new("?enterprise", "bad_parameter", fault.detail));
    let asked = asked.map(Uscc::parse).transpose().map_err(refuse).ok().flatten();
    match asked {
        Some(asked) => caller.owns(&asked).map(|()| Some(asked)),
        None if caller.role() == Role::Authority => Ok(None),
        None => caller.organisation().map(Some),
    }
}
