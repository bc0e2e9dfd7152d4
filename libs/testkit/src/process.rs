//! One process of the product. Not here: which processes a stack has, `stack.rs`.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

const READY_WITHIN: Duration = Duration::from_secs(60);
const TAIL: usize = 40;

/// How a process is started, so that it can be started again.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) name: &'static str,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) log: PathBuf,
}

/// A running process; it is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    launch: Launch,
    child: Child,
    address: String,
}

/// A program of this workspace, beside the test itself.
///
/// # Panics
/// When it was not built.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("the test knows where it is");
    let folder = own.ancestors().nth(2).unwrap_or_else(|| Path::new("."));
    let path = folder.join(name);
    assert!(path.exists(), "{} does not exist: build the programs first: cargo build --workspace --bins", path.display());
    path
}

/// A process that was started and has not said yet that it is ready.
pub(crate) struct Starting {
    process: Process,
    heard: mpsc::Receiver<String>,
}

impl Starting {
    /// Waits until it says that it is ready.
    pub(crate) fn ready(self) -> Result<Process, String> {
        let Self { mut process, heard } = self;
        match heard.recv_timeout(READY_WITHIN).ok().as_deref().and_then(listening) {
            Some(address) => {
                process.address = address;
                Ok(process)
            }
            None => Err(format!("{} is not ready:\n{}", process.launch.name, process.tail())),
        }
    }
}

impl Process {
    /// Starts it.
    pub(crate) fn spawn(launch: Launch) -> Result<Starting, String> {
        let log = File::options().create(true).append(true).open(&launch.log).map_err(|error| error.to_string())?;
        let mut command = Command::new(program(launch.name));
        command.args(&launch.arguments).env_clear().envs(launch.environment.clone());
        for kept in ["PATH", "HOME", "LLVM_PROFILE_FILE"] {
            command.envs(std::env::var(kept).map(|value| (kept, value)));
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", launch.name))?;
        let lines = child.stdout.take().map(BufReader::new);
        let (told, heard) = mpsc::channel();
        thread::spawn(move || {
            for line in lines.into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
                // Nobody listens after the first line; reading on keeps the pipe from filling up.
                drop(told.send(line));
            }
        });
        Ok(Starting { process: Self { launch, child, address: String::new() }, heard })
    }

    /// Starts it and waits until it says that it is ready.
    pub(crate) fn start(launch: Launch) -> Result<Self, String> {
        Self::spawn(launch)?.ready()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.launch.name
    }

    /// Its address, `http://127.0.0.1:…`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) const fn launch(&self) -> &Launch {
        &self.launch
    }

    /// Ends it at once, as a power cut would (SIGKILL).
    pub fn kill(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }

    /// Asks it to stop (SIGTERM).
    ///
    /// # Panics
    /// When it cannot be asked.
    pub fn terminate(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "{} cannot be asked to stop", self.launch.name);
    }

    /// Waits until it has ended, at most so long.
    ///
    /// # Panics
    /// When the system forgot it.
    pub fn ended(&mut self, within: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it is our own process") {
                return Some(status);
            }
            if start.elapsed() > within {
                return None;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The end of its log.
    #[must_use]
    pub fn tail(&self) -> String {
        let text = std::fs::read(&self.launch.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        lines.iter().skip(lines.len().saturating_sub(TAIL)).flat_map(|line| [*line, "\n"]).collect()
    }
}

fn listening(line: &str) -> Option<String> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    line.get("listen")?.as_str().map(str::to_owned)
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if thread::panicking() {
            eprintln!("---- the end of the log of {} ({}) ----\n{}", self.launch.name, self.launch.log.display(), self.tail());
        }
    }
}
