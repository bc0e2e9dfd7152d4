//! README files tell the truth: the tree in the front door is the real one, and every path that is named exists.
//!
//! The tree in the root README is a fenced block whose first line is `.` or `touchstone/`. Every further line is one entry, or several of
//! one kind: names first, then two blanks and what they are for. Folders end in `/`; what is indented deeper stands inside; `<name>` or `*` in a
//! name stands for anything. Lines of a drawn tree (`├──`) may be there. Every visible entry of the top level and every folder of `libs/` and
//! `services/` must be shown.

use std::collections::BTreeSet;

use super::{none, tree};

const WHY: &str = "## Why it is so";
/// Crates that decide nothing: they need a README and no reasons.
const WITHOUT_REASONS: [&str; 2] = ["libs/testkit", "services/all_in_one"];

/// The lines of the drawn tree, without the first.
fn drawn() -> Vec<String> {
    let text = tree::read("README.md");
    let mut blocks = text.split("```").skip(1).step_by(2);
    let found = blocks.find(|block| block.lines().nth(1).is_some_and(|first| [".", "touchstone/"].contains(&first.trim())));
    let block = found.expect("README.md has no fenced block that begins with `.` or `touchstone/`");
    block.lines().skip(2).filter(|line| !line.trim().is_empty()).map(|line| line.replace(['│', '├', '└', '─'], " ")).collect()
}

/// The names at the start of a line: everything before two blanks.
fn names(line: &str) -> Vec<&str> {
    line.trim_start().split("  ").next().unwrap_or_default().split_whitespace().collect()
}

/// Every path that the tree shows.
fn shown() -> Vec<String> {
    let (mut open, mut found): (Vec<(usize, String)>, Vec<String>) = (Vec::new(), Vec::new());
    for line in drawn() {
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        open.retain(|(outer, _)| *outer < indent);
        let above: String = open.last().map(|(_, path)| path.clone()).unwrap_or_default();
        for name in names(&line) {
            found.push(format!("{above}{name}"));
        }
        if let Some(last) = found.last().filter(|path| path.ends_with('/')) {
            open.push((indent, last.clone()));
        }
    }
    found
}

/// Whether a path of the tree, with placeholders or not, stands for something real.
fn exists(shown: &str, files: &[String]) -> bool {
    let pattern = shown.replace('<', "*<").replace('>', "*");
    let fixed: Vec<&str> = pattern.split('*').filter(|part| !part.starts_with('<')).collect();
    if let [whole] = fixed.as_slice() {
        let path = tree::root().join(whole);
        return if whole.ends_with('/') { path.is_dir() } else { path.is_file() };
    }
    files.iter().any(|file| {
        let mut rest = file.as_str();
        fixed.iter().enumerate().all(|(number, part)| match rest.find(part) {
            Some(at) if number > 0 || at == 0 => {
                rest = &rest[at + part.len()..];
                true
            }
            _ => false,
        })
    })
}

#[test]
fn the_tree_of_the_front_door_is_the_real_one() {
    let (files, shown) = (tree::paths(), shown());
    let mut faults: Vec<String> =
        shown.iter().filter(|path| !exists(path, &files)).map(|path| format!("{path} is shown and does not exist")).collect();
    let is_visible = |entry: &str| !entry.starts_with('.');
    let mut real: BTreeSet<String> = files.iter().filter(|path| !path.contains('/') && is_visible(path)).cloned().collect();
    real.extend(files.iter().filter_map(|path| path.split_once('/')).filter(|(top, _)| is_visible(top)).map(|(top, _)| format!("{top}/")));
    for above in ["libs", "services"] {
        real.extend(tree::folders(above).into_iter().map(|name| format!("{above}/{name}/")));
    }
    faults.extend(real.into_iter().filter(|path| !shown.contains(path)).map(|path| format!("{path} exists and is not shown")));
    none("README.md, the tree:", faults);
}

/// Folders that are crates, with the one that stands alone.
fn crates() -> Vec<String> {
    let libs = tree::folders("libs").into_iter().map(|name| format!("libs/{name}"));
    libs.chain(tree::folders("services").into_iter().map(|name| format!("services/{name}"))).chain(["gateway".to_owned()]).collect()
}

#[test]
fn every_crate_says_why_it_is_so() {
    let mut faults = Vec::new();
    for folder in crates() {
        let path = format!("{folder}/README.md");
        if !tree::root().join(&path).is_file() {
            faults.push(format!("{path} is missing"));
            continue;
        }
        let text = tree::read(&path);
        let last = text.lines().rfind(|line| line.starts_with("## "));
        if !WITHOUT_REASONS.contains(&folder.as_str()) && last != Some(WHY) {
            faults.push(format!("{path} ends with {last:?} instead of {WHY:?}"));
        }
        if text.lines().all(|line| line.trim().is_empty() || line.starts_with('#')) {
            faults.push(format!("{path} has no text"));
        }
    }
    none("README files of crates:", faults);
}

/// The paths in a text that begin with one of these folders; a pattern counts up to its star.
fn paths_in(text: &str, folders: &[&str]) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let mut found = Vec::new();
    for word in text.split(|c: char| !is_part(c)) {
        let word = word.trim_end_matches('.');
        if folders.iter().any(|folder| word.starts_with(folder)) {
            found.push(word.to_owned());
        }
    }
    found
}

#[test]
fn every_path_in_a_readme_exists() {
    let mut faults = Vec::new();
    for folder in crates() {
        let path = format!("{folder}/README.md");
        if !tree::root().join(&path).is_file() {
            continue;
        }
        let text = tree::read(&path);
        for inside in paths_in(&text, &["src/", "policy/", "migrations/"]) {
            if !tree::root().join(&folder).join(&inside).exists() {
                faults.push(format!("{path}: {inside}"));
            }
        }
    }
    let tops = ["libs/", "services/", "gateway/", "openapi/", "k8s/", "tests/", ".ci/"];
    for path in tree::paths().into_iter().filter(|path| path.ends_with("README.md") && !path.starts_with("tests/data/")) {
        let missing = paths_in(&tree::read(&path), &tops).into_iter().filter(|inside| !tree::root().join(inside).exists());
        faults.extend(missing.map(|inside| format!("{path}: {inside}")));
    }
    none("These paths are named and do not exist:", faults);
}
