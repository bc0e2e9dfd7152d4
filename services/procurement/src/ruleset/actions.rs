//! Use cases of rulesets: store a draft, change it, publish one whose own test cases pass. Not here: the checks themselves, `rules.rs` and `self_test`.

use common::{
    db::Tx,
    error::{Code, Error, FieldError, Result},
    http::precondition::mismatch,
};
use model::text::Text;
use serde_json::json;

use super::store::{self, Stored};
use crate::{
    rulebook::{
        actions::{Entry, stored, windows},
        rules::taken,
    },
    self_test::rules::run_tests,
};

/// Stores a draft of a version that does not stand yet.
///
/// # Errors
/// `version_frozen` or `duplicate`.
pub fn draft(tx: &mut Tx<'_>, entry: &Entry, by: &str) -> Result<i64> {
    let ruleset = entry.compiled.ruleset();
    if let Some(stands) = store::find(tx.conn, &ruleset.id, ruleset.version)? {
        if stands.published {
            return Err(frozen(&ruleset.id, ruleset.version));
        }
        let detail = Text::new("该版本的草稿已经存在，请以 PUT 更改。", "A draft of that version stands already; change it with PUT.");
        return Err(Error::conflict(Code::DUPLICATE, detail));
    }
    store::save_draft(tx.conn, ruleset, &entry.digest, 1, (tx.now(), by))?;
    Ok(1)
}

/// Puts another document in the place of a draft.
///
/// # Errors
/// `not_found`, `version_frozen` or `etag_mismatch`.
pub fn change(tx: &mut Tx<'_>, entry: &Entry, revision: i64, by: &str) -> Result<i64> {
    let ruleset = entry.compiled.ruleset();
    draft_of(tx, &ruleset.id, ruleset.version, revision)?;
    let next = revision.saturating_add(1);
    store::save_draft(tx.conn, ruleset, &entry.digest, next, (tx.now(), by))?;
    Ok(next)
}

/// Publishes a draft whose own test cases all pass, and that takes no day up to today from another version.
///
/// # Errors
/// `not_found`, `version_frozen`, `etag_mismatch`, `ruleset_backdated`, or `ruleset_tests_failed` with every failure.
pub fn publish(tx: &mut Tx<'_>, id: &str, version: u32, revision: i64) -> Result<(Entry, i64)> {
    let draft = draft_of(tx, id, version, revision)?;
    let entry = Entry::read(&serde_json::from_str(&draft.body).map_err(Error::internal)?)?;
    let failures = run_tests(&entry.compiled);
    if !failures.is_empty() {
        let detail = Text::new("规则集自带的测试用例未全部通过。", "Not all of the ruleset's own test cases pass.");
        return Err(Error::rule("ruleset_tests_failed", detail).with_member("failures", json!(failures)));
    }
    let others = windows(&stored(tx.conn)?, id);
    if let Some((day, other)) = taken(&others, entry.window(), tx.now().day()) {
        let detail = Text::new(
            format!("{day} 由第 {other} 版适用，已经或者可能已据此判定；新版本须自明日或者更晚起生效。"),
            format!("Version {other} is in force on {day}, and decisions were or may have been made by it; begin tomorrow or later."),
        );
        return Err(Error::invalid(vec![FieldError::new("/effective_from", "ruleset_backdated", detail)]));
    }
    let next = revision.saturating_add(1);
    store::publish(tx.conn, id, version, next, tx.now())?;
    Ok((entry, next))
}

/// A draft as the caller has read it.
fn draft_of(tx: &mut Tx<'_>, id: &str, version: u32, revision: i64) -> Result<Stored> {
    let Some(found) = store::find(tx.conn, id, version)? else {
        // Those that came with the platform are published and have no row.
        let is_built_in = stored(tx.conn)?.iter().any(|entry| entry.id() == id && entry.version() == version);
        return Err(if is_built_in { frozen(id, version) } else { Error::not_found("ruleset", format!("{id} version {version}")) });
    };
    if found.published {
        return Err(frozen(id, version));
    }
    if found.revision == revision { Ok(found) } else { Err(mismatch(found.revision)) }
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
