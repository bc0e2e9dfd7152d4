//! Administrative division codes (GB/T 2260), with the revisions that list them. One revision came with the crate; more are
//! data, not code. Whether an authority may act in a division is decided elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

use chrono::Datelike;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::fault::Fault;
use crate::instant::Day;
use crate::normalise::compact;

/// The list that came with the crate; see `data/README.md` for its origin.
pub const BUILT_IN: &str = include_str!("../data/divisions.tsv");

// A list that came with the crate and is broken lists nothing; a test reads it.
static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(&[BUILT_IN]).unwrap_or_default());

/// Not a place: the code under which bodies are registered that the central registry keeps (GB 32100).
const CENTRAL: &str = "100000";

/// One code under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Entry {
    /// Six digits.
    pub code: &'static str,
    /// The Chinese name.
    pub name: &'static str,
    /// The first revision that lists the code under this name, named by its year.
    pub from_revision: &'static str,
    /// The last one; all loaded revisions in between list it too.
    pub to_revision: &'static str,
}

/// The entries of one or more revisions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The years of the revisions, the oldest first.
    revisions: BTreeSet<&'static str>,
    /// Sorted by code, the oldest name first.
    entries: Vec<Entry>,
}

impl Table {
    /// Reads lists of lines `code TAB name TAB year of the revision`, in any order. A further revision is one more list
    /// beside [`BUILT_IN`].
    ///
    /// # Errors
    /// `division_list_invalid`, also if a revision lists a code twice.
    pub fn read(lists: &[&'static str]) -> Result<Self, Fault> {
        let mut rows = BTreeMap::new();
        for line in lists.iter().flat_map(|list| list.lines()) {
            let (code, name, revision) = fields(line).ok_or_else(|| invalid(line))?;
            if rows.insert((code, revision), name).is_some() {
                return Err(invalid(line));
            }
        }
        let revisions: BTreeSet<_> = rows.keys().map(|(_, revision)| *revision).collect();
        let mut entries: Vec<Entry> = Vec::new();
        for ((code, revision), name) in rows {
            let before = revisions.range(..revision).next_back();
            match entries.last_mut() {
                Some(last) if (last.code, last.name) == (code, name) && Some(&last.to_revision) == before => last.to_revision = revision,
                _ => entries.push(Entry { code, name, from_revision: revision, to_revision: revision }),
            }
        }
        Ok(Self { revisions, entries })
    }

    /// All entries of one code, the oldest first: more than one if it was renamed or left out for a while.
    #[must_use]
    pub fn history(&self, code: &str) -> &[Entry] {
        let start = self.entries.partition_point(|entry| entry.code < code);
        let end = self.entries.partition_point(|entry| entry.code <= code);
        self.entries.get(start..end).unwrap_or_default()
    }

    /// The entry of a code on a day.
    ///
    /// A revision shows the end of its year. Between two of them the older one decides, and the newer one for codes that
    /// were given in between: on which day is not known here. Before the first and after the last that one alone decides.
    #[must_use]
    pub fn lookup(&self, code: &str, on: Day) -> Option<&Entry> {
        let year = on.succ_opt()?.year().to_string();
        let (older, newer) = (self.revisions.range(..year.as_str()).next_back(), self.revisions.range(year.as_str()..).next());
        [older, newer]
            .into_iter()
            .flatten()
            .find_map(|revision| self.history(code).iter().find(|entry| (entry.from_revision..=entry.to_revision).contains(revision)))
    }
}

fn fields(line: &'static str) -> Option<(&'static str, &'static str, &'static str)> {
    let (code, rest) = line.split_once('\t')?;
    let (name, revision) = rest.split_once('\t')?;
    (digits(code, 6) && digits(revision, 4) && !name.is_empty()).then_some((code, name, revision))
}

fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|b| b.is_ascii_digit())
}

fn invalid(line: &str) -> Fault {
    Fault::new(
        "division_list_invalid",
        format!("行政区划代码表的行“{line}”无法读取或重复。"),
        format!("The line \"{line}\" of the division list is not readable or stands twice."),
    )
}

/// [`Table::history`] in the built-in list.
#[must_use]
pub fn history(code: &str) -> &'static [Entry] {
    TABLE.history(code)
}

/// Every entry of the built-in list, by code.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    TABLE.entries.iter()
}

/// [`Table::lookup`] in the built-in list.
#[must_use]
pub fn lookup(code: &str, on: Day) -> Option<&'static Entry> {
    TABLE.lookup(code, on)
}

/// Whether the built-in list holds the code.
#[must_use]
pub fn is_listed(code: &str) -> bool {
    !history(code).is_empty()
}

/// Whether the built-in list holds a place whose code begins with these digits, as the two or four digits of a local
/// standard do.
#[must_use]
pub fn is_listed_prefix(prefix: &str) -> bool {
    let start = TABLE.entries.partition_point(|entry| entry.code < prefix);
    let mut places = TABLE.entries.iter().skip(start).filter(|entry| entry.code != CENTRAL);
    places.next().is_some_and(|entry| entry.code.starts_with(prefix))
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
        if digits(&code, 6) {
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
        if self.0 == CENTRAL {
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

    const OF_2007: &str = include_str!("../../../tests/data/regions/cn_divisions_2007.tsv");

    #[test]
    fn the_data_are_whole() {
        let table = Table::read(&[BUILT_IN]).unwrap();
        assert_eq!(table.revisions, BTreeSet::from(["2020"]));
        assert_eq!(table.entries.len(), 3210, "3209 and the central code");
        assert_eq!(table.entries.iter().filter(|e| e.code.ends_with("0000")).count(), 35);
        assert_eq!(*TABLE, table);
    }

    #[test]
    fn a_code_is_looked_up_on_a_day() {
        let both = Table::read(&[BUILT_IN, OF_2007]).unwrap();
        assert_eq!(Table::read(&[OF_2007, BUILT_IN]).unwrap(), both);
        for (code, day, with_2007, built_in) in [
            // In both revisions.
            ("440400", "2005-01-01", Some("珠海市"), Some("珠海市")),
            ("440400", "2024-01-01", Some("珠海市"), Some("珠海市")),
            // Listed in 2007 and gone in 2020.
            ("440116", "2005-01-01", Some("萝岗区"), None),
            ("440116", "2020-12-30", Some("萝岗区"), None),
            ("440116", "2020-12-31", None, None),
            // The reverse: it was given in between.
            ("440118", "2007-12-30", None, Some("增城区")),
            ("440118", "2007-12-31", Some("增城区"), Some("增城区")),
            ("440118", "2024-01-01", Some("增城区"), Some("增城区")),
            // Given to another place.
            ("500110", "2019-01-01", Some("万盛区"), Some("綦江区")),
            ("500110", "2021-01-01", Some("綦江区"), Some("綦江区")),
            ("100000", "2024-01-01", Some("中央"), Some("中央")),
            ("999999", "2024-01-01", None, None),
            ("", "2024-01-01", None, None),
        ] {
            let on = parse_day(day).unwrap();
            assert_eq!(both.lookup(code, on).map(|e| e.name), with_2007, "{code} on {day}");
            assert_eq!(lookup(code, on).map(|e| e.name), built_in, "{code} on {day}, built in");
        }
    }

    #[test]
    fn a_history_tells_the_revisions() {
        let told = |table: &Table, code| table.history(code).iter().map(|e| (e.name, e.from_revision, e.to_revision)).collect::<Vec<_>>();
        let both = Table::read(&[BUILT_IN, OF_2007]).unwrap();
        assert_eq!(told(&both, "440400"), [("珠海市", "2007", "2020")]);
        assert_eq!(told(&both, "440116"), [("萝岗区", "2007", "2007")]);
        assert_eq!(told(&both, "440118"), [("增城区", "2020", "2020")]);
        assert_eq!(told(&both, "500110"), [("万盛区", "2007", "2007"), ("綦江区", "2020", "2020")]);
        assert!(history("440116").is_empty() && !is_listed("440116"));
        // Left out of one revision and back in the next: no entry covers the gap.
        let gap = Table::read(&["440001\t甲\t2001\n440001\t甲\t2003\n440002\t乙\t2002"]).unwrap();
        assert_eq!(told(&gap, "440001"), [("甲", "2001", "2001"), ("甲", "2003", "2003")]);
    }

    #[test]
    fn broken_lists_are_refused() {
        for bad in ["\n", "440000", "440000\t甲", "44\t甲\t2007", "440000\t\t2007", "440000\t甲\t07", "440000\t甲\t2007\t1"] {
            assert_eq!(Table::read(&[bad]).unwrap_err().code, "division_list_invalid", "{bad}");
        }
        assert_eq!(Table::read(&[BUILT_IN, "440000\t甲\t2020"]).unwrap_err().code, "division_list_invalid");
    }

    #[test]
    fn a_prefix_is_listed_if_a_place_has_it() {
        for (prefix, expected) in [("11", true), ("44", true), ("4404", true), ("10", false), ("4499", false), ("99", false)] {
            assert_eq!(is_listed_prefix(prefix), expected, "{prefix}");
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
