//! What only one kind of fact has: the shape of `detail` for each kind. Not here: what all facts have, `mod.rs`; which values are allowed, `services/credit`.

use model::{instant::Day, money::Money, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::word::{BanScope, CheckResult, FactKind, PenaltyField, PenaltyType, Performed, RecallMode, RecallState, Rectified};

/// What only this kind of fact has; the JSON form is an object whose fields depend on the kind.
///
/// In a payload it is `{"kind": …, "detail": {…}}`: the kind beside it names the shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each variant is described by its struct")]
pub enum Detail {
    Penalty(Penalty),
    SpotCheck(SpotCheck),
    Recall(Recall),
    SeriousViolationListing(Listing),
    AbnormalOperationListing(Listing),
    TrustworthyListing(Listing),
    ProcurementBan(ProcurementBan),
    Licence(Permit),
    Certificate(Permit),
    Complaint(Complaint),
    Award(Titled),
    Commitment(Titled),
    Rectification(Rectification),
    AnnualReport(AnnualReport),
    Judgment(Judgment),
    InsuranceCover(Cover),
    Deposit(Cover),
    Traceability(Traceability),
    StandardConformity(StandardConformity),
    Inspection(Inspection),
    ContractPerformance(ContractPerformance),
}

impl Detail {
    /// The kind whose detail this is.
    #[must_use]
    pub const fn kind(&self) -> FactKind {
        match self {
            Self::Penalty(_) => FactKind::Penalty,
            Self::SpotCheck(_) => FactKind::SpotCheck,
            Self::Recall(_) => FactKind::Recall,
            Self::SeriousViolationListing(_) => FactKind::SeriousViolationListing,
            Self::AbnormalOperationListing(_) => FactKind::AbnormalOperationListing,
            Self::TrustworthyListing(_) => FactKind::TrustworthyListing,
            Self::ProcurementBan(_) => FactKind::ProcurementBan,
            Self::Licence(_) => FactKind::Licence,
            Self::Certificate(_) => FactKind::Certificate,
            Self::Complaint(_) => FactKind::Complaint,
            Self::Award(_) => FactKind::Award,
            Self::Commitment(_) => FactKind::Commitment,
            Self::Rectification(_) => FactKind::Rectification,
            Self::AnnualReport(_) => FactKind::AnnualReport,
            Self::Judgment(_) => FactKind::Judgment,
            Self::InsuranceCover(_) => FactKind::InsuranceCover,
            Self::Deposit(_) => FactKind::Deposit,
            Self::Traceability(_) => FactKind::Traceability,
            Self::StandardConformity(_) => FactKind::StandardConformity,
            Self::Inspection(_) => FactKind::Inspection,
            Self::ContractPerformance(_) => FactKind::ContractPerformance,
        }
    }

    /// The organisation whose word it is, where the kind names one.
    #[must_use]
    pub const fn speaker(&self) -> Option<&Uscc> {
        match self {
            Self::ContractPerformance(performance) => Some(&performance.buyer),
            _ => None,
        }
    }
}

/// An administrative penalty, Administrative Penalty Law Art 9.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Penalty {
    /// The kinds of penalty in the decision; at least one.
    pub types: Vec<PenaltyType>,
    /// The fine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<MoneyView>)]
    pub fine: Option<Money>,
    /// The law that was broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    /// Last day of a restriction that the penalty imposes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub ban_until: Option<Day>,
    /// The field of the breach: some fields are public longer (NDRC Order 58).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<PenaltyField>,
}

/// The result of a supervision spot check of a batch, Product Quality Law Art 15.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpotCheck {
    /// Whether the batch passed.
    pub result: CheckResult,
    /// What was sampled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Items that failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
    /// Batch or lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// Who tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub laboratory: Option<String>,
    /// The penalty that followed, `fct_…`: a bad result is public no longer than it (domain-updates A8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_penalty: Option<String>,
}

/// The result of an inspection by a laboratory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Inspection {
    /// Whether it passed.
    pub result: CheckResult,
    /// What was inspected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Items that failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
    /// The penalty that followed, `fct_…`: a bad result is public no longer than it (domain-updates A8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_penalty: Option<String>,
}

/// A recall of consumer goods, SAMR Order 19.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recall {
    /// On the producer's own initiative or by order.
    pub mode: RecallMode,
    /// Open until every duty is done.
    pub state: RecallState,
    /// What is recalled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
}

/// An entry on a list; it stands from `valid_from` to `valid_to` of the fact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// The list, as its keeper names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
}

/// A ban from public money for a time, Government Procurement Law Art 77 or a joint measure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProcurementBan {
    /// What it bars from; empty means government procurement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<BanScope>,
    /// The legal basis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
}

/// A licence or a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Permit {
    /// Its number.
    pub number: String,
    /// What it is, for example 强制性产品认证.
    pub name: String,
    /// Who gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// For which products; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
}

/// A consumer's complaint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Complaint {
    /// What about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it was settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub resolved_on: Option<Day>,
    /// Whether it was settled within the time promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_time: Option<bool>,
}

/// An award or a commitment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Titled {
    /// Its title.
    pub title: String,
}

/// What an enterprise did about an adverse fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rectification {
    /// The fact it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_fact: Option<String>,
    /// Whether it is done.
    pub result: Rectified,
}

/// An annual report, Enterprise Information Publicity Regulation Art 8.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnualReport {
    /// The year reported on.
    pub year: i32,
    /// Whether it came by 30 June of the year after.
    pub on_time: bool,
}

/// A court's judgment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Judgment {
    /// The case number.
    pub case_no: String,
    /// How it ended.
    pub outcome: String,
}

/// A sum that stands behind a promise: insurance cover or deposit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cover {
    /// How much.
    #[schema(value_type = MoneyView)]
    pub amount: Money,
    /// The policy or account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// How far goods can be traced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Traceability {
    /// 0 none, 1 batch, 2 batch through the chain, 3 item.
    #[schema(minimum = 0, maximum = 3)]
    pub level: u8,
}

/// Whether goods met a standard when assessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandardConformity {
    /// The standard's number with its year.
    pub standard: String,
    /// Whether it was met.
    pub result: CheckResult,
}

/// How a public contract was performed, as its buyer evaluates it after delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractPerformance {
    /// The number of the contract.
    pub contract: String,
    /// The buyer, whose word it is.
    #[schema(value_type = String)]
    pub buyer: Uscc,
    /// Whether it was performed.
    pub result: Performed,
    /// What was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
}

/// Money on the wire: a decimal string and its ISO 4217 currency.
#[derive(Clone, Debug, ToSchema, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyView {
    /// For example `1234.50`; never a number.
    #[schema(example = "1234.50")]
    pub amount: String,
    /// For example `CNY`.
    #[schema(example = "CNY")]
    pub currency: String,
}
