//! What an entry of a producer abroad must be like. Not here: whether the representative is registered, `actions.rs`.

use std::sync::LazyLock;

use model::{
    fault::{Fault, FieldFault},
    lei::Lei,
    normalise::{compact, line},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const NAME_MAX: usize = 200;
const NAMES_MAX: usize = 50;
const COUNTRIES: &str = include_str!("../../policy/countries.json");

#[derive(Default, Deserialize)]
struct Countries {
    codes: String,
}

// Without the list no country is known; a test reads it.
static KNOWN: LazyLock<Countries> = LazyLock::new(|| serde_json::from_str(COUNTRIES).unwrap_or_default());

/// Whether it still exists, as its register of legal entities says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProducerStatus {
    /// It exists.
    Active,
    /// It has ended.
    Inactive,
}

/// What another name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OtherNameKind {
    /// The name in another script or language.
    Transliterated,
    /// A name it had before.
    Former,
    /// A name it trades under.
    Trading,
}

impl OtherNameKind {
    /// The word in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transliterated => "transliterated",
            Self::Former => "former",
            Self::Trading => "trading",
        }
    }
}

/// Another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OtherName {
    /// The name.
    #[schema(example = "示例器具株式会社")]
    pub name: String,
    /// What it is.
    pub kind: OtherNameKind,
}

/// An entry as it is sent.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewForeignProducer {
    /// The legal name.
    #[schema(example = "Sample Appliances GmbH")]
    pub name: String,
    /// Names in other scripts, former names, names it trades under.
    #[serde(default)]
    pub other_names: Vec<OtherName>,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "DE")]
    pub country: String,
    /// The legal form, a code of ISO 20275.
    #[serde(default)]
    #[schema(example = "2HBR")]
    pub legal_form: Option<String>,
    /// Whether it exists.
    pub status: ProducerStatus,
    /// The domestic enterprise that answers for its goods; it must be registered.
    #[serde(default)]
    #[schema(example = "914404001000000590")]
    pub represented_by: Option<String>,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignProducer {
    /// Its identifier.
    pub lei: Lei,
    /// The legal name.
    pub name: String,
    /// Its other names.
    pub other_names: Vec<OtherName>,
    /// Its country.
    pub country: String,
    /// Its legal form.
    pub legal_form: Option<String>,
    /// Whether it exists.
    pub status: ProducerStatus,
    /// Who answers for its goods.
    pub represented_by: Option<Uscc>,
}

impl ForeignProducer {
    /// Every name with what it is.
    pub fn names(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let others = self.other_names.iter().map(|other| (other.kind.as_str(), other.name.as_str()));
        std::iter::once(("current", self.name.as_str())).chain(others)
    }
}

/// Reads an entry; all that is wrong with it is said at once.
///
/// # Errors
/// Every field that breaks a rule, with its pointer.
pub fn read(lei: Lei, new: &NewForeignProducer) -> Result<ForeignProducer, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let name = take(&mut faults, "/name", line(&new.name, NAME_MAX));
    if new.other_names.len() > NAMES_MAX {
        faults.push(FieldFault::rule("/other_names", "too_many", "其他名称最多 50 个。", "At most 50 other names."));
    }
    let mut other_names = Vec::new();
    for (index, other) in new.other_names.iter().take(NAMES_MAX).enumerate() {
        let name = take(&mut faults, &format!("/other_names/{index}/name"), line(&other.name, NAME_MAX));
        other_names.extend(name.map(|name| OtherName { name, kind: other.kind }));
    }
    let country = take(&mut faults, "/country", country(&new.country));
    let legal_form = new.legal_form.as_deref().and_then(|text| take(&mut faults, "/legal_form", legal_form(text)));
    let represented_by = new.represented_by.as_deref().and_then(|text| take(&mut faults, "/represented_by", Uscc::parse(text)));
    match (name, country) {
        (Some(name), Some(country)) if faults.is_empty() => {
            Ok(ForeignProducer { lei, name, other_names, country, legal_form, status: new.status, represented_by })
        }
        _ => Err(faults),
    }
}

fn take<T>(faults: &mut Vec<FieldFault>, pointer: &str, read: Result<T, Fault>) -> Option<T> {
    read.map_err(|fault| faults.push(FieldFault::of(pointer, fault))).ok()
}

/// A country that ISO 3166-1 lists; whoever is registered in the mainland has a Unified Social Credit Code.
fn country(text: &str) -> Result<String, Fault> {
    if text == "CN" {
        let (zh, en) = ("境内企业以统一社会信用代码登记。", "A domestic enterprise is registered by its Unified Social Credit Code.");
        return Err(Fault::new("country_not_foreign", zh, en));
    }
    if text.len() == 2 && KNOWN.codes.split(' ').any(|code| code == text) {
        return Ok(text.to_owned());
    }
    Err(Fault::new("country_invalid", "国家或地区代码应为 ISO 3166-1 两位字母。", "A country is two letters of ISO 3166-1."))
}

/// Four letters or digits (ISO 20275).
fn legal_form(text: &str) -> Result<String, Fault> {
    let code = compact(text);
    if code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        return Ok(code);
    }
    Err(Fault::new(
        "legal_form_invalid",
        "法律形式应为 ISO 20275 的四位代码。",
        "A legal form is a code of ISO 20275: four letters or digits.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_are_said_at_once() {
        let lei = Lei::parse("529900GRZ2BQY5ZM9N49").unwrap();
        let good = NewForeignProducer {
            name: "Sample SE".into(),
            other_names: vec![OtherName { name: "示例".into(), kind: OtherNameKind::Transliterated }],
            country: "DE".into(),
            legal_form: Some("sgst".into()),
            status: ProducerStatus::Active,
            represented_by: Some("914404001000000590".into()),
        };
        let read_one = read(lei.clone(), &good).unwrap();
        assert_eq!((read_one.legal_form.as_deref(), read_one.names().count()), (Some("SGST"), 2));
        assert_eq!(KNOWN.codes.split(' ').count(), 249, "ISO 3166-1");
        let bad = NewForeignProducer {
            name: " ".into(),
            other_names: vec![OtherName { name: "\u{0}".into(), kind: OtherNameKind::Former }],
            country: "XX".into(),
            legal_form: Some("SG".into()),
            represented_by: Some("1".into()),
            ..good.clone()
        };
        let found: Vec<_> =
            read(lei.clone(), &bad).unwrap_err().into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect();
        let expected = [
            "/name text_empty",
            "/other_names/0/name control_character",
            "/country country_invalid",
            "/legal_form legal_form_invalid",
            "/represented_by uscc_length",
        ];
        assert_eq!(found, expected);
        for (text, code) in [("CN", "country_not_foreign"), ("de", "country_invalid"), ("D E", "country_invalid")] {
            assert_eq!(country(text).unwrap_err().code, code, "{text}");
        }
        assert!(country("HK").is_ok() && country("TW").is_ok(), "codes of their own in ISO 3166-1, and no mainland registration");
    }
}
