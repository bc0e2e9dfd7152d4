//! The codes of the register's own rules, for the pages under `/problems/`. Not here: where they are made; a test reads the sources and compares.

use common::error::Code;

const fn rule(code: &'static str, title_en: &'static str, title_zh: &'static str) -> Code {
    Code { code, status: 422, title_en, title_zh }
}

/// All of them.
pub(crate) const CODES: &[Code] = &[
    rule("amount_invalid", "Not a decimal number", "不是十进制数"),
    rule("assessor_missing", "No assessment body acts", "没有办理的评估机构"),
    rule("band_below_standard", "The lowest band is below a standard", "最低档低于标准"),
    rule("band_bound", "A bound of a band does not fit the direction", "分档限值与方向不符"),
    rule("band_count", "One to ten bands", "应有一至十档"),
    rule("band_not_comparable", "A band cannot be compared with a standard", "分档无法与标准比较"),
    rule("band_order", "Bands are not in order", "分档次序不对"),
    rule("band_too_few", "Too few bands", "分档过少"),
    rule("baseline_count", "Too many standards as a baseline", "基准标准过多"),
    rule("baseline_level", "A baseline is a national or an industry standard", "基准应为国家标准或行业标准"),
    rule("baseline_not_in_force", "A standard of the baseline is not in force", "基准标准不在有效期内"),
    rule("baseline_undated", "A standard of the baseline has no year", "基准标准缺少年代号"),
    rule("candidate_unfit", "The candidate is not fit any more", "候选已不符合条件"),
    rule("core_too_few", "Too few core indicators", "核心指标过少"),
    rule("date_in_future", "The date lies in the future", "日期晚于今天"),
    rule("date_order", "Dates are in the wrong order", "日期先后不对"),
    rule("declaration_missing", "The declaration is missing", "缺少声明"),
    rule("declaration_not_wanted", "It is not about a declaration", "不针对单项声明"),
    rule("digest_invalid", "Not a digest", "摘要无效"),
    rule("edition_unknown", "The register does not hold this edition", "标准库中没有该版本"),
    rule("evidence_count", "The number of digests is not allowed", "证据数量不符"),
    rule("field_count", "One to fifty fields", "应有一至五十个领域"),
    rule("field_not_covered", "The assessment body does not assess such products", "评估机构不涉及此类产品"),
    rule("ics_invalid", "Not a class of the ICS", "ICS 分类号无效"),
    rule("indicator_bound", "A bound does not fit the direction", "限值与方向不符"),
    rule("indicator_count", "One to fifty indicators", "应有一至五十项指标"),
    rule("leader_count", "One to five hundred candidates", "应有一至五百个候选"),
    rule("leader_not_open", "The candidate cannot be named as it stands", "当前状态不允许命名"),
    rule("leader_twice", "A candidate is named twice", "候选重复"),
    rule("leader_unknown", "The ranking has no such candidate", "没有该候选"),
    rule("mandatory_not_national", "Only national standards are mandatory", "只有国家标准可以是强制性标准"),
    rule("not_in_best_band", "Not in the best band", "不在最高档"),
    rule("not_in_field", "Not in the field of the plan", "不在方案的领域内"),
    rule("objection_open", "An objection is not decided", "异议尚未处理"),
    rule("objection_unknown", "No such open objection", "没有该项未处理的异议"),
    rule("organisation_missing", "The organisation is missing", "缺少机构"),
    rule("plan_not_approved", "The plan is not approved", "方案尚未批准"),
    rule("policy_missing", "No policy for that day", "该日没有可适用的规定"),
    rule("property_invalid", "Not the word of a property", "指标词不符合格式"),
    rule("property_not_in_plan", "The plan has no such indicator", "方案没有该指标"),
    rule("property_twice", "A property stands twice", "指标重复"),
    rule("publicity_over", "The time for objections is over", "公示已结束"),
    rule("publicity_runs", "The publicity is not over", "公示尚未结束"),
    rule("relation_circular", "A relation leads back to itself", "关系形成循环"),
    rule("too_many", "Too many items", "项目过多"),
    rule("unit_unknown", "Not a UCUM unit", "不是 UCUM 单位"),
    rule("year_invalid", "The year is not allowed", "年度无效"),
];
