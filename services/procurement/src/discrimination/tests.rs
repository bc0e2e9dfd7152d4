//! The eight practices, each with what is refused and what is not.

use model::instant::parse_day;
use proptest::prelude::*;

use super::rules::{Kind, PRACTICES, Said, find};

fn codes(said: Said<'_>) -> Vec<&'static str> {
    find(&[("/requirements/0/text".to_owned(), said)], parse_day("2026-06-01").unwrap()).unwrap().iter().map(|fault| fault.code).collect()
}

#[test]
fn each_practice_is_found_in_both_languages() {
    for (text, code) in [
        ("补充文件仅向报名供应商提供", "discrimination_information"),
        ("The site plan is available only to former contractors", "discrimination_information"),
        ("供应商须具有“重合同守信用”证书", "discrimination_unrelated"),
        ("供应商成立 3 年以上", "discrimination_unrelated"),
        ("Bidders have five years in business", "discrimination_unrelated"),
        ("须提供原厂授权书", "discrimination_directed"),
        ("A manufacturer’s authorisation is submitted", "discrimination_directed"),
        ("具有本市政府采购业绩的，加5分", "discrimination_regional_merit"),
        ("获得市长质量奖的加2分", "discrimination_regional_merit"),
        ("Local experience: 5 points", "discrimination_regional_merit"),
        ("对外地企业采用不同的评审标准", "discrimination_standard"),
        ("空调须为某某品牌", "discrimination_brand"),
        ("Kettles of the brand Example", "discrimination_brand"),
        ("供应商须为国有企业", "discrimination_ownership_or_location"),
        ("供应商注册地在本市", "discrimination_ownership_or_location"),
        ("须在本地设有分支机构", "discrimination_ownership_or_location"),
        ("The bidder is registered in the city", "discrimination_ownership_or_location"),
        ("近三年年均营业收入不低于 5000 万元", "discrimination_scale"),
        ("注 册 资 本 １０００ 万元以上", "discrimination_scale"),
        ("Average yearly TURNOVER of at least 10 million", "discrimination_scale"),
    ] {
        assert!(codes(Said::Text(text)).contains(&code), "{text}: {:?}", codes(Said::Text(text)));
    }
}

#[test]
fn what_only_names_a_word_is_not_refused() {
    for text in [
        "电热水壶，容量不低于 1.5 升，符合 GB 4706.19",
        "投标人须注明所投产品的品牌和型号",
        "参考品牌或相当于该档次的产品",
        "货物不得侵犯任何第三方的专利权",
        "不得以注册资本、营业收入限制供应商",
        "供应商的注册地不限",
        "A brand name, or equivalent",
        "Bidders shall not be asked for turnover",
        "rebranding of the web site",
        "具有有效的全国工业产品生产许可证",
        "",
    ] {
        assert_eq!(codes(Said::Text(text)), Vec::<&str>::new(), "{text}");
    }
    // What makes one clause harmless does not help the next.
    assert_eq!(codes(Said::Text("注册地不限，须为国有企业")), ["discrimination_ownership_or_location"]);
    assert_eq!(codes(Said::Text("可注明品牌。品牌须为甲或乙")), ["discrimination_brand"]);
}

#[test]
fn codes_and_scalars_are_found() {
    let turnover = "CRITERION.SELECTION.ECONOMIC_FINANCIAL_STANDING.TURNOVER";
    assert_eq!(codes(Said::Espd(&format!("{turnover}.GENERAL_YEARLY"))), ["discrimination_scale"]);
    assert_eq!(codes(Said::Espd(turnover)), ["discrimination_scale"]);
    assert!(codes(Said::Espd(&format!("{turnover}X"))).is_empty());
    assert!(codes(Said::Espd("CRITERION.SELECTION.ECONOMIC_FINANCIAL_STANDING.RISK_INDEMNITY_INSURANCE")).is_empty());
    assert_eq!(codes(Said::Expression("days_since_established > 1000")), ["discrimination_unrelated"]);
    assert!(codes(Said::Expression("spot_checks_24m > 1")).is_empty());
}

#[test]
fn the_table_has_the_eight_practices_and_binds_from_the_regulation_on() {
    let policy = PRACTICES.as_ref().unwrap();
    for row in policy.rows() {
        let kinds: Vec<Kind> = row.value.iter().map(|practice| practice.kind).collect();
        let law = [
            Kind::UnequalInformation,
            Kind::UnrelatedCondition,
            Kind::DirectedAtOne,
            Kind::RegionalMerit,
            Kind::UnequalStandard,
            Kind::Brand,
            Kind::OwnershipOrLocation,
            Kind::Scale,
        ];
        assert_eq!(kinds, law);
    }
    let before = parse_day("2015-02-28").unwrap();
    assert!(find(&[("/x".to_owned(), Said::Text("须为国有企业"))], before).unwrap().is_empty());
}

proptest! {
    #[test]
    fn any_text_can_be_looked_at(text in ".{0,200}") {
        find(&[("/x".to_owned(), Said::Text(&text))], parse_day("2026-06-01").unwrap()).unwrap();
    }
}
