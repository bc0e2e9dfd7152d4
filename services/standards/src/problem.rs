//! The codes of the register's own rules, for the pages under `/problems/`. Not here: where they are made; a test reads the sources and compares.

use common::error::Code;

const fn rule(code: &'static str, title_en: &'static str, title_zh: &'static str) -> Code {
    Code { code, status: 422, title_en, title_zh }
}

/// All of them.
pub(crate) const CODES: &[Code] = &[
    rule("association_unknown", "Whose group standard it is, is not known", "团体标准的发布团体不明"),
    rule("count_invalid", "A list has too few or too many items", "列表项数不符合要求"),
    rule("date_in_future", "A date lies in the future", "日期晚于今天"),
    rule("date_order", "Dates are in the wrong order", "日期先后不对"),
    rule("digest_invalid", "Not a digest", "摘要无效"),
    rule("drafter_twice", "An organisation stands in the list twice", "同一单位重复列出"),
    rule("edition_not_in_force", "The edition is not in force on that day", "该标准当日未生效或已失效"),
    rule("green_standard_not_in_force", "The green standard does not hold on that day", "绿色产品评价标准当日未施行"),
    rule("item_twice", "An item stands in the list twice", "同一项目重复"),
    rule("lead_missing", "Nobody leads", "缺少牵头单位"),
    rule("lead_stays", "The lead cannot leave", "牵头单位不能退出"),
    rule("ccs_unknown", "Not a code of the CCS", "不是中国标准文献分类号"),
    rule("citation_count", "Too many or no citations", "引用条数不符"),
    rule("citation_too_long", "A citation is too long", "引用过长"),
    rule("date_order", "Dates are in the wrong order", "日期先后不对"),
    rule("degree_of_adoption", "A degree belongs to an adoption", "一致性程度只用于采标"),
    rule("digest_invalid", "Not a digest", "摘要格式不符"),
    rule("ics_unknown", "The ICS has no such class", "没有该 ICS 类目"),
    rule("mandatory_not_national", "Only national standards are mandatory", "只有国家标准可以是强制性标准"),
    rule("not_a_group_standard", "Not a group standard", "不是团体标准"),
    rule("not_a_member", "Not a member", "不是联盟成员"),
    rule("not_a_national_standard", "Not a national standard", "不是国家标准"),
    rule("not_an_alliance_standard", "Not a standard that an alliance takes up", "不能作为联盟标准"),
    rule("not_international", "Not an international standard", "不是国际标准"),
    rule("not_invited", "Not invited", "未受邀请"),
    rule("not_of_the_alliance", "Not a standard of the alliance", "不是本联盟的标准"),
    rule("outer_id_invalid", "Not an id", "编号格式无效"),
    rule("relation_circular", "A relation leads back to itself", "关系形成循环"),
    rule("source_not_yours", "Results of this source are recorded by others", "该来源的结果由其他方登记"),
    rule("row_unreadable", "A row of a list cannot be read", "名录行无法读取"),
    rule("stricter_by_comparison", "Stricter is found by a comparison", "更严格须由比对得出"),
];
