//! How alike a query and a name are: tables of cases.

use super::rules::*;
use crate::match_reason::rules::How;

fn alike(asked: &str, name: &str) -> Option<(u16, Vec<How>)> {
    compare(&query(asked), name).map(|likeness| (likeness.score, likeness.how))
}

#[test]
fn the_same_enterprise_as_people_type_it() {
    let name = "珠海优晶电子科技有限公司";
    for (asked, first, least, most) in [
        ("珠海優晶電子科技有限公司", How::SameName, 1000, 1000),
        ("珠海优晶电子科技（有限公司）", How::SameName, 1000, 1000),
        ("优晶电子科技有限公司", How::SameCore, 900, 990),
        ("优晶电子科技", How::SameCore, 900, 990),
        ("优晶", How::SameCore, 850, 990),
        ("优精电子科技", How::SameSound, 700, 840),
        ("优电子科技", How::OneMissing, 700, 840),
        ("优晶晶电子科技", How::OneExtra, 700, 840),
        ("晶优电子科技", How::TwoSwapped, 700, 840),
        ("优品电子科技", How::OneDiffers, 650, 840),
        ("youjing dianzi keji", How::Pinyin, 850, 990),
        ("zhuhaiyoujingdianzikejiyouxiangongsi", How::Pinyin, 850, 990),
        ("yōujīng", How::Pinyin, 700, 840),
        ("yjdzkj", How::Initials, 700, 840),
        ("youjingdian", How::Pinyin, 600, 840),
        ("晶电子", How::PartOfName, 500, 840),
    ] {
        let (score, how) = alike(asked, name).unwrap_or_else(|| panic!("{asked}"));
        assert!((least..=most).contains(&score) && how[0] == first, "{asked}: {score} {how:?}");
    }
    assert_eq!(alike("格力电器", name), None);
    assert_eq!(alike("Gree Electric", name), None);
}

#[test]
fn what_tells_enterprises_apart_is_never_accepted() {
    for (asked, name, why) in [
        ("优晶电子科技有限公司", "优品电子科技有限公司", "one telling character"),
        ("优晶", "优品", "one of two characters"),
        ("优晶电子科技有限公司", "优精电子科技有限公司", "another character of the same sound"),
        ("优晶电子科技有限公司", "优晶食品有限公司", "another trade"),
        ("深圳市优晶电子有限公司", "上海优晶电子有限公司", "another place"),
        ("优晶电子有限公司", "优晶电子有限公司上海分公司", "its branch"),
        ("示例优晶电子有限公司", "示例优晶微电子有限公司", "a longer core"),
        ("General Motors Finance", "General Mills Finance", "another word"),
    ] {
        for (one, other) in [(asked, name), (name, asked)] {
            let score = alike(one, other).map_or(0, |(score, _)| score);
            assert!(score < ACCEPTED, "{one} / {other}: {score}, {why}");
        }
    }
}

#[test]
fn names_in_other_alphabets() {
    for (asked, name, least) in [
        ("Siemens Aktiengesellschaft", "Siemens AG", 950),
        ("A.B.C. Company", "ABC Company", 950),
        ("Crédit Agricole S.A.", "Credit Agricole SA", 950),
        ("CRYSTALORD", "CRYSTALORD LTD", 950),
        ("China Vanke", "China Vanke Co., Ltd.", 950),
        ("TACTICAL MISSILES CORPORATION JOYNT STOCK COMPANY", "TACTICAL MISSILES CORPORATION JOINT STOCK COMPANY", 500),
        ("GEWU appl", "Sample Gewu Appliances Ltd.", 500),
    ] {
        let (score, how) = alike(asked, name).unwrap_or_else(|| panic!("{asked}"));
        assert!(score >= least, "{asked}: {score} {how:?}");
    }
}
