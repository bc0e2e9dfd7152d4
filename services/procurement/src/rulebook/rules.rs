//! Which version of a ruleset is in force on which days, where their windows overlap. Not here: what a version says (`ruleset`).

use std::collections::BTreeSet;

use model::instant::Day;
use serde::Serialize;
use utoipa::ToSchema;

use crate::standing::rules::day_after;

/// The window of effect of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Which version.
    pub version: u32,
    /// The first day.
    pub from: Day,
    /// The last day, inclusive.
    pub to: Option<Day>,
}

/// Days without a gap, both ends inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Stretch {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// The last day; open where absent.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
}

/// The version in force on a day: of those whose window holds the day the one that began last, of equals the highest version.
#[must_use]
pub fn in_force(windows: &[Window], day: Day) -> Option<Window> {
    let holding = windows.iter().filter(|one| one.from <= day && one.to.is_none_or(|last| day <= last));
    holding.copied().max_by_key(|one| (one.from, one.version))
}

/// The days between which nothing changes, in order.
fn stretches(windows: &[Window]) -> Vec<Stretch> {
    let begins: BTreeSet<Day> = windows.iter().flat_map(|one| [Some(one.from), one.to.map(day_after)]).flatten().collect();
    let begins: Vec<Day> = begins.into_iter().collect();
    let ends = begins.iter().skip(1).map(|next| next.pred_opt()).chain([None]);
    begins.iter().zip(ends).map(|(from, to)| Stretch { from: *from, to }).collect()
}

/// The days on which a version is the one in force, beside the others.
#[must_use]
pub fn days_in_force(windows: &[Window], version: u32) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    for stretch in stretches(windows) {
        if in_force(windows, stretch.from).is_none_or(|one| one.version != version) {
            continue;
        }
        match found.last_mut() {
            Some(last) if last.to.is_some_and(|end| day_after(end) == stretch.from) => last.to = stretch.to,
            _ => found.push(stretch),
        }
    }
    found
}

/// The first day up to today that a new version would take from one by which was or could have been decided, and that one. Where no version was in force
/// nothing could be decided, so a new version may reach back to there: the first version of a ruleset, or one that fills a gap.
#[must_use]
pub fn taken(windows: &[Window], new: Window, today: Day) -> Option<(Day, u32)> {
    let all: Vec<Window> = windows.iter().copied().chain([new]).collect();
    stretches(&all).into_iter().take_while(|stretch| stretch.from <= today).find_map(|stretch| {
        let before = in_force(windows, stretch.from)?;
        let after = in_force(&all, stretch.from)?;
        (after.version == new.version).then_some((stretch.from, before.version))
    })
}
