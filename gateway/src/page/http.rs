//! Serving of documents and pages. Not here: what stands in them, `actions`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header,
    web::{Data, Path, ServiceConfig},
};
use bytes::Bytes;
use common::error::{Code, Error, Kind, Result};
use model::text::{Lang, Text};
use serde_json::{Value, json};
use utoipa_swagger_ui::Config;

use super::{
    actions::{Pages, Rendered, SCRIPT},
    rules::{self, Entry},
};

/// Puts the pages into an app.
pub(crate) fn configure(config: &mut ServiceConfig, pages: &Data<Pages>) {
    config
        .app_data(Data::clone(pages))
        .service(read_all)
        .service(read_one)
        .service(list_problems)
        .service(read_problem)
        .service(to_docs)
        .service(to_docs_from_root)
        .service(read_docs);
}

#[get("/openapi.json")]
async fn read_all(pages: Data<Pages>, request: HttpRequest) -> Result<HttpResponse> {
    document(&pages, &request)
}

#[get("/openapi/{service}.json")]
async fn read_one(pages: Data<Pages>, request: HttpRequest) -> Result<HttpResponse> {
    document(&pages, &request)
}

fn document(pages: &Pages, request: &HttpRequest) -> Result<HttpResponse> {
    let Rendered { body, etag } = pages.documents.get(request.path()).ok_or_else(missing)?;
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    let fresh = known.is_some_and(|known| known.split(',').any(|tag| tag.trim() == etag || tag.trim() == "*"));
    let mut answer = if fresh { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::ETAG, etag.as_str())).insert_header((header::CACHE_CONTROL, "public, max-age=60"));
    Ok(if fresh { answer.finish() } else { answer.content_type("application/json").body(body.clone()) })
}

/// The documentation page: Swagger UI as it is built in, with the list of our documents.
#[get("/docs/{file:.*}")]
async fn read_docs(pages: Data<Pages>, file: Path<String>) -> Result<HttpResponse> {
    let file = file.into_inner();
    if file == SCRIPT {
        return Ok(HttpResponse::Ok().content_type("text/javascript").body(pages.script.clone()));
    }
    let found = utoipa_swagger_ui::serve(&file, Arc::new(Config::default())).map_err(|error| Error::internal(error.to_string()))?;
    let found = found.ok_or_else(missing)?;
    let mut answer = HttpResponse::Ok();
    if found.gzpipped {
        answer.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    answer.insert_header((header::CACHE_CONTROL, "public, max-age=3600"));
    Ok(answer.content_type(found.content_type).body(Bytes::from(found.bytes.into_owned())))
}

#[get("/problems")]
async fn list_problems(pages: Data<Pages>, request: HttpRequest) -> HttpResponse {
    let lang = lang(&request);
    if wants_html(&request) {
        return html(rules::list_page(pages.problems.values(), lang), lang);
    }
    let items: Vec<Value> = pages.problems.values().map(|entry| shown(entry, lang)).collect();
    answer(&json!({"items": items}), lang)
}

#[get("/problems/{code}")]
async fn read_problem(pages: Data<Pages>, request: HttpRequest, code: Path<String>) -> Result<HttpResponse> {
    let entry = pages.problems.get(code.as_str()).ok_or_else(missing)?;
    let lang = lang(&request);
    Ok(if wants_html(&request) { html(rules::entry_page(entry, lang), lang) } else { answer(&shown(entry, lang), lang) })
}

#[get("/")]
async fn to_docs_from_root() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/docs/")).finish()
}

#[get("/docs")]
async fn to_docs() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/docs/")).finish()
}

fn missing() -> Error {
    Error::new(Kind::NotFound, Code::NOT_FOUND, Text::new("没有这个页面。", "There is no such page."))
}

fn lang(request: &HttpRequest) -> Lang {
    let wanted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|wanted| wanted.to_str().ok());
    wanted.map_or(Lang::En, Lang::from_accept_language)
}

fn wants_html(request: &HttpRequest) -> bool {
    request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(rules::wants_html)
}

fn shown(entry: &Entry, lang: Lang) -> Value {
    json!({"type": format!("/problems/{}", entry.code), "code": entry.code, "status": entry.status, "title": entry.title(lang)})
}

fn answer(value: &Value, lang: Lang) -> HttpResponse {
    with_language(HttpResponse::Ok(), lang).json(value)
}

fn html(page: String, lang: Lang) -> HttpResponse {
    let mut answer = with_language(HttpResponse::Ok(), lang);
    answer.insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'"));
    answer.content_type("text/html; charset=utf-8").body(page)
}

fn with_language(mut answer: actix_web::HttpResponseBuilder, lang: Lang) -> actix_web::HttpResponseBuilder {
    answer.insert_header((header::CONTENT_LANGUAGE, if lang == Lang::Zh { "zh" } else { "en" }));
    answer.insert_header((header::VARY, "Accept, Accept-Language"));
    answer
}
