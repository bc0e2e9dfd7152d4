//! `touchstone import`: files of enterprises to a server that runs, with a progress bar. Not here: what a row must be like; the server says so.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use futures_util::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::{Body, Client};
use serde_json::Value;
use tokio_util::io::ReaderStream;

use crate::remote;

const REFUSED: u8 = 1;
const NOT_RUN: u8 = 2;

const DEFAULT_URL: &str = "http://127.0.0.1:8080";
const PIECE: usize = 64 * 1024;
const BAR: &str = "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}";

/// Import enterprises from CSV or NDJSON files. Exit code 0: all taken; 1: rows were refused; 2: it could not run.
///
/// The secret of the client is read from TS_CLIENT_SECRET and from nowhere else: a command line can be read by others.
#[derive(Args)]
pub(crate) struct Import {
    /// Files that end in .csv, .ndjson or .jsonl.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The address of the gateway; without it TS_URL, or else http://127.0.0.1:8080.
    #[arg(long)]
    url: Option<String>,
    /// The client; without it TS_CLIENT_ID.
    #[arg(long)]
    client_id: Option<String>,
}

impl Import {
    pub(crate) fn run(self) -> ExitCode {
        match actix_web::rt::System::new().block_on(self.import()) {
            Ok(0) => ExitCode::SUCCESS,
            Ok(_refused) => ExitCode::from(REFUSED),
            Err(error) => {
                // Without standard error there is nobody to tell.
                drop(writeln!(io::stderr(), "touchstone import: {error}"));
                ExitCode::from(NOT_RUN)
            }
        }
    }

    /// Imports all files; gives the number of refused rows.
    async fn import(self) -> io::Result<u64> {
        let kinds = self.files.iter().map(|file| media_type(file)).collect::<io::Result<Vec<_>>>()?;
        let url = self.url.or_else(|| setting("TS_URL")).unwrap_or_else(|| DEFAULT_URL.to_owned());
        let url = url.trim_end_matches('/');
        let id = self.client_id.or_else(|| setting("TS_CLIENT_ID")).ok_or_else(|| missing("--client-id or TS_CLIENT_ID"))?;
        let secret = setting("TS_CLIENT_SECRET").ok_or_else(|| missing("TS_CLIENT_SECRET"))?;
        let http = Client::new();
        let mut refused = 0_u64;
        for (file, kind) in self.files.iter().zip(kinds) {
            // One token lasts 15 minutes, and a file may take long.
            let token = remote::token(&http, url, &id, &secret).await?;
            let named = |error: io::Error| io::Error::other(format!("{}: {error}", file.display()));
            let (body, bar) = opened(file).await.map_err(named)?;
            let request =
                http.post(format!("{url}/credit/v1/enterprises/import")).bearer_auth(token).header("content-type", kind).body(body);
            let answer = remote::answered(request).await.map_err(named)?;
            bar.finish_and_clear();
            let text = answer.text().await.map_err(io::Error::other)?;
            refused = refused.saturating_add(report(file, &text)?);
        }
        Ok(refused)
    }
}

fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn missing(what: &str) -> io::Error {
    io::Error::other(format!("{what} is missing"))
}

fn media_type(file: &Path) -> io::Result<&'static str> {
    match file.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => Ok("text/csv"),
        Some("ndjson" | "jsonl") => Ok("application/x-ndjson"),
        _ => Err(io::Error::other(format!("{}: neither .csv nor .ndjson nor .jsonl", file.display()))),
    }
}

/// The file as a stream that moves the bar while it is sent.
async fn opened(path: &Path) -> io::Result<(Body, ProgressBar)> {
    let file = tokio::fs::File::open(path).await?;
    let bar = ProgressBar::new(file.metadata().await?.len());
    let style = ProgressStyle::with_template(BAR).map_err(io::Error::other)?;
    bar.set_style(style);
    bar.set_message(path.display().to_string());
    let moved = bar.clone();
    let pieces = ReaderStream::with_capacity(file, PIECE).inspect(move |piece| {
        let length = piece.as_ref().map_or(0, |bytes| bytes.len());
        moved.inc(u64::try_from(length).unwrap_or(0));
    });
    Ok((Body::wrap_stream(pieces), bar))
}

/// Prints the refused rows and the summary; gives the number of refused rows.
fn report(file: &Path, answer: &str) -> io::Result<u64> {
    let mut out = io::stdout().lock();
    let file = file.display();
    let mut summed = None;
    for line in answer.lines() {
        let line: Value = serde_json::from_str(line).map_err(io::Error::other)?;
        let number = |value: &Value, name: &str| value.get(name).and_then(Value::as_u64).unwrap_or(0);
        if let Some(summary) = line.get("summary") {
            let [rows, created, replaced, unchanged, refused] =
                ["rows", "created", "replaced", "unchanged", "refused"].map(|name| number(summary, name));
            writeln!(out, "{file}: {rows} rows: {created} created, {replaced} replaced, {unchanged} unchanged, {refused} refused")?;
            summed = Some(refused);
        } else if let Some(problem) = line.get("problem") {
            writeln!(out, "{file}: row {}: {}", number(&line, "row"), remote::in_words(problem))?;
        }
    }
    summed.ok_or_else(|| io::Error::other(format!("{file}: the answer has no summary")))
}
