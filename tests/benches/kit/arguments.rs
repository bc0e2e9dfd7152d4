//! What was asked for on the command line. Not here: what it means.

/// The arguments of `cargo bench`.
pub(crate) struct Arguments(Vec<String>);

impl Arguments {
    /// Nothing when it was not `cargo bench` who called: a test runner that lists what there is gets nothing.
    pub(crate) fn of_bench() -> Option<Self> {
        let all: Vec<String> = std::env::args().skip(1).collect();
        all.iter().any(|argument| argument == "--bench").then_some(Self(all))
    }

    /// The number behind a name, or else this one.
    pub(crate) fn number(&self, name: &str, otherwise: f64) -> f64 {
        let said = self.0.iter().skip_while(|argument| *argument != name).nth(1);
        said.and_then(|value| value.parse().ok()).unwrap_or(otherwise)
    }
}
