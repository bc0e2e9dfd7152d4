//! What must be disclosed on a day, and what is missing; pure. Not here: who discloses, `actions.rs`.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    fault::FieldFault,
    instant::{Day, Instant},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An item that must be disclosed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisclosureItem {
    /// Its code: 1 to 100 letters, digits, `.`, `_` and `-`.
    #[schema(example = "energy_class")]
    pub code: String,
    /// What it is.
    #[schema(example = "示例：能效等级")]
    pub title: String,
}

/// A duty to disclose items of a category of products.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// `dty_…`.
    pub id: String,
    /// The category of products.
    pub category: String,
    /// What must be disclosed.
    pub items: Vec<DisclosureItem>,
    /// From when.
    pub effective_from: Day,
    /// The last day, where one is set.
    pub effective_to: Option<Day>,
    /// The rule.
    pub basis: String,
}

impl Duty {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|last| day <= last)
    }
}

/// An item as it is disclosed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosed {
    /// Its code.
    pub code: String,
    /// What is said of it.
    pub value: String,
    /// The digest of what shows it, `sha256:…`.
    pub digest: Option<String>,
}

/// What an enterprise discloses of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// The enterprise.
    pub enterprise: String,
    /// The product, as the enterprise numbers it.
    pub product: String,
    /// The category of products.
    pub category: String,
    /// Its name.
    pub title: String,
    /// The items, by code.
    pub items: Vec<Disclosed>,
    /// Counted from 1.
    pub version: i64,
    /// When this version was recorded.
    pub recorded_at: Instant,
}

impl Disclosure {
    /// Whether another version says the same.
    #[must_use]
    pub fn says_as(&self, other: &Self) -> bool {
        (&self.category, &self.title, &self.items) == (&other.category, &other.title, &other.items)
    }
}

/// An item that must be disclosed on a day, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MandatoryItem {
    /// Its code.
    pub code: String,
    /// What it is.
    pub title: String,
    /// From when, by the earliest duty that holds.
    #[schema(value_type = String, format = Date)]
    pub since: Day,
    /// The rule of that duty.
    pub basis: String,
}

/// What must be disclosed of a category on a day, by code; where two duties name an item, the earlier one is told.
#[must_use]
pub fn mandatory(duties: &[Duty], category: &str, day: Day) -> Vec<MandatoryItem> {
    let mut holding: Vec<&Duty> = duties.iter().filter(|duty| duty.category == category && duty.holds_on(day)).collect();
    holding.sort_by(|one, other| (one.effective_from, &one.id).cmp(&(other.effective_from, &other.id)));
    let mut items: BTreeMap<String, MandatoryItem> = BTreeMap::new();
    for duty in holding {
        for DisclosureItem { code, title } in duty.items.clone() {
            let basis = duty.basis.clone();
            items.entry(code.clone()).or_insert(MandatoryItem { code, title, since: duty.effective_from, basis });
        }
    }
    items.into_values().collect()
}

/// Of what must be disclosed, what is not.
#[must_use]
pub fn missing(disclosure: &Disclosure, mandatory: &[MandatoryItem]) -> Vec<MandatoryItem> {
    let said: BTreeSet<&str> = disclosure.items.iter().map(|item| item.code.as_str()).collect();
    mandatory.iter().filter(|item| !said.contains(item.code.as_str())).cloned().collect()
}

/// The codes that stand in a list twice, by their place.
pub fn twice<'a>(codes: impl IntoIterator<Item = &'a str>) -> Vec<FieldFault> {
    let mut seen = BTreeSet::new();
    let again = codes.into_iter().enumerate().filter(|(_, code)| !seen.insert(*code));
    let fault = |(place, _): (usize, &str)| {
        FieldFault::rule(format!("/items/{place}/code"), "item_twice", "同一项目重复。", "The item stands in the list already.")
    };
    again.map(fault).collect()
}
