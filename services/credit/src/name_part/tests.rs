//! Names taken apart: a table of cases (Enterprise Name Registration Regulation Art 6).

use proptest::prelude::*;

use super::rules::*;

#[test]
fn the_words_can_be_read() {
    assert!(check().unwrap() > 3000);
}

#[test]
fn a_chinese_name_has_four_parts() {
    for (name, places, core, trades, form, branch) in [
        ("珠海格力電器股份有限公司", "珠海", "格力", "电器", "股份有限公司", ""),
        ("示例格物電器(深圳)有限公司", "深圳", "示例格物", "电器", "有限公司", ""),
        ("广东省深圳市南山区示例优晶电子科技有限责任公司", "广东省 深圳市 南山区", "示例优晶", "电子科技", "有限责任公司", ""),
        ("优晶电子", "", "优晶", "电子", "", ""),
        ("优晶", "", "优晶", "", "", ""),
        ("电器（深圳）", "深圳", "电器", "", "", ""),
        ("北京有限公司", "", "北京", "", "有限公司", ""),
        ("中国石化", "中国", "石化", "", "", ""),
        ("ＴＣＬ科技集团股份有限公司", "", "tcl", "科技", "集团股份有限公司", ""),
        ("示例优晶电子有限公司深圳分公司", "深圳", "示例优晶", "电子", "有限公司", "分公司"),
        ("示例旧名电器厂", "", "示例旧名", "电器", "厂", ""),
        ("招商银行", "", "招商", "银行", "", ""),
    ] {
        let found = parts(name);
        assert_eq!(
            (
                found.places.join(" ").as_str(),
                found.core.as_str(),
                found.trades.concat().as_str(),
                found.form.as_str(),
                found.branch.as_str()
            ),
            (places, core, trades, form, branch),
            "{name}"
        );
    }
}

#[test]
fn a_latin_name_has_words_and_a_form() {
    for (name, words, form) in [
        ("Siemens Aktiengesellschaft", "siemens", "ag"),
        ("LIMITED LIABILITY COMPANY ISKUSSTVO KRASOTY", "iskusstvo krasoty", "coliabilityltd"),
        ("China Vanke Co., Ltd.", "china vanke", "coltd"),
        ("ООО \"БАЙ\"", "бай", "ооо"),
        ("Limited", "limited", ""),
    ] {
        let found = parts(name);
        assert_eq!((found.words.join(" ").as_str(), found.form.as_str()), (words, form), "{name}");
    }
}

#[test]
fn places_lie_in_each_other() {
    let near = |one: &str, two: &str| parts(one).near(&parts(two));
    assert!(near("深圳市示例有限公司", "广东示例有限公司"));
    assert!(near("深圳示例有限公司", "示例（深圳）有限公司"));
    assert!(!near("深圳示例有限公司", "上海示例有限公司"));
}

proptest! {
    #[test]
    fn no_name_is_lost(name in "[\u{4e00}-\u{9fa5}深圳市广东省有限公司电子科技(（）)A-Za-z ]{0,24}") {
        let found = parts(&name);
        prop_assert_eq!(found.core.is_empty(), found.full.is_empty());
    }
}
