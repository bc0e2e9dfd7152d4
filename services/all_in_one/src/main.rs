//! The binary `touchstone`: everything in one process, and the tools beside it. Not here: anything that a service does.

mod clients;
mod import;
mod keys;
mod openapi;
mod published_keys;
mod remote;
mod sample;
mod serve;
mod services;
mod verify_log;
mod verify_receipt;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Credit, standards and procurement eligibility of enterprises, with proof.
#[derive(Parser)]
#[command(name = "touchstone", version, about, long_about = None)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the gateway and every service in this process.
    Serve(serve::Serve),
    /// Print an OpenAPI document.
    Openapi(openapi::Openapi),
    /// Manage the clients that may ask for tokens.
    #[command(subcommand)]
    Clients(clients::Clients),
    /// Manage the keys that receipts are signed with.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Import enterprises from CSV or NDJSON files into a server that runs.
    Import(import::Import),
    /// Verify a receipt with the published keys and nothing else.
    VerifyReceipt(verify_receipt::VerifyReceipt),
    /// Verify that a decision is in the log, and that the log only grew.
    VerifyLog(verify_log::VerifyLog),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(command) => command.run(),
        Command::Openapi(command) => command.run(),
        Command::Clients(command) => command.run(),
        Command::Keys(command) => command.run(),
        Command::Import(command) => return command.run(),
        Command::VerifyReceipt(command) => return command.run(),
        Command::VerifyLog(command) => return command.run(),
    };
    common::service::ended("touchstone", done)
}
