//! The words that credit speaks in: kinds, degrees, statuses, grades. Not here: the shapes made of them, `detail.rs` and `mod.rs`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a fact is about (api.md, "The main job on the wire").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the field's own")]
pub enum FactKind {
    Penalty,
    SpotCheck,
    Recall,
    SeriousViolationListing,
    AbnormalOperationListing,
    TrustworthyListing,
    ProcurementBan,
    Licence,
    Certificate,
    Complaint,
    Award,
    Commitment,
    Rectification,
    AnnualReport,
    Judgment,
    InsuranceCover,
    Deposit,
    Traceability,
    StandardConformity,
    Inspection,
    ContractPerformance,
}

impl FactKind {
    /// Every kind, in the order of the contract.
    pub const ALL: [Self; 21] = [
        Self::Penalty,
        Self::SpotCheck,
        Self::Recall,
        Self::SeriousViolationListing,
        Self::AbnormalOperationListing,
        Self::TrustworthyListing,
        Self::ProcurementBan,
        Self::Licence,
        Self::Certificate,
        Self::Complaint,
        Self::Award,
        Self::Commitment,
        Self::Rectification,
        Self::AnnualReport,
        Self::Judgment,
        Self::InsuranceCover,
        Self::Deposit,
        Self::Traceability,
        Self::StandardConformity,
        Self::Inspection,
        Self::ContractPerformance,
    ];

    /// The word on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Penalty => "penalty",
            Self::SpotCheck => "spot_check",
            Self::Recall => "recall",
            Self::SeriousViolationListing => "serious_violation_listing",
            Self::AbnormalOperationListing => "abnormal_operation_listing",
            Self::TrustworthyListing => "trustworthy_listing",
            Self::ProcurementBan => "procurement_ban",
            Self::Licence => "licence",
            Self::Certificate => "certificate",
            Self::Complaint => "complaint",
            Self::Award => "award",
            Self::Commitment => "commitment",
            Self::Rectification => "rectification",
            Self::AnnualReport => "annual_report",
            Self::Judgment => "judgment",
            Self::InsuranceCover => "insurance_cover",
            Self::Deposit => "deposit",
            Self::Traceability => "traceability",
            Self::StandardConformity => "standard_conformity",
            Self::Inspection => "inspection",
            Self::ContractPerformance => "contract_performance",
        }
    }
}

/// How grave a breach is; it sets the publicity period (SAMR Order 107 and NDRC Order 36).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the law's own")]
pub enum Degree {
    Minor,
    General,
    Serious,
}

/// The registration status of an enterprise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnterpriseStatus {
    /// 存续: in existence.
    Active,
    /// 歇业: business suspended, Market Entity Registration Regulation Art 30.
    Suspended,
    /// 吊销: licence revoked.
    Revoked,
    /// 注销: deregistered.
    Deregistered,
}

/// The public quality-credit grade, best first; `unrated` where there are too few data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "the letters are the grade")]
pub enum Grade {
    #[serde(rename = "AAA")]
    Aaa,
    #[serde(rename = "AA")]
    Aa,
    A,
    B,
    C,
    D,
    #[serde(rename = "unrated")]
    Unrated,
}

impl Grade {
    /// 6 for AAA down to 1 for D; `None` for `unrated`, which is neither good nor bad.
    #[must_use]
    pub const fn rank(self) -> Option<u8> {
        match self {
            Self::Aaa => Some(6),
            Self::Aa => Some(5),
            Self::A => Some(4),
            Self::B => Some(3),
            Self::C => Some(2),
            Self::D => Some(1),
            Self::Unrated => None,
        }
    }

    /// The letters on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aaa => "AAA",
            Self::Aa => "AA",
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::Unrated => "unrated",
        }
    }
}

/// The kinds of penalty, Administrative Penalty Law Art 9, and criminal punishment (Procurement Regulation Art 19).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the law's own")]
pub enum PenaltyType {
    Warning,
    CirculatedCriticism,
    Fine,
    Confiscation,
    LicenceSuspended,
    QualificationDowngraded,
    LicenceRevoked,
    RestrictedOperation,
    StopProduction,
    OrderedClosure,
    PracticeBan,
    Detention,
    Criminal,
}

/// The field of a breach, where publicity or lists ask for it (NDRC Order 58; SAMR Order 44 Arts 5 to 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the law's own")]
pub enum PenaltyField {
    Food,
    Drugs,
    SpecialEquipment,
    WorkSafety,
    Fire,
    ProductQuality,
    ConsumerRights,
    FairCompetition,
    Obstruction,
    Other,
}

/// Passed or failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum CheckResult {
    Pass,
    Fail,
}

/// Who started a recall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum RecallMode {
    Voluntary,
    Ordered,
}

/// Whether a recall still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum RecallState {
    Open,
    Completed,
    Withdrawn,
}

/// What a ban bars from (special-zone regulation Art 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the regulation's own")]
pub enum BanScope {
    GovernmentProcurement,
    FiscalFunds,
    GovernmentInvestmentTenders,
    PublicResourceTrading,
}

/// Whether a public contract was performed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Performed {
    Fulfilled,
    Breached,
}

/// Whether a rectification is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Rectified {
    Done,
    NotDone,
}
