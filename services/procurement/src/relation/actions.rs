//! Comparing bidders once, keeping nothing. Not here: the signs, `rules.rs`.

use model::{instant::Day, uscc::Uscc};

use super::rules::{Declared, Marks, Relation, related};
use crate::Procurement;

/// A bidder to be compared.
#[derive(Clone, Debug)]
pub struct Bidder {
    /// Who bids; of a consortium the member that leads it.
    pub bidder: Uscc,
    /// The members of a consortium, the leader among them; else only the bidder.
    pub members: Vec<Uscc>,
    /// What it declares of itself.
    pub declared: Declared,
}

/// The relations among bidders, whose declarations are compared once and kept nowhere.
#[must_use]
pub fn relations(app: &Procurement, on: Day, bidders: &[Bidder]) -> Vec<Relation> {
    let salt = app.chance.token(32);
    let marks = bidders.iter().map(|one| Marks::take(&salt, &one.bidder, &one.members, &one.declared));
    related(&marks.collect::<Vec<_>>(), on)
}
