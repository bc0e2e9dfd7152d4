//! The files of the repository, as git knows them: checked in, or new and not ignored. Not here: what stands in them, `source`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The top of the repository.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file that exists, by its path below the top, sorted.
pub(super) fn paths() -> Vec<String> {
    // A continuous-integration user is often not the owner of the files; git would refuse to look.
    let listed = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git is needed to know which files belong to the repository");
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8(listed.stdout).unwrap();
    let found: BTreeSet<String> = names.split_terminator('\0').filter(|path| root().join(path).is_file()).map(str::to_owned).collect();
    found.into_iter().collect()
}

/// The text of a file.
pub(super) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every Rust file.
pub(super) fn rust() -> Vec<String> {
    paths().into_iter().filter(|path| path.ends_with(".rs")).collect()
}

/// Whether a file holds nothing but tests.
pub(super) fn is_test(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("tests.rs")
}

/// The services by name; `all_in_one` is none of them, it only links them.
pub(super) fn services() -> Vec<String> {
    folders("services").into_iter().filter(|name| name != "all_in_one").collect()
}

/// The names of the folders directly in this one that hold files.
pub(super) fn folders(of: &str) -> Vec<String> {
    let prefix = format!("{of}/");
    let inside = paths().into_iter().filter_map(|path| path.strip_prefix(&prefix).map(str::to_owned));
    let names: BTreeSet<String> = inside.filter_map(|path| path.split_once('/').map(|(name, _)| name.to_owned())).collect();
    names.into_iter().collect()
}
