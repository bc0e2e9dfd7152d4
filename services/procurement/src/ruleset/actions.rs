//! Use cases of rulesets: store a draft, publish one whose own test cases pass. Not here: the checks themselves, `rules.rs` and `self_test`.

use common::{
    db::Tx,
    error::{Code, Error, Result},
};
use model::text::Text;
use serde_json::json;

use super::store;
use crate::{rulebook::actions::Entry, self_test::rules::run_tests};

/// Stores a draft; a published version is never changed.
///
/// # Errors
/// `version_frozen`.
pub fn draft(tx: &mut Tx<'_>, entry: &Entry, by: &str) -> Result<()> {
    let ruleset = entry.compiled.ruleset();
    if store::find(tx.conn, &ruleset.id, ruleset.version)?.is_some_and(|stored| stored.published) {
        return Err(frozen(&ruleset.id, ruleset.version));
    }
    store::save_draft(tx.conn, ruleset, &entry.digest, tx.now(), by)
}

/// Publishes a draft whose own test cases all pass.
///
/// # Errors
/// `not_found`, `version_frozen`, or `ruleset_tests_failed` with every failure.
pub fn publish(tx: &mut Tx<'_>, id: &str, version: u32) -> Result<Entry> {
    let stored = store::find(tx.conn, id, version)?.ok_or_else(|| Error::not_found("ruleset", format!("{id} version {version}")))?;
    if stored.published {
        return Err(frozen(id, version));
    }
    let entry = Entry::read(&serde_json::from_str(&stored.body).map_err(Error::internal)?)?;
    let failures = run_tests(&entry.compiled);
    if !failures.is_empty() {
        let detail = Text::new("规则集自带的测试用例未全部通过。", "Not all of the ruleset's own test cases pass.");
        return Err(Error::rule("ruleset_tests_failed", detail).with_member("failures", json!(failures)));
    }
    store::publish(tx.conn, id, version, tx.now())?;
    Ok(entry)
}

/// A published version cannot be changed.
#[must_use]
pub fn frozen(id: &str, version: u32) -> Error {
    let detail = Text::new(
        format!("{id} 第 {version} 版已发布,不可更改。"),
        format!("Version {version} of {id} is published and cannot be changed."),
    );
    Error::conflict(Code::VERSION_FROZEN, detail)
}
