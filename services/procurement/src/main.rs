//! The process of its own: `procurement`.

fn main() -> std::process::ExitCode {
    common::service::run::<procurement::Procurement>()
}
