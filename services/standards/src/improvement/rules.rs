//! Why a standard needs improvement, each reason with its evidence and its legal basis; pure. Not here: where the evidence comes from, `store.rs`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};
use model::{calendar::Calendar, fault::Fault, instant::Day, period::Period, policy::Policy, ratio::Ratio};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::edition::rules::Entry;

const REVIEW: &str = include_str!("../../policy/improvement_review.json");
const SIGNS: &str = include_str!("../../policy/improvement_signs.json");

const BY_REVIEW: &str = "标准化法第二十九条";
const BY_MANDATORY: &str = "标准化法第二十一条第一款";
const BY_COMPARISON: &str = "消费品标准和质量提升规划（2016—2020年）二（一）：标准比对与报告制度";
const BY_COMPLAINT: &str = "标准化法第三十五条";
const BY_FAILURES: &str = "2023年重点工业产品质量安全专项行动二（三）6：根据标准执行情况和存在问题提出需完善的产品标准清单";

/// How often which standards are looked at again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Since they were issued or last confirmed.
    pub period: Period,
    /// Those of these levels.
    pub levels: Vec<String>,
}

/// From how many signs on a standard is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signs {
    /// A clause that fails in more than so many percent is a reason.
    pub most_failures_percent: u32,
    /// Of at least so many results.
    pub least_results: u64,
    /// So many complaints that were right.
    pub least_complaints: u64,
    /// Feedback of so many organisations.
    pub least_feedback: u64,
    /// What is older than so many months is no sign any more.
    pub look_back_months: u32,
}

/// What the list is made by.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Reviews.
    pub review: Policy<Review>,
    /// Signs.
    pub signs: Policy<Signs>,
}

/// The shipped bounds by day.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn policy() -> Result<Bounds, Fault> {
    Ok(Bounds { review: Policy::from_json(REVIEW)?, signs: Policy::from_json(SIGNS)? })
}

/// Where a result at a clause comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingSource {
    /// A spot check by an authority.
    SpotCheck,
    /// A test by a laboratory.
    Test,
    /// A complaint about the standard or goods by it, as an authority settled it.
    Complaint,
    /// A recall.
    Recall,
}

impl FindingSource {
    /// All, with their words.
    pub const ALL: [(&'static str, Self); 4] =
        [("spot_check", Self::SpotCheck), ("test", Self::Test), ("complaint", Self::Complaint), ("recall", Self::Recall)];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, source)| *source == self).map_or("test", |(word, _)| word)
    }
}

/// What came out at a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingOutcome {
    /// The requirement was met; a complaint was wrong.
    Passed,
    /// It was not met; a complaint was right.
    Failed,
}

impl FindingOutcome {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
        }
    }
}

/// What feedback is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackSubject {
    /// It can be read in two ways.
    Unclear,
    /// The state of technique has gone on.
    Outdated,
    /// It does not keep harm away.
    TooLoose,
    /// It cannot be met, or not at sensible cost.
    TooStrict,
    /// Another standard says otherwise.
    Conflicting,
    /// It works as it is.
    WorksWell,
}

impl FeedbackSubject {
    /// All, with their words.
    pub const ALL: [(&'static str, Self); 6] = [
        ("unclear", Self::Unclear),
        ("outdated", Self::Outdated),
        ("too_loose", Self::TooLoose),
        ("too_strict", Self::TooStrict),
        ("conflicting", Self::Conflicting),
        ("works_well", Self::WorksWell),
    ];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, subject)| *subject == self).map_or("unclear", |(word, _)| word)
    }
}

/// A result at a clause, as evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The clause; empty for the whole.
    pub clause: String,
    /// What came out.
    pub failed: bool,
    /// Where it comes from.
    pub source: FindingSource,
    /// The day.
    pub on: Day,
}

/// Feedback, as evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// Whose.
    pub organisation: String,
    /// What about.
    pub subject: FeedbackSubject,
    /// The day.
    pub on: Day,
}

/// An edition in force that a comparison of clauses found stricter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stricter {
    /// Its number.
    pub number: String,
    /// Whether everybody must keep to it.
    pub mandatory: bool,
    /// By which comparison.
    pub note: Option<String>,
}

/// All that is known of an edition besides itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The days on which a review left it as it is.
    pub confirmed: Vec<Day>,
    /// Editions in force that are stricter.
    pub stricter: Vec<Stricter>,
    /// Results.
    pub findings: Vec<Finding>,
    /// Feedback.
    pub feedback: Vec<Feedback>,
}

/// Which reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "told at the reasons themselves")]
pub enum ReasonKind {
    ReviewOverdue,
    Looser,
    Complaints,
    Failures,
    Feedback,
}

impl ReasonKind {
    /// All, with their words, in the order in which reasons are told.
    pub const ALL: [(&'static str, Self); 5] = [
        ("review_overdue", Self::ReviewOverdue),
        ("looser", Self::Looser),
        ("complaints", Self::Complaints),
        ("failures", Self::Failures),
        ("feedback", Self::Feedback),
    ];
}

/// Why a standard needs improvement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ImprovementReason {
    /// Nobody has reviewed it in time.
    ReviewOverdue {
        /// When it was issued or last confirmed.
        #[schema(value_type = String, format = Date)]
        since: Day,
        /// Until when it was to be reviewed.
        #[schema(value_type = String, format = Date)]
        due_on: Day,
        /// The rule.
        basis: &'static str,
    },
    /// A recorded comparison found another one in force stricter.
    Looser {
        /// Its number.
        than: String,
        /// Whether that one is mandatory, than which none may be looser.
        mandatory: bool,
        /// By which comparison.
        #[serde(skip_serializing_if = "Option::is_none")]
        comparison: Option<String>,
        /// The rule.
        basis: &'static str,
    },
    /// There were complaints that were right.
    Complaints {
        /// How many.
        count: u64,
        /// At which clauses.
        clauses: Vec<String>,
        /// The rule.
        basis: &'static str,
    },
    /// One clause fails too often.
    Failures {
        /// Which one.
        clause: String,
        /// How often.
        failed: u64,
        /// Of how many results.
        results: u64,
        /// Rounded half up to two decimals.
        percent: Option<String>,
        /// The rule.
        basis: &'static str,
    },
    /// Several who work by it say so.
    Feedback {
        /// How many organisations.
        organisations: u64,
        /// What they say.
        subjects: Vec<FeedbackSubject>,
        /// The rule.
        basis: &'static str,
    },
}

impl ImprovementReason {
    /// Which one it is.
    #[must_use]
    pub const fn kind(&self) -> ReasonKind {
        match self {
            Self::ReviewOverdue { .. } => ReasonKind::ReviewOverdue,
            Self::Looser { .. } => ReasonKind::Looser,
            Self::Complaints { .. } => ReasonKind::Complaints,
            Self::Failures { .. } => ReasonKind::Failures,
            Self::Feedback { .. } => ReasonKind::Feedback,
        }
    }
}

/// Since when an edition stands: issued, or in force, or at the latest the end of the year in its number; or when it was last confirmed.
#[must_use]
pub fn stands_since(entry: &Entry, confirmed: &[Day], day: Day) -> Option<Day> {
    let year = || NaiveDate::from_ymd_opt(i32::from(entry.number.year()?), 12, 31);
    let begun = entry.published_on.or(entry.effective_on).or_else(year);
    begun.max(confirmed.iter().copied().filter(|confirmed| *confirmed <= day).max())
}

/// All reasons why an edition needs improvement on a day, in the order of [`ReasonKind::ALL`], those of one kind by number or clause.
#[must_use]
pub fn reasons(entry: &Entry, level: &str, known: &Known, bounds: &Bounds, day: Day, calendar: &Calendar) -> Vec<ImprovementReason> {
    let mut found = Vec::new();
    found.extend(overdue(entry, level, known, bounds, day, calendar));
    let mut stricter: Vec<&Stricter> = known.stricter.iter().collect();
    stricter.sort_by(|one, other| one.number.cmp(&other.number));
    found.extend(stricter.into_iter().map(|stricter| ImprovementReason::Looser {
        than: stricter.number.clone(),
        mandatory: stricter.mandatory,
        comparison: stricter.note.clone(),
        basis: if stricter.mandatory { BY_MANDATORY } else { BY_COMPARISON },
    }));
    if let Some(signs) = bounds.signs.at(day).map(|row| &row.value) {
        let since = day.checked_sub_months(Months::new(signs.look_back_months)).unwrap_or(Day::MIN);
        let in_time = |on: Day| since < on && on <= day;
        let findings: Vec<&Finding> = known.findings.iter().filter(|finding| in_time(finding.on)).collect();
        found.extend(complaints(&findings, signs));
        found.extend(failures(&findings, signs));
        let feedback: Vec<&Feedback> = known.feedback.iter().filter(|feedback| in_time(feedback.on)).collect();
        found.extend(spoken(&feedback, signs));
    }
    found
}

fn overdue(entry: &Entry, level: &str, known: &Known, bounds: &Bounds, day: Day, calendar: &Calendar) -> Option<ImprovementReason> {
    let review = &bounds.review.at(day)?.value;
    let since = stands_since(entry, &known.confirmed, day).filter(|_| review.levels.iter().any(|reviewed| reviewed == level))?;
    let due_on = review.period.due(since, calendar).due_on.filter(|due| *due < day)?;
    Some(ImprovementReason::ReviewOverdue { since, due_on, basis: BY_REVIEW })
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn complaints(findings: &[&Finding], signs: &Signs) -> Option<ImprovementReason> {
    let right: Vec<_> = findings.iter().filter(|finding| finding.source == FindingSource::Complaint && finding.failed).collect();
    let clauses: BTreeSet<String> = right.iter().map(|finding| finding.clause.clone()).filter(|clause| !clause.is_empty()).collect();
    let count = length(right.len());
    let reason = ImprovementReason::Complaints { count, clauses: clauses.into_iter().collect(), basis: BY_COMPLAINT };
    (count > 0 && count >= signs.least_complaints).then_some(reason)
}

fn failures(findings: &[&Finding], signs: &Signs) -> Vec<ImprovementReason> {
    let mut clauses: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.source != FindingSource::Complaint) {
        let (failed, results) = clauses.entry(&finding.clause).or_default();
        *failed = failed.saturating_add(u64::from(finding.failed));
        *results = results.saturating_add(1);
    }
    let most = Ratio::new(u64::from(signs.most_failures_percent), 100);
    let too_often = clauses.into_iter().filter(|(_, (failed, results))| {
        *results >= signs.least_results && Ratio::new(*failed, *results).compare(most).is_some_and(std::cmp::Ordering::is_gt)
    });
    let reason = |(clause, (failed, results)): (&str, (u64, u64))| ImprovementReason::Failures {
        clause: clause.to_owned(),
        failed,
        results,
        percent: Ratio::new(failed, results).percent(2),
        basis: BY_FAILURES,
    };
    too_often.map(reason).collect()
}

fn spoken(feedback: &[&Feedback], signs: &Signs) -> Option<ImprovementReason> {
    let wanting: Vec<_> = feedback.iter().filter(|feedback| feedback.subject != FeedbackSubject::WorksWell).collect();
    let who: BTreeSet<&str> = wanting.iter().map(|feedback| feedback.organisation.as_str()).collect();
    let subjects: BTreeSet<FeedbackSubject> = wanting.iter().map(|feedback| feedback.subject).collect();
    let organisations = length(who.len());
    let reason = ImprovementReason::Feedback { organisations, subjects: subjects.into_iter().collect(), basis: BY_REVIEW };
    (organisations > 0 && organisations >= signs.least_feedback).then_some(reason)
}
