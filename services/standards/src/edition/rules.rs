//! What is said of an edition, the windows of its life, its status on a day. Not here: where it is kept, `store.rs`.

use chrono::NaiveDate;
use model::{fault::FieldFault, instant::Day, standard_no::StandardNo};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a list gives no day at all, a window reaches back to here.
pub const SINCE_EVER: Day = match NaiveDate::from_ymd_opt(1900, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// The status of an edition on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 即将实施: not in force yet.
    Upcoming,
    /// 现行: in force.
    Current,
    /// In force beside the edition that replaces it, until its transition ends.
    CurrentTransitional,
    /// 被代替: another edition stands in its place.
    Replaced,
    /// 废止: without effect and without a successor.
    Withdrawn,
}

impl Status {
    /// All, with their words.
    pub const ALL: [(&'static str, Self); 5] = [
        ("upcoming", Self::Upcoming),
        ("current", Self::Current),
        ("current_transitional", Self::CurrentTransitional),
        ("replaced", Self::Replaced),
        ("withdrawn", Self::Withdrawn),
    ];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, status)| *status == self).map_or("withdrawn", |(word, _)| word)
    }

    /// Whether goods may be made by it on that day.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::Current | Self::CurrentTransitional)
    }
}

/// What the source itself says of the status, on the day of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stated {
    /// 即将实施.
    Upcoming,
    /// 现行.
    Current,
    /// 废止, or replaced: the source does not tell them apart.
    Withdrawn,
}

/// How an edition ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// By another edition.
    Replaced,
    /// Without one.
    Withdrawn,
}

/// What a source says of an edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its canonical number, with year and amendment marks.
    pub number: StandardNo,
    /// Its title in Chinese; of a foreign one in its own language.
    pub title: String,
    /// Its title in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// When it was issued.
    #[serde(default)]
    pub published_on: Option<Day>,
    /// From when it is in force.
    #[serde(default)]
    pub effective_on: Option<Day>,
    /// From when it is without effect.
    #[serde(default)]
    pub withdrawn_on: Option<Day>,
    /// Until when goods may still be made by it beside its successor.
    #[serde(default)]
    pub transition_until: Option<Day>,
    /// What the source says of its status.
    pub stated: Stated,
    /// On which day the source says so.
    pub stated_on: Day,
    /// Whether everybody must keep to it (Standardization Law 2): of Chinese standards only national ones may be.
    pub mandatory: bool,
    /// Who issues it, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// The association of a group standard, a Unified Social Credit Code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub association: Option<String>,
    /// Codes of the International Classification for Standards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ics: Vec<String>,
    /// Codes of the Chinese Classification for Standards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ccs: Vec<String>,
    /// The harmonised stage code of an international one (ISO/IEC Directives).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// What it is about and not about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// `sha256:…` of the text, which is never kept here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_digest: Option<String>,
    /// Which list or procedure says so.
    pub source: String,
}

/// The windows of an edition's life.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Windows {
    /// From when it is in force; unknown for one that is announced without a day.
    pub current_from: Option<Day>,
    /// From when another one is in force beside it.
    pub superseded_from: Option<Day>,
    /// From when it is without effect.
    pub ended_from: Option<Day>,
    /// How it ended.
    pub ended: Option<Ended>,
    /// The numbers of what replaces it.
    pub successors: Vec<String>,
    /// What could not be known: `begin_unknown`, `end_unknown`, `current_before_effective`.
    pub doubts: Vec<String>,
}

/// An edition that replaces another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor {
    /// Its number.
    pub number: String,
    /// From when it is in force, where it is known here.
    pub current_from: Option<Day>,
}

/// From when an edition is in force by its own dates.
#[must_use]
pub fn begins(entry: &Entry) -> Option<Day> {
    match (entry.effective_on.or(entry.published_on), entry.stated) {
        // Announced for a day that the source does not tell: its issue is not its beginning.
        (_, Stated::Upcoming) => entry.effective_on,
        (Some(day), _) => Some(day),
        (None, _) => Some(SINCE_EVER),
    }
}

/// Works the windows out from an edition's own dates and its successors.
#[must_use]
pub fn windows(entry: &Entry, successors: &[Successor]) -> Windows {
    let mut doubts = Vec::new();
    let current_from = begins(entry);
    if current_from == Some(SINCE_EVER) {
        doubts.push("begin_unknown".to_owned());
    }
    if entry.stated == Stated::Current && entry.effective_on.is_some_and(|day| day > entry.stated_on) {
        doubts.push("current_before_effective".to_owned());
    }
    let superseded_from = successors.iter().filter_map(|successor| successor.current_from).min();
    let after_transition = entry.transition_until.map(|last| last.succ_opt().unwrap_or(Day::MAX));
    let by_successor = superseded_from.map(|from| after_transition.map_or(from, |after| after.max(from)));
    // The source's own day goes before what follows from a successor: until then both may hold.
    let mut ended_from = entry.withdrawn_on.or(by_successor);
    if entry.stated == Stated::Withdrawn && ended_from.is_none_or(|from| from > entry.stated_on) && entry.withdrawn_on.is_none() {
        // Unknown is never in force: a window that is known to be over and not since when, holds on no day.
        doubts.push("end_unknown".to_owned());
        ended_from = Some(SINCE_EVER);
    }
    let ended = ended_from.map(|_| if successors.is_empty() { Ended::Withdrawn } else { Ended::Replaced });
    let successors = successors.iter().map(|successor| successor.number.clone()).collect();
    Windows { current_from, superseded_from, ended_from, ended, successors, doubts }
}

impl Windows {
    /// Whether it is known to have ended before it was ever in force.
    #[must_use]
    pub fn is_stillborn(&self) -> bool {
        let is_known = !self.doubts.iter().any(|doubt| doubt == "end_unknown");
        is_known && self.ended_from.is_some_and(|ended| self.current_from.is_none_or(|from| ended <= from))
    }

    /// The status on a day.
    #[must_use]
    pub fn status_on(&self, day: Day) -> Status {
        if self.ended_from.is_some_and(|from| from <= day) {
            return if self.ended == Some(Ended::Replaced) { Status::Replaced } else { Status::Withdrawn };
        }
        if self.current_from.is_none_or(|from| from > day) {
            return Status::Upcoming;
        }
        if self.superseded_from.is_some_and(|from| from <= day) { Status::CurrentTransitional } else { Status::Current }
    }
}

/// How one edition stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// 代替: stands in its place.
    Replaces,
    /// An amendment sheet of it.
    Amends,
    /// Takes an international standard over, to a degree (GB/T 20000.2, ISO/IEC Guide 21).
    Adopts,
    /// 规范性引用: needs it to be applied.
    CitesNormative,
    /// 资料性引用: mentions it.
    CitesInformative,
    /// No requirement of it is looser, and one is stricter, as a comparison of clauses found.
    StricterThan,
}

impl RelationKind {
    /// All, with their words.
    pub const ALL: [(&'static str, Self); 6] = [
        ("replaces", Self::Replaces),
        ("amends", Self::Amends),
        ("adopts", Self::Adopts),
        ("cites_normative", Self::CitesNormative),
        ("cites_informative", Self::CitesInformative),
        ("stricter_than", Self::StricterThan),
    ];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, kind)| *kind == self).map_or("replaces", |(word, _)| word)
    }

    /// Whether a circle of it would make no sense; references go in circles in practice.
    #[must_use]
    pub const fn is_acyclic(self) -> bool {
        matches!(self, Self::Replaces | Self::Amends | Self::Adopts | Self::StricterThan)
    }
}

/// To what degree an international standard was taken over (GB/T 20000.2). NEQ is a mere correspondence and no adoption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AdoptionDegree)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the words are the field's own")]
pub enum Degree {
    Idt,
    Mod,
    Neq,
}

impl Degree {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Idt => "IDT",
            Self::Mod => "MOD",
            Self::Neq => "NEQ",
        }
    }
}

/// A relation, both ends by their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The one that says it.
    pub from: String,
    /// How it stands.
    pub kind: RelationKind,
    /// To which.
    pub to: String,
    /// Only of an adoption.
    pub degree: Option<Degree>,
    /// Which list or procedure says so.
    pub source: String,
    /// In words: the technical deviations of a modified adoption, the id of a comparison.
    pub note: Option<String>,
}

/// What is wrong with an entry, by its field.
#[must_use]
pub fn faults(entry: &Entry) -> Vec<FieldFault> {
    let mut bad = Vec::new();
    let mut wrong = |pointer: &str, is_wrong: bool, zh: &str, en: &str| {
        if is_wrong {
            bad.push(FieldFault::rule(pointer, "date_order", zh, en));
        }
    };
    let before = |one: Option<Day>, other: Option<Day>| one.zip(other).is_some_and(|(one, other)| one < other);
    wrong(
        "/effective_on",
        before(entry.effective_on, entry.published_on),
        "实施日期早于发布日期。",
        "It is in force before it was issued.",
    );
    wrong("/withdrawn_on", before(entry.withdrawn_on, entry.published_on), "废止日期早于发布日期。", "It ends before it was issued.");
    let since = entry.effective_on.or(entry.published_on);
    wrong("/transition_until", before(entry.transition_until, since), "过渡期早于实施日期。", "The transition ends before it began.");
    if entry.mandatory && !entry.number.mandatory() {
        let en = "Only a national standard without /T or /Z may be mandatory (Standardization Law 2).";
        bad.push(FieldFault::rule("/mandatory", "mandatory_not_national", "只有国家标准可以是强制性标准（标准化法第二条）。", en));
    }
    bad
}
