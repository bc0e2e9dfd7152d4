//! What is wrong with a value: one machine-readable code and a sentence in both languages. The catalogue of all codes of
//! this crate is here; which HTTP status a code gets is not, `common::error` decides that.

use std::fmt;

use serde::Serialize;

use crate::text::Text;

/// One reason why a value was refused, or a warning about an accepted one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Fault {
    /// Stable and machine-readable; listed in [`CODES`].
    pub code: &'static str,
    /// The sentence for people.
    pub detail: Text,
}

impl Fault {
    /// Makes a fault; the code stands as a literal at every call, so that a test can compare all of them with [`CODES`].
    #[must_use]
    pub fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, detail: Text::new(zh, en) }
    }

    /// The short title of a code of this crate, if the code is one of them.
    #[must_use]
    pub fn title(code: &str) -> Option<Text> {
        CODES.iter().find(|(listed, _, _)| *listed == code).map(|(_, en, zh)| Text::new(*zh, *en))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail.en)
    }
}

impl std::error::Error for Fault {}

/// One bad field of a request: where it is, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// A JSON pointer into the body, for example `/detail/fine/amount`; `?name` is a query parameter, `{name}` a part of the path.
    pub pointer: String,
    /// Stable and machine-readable.
    pub code: &'static str,
    /// The same for people.
    pub detail: Text,
    /// Whether the request cannot be read because of it (`true`), or it can be read and breaks a rule.
    pub shape: bool,
}

impl FieldFault {
    /// A field that cannot be read, with a text that is there already.
    #[must_use]
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: Text) -> Self {
        Self { pointer: pointer.into(), code, detail, shape: true }
    }

    /// A field that breaks a rule.
    #[must_use]
    pub fn rule(pointer: impl Into<String>, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, detail: Text::new(zh, en), shape: false }
    }

    /// A field that cannot be read.
    #[must_use]
    pub fn shape(pointer: impl Into<String>, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { shape: true, ..Self::rule(pointer, code, zh, en) }
    }

    /// A value that was refused, at this place.
    #[must_use]
    pub fn of(pointer: impl Into<String>, fault: Fault) -> Self {
        Self { pointer: pointer.into(), code: fault.code, detail: fault.detail, shape: false }
    }
}

/// Every fault code of this crate: code, English title, Chinese title.
pub const CODES: &[(&str, &str, &str)] = &[
    ("calendar_invalid", "Calendar file is not readable", "日历文件无法读取"),
    ("calendar_missing", "No calendar for this year", "缺少该年度的日历"),
    ("character_not_allowed", "Character not allowed", "含不允许的字符"),
    ("control_character", "Control character in text", "文本含控制字符"),
    ("currency_mismatch", "Unlike currencies", "币种不一致"),
    ("currency_unknown", "Unknown currency", "未知币种"),
    ("date_invalid", "Not a date", "日期无效"),
    ("division_invalid", "Not a division code", "行政区划代码无效"),
    ("division_list_invalid", "Division list is not readable", "行政区划代码表无法读取"),
    ("gln_check_digit", "GLN check digit is wrong", "GLN 校验码错误"),
    ("gln_length", "GLN must have 13 digits", "GLN 应为 13 位数字"),
    ("gtin_check_digit", "GTIN check digit is wrong", "GTIN 校验码错误"),
    ("gtin_length", "GTIN must have 8, 12, 13 or 14 digits", "GTIN 应为 8、12、13 或 14 位数字"),
    ("digits_only", "Only digits are allowed", "只能使用数字"),
    ("id_malformed", "Identifier is malformed", "标识符格式错误"),
    ("instant_invalid", "Not an instant with offset", "时间（含时区偏移）无效"),
    ("lei_alphabet", "LEI holds a character outside its alphabet", "LEI 含字符集以外的字符"),
    ("lei_check_digits", "LEI check digits are wrong", "LEI 校验码错误"),
    ("lei_length", "LEI must have 20 characters", "LEI 应为 20 位"),
    ("money_invalid", "Not an amount of money", "金额无效"),
    ("money_negative", "Amount is negative", "金额为负"),
    ("money_overflow", "Amount is too large", "金额超出范围"),
    ("period_too_long", "Period ends after the year 2200", "期间终点晚于 2200 年"),
    ("policy_evidence_unknown", "Unknown evidence tag", "未知的依据标记"),
    ("policy_invalid", "Policy table is not readable", "政策表无法读取"),
    ("policy_overlap", "Rows of a policy overlap", "政策条目的有效期重叠"),
    ("policy_source_missing", "Policy row without source", "政策条目缺少来源"),
    ("sscc_check_digit", "SSCC check digit is wrong", "SSCC 校验码错误"),
    ("sscc_length", "SSCC must have 18 digits", "SSCC 应为 18 位数字"),
    ("standard_division_unknown", "Local standard of an unlisted division", "地方标准的行政区划代码未列入 GB/T 2260"),
    ("standard_industry_unknown", "Industry code not in the table", "行业标准代号未列入代号表"),
    ("standard_mandatory_mark", "Number lacks the mark of a recommended standard", "编号缺少推荐性标准标记"),
    ("standard_no_unreadable", "Not a standard number", "无法识别的标准编号"),
    ("standard_slash_missing", "Slash missing in the standard number", "标准编号缺少斜线"),
    ("standard_year_dash", "Year after a dash instead of a colon", "年份前应为冒号而非短横"),
    ("standard_year_two_digits", "Year with two digits", "年份仅有两位"),
    ("text_empty", "Text is empty", "文本为空"),
    ("text_too_long", "Text is too long", "文本过长"),
    ("uscc_alphabet", "USCC holds a character outside its alphabet", "统一社会信用代码含字符集以外的字符"),
    ("uscc_check_character", "USCC check character is wrong", "统一社会信用代码校验码错误"),
    ("uscc_division", "USCC positions 3 to 8 must be digits", "统一社会信用代码第 3 至 8 位应为数字"),
    ("uscc_division_unknown", "USCC division is not in GB/T 2260", "统一社会信用代码的行政区划未列入 GB/T 2260"),
    ("uscc_kind_unknown", "USCC department and kind are not in the table", "统一社会信用代码的登记部门与机构类别未列入代码表"),
    ("uscc_length", "USCC must have 18 characters", "统一社会信用代码应为 18 位"),
    ("uscc_organisation_code", "Organisation code check fails", "组织机构代码校验码不符"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn literals(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                literals(&path, found);
            } else {
                let source = std::fs::read_to_string(&path).unwrap();
                let maker = concat!("Fault::", "new(");
                for piece in source.split(maker).skip(1) {
                    let first = piece.trim_start();
                    let code = first.strip_prefix('"').and_then(|rest| rest.split('"').next());
                    found.insert(code.unwrap_or_else(|| panic!("{}: no literal code: {first:.40}", path.display())).to_owned());
                }
            }
        }
    }

    #[test]
    fn every_code_a_parser_can_give_is_listed_and_no_other() {
        let mut found = BTreeSet::new();
        literals(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        let listed: BTreeSet<String> = CODES.iter().map(|(code, _, _)| (*code).to_owned()).collect();
        assert_eq!(listed.len(), CODES.len(), "a code is listed twice");
        assert_eq!(found, listed);
    }

    #[test]
    fn a_fault_shows_its_code_and_the_english_sentence() {
        let fault = Fault { code: "date_invalid", detail: Text::new("无效", "no such day") };
        assert_eq!(fault.to_string(), "date_invalid: no such day");
        assert_eq!(Fault::title(fault.code).unwrap().en, "Not a date");
        assert_eq!(Fault::title("nonsense"), None);
    }
}
