//! What a register entry must be like. Not here: who may write it, `http.rs`.

use contracts::credit::{EnterpriseRecorded, EnterpriseStatus};
use model::{
    division::Division,
    fault::Fault,
    instant::{Day, parse_day},
    normalise::{line, search_key},
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
    /// Names it had before.
    #[serde(default)]
    pub former_names: Vec<NewFormerName>,
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
    /// When it was established.
    pub established_on: Day,
}

/// A name an enterprise had before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FormerName {
    /// The name.
    pub name: String,
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

/// Reads an entry; all that is wrong with it is said at once.
///
/// # Errors
/// Every field that breaks a rule, with its pointer.
pub fn read(uscc: Uscc, new: &NewEnterprise, today: Day) -> Result<Enterprise, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let name = take(&mut faults, "/name", line(&new.name, NAME_MAX));
    let short_name = optional(&mut faults, "/short_name", new.short_name.as_deref());
    let name_en = optional(&mut faults, "/name_en", new.name_en.as_deref());
    let division = take(&mut faults, "/division", Division::parse(&new.division)).map(|division| division.as_str().to_owned());
    let industry = new.industry.as_deref().and_then(|text| take(&mut faults, "/industry", industry(text)));
    let established_on = take(&mut faults, "/established_on", past(&new.established_on, today));
    let former_names = former_names(&mut faults, new, today);
    match (name, division, established_on) {
        (Some(name), Some(division), Some(established_on)) if faults.is_empty() => {
            Ok(Enterprise { uscc, name, former_names, short_name, name_en, division, industry, status: new.status, established_on })
        }
        _ => Err(faults),
    }
}

fn former_names(faults: &mut Vec<FieldFault>, new: &NewEnterprise, today: Day) -> Vec<FormerName> {
    if new.former_names.len() > FORMER_NAMES_MAX {
        faults.push(FieldFault::rule("/former_names", "too_many", "曾用名最多 50 个。", "At most 50 former names."));
    }
    let mut read = Vec::new();
    for (index, former) in new.former_names.iter().take(FORMER_NAMES_MAX).enumerate() {
        let name = take(faults, &format!("/former_names/{index}/name"), line(&former.name, NAME_MAX));
        let until = former.until.as_deref().and_then(|text| take(faults, &format!("/former_names/{index}/until"), past(text, today)));
        read.extend(name.map(|name| FormerName { name, until }));
    }
    read
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

/// The form in which names and queries are compared.
#[must_use]
pub fn folded(text: &str) -> String {
    search_key(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> NewEnterprise {
        NewEnterprise {
            name: "示例电器有限公司".into(),
            former_names: vec![],
            short_name: None,
            name_en: None,
            division: "440305".into(),
            industry: Some("C3854".into()),
            status: EnterpriseStatus::Active,
            established_on: "1999-02-11".into(),
        }
    }

    fn today() -> Day {
        Day::from_ymd_opt(2026, 11, 21).unwrap()
    }

    #[test]
    fn all_faults_are_said_at_once() {
        let mut new = entry();
        new.name = "a\u{0}b".into();
        new.division = "44".into();
        new.industry = Some("Z1".into());
        new.established_on = "2030-01-01".into();
        new.former_names = vec![NewFormerName { name: "旧名".into(), until: Some("2019-02-30".into()) }];
        let faults = read(Uscc::parse("914404001000000590").unwrap(), &new, today()).unwrap_err();
        let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/division", "/industry", "/established_on", "/former_names/0/until"]);
        assert!(faults.iter().all(|fault| !fault.shape));
    }

    #[test]
    fn industries() {
        for (text, good) in [("C38", true), ("C3854", true), ("T9", false), ("U38", false), ("c38", false), ("C38541", false), ("", false)]
        {
            assert_eq!(industry(text).is_ok(), good, "{text:?}, GB/T 4754-2017");
        }
    }

    #[test]
    fn what_is_told_holds_no_name() {
        let enterprise = read(Uscc::parse("914404001000000590").unwrap(), &entry(), today()).unwrap();
        assert!(!serde_json::to_string(&enterprise.told()).unwrap().contains("示例"));
    }
}
