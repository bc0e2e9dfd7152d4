//! Cells as departments write them.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::rules::{DateFormat, Reading, Unit, day, read};

const ALL: [DateFormat; 5] = [DateFormat::Slash, DateFormat::Dot, DateFormat::Chinese, DateFormat::Compact, DateFormat::Serial];

#[test]
fn days_as_they_are_written() {
    for (cell, expected) in [
        ("2026-05-11", Some("2026-05-11")),
        ("2026-05-11 00:00:00", Some("2026-05-11")),
        ("2026-05-11T09:30:00", Some("2026-05-11")),
        ("2026/5/11", Some("2026-05-11")),
        ("2026/05/11 0:00", Some("2026-05-11")),
        ("２０２６／５／１１", Some("2026-05-11")),
        ("2026.5.11", Some("2026-05-11")),
        ("2026年5月11日", Some("2026-05-11")),
        ("2026年05月11日", Some("2026-05-11")),
        ("20260511", Some("2026-05-11")),
        ("46153", Some("2026-05-11")),
        ("46153.5", Some("2026-05-11")),
        ("1", Some("1900-01-01")),
        ("59", Some("1900-02-28")),
        ("61", Some("1900-03-01")),
        ("60", None),
        ("0", None),
        ("2026-5-11", None),
        ("2026-02-29", None),
        ("2024-02-29", Some("2024-02-29")),
        ("2026年13月1日", None),
        ("2026年5月", None),
        ("26/5/11", None),
        ("11/5/2026", None),
        ("2026/5/11/1", None),
        ("长期", None),
        ("2026-05-11 上午", None),
        ("-1", None),
        ("99999999999", None),
    ] {
        let found = day(cell, &ALL).ok().map(|day| day.to_string());
        assert_eq!(found.as_deref(), expected, "{cell}");
    }
}

#[test]
fn a_way_that_was_not_agreed_is_refused() {
    for cell in ["2026/5/11", "2026.5.11", "2026年5月11日", "20260511", "46153"] {
        assert_eq!(day(cell, &[]).unwrap_err().code, "date_invalid", "{cell}");
    }
    assert!(day("2026-05-11", &[]).is_ok());
}

#[test]
fn money_is_exact() {
    let yuan = |amount: &str| Some(json!({"amount": amount, "currency": "CNY"}));
    for (cell, unit, expected) in [
        ("0.5", Unit::TenThousandYuan, yuan("5000.00")),
        ("0.123456", Unit::TenThousandYuan, yuan("1234.56")),
        ("0.1234567", Unit::TenThousandYuan, None),
        ("3", Unit::TenThousandYuan, yuan("30000.00")),
        ("3.000000000", Unit::TenThousandYuan, yuan("30000.00")),
        ("１２．５", Unit::TenThousandYuan, yuan("125000.00")),
        ("1,234,567.80", Unit::Yuan, yuan("1234567.80")),
        ("12,34", Unit::Yuan, None),
        ("1234.567", Unit::Yuan, None),
        ("0", Unit::Yuan, yuan("0.00")),
        ("-1", Unit::Yuan, None),
        (".5", Unit::Yuan, None),
        ("1e3", Unit::Yuan, None),
        ("五千", Unit::Yuan, None),
        ("99999999999999999999", Unit::Yuan, None),
    ] {
        assert_eq!(read(&Reading::Money { unit }, cell).ok(), expected, "{cell} {unit:?}");
    }
}

fn table(words: &[(&str, &str)]) -> BTreeMap<String, String> {
    words.iter().map(|(said, meant)| ((*said).to_owned(), (*meant).to_owned())).collect()
}

#[test]
fn words_lists_numbers_flags() {
    let words = table(&[
        ("不合格", "fail"),
        ("合格", "pass"),
        ("没收违法所得", "confiscation"),
        ("没收非法财物", "confiscation"),
        ("罚款", "fine"),
    ]);
    let separators: Vec<String> = ["；", ";", "、"].map(str::to_owned).to_vec();
    let one = Reading::Word { words: words.clone() };
    let several = Reading::Words { words, separators: separators.clone() };
    let flag = Reading::Flag { yes: vec!["是".into()], no: vec!["否".into()] };
    let check = |reading: &Reading, cell: &str, expected: Result<Value, &str>| {
        assert_eq!(read(reading, cell).map_err(|fault| fault.code), expected, "{reading:?} {cell}");
    };
    check(&one, "不合格", Ok(json!("fail")));
    check(&one, "不 合格", Err("unknown_word"));
    check(&several, "罚款；没收违法所得、没收非法财物", Ok(json!(["fine", "confiscation"])));
    check(&several, "罚款;;", Ok(json!(["fine"])));
    check(&several, "罚款;其他", Err("unknown_word"));
    check(&Reading::List { separators }, "接地措施、 标志；结构", Ok(json!(["接地措施", "标志", "结构"])));
    check(&Reading::Number, "2025", Ok(json!(2025)));
    check(&Reading::Number, "２０２５.0", Ok(json!(2025)));
    check(&Reading::Number, "2025.5", Err("digits_only"));
    check(&flag, "是", Ok(json!(true)));
    check(&flag, "否", Ok(json!(false)));
    check(&flag, "也许", Err("unknown_word"));
    check(&Reading::Text, "〔2026〕1号", Ok(json!("〔2026〕1号")));
}

proptest! {
    #[test]
    fn every_day_is_read_back_in_every_way(count in 61_u32..80_000) {
        let expected = day(&count.to_string(), &[DateFormat::Serial]).unwrap();
        for shape in ["%Y-%m-%d", "%Y/%-m/%-d", "%Y年%-m月%-d日", "%Y%m%d", "%Y.%m.%d 00:00:00"] {
            let ways = [DateFormat::Slash, DateFormat::Dot, DateFormat::Chinese, DateFormat::Compact];
            prop_assert_eq!(day(&expected.format(shape).to_string(), &ways).unwrap(), expected);
        }
    }

    #[test]
    fn no_cell_stops_the_reading(cell in "\\PC{0,30}") {
        for unit in [Unit::Yuan, Unit::TenThousandYuan] {
            drop(read(&Reading::Money { unit }, &cell));
        }
        drop((day(&cell, &ALL), read(&Reading::Number, &cell)));
    }
}
