//! The front door tells the truth: every command of the README is run, and answers what the page shows. Not here: its tree and its paths, `tidy`.

mod import;
mod page;
mod sample;
mod served;
mod shown;

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
};

use testkit::Folder;

use page::{Block, Part};
use served::{Served, programs};

/// The command that does the main job, as a reader types it.
const SERVE: &str = "cargo run --bin touchstone -- ";
const SUITE: &str = "tests/run";
/// Needs servers that not every machine has: only its form is checked.
const OF_SERVERS: &str = "postgres://";
/// Runs processes of its own.
const OF_PROCESSES: &str = "touchstone-gateway";

/// The blocks of commands that begin with the token, each with what is shown below it.
fn walkthrough() -> Vec<Part> {
    let parts = page::parts(&page::root().join("README.md"));
    parts.into_iter().filter(|part| ![SERVE, SUITE, OF_SERVERS, OF_PROCESSES].iter().any(|word| part.block.text.contains(word))).collect()
}

/// The only block with this word.
fn block_with(word: &str) -> Part {
    let mut found = page::parts(&page::root().join("README.md")).into_iter().filter(|part| part.block.text.contains(word));
    let part = found.next().unwrap_or_else(|| panic!("README.md has no block with {word:?}"));
    assert!(found.next().is_none(), "README.md has two blocks with {word:?}");
    part
}

/// What bash says of a script without running it.
fn form_of(script: &Path) -> String {
    let checked = Command::new("bash").arg("-n").arg(script).output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&checked.stderr), if checked.status.success() { "" } else { "not well-formed" })
}

/// Runs blocks one after the other in one shell, as a reader does; gives what each of them printed.
fn run(parts: &[Part], folder: &Path, environment: &[(String, String)]) -> Vec<String> {
    let mut script = String::from("trap 'for job in $(jobs -p); do kill \"$job\" || true; done; wait' EXIT\n");
    for (number, part) in parts.iter().enumerate() {
        let output = folder.join(format!("{number}.out"));
        let commands = part.block.text.replace("target/debug/", &format!("{}/", programs().display()));
        let commands = commands.replace("@tests/data/", concat!("@", env!("CARGO_MANIFEST_DIR"), "/data/"));
        script.push_str(&format!("exec > '{}' 2>&1\n{commands}\n", output.display()));
    }
    let path = folder.join("page.sh");
    fs::write(&path, script).unwrap();
    let mut bash = Command::new("bash");
    bash.args(["-eu", "-o", "pipefail"]).arg(&path).current_dir(folder).stdin(Stdio::null());
    bash.env_clear().env("TMPDIR", folder).envs(environment.iter().cloned());
    for kept in ["PATH", "HOME", "LLVM_PROFILE_FILE"] {
        bash.envs(std::env::var(kept).map(|value| (kept, value)));
    }
    let ended = bash.status().unwrap();
    let printed: Vec<Option<String>> = (0..parts.len())
        .map(|number| fs::read(folder.join(format!("{number}.out"))).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
        .collect();
    if !ended.success() {
        let last = printed.iter().flatten().count().saturating_sub(1);
        let Part { block: Block { line, text, .. }, .. } = &parts[last];
        panic!("README.md:{line} ended with {ended}:\n{text}\nand printed:\n{}", printed[last].as_deref().unwrap_or_default());
    }
    printed.into_iter().flatten().collect()
}

fn compare(parts: &[Part], printed: &[String]) {
    for (part, printed) in parts.iter().zip(printed) {
        if let Some(shown) = &part.shown
            && let Err(missing) = shown::contains(printed, shown)
        {
            panic!("README.md:{}: this is shown and was not answered:\n{missing}\nthe answer was:\n{printed}", shown.line);
        }
    }
}

#[test]
fn two_commands_set_everything_up() {
    let all = page::parts(&page::root().join("README.md"));
    let first: Vec<&str> = all.iter().take(2).map(|part| part.block.text.trim()).collect();
    assert_eq!(first, ["cargo run --bin touchstone -- serve --sample", SUITE], "the first two blocks of the README");
    let suite = page::root().join(SUITE);
    let help = Command::new("test").arg("-x").arg(&suite).status().unwrap();
    assert!(help.success(), "{SUITE} can be run");
    assert_eq!(form_of(&suite), "", "{SUITE}");
}

#[test]
fn every_command_of_the_walkthrough_answers_what_is_shown() {
    let arguments = block_with(SERVE).block.text.trim().trim_start_matches(SERVE).to_owned();
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let folder = Folder::new();
    let server = Served::start(&arguments, &folder.path().join("data"));
    let names: Vec<&str> = server.exports().iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["TS_URL", "TS_CLIENT_ID", "TS_CLIENT_SECRET"], "what the server prints to be pasted");
    let parts = walkthrough();
    assert!(parts.len() >= 5, "the walkthrough has at least five steps");
    assert!(parts.iter().all(|part| part.shown.is_some()), "each step shows what is answered");
    compare(&parts, &run(&parts, folder.path(), server.exports()));
}

#[test]
fn the_separate_processes_answer() {
    let mut part = block_with(OF_PROCESSES);
    // The processes are built already, and the ports of the page may be taken.
    part.block.text = part.block.text.replace("cargo build --bins && ", "");
    let free: Vec<TcpListener> = (0..3).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    for (port, listener) in ["8080", "8081", "8082"].iter().zip(&free) {
        assert!(part.block.text.contains(port), "the block names port {port}");
        part.block.text = part.block.text.replace(port, &listener.local_addr().unwrap().port().to_string());
    }
    drop(free);
    let folder = Folder::new();
    let printed = run(&[part], folder.path(), &[]);
    // The processes write between the lines of the answer.
    assert!(printed[0].contains(r#""purpose":"receipt""#), "{}", printed[0]);
}

#[test]
fn what_needs_other_servers_is_well_formed() {
    let folder = Folder::new();
    let script = folder.path().join("servers.sh");
    fs::write(&script, block_with(OF_SERVERS).block.text).unwrap();
    assert_eq!(form_of(&script), "");
}
