//! Numbers of an import, and lines of NDJSON as cells.

use serde_json::json;

use super::rules::{Form, State, cells_of, columns_of, progress};
use crate::mapping::rules::{Mapping, Others};

#[test]
fn progress_ends_only_at_the_end() {
    for (read, whole, expected) in [(0, 100, 0), (1, 3, 333), (100, 100, 999), (200, 100, 999), (0, 0, 0)] {
        assert_eq!(progress(read, whole), expected, "{read} of {whole}");
    }
}

#[test]
fn words_are_read_back() {
    for (word, state) in State::ALL {
        assert_eq!((state.as_str(), State::named(word)), (word, Some(state)));
    }
    for form in [Form::Csv, Form::Ndjson, Form::Xlsx] {
        assert_eq!(Form::named(form.as_str()), Some(form));
    }
    assert_eq!(Form::of("text/csv"), Some(Form::Csv));
    assert_eq!(Form::of("application/json"), None);
}

#[test]
fn a_line_becomes_cells() {
    let mapping: Mapping = serde_json::from_value(json!({
        "title": {"zh": "示例", "en": "Sample"}, "kind": {"constant": "award"}, "enterprise": {"code": "代码", "name": "名称"},
        "external_id": {"columns": ["编号", "代码"]}, "fields": [{"to": "detail.title", "column": "标题", "also_called": ["题目"]}],
    }))
    .unwrap();
    let header = columns_of(&mapping);
    assert_eq!(header, ["代码", "名称", "编号", "标题", "题目"]);
    let line = json!({"代码": "91", "编号": 7, "题目": true, "名称": null});
    assert_eq!(cells_of(line.as_object().unwrap(), &header, Others::Refuse).unwrap(), ["91", "", "7", "", "true"]);
    let line = json!({"代码": ["91"], "备/注": "x"});
    let faults = cells_of(line.as_object().unwrap(), &header, Others::Refuse).unwrap_err();
    let mut found: Vec<_> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
    found.sort_unstable();
    assert_eq!(found, [("/代码", "wrong_type"), ("/备~1注", "unknown_field")]);
    assert_eq!(cells_of(line.as_object().unwrap(), &header, Others::Ignore).unwrap_err().len(), 1);
}
