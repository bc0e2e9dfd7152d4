//! The columns of a file of enterprises. Not here: what their values must be like, `enterprise::rules`.

use model::{fault::FieldFault, uscc::Uscc};
use serde_json::{Map, Value, json};

/// The columns that a CSV file may have; `uscc`, `name`, `division`, `status` and `established_on` it must have.
pub const COLUMNS: [&str; 10] =
    ["uscc", "name", "former_names", "short_name", "name_en", "division", "industry", "status", "status_since", "established_on"];

/// What is wrong with a header line.
#[must_use]
pub fn header_faults(header: &[String]) -> Vec<FieldFault> {
    let mut faults: Vec<FieldFault> = header
        .iter()
        .filter(|column| !COLUMNS.contains(&column.as_str()))
        .map(|column| FieldFault::shape(format!("/{column}"), "unknown_field", "没有这一列。", "There is no such column."))
        .collect();
    for needed in ["uscc", "name", "division", "status", "established_on"] {
        if !header.iter().any(|column| column == needed) {
            faults.push(FieldFault::shape(format!("/{needed}"), "missing_field", "缺少这一列。", "This column is missing."));
        }
    }
    for (index, column) in header.iter().enumerate() {
        if header.iter().take(index).any(|earlier| earlier == column) {
            faults.push(FieldFault::shape(format!("/{column}"), "unknown_field", "这一列重复。", "This column stands twice."));
        }
    }
    faults
}

/// A CSV row as the JSON object that the same row would be in NDJSON. Former names are separated by `|`; after `@` stands the
/// last day, or first and last day as `1999-02-11..2019-03-01`.
#[must_use]
pub fn row_object(header: &[String], cells: &[String]) -> Map<String, Value> {
    let mut object = Map::new();
    for (column, cell) in header.iter().zip(cells) {
        let cell = cell.trim();
        if cell.is_empty() && column != "name" && column != "uscc" {
            continue;
        }
        let value = if column == "former_names" { former_names(cell) } else { json!(cell) };
        object.insert(column.clone(), value);
    }
    object
}

fn former_names(cell: &str) -> Value {
    let names = cell.split('|').map(|part| match part.split_once('@') {
        Some((name, period)) => match period.split_once("..") {
            Some((since, until)) => json!({"name": name, "since": since, "until": until}),
            None => json!({"name": name, "until": period}),
        },
        None => json!({"name": part}),
    });
    Value::Array(names.collect())
}

/// Takes the code out of a row.
///
/// # Errors
/// Where it is missing, no text, or no valid code.
pub fn code(object: &mut Map<String, Value>) -> Result<Uscc, Vec<FieldFault>> {
    match object.remove("uscc") {
        Some(Value::String(text)) => Uscc::parse(&text).map_err(|fault| vec![FieldFault::of("/uscc", fault)]),
        Some(_) => Err(vec![FieldFault::shape("/uscc", "wrong_type", "应为文本。", "Must be a string.")]),
        None => Err(vec![FieldFault::shape("/uscc", "missing_field", "缺少必填字段。", "This field is required.")]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn a_header_is_judged_as_a_whole() {
        assert!(header_faults(&header("uscc,name,division,status,established_on")).is_empty());
        let faults = header_faults(&header("uscc,uscc,nom,division,status"));
        let codes: Vec<_> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
        assert_eq!(
            codes,
            [("/nom", "unknown_field"), ("/name", "missing_field"), ("/established_on", "missing_field"), ("/uscc", "unknown_field")]
        );
    }

    #[test]
    fn a_row_becomes_the_object_of_ndjson() {
        let cells =
            ["914404001000000590", "示例有限公司", "旧名@2004-05-01..2019-03-01|中名@2004-04-30|更旧", "", "active"].map(str::to_owned);
        let object = row_object(&header("uscc,name,former_names,short_name,status"), &cells);
        let expected = json!({"uscc": "914404001000000590", "name": "示例有限公司", "status": "active",
            "former_names": [{"name": "旧名", "since": "2004-05-01", "until": "2019-03-01"}, {"name": "中名", "until": "2004-04-30"}, {"name": "更旧"}]});
        assert_eq!(Value::Object(object), expected);
    }
}
