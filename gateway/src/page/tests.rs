//! Pages and merged documents.

use model::text::Lang;
use utoipa::openapi::OpenApi;

use super::{
    actions::{Pages, merged},
    rules::{Entry, entry_page, wants_html},
};

fn document(name: &str) -> OpenApi {
    let operation = serde_json::json!({"operationId": "list_events", "responses": {}});
    let text = serde_json::json!({
        "openapi": "3.1.0", "info": {"title": name, "version": "1"}, "paths": {format!("/{name}/v1/events"): {"get": operation}}
    });
    serde_json::from_value(text).unwrap()
}

#[test]
fn operation_ids_stay_unique_in_the_merged_document() {
    let all = merged(&[("credit".to_owned(), document("credit")), ("procurement".to_owned(), document("procurement"))]);
    let all = serde_json::to_value(all).unwrap();
    assert_eq!(all["paths"]["/credit/v1/events"]["get"]["operationId"], "credit_list_events");
    assert_eq!(all["paths"]["/procurement/v1/events"]["get"]["operationId"], "procurement_list_events");
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
    let pages = Pages::new(&[("gateway".to_owned(), crate::document())], [crate::CODES]).unwrap();
    for code in ["missing_field", "uscc_check_character", "invalid_scope", "rate_limited"] {
        assert!(pages.problems.contains_key(code), "{code}");
    }
}
