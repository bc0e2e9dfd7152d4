//! Making the pages, once, at start. Not here: serving them, `http`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bytes::Bytes;
use common::{
    document,
    error::{self, Code, Error, Result},
    http::once::hex,
};
use sha2::{Digest, Sha256};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, Url};

use super::rules::Entry;

/// The file of Swagger UI that is made to measure.
pub(crate) const SCRIPT: &str = "swagger-initializer.js";

/// A document ready to be sent.
pub(crate) struct Rendered {
    pub(crate) body: Bytes,
    pub(crate) etag: String,
}

/// All pages.
pub(crate) struct Pages {
    /// By path: `/openapi.json`, `/openapi/credit.json`.
    pub(crate) documents: BTreeMap<String, Rendered>,
    /// By code.
    pub(crate) problems: BTreeMap<String, Entry>,
    /// The script that tells the documentation page which documents there are.
    pub(crate) script: Bytes,
}

impl Pages {
    /// The pages of these services.
    pub(crate) fn new<'a>(documents: &[(String, OpenApi)], codes: impl IntoIterator<Item = &'a [Code]>) -> Result<Self> {
        let mut rendered = BTreeMap::from([("/openapi.json".to_owned(), render(&merged(documents))?)]);
        for (name, document) in documents {
            rendered.insert(format!("/openapi/{name}.json"), render(document)?);
        }
        Ok(Self { documents: rendered, problems: problems(codes), script: script(documents)? })
    }
}

fn script(documents: &[(String, OpenApi)]) -> Result<Bytes> {
    let paths: Vec<String> = documents.iter().map(|(name, _)| format!("/openapi/{name}.json")).collect();
    let mut urls = vec![Url::with_primary("all", "/openapi.json", true)];
    urls.extend(documents.iter().zip(&paths).map(|((name, _), path)| Url::new(name, path)));
    let config = Config::new(urls).try_it_out_enabled(true).validator_url("none");
    let file = utoipa_swagger_ui::serve(SCRIPT, Arc::new(config)).map_err(|error| Error::internal(error.to_string()))?;
    Ok(file.map(|file| file.bytes.into_owned()).unwrap_or_default().into())
}

fn render(document: &OpenApi) -> Result<Rendered> {
    let body = serde_json::to_vec(document).map_err(Error::internal)?;
    let etag = format!("\"{}\"", hex(&Sha256::digest(&body)));
    Ok(Rendered { body: body.into(), etag })
}

fn problems<'a>(codes: impl IntoIterator<Item = &'a [Code]>) -> BTreeMap<String, Entry> {
    let mut problems = BTreeMap::new();
    // Whoever comes first is kept: the shared codes, then those of the services, then those of the model, which are rules.
    for code in error::CODES.iter().chain(codes.into_iter().flatten()) {
        let entry =
            Entry { code: code.code.to_owned(), status: code.status, title_en: code.title_en.to_owned(), title_zh: code.title_zh.to_owned() };
        problems.entry(code.code.to_owned()).or_insert(entry);
    }
    for (code, title_en, title_zh) in model::fault::CODES {
        let entry = Entry { code: (*code).to_owned(), status: 422, title_en: (*title_en).to_owned(), title_zh: (*title_zh).to_owned() };
        problems.entry((*code).to_owned()).or_insert(entry);
    }
    problems
}

/// The document of the whole platform. An operation id that several services use gets the service's name in front.
#[must_use]
pub fn merged(documents: &[(String, OpenApi)]) -> OpenApi {
    let (mut once, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for id in documents.iter().flat_map(|(_, document)| operation_ids(document)) {
        if !once.insert(id.clone()) {
            twice.insert(id);
        }
    }
    let renamed: Vec<OpenApi> = documents.iter().map(|(name, document)| prefixed(document, name, &twice)).collect();
    document::merge(&renamed, "Touchstone", "Credit, standards and procurement eligibility: every service of the platform behind one gateway.")
}

fn operation_ids(document: &OpenApi) -> Vec<String> {
    let operations = document.paths.paths.values().flat_map(document::operations);
    operations.filter_map(|(_, operation)| operation.operation_id.clone()).collect()
}

fn prefixed(document: &OpenApi, name: &str, clashing: &BTreeSet<String>) -> OpenApi {
    let mut document = document.clone();
    for item in document.paths.paths.values_mut() {
        let all = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in all.into_iter().flatten() {
            if let Some(id) = operation.operation_id.as_mut().filter(|id| clashing.contains(*id)) {
                *id = format!("{name}_{id}");
            }
        }
    }
    document
}
