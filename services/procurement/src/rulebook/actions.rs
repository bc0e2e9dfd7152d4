//! The rulesets in use: those built in and those published, compiled once, found by version or by day. Not here: what one must be like, `ruleset`.

use std::sync::Arc;

use arc_swap::ArcSwap;
use common::{
    db::{Conn, Db},
    error::{Error, FieldError, Result},
};
use model::{instant::Day, text::Text};
use serde_json::Value;

use super::rules::{Window, in_force};
use crate::{
    ruleset::{
        rules::{Compiled, Own, parse},
        store,
    },
    standard_register::rules::StandardRegister,
};

/// The rulesets that a new installation has, one for each scope of a ban.
pub const BUILT_IN: [&str; 4] = [
    include_str!("../../policy/rulesets/fiscal-funds.v1.json"),
    include_str!("../../policy/rulesets/government-investment.v1.json"),
    include_str!("../../policy/rulesets/government-procurement.v1.json"),
    include_str!("../../policy/rulesets/public-resource-trading.v1.json"),
];

/// A published ruleset with its digest.
pub struct Entry {
    /// Ready to decide.
    pub compiled: Compiled,
    /// `sha256:…` of its canonical form.
    pub digest: String,
}

impl Entry {
    /// Compiles a document.
    ///
    /// # Errors
    /// Every fault of the document.
    pub fn read(value: &Value) -> Result<Self> {
        let ruleset = parse(value)?;
        let canonical = receipt::canonical(ruleset.canonical_value()).map_err(|error| Error::internal(error.to_string()))?;
        Ok(Self { digest: receipt::digest(&canonical), compiled: ruleset.compile() })
    }

    /// The same ruleset with what a tender and its lot ask beside it. Id, version and digest stay those of the ruleset: the tender's digest stands beside.
    #[must_use]
    pub fn with(&self, own: &[&Own]) -> Self {
        Self { compiled: self.compiled.with(own), digest: self.digest.clone() }
    }

    /// The same with what is known of the standards that it cites.
    #[must_use]
    pub fn informed(&self, register: Arc<StandardRegister>) -> Self {
        Self { compiled: self.compiled.informed(register), digest: self.digest.clone() }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.compiled.ruleset().id
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.compiled.ruleset().version
    }

    /// Its window of effect.
    #[must_use]
    pub fn window(&self) -> Window {
        let ruleset = self.compiled.ruleset();
        Window { version: ruleset.version, from: ruleset.effective_from, to: ruleset.effective_to }
    }
}

/// The windows of the published versions of a ruleset.
#[must_use]
pub fn windows(entries: &[Arc<Entry>], id: &str) -> Vec<Window> {
    entries.iter().filter(|entry| entry.id() == id).map(|entry| entry.window()).collect()
}

/// All published rulesets.
#[derive(Clone)]
pub struct Rulebook {
    entries: Arc<ArcSwap<Vec<Arc<Entry>>>>,
}

impl Rulebook {
    /// The built-in rulesets and those published in this database.
    ///
    /// # Errors
    /// When a document does not compile; it did when it was published.
    pub fn open(db: &Db) -> Result<Self> {
        let entries = db.read_here(stored)?;
        Ok(Self { entries: Arc::new(ArcSwap::from_pointee(entries)) })
    }

    /// Reads the published rulesets again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh(&self, db: &Db) -> Result<()> {
        let published = db.read(store::count_published).await?;
        if self.entries.load().len() != published.saturating_add(BUILT_IN.len()) {
            self.entries.store(Arc::new(db.read(stored).await?));
        }
        Ok(())
    }

    /// Every entry, by id and version.
    #[must_use]
    pub fn all(&self) -> Arc<Vec<Arc<Entry>>> {
        self.entries.load_full()
    }

    /// A version that was published.
    ///
    /// # Errors
    /// `not_found`.
    pub fn version(&self, id: &str, version: u32) -> Result<Arc<Entry>> {
        let found = self.entries.load().iter().find(|entry| entry.id() == id && entry.version() == version).map(Arc::clone);
        found.ok_or_else(|| Error::not_found("ruleset", format!("{id} version {version}")))
    }

    /// Whether there is a published ruleset of this name.
    ///
    /// # Errors
    /// `ruleset_unknown`.
    pub fn knows(&self, id: &str) -> Result<()> {
        if self.entries.load().iter().any(|entry| entry.id() == id) {
            return Ok(());
        }
        let detail = Text::new(format!("没有规则集 {id}。"), format!("There is no ruleset {id}."));
        Err(unusable("ruleset_unknown", detail))
    }

    /// The version in force on a day: of those that have begun and not ended, the one that began last.
    ///
    /// # Errors
    /// `ruleset_unknown`, or `ruleset_not_in_force` on that day.
    pub fn on(&self, id: &str, day: Day) -> Result<Arc<Entry>> {
        self.knows(id)?;
        let entries = self.entries.load();
        let mut of_id = entries.iter().filter(|entry| entry.id() == id);
        let version = in_force(&windows(&entries, id), day).map(|window| window.version);
        of_id.find(|entry| Some(entry.version()) == version).map(Arc::clone).ok_or_else(|| {
            let detail = Text::new(format!("规则集 {id} 在 {day} 尚无有效版本。"), format!("No version of {id} is in force on {day}."));
            unusable("ruleset_not_in_force", detail)
        })
    }
}

/// 422 that names the field of the question.
fn unusable(code: &'static str, detail: Text) -> Error {
    Error::invalid(vec![FieldError::new("/ruleset", code, detail)])
}

/// The rulesets that are built in and those published, as the database has them now.
///
/// # Errors
/// When the database fails, or a document does not compile; it did when it was published.
pub fn stored(conn: &mut Conn) -> Result<Vec<Arc<Entry>>> {
    let mut entries = Vec::new();
    for text in BUILT_IN {
        let value = serde_json::from_str(text).map_err(Error::internal)?;
        entries.push(Arc::new(Entry::read(&value)?));
    }
    for body in store::published(conn)? {
        let value = serde_json::from_str(&body).map_err(Error::internal)?;
        entries.push(Arc::new(Entry::read(&value)?));
    }
    entries.sort_by(|one, other| (one.id(), one.version()).cmp(&(other.id(), other.version())));
    Ok(entries)
}
