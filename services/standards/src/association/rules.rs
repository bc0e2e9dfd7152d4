//! What an association says of itself, and which codes it may have; pure. Not here: whether a code is taken, `actions.rs`.

use model::{
    fault::FieldFault,
    instant::Day,
    standard_no::{Level, StandardNo, industry_name},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const CODE_LENGTH: std::ops::RangeInclusive<usize> = 2..=12;
/// What stands before or inside numbers of standards as a word of its own; with the slash of a mark left out as well.
const LEVEL_WORDS: [&str; 10] = ["GB", "GBT", "GBZ", "DB", "DBT", "XG", "TS", "TR", "PAS", "GUIDE"];

/// A fraction, exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VoteShare)]
pub struct Share {
    /// Above the line.
    #[schema(example = 3)]
    pub numerator: u32,
    /// Below the line.
    #[schema(example = 4)]
    pub denominator: u32,
}

impl Share {
    /// Whether it is above nothing and at most the whole.
    #[must_use]
    pub const fn is_proper(self) -> bool {
        self.numerator > 0 && self.numerator <= self.denominator
    }

    /// Whether this share is at least another one.
    #[must_use]
    pub fn reaches(self, other: Self) -> bool {
        u64::from(self.numerator).saturating_mul(other.denominator.into())
            >= u64::from(other.numerator).saturating_mul(self.denominator.into())
    }

    /// Whether so many of all are at least this share; of nobody there is no share.
    #[must_use]
    pub fn is_reached(self, part: u32, whole: u32) -> bool {
        whole > 0 && Self { numerator: part, denominator: whole }.reaches(self)
    }
}

/// Of whom a share of votes is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VoteBase {
    /// Of those who are present.
    Present,
    /// Of all who may vote.
    All,
}

/// How an association votes where there is no consensus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AssociationVoting)]
pub struct Voting {
    /// At least this share agrees; never below the floor of the policy.
    pub threshold: Share,
    /// Of whom.
    pub base: VoteBase,
}

/// A document that an association has published, by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Its title.
    pub title: String,
    /// `sha256:…`.
    pub digest: String,
    /// When it was published.
    pub published_on: Day,
}

/// An association that makes group standards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    /// Its own code, of kind 51.
    pub uscc: Uscc,
    /// What stands behind `T/`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Which of its bodies does the work on standards.
    pub standardisation_body: String,
    /// The digest of its internal procedure.
    pub procedure_digest: String,
    /// Its policy on intellectual property in standards.
    pub ipr_policy: Published,
    /// Its norms of self-discipline.
    pub norms: Vec<Published>,
    /// How it votes.
    pub voting: Voting,
    /// From when it is no more; its code stays reserved.
    #[serde(default)]
    pub ended_on: Option<Day>,
}

/// What is wrong with a code: its form, or that it would be taken for the mark of another kind of standard.
#[must_use]
pub fn code_fault(code: &str) -> Option<FieldFault> {
    let has_form = CODE_LENGTH.contains(&code.len())
        && code.starts_with(|c: char| c.is_ascii_uppercase())
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if !has_form {
        let en = "A code has 2 to 12 upper-case letters and digits and begins with a letter.";
        return Some(FieldFault::rule("/code", "association_code_invalid", "代号应为 2 至 12 位大写字母或字母与数字，以字母开头。", en));
    }
    let clash = || {
        let en = "The code is the mark of national or local standards, or of a kind of document.";
        FieldFault::rule("/code", "code_is_level", "代号与国家、地方标准代号或文件类别代号相同。", en)
    };
    if LEVEL_WORDS.contains(&code) {
        return Some(clash());
    }
    if industry_name(code).is_some() {
        let en = "The code is that of an industry's standards.";
        return Some(FieldFault::rule("/code", "code_is_industry", "代号与行业标准代号相同。", en));
    }
    // Behind a blank the code alone, and without one the code with its digits: either would be read as another kind of number.
    let read = [format!("{code} 1"), code.to_owned()].into_iter().filter_map(|text| StandardNo::parse(&text).ok());
    for number in read {
        match number.level() {
            Level::National | Level::Local => return Some(clash()),
            Level::International | Level::Regional | Level::Foreign => {
                let en = "The code is that of an international or foreign maker of standards.";
                return Some(FieldFault::rule("/code", "code_is_foreign", "代号与国际或国外标准机构代号相同。", en));
            }
            Level::Industry | Level::Group | Level::Enterprise => {}
        }
    }
    None
}

/// What is wrong with an association; `floor` is the lowest threshold of its votes, `on` the day.
#[must_use]
pub fn faults(association: &Association, floor: Share, on: Day) -> Vec<FieldFault> {
    let mut bad: Vec<FieldFault> = code_fault(&association.code).into_iter().collect();
    if !association.uscc.is_association() {
        let en = "Only an association (a code that begins with 51) makes group standards (Standardization Law 18).";
        bad.push(FieldFault::rule(
            "/uscc",
            "not_an_association",
            "只有社会团体（代码以 51 开头）可以制定团体标准（标准化法第十八条）。",
            en,
        ));
    }
    let threshold = association.voting.threshold;
    if !threshold.is_proper() || !threshold.reaches(floor) {
        let (most, least) = (floor.denominator, floor.numerator);
        let zh = format!("表决通过比例应在 {least}/{most} 至 1 之间。");
        let en = format!("The threshold of a vote lies between {least}/{most} and the whole.");
        bad.push(FieldFault::rule("/voting/threshold", "threshold_below_floor", zh, en));
    }
    let norms = association.norms.iter().enumerate().map(|(place, norm)| (format!("/norms/{place}"), norm));
    for (pointer, published) in norms.chain([("/ipr_policy".to_owned(), &association.ipr_policy)]) {
        if published.published_on > on {
            let en = "The date must not lie in the future.";
            bad.push(FieldFault::rule(format!("{pointer}/published_on"), "date_in_future", "日期不得晚于今天。", en));
        }
    }
    bad
}
