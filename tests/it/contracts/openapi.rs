//! The published files under `openapi/` are the documents that the code gives. `UPDATE=1 cargo nextest run -p tests openapi` writes them anew.

use std::{fs, path::PathBuf};

use super::documents;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../openapi")
}

/// Where two texts part, for a message that can be read.
fn first_difference(published: &str, made: &str) -> String {
    let mut lines = published.lines().zip(made.lines()).enumerate();
    lines.find(|(_, (old, new))| old != new).map_or_else(
        || format!("{} lines instead of {}", made.lines().count(), published.lines().count()),
        |(number, (old, new))| format!("line {}: published {:?}, made {:?}", number + 1, old.trim(), new.trim()),
    )
}

#[test]
fn openapi_files_are_what_the_code_says() {
    let is_update = std::env::var_os("UPDATE").is_some_and(|value| value == "1");
    let mut faults = Vec::new();
    for (name, document) in documents::all() {
        let path = folder().join(format!("{name}.json"));
        let made = documents::text(&document);
        let published = fs::read_to_string(&path).unwrap_or_default();
        if published == made {
            continue;
        }
        if is_update {
            // Only what changed: the gateway is built anew whenever one of these files is touched.
            fs::write(&path, made).unwrap();
        } else {
            faults.push(format!("openapi/{name}.json: {}", first_difference(&published, &made)));
        }
    }
    assert!(faults.is_empty(), "UPDATE=1 cargo nextest run -p tests openapi\n  {}", faults.join("\n  "));
}

#[test]
fn openapi_holds_no_other_files() {
    let known: Vec<String> = documents::all().into_iter().map(|(name, _)| format!("{name}.json")).collect();
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let other: Vec<String> = files.filter(|file| !known.contains(file)).collect();
    assert!(other.is_empty(), "openapi/ holds generated documents only: {other:?}");
}

#[test]
fn openapi_documents_survive_the_gateways_reading() {
    for document in documents::single() {
        let written: serde_json::Value = serde_json::from_str(&documents::text(&document.json)).unwrap();
        assert_eq!(written, document.json);
        let again = gateway::page::Document::parse(&document.name, &document.json.to_string()).unwrap();
        assert_eq!(again.json, document.json);
        assert_eq!(gateway::page::scopes(&[again]), gateway::page::scopes(&[document]));
    }
}
