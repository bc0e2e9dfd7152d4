//! What a register entry must be like. Not here: who may write it, `http.rs`.

use contracts::credit::{EnterpriseRecorded, EnterpriseStatus};
use model::{
    division::Division,
    fault::Fault,
    instant::{Day, parse_day},
    normalise::line,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use model::fault::FieldFault;

const NAME_MAX: usize = 200;
const FORMER_NAMES_MAX: usize = 50;

/// A register entry as it is sent.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnterprise {
    /// The full name as registered.
    #[schema(example = "示例电器（深圳）有限公司")]
    pub name: String,
    /// Names it had before; where nothing is said, those that stand remain.
    #[serde(default)]
    pub former_names: Option<Vec<NewFormerName>>,
    /// Its short name.
    #[serde(default)]
    pub short_name: Option<String>,
    /// Its name in English.
    #[serde(default)]
    pub name_en: Option<String>,
    /// Its administrative division, six digits of GB/T 2260.
    #[schema(example = "440305")]
    pub division: String,
    /// Its industry, GB/T 4754: a letter and two to four digits.
    #[serde(default)]
    #[schema(example = "C3854")]
    pub industry: Option<String>,
    /// Its registration status.
    pub status: EnterpriseStatus,
    /// Since when it has this status.
    #[serde(default)]
    #[schema(format = Date, example = "1999-02-11")]
    pub status_since: Option<String>,
    /// When it was established.
    #[schema(format = Date, example = "1999-02-11")]
    pub established_on: String,
}

/// A name an enterprise had before, as it is sent.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFormerName {
    /// The name.
    #[schema(example = "示例电器厂")]
    pub name: String,
    /// The first day on which it was borne.
    #[serde(default)]
    #[schema(format = Date, example = "1999-02-11")]
    pub since: Option<String>,
    /// The last day on which it was borne.
    #[serde(default)]
    #[schema(format = Date, example = "2019-03-01")]
    pub until: Option<String>,
}

/// A register entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enterprise {
    /// Its code.
    pub uscc: Uscc,
    /// The full name as registered.
    pub name: String,
    /// Names it had before.
    pub former_names: Vec<FormerName>,
    /// Its short name.
    pub short_name: Option<String>,
    /// Its name in English.
    pub name_en: Option<String>,
    /// Its administrative division.
    pub division: String,
    /// Its industry.
    pub industry: Option<String>,
    /// Its registration status.
    pub status: EnterpriseStatus,
    /// Since when it has this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_since: Option<Day>,
    /// When it was established.
    pub established_on: Day,
    /// Into whom it was merged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<Merged>,
}

/// Into whom an enterprise was merged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// Who goes on.
    pub into: Uscc,
    /// Since when the absorbed one is no more.
    pub on: Day,
    /// The number of the register authority's document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_no: Option<String>,
}

/// A name an enterprise had before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FormerName {
    /// The name.
    pub name: String,
    /// The first day on which it was borne.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub since: Option<Day>,
    /// The last day on which it was borne.
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Day>,
}

/// How a name is kept for search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// The name as registered.
    Current,
    /// A former name.
    Former,
    /// The short name.
    Short,
    /// The name in English.
    English,
}

impl NameKind {
    /// The word in the database and in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Former => "former",
            Self::Short => "short",
            Self::English => "english",
        }
    }
}

impl Enterprise {
    /// What followers hear of it: no names, since those of sole traders are personal.
    #[must_use]
    pub fn told(&self) -> EnterpriseRecorded {
        EnterpriseRecorded {
            uscc: self.uscc.clone(),
            division: self.division.clone(),
            industry: self.industry.clone(),
            status: self.status,
            established_on: self.established_on,
        }
    }

    /// Every name with its kind, for search.
    #[must_use]
    pub fn names(&self) -> Vec<(NameKind, &str, Option<Day>)> {
        let mut names = vec![(NameKind::Current, self.name.as_str(), None)];
        names.extend(self.short_name.iter().map(|name| (NameKind::Short, name.as_str(), None)));
        names.extend(self.name_en.iter().map(|name| (NameKind::English, name.as_str(), None)));
        names.extend(self.former_names.iter().map(|former| (NameKind::Former, former.name.as_str(), former.until)));
        names
    }
}

/// An entry as it was sent: what it leaves unsaid stays as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// What it says.
    pub entry: Enterprise,
    says_former_names: bool,
}

impl Proposed {
    /// The entry that results where `stands` stood, and the name that went among the former ones by itself: a name that is given up was borne until
    /// yesterday, and stays findable without being said.
    ///
    /// # Errors
    /// `periods_overlap` where the former names that are said have another name for yesterday.
    pub fn onto(&self, stands: Option<&Enterprise>, today: Day) -> Result<(Enterprise, Option<FormerName>), Vec<FieldFault>> {
        let mut entry = self.entry.clone();
        let Some(stands) = stands else { return Ok((entry, None)) };
        if !self.says_former_names {
            entry.former_names.clone_from(&stands.former_names);
        }
        if entry.status_since.is_none() && entry.status == stands.status {
            entry.status_since = stands.status_since;
        }
        let mut given_up = None;
        if entry.name != stands.name && !entry.former_names.iter().any(|former| former.name == stands.name) {
            let former = FormerName { name: stands.name.clone(), since: None, until: today.pred_opt() };
            entry.former_names.insert(0, former.clone());
            let faults = overlaps(&entry.former_names);
            if faults.is_empty() {
                given_up = Some(former);
            } else if self.says_former_names {
                return Err(faults);
            } else {
                // Changed twice on one day: what was borne for less than a day was a slip of the pen, and no former name.
                entry.former_names.remove(0);
            }
        }
        Ok((entry, given_up))
    }
}

/// Reads an entry; all that is wrong with it is said at once.
///
/// # Errors
/// Every field that breaks a rule, with its pointer.
pub fn read(uscc: Uscc, new: &NewEnterprise, today: Day) -> Result<Proposed, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let name = take(&mut faults, "/name", line(&new.name, NAME_MAX));
    let short_name = optional(&mut faults, "/short_name", new.short_name.as_deref());
    let name_en = optional(&mut faults, "/name_en", new.name_en.as_deref());
    let division = take(&mut faults, "/division", Division::parse(&new.division)).map(|division| division.as_str().to_owned());
    let industry = new.industry.as_deref().and_then(|text| take(&mut faults, "/industry", industry(text)));
    let established_on = take(&mut faults, "/established_on", past(&new.established_on, today));
    let status_since = new.status_since.as_deref().and_then(|text| take(&mut faults, "/status_since", past(text, today)));
    if status_since.zip(established_on).is_some_and(|(since, established)| since < established) {
        let (zh, en) = ("状态不得早于成立之日。", "A status cannot hold before the enterprise was established.");
        faults.push(FieldFault::rule("/status_since", "date_order", zh, en));
    }
    let former_names = former_names(&mut faults, new.former_names.as_deref().unwrap_or_default(), today);
    match (name, division, established_on) {
        (Some(name), Some(division), Some(established_on)) if faults.is_empty() => {
            let status = new.status;
            let entry = Enterprise {
                uscc,
                name,
                former_names,
                short_name,
                name_en,
                division,
                industry,
                status,
                status_since,
                established_on,
                merged: None,
            };
            Ok(Proposed { entry, says_former_names: new.former_names.is_some() })
        }
        _ => Err(faults),
    }
}

fn former_names(faults: &mut Vec<FieldFault>, new: &[NewFormerName], today: Day) -> Vec<FormerName> {
    if new.len() > FORMER_NAMES_MAX {
        faults.push(FieldFault::rule("/former_names", "too_many", "曾用名最多 50 个。", "At most 50 former names."));
    }
    let mut read = Vec::new();
    for (index, former) in new.iter().take(FORMER_NAMES_MAX).enumerate() {
        let name = take(faults, &format!("/former_names/{index}/name"), line(&former.name, NAME_MAX));
        let mut day = |field: &str, text: Option<&str>| {
            text.and_then(|text| take(faults, &format!("/former_names/{index}/{field}"), past(text, today)))
        };
        let (since, until) = (day("since", former.since.as_deref()), day("until", former.until.as_deref()));
        if since.zip(until).is_some_and(|(since, until)| until < since) {
            let (zh, en) = ("使用终止之日不得早于起始之日。", "A name cannot end before it begins.");
            faults.push(FieldFault::rule(format!("/former_names/{index}/until"), "date_order", zh, en));
        }
        read.extend(name.map(|name| FormerName { name, since, until }));
    }
    if faults.is_empty() {
        faults.extend(overlaps(&read));
    }
    read
}

/// An enterprise bears one registered name at a time. Where only one end is known, that day is what can be compared.
fn overlaps(names: &[FormerName]) -> Vec<FieldFault> {
    let period = |former: &FormerName| former.since.or(former.until).zip(former.until.or(former.since));
    let mut faults = Vec::new();
    for (index, later) in names.iter().enumerate() {
        let Some((from, to)) = period(later) else { continue };
        let clash = names.iter().take(index).filter_map(period).any(|(other_from, other_to)| from <= other_to && other_from <= to);
        if clash {
            let (zh, en) = ("与另一曾用名的使用期间重叠。", "Its period overlaps that of another former name.");
            faults.push(FieldFault::rule(format!("/former_names/{index}"), "periods_overlap", zh, en));
        }
    }
    faults
}

fn optional(faults: &mut Vec<FieldFault>, pointer: &str, text: Option<&str>) -> Option<String> {
    text.and_then(|text| take(faults, pointer, line(text, NAME_MAX)))
}

fn take<T>(faults: &mut Vec<FieldFault>, pointer: &str, read: Result<T, Fault>) -> Option<T> {
    read.map_err(|fault| faults.push(FieldFault::of(pointer, fault))).ok()
}

/// A date that lies not after today.
fn past(text: &str, today: Day) -> Result<Day, Fault> {
    let day = parse_day(text)?;
    if day > today {
        return Err(Fault::new("date_in_future", "日期不得晚于今天。", "The date must not lie in the future."));
    }
    Ok(day)
}

/// GB/T 4754-2017: a section A to T, and two to four digits.
fn industry(text: &str) -> Result<String, Fault> {
    let mut chars = text.chars();
    let section = chars.next().is_some_and(|c| ('A'..='T').contains(&c));
    let digits = chars.clone().count();
    if section && (2..=4).contains(&digits) && chars.all(|c| c.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    let (zh, en) = ("行业代码应为一个字母(A–T)加 2 至 4 位数字。", "An industry is a letter from A to T and two to four digits.");
    Err(Fault::new("industry_invalid", zh, en))
}
