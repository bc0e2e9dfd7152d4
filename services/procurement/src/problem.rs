//! The codes of procurement's own rules and of receipts, for the pages under `/problems/`. Not here: where they are made; a test reads the sources
//! and compares.

use common::error::Code;

const fn rule(code: &'static str, title_en: &'static str, title_zh: &'static str) -> Code {
    Code { code, status: 422, title_en, title_zh }
}

/// All of them.
pub(crate) const CODES: &[Code] = &[
    rule("code_duplicate", "A code of the ruleset stands twice", "规则集代码重复"),
    rule("combination_not_allowed", "A consortium cannot meet the criterion so", "联合体不能以此方式满足该条件"),
    rule("condition_divisor", "A divisor must be a number that is not zero", "除数须为非零数"),
    rule("condition_forbidden", "A condition uses what is not allowed", "条件使用了不允许的写法"),
    rule("condition_function", "A condition calls a function that is not allowed", "条件调用了不允许的函数"),
    rule("condition_list", "A list in a condition is not as it must be", "条件中的列表不符合要求"),
    rule("condition_name", "A condition names a scalar that there is not", "条件引用了不存在的量"),
    rule("condition_not_boolean", "A condition is not true or false", "条件的结果不是真或假"),
    rule("condition_syntax", "A condition cannot be parsed", "条件无法解析"),
    rule("condition_too_deep", "A condition is nested too deeply", "条件嵌套过深"),
    rule("condition_too_long", "A condition is too long", "条件过长"),
    rule("condition_type", "A condition compares unlike types", "条件比较了不同类型"),
    rule("criterion_class", "The criterion is of another class", "准则类别不符"),
    rule("criterion_unknown", "There is no such criterion", "没有该准则"),
    rule("empty", "At least one entry is needed", "至少需要一项"),
    rule("field_invalid", "A field of the ruleset cannot be read", "规则集字段无效"),
    rule("field_missing", "A field of the ruleset is missing", "规则集缺少字段"),
    rule("field_unknown", "The ruleset has no such field", "规则集没有该字段"),
    rule("parameter_invalid", "The value of a parameter is not allowed", "参数取值无效"),
    rule("parameter_missing", "A parameter is missing", "缺少参数"),
    rule("parameter_unknown", "There is no such parameter", "没有该参数"),
    rule("receipt_algorithm", "The receipt is not signed with EdDSA", "收据的签名算法不是 EdDSA"),
    rule("receipt_header", "The header of the receipt is refused", "收据头被拒绝"),
    rule("receipt_malformed", "Not a compact receipt", "不是紧凑格式的收据"),
    rule("receipt_not_canonical", "The receipt is not in canonical form", "收据不是规范形式"),
    rule("receipt_payload", "Not the payload of a receipt", "不是收据的内容"),
    rule("receipt_signature", "The signature of the receipt does not fit", "收据签名不符"),
    rule("receipt_too_long", "The receipt is too long", "收据过长"),
    rule("receipt_type", "It is signed, and not a receipt", "已签名但不是收据"),
    rule("receipt_unknown_key", "No published key signed this receipt", "收据的签名密钥未公布"),
    rule("ruleset_not_in_force", "No version of the ruleset is in force on that day", "该日没有生效的规则集版本"),
    rule("ruleset_tests_failed", "The ruleset fails its own test cases", "规则集未通过自身的测试"),
    rule("ruleset_unknown", "There is no such ruleset", "没有该规则集"),
    rule("test_fact_invalid", "A fact of a test case cannot be read", "测试用例中的事实无法读取"),
    rule("version_invalid", "A version is a positive whole number", "版本须为正整数"),
];
