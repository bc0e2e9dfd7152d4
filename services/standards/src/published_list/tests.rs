//! The two real lists, whole: what is read of them, and every fault that is reported.

use std::collections::BTreeMap;

use model::{fault::FieldFault, instant::parse_day};
use serde_json::Value;

use super::rules::{cn_list, iso_list};
use crate::import::rules::{Listed, Row};

const CN: &str = include_str!("../../../../tests/data/standards/cn_sports_standards.ndjson");
const ISO: &str = include_str!("../../../../tests/data/standards/iso_consumer_deliverables.ndjson");

type Read = fn(&Value, &Listed<'_>) -> Result<Row, Vec<FieldFault>>;

fn read(list: &str, how: Read) -> (Vec<Row>, Vec<FieldFault>) {
    let listed = Listed { source: "test", on: parse_day("2026-08-18").unwrap() };
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    for line in list.lines() {
        match how(&serde_json::from_str(line).unwrap(), &listed) {
            Ok(row) => rows.push(row),
            Err(faults) => refused.extend(faults),
        }
    }
    (rows, refused)
}

fn counted(rows: &[Row]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for fault in rows.iter().flat_map(|row| &row.faults) {
        *counts.entry(fault.code.as_str()).or_default() += 1;
    }
    counts
}

/// The figures of shared/data/README.md: 917 rows, 34 committee numbers, 506 without a day of effect, some 现行 before their day.
#[test]
fn the_chinese_list_is_read_with_its_faults() {
    let (rows, refused) = read(CN, cn_list);
    assert_eq!((rows.len(), refused.len()), (910, 7));
    assert!(refused.iter().all(|fault| (fault.pointer.as_str(), fault.code) == ("/code", "standard_no_unreadable")));
    let counts = counted(&rows);
    let expected = BTreeMap::from([
        ("category_not_text", 8),
        ("current_before_effective", 6),
        ("dash_form", 407),
        ("date_order", 1),
        ("effective_missing", 499),
        ("end_unknown", 69),
        ("mandatory_differs", 5),
        ("replaced_by_not_a_number", 34),
        ("replaces_itself", 1),
        ("standard_division_unknown", 1),
        ("standard_industry_unknown", 2),
        ("standard_mandatory_mark", 6),
        ("standard_slash_missing", 1),
        ("title_not_one_line", 1),
    ]);
    assert_eq!(counts, expected);
}

#[test]
fn the_list_of_iso_is_read_with_its_faults() {
    let (rows, refused) = read(ISO, iso_list);
    assert_eq!((rows.len(), refused), (798, vec![]));
    let counts = counted(&rows);
    let expected = BTreeMap::from([("day_missing", 743), ("end_unknown", 64), ("relation_unreadable", 1), ("stage_not_published", 75)]);
    assert_eq!(counts, expected);
}
