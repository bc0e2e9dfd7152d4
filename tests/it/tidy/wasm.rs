//! `libs/receipt` runs in a browser: it stands on nothing but crates that were built for `wasm32-unknown-unknown`. Not here: building it, which needs that
//! target installed (`libs/receipt/README.md`).

use std::{collections::BTreeSet, process::Command};

use super::tree;

/// All crates below `receipt` for that target, each looked at: no clock, no network, no files, no C, no chance.
const BELOW: [&str; 25] = [
    "base64",
    "block-buffer",
    "cfg-if",
    "const-oid",
    "crypto-common",
    "curve25519-dalek",
    "digest",
    "ed25519",
    "ed25519-dalek",
    "flate2",
    "hybrid-array",
    "itoa",
    "memchr",
    "ryu-js",
    "serde",
    "serde_core",
    "serde_json",
    "serde_json_canonicalizer",
    "sha2",
    "signature",
    "subtle",
    "typenum",
    "zeroize",
    "zlib-rs",
    "zmij",
];

#[test]
fn the_receipt_stands_on_crates_that_run_in_a_browser() {
    let listed = Command::new(env!("CARGO"))
        .args(["tree", "--package", "receipt", "--edges", "normal,no-proc-macro", "--target", "wasm32-unknown-unknown"])
        .args(["--prefix", "none", "--format", "{p}", "--offline"])
        .current_dir(tree::root())
        .output()
        .unwrap();
    assert!(listed.status.success(), "cargo tree: {}", String::from_utf8_lossy(&listed.stderr));
    let told = String::from_utf8(listed.stdout).unwrap();
    let found: BTreeSet<&str> = told.lines().filter_map(|line| line.split(' ').next()).filter(|name| *name != "receipt").collect();
    assert_eq!(found, BTreeSet::from(BELOW), "build it first: cargo build -p receipt --target wasm32-unknown-unknown");
}
