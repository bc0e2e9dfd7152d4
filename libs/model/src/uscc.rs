//! Unified Social Credit Codes, GB 32100-2015, and the organisation code inside them, GB 11714. Whether a code was ever
//! issued is known to the registries, not here.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use crate::check::{Check, Verdict};
use crate::division;
use crate::fault::Fault;
use crate::normalise::compact;

/// The alphabet of GB 32100: the value of a character is its place. I, O, S, V and Z are left out.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 3 to the power of the place, modulo 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// The weights of GB 11714 over the eight characters of the organisation code.
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// What registered an organisation and as what: the first two characters of its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationKind {
    /// 11, an organ of state.
    GovernmentOrgan,
    /// 12, a public institution.
    PublicInstitution,
    /// 13, a mass organisation on the state's staff plan.
    MassOrganisation,
    /// 19, other bodies on the state's staff plan.
    StaffingOther,
    /// 21 and 29, foreign affairs.
    ForeignAffairs,
    /// 31, a law firm.
    LawFirm,
    /// 32, a notary.
    Notary,
    /// 33, a grassroots legal service.
    GrassrootsLegalService,
    /// 34, a forensic institution.
    ForensicInstitution,
    /// 35, an arbitration commission.
    Arbitration,
    /// 39, others of the justice department.
    JusticeOther,
    /// 41 and 49, culture.
    Culture,
    /// 51, a social organisation: an association.
    Association,
    /// 52, a private non-enterprise unit.
    PrivateNonEnterprise,
    /// 53, a foundation.
    Foundation,
    /// 59, others of civil affairs.
    CivilAffairsOther,
    /// 61 and 69, tourism.
    Tourism,
    /// 71, 72 and 79, religion.
    Religion,
    /// 81 and 89, trade unions.
    TradeUnion,
    /// 91, an enterprise.
    Enterprise,
    /// 92, a sole trader.
    SoleTrader,
    /// 93, a farmers' cooperative.
    Cooperative,
    /// A1 and A9, military staffing.
    Military,
    /// N1, a collective of a villagers' group.
    GroupCollective,
    /// N2, a village collective.
    VillageCollective,
    /// N3, a township collective.
    TownshipCollective,
    /// N9, others of agriculture.
    AgricultureOther,
    /// Y1, others.
    Other,
    /// Not in the table of domain 1.1.
    Unknown,
}

impl OrganisationKind {
    /// The kind for the first two characters of a code.
    fn of(prefix: &str) -> Self {
        match prefix {
            "11" => Self::GovernmentOrgan,
            "12" => Self::PublicInstitution,
            "13" => Self::MassOrganisation,
            "19" => Self::StaffingOther,
            "21" | "29" => Self::ForeignAffairs,
            "31" => Self::LawFirm,
            "32" => Self::Notary,
            "33" => Self::GrassrootsLegalService,
            "34" => Self::ForensicInstitution,
            "35" => Self::Arbitration,
            "39" => Self::JusticeOther,
            "41" | "49" => Self::Culture,
            "51" => Self::Association,
            "52" => Self::PrivateNonEnterprise,
            "53" => Self::Foundation,
            "59" => Self::CivilAffairsOther,
            "61" | "69" => Self::Tourism,
            "71" | "72" | "79" => Self::Religion,
            "81" | "89" => Self::TradeUnion,
            "91" => Self::Enterprise,
            "92" => Self::SoleTrader,
            "93" => Self::Cooperative,
            "A1" | "A9" => Self::Military,
            "N1" => Self::GroupCollective,
            "N2" => Self::VillageCollective,
            "N3" => Self::TownshipCollective,
            "N9" => Self::AgricultureOther,
            "Y1" => Self::Other,
            _ => Self::Unknown,
        }
    }
}

/// A code that is right in form and check character; always in its stored form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc(String);

impl Uscc {
    /// Reads a code after folding width, spaces, hyphens and case.
    ///
    /// # Errors
    /// `uscc_length`, `uscc_alphabet`, `uscc_division` or `uscc_check_character`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let code = compact(text);
        let length = code.chars().count();
        if length != 18 {
            return Err(Fault::new(
                "uscc_length",
                format!("统一社会信用代码应为 18 位，实为 {length} 位。"),
                format!("A unified social credit code has 18 characters, not {length}."),
            ));
        }
        let expected = check_character(&code)?;
        if !code.ends_with(expected) {
            return Err(Fault::new(
                "uscc_check_character",
                "统一社会信用代码校验码错误（GB 32100-2015）。",
                "The check character of the unified social credit code is wrong (GB 32100-2015).",
            ));
        }
        Ok(Self(code))
    }

    /// Completes 17 characters with their check character, as for the invented codes of samples.
    ///
    /// # Errors
    /// `uscc_length`, `uscc_alphabet` or `uscc_division`.
    pub fn with_check(body17: &str) -> Result<Self, Fault> {
        let body = compact(body17);
        let check = check_character(&body).unwrap_or('0');
        Self::parse(&format!("{body}{check}"))
    }

    /// Says of any text whether it is such a code, and if not, why.
    #[must_use]
    pub fn check(text: &str) -> Check {
        let parsed = Self::parse(text).map(|code| {
            let warnings = code.warnings();
            (code.0, warnings)
        });
        Check::from_parsed(compact(text), parsed)
    }

    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Positions 3 to 8: the division of the registering office.
    #[must_use]
    pub fn division(&self) -> &str {
        self.0.get(2..8).unwrap_or_default()
    }

    /// Positions 9 to 17: the organisation code with its own check character.
    #[must_use]
    pub fn organisation_code(&self) -> &str {
        self.0.get(8..17).unwrap_or_default()
    }

    /// What kind of organisation it is.
    #[must_use]
    pub fn kind(&self) -> OrganisationKind {
        OrganisationKind::of(self.0.get(..2).unwrap_or_default())
    }

    /// Whether it is a social organisation (51), which alone may register group standards.
    #[must_use]
    pub fn is_association(&self) -> bool {
        self.kind() == OrganisationKind::Association
    }

    /// Whether it is a sole trader (92), whose name and code are data of a person.
    #[must_use]
    pub fn is_sole_trader(&self) -> bool {
        self.kind() == OrganisationKind::SoleTrader
    }

    /// What is odd about a lawful code: registries hold codes whose inner check fails, and lists are always out of date.
    #[must_use]
    pub fn warnings(&self) -> Vec<Fault> {
        let mut warnings = Vec::new();
        if self.kind() == OrganisationKind::Unknown {
            let prefix = self.0.get(..2).unwrap_or_default();
            warnings.push(Fault::new(
                "uscc_kind_unknown",
                format!("前两位“{prefix}”未列入登记管理部门与机构类别代码表。"),
                format!("The first two characters \"{prefix}\" are not in the table of departments and kinds."),
            ));
        }
        if !division::is_listed(self.division()) {
            let code = self.division();
            warnings.push(Fault::new(
                "uscc_division_unknown",
                format!("行政区划代码 {code} 未列入 GB/T 2260 截至 2020 年底的代码表。"),
                format!("The division {code} is not in the list of GB/T 2260 as of the end of 2020."),
            ));
        }
        if organisation_check(self.organisation_code()) != self.organisation_code().chars().last() {
            warnings.push(Fault::new(
                "uscc_organisation_code",
                "第 9 至 17 位的组织机构代码校验码不符（GB 11714）。",
                "The organisation code at positions 9 to 17 fails its own check (GB 11714).",
            ));
        }
        warnings
    }
}

/// The check character over the first 17 characters; refuses what is outside the alphabet or no division.
fn check_character(code: &str) -> Result<char, Fault> {
    let mut sum = 0_u32;
    let mut weights = WEIGHTS.iter();
    for (place, character) in (1_u32..).zip(code.chars()) {
        let value = u8::try_from(character).ok().and_then(|b| ALPHABET.iter().position(|a| *a == b));
        let Some(value) = value.and_then(|v| u32::try_from(v).ok()) else {
            return Err(Fault::new(
                "uscc_alphabet",
                format!("第 {place} 位“{character}”不在 GB 32100 字符集内（不用 I、O、S、V、Z）。"),
                format!("Character {place}, \"{character}\", is not in the alphabet of GB 32100 (no I, O, S, V, Z)."),
            ));
        };
        if (3..=8).contains(&place) && !character.is_ascii_digit() {
            return Err(Fault::new(
                "uscc_division",
                "第 3 至 8 位（行政区划代码）应为数字。",
                "Positions 3 to 8, the division, must be digits.",
            ));
        }
        sum += value * weights.next().copied().unwrap_or(0);
    }
    let index = usize::try_from((31 - sum % 31) % 31).unwrap_or_default();
    Ok(ALPHABET.get(index).copied().map_or('0', char::from))
}

/// The check character of GB 11714 over the first eight characters: letters count 10 to 35 here, unlike in GB 32100.
fn organisation_check(code: &str) -> Option<char> {
    let sum = code.chars().zip(ORGANISATION_WEIGHTS).try_fold(0_u32, |sum, (c, weight)| Some(sum + c.to_digit(36)? * weight))?;
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        digit => char::from_digit(digit, 10),
    }
}

impl AsRef<str> for Uscc {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Uscc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Uscc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
