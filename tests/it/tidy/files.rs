//! Files as such: how long, how they begin, what they are called, where they stand; migrations and their versions. Not here: which file may
//! import what, `rooms`.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    none,
    source::{Piece, pieces},
    tree,
};

const MOST_LINES: usize = 400;
const MOST_LINES_OF_TESTS: usize = 600;
/// The visible entries of the top level; dot-files of tools may stand beside them.
const TOP: [&str; 9] = ["Cargo.lock", "Cargo.toml", "README.md", "gateway", "k8s", "libs", "openapi", "services", "tests"];
/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 8] = ["util", "utils", "helper", "helpers", "manager", "managers", "misc", "lib_utils"];
/// Words for which the glossary has another: it is an enterprise, whatever the law it was founded under.
const OTHER_WORDS: [&str; 4] = ["company", "companies", "firm", "firms"];
/// Law firms are a kind of organisation of their own in GB 32100.
const RIGHT_NAMES: [&str; 1] = ["LawFirm"];

#[test]
fn no_file_is_too_long() {
    let long = tree::rust().into_iter().filter_map(|path| {
        let (lines, most) = (tree::read(&path).lines().count(), if tree::is_test(&path) { MOST_LINES_OF_TESTS } else { MOST_LINES });
        (lines > most).then(|| format!("{path}: {lines} lines, at most {most}"))
    });
    none("Split these files by what they are about:", long.collect());
}

#[test]
fn every_file_says_first_what_it_is() {
    let silent = tree::rust().into_iter().filter(|path| {
        let text = tree::read(path);
        !text.starts_with("//! ") && !text.starts_with("#![doc = include_str!(")
    });
    none("These files do not open with `//!`:", silent.collect());
}

#[test]
fn the_top_level_is_fixed() {
    let entries: BTreeSet<String> = tree::paths().iter().filter_map(|path| path.split('/').next()).map(str::to_owned).collect();
    let visible: BTreeSet<&str> = entries.iter().map(String::as_str).filter(|entry| !entry.starts_with('.')).collect();
    assert_eq!(visible, BTreeSet::from(TOP), "the top level holds exactly these nine visible entries");
}

#[test]
fn no_file_has_an_empty_name() {
    let empty = tree::paths().into_iter().filter(|path| {
        let mut names = path.split('/').map(|step| step.split('.').next().unwrap_or(step));
        !path.starts_with("tests/data/") && names.any(|name| EMPTY_NAMES.contains(&name))
    });
    none("These names do not say what is inside:", empty.collect());
}

/// The words that a name is made of, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        if c == '_' || (c.is_uppercase() && words.last().is_some_and(|word| word.chars().any(char::is_lowercase))) {
            words.push(String::new());
        }
        if c != '_' {
            words.last_mut().unwrap().extend(c.to_lowercase());
        }
    }
    words
}

#[test]
fn one_thing_has_one_word() {
    let mut faults = Vec::new();
    for path in tree::paths().into_iter().filter(|path| !path.starts_with("tests/data/")) {
        if path.split(['/', '.', '-']).flat_map(words).any(|word| OTHER_WORDS.contains(&word.as_str())) {
            faults.push(path.clone());
        }
        if !path.ends_with(".rs") {
            continue;
        }
        for (piece, line) in pieces(&tree::read(&path)) {
            if let Piece::Word(name) = piece
                && !RIGHT_NAMES.contains(&name.as_str())
                && words(&name).iter().any(|word| OTHER_WORDS.contains(&word.as_str()))
            {
                faults.push(format!("{path}:{line}: {name}"));
            }
        }
    }
    none("It is called an enterprise:", faults);
}

/// All migrations: version and path. The version is the name up to the first `_`, without dashes, as diesel reads it.
fn migrations() -> Vec<(String, String)> {
    let mut found = BTreeMap::new();
    for path in tree::paths() {
        if let Some((folder, rest)) = path.split_once("/migrations/")
            && let Some((name, _)) = rest.split_once('/')
        {
            let version = name.split('_').next().unwrap_or(name).replace('-', "");
            found.insert(format!("{folder}/migrations/{name}"), version);
        }
    }
    found.into_iter().map(|(path, version)| (version, path)).collect()
}

#[test]
fn migrations_have_versions_of_their_own() {
    let (mut faults, mut seen) = (Vec::new(), BTreeMap::new());
    for (version, path) in migrations() {
        let is_common = path.starts_with("libs/common/");
        let is_dated = version.starts_with("20");
        if version.len() != 14
            || !version.chars().all(|c| c.is_ascii_digit())
            || (if is_common { !version.starts_with('0') } else { !is_dated })
        {
            faults.push(format!("{path}: 14 digits that start with 0 in common, and with the date elsewhere"));
        }
        for half in ["up.sql", "down.sql"] {
            if !tree::root().join(&path).join(half).is_file() {
                faults.push(format!("{path}: no {half}"));
            }
        }
        // Two migrations of one database with the same version: diesel would silently skip the second.
        if let Some(other) = seen.insert(version.clone(), path.clone()) {
            faults.push(format!("{path}: {version} is the version of {other}"));
        }
    }
    none("Migrations:", faults);
}

#[test]
fn a_name_is_read_as_its_words() {
    assert_eq!(words("confirm_FirmName"), ["confirm", "firm", "name"]);
}
