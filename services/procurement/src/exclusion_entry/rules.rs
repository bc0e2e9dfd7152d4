//! What the catalogue says of each exclusion ground. Not here: how it is judged (`exclusion`), what all entries have (`catalogue`).

use std::sync::LazyLock;

use crate::catalogue::rules::{Entry, exclusion};
use crate::criterion::rules::{Answer, Wording};
use crate::exclusion::rules as bar;

/// Every exclusion ground.
pub static EXCLUSIONS: LazyLock<Vec<Entry>> = LazyLock::new(|| {
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
            judge: |question, _| bar::joint_measure(question),
            ocds: Some("sanction"),
            ..exclusion(
                "EXC.JOINT_MEASURE",
                Wording::fixed("联合惩戒措施", "Joint measures"),
                Wording::fixed(
                    "判定日没有限制或者禁止参加规则集所涉活动的联合惩戒措施。",
                    "On the day no joint measure restricts or bars from what the ruleset gives access to.",
                ),
                "经济特区消费品质量条例第十条；市场监督管理严重违法失信名单管理办法（国家市场监督管理总局令第44号）；企业信息公示暂行条例第十八条",
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
    ]
});
