//! The criteria that a ruleset may use. Not here: parameters and their check (`parameter`), how each is judged (`exclusion`, `selection`).

use std::sync::LazyLock;

use contracts::credit::{FactKind, Grade};
use model::instant::Day;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::criterion::rules::{Answer, Class, Combination, Judged, Question, Wording, stale};
use crate::parameter::rules::{Parameter, Values};
use crate::standing::rules::CREDIT;
use crate::{exclusion::rules as bar, selection::rules as ask};

pub(crate) type Judge = fn(Question<'_>, &Values) -> Judged;

/// A criterion of the catalogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Entry {
    /// For example `EXC.SERIOUS_VIOLATION`.
    pub code: &'static str,
    /// What it is for.
    pub class: Class,
    /// Its name.
    pub title: Wording,
    /// What it asks.
    pub text: Wording,
    /// The law behind it.
    pub legal_basis: &'static str,
    /// The criterion type of the European Single Procurement Document that fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub espd: Option<&'static str>,
    /// The code of the Open Contracting Data Standard that fits: the ground of an exclusion, the type of a selection criterion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ocds: Option<&'static str>,
    /// The service whose facts it needs.
    pub source: &'static str,
    /// The result where the source is fresh and holds no fact: `pass` only where the source is the complete register.
    pub no_fact: Answer,
    /// How a consortium may meet it: first the way that is meant where a ruleset says nothing, then those that it may choose.
    pub combinations: &'static [Combination],
    /// Its parameters; on the wire their JSON schema, see `schema`.
    #[serde(skip)]
    #[schema(ignore)]
    pub parameters: Vec<Parameter>,
    #[serde(skip)]
    #[schema(ignore)]
    pub(crate) judge: Judge,
}

impl Entry {
    /// How a consortium meets it where a ruleset says nothing.
    #[must_use]
    pub fn combination(&self) -> Combination {
        self.combinations.first().copied().unwrap_or(Combination::AllOf)
    }

    /// The JSON schema of the parameters.
    #[must_use]
    pub fn schema(&self) -> Value {
        let properties: serde_json::Map<String, Value> =
            self.parameters.iter().map(|parameter| (parameter.name.to_owned(), parameter.schema())).collect();
        let required: Vec<&str> = self.parameters.iter().filter(|parameter| parameter.required).map(|parameter| parameter.name).collect();
        json!({"type": "object", "additionalProperties": false, "properties": properties, "required": required})
    }
}

/// The entry of a code.
#[must_use]
pub fn find(code: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.code == code)
}

/// An exclusion bars the whole consortium: one member's ban counts for all (Cai Ku [2016] No. 125).
const EACH: [Combination; 1] = [Combination::AllOf];
/// Of equal qualifications the lowest counts (Government Procurement Regulation Art 22); the buyer may be content with one member.
const EACH_OR_ONE: [Combination; 2] = [Combination::AllOf, Combination::AnyOf];
/// A specific condition is met by the member that does the work; the buyer may ask it of each.
const ONE_OR_EACH: [Combination; 2] = [Combination::AnyOf, Combination::AllOf];
/// Sums stand side by side; the buyer may ask for the whole from one member or from each.
const SUM: [Combination; 3] = [Combination::SumOf, Combination::AnyOf, Combination::AllOf];

fn exclusion(code: &'static str, title: Wording, text: Wording, legal_basis: &'static str) -> Entry {
    Entry {
        code,
        class: Class::Exclusion,
        title,
        text,
        legal_basis,
        espd: Some("CRITERION.EXCLUSION.NATIONAL.OTHER"),
        ocds: Some("nati-ground"),
        source: CREDIT,
        no_fact: Answer::Pass,
        combinations: &EACH,
        parameters: Vec::new(),
        judge: |_, _| stale(),
    }
}

fn selection(code: &'static str, title: Wording, text: Wording, legal_basis: &'static str) -> Entry {
    Entry {
        class: Class::Selection,
        espd: None,
        ocds: Some("technical"),
        no_fact: Answer::Unknown,
        combinations: &EACH_OR_ONE,
        ..exclusion(code, title, text, legal_basis)
    }
}

fn preference(code: &'static str, title: Wording, text: Wording, legal_basis: &'static str) -> Entry {
    Entry { class: Class::Preference, ocds: None, ..selection(code, title, text, legal_basis) }
}

/// The last day that a permit or cover must reach: the later of a fixed date and a number of days after the day of judgement.
fn until(question: Question<'_>, values: &Values) -> Option<Day> {
    let days = values.whole("valid_days").and_then(|days| u64::try_from(days).ok());
    let counted = days.map(|days| question.day.checked_add_days(chrono::Days::new(days)).unwrap_or(Day::MAX));
    values.day("until").max(counted)
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

const MONEY_ASKED: [Parameter; 3] =
    [Parameter::money("amount"), Parameter::day("until").optional(), Parameter::whole("valid_days", 0, 3650).optional()];
const PERMIT_PERIOD: [Parameter; 2] = [Parameter::day("until").optional(), Parameter::whole("valid_days", 0, 3650).optional()];

/// Every criterion that credit's facts can answer.
pub static CATALOGUE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    vec![
        Entry {
            judge: |question, _| bar::serious_violation(question),
            ..exclusion(
                "EXC.SERIOUS_VIOLATION",
                Wording::fixed("严重违法失信名单", "Serious violation list"),
                Wording::fixed("判定日未列入严重违法失信名单。", "On the day the supplier is not on the list of serious violations."),
                "市场监督管理严重违法失信名单管理办法（国家市场监督管理总局令第44号）；财库〔2016〕125号",
            )
        },
        Entry {
            judge: |question, _| bar::procurement_ban(question),
            espd: Some("CRITERION.EXCLUSION.CONFLICT_OF_INTEREST.EARLY_TERMINATION"),
            ocds: Some("sanction"),
            ..exclusion(
                "EXC.PROCUREMENT_BAN",
                Wording::fixed("禁止参加", "Ban from public money"),
                Wording::fixed("判定日没有与规则集范围相应的有效禁令。", "On the day no ban of the ruleset's scope is in force."),
                "政府采购法第七十七条；政府采购法实施条例第十九条第二款",
            )
        },
        Entry {
            judge: |question, _| bar::major_violation(question),
            espd: Some("CRITERION.EXCLUSION.MISCONDUCT.MC_PROFESSIONAL"),
            ocds: Some("prof-misconduct"),
            ..exclusion(
                "EXC.MAJOR_VIOLATION",
                Wording::fixed("重大违法记录", "Major violation record"),
                Wording::fixed(
                    "参加前三年内没有因违法经营受到刑事处罚或者责令停产停业、吊销许可证或者执照、较大数额罚款等行政处罚。",
                    "In the three years before: no criminal punishment, stop-production or closure order, revoked licence or larger fine.",
                ),
                "政府采购法第二十二条第一款第（五）项；政府采购法实施条例第十九条；财库〔2022〕3号",
            )
        },
        Entry {
            judge: |question, _| bar::inactive(question),
            espd: Some("CRITERION.EXCLUSION.BUSINESS.ACTIVITIES_SUSPENDED"),
            ocds: Some("susp-act"),
            no_fact: Answer::Unknown,
            ..exclusion(
                "EXC.INACTIVE",
                Wording::fixed("登记状态", "Registration status"),
                Wording::fixed("登记状态为存续。", "The register says that the enterprise is active."),
                "政府采购法第二十二条第一款第（一）项；市场主体登记管理条例第三十条",
            )
        },
        Entry {
            judge: |question, _| bar::open_ordered_recall(question),
            ..exclusion(
                "EXC.OPEN_ORDERED_RECALL",
                Wording::fixed("责令召回未完成", "Open ordered recall"),
                Wording::fixed("判定日没有未完成的责令召回。", "On the day no ordered recall is open."),
                "消费品召回管理暂行规定（国家市场监督管理总局令第19号）；政府采购法第二十二条第二款",
            )
        },
        Entry {
            judge: |question, _| bar::abnormal_operation(question),
            ..exclusion(
                "EXC.ABNORMAL_OPERATION",
                Wording::fixed("经营异常名录", "Abnormal operation list"),
                Wording::fixed("判定日未列入经营异常名录。", "On the day the supplier is not on the list of abnormal operation."),
                "企业信息公示暂行条例第十八条",
            )
        },
        Entry {
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
                ask::permit(question, FactKind::Licence, values.name("name"), until(question, values), values.flag("when_recorded"))
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
                ask::permit(question, FactKind::Certificate, values.name("name"), until(question, values), values.flag("when_recorded"))
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
                Some(least) => ask::sum_standing(question, FactKind::InsuranceCover, least, until(question, values)),
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
                    "判定日有效的产品责任保险金额不低于要求。",
                    "On the day product liability insurance covers at least the sum required.",
                ),
                "政府采购法第二十二条第二款；经济特区消费品质量条例第十三条",
            )
        },
        Entry {
            judge: |question, values| match values.money("amount") {
                Some(least) => ask::sum_standing(question, FactKind::Deposit, least, until(question, values)),
                None => stale(),
            },
            espd: Some("CRITERION.SELECTION.ECONOMIC_FINANCIAL_STANDING.OTHER_REQUIREMENTS"),
            ocds: Some("economic"),
            parameters: MONEY_ASKED.to_vec(),
            combinations: &SUM,
            ..selection(
                "SEL.QUALITY_DEPOSIT",
                Wording::fixed("质量保证金", "Quality deposit"),
                Wording::fixed("判定日有效的质量保证金不低于要求。", "On the day the quality deposit is at least the sum required."),
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
            judge: |question, values| ask::standard_conformity(question, values.name("standard").unwrap_or_default()),
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
    ]
});
