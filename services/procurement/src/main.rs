//! The process of its own: `procurement`.

fn main() -> std::io::Result<()> {
    common::service::run::<procurement::Procurement>()
}
