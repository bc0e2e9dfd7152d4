//! What is left for the peers that are libraries, `tests/benches/peers`: the suppliers as Cerbos was told of them, with the product's verdicts. Not here:
//! those peers, which are a package of their own.

use std::{fs, path::Path};

use model::instant::Day;
use serde_json::{Value, json};

use super::cerbos::{Told, days};

/// Writes them to `target/bench/suppliers.json`.
pub(crate) fn leave(told: &[Told], verdicts: &[(bool, Value)], today: Day) {
    let suppliers = told
        .iter()
        .zip(verdicts)
        .map(|(told, (may_take_part, _))| json!({"code": told.code, "may_take_part": may_take_part, "attributes": told.attributes()}));
    let all = json!({"days": days(today), "suppliers": suppliers.collect::<Vec<_>>()});
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("suppliers.json"), all.to_string()).unwrap();
}
