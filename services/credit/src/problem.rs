//! The codes of credit's own rules, for the pages under `/problems/`. Not here: where they are made; a test reads the sources and compares.

use common::error::Code;

const fn rule(code: &'static str, title_en: &'static str, title_zh: &'static str) -> Code {
    Code { code, status: 422, title_en, title_zh }
}

/// All of them.
pub(crate) const CODES: &[Code] = &[
    rule("against_direction", "Points run against the direction of the indicator", "分值与指标方向相反"),
    rule("amount_not_positive", "An amount must be above zero", "金额须大于零"),
    rule("bins_against_direction", "Points of the ranges run against the direction", "分段分值与指标方向相反"),
    rule("bins_empty", "An indicator has no ranges", "指标没有分段"),
    rule("bins_gap", "Ranges leave a gap", "分段之间有空缺"),
    rule("bins_overlap", "Ranges overlap", "分段重叠"),
    rule("code_not_unique", "A code of the model is empty or used twice", "模型代码为空或重复"),
    rule("condition_not_met", "A condition is not met", "条件未满足"),
    rule("correction_missing", "A correction needs the corrected fact", "更正缺少正确的事实"),
    rule("correction_not_wanted", "A fact goes with a correction only", "仅更正时附事实"),
    rule("date_in_future", "A date lies in the future", "日期晚于今天"),
    rule("date_missing", "A date is needed for this kind of fact", "该类事实须有日期"),
    rule("date_order", "Dates are in the wrong order", "日期先后不对"),
    rule("day_has_passed", "Only today or a later day can be asked for", "只能查询今天或以后"),
    rule("decay_table_wrong", "A decay table is not as it must be", "衰减表不符合要求"),
    rule("decay_unknown", "There is no such decay table", "没有该衰减表"),
    rule("enterprise_differs", "A correction is about another enterprise", "更正涉及其他企业"),
    rule("family_sum_wrong", "Points of a family do not add up", "指标族分值合计不符"),
    Code {
        code: "export_outdated",
        status: 410,
        title_en: "The export can no longer be given as it was",
        title_zh: "导出内容已无法按原样提供",
    },
    rule("industry_invalid", "Not an industry code", "行业代码无效"),
    rule("kind_without_outcome", "Facts of this kind have no outcome", "该类事实没有结果"),
    rule("levels_out_of_order", "Grades are out of order", "等级次序不对"),
    rule("model_unreadable", "The scoring model cannot be read", "评分模型无法读取"),
    rule("model_without_name", "The scoring model has no name or version", "评分模型缺少名称或版本"),
    rule("months_out_of_range", "A number of months is out of range", "月数超出范围"),
    rule("not_eligible", "The conditions of a credit repair are not met", "不符合信用修复条件"),
    rule("not_repairable", "Facts of this kind are not repaired", "该类事实不适用信用修复"),
    rule("nothing_selected", "A condition selects nothing", "条件没有选中任何事实"),
    rule("out_of_range", "A number is out of range", "数值超出范围"),
    rule("penalty_without_type", "A penalty names no type", "行政处罚没有种类"),
    rule("points_over_max", "More points than the indicator has", "分值超过指标上限"),
    rule("repeated_item", "An item stands twice", "条目重复"),
    rule("selector_does_not_fit", "A selector does not fit the kind of fact", "筛选条件与事实种类不符"),
    rule("source_missing", "The model does not say where its numbers come from", "模型缺少依据"),
    rule("text_missing", "A text lacks one of its languages", "缺少中文或英文文本"),
    rule("too_many", "Too many entries", "条目过多"),
    rule("too_many_items", "A list is too long", "列表过长"),
    rule("too_many_vetoes", "The model has too many vetoes", "模型的否决项过多"),
    rule("total_wrong", "Points of the model do not add up", "模型分值合计不符"),
    rule("unknown_word", "Not one of the allowed words", "取值不在允许范围内"),
    rule("veto_cap_wrong", "A veto does not name the best grade that is left", "否决项没有等级上限"),
    rule("column_or_constant", "Either a column or a constant", "须在列与常量中选一"),
    Code { code: "encoding_unknown", status: 400, title_en: "The encoding of the file is not known", title_zh: "文件编码无法识别" },
    rule("enterprise_ambiguous", "More than one enterprise bears this name", "不止一家企业使用该名称"),
    rule("mapping_unknown", "There is no such mapping", "没有该映射"),
    rule("name_reserved", "The name belongs to what is shipped", "该名称已被内置内容使用"),
    Code { code: "workbook_too_large", status: 400, title_en: "The workbook unfolds to too much", title_zh: "工作簿解压后过大" },
    Code { code: "workbook_unreadable", status: 400, title_en: "The workbook cannot be read", title_zh: "工作簿无法读取" },
];
