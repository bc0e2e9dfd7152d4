//! A started `touchstone serve --sample`, as a reader has it in the first terminal. Not here: the other modes, `testkit::Stack`.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const WITHIN: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(20);
/// The last of the lines to paste.
const LAST: &str = "TS_CLIENT_SECRET";

/// A running server; it is ended when this is dropped.
pub(super) struct Served {
    child: Child,
    ready: String,
    told: String,
    exports: Vec<(String, String)>,
}

/// The folder of the programs, beside the test itself.
pub(super) fn programs() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let folder = own.ancestors().nth(2).unwrap();
    assert!(folder.join("touchstone").exists(), "build the programs first: cargo build --workspace --bins");
    folder.to_owned()
}

/// A start with these arguments on a free port.
pub(super) fn command(arguments: &[&str], data: &Path) -> Command {
    let mut command = Command::new(programs().join("touchstone"));
    command.args(arguments).env_clear().env("TOUCHSTONE_LISTEN", "127.0.0.1:0").env("TOUCHSTONE_DATA", data);
    command.envs(std::env::var("LLVM_PROFILE_FILE").map(|value| ("LLVM_PROFILE_FILE", value)));
    command
}

impl Served {
    /// Starts it and waits until it says how to use it.
    pub(super) fn start(arguments: &[&str], data: &Path) -> Self {
        let log = data.with_extension("log");
        let file = fs::File::create(&log).unwrap();
        let mut child = command(arguments, data).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(file).spawn().unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        let mut served = Self { child, ready, told: String::new(), exports: Vec::new() };
        let start = Instant::now();
        while !served.told.lines().any(|line| line.contains(LAST)) {
            assert!(start.elapsed() < WITHIN && served.child.try_wait().unwrap().is_none(), "it does not start:\n{}", served.told);
            thread::sleep(PAUSE);
            served.told = fs::read_to_string(&log).unwrap();
        }
        let exports = served.told.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
        served.exports = exports.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        served
    }

    /// What it printed on standard output: the one line.
    pub(super) fn ready(&self) -> &str {
        &self.ready
    }

    /// What it printed on standard error.
    pub(super) fn told(&self) -> &str {
        &self.told
    }

    /// The lines to paste.
    pub(super) fn exports(&self) -> &[(String, String)] {
        &self.exports
    }

    /// One of them.
    pub(super) fn export(&self, name: &str) -> &str {
        self.exports.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
