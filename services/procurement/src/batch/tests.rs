//! What is kept of a batch. Not here: batches over HTTP, `tests/it/flows/batch.rs` and `batch_proofs.rs`.

use super::rules::{Stretch, go_on};

fn at(from: usize, position: i64) -> Stretch {
    Stretch { from, epoch: "e".to_owned(), position, seen_at: position * 10 }
}

#[test]
fn lines_at_one_position_are_one_stretch() {
    let mut stretches = Vec::new();
    for (line, position) in [(1, 7), (2, 7), (3, 7), (5, 8), (6, 7), (7, 7)] {
        go_on(&mut stretches, at(line, position));
    }
    assert_eq!(stretches, [at(1, 7), at(5, 8), at(6, 7)]);
}
