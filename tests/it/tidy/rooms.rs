//! The anatomy of a service: the same doors everywhere, and what may pass through each. Not here: which crates a crate may name, `arrows`.

use std::collections::BTreeSet;

use super::{
    none,
    source::{self, Piece, begins, named_paths, pieces},
    tree,
};

/// The files of a room.
const DOORS: [&str; 6] = ["mod.rs", "http.rs", "actions.rs", "rules.rs", "store.rs", "tests.rs"];
/// The files beside the rooms; `problem.rs` holds the codes of the service's rules.
const BESIDE: [&str; 4] = ["lib.rs", "main.rs", "schema.rs", "problem.rs"];
/// Rules decide, and touch nothing. Besides these, the rules of other rooms.
const OF_RULES: [&str; 16] = [
    "model::",
    "contracts::",
    "std::",
    "core::",
    "alloc::",
    "serde::",
    "serde_json::",
    "cel::",
    "chrono::",
    "utoipa::",
    "receipt::",
    // Bytes of a stranger, without any io.
    "quick_xml::",
    // Tables of scripts and sounds.
    "ferrous_opencc::",
    "pinyin::",
    // Units and the size of each.
    "octofhir_ucum::",
    "proptest::",
];
/// A store speaks to its tables, and nothing else. A column of JSON is text, hence `serde`.
const OF_STORES: [&str; 10] =
    ["diesel::", "common::db", "common::error", "model::", "contracts::", "chrono::", "std::", "serde::", "serde_json::", "crate::schema"];

/// The source folders that have the anatomy.
fn houses() -> Vec<String> {
    tree::services().into_iter().map(|name| format!("services/{name}/src/")).chain(["gateway/src/".to_owned()]).collect()
}

/// The files of all rooms: house, path, file name.
fn doors() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for path in tree::rust() {
        if let Some(house) = houses().into_iter().find(|house| path.starts_with(house.as_str())) {
            let file = path.rsplit('/').next().unwrap_or(&path).to_owned();
            found.push((house, path, file));
        }
    }
    found
}

#[test]
fn every_room_has_the_same_doors() {
    let mut faults = Vec::new();
    for (house, path, file) in doors() {
        let inside: Vec<&str> = path.trim_start_matches(house.as_str()).split('/').collect();
        match inside.as_slice() {
            [_] if BESIDE.contains(&file.as_str()) => {}
            [room, _] if DOORS.contains(&file.as_str()) => {
                if !tree::root().join(format!("{house}{room}/mod.rs")).is_file() {
                    faults.push(format!("{house}{room}: no mod.rs that says what the room is"));
                }
            }
            _ => faults.push(path),
        }
    }
    none("Only mod, http, actions, rules, store, tests in a room; lib, main, schema, problem beside the rooms:", faults);
}

/// The names under which a crate knows its dependencies.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut is_section = false;
    for line in tree::read(manifest).lines() {
        if line.starts_with('[') {
            is_section = line.contains("dependencies");
        } else if let (true, Some((name, _))) = (is_section, line.split_once([' ', '='])) {
            found.insert(name.replace('-', "_"));
        }
    }
    found
}

/// What a file outside its tests names of other crates and other modules.
fn foreign(house: &str, path: &str) -> Vec<(String, usize)> {
    let roots = dependencies(&house.replace("src/", "Cargo.toml"));
    let is_foreign = |path: &str| {
        let root = path.split("::").next().unwrap_or(path);
        roots.contains(root) || ["crate", "super", "std", "core", "alloc"].contains(&root)
    };
    let code = source::without_tests(pieces(&tree::read(path)));
    named_paths(&code).into_iter().filter(|(path, _)| is_foreign(path)).collect()
}

#[test]
fn rules_touch_nothing() {
    let mut faults = Vec::new();
    for (house, path, _) in doors().into_iter().filter(|(_, _, file)| file == "rules.rs") {
        for (name, line) in foreign(&house, &path) {
            let steps: Vec<&str> = name.split("::").collect();
            let is_own = match steps.as_slice() {
                ["crate", _, "rules", ..] => true,
                // The words of the own room.
                ["super", next, ..] => !["http", "actions", "store"].contains(next),
                _ => false,
            };
            // The gateway has no domain: what it refuses is refused with the shared codes; RFC 7617 is base64.
            let is_gateway = house.starts_with("gateway") && (name.starts_with("common::error") || name.starts_with("base64::"));
            // In the code a path is cut after two steps; the `use` tells the whole of it.
            let is_cut = steps.len() == 2 && steps.first() == Some(&"crate");
            if !(is_own || is_gateway || is_cut || OF_RULES.iter().any(|root| name.starts_with(root))) {
                faults.push(format!("{path}:{line}: {name}"));
            }
        }
    }
    none("rules.rs may name only model, contracts, std, the pure crates of the list and other rules:", faults);
}

#[test]
fn stores_speak_to_their_tables_only() {
    let mut faults = Vec::new();
    for (house, path, _) in doors().into_iter().filter(|(_, _, file)| file == "store.rs") {
        for (name, line) in foreign(&house, &path) {
            let steps: Vec<&str> = name.split("::").collect();
            let is_own = match steps.as_slice() {
                // Rows that belong to rows of another room are kept by that room's store.
                ["crate", "schema", ..] | ["crate", _, "rules" | "store" | "self", ..] => true,
                ["super", next, ..] => !["http", "actions"].contains(next),
                ["crate", _] => true,
                _ => false,
            };
            if !(is_own || OF_STORES.iter().any(|root| name.starts_with(root))) {
                faults.push(format!("{path}:{line}: {name}"));
            }
        }
    }
    none("store.rs may name only diesel, common::db, common::error, model, contracts, chrono, serde, schema and rules:", faults);
}

#[test]
fn doors_do_not_reach_through_each_other() {
    let mut faults = Vec::new();
    for (house, path, file) in doors() {
        let refused: &[&str] = match file.as_str() {
            "http.rs" => &["diesel::"],
            "actions.rs" => &["diesel::", "actix_web::HttpRequest", "actix_web::HttpResponse"],
            _ => continue,
        };
        let named = foreign(&house, &path).into_iter().filter(|(name, _)| refused.iter().any(|root| name.starts_with(root)));
        faults.extend(named.map(|(name, line)| format!("{path}:{line}: {name}")));
    }
    none("Queries stand in store.rs, HTTP in http.rs:", faults);
}

#[test]
fn nobody_but_common_knows_which_database_it_is() {
    let mut faults = Vec::new();
    for path in tree::rust().into_iter().filter(|path| !path.starts_with("libs/common/src/db/") && !path.starts_with("tests/it/tidy/")) {
        let all = pieces(&tree::read(&path));
        for (at, (_, line)) in all.iter().enumerate() {
            if ["Conn::Sqlite", "Conn::Postgres", "Target::Sqlite(", "Target::Postgres("].iter().any(|name| begins(&all[at..], name)) {
                faults.push(format!("{path}:{line}"));
            }
        }
    }
    none("Only libs/common/src/db may tell the backends apart:", faults);
}

#[test]
fn how_it_runs_is_data_and_not_a_feature() {
    let mut faults = Vec::new();
    for path in tree::rust().into_iter().filter(|path| !path.starts_with("tests/")) {
        let all = pieces(&tree::read(&path));
        for (at, (_, line)) in all.iter().enumerate() {
            let is_asked = begins(&all[at..], "cfg(") || begins(&all[at..], "cfg_attr(") || begins(&all[at..], "cfg!(");
            let open = all[at..].iter().position(|(piece, _)| *piece == Piece::Mark('(')).map(|offset| at + offset);
            if let Some(open) = open.filter(|_| is_asked)
                && all[open..source::closing(&all, open)].iter().any(|(piece, _)| *piece == Piece::Word("feature".to_owned()))
            {
                faults.push(format!("{path}:{line}"));
            }
        }
    }
    none("No cfg(feature): what differs is a setting:", faults);
}
