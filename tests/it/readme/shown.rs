//! Whether an answer contains what a page shows of it. Not here: where both come from.

use serde_json::{Deserializer, Value};

use super::page::Block;

/// Stands for anything.
const ANYTHING: char = '…';

/// Whether what was printed contains what is shown; else the first part of it that is missing.
///
/// JSON: each shown value is a part of one printed line, in this order; an object may have further members, a list further items, and `…` in
/// a text stands for anything. Text: each shown line is a part of a printed line, in this order.
pub(super) fn contains(printed: &str, shown: &Block) -> Result<(), String> {
    let mut lines = printed.lines();
    if shown.info.starts_with("json") {
        for value in Deserializer::from_str(&shown.text).into_iter::<Value>() {
            let value = value.unwrap_or_else(|error| panic!("README.md:{}: {error}", shown.line));
            let is_there = |line: &str| serde_json::from_str::<Value>(line).is_ok_and(|answer| is_part(&value, &answer));
            lines.find(|line| is_there(line)).ok_or_else(|| value.to_string())?;
        }
    } else {
        for part in shown.text.lines() {
            lines.find(|line| has(line, part)).ok_or_else(|| part.to_owned())?;
        }
    }
    Ok(())
}

fn is_part(shown: &Value, answer: &Value) -> bool {
    match (shown, answer) {
        (Value::Object(shown), Value::Object(answer)) => {
            shown.iter().all(|(name, shown)| answer.get(name).is_some_and(|answer| is_part(shown, answer)))
        }
        (Value::Array(shown), Value::Array(answer)) => {
            let mut rest = answer.iter();
            shown.iter().all(|shown| rest.any(|answer| is_part(shown, answer)))
        }
        (Value::String(shown), Value::String(answer)) if shown.contains(ANYTHING) => is_like(answer, shown),
        _ => shown == answer,
    }
}

/// Whether the pieces of a pattern stand in a text one after the other.
fn has(text: &str, pattern: &str) -> bool {
    let mut rest = text;
    pattern.split(ANYTHING).all(|piece| match rest.find(piece) {
        Some(at) => {
            rest = &rest[at + piece.len()..];
            true
        }
        None => false,
    })
}

/// The same over the whole text: what is before the first `…` is its beginning, what is behind the last its end.
fn is_like(text: &str, pattern: &str) -> bool {
    let begins = pattern.split(ANYTHING).next().is_some_and(|first| text.starts_with(first));
    let ends = pattern.split(ANYTHING).next_back().is_some_and(|last| text.ends_with(last));
    begins && ends && has(text, pattern)
}

#[test]
fn a_part_is_found_and_another_is_missed() {
    let shown = |info: &str, text: &str| Block { info: info.to_owned(), text: text.to_owned(), line: 1 };
    let printed = "noise\n{\"a\":[1,{\"b\":\"fct_01\"},3],\"c\":null}\n{\"d\":true}\n";
    for good in ["{\"a\":[{\"b\":\"fct_…\"}]}", "{\"a\":[1,3]}{\"d\":true}", "{\"c\":null}"] {
        assert_eq!(contains(printed, &shown("json shown", good)), Ok(()), "{good}");
    }
    for bad in ["{\"a\":[3,1]}", "{\"d\":true}{\"c\":null}", "{\"a\":[{\"b\":\"dec_…\"}]}", "{\"d\":false}", "{\"e\":null}"] {
        assert!(contains(printed, &shown("json shown", bad)).is_err(), "{bad}");
    }
    assert_eq!(contains(printed, &shown("text shown", "noise\n\"a\"…\"c\"\n")), Ok(()));
    assert!(contains(printed, &shown("text shown", "\"c\"…\"a\"\n")).is_err());
}
