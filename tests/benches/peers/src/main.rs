//! Other rule engines on the facts and rules of the decisions benchmark: who agrees with the product, and what a decision costs each, in this process
//! and on one thread. Not here: the rules, which stand beside each engine in its own language; how to read the figures, `tests/benches/README.md`.

mod cedar;
#[path = "../../kit/process.rs"]
#[expect(dead_code, reason = "only the CPU of this process is asked for")]
mod process;
mod rego;
#[path = "../../kit/table.rs"]
#[expect(dead_code, reason = "no median here")]
mod table;
mod told;
mod zen;

use std::{env, hint::black_box, path::PathBuf};

use table::{Table, figure, machine};
use told::Supplier;

/// Decisions between two looks at the clock, which itself costs some microseconds.
const BETWEEN: usize = 500;

/// A rule engine with the rules in it.
pub(crate) trait Engine {
    /// Its package, as `Cargo.lock` has it.
    const PACKAGE: &'static str;
    /// What differs with it from the others.
    const NOTE: &'static str;
    /// What it is asked about: a supplier and the days in the engine's own type.
    type Asked;
    /// Reads the rules.
    fn new() -> Self;
    /// What is asked, from its JSON.
    fn asked(&self, document: &str) -> Self::Asked;
    /// Whether the supplier may take part.
    fn allows(&mut self, asked: &Self::Asked) -> bool;
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let said = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1);
    let seconds = said("--seconds").and_then(|seconds| seconds.parse().ok()).unwrap_or(5.0);
    let file = said("--file").map_or_else(told::file, PathBuf::from);
    let suppliers = told::read(&file);
    let eligible = suppliers.iter().filter(|supplier| supplier.may_take_part).count();
    println!("{}; {} suppliers, {eligible} may take part, {seconds} CPU-seconds a figure", machine(), suppliers.len());

    let mut table = Table::new(&[
        "engine",
        "verdicts equal to the product's",
        "decisions per CPU-second",
        "CPU µs per decision",
        "with its JSON read: decisions per CPU-second",
        "CPU µs per decision",
    ]);
    run::<zen::Zen>(&suppliers, seconds, &mut table);
    run::<cedar::Cedar>(&suppliers, seconds, &mut table);
    run::<rego::Rego>(&suppliers, seconds, &mut table);
    table.print("Rule engines");
}

/// The row of an engine.
fn run<E: Engine>(suppliers: &[Supplier], seconds: f64, table: &mut Table) {
    let mut engine = E::new();
    let asked: Vec<E::Asked> = suppliers.iter().map(|supplier| engine.asked(&supplier.document)).collect();
    let theirs: Vec<bool> = asked.iter().map(|asked| engine.allows(asked)).collect();
    let differing = || suppliers.iter().zip(&theirs).filter(|(supplier, theirs)| supplier.may_take_part != **theirs);
    for (supplier, theirs) in differing().take(3) {
        eprintln!("{}: ours {}, {} {theirs}: {}", supplier.code, supplier.may_take_part, E::PACKAGE, supplier.document);
    }
    let equal = suppliers.len() - differing().count();
    let decided = per_cpu_second(seconds, &asked, |asked| engine.allows(asked));
    let read = per_cpu_second(seconds, suppliers, |supplier| {
        let asked = engine.asked(&supplier.document);
        engine.allows(&asked)
    });
    table.add(&[
        &format!("{} {}{}", E::PACKAGE, told::version(E::PACKAGE), E::NOTE),
        &format!("{equal} of {}", suppliers.len()),
        &figure(decided),
        &figure(1e6 / decided),
        &figure(read),
        &figure(1e6 / read),
    ]);
}

/// Asks in turn until so much CPU was used; how many were decided in a second of it.
fn per_cpu_second<T>(seconds: f64, all: &[T], mut decide: impl FnMut(&T) -> bool) -> f64 {
    let cpu = || process::cpu_seconds(std::process::id());
    let (start, mut decisions, mut asked) = (cpu(), 0.0, all.iter().cycle());
    loop {
        for one in asked.by_ref().take(BETWEEN) {
            black_box(decide(black_box(one)));
            decisions += 1.0;
        }
        let used = cpu() - start;
        if used >= seconds {
            return decisions / used;
        }
    }
}
