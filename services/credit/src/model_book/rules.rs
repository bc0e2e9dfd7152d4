//! Which version of the model is in force on a day, on two axes: the day, and what was published by an instant. Not here: what a version must be
//! like, `model_check`; where the versions are kept, `store.rs`.

use std::sync::Arc;

use model::instant::{Day, Instant};

use crate::scoring_model::rules::ScoringModel;

/// A version that was published.
#[derive(Clone, Debug)]
pub struct Edition {
    /// The version.
    pub model: Arc<ScoringModel>,
    /// When it was published.
    pub published_at: Instant,
}

/// All published versions of the model that the public score is computed by; the first one came with the platform and was always there.
#[derive(Clone, Debug)]
pub struct Book {
    first: Arc<ScoringModel>,
    later: Vec<Edition>,
}

/// The days from one switch of the model to the next.
#[derive(Clone, Debug)]
pub struct Window {
    /// The first day; the first window has no beginning.
    pub from: Day,
    /// The version in force.
    pub model: Arc<ScoringModel>,
}

impl Book {
    /// A book of the first version and those published later, in any order.
    #[must_use]
    pub fn new(first: ScoringModel, later: Vec<Edition>) -> Self {
        Self { first: Arc::new(first), later }
    }

    /// Every version with the instant of its publication; the first has none. By version.
    #[must_use]
    pub fn all(&self) -> Vec<(Arc<ScoringModel>, Option<Instant>)> {
        let mut all = vec![(Arc::clone(&self.first), None)];
        all.extend(self.later.iter().map(|edition| (Arc::clone(&edition.model), Some(edition.published_at))));
        all.sort_by_key(|(model, _)| model.version);
        all
    }

    /// The windows as they were published by `known_at`, in order and without gaps: the version in force on a day is the one with the latest
    /// `effective_from` that is not after it. Of two that begin on one day the higher version counts, so that a version can be replaced before its day.
    /// Days before the first switch are scored by the first version: there was no other.
    #[must_use]
    pub fn windows(&self, known_at: Instant) -> Vec<Window> {
        let mut known: Vec<&Arc<ScoringModel>> =
            self.later.iter().filter(|edition| edition.published_at <= known_at).map(|edition| &edition.model).collect();
        known.sort_by_key(|model| (model.effective_from, model.version));
        let mut windows = vec![Window { from: Day::MIN, model: Arc::clone(&self.first) }];
        for model in known {
            // Nothing takes effect before the first version did.
            let from = model.effective_from.max(self.first.effective_from);
            windows.retain(|window| window.from != from);
            windows.push(Window { from, model: Arc::clone(model) });
        }
        windows
    }

    /// The version in force on a day.
    #[must_use]
    pub fn on(&self, day: Day, known_at: Instant) -> Arc<ScoringModel> {
        let windows = self.windows(known_at);
        windows.iter().rev().find(|window| window.from <= day).map_or_else(|| Arc::clone(&self.first), |window| Arc::clone(&window.model))
    }

    /// A version that was published by an instant.
    #[must_use]
    pub fn version(&self, id: &str, version: u32, known_at: Instant) -> Option<Arc<ScoringModel>> {
        let known = self.all().into_iter().filter(|(_, at)| at.is_none_or(|at| at <= known_at));
        known.map(|(model, _)| model).find(|model| model.id == id && model.version == version)
    }

    /// The id of the model.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.first.id
    }
}
