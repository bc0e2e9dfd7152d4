//! Administrative division codes (GB/T 2260) in the two revisions that came with the crate. Whether an authority may act
//! in a division is decided elsewhere.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::fault::Fault;
use crate::instant::Day;
use crate::normalise::compact;

/// The revision of 2007, the older of the two.
const OLDER: &str = "2007";
/// The revision of the end of 2020, the newer of the two.
const NEWER: &str = "2020";

/// One code under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Entry {
    /// Six digits.
    pub code: &'static str,
    /// The Chinese name.
    pub name: &'static str,
    /// The first revision that lists the code under this name.
    pub from_revision: &'static str,
    /// The last one.
    pub to_revision: &'static str,
}

/// Not a place: the code under which bodies are registered that the central registry keeps (GB 32100).
static CENTRAL: Entry = Entry { code: "100000", name: "中央", from_revision: OLDER, to_revision: NEWER };

/// All entries, sorted by code, the older name first.
static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let rows = include_str!("../data/divisions.tsv").lines().filter_map(|line| {
        let mut fields = line.split('\t');
        let (code, name) = (fields.next()?, fields.next()?);
        let (from_revision, to_revision) = match fields.next()? {
            "1" => (OLDER, OLDER),
            "2" => (NEWER, NEWER),
            _ => (OLDER, NEWER),
        };
        Some(Entry { code, name, from_revision, to_revision })
    });
    rows.collect()
});

/// All entries of one code: one, or two if it was renamed between the revisions.
#[must_use]
pub fn history(code: &str) -> &'static [Entry] {
    if code == CENTRAL.code {
        return std::slice::from_ref(&CENTRAL);
    }
    let start = ENTRIES.partition_point(|entry| entry.code < code);
    let end = ENTRIES.partition_point(|entry| entry.code <= code);
    ENTRIES.get(start..end).unwrap_or_default()
}

/// The entry of a code on a day.
///
/// From the end of 2020 on the newer revision decides. Before it the older one does, and the newer one for codes that
/// were given in between: on which day is not known here.
#[must_use]
pub fn lookup(code: &str, on: Day) -> Option<&'static Entry> {
    let entries = history(code);
    let newer = || entries.iter().find(|entry| entry.to_revision == NEWER);
    let older = || entries.iter().find(|entry| entry.from_revision == OLDER);
    let (older_day, newer_day) = (Day::from_ymd_opt(2007, 12, 31)?, Day::from_ymd_opt(2020, 12, 31)?);
    if on >= newer_day {
        newer()
    } else if on >= older_day {
        older().or_else(newer)
    } else {
        older()
    }
}

/// Whether any revision lists the code.
#[must_use]
pub fn is_listed(code: &str) -> bool {
    !history(code).is_empty()
}

/// Whether any revision lists a code that begins with these digits, as the two or four digits of a local standard do.
#[must_use]
pub fn is_listed_prefix(prefix: &str) -> bool {
    let start = ENTRIES.partition_point(|entry| entry.code < prefix);
    ENTRIES.get(start).is_some_and(|entry| entry.code.starts_with(prefix))
}

/// The newest name of a code.
#[must_use]
pub fn name_of(code: &str) -> Option<&'static str> {
    history(code).last().map(|entry| entry.name)
}

/// The province (or its equal) in which a code of two to six digits lies.
#[must_use]
pub fn province_of(code: &str) -> Option<&'static Entry> {
    history(&format!("{}0000", code.get(..2)?)).last()
}

/// The city (prefecture) in which a code of four to six digits lies; none for municipalities, which have no such level.
#[must_use]
pub fn city_of(code: &str) -> Option<&'static Entry> {
    let city = code.get(..4).filter(|c| !c.ends_with("00"))?;
    history(&format!("{city}00")).last()
}

/// How large a division is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// The whole country, 100000.
    Central,
    /// A province, municipality or region.
    Province,
    /// A city or prefecture.
    City,
    /// A county or district.
    County,
}

/// A division code in the right form; it need not be listed, lists are always older than registrations.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Division(String);

impl Division {
    /// Reads six digits.
    ///
    /// # Errors
    /// `division_invalid`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let code = compact(text);
        if code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self(code));
        }
        Err(Fault::new("division_invalid", "行政区划代码应为 6 位数字。", "A division code has six digits."))
    }

    /// The six digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How large it is, by its trailing zeros.
    #[must_use]
    pub fn size(&self) -> Size {
        if self.0 == CENTRAL.code {
            Size::Central
        } else if self.0.ends_with("0000") {
            Size::Province
        } else if self.0.ends_with("00") {
            Size::City
        } else {
            Size::County
        }
    }

    /// The newest entry, if the code is listed.
    #[must_use]
    pub fn entry(&self) -> Option<&'static Entry> {
        history(&self.0).last()
    }

    /// Whether the other division is this one or lies inside it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        let width = match self.size() {
            Size::Central => 0,
            Size::Province => 2,
            Size::City => 4,
            Size::County => 6,
        };
        self.0.get(..width) == other.0.get(..width)
    }
}

impl AsRef<str> for Division {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Division {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Division {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Division {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instant::parse_day;

    fn name_on(code: &str, day: &str) -> Option<&'static str> {
        lookup(code, parse_day(day).unwrap()).map(|entry| entry.name)
    }

    #[test]
    fn the_data_are_whole() {
        assert_eq!(ENTRIES.len(), 3881);
        assert!(ENTRIES.is_sorted_by_key(|entry| entry.code));
        assert_eq!(ENTRIES.iter().filter(|e| e.from_revision == OLDER).count(), 3524);
        assert_eq!(ENTRIES.iter().filter(|e| e.to_revision == NEWER).count(), 3209);
        assert_eq!(ENTRIES.iter().filter(|e| e.code.ends_with("0000")).count(), 34);
        assert!(ENTRIES.iter().all(|e| Division::parse(e.code).is_ok() && !e.name.is_empty()));
    }

    #[test]
    fn a_code_is_looked_up_on_a_day() {
        for (code, day, expected) in [
            ("440400", "2024-01-01", Some("珠海市")),
            ("110103", "2005-01-01", Some("崇文区")),
            ("110103", "2010-01-01", Some("崇文区")),
            ("110103", "2021-01-01", None),
            ("460400", "2005-01-01", None),
            ("460400", "2019-01-01", Some("儋州市")),
            ("460400", "2024-01-01", Some("儋州市")),
            ("100000", "2024-01-01", Some("中央")),
            ("999999", "2024-01-01", None),
            ("", "2024-01-01", None),
        ] {
            assert_eq!(name_on(code, day), expected, "{code} on {day}");
        }
    }

    #[test]
    fn provinces_and_cities() {
        assert_eq!(province_of("440402").unwrap().name, "广东省");
        assert_eq!(province_of("44").unwrap().name, "广东省");
        assert_eq!(city_of("440402").unwrap().name, "珠海市");
        assert_eq!(city_of("440000"), None);
        assert_eq!(province_of("00"), None);
        assert_eq!(province_of("省"), None);
        assert_eq!(name_of("820000"), Some("澳门特别行政区"));
    }

    #[test]
    fn a_division_contains_what_lies_inside() {
        let division = |code: &str| Division::parse(code).unwrap();
        assert!(division("100000").contains(&division("440402")));
        assert!(division("440000").contains(&division("440402")));
        assert!(division("440400").contains(&division("440402")));
        assert!(!division("440402").contains(&division("440400")));
        assert!(!division("440300").contains(&division("440402")));
        assert_eq!(division("４４ 04-02").size(), Size::County);
        for bad in ["", "44040", "4404022", "44040A", "四四〇四"] {
            assert_eq!(Division::parse(bad).unwrap_err().code, "division_invalid", "{bad}");
        }
    }
}
