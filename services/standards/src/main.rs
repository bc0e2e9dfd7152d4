//! The process of its own: `standards`.

fn main() -> std::process::ExitCode {
    common::service::run::<standards::Standards>()
}
