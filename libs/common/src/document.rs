//! The OpenAPI document of a service: what its routes say, with the facts that hold for every service. Not here: the published files; they stand
//! in `openapi/` and a test compares them.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, ContactBuilder, InfoBuilder, LicenseBuilder, OpenApi, Paths, Server,
        path::{Operation, PathItem},
        security::{ClientCredentials, Flow, OAuth2, Scopes, SecurityRequirement, SecurityScheme},
        tag::TagBuilder,
    },
};

use crate::{
    error::Problem,
    service::{self, Service},
};

/// The name of the security scheme in every document.
pub const SCHEME: &str = "oauth2";

/// The document of one service.
#[must_use]
pub fn of<S: Service>() -> OpenApi {
    let mut document = service::bare_document::<S>();
    let feed = format!("/{}/v1/events", S::NAME);
    if let Some(operation) = document.paths.paths.get_mut(&feed).and_then(|item| item.get.as_mut()) {
        operation.security = Some(vec![SecurityRequirement::new(SCHEME, [format!("{}:read", S::NAME)])]);
    }
    for item in document.paths.paths.values_mut() {
        for operation in operations_mut(item) {
            operation.tags = Some(vec![S::NAME.to_owned()]);
        }
    }
    finish(&mut document, S::TITLE, S::ABOUT);
    document
}

/// Puts in what holds for every document.
pub fn finish(document: &mut OpenApi, title: &str, about: &str) {
    document.info = InfoBuilder::new()
        .title(title)
        .version("1")
        .description(Some(about))
        .contact(Some(ContactBuilder::new().name(Some("Touchstone")).build()))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    document.servers = Some(vec![Server::new("/")]);
    let items = document.paths.paths.values_mut();
    let mut names: Vec<String> = items.flat_map(operations_mut).flat_map(described).collect();
    names.sort();
    names.dedup();
    document.tags = Some(
        names.into_iter().map(|name| TagBuilder::new().description(Some(format!("Operations of {name}."))).name(name).build()).collect(),
    );
    let scopes = Scopes::from_iter(scopes_of(document).into_iter().map(|scope| {
        let meaning = format!("Scope {scope}.");
        (scope, meaning)
    }));
    let components = document.components.get_or_insert_with(Components::default);
    // A reference that comes only from a derived response set is not collected by the library.
    components.schemas.entry(Problem::name().into_owned()).or_insert_with(Problem::schema);
    let mut inner = Vec::new();
    Problem::schemas(&mut inner);
    for (name, schema) in inner {
        components.schemas.entry(name).or_insert(schema);
    }
    let flow = Flow::ClientCredentials(ClientCredentials::new("/oauth2/token", scopes));
    components.add_security_scheme(SCHEME, SecurityScheme::OAuth2(OAuth2::new([flow])));
    prune(document);
}

/// Takes out the schemas that no operation leads to: the library writes the items of a page out in place and lists them as well.
fn prune(document: &mut OpenApi) {
    let Some(components) = &mut document.components else { return };
    let mut schemas = std::mem::take(&mut components.schemas);
    let mut open = referred(&*document);
    let mut used = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some(schema) = schemas.get(&name).filter(|_| !used.contains(&name)) {
            open.extend(referred(schema));
            used.insert(name);
        }
    }
    schemas.retain(|name, _| used.contains(name));
    if let Some(components) = &mut document.components {
        components.schemas = schemas;
    }
}

/// The names of the schemas that a part of a document refers to.
fn referred(part: &impl Serialize) -> Vec<String> {
    let mut names = Vec::new();
    let mut open = vec![serde_json::to_value(part).unwrap_or_default()];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                let target = members.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix("#/components/schemas/"));
                names.extend(target.map(str::to_owned));
                open.extend(members.into_iter().map(|(_, member)| member));
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    names
}

/// Says in words what an operation asks for, where nothing else is said; gives its tags.
fn described(operation: &mut Operation) -> Vec<String> {
    let needed = scopes(operation).map_or("Needs no token.".to_owned(), |scopes| format!("Needs the scope `{}`.", scopes.join("` and `")));
    operation.description.get_or_insert(needed);
    operation.tags.clone().unwrap_or_default()
}

/// One document of several: later ones win where both say something.
#[must_use]
pub fn merge(documents: &[OpenApi], title: &str, about: &str) -> OpenApi {
    let mut merged = OpenApi::new(InfoBuilder::new().title(title).version("1").build(), Paths::new());
    for document in documents {
        merged.merge(document.clone());
    }
    finish(&mut merged, title, about);
    merged
}

/// The operations of a path with their methods.
#[must_use]
pub fn operations(item: &PathItem) -> Vec<(&'static str, &Operation)> {
    let all = [
        ("GET", &item.get),
        ("PUT", &item.put),
        ("POST", &item.post),
        ("DELETE", &item.delete),
        ("PATCH", &item.patch),
        ("HEAD", &item.head),
        ("OPTIONS", &item.options),
    ];
    all.into_iter().filter_map(|(method, operation)| operation.as_ref().map(|operation| (method, operation))).collect()
}

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().filter_map(Option::as_mut)
}

/// The scopes that an operation asks for; `None` where it is public.
#[must_use]
pub fn scopes(operation: &Operation) -> Option<Vec<String>> {
    let required = operation.security.as_ref()?.first()?;
    let value = serde_json::to_value(required).ok()?;
    let scopes = value.get(SCHEME)?.as_array()?;
    Some(scopes.iter().filter_map(|scope| scope.as_str().map(str::to_owned)).collect())
}

fn scopes_of(document: &OpenApi) -> Vec<String> {
    let items = document.paths.paths.values().flat_map(operations);
    let mut all: Vec<String> = items.filter_map(|(_, operation)| scopes(operation)).flatten().collect();
    all.sort();
    all.dedup();
    all
}

/// Whether every reference of a document has its target.
#[must_use]
pub fn dangling(document: &Value) -> Vec<String> {
    let mut missing = Vec::new();
    let mut open = vec![document];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                if let Some(target) = members.get("$ref").and_then(|target| target.as_str())
                    && document.pointer(target.trim_start_matches('#')).is_none()
                {
                    missing.push(target.to_owned());
                }
                open.extend(members.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    missing
}
