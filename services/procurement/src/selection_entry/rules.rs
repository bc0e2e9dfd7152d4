//! What the catalogue says of each selection criterion and preference. Not here: how it is judged (`selection`), what all entries have (`catalogue`).

use std::sync::LazyLock;

use contracts::credit::{FactKind, Grade};
use model::instant::Day;

use crate::catalogue::rules::{Entry, ONE_OR_EACH, SUM, preference, selection};
use crate::criterion::rules::{Question, Wording, stale};
use crate::parameter::rules::{Parameter, Values};
use crate::selection::rules as ask;
use crate::standard_criterion::rules::{standard_conformity, standard_or_stricter};
use crate::standing::rules::STANDARDS;

/// The last day that a permit or cover must reach: the later of a fixed date and a number of days after the day of judgement.
fn until(question: Question<'_>, values: &Values) -> Option<Day> {
    let days = values.whole("valid_days").and_then(|days| u64::try_from(days).ok());
    let counted = days.map(|days| question.day.checked_add_days(chrono::Days::new(days)).unwrap_or(Day::MAX));
    values.day("until").max(counted)
}

/// The question for a stated day, where one is stated.
fn on<'a>(question: Question<'a>, values: &Values) -> Question<'a> {
    Question { day: values.day("on").unwrap_or(question.day), ..question }
}

fn level(values: &Values, default: u8) -> u8 {
    values.whole("level").and_then(|level| u8::try_from(level).ok()).unwrap_or(default)
}

fn months(values: &Values) -> u32 {
    values.whole("months").and_then(|months| u32::try_from(months).ok()).unwrap_or(24)
}

fn count(values: &Values, name: &str) -> u64 {
    values.whole(name).and_then(|count| u64::try_from(count).ok()).unwrap_or(0)
}

const MONEY_ASKED: [Parameter; 4] = [
    Parameter::money("amount"),
    Parameter::day("on").optional(),
    Parameter::day("until").optional(),
    Parameter::whole("valid_days", 0, 3650).optional(),
];
const PERMIT_PERIOD: [Parameter; 2] = [Parameter::day("until").optional(), Parameter::whole("valid_days", 0, 3650).optional()];

/// Every selection criterion and preference.
pub static SELECTIONS: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    vec![
        Entry {
            espd: Some("CRITERION.OTHER.EO_DATA.REGISTERED_IN_OFFICIAL_LIST"),
            judge: |question, values| ask::min_grade(question, values.grade("grade").unwrap_or(Grade::Aaa)),
            parameters: vec![Parameter::grade("grade")],
            ..selection(
                "SEL.MIN_GRADE",
                Wording::fixed("最低信用等级", "Least credit grade"),
                Wording::fixed(
                    "判定日的公开质量信用等级不低于要求。",
                    "On the day the public quality-credit grade is at least the one required.",
                ),
                "政府采购法第二十二条第二款；经济特区消费品质量条例第八条、第十条",
            )
        },
        Entry {
            espd: Some("CRITERION.OTHER.EO_DATA.REGISTERED_IN_OFFICIAL_LIST"),
            judge: |question, values| ask::min_score(question, values.whole("score").unwrap_or(i64::MAX)),
            parameters: vec![Parameter::whole("score", 0, 1000)],
            ..selection(
                "SEL.MIN_SCORE",
                Wording::fixed("最低信用得分", "Least credit score"),
                Wording::fixed("判定日的质量信用得分不低于要求。", "On the day the quality-credit score is at least the one required."),
                "政府采购法第二十二条第二款；经济特区消费品质量条例第八条、第十条",
            )
        },
        Entry {
            espd: Some("CRITERION.SELECTION.TECHNICAL_PROFESSIONAL_ABILITY.TECHNICAL.FACILITIES_FOR_QUALITY_ENSURING"),
            judge: |question, values| {
                let least = (count(values, "min_permille"), count(values, "min_batches"));
                ask::spot_check_pass_rate(question, months(values), least.0, least.1)
            },
            parameters: vec![
                Parameter::whole("months", 1, 120),
                Parameter::whole("min_permille", 0, 1000),
                Parameter::whole("min_batches", 0, 100_000),
            ],
            ..selection(
                "SEL.SPOT_CHECK_PASS_RATE",
                Wording::fixed("监督抽查合格率", "Spot-check pass rate"),
                Wording::fixed(
                    "期间内监督抽查批次合格率（千分数 min_permille）不低于要求；批次少于 min_batches 时不能判定，min_batches 为 0 且无抽查时不适用。",
                    "Of the batches checked in the months before, at least min_permille per mille passed; with fewer than min_batches it cannot be told, with min_batches 0 and no check it does not apply.",
                ),
                "产品质量法第十五条；政府采购法第二十二条第二款",
            )
        },
        Entry {
            judge: |question, values| {
                ask::permit(
                    question,
                    FactKind::Licence,
                    |permit| values.name("name").is_none_or(|name| permit.name == name),
                    until(question, values),
                    values.flag("when_recorded"),
                )
            },
            espd: Some("CRITERION.SELECTION.SUITABILITY.AUTHORISATION"),
            ocds: Some("suitability"),
            parameters: vec![
                Parameter::name("name").optional(),
                PERMIT_PERIOD[0],
                PERMIT_PERIOD[1],
                Parameter::flag("when_recorded").optional(),
            ],
            combinations: &ONE_OR_EACH,
            ..selection(
                "SEL.LICENCE_VALID",
                Wording::fixed("有效许可证照", "Valid licence"),
                Wording::fixed(
                    "判定日有有效许可；若早于要求的日期到期，则附续期条件通过。",
                    "A licence is valid on the day; where it ends before the day asked for, the pass holds on the condition of renewal.",
                ),
                "政府采购法第二十二条第一款第（六）项；工业产品生产许可证管理条例第五条",
            )
        },
        Entry {
            judge: |question, values| {
                ask::permit(
                    question,
                    FactKind::Certificate,
                    |permit| values.name("name").is_none_or(|name| permit.name == name),
                    until(question, values),
                    values.flag("when_recorded"),
                )
            },
            espd: Some("CRITERION.SELECTION.TECHNICAL_PROFESSIONAL_ABILITY.CERTIFICATES.QUALITY_ASSURANCE.QA_INDEPENDENT_CERTIFICATE"),
            parameters: vec![Parameter::name("name"), PERMIT_PERIOD[0], PERMIT_PERIOD[1], Parameter::flag("when_recorded").optional()],
            combinations: &ONE_OR_EACH,
            ..selection(
                "SEL.CERTIFICATE_VALID",
                Wording::fixed("有效认证证书", "Valid certificate"),
                Wording::fixed(
                    "判定日有该名称的有效证书；若早于要求的日期到期，则附续期条件通过。",
                    "A certificate of that name is valid on the day; where it ends before the day asked for, the pass holds on the condition of renewal.",
                ),
                "政府采购法第二十二条第二款；认证认可条例第二十七条",
            )
        },
        Entry {
            judge: |question, values| match values.money("amount") {
                Some(least) => ask::sum_standing(on(question, values), FactKind::InsuranceCover, least, until(question, values)),
                None => stale(),
            },
            espd: Some("CRITERION.SELECTION.ECONOMIC_FINANCIAL_STANDING.RISK_INDEMNITY_INSURANCE"),
            ocds: Some("economic"),
            parameters: MONEY_ASKED.to_vec(),
            combinations: &SUM,
            ..selection(
                "SEL.LIABILITY_COVER",
                Wording::fixed("产品责任保险", "Product liability cover"),
                Wording::fixed(
                    "判定日（或 on 指定之日）有效的产品责任保险金额不低于要求。",
                    "On the day of judgement, or on the day that `on` names, product liability insurance covers at least the sum required.",
                ),
                "政府采购法第二十二条第二款；经济特区消费品质量条例第十三条",
            )
        },
        Entry {
            judge: |question, values| match values.money("amount") {
                Some(least) => ask::sum_standing(on(question, values), FactKind::Deposit, least, until(question, values)),
                None => stale(),
            },
            espd: Some("CRITERION.SELECTION.ECONOMIC_FINANCIAL_STANDING.OTHER_REQUIREMENTS"),
            ocds: Some("economic"),
            parameters: MONEY_ASKED.to_vec(),
            combinations: &SUM,
            ..selection(
                "SEL.QUALITY_DEPOSIT",
                Wording::fixed("质量保证金", "Quality deposit"),
                Wording::fixed(
                    "判定日（或 on 指定之日）有效的质量保证金不低于要求。",
                    "On the day of judgement, or on the day that `on` names, the quality deposit is at least the sum required.",
                ),
                "政府采购法第二十二条第二款；经济特区消费品质量条例第十三条",
            )
        },
        Entry {
            judge: |question, values| ask::traceability(question, level(values, 3)),
            espd: Some("CRITERION.SELECTION.TECHNICAL_PROFESSIONAL_ABILITY.TECHNICAL.SUPPLY_CHAIN_MANAGEMENT"),
            parameters: vec![Parameter::whole("level", 0, 3)],
            ..selection(
                "SEL.TRACEABILITY",
                Wording::fixed("可追溯水平", "Traceability level"),
                Wording::fixed("判定日的可追溯水平不低于要求。", "On the day the goods can be traced at least as far as required."),
                "政府采购法第二十二条第二款；经济特区消费品质量条例第五条",
            )
        },
        Entry {
            judge: |question, values| standard_conformity(question, values.name("standard").unwrap_or_default()),
            espd: Some("CRITERION.SELECTION.TECHNICAL_PROFESSIONAL_ABILITY.CERTIFICATES.QUALITY_ASSURANCE.QA_INSTITUTES_CERTIFICATE"),
            parameters: vec![Parameter::name("standard")],
            combinations: &ONE_OR_EACH,
            ..selection(
                "SEL.STANDARD_CONFORMITY",
                Wording::fixed("符合标准", "Conformity with a standard"),
                Wording::fixed("最近一次评价符合该标准。", "The newest assessment says that the standard is met."),
                "政府采购法第二十二条第二款；标准化法第二十五条",
            )
        },
        Entry {
            judge: |question, values| {
                standard_or_stricter(question, values.name("standard").unwrap_or_default(), values.day("delivery_on"), false)
            },
            espd: Some("CRITERION.SELECTION.TECHNICAL_PROFESSIONAL_ABILITY.CERTIFICATES.QUALITY_ASSURANCE.QA_INSTITUTES_CERTIFICATE"),
            source: STANDARDS,
            combinations: &ONE_OR_EACH,
            parameters: vec![Parameter::name("standard"), Parameter::day("delivery_on")],
            ..selection(
                "SEL.STANDARD_OR_STRICTER",
                Wording::fixed("符合标准或者更严格的标准", "Conformity with a standard or a stricter one"),
                Wording::fixed(
                    "符合该标准或者更严格的标准，且该标准在交付日现行有效。",
                    "The standard, or a stricter one, is met, and it is current on the day of delivery.",
                ),
                "政府采购法第二十二条第二款；标准化法第二十一条、第二十五条",
            )
        },
        Entry {
            judge: |question, values| {
                let product = values.name("product").unwrap_or_default();
                ask::permit(question, FactKind::Certificate, |permit| ask::is_ccc_of(permit, product), until(question, values), false)
            },
            espd: Some("CRITERION.SELECTION.TECHNICAL_PROFESSIONAL_ABILITY.CERTIFICATES.QUALITY_ASSURANCE.QA_INSTITUTES_CERTIFICATE"),
            combinations: &ONE_OR_EACH,
            parameters: vec![Parameter::name("product"), PERMIT_PERIOD[0], PERMIT_PERIOD[1]],
            ..selection(
                "SEL.CCC_VALID",
                Wording::fixed("有效的强制性产品认证", "Valid compulsory product certification"),
                Wording::fixed(
                    "判定日有列明该类产品的有效强制性产品认证证书；若早于要求的日期到期，则附续期条件通过。",
                    "A certificate of compulsory product certification that names the category of goods is valid on the day; where it ends before the day asked for, the pass holds on the condition of renewal.",
                ),
                "产品质量法第十四条；认证认可条例第二十七条、第二十八条",
            )
        },
        Entry {
            espd: Some("CRITERION.OTHER.EO_DATA.REGISTERED_IN_OFFICIAL_LIST"),
            judge: |question, values| ask::min_grade(question, values.grade("grade").unwrap_or(Grade::A)),
            parameters: vec![Parameter::grade("grade").optional()],
            ..preference(
                "PREF.CREDIT_GRADE",
                Wording::fixed("质量信誉优先", "Priority for credit"),
                Wording::fixed(
                    "同等条件下优先采购质量信誉评价较高者；默认 A 级及以上。",
                    "Under the same conditions priority for a high grade; A or better by default.",
                ),
                "经济特区消费品质量条例第五条",
            )
        },
        Entry {
            espd: Some("CRITERION.SELECTION.TECHNICAL_PROFESSIONAL_ABILITY.TECHNICAL.SUPPLY_CHAIN_MANAGEMENT"),
            judge: |question, values| ask::traceability(question, level(values, 2)),
            parameters: vec![Parameter::whole("level", 0, 3).optional()],
            ..preference(
                "PREF.TRACEABILITY",
                Wording::fixed("可追溯优先", "Priority for traceability"),
                Wording::fixed(
                    "同等条件下优先采购可追溯水平较高者；默认 2 级及以上。",
                    "Under the same conditions priority for traceable goods; level 2 or better by default.",
                ),
                "经济特区消费品质量条例第五条",
            )
        },
        Entry {
            judge: |question, values| {
                standard_or_stricter(question, values.name("standard").unwrap_or_default(), values.day("delivery_on"), true)
            },
            espd: Some("CRITERION.SELECTION.TECHNICAL_PROFESSIONAL_ABILITY.CERTIFICATES.QUALITY_ASSURANCE.QA_INSTITUTES_CERTIFICATE"),
            source: STANDARDS,
            combinations: &ONE_OR_EACH,
            parameters: vec![Parameter::name("standard"), Parameter::day("delivery_on").optional()],
            ..preference(
                "PREF.STRICTER_STANDARD",
                Wording::fixed("更严格标准优先", "Priority for a stricter standard"),
                Wording::fixed(
                    "同等条件下优先采购符合更严格标准的商品。",
                    "Under the same conditions priority for goods that meet a stricter standard.",
                ),
                "经济特区消费品质量条例第五条；标准化法第二十一条",
            )
        },
    ]
});
