//! The codes of the register's own rules, for the pages under `/problems/`. Not here: where they are made; a test reads the sources and compares.

use common::error::Code;

const fn rule(code: &'static str, title_en: &'static str, title_zh: &'static str) -> Code {
    Code { code, status: 422, title_en, title_zh }
}

/// All of them.
pub(crate) const CODES: &[Code] = &[
    rule("amount_invalid", "Not a decimal number", "不是十进制数"),
    rule("beacon_missing", "The value of the public source is missing", "缺少公共随机源数值"),
    rule("beacon_not_announced", "No public source was announced", "未公布公共随机源"),
    rule("below_mandatory", "A requirement is looser than a mandatory one", "低于强制性标准的要求"),
    rule("ccs_unknown", "Not a code of the CCS", "不是中国标准文献分类号"),
    rule("citation_count", "Too many or no citations", "引用条数不符"),
    rule("citation_too_long", "A citation is too long", "引用过长"),
    rule("clauses_missing", "No clauses of the edition are recorded", "没有登记条款"),
    rule("correction_runs", "There is still time to correct", "改正期限未满"),
    rule("date_in_future", "The date lies in the future", "日期晚于今天"),
    rule("date_order", "Dates are in the wrong order", "日期先后不对"),
    rule("degree_of_adoption", "A degree belongs to an adoption", "一致性程度只用于采标"),
    rule("digest_invalid", "Not a digest", "摘要格式不符"),
    rule("disclosure_missing", "Less than recommended, and not stated", "低于推荐性标准而未明示"),
    rule("edition_ended", "The edition has ended", "标准版本已被代替或废止"),
    rule("edition_same", "Both are the same edition", "两个版本相同"),
    rule("edition_unknown", "There is no such edition", "没有这个标准版本"),
    rule("edition_upcoming", "The edition is not in force yet", "标准版本尚未实施"),
    rule("enterprise_missing", "The enterprise is not named", "未写明企业"),
    rule("factor_not_positive", "A factor is above zero", "换算系数须大于零"),
    rule("ics_invalid", "Not a code of the ICS", "不是 ICS 分类号"),
    rule("ics_unknown", "The ICS has no such class", "没有该 ICS 类目"),
    rule("identity_differs", "It would be another declaration", "声明的主体、产品或首项标准不同"),
    rule("indicator_bound", "A bound does not fit the direction", "限值与方向不符"),
    rule("indicator_missing", "A kind of indicator is missing", "缺少应公开的指标"),
    rule("indicator_twice", "A property stands twice", "指标重复"),
    rule("item_count", "Too many or no items", "项数不符"),
    rule("mandatory_not_national", "Only national standards are mandatory", "只有国家标准可以是强制性标准"),
    rule("method_same", "Both test methods are the same", "两个试验方法相同"),
    rule("nothing_comparable", "Nothing can be compared", "没有可比对的项目"),
    rule("own_method_unexplained", "An own test method without its statement", "自定试验方法未作说明"),
    rule("population_empty", "Nobody to draw from", "没有可抽取的声明"),
    rule("population_too_large", "Too many to draw from", "可抽取的声明过多"),
    rule("property_invalid", "Not the word of a property", "指标词不符合格式"),
    rule("property_repeated", "A property has one requirement per scope", "同一范围的指标重复"),
    rule("relation_circular", "A relation leads back to itself", "关系形成循环"),
    rule("row_unreadable", "A row of a list cannot be read", "名录行无法读取"),
    rule("seed_differs", "Not the seed that was committed to", "随机种子与摘要不符"),
    rule("standard_missing", "No standard is named", "未列出标准"),
    rule("standard_not_domestic", "Standards from abroad are not declared", "境外标准不属于声明范围"),
    rule("standard_twice", "A standard stands twice", "标准重复"),
    rule("stricter_by_comparison", "Stricter is found by a comparison", "更严格须由比对得出"),
    rule("test_method_missing", "A test method is missing", "缺少试验方法"),
    rule("title_missing", "A title is missing", "缺少标准名称"),
    rule("too_many", "Too many entries", "条目过多"),
    rule("unit_unknown", "Not a UCUM unit", "不是 UCUM 单位"),
    rule("weight_invalid", "Not a weight", "权重不符"),
];
