//! The process of its own: `credit`.

fn main() -> std::process::ExitCode {
    common::service::run::<credit::Credit>()
}
