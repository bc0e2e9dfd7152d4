//! The process of its own: `credit`.

fn main() -> std::io::Result<()> {
    common::service::run::<credit::Credit>()
}
