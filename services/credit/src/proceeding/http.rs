//! What proceedings do alike on HTTP: what comes with a step, one by its id, lists. Not here: the operations, which stand with their kind.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
    sync::Arc,
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db, OnceKey, Tx},
    error::{Error, Result},
    http::{
        once,
        page::{Cursor, Limit, Page},
        param,
        precondition::{ETag, require_if_match},
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
use serde_json::json;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{SchemaType, Type},
    },
};

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

/// What comes with a step beside its body.
pub(crate) struct Sent<P> {
    pub(crate) app: Data<Credit>,
    pub(crate) req: HttpRequest,
    pub(crate) caller: Caller,
    db: Data<Db>,
    path: Path<String>,
    of: PhantomData<P>,
}

impl<P> FromRequest for Sent<P> {
    type Error = actix_web::Error;
    type Future = Ready<actix_web::Result<Self>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let mut read = || {
            Ok(Self {
                app: Data::from_request(req, payload).into_inner()?,
                req: req.clone(),
                caller: Caller::from_request(req, payload).into_inner()?,
                db: Data::from_request(req, payload).into_inner()?,
                path: Path::from_request(req, payload).into_inner()?,
                of: PhantomData,
            })
        };
        ready(read())
    }
}

impl<P: Addressed> IntoParams for Sent<P> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let header =
            |name: &str, about: &str| ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).description(Some(about));
        let id = ParameterBuilder::new()
            .name("id")
            .parameter_in(ParameterIn::Path)
            .description(Some(format!("The id of the {}.", P::NOUN)))
            .example(Some(json!(format!("{}_01JD0000000000000000000000", P::PREFIX))));
        let text_or_null = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        let if_match = header("If-Match", "The ETag that was read.");
        let key = header("Idempotency-Key", "The same key and body gives the first answer again.");
        vec![
            id.required(Required::True).schema(Some(String::schema())).build(),
            if_match.required(Required::True).schema(Some(String::schema())).build(),
            key.required(Required::False).schema(Some(text_or_null)).build(),
        ]
    }
}

impl<P: Addressed> Sent<P> {
    /// Judges it; `may` asks whether the actor may take such a step.
    ///
    /// # Errors
    /// As `may`; 422 for an id that is none, 400 for a header that cannot be read, 428 without `If-Match`.
    pub(crate) fn judged(self, sha256: &[u8; 32], may: impl FnOnce(&Actor) -> Result<()>) -> Result<Judged> {
        let (actor, id) = (actor(&self.caller)?, id_of::<P>(&self.path)?);
        may(&actor)?;
        let key = once::key(&self.req, &self.caller, sha256)?;
        let version = require_if_match(&self.req)?;
        Ok(Judged { app: self.app.into_inner(), db: self.db, key, actor, id, version })
    }
}

/// A step that can be taken: by whom, with what, after which version.
pub(crate) struct Judged {
    pub(crate) app: Arc<Credit>,
    pub(crate) actor: Actor,
    pub(crate) id: String,
    pub(crate) version: i64,
    db: Data<Db>,
    key: Option<OnceKey>,
}

impl Judged {
    /// Its reasons and its day; a fault is added to `faults`.
    pub(crate) fn said(&self, (pointer, reasons): (&str, &str), on: Option<&str>, faults: &mut Vec<FieldFault>) -> (Option<String>, Day) {
        let reasons = line(reasons, TEXT_MAX).map_err(|fault| faults.push(FieldFault::of(pointer, fault))).ok();
        (reasons, day_said(on, self.app.clock.now().day(), faults))
    }

    /// Takes it in one transaction; with a key the answer is kept.
    ///
    /// # Errors
    /// As `work`.
    pub(crate) async fn take<F>(mut self, work: F) -> Result<HttpResponse>
    where
        F: Fn(&mut Tx<'_>, &Self) -> Result<Answer> + Send + 'static,
    {
        let (db, key) = (self.db.clone(), self.key.take());
        let answer = db.write_once(key, move |tx| work(tx, &self)).await?;
        Ok(once::respond(&answer))
    }
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
    let limit = Limit::parse(asked.limit.as_deref()).unwrap_or_else(|error| {
        bad.push(error);
        1
    });
    let enterprise = whose(caller, asked.enterprise.as_deref(), &mut bad)?;
    param::refuse(bad)?;
    let after = asked.cursor.as_deref().map(|cursor| Cursor::decode(cursor, 1)).transpose()?.and_then(|cursor| cursor.0.into_iter().next());
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
