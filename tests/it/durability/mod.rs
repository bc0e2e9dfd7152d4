//! Kill -9 during writes: what was acknowledged is there, once; what was not can be repeated under the same key. Not here: power cuts, which take
//! more than a killed process to imitate.

mod ledger;
mod load;

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use common::chance::Chance;
use testkit::{Backend, Mode, Stack};

use ledger::{Ledger, check_feed, check_records, repeat};
use load::{Counter, writer};

const WRITERS: usize = 6;
/// A cycle writes so long at least and at most, in milliseconds.
const LOAD_MS: (u64, u64) = (80, 700);

fn cycles() -> u64 {
    std::env::var("KILL_CYCLES").ok().and_then(|count| count.parse().ok()).unwrap_or(5)
}

fn seed() -> u64 {
    std::env::var("KILL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| Chance::system().below(u64::MAX))
}

#[tokio::test]
async fn all_in_one_sqlite_survives_kill_9() {
    survive(Mode::AllInOne, &Backend::Sqlite).await;
}

#[tokio::test]
async fn all_in_one_postgres_survives_kill_9() {
    let Some(backend) = Backend::postgres() else { return };
    survive(Mode::AllInOne, &backend).await;
}

#[tokio::test]
async fn separate_postgres_survives_kill_9_of_any_process() {
    let Some(backend) = Backend::postgres() else { return };
    survive(Mode::Separate, &backend).await;
}

async fn survive(mode: Mode, backend: &Backend) {
    let (cycles, seed) = (cycles(), seed());
    eprintln!("KILL_SEED={seed} KILL_CYCLES={cycles}, {mode:?} on {}", backend.name());
    let chance = Chance::seeded(seed);
    let mut stack = Stack::start(mode, backend, &[]);
    let names: Vec<&'static str> = stack.processes().iter().map(|process| process.name()).collect();
    let (mut ledger, mut told, mut after) = (Ledger::default(), BTreeMap::new(), 0);
    for cycle in 1..=cycles {
        let (officer, buyer, counter) = (stack.officer().await, stack.buyer().await, Arc::new(Counter::default()));
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| tokio::spawn(writer(officer.clone(), buyer.clone(), format!("{cycle}-{number}"), Arc::clone(&counter))))
            .collect();
        let load = LOAD_MS.0 + chance.below(LOAD_MS.1 - LOAD_MS.0);
        tokio::time::sleep(Duration::from_millis(load)).await;
        let victim = names[usize::try_from(chance.below(u64::try_from(names.len()).unwrap())).unwrap()];
        stack.process(victim).kill();
        counter.stop.store(true, Ordering::SeqCst);
        let mut open = Vec::new();
        for writer in writers {
            let (acknowledged, unsure) = writer.await.unwrap();
            ledger.take(acknowledged);
            open.extend(unsure);
        }
        stack.restart(victim);

        let (officer, buyer) = (stack.officer().await, stack.buyer().await);
        let unsure = open.len();
        for write in open {
            ledger.take(vec![repeat(&officer, &buyer, write).await]);
        }
        check_records(&officer, &buyer, &ledger, chance.below(3) == 0 || cycle == cycles).await;
        after = check_feed(&officer, &ledger, &mut told, after).await;
        eprintln!("cycle {cycle}: {victim} killed after {load} ms, {unsure} unsure, {} acknowledged so far", ledger.len());
        ledger.settle();
    }
    assert!(ledger.len() > usize::try_from(cycles).unwrap(), "hardly anything was written");
    // From the beginning, in one go: nothing is told twice, nothing is missing.
    let mut all = BTreeMap::new();
    check_feed(&stack.officer().await, &ledger, &mut all, 0).await;
    assert_eq!(all, told);
}
