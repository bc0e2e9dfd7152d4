//! The codes of the register's own rules, for the pages under `/problems/`. Not here: where they are made; a test reads the sources and compares.

use common::error::Code;

const fn rule(code: &'static str, title_en: &'static str, title_zh: &'static str) -> Code {
    Code { code, status: 422, title_en, title_zh }
}

/// All of them.
pub(crate) const CODES: &[Code] = &[
    rule("ccs_unknown", "Not a code of the CCS", "不是中国标准文献分类号"),
    rule("citation_count", "Too many or no citations", "引用条数不符"),
    rule("citation_too_long", "A citation is too long", "引用过长"),
    rule("date_order", "Dates are in the wrong order", "日期先后不对"),
    rule("degree_of_adoption", "A degree belongs to an adoption", "一致性程度只用于采标"),
    rule("digest_invalid", "Not a digest", "摘要格式不符"),
    rule("ics_unknown", "The ICS has no such class", "没有该 ICS 类目"),
    rule("mandatory_not_national", "Only national standards are mandatory", "只有国家标准可以是强制性标准"),
    rule("relation_circular", "A relation leads back to itself", "关系形成循环"),
    rule("row_unreadable", "A row of a list cannot be read", "名录行无法读取"),
    rule("stricter_by_comparison", "Stricter is found by a comparison", "更严格须由比对得出"),
];
