//! Reading what comes with a step, and describing it. Not here: what a step does.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
    sync::Arc,
};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web::Data};
use common::{
    db::{Answer, Db, OnceKey, Tx},
    error::Result,
    http::{once, precondition::require_if_match},
    token::Caller,
};
use model::instant::Day;
use serde_json::json;
use utoipa::{
    IntoParams, PartialSchema,
    openapi::{
        ObjectBuilder, Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{SchemaType, Type},
    },
};

use crate::{Procurement, buyer::actions::Author, challenge::http::author};

/// Where a step goes: the parts of its path.
pub(crate) trait Place {
    /// Name, description and example of each.
    const PARTS: &'static [(&'static str, &'static str, &'static str)];
}

/// What comes with a step beside its body.
pub(crate) struct Sent<P> {
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    of: PhantomData<P>,
}

impl<P> FromRequest for Sent<P> {
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

impl<P: Place> IntoParams for Sent<P> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let part = |(name, about, example): &(&str, &str, &str)| {
            let part = ParameterBuilder::new().name(*name).parameter_in(ParameterIn::Path).description(Some(*about));
            part.example(Some(json!(example))).required(Required::True).schema(Some(String::schema())).build()
        };
        let header =
            |name: &str, about: &str| ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).description(Some(about));
        let text_or_null = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        let if_match = header("If-Match", "The ETag that was read.");
        let key = header("Idempotency-Key", "The same key and body gives the first answer again.");
        let mut all: Vec<Parameter> = P::PARTS.iter().map(part).collect();
        all.push(if_match.required(Required::True).schema(Some(String::schema())).build());
        all.push(key.required(Required::False).schema(Some(text_or_null)).build());
        all
    }
}

impl<P: Place> Sent<P> {
    /// Judges what does not need the body.
    ///
    /// # Errors
    /// 400 for a header that cannot be read, 428 without `If-Match`.
    pub(crate) fn judged(self, sha256: &[u8; 32]) -> Result<Judged> {
        let author = author(&self.caller)?;
        let key = once::key(&self.req, &self.caller, sha256)?;
        let version = require_if_match(&self.req)?;
        let part = |(name, ..): &(&str, &str, &str)| self.req.match_info().get(name).unwrap_or_default().to_owned();
        let parts = P::PARTS.iter().map(part).collect();
        let today = self.app.clock.now().day();
        Ok(Judged { app: self.app.into_inner(), db: self.db, key, author, version, today, parts })
    }
}

/// A step that can be taken: by whom, where, after which version.
pub(crate) struct Judged {
    pub(crate) app: Arc<Procurement>,
    pub(crate) author: Author,
    pub(crate) version: i64,
    pub(crate) today: Day,
    parts: Vec<String>,
    db: Data<Db>,
    key: Option<OnceKey>,
}

impl Judged {
    /// A part of its path, by its place.
    pub(crate) fn part(&self, place: usize) -> String {
        self.parts.get(place).cloned().unwrap_or_default()
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
