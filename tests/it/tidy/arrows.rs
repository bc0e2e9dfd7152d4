//! Which crate may depend on which, from the manifests. Not here: what a file inside a crate may import, `rooms`.

use std::process::Command;

use serde_json::Value;

use super::{none, tree};

/// Crates that speak to databases, brokers and collectors: named in `common` alone, so that one place knows them.
const OF_COMMON_ALONE: [&str; 5] = ["diesel", "diesel_migrations", "redis", "jsonwebtoken", "opentelemetry"];

/// One arrow: who, on whom, and in which section of the manifest.
struct Arrow {
    from: String,
    to: String,
    is_dev: bool,
}

fn arrows() -> Vec<Arrow> {
    let made = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(tree::root())
        .output()
        .unwrap();
    assert!(made.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&made.stderr));
    let metadata: Value = serde_json::from_slice(&made.stdout).unwrap();
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        for dependency in package["dependencies"].as_array().unwrap() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            found.push(Arrow { from: text(&package["name"]), to: text(&dependency["name"]), is_dev: dependency["kind"] == "dev" });
        }
    }
    found
}

/// The crates of this workspace that a crate may depend on. An arrow that is missing here turns back or goes astray.
fn allowed(from: &str, services: &[String]) -> Vec<String> {
    let mut names: Vec<&str> = match from {
        // The ends of all arrows: vocabulary, and the receipt that anyone may verify without us.
        "model" | "receipt" => vec![],
        "common" => vec!["model"],
        "contracts" => vec!["common", "model"],
        "gateway" => vec!["common", "model", "receipt"],
        "testkit" => vec!["common", "contracts", "gateway", "model", "receipt"],
        "procurement" => vec!["common", "contracts", "model", "receipt"],
        "all_in_one" => vec!["common", "contracts", "gateway", "model", "receipt"],
        "tests" => vec!["common", "contracts", "gateway", "model", "receipt", "testkit"],
        _ => vec!["common", "contracts", "model"],
    };
    if from == "all_in_one" || from == "tests" {
        names.extend(services.iter().map(String::as_str));
    }
    names.into_iter().map(str::to_owned).collect()
}

#[test]
fn arrows_between_crates_never_turn_back() {
    let services = tree::services();
    let own: Vec<String> =
        tree::folders("libs").into_iter().chain(tree::folders("services")).chain(["gateway".into(), "tests".into()]).collect();
    let mut faults = Vec::new();
    for Arrow { from, to, is_dev } in arrows().into_iter().filter(|arrow| own.contains(&arrow.to)) {
        // Whoever tests over HTTP may use the test kit; the crates below it could not.
        let for_tests = is_dev && to == "testkit" && (services.contains(&from) || ["gateway", "all_in_one"].contains(&from.as_str()));
        if !for_tests && !allowed(&from, &services).contains(&to) {
            faults.push(format!("{from} -> {to}{}", if is_dev { " (dev)" } else { "" }));
        }
    }
    none("Crates may not depend on each other like this:", faults);
}

#[test]
fn the_test_kit_and_the_tests_are_for_development_only() {
    let wrong = arrows().into_iter().filter(|arrow| !arrow.is_dev && (arrow.to == "testkit" || arrow.from == "tests"));
    none("These belong under [dev-dependencies]:", wrong.map(|arrow| format!("{} -> {}", arrow.from, arrow.to)).collect());
}

#[test]
fn databases_brokers_tokens_and_collectors_are_named_in_common() {
    let services = tree::services();
    let wrong = arrows().into_iter().filter(|Arrow { from, to, is_dev }| {
        let is_special = OF_COMMON_ALONE.contains(&to.as_str()) || to.starts_with("opentelemetry");
        let has_tables = services.contains(from) || from == "gateway";
        // The test kit makes and drops the throw-away schemas of PostgreSQL.
        let is_kit = from == "testkit" && to.starts_with("diesel");
        let is_allowed = from == "common" || (has_tables && to.starts_with("diesel")) || is_kit || (*is_dev && from == "tests");
        is_special && !is_allowed
    });
    none("Only `common` names these crates:", wrong.map(|arrow| format!("{} -> {}", arrow.from, arrow.to)).collect());
}
