//! Child processes and what they cost: started, watched through `/proc`, ended by their id. Not here: the settings of the product, `stack`.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const READY_WITHIN: Duration = Duration::from_secs(60);
/// Linux shows times in hundredths of a second to every user program.
const TICKS_PER_SECOND: f64 = 100.0;

/// A child process; it is ended when this is dropped.
pub(crate) struct Process {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Process {
    /// Starts a program that says on standard output where it listens.
    pub(crate) fn that_tells(program: &Path, arguments: &[&str], environment: &[(&str, String)], log: &Path) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().envs(environment.iter().map(|(name, value)| (name, value)));
        let mut child = spawn(command.stdout(Stdio::piped()), log);
        let address = child.stdout.take().and_then(told);
        let Some(address) = address else {
            drop(child.kill());
            drop(child.wait());
            panic!("{} did not start:\n{}", program.display(), fs::read_to_string(log).unwrap_or_default());
        };
        Self { child, address }
    }

    /// Starts a program and waits until somebody listens at the address that it was given.
    pub(crate) fn that_listens(program: &Path, arguments: &[&str], address: SocketAddr, log: &Path) -> Self {
        let start = Instant::now();
        let mut child = spawn(Command::new(program).args(arguments).stdout(Stdio::null()), log);
        while TcpStream::connect(address).is_err() {
            let ended = child.try_wait().is_ok_and(|status| status.is_some());
            if ended || start.elapsed() > READY_WITHIN {
                drop(child.kill());
                drop(child.wait());
                panic!("{} did not start:\n{}", program.display(), fs::read_to_string(log).unwrap_or_default());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Self { child, address }
    }

    /// CPU seconds that it has used: user and system, all of its threads.
    pub(crate) fn cpu(&self) -> f64 {
        cpu_seconds(self.child.id())
    }

    /// What it holds in memory, in MiB.
    pub(crate) fn memory(&self) -> Memory {
        let field = |file: &str, name: &str| {
            let text = fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
        };
        Memory {
            now: field("status", "VmRSS:"),
            most: field("status", "VmHWM:"),
            own: field("status", "RssAnon:"),
            once: field("smaps_rollup", "Pss:"),
        }
    }
}

/// Memory of a process, in MiB.
pub(crate) struct Memory {
    /// Resident now; a page of a file counts once for every connection that maps it.
    pub(crate) now: f64,
    /// The most that was ever resident, counted in the same way.
    pub(crate) most: f64,
    /// Its own, without pages of files.
    pub(crate) own: f64,
    /// With pages of files, each counted once.
    pub(crate) once: f64,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn spawn(command: &mut Command, log: &Path) -> Child {
    let log = File::options().create(true).append(true).open(log).unwrap();
    command.stdin(Stdio::null()).stderr(log).spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

fn told(output: ChildStdout) -> Option<SocketAddr> {
    let line = BufReader::new(output).lines().map_while(Result::ok).next()?;
    let line: serde_json::Value = serde_json::from_str(&line).ok()?;
    line.get("listen")?.as_str()?.strip_prefix("http://")?.parse().ok()
}

/// CPU seconds of a process: user and system time from `/proc/<pid>/stat`.
pub(crate) fn cpu_seconds(pid: u32) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in brackets may hold blanks; what follows it does not.
    let after = text.rsplit_once(')').map_or("", |(_, after)| after);
    let times = after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    times.sum::<f64>() / TICKS_PER_SECOND
}

/// An address of this machine that nobody has right now.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).unwrap()
}
