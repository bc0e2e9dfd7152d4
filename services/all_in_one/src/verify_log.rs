//! `touchstone verify-log`: offline, with the keys and nothing else. Not here: the check itself, the crate `receipt`.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;
use receipt::{Checkpoint, Consistency, Inclusion, ORIGIN, digest};
use serde::de::DeserializeOwned;

use crate::published_keys::{PublishedKeys, text};

const NOT_VALID: u8 = 1;
const UNREADABLE: u8 = 2;

/// Verify that a decision is in the log, and that the log only grew, with the published keys and nothing else. Exit code 0: valid; 1: not valid; 2: a file
/// cannot be read.
#[derive(Args)]
pub(crate) struct VerifyLog {
    /// The proof as it was answered by `GET /procurement/v1/log/entries/{id}`.
    proof: PathBuf,
    /// The answer that was given, byte for byte: a decision, or the lines of a batch.
    #[arg(long)]
    answer: Option<PathBuf>,
    /// An older checkpoint of the same log.
    #[arg(long, requires = "consistency")]
    since: Option<PathBuf>,
    /// The proof as it was answered by `GET /procurement/v1/log/consistency`.
    #[arg(long, requires = "since")]
    consistency: Option<PathBuf>,
    #[command(flatten)]
    keys: PublishedKeys,
}

/// Why it does not verify.
enum Why {
    Unreadable(String),
    NotValid(String),
}

impl VerifyLog {
    pub(crate) fn run(self) -> ExitCode {
        let (told, code) = match self.verify() {
            Ok(shown) => (shown, ExitCode::SUCCESS),
            Err(Why::NotValid(why)) => (format!("not valid: {why}"), ExitCode::from(NOT_VALID)),
            Err(Why::Unreadable(why)) => (format!("unreadable: {why}"), ExitCode::from(UNREADABLE)),
        };
        match writeln!(io::stdout(), "{told}") {
            Ok(()) => code,
            Err(_closed) => ExitCode::from(UNREADABLE),
        }
    }

    fn verify(&self) -> Result<String, Why> {
        let keys = self.keys.read().map_err(Why::Unreadable)?;
        let proof: Inclusion = json(&self.proof)?;
        let checkpoint = proof.verify(&keys).map_err(|error| Why::NotValid(error.to_string()))?;
        let mut shown = format!(
            "valid\nid: {}\nentry: {} of {}\nroot: {}\nestablished:\n  - it is in the log with this digest: {}\n",
            proof.id,
            proof.number,
            checkpoint.size,
            checkpoint.root.to_hex(),
            proof.digest
        );
        if let Some(path) = &self.answer {
            // As it was answered: a line end that an editor adds makes another text.
            if digest(text(path).map_err(Why::Unreadable)?.as_bytes()) != proof.digest {
                return Err(Why::NotValid(format!("{} is not the answer that is in the log", path.display())));
            }
            shown.push_str("  - the answer in hand is the one that is in the log\n");
        }
        if let (Some(since), Some(consistency)) = (&self.since, &self.consistency) {
            let note = text(since).map_err(Why::Unreadable)?;
            let older = Checkpoint::verify(&note, ORIGIN, &keys).map_err(|error| Why::NotValid(format!("{}: {error}", since.display())))?;
            let grown: Consistency = json(consistency)?;
            grown.verify(&older, &checkpoint).map_err(|error| Why::NotValid(error.to_string()))?;
            shown.push_str(&format!("  - the log still begins with the {} entries of the older checkpoint\n", older.size));
        }
        shown.push_str("not established:\n  - that what was decided is right, or still holds\n  - that nobody else was shown another log: compare checkpoints");
        Ok(shown)
    }
}

fn json<T: DeserializeOwned>(path: &PathBuf) -> Result<T, Why> {
    serde_json::from_str(&text(path).map_err(Why::Unreadable)?).map_err(|error| Why::Unreadable(format!("{}: {error}", path.display())))
}
