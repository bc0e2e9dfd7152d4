//! Rows of the shipped mappings, with their faults and the columns behind them.

use model::instant::{Day, parse_day};
use serde_json::json;

use super::rules::Plan;
use crate::mapping::rules::{Mapping, shipped};

const PENALTIES: [&str; 9] = [
    "行政相对人名称",
    "统一社会信用代码",
    "法定代表人",
    "行政处罚决定书文号",
    "处罚类别",
    "处罚依据",
    "罚款金额（万元）",
    "处罚决定日期",
    "处罚机关",
];

fn today() -> Day {
    parse_day("2026-11-21").unwrap()
}

fn mapping(name: &str) -> Mapping {
    shipped(today()).unwrap().into_iter().find(|(shipped, _)| *shipped == name).unwrap().1
}

fn owned(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn plan() -> Plan {
    Plan::new(&mapping("double-publicity-penalty"), &owned(&PENALTIES)).unwrap()
}

fn penalty() -> Vec<String> {
    owned(&[
        "示例电器有限公司",
        "914404001000000590",
        "示例某",
        "示例罚〔2026〕1号",
        "罚款;没收违法所得",
        "示例法第一条",
        "0.5",
        "2026年5月11日",
        "示例市场监督管理局",
    ])
}

#[test]
fn a_row_of_double_publicity_is_a_penalty() {
    let draft = plan().assemble(&penalty()).judge(today()).unwrap();
    assert_eq!(draft.enterprise.as_str(), "914404001000000590");
    assert_eq!(draft.external_id.as_deref(), Some("SGS-XZCF/示例市场监督管理局/示例罚〔2026〕1号"));
    assert_eq!((draft.source.authority.as_str(), draft.source.document_no.as_deref()), ("示例市场监督管理局", Some("示例罚〔2026〕1号")));
    assert_eq!(draft.dates.decided_on, parse_day("2026-05-11").ok());
    let told = serde_json::to_value(&draft.detail).unwrap();
    assert_eq!(
        told["detail"],
        json!({"types": ["fine", "confiscation"], "fine": {"amount": "5000.00", "currency": "CNY"}, "law": "示例法第一条"})
    );
}

#[test]
fn what_the_mapping_does_not_name_is_not_kept() {
    let kept = plan().kept(&penalty());
    assert!(!kept.contains_key("法定代表人") && kept.contains_key("处罚类别"), "{kept:?}");
}

#[test]
fn every_bad_cell_is_named_with_its_column() {
    let mut cells = penalty();
    for (place, cell) in [(1, "914404001000000591"), (4, "罚款;游街"), (6, "五千"), (7, "2026-13-01"), (8, "/")] {
        cells[place] = cell.to_owned();
    }
    let plan = plan();
    let faults = plan.assemble(&cells).judge(today()).unwrap_err();
    let mut found: Vec<_> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.code, plan.column_of(&fault.pointer))).collect();
    found.sort();
    let column = |name: &str| Some(name.to_owned());
    assert_eq!(
        found,
        [
            ("/decided_on", "date_invalid", column("处罚决定日期")),
            ("/detail/fine", "money_invalid", column("罚款金额（万元）")),
            ("/detail/types", "unknown_word", column("处罚类别")),
            ("/enterprise", "uscc_check_character", column("统一社会信用代码")),
            ("/source/authority", "text_empty", column("处罚机关")),
        ]
    );
}

#[test]
fn a_row_that_could_not_be_recognised_again_is_refused() {
    let mut cells = penalty();
    cells[3] = String::new();
    cells[8] = String::new();
    let faults = plan().assemble(&cells).judge(today()).unwrap_err();
    assert!(faults.iter().any(|fault| (fault.pointer.as_str(), fault.code) == ("/external_id", "missing_field")), "{faults:?}");
}

#[test]
fn a_row_without_a_code_is_found_by_name() {
    let mut cells = penalty();
    cells[1] = "无".to_owned();
    assert_eq!(plan().assemble(&cells).by_name.as_deref(), Some("示例电器有限公司"));
    cells[0] = String::new();
    let row = plan().assemble(&cells);
    assert_eq!((row.by_name, row.faults[0].pointer.as_str(), row.faults[0].code), (None, "/enterprise", "missing_field"));
}

#[test]
fn a_header_is_judged_as_a_whole() {
    let strict = Mapping { other_columns: crate::mapping::rules::Others::Refuse, ..mapping("double-publicity-penalty") };
    let header = owned(&["统一社会信用代码", "统一社会信用代码", "决定书文号", "处罚 类别", "处罚决定日期", "处罚机关", ""]);
    let faults = Plan::new(&strict, &header).unwrap_err();
    let found: Vec<_> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
    assert_eq!(found, [("/统一社会信用代码", "unknown_field"), ("/决定书文号", "unknown_field"), ("/行政处罚决定书文号", "missing_field")]);
}

#[test]
fn results_of_a_spot_check() {
    let header = owned(&[
        "抽查批次",
        "序号",
        "产品名称",
        "标称生产企业",
        "统一社会信用代码",
        "生产日期或批号",
        "不合格项目",
        "检验结论",
        "判定日期",
        "组织抽查单位",
    ]);
    let plan = Plan::new(&mapping("spot-check-results"), &header).unwrap();
    let row = [
        "示例抽查2026",
        "7",
        "电热水壶",
        "示例电器有限公司",
        "914404001000000590",
        "/",
        "接地措施、标志",
        "不合格",
        "46153",
        "示例市场监督管理局",
    ];
    let draft = plan.assemble(&owned(&row)).judge(today()).unwrap();
    assert_eq!(draft.external_id.as_deref(), Some("CC/示例抽查2026/7"));
    let told = serde_json::to_value(&draft.detail).unwrap();
    assert_eq!((&told["detail"]["result"], &told["detail"]["items"]), (&json!("fail"), &json!(["接地措施", "标志"])));
}

#[test]
fn the_kind_of_a_row_may_stand_in_it() {
    let mapping: Mapping = serde_json::from_value(json!({
        "title": {"zh": "示例", "en": "Sample"},
        "kind": {"column": "类别", "words": {"荣誉": "award", "承诺": "commitment"}},
        "enterprise": {"code": "代码"},
        "fields": [{"to": "source.authority", "constant": "示例机关"}, {"to": "decided_on", "column": "日期"}, {"to": "detail.title", "column": "标题"}],
    }))
    .unwrap();
    let plan = Plan::new(&mapping, &owned(&["类别", "代码", "日期", "标题"])).unwrap();
    for (kind, expected) in [("荣誉", Some("award")), ("承诺", Some("commitment")), ("处罚", None)] {
        let found = plan.assemble(&owned(&[kind, "914404001000000590", "2026-05-11", "示例"])).judge(today());
        match (found, expected) {
            (Ok(draft), Some(expected)) => assert_eq!(draft.detail.kind().as_str(), expected),
            (Err(faults), None) => assert_eq!((faults.len(), faults[0].pointer.as_str(), faults[0].code), (1, "/kind", "unknown_word")),
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }
}
