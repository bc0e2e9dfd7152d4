//! A step of a life cycle as it comes in: where it goes, by whom, after which version, under which key; and taking it. Not here: which steps there are and
//! who may take them; each service says.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
    sync::Arc,
};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web::Data};
use serde_json::json;
use utoipa::{
    IntoParams, PartialSchema,
    openapi::{
        ObjectBuilder, Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{SchemaType, Type},
    },
};

use super::{once, precondition::require_if_match};
use crate::{
    db::{Answer, Db, OnceKey, Tx},
    error::Result,
    token::Caller,
};

/// A part of a path.
pub struct Part {
    /// As the template of the path names it.
    pub name: &'static str,
    /// What it is, for the documents.
    pub about: String,
    /// One of them.
    pub example: String,
}

impl Part {
    /// A part of a path.
    #[must_use]
    pub fn new(name: &'static str, about: impl Into<String>, example: impl Into<String>) -> Self {
        Self { name, about: about.into(), example: example.into() }
    }
}

/// Where a step goes.
pub trait Place {
    /// The parts of its path, in order.
    fn parts() -> Vec<Part>;
}

/// What comes with a step to `P` of the service `A`, beside its body.
pub struct Sent<P, A> {
    /// The request.
    pub req: HttpRequest,
    /// Who sends it.
    pub caller: Caller,
    app: Data<A>,
    db: Data<Db>,
    of: PhantomData<P>,
}

impl<P, A: 'static> FromRequest for Sent<P, A> {
    type Error = actix_web::Error;
    type Future = Ready<actix_web::Result<Self>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let mut read = || {
            Ok(Self {
                app: Data::from_request(req, payload).into_inner()?,
                db: Data::from_request(req, payload).into_inner()?,
                req: req.clone(),
                caller: Caller::from_request(req, payload).into_inner()?,
                of: PhantomData,
            })
        };
        ready(read())
    }
}

impl<P: Place, A> IntoParams for Sent<P, A> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let part = |part: Part| {
            let one = ParameterBuilder::new().name(part.name).parameter_in(ParameterIn::Path).description(Some(part.about));
            one.example(Some(json!(part.example))).required(Required::True).schema(Some(String::schema())).build()
        };
        let header =
            |name: &str, about: &str| ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).description(Some(about));
        let text_or_null = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        let if_match = header("If-Match", "The ETag that was read.");
        let key = header("Idempotency-Key", "The same key and body gives the first answer again.");
        let mut all: Vec<Parameter> = P::parts().into_iter().map(part).collect();
        all.push(if_match.required(Required::True).schema(Some(String::schema())).build());
        all.push(key.required(Required::False).schema(Some(text_or_null)).build());
        all
    }
}

impl<P: Place, A> Sent<P, A> {
    /// Judges what does not need the body; `by` says who takes the step, from the caller and the parts of the path.
    ///
    /// # Errors
    /// As `by`; 400 for a header that cannot be read, 428 without `If-Match`.
    pub fn judged<W>(self, sha256: &[u8; 32], by: impl FnOnce(&Caller, &[String]) -> Result<W>) -> Result<Judged<A, W>> {
        let part = |part: Part| self.req.match_info().get(part.name).unwrap_or_default().to_owned();
        let parts: Vec<String> = P::parts().into_iter().map(part).collect();
        let by = by(&self.caller, &parts)?;
        let key = once::key(&self.req, &self.caller, sha256)?;
        let version = require_if_match(&self.req)?;
        Ok(Judged { app: self.app.into_inner(), by, version, parts, db: self.db, key })
    }
}

/// A step that can be taken: by whom, where, after which version.
pub struct Judged<A, W> {
    /// The service.
    pub app: Arc<A>,
    /// Who takes it.
    pub by: W,
    /// The version that was read.
    pub version: i64,
    parts: Vec<String>,
    db: Data<Db>,
    key: Option<OnceKey>,
}

impl<A: Send + Sync + 'static, W: Send + 'static> Judged<A, W> {
    /// A part of its path, by its place.
    #[must_use]
    pub fn part(&self, place: usize) -> String {
        self.parts.get(place).cloned().unwrap_or_default()
    }

    /// Takes it in one transaction; with a key the answer is kept.
    ///
    /// # Errors
    /// As `work`.
    pub async fn take<F>(mut self, work: F) -> Result<HttpResponse>
    where
        F: Fn(&mut Tx<'_>, &Self) -> Result<Answer> + Send + 'static,
    {
        let (db, key) = (self.db.clone(), self.key.take());
        let answer = db.write_once(key, move |tx| work(tx, &self)).await?;
        Ok(once::respond(&answer))
    }
}
