//! How long the disk takes to make a small write durable. Not here: how the product writes.

use std::{fs::File, io::Write, path::Path, time::Instant};

use crate::kit::load::percentile;

const WRITES: usize = 200;

/// The median of 4 KiB writes, each made durable, in milliseconds.
pub(crate) fn median_sync(folder: &Path) -> f64 {
    let mut file = File::create(folder.join("sync-probe")).unwrap();
    let mut micros = Vec::with_capacity(WRITES);
    for _ in 0..WRITES {
        let start = Instant::now();
        file.write_all(&[7; 4096]).unwrap();
        file.sync_data().unwrap();
        micros.push(start.elapsed().as_micros() as u64);
    }
    percentile(&micros, 0.5) / 1000.0
}
