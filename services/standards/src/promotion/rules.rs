//! Which step of a promotion may follow which, and the figures of years; pure. Not here: who may take a step, `actions.rs`.

use std::collections::BTreeMap;

use chrono::Datelike;
use model::{instant::Day, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a promotion stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PromotionState {
    /// The association has proposed it.
    Proposed,
    /// The authority looks into it.
    Accepted,
    /// A national standard is planned.
    Planned,
    /// A national edition has taken it over.
    TakenOver,
    /// The authority does not follow.
    Declined,
    /// The association took it back.
    Withdrawn,
}

impl PromotionState {
    /// All, with their words.
    pub const ALL: [(&'static str, Self); 6] = [
        ("proposed", Self::Proposed),
        ("accepted", Self::Accepted),
        ("planned", Self::Planned),
        ("taken_over", Self::TakenOver),
        ("declined", Self::Declined),
        ("withdrawn", Self::Withdrawn),
    ];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, state)| *state == self).map_or("proposed", |(word, _)| word)
    }

    /// The steps that may follow.
    #[must_use]
    pub const fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Proposed => &["accept", "decline", "withdraw"],
            Self::Accepted => &["plan", "decline", "withdraw"],
            Self::Planned => &["take_over", "decline"],
            Self::TakenOver | Self::Declined | Self::Withdrawn => &[],
        }
    }

    /// Whether it is still under way.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !self.allowed().is_empty()
    }
}

/// A step of a promotion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum PromotionStep {
    /// The association proposes it.
    Propose,
    /// The authority looks into it.
    Accept,
    /// A national standard is planned, under this number of the plan.
    Plan {
        /// The number of the plan.
        plan_no: String,
    },
    /// This national edition has taken it over.
    TakeOver {
        /// The edition, `edn_…`.
        national: String,
        /// Its number.
        number: String,
    },
    /// The authority does not follow.
    Decline,
    /// The association takes it back.
    Withdraw,
}

impl PromotionStep {
    /// The word on the wire.
    #[must_use]
    pub const fn act(&self) -> &'static str {
        match self {
            Self::Propose => "propose",
            Self::Accept => "accept",
            Self::Plan { .. } => "plan",
            Self::TakeOver { .. } => "take_over",
            Self::Decline => "decline",
            Self::Withdraw => "withdraw",
        }
    }

    const fn leads_to(&self) -> PromotionState {
        match self {
            Self::Propose => PromotionState::Proposed,
            Self::Accept => PromotionState::Accepted,
            Self::Plan { .. } => PromotionState::Planned,
            Self::TakeOver { .. } => PromotionState::TakenOver,
            Self::Decline => PromotionState::Declined,
            Self::Withdraw => PromotionState::Withdrawn,
        }
    }
}

/// What was done, by whom, on which day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PromotionEntry {
    /// The step.
    #[serde(flatten)]
    pub step: PromotionStep,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// The organisation that acted.
    #[schema(value_type = String)]
    pub by: Uscc,
    /// In words.
    pub text: String,
}

/// A group standard on its way to a national one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promotion {
    /// `prm_…`.
    pub id: String,
    /// The edition of the group standard, `edn_…`.
    pub edition: String,
    /// Its number.
    pub number: String,
    /// Whose.
    pub association: Uscc,
    /// How many enterprises work by it.
    pub enterprises: u32,
    /// What is better than in the standards in force, point by point.
    pub advances: Vec<String>,
    /// Digests of what shows it, `sha256:…`.
    pub evidence: Vec<String>,
    /// Where it stands.
    pub state: PromotionState,
    /// The national edition that took it over.
    #[serde(default)]
    pub national: Option<String>,
    /// What was done, in order.
    pub history: Vec<PromotionEntry>,
}

impl Promotion {
    /// The promotion after a step; nothing where the step does not follow on where it stands.
    #[must_use]
    pub fn step(mut self, entry: PromotionEntry) -> Option<Self> {
        if !self.state.allowed().contains(&entry.step.act()) {
            return None;
        }
        self.state = entry.step.leads_to();
        if let PromotionStep::TakeOver { national, .. } = &entry.step {
            self.national = Some(national.clone());
        }
        self.history.push(entry);
        Some(self)
    }
}

/// How many steps of each kind were taken in a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PromotionYear {
    /// Proposals made.
    pub proposed: u64,
    /// Proposals accepted.
    pub accepted: u64,
    /// National standards planned.
    pub planned: u64,
    /// Taken over by a national edition.
    pub taken_over: u64,
    /// Declined.
    pub declined: u64,
    /// Taken back.
    pub withdrawn: u64,
}

/// The figures by year: every step counts in the year in which it was taken.
#[must_use]
pub fn years(promotions: &[Promotion]) -> BTreeMap<i32, PromotionYear> {
    let mut years: BTreeMap<i32, PromotionYear> = BTreeMap::new();
    for entry in promotions.iter().flat_map(|promotion| &promotion.history) {
        let year = years.entry(entry.on.year()).or_default();
        let count = match entry.step {
            PromotionStep::Propose => &mut year.proposed,
            PromotionStep::Accept => &mut year.accepted,
            PromotionStep::Plan { .. } => &mut year.planned,
            PromotionStep::TakeOver { .. } => &mut year.taken_over,
            PromotionStep::Decline => &mut year.declined,
            PromotionStep::Withdraw => &mut year.withdrawn,
        };
        *count = count.saturating_add(1);
    }
    years
}
