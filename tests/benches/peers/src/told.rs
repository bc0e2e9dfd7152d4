//! The suppliers that the decisions benchmark left behind, and the versions of the engines. Not here: what an engine makes of a supplier.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// A supplier.
pub(crate) struct Supplier {
    /// Its code.
    pub(crate) code: String,
    /// What is asked, as JSON: its attributes as Cerbos gets them, and the three days.
    pub(crate) document: String,
    /// What the product said.
    pub(crate) may_take_part: bool,
}

/// Where the decisions benchmark leaves them.
pub(crate) fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/bench/suppliers.json")
}

/// All suppliers of a file.
pub(crate) fn read(file: &Path) -> Vec<Supplier> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}; the decisions benchmark writes it", file.display()));
    let all: Value = serde_json::from_str(&text).unwrap();
    let days = all["days"].as_object().unwrap();
    let supplier = |one: &Value| {
        let mut document = one["attributes"].as_object().unwrap().clone();
        document.extend(days.clone());
        Supplier {
            code: one["code"].as_str().unwrap().to_owned(),
            document: Value::Object(document).to_string(),
            may_take_part: one["may_take_part"].as_bool().unwrap(),
        }
    };
    all["suppliers"].as_array().unwrap().iter().map(supplier).collect()
}

/// A day `YYYY-MM-DD` as the whole number `YYYYMMDD`, for engines that cannot compare texts.
pub(crate) fn number(day: &str) -> i64 {
    day.bytes().filter(u8::is_ascii_digit).fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
}

/// The version of a package that this program was built with.
pub(crate) fn version(package: &str) -> &'static str {
    let (_, after) = include_str!("../Cargo.lock").split_once(&format!("name = \"{package}\"\nversion = \"")).unwrap();
    after.split('"').next().unwrap_or_default()
}
