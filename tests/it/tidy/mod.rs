//! The house rules as tests: arrows between crates, sizes, names, rooms, README files, codes, calls, manifests. They read the tree as text;
//! what a compiler or linter can say stands in `Cargo.toml` and `.clippy.toml` instead.

mod arrows;
mod calls;
mod codes;
mod deployment;
mod files;
mod readme;
mod rooms;
mod schemas;
mod secrecy;
mod source;
mod tree;
mod wasm;

/// Passes when nothing was found, else shows all of it at once.
fn none(rule: &str, mut faults: Vec<String>) {
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{rule}\n  {}\n", faults.join("\n  "));
}
