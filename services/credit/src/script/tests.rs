//! How names are folded and sound: tables of cases.

use proptest::prelude::*;

use super::rules::*;

#[test]
fn one_script_one_width_one_case() {
    for (text, expected) in [
        ("格力電器（珠海）股份有限公司", "格力电器珠海股份有限公司"),
        ("ＴＣＬ科技集團", "tcl科技集团"),
        ("聯想　(北京)", "联想北京"),
        ("乾隆瓷業", "乾隆瓷业"),
        ("萬華化學", "万华化学"),
        ("Müller & Söhne", "mullersohne"),
        ("100%_\\'\"", "100"),
    ] {
        assert_eq!(folded(text), expected, "{text}");
    }
}

#[test]
fn words_of_other_alphabets() {
    for (text, expected) in [
        ("A.B.C. Company", vec!["abc", "company"]),
        ("S.C. Johnson & Son, Inc.", vec!["sc", "johnson", "and", "son", "inc"]),
        ("Crédit Agricole S.A.", vec!["credit", "agricole", "sa"]),
        ("Deutsche Bank's AG", vec!["deutsche", "banks", "ag"]),
        ("ООО \"БАЙ\"", vec!["ооо", "бай"]),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn syllables_and_initials() {
    let readings = [("银行".to_owned(), vec!["yin".to_owned(), "hang".to_owned()])];
    for (text, expected, short) in [
        ("格力电器", "ge li dian qi", "gldq"),
        ("tcl科技", "tcl ke ji", "tkj"),
        ("招商银行", "zhao shang yin hang", "zsyh"),
        ("绿地", "lu di", "ld"),
        ("361度", "361 du", "361d"),
    ] {
        let found = syllables(&folded(text), &readings);
        assert_eq!((found.join(" ").as_str(), initials(&found).as_str()), (expected, short), "{text}");
    }
}

#[test]
fn what_is_typed_has_no_tones() {
    for (text, expected) in [
        ("gélì diànqì", Some("gelidianqi")),
        ("ge2li4dian4qi4", Some("gelidianqi")),
        ("GeLi  DianQi", Some("gelidianqi")),
        ("lǜ di", Some("ludi")),
        ("lv di", Some("ludi")),
        ("xi'an", Some("xian")),
        ("361du", Some("361du")),
        ("3m", Some("3m")),
        ("格li", None),
        ("--", None),
    ] {
        assert_eq!(typed(text).as_deref(), expected, "{text}");
    }
    assert_eq!(blurred("zhangcheng"), "zancen");
}

proptest! {
    #[test]
    fn folding_twice_changes_nothing(text in any::<String>()) {
        let once = folded(&text);
        prop_assert_eq!(folded(&once), once.clone());
        let _ = (syllables(&once, &[]), typed(&text), words(&text));
    }
}
