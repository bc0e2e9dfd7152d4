//! The codes of the register's own rules, for the pages under `/problems/`. Not here: where they are made; a test reads the sources and compares.

use common::error::Code;

const fn rule(code: &'static str, title_en: &'static str, title_zh: &'static str) -> Code {
    Code { code, status: 422, title_en, title_zh }
}

/// All of them.
pub(crate) const CODES: &[Code] = &[
    rule("amount_invalid", "Not a decimal number", "不是十进制数"),
    rule("date_order", "Dates are in the wrong order", "日期先后不对"),
    rule("indicator_bound", "A bound does not fit the direction", "限值与方向不符"),
    rule("mandatory_not_national", "Only national standards are mandatory", "只有国家标准可以是强制性标准"),
    rule("property_invalid", "Not the word of a property", "指标词不符合格式"),
    rule("relation_circular", "A relation leads back to itself", "关系形成循环"),
    rule("unit_unknown", "Not a UCUM unit", "不是 UCUM 单位"),
];
