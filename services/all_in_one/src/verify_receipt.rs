//! `touchstone verify-receipt`: offline, with the keys and nothing else. Not here: the check itself, the crate `receipt`.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;
use common::{config::Config, key::KeyRing};
use receipt::{JwkSet, Report, Statement};

const NOT_VALID: u8 = 1;
const UNREADABLE: u8 = 2;

/// Verify a receipt with the published keys and nothing else. Exit code 0: valid; 1: not valid; 2: a file cannot be read.
#[derive(Args)]
pub(crate) struct VerifyReceipt {
    /// The receipt as a compact JWS, or a decision that holds one.
    file: PathBuf,
    /// The published keys; without it, the public part of the keys in the data folder.
    #[arg(long)]
    jwks: Option<PathBuf>,
}

impl VerifyReceipt {
    pub(crate) fn run(self) -> ExitCode {
        let (text, code) = match self.read() {
            Err(why) => (format!("unreadable: {why}"), ExitCode::from(UNREADABLE)),
            Ok((jws, keys)) => match receipt::verify(&jws, &keys) {
                Ok(verified) => (shown(&receipt::report(&verified)), ExitCode::SUCCESS),
                Err(error) => (format!("not valid: {}: {error}", error.code()), ExitCode::from(NOT_VALID)),
            },
        };
        match writeln!(io::stdout(), "{text}") {
            Ok(()) => code,
            Err(_closed) => ExitCode::from(UNREADABLE),
        }
    }

    fn read(&self) -> Result<(String, JwkSet), String> {
        let read = |path: &PathBuf| fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
        let text = read(&self.file)?;
        let jws = match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(decision) => {
                let inside = decision.get("receipt").and_then(|receipt| receipt.as_str()).map(str::to_owned);
                inside.ok_or_else(|| format!("{}: JSON without a receipt", self.file.display()))?
            }
            Err(_not_json) => text.trim().to_owned(),
        };
        let set = match &self.jwks {
            Some(path) => read(path)?,
            None => {
                let config = Config::from_env().map_err(|error| error.to_string())?;
                let path = config.data.join("keys").join("procurement.jwks");
                let ring = KeyRing::parse(&read(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
                serde_json::to_string(&ring.public("receipt")).map_err(|error| error.to_string())?
            }
        };
        let keys = JwkSet::parse(&set).map_err(|error| format!("the keys: {error}"))?;
        Ok((jws, keys))
    }
}

fn shown(report: &Report) -> String {
    let chinese = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    let chinese = chinese.is_some_and(|value| value.starts_with("zh"));
    let list = |statements: &[Statement]| -> String {
        let text = |statement: &Statement| if chinese { statement.text.zh.clone() } else { statement.text.en.clone() };
        statements.iter().map(|statement| format!("  - [{}] {}\n", statement.code, text(statement))).collect()
    };
    let [valid, by, decision, supplier, outcome, as_of, known_at, issued_at, yes, no] = if chinese {
        ["有效", "密钥", "决定", "供应商", "结果", "判断时点", "已知截至", "签发时间", "已证明", "未证明"]
    } else {
        ["valid", "key", "decision", "supplier", "outcome", "as of", "known at", "issued at", "established", "not established"]
    };
    let Report { kid, id, supplier: whom, outcome: how, as_of: at, known_at: known, issued_at: issued, established, not_established } =
        report;
    format!(
        "{valid}\n{by}: {kid}\n{decision}: {id}\n{supplier}: {whom}\n{outcome}: {how}\n{as_of}: {at}\n{known_at}: {known}\n{issued_at}: {issued}\n\
         {yes}:\n{}{no}:\n{}",
        list(established),
        list(not_established)
    )
}
