//! The manifests under `k8s/` speak of settings that exist, with values that can be read. Not here: whether they fit the Kubernetes schemas;
//! `tests/k8s_check.sh` asks that.

use std::collections::BTreeSet;

use common::config::Config;

use super::{none, tree};

fn manifests() -> Vec<String> {
    tree::paths().into_iter().filter(|path| path.starts_with("k8s/") && (path.ends_with(".yaml") || path.ends_with(".yml"))).collect()
}

/// The names of settings in a text.
fn settings(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with("TOUCHSTONE_")).collect()
}

/// A comment may name what is not a setting.
fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n")
}

/// An empty value is no value, so that only an unknown name can be refused.
fn is_setting(name: &str) -> bool {
    Config::from_pairs([(name.to_owned(), String::new())]).is_ok()
}

#[test]
fn manifests_and_their_readme_name_only_settings_that_exist() {
    let mut faults = Vec::new();
    for path in manifests().into_iter().chain(["k8s/README.md".to_owned()]) {
        let text = without_comments(&tree::read(&path));
        faults.extend(settings(&text).into_iter().filter(|name| !is_setting(name)).map(|name| format!("{path}: {name}")));
    }
    assert!(!is_setting("TOUCHSTONE_GATEWAY_PORT"));
    none("There are no such settings:", faults);
}

#[test]
fn the_settings_of_the_manifests_can_be_read() {
    let mut faults = Vec::new();
    for path in manifests() {
        let text = tree::read(&path);
        let lines = text.lines().map(str::trim).filter(|line| line.starts_with("TOUCHSTONE_"));
        let pairs: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.trim().trim_matches('"').to_owned()))
            .collect();
        if let Err(error) = Config::from_pairs(pairs) {
            faults.push(format!("{path}: {error}"));
        }
    }
    none("A process would refuse these values:", faults);
}

#[test]
fn kubernetes_adds_no_settings_of_its_own() {
    let (mut faults, mut pods) = (Vec::new(), 0);
    for path in manifests().into_iter().filter(|path| path.starts_with("k8s/base/")) {
        for document in tree::read(&path).split("\n---").filter(|document| document.contains("\n      containers:")) {
            pods += 1;
            // For every service Kubernetes would add `<SERVICE>_PORT`, and a name that we do not know stops the start.
            for needed in [
                "\n      enableServiceLinks: false\n",
                "runAsNonRoot: true",
                "readOnlyRootFilesystem: true",
                "/health/live",
                "/health/ready",
            ] {
                if !document.contains(needed) {
                    faults.push(format!("{path}: no `{}`", needed.trim()));
                }
            }
        }
    }
    none("Pods:", faults);
    assert_eq!(pods, tree::services().len() + 1, "one pod for the gateway and for each service");
}
