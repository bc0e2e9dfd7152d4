//! Pages and merged documents.

use model::text::Lang;
use serde_json::json;

use super::{
    actions::{Document, Pages, merged, scopes},
    rules::{Entry, entry_page, wants_html},
};

fn document(name: &str) -> Document {
    // A schema that may be anything: the library writes it and cannot read it back.
    let schemas = json!({name: {"type": "object", "properties": {"data": {"description": "Anything."}}}});
    let operation = json!({"operationId": "list_events", "responses": {}, "security": [{"oauth2": [format!("{name}:read")]}]});
    let text = json!({
        "openapi": "3.1.0", "info": {"title": name, "version": "1"}, "components": {"schemas": schemas},
        "paths": {format!("/{name}/v1/events"): {"get": operation}}
    });
    Document::parse(name, &text.to_string()).unwrap()
}

#[test]
fn the_merged_document_has_everything_and_unique_operation_ids() {
    let documents = [document("credit"), document("procurement")];
    let all = merged(&documents).unwrap();
    assert_eq!(all["paths"]["/credit/v1/events"]["get"]["operationId"], "credit_list_events");
    assert_eq!(all["paths"]["/procurement/v1/events"]["get"]["operationId"], "procurement_list_events");
    assert_eq!(all["components"]["schemas"]["credit"]["properties"]["data"]["description"], "Anything.");
    assert!(all["components"]["schemas"]["procurement"].is_object());
    let flow = &all["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"];
    assert!(flow["scopes"]["credit:read"].is_string() && flow["scopes"]["procurement:read"].is_string());
    assert_eq!(scopes(&documents), ["credit:read", "procurement:read"]);
}

#[test]
fn html_only_for_who_asks_for_it_first() {
    assert!(wants_html("text/html,application/xhtml+xml,*/*;q=0.8"));
    assert!(!wants_html("application/json, text/html"));
    assert!(!wants_html("*/*"));
    assert!(!wants_html(""));
}

#[test]
fn pages_escape_what_they_show() {
    let entry = Entry { code: "a<b".to_owned(), status: 400, title_en: "\"x\" & y".to_owned(), title_zh: "甲".to_owned() };
    let page = entry_page(&entry, Lang::En);
    assert!(page.contains("a&lt;b") && page.contains("&quot;x&quot; &amp; y") && !page.contains("a<b"));
}

#[test]
fn every_shared_code_has_a_page() {
    let pages = Pages::new(&[Document::of("gateway", &crate::document()).unwrap()], [crate::CODES]).unwrap();
    for code in ["missing_field", "uscc_check_character", "invalid_scope", "rate_limited"] {
        assert!(pages.problems.contains_key(code), "{code}");
    }
}
