//! What the `detail` of each kind of fact may hold (api.md, "The main job on the wire"). Not here: how a field is read, `field`; who may say it, `fact`.

use contracts::credit::{
    AnnualReport, Complaint, ContractPerformance, Cover, Detail, FactKind, Inspection, Judgment, Listing, Penalty, Performed, Permit,
    ProcurementBan, Recall, Rectification, SpotCheck, StandardConformity, Titled, Traceability,
};
use model::{money::Money, standard_no::StandardNo, uscc::Uscc};
use serde_json::Value;

use crate::field::rules::{
    Need::{Optional, Required},
    Reader,
};
use model::fault::FieldFault;

/// Where the object stands in the body.
const POINTER: &str = "/detail";

/// The most characters of a name, a number or a title.
const SHORT: usize = 200;

/// The most characters of a ground, a subject or a legal basis.
const LONG: usize = 1000;

/// Reads the `detail` of a fact of this kind.
///
/// # Errors
/// Every bad field at once: what cannot be read is marked `shape`, what breaks a rule is not.
pub fn parse_detail(kind: FactKind, detail: &Value) -> Result<Detail, Vec<FieldFault>> {
    let reader = Reader::new(POINTER, detail);
    match kind {
        FactKind::Penalty => penalty(reader).map(Detail::Penalty),
        FactKind::SpotCheck => spot_check(reader).map(Detail::SpotCheck),
        FactKind::Recall => recall(reader).map(Detail::Recall),
        FactKind::SeriousViolationListing => listing(reader).map(Detail::SeriousViolationListing),
        FactKind::AbnormalOperationListing => listing(reader).map(Detail::AbnormalOperationListing),
        FactKind::TrustworthyListing => listing(reader).map(Detail::TrustworthyListing),
        FactKind::ProcurementBan => procurement_ban(reader).map(Detail::ProcurementBan),
        FactKind::Licence => permit(reader).map(Detail::Licence),
        FactKind::Certificate => permit(reader).map(Detail::Certificate),
        FactKind::Complaint => complaint(reader).map(Detail::Complaint),
        FactKind::Award => titled(reader).map(Detail::Award),
        FactKind::Commitment => titled(reader).map(Detail::Commitment),
        FactKind::Rectification => rectification(reader).map(Detail::Rectification),
        FactKind::AnnualReport => annual_report(reader).map(Detail::AnnualReport),
        FactKind::Judgment => judgment(reader).map(Detail::Judgment),
        FactKind::InsuranceCover => cover(reader).map(Detail::InsuranceCover),
        FactKind::Deposit => cover(reader).map(Detail::Deposit),
        FactKind::Traceability => traceability(reader).map(Detail::Traceability),
        FactKind::StandardConformity => standard_conformity(reader).map(Detail::StandardConformity),
        FactKind::Inspection => inspection(reader).map(Detail::Inspection),
        FactKind::ContractPerformance => contract_performance(reader).map(Detail::ContractPerformance),
    }
}

/// A detail, or everything that is wrong with it.
type Read<T> = Result<T, Vec<FieldFault>>;

/// A penalty names at least one kind (Administrative Penalty Law Art 9); a fine is never negative.
fn penalty(mut reader: Reader<'_>) -> Read<Penalty> {
    let types = reader.words("types", Required);
    let fine = reader.money("fine", Optional);
    let law = reader.text("law", Optional, LONG);
    let ban_until = reader.day("ban_until", Optional);
    let field = reader.word("field", Optional);
    if types.as_ref().is_some_and(Vec::is_empty) {
        reader.refuse("types", "penalty_without_type", "处罚须至少写明一个种类。", "A penalty names at least one kind.");
    }
    if fine.is_some_and(Money::is_negative) {
        reader.refuse("fine/amount", "money_negative", "罚款不得为负。", "A fine must not be negative.");
    }
    reader.finish(types.map(|types| Penalty { types, fine, law, ban_until, field }))
}

fn spot_check(mut reader: Reader<'_>) -> Read<SpotCheck> {
    let result = reader.word("result", Required);
    let product = reader.text("product", Optional, SHORT);
    let items = reader.texts("items", SHORT).unwrap_or_default();
    let batch = reader.text("batch", Optional, SHORT);
    let laboratory = reader.text("laboratory", Optional, SHORT);
    let of_penalty = reader.id("of_penalty", Optional, "fct");
    reader.finish(result.map(|result| SpotCheck { result, product, items, batch, laboratory, of_penalty }))
}

fn inspection(mut reader: Reader<'_>) -> Read<Inspection> {
    let result = reader.word("result", Required);
    let product = reader.text("product", Optional, SHORT);
    let items = reader.texts("items", SHORT).unwrap_or_default();
    let of_penalty = reader.id("of_penalty", Optional, "fct");
    reader.finish(result.map(|result| Inspection { result, product, items, of_penalty }))
}

fn recall(mut reader: Reader<'_>) -> Read<Recall> {
    let (mode, state) = (reader.word("mode", Required), reader.word("state", Required));
    let product = reader.text("product", Optional, SHORT);
    reader.finish(mode.zip(state).map(|(mode, state)| Recall { mode, state, product }))
}

fn listing(mut reader: Reader<'_>) -> Read<Listing> {
    let (list, ground) = (reader.text("list", Optional, SHORT), reader.text("ground", Optional, LONG));
    reader.finish(Some(Listing { list, ground }))
}

fn procurement_ban(mut reader: Reader<'_>) -> Read<ProcurementBan> {
    let scope = reader.words("scope", Optional).unwrap_or_default();
    let basis = reader.text("basis", Optional, LONG);
    reader.finish(Some(ProcurementBan { scope, basis }))
}

fn permit(mut reader: Reader<'_>) -> Read<Permit> {
    let (number, name) = (reader.text("number", Required, SHORT), reader.text("name", Required, SHORT));
    let issuer = reader.text("issuer", Optional, SHORT);
    let products = reader.texts("products", SHORT).unwrap_or_default();
    reader.finish(number.zip(name).map(|(number, name)| Permit { number, name, issuer, products }))
}

fn complaint(mut reader: Reader<'_>) -> Read<Complaint> {
    let subject = reader.text("subject", Optional, LONG);
    let (resolved_on, on_time) = (reader.day("resolved_on", Optional), reader.flag("on_time", Optional));
    reader.finish(Some(Complaint { subject, resolved_on, on_time }))
}

fn titled(mut reader: Reader<'_>) -> Read<Titled> {
    let title = reader.text("title", Required, SHORT);
    reader.finish(title.map(|title| Titled { title }))
}

fn rectification(mut reader: Reader<'_>) -> Read<Rectification> {
    let of_fact = reader.id("of_fact", Optional, "fct");
    let result = reader.word("result", Required);
    reader.finish(result.map(|result| Rectification { of_fact, result }))
}

fn annual_report(mut reader: Reader<'_>) -> Read<AnnualReport> {
    let year = reader.integer("year", Required, 1990, 2200).and_then(|year| i32::try_from(year).ok());
    let on_time = reader.flag("on_time", Required);
    reader.finish(year.zip(on_time).map(|(year, on_time)| AnnualReport { year, on_time }))
}

fn judgment(mut reader: Reader<'_>) -> Read<Judgment> {
    let (case_no, outcome) = (reader.text("case_no", Required, SHORT), reader.text("outcome", Required, LONG));
    reader.finish(case_no.zip(outcome).map(|(case_no, outcome)| Judgment { case_no, outcome }))
}

/// A cover or a deposit of nothing is none.
fn cover(mut reader: Reader<'_>) -> Read<Cover> {
    let amount = reader.money("amount", Required);
    let reference = reader.text("reference", Optional, SHORT);
    if amount.is_some_and(|amount| !amount.is_positive()) {
        reader.refuse("amount/amount", "amount_not_positive", "金额须大于零。", "The amount must be above zero.");
    }
    reader.finish(amount.map(|amount| Cover { amount, reference }))
}

fn traceability(mut reader: Reader<'_>) -> Read<Traceability> {
    let level = reader.integer("level", Required, 0, 3).and_then(|level| u8::try_from(level).ok());
    reader.finish(level.map(|level| Traceability { level }))
}

/// The number is kept in its canonical spelling, so that one standard has one.
fn standard_conformity(mut reader: Reader<'_>) -> Read<StandardConformity> {
    let standard = reader.parsed("standard", Required, StandardNo::parse).map(|number| number.to_string());
    let result = reader.word("result", Required);
    reader.finish(standard.zip(result).map(|(standard, result)| StandardConformity { standard, result }))
}

/// A breach without a ground could not be answered by whom it is about.
fn contract_performance(mut reader: Reader<'_>) -> Read<ContractPerformance> {
    let contract = reader.text("contract", Required, SHORT);
    let buyer = reader.parsed("buyer", Required, Uscc::parse);
    let result = reader.word("result", Required);
    let ground = reader.text("ground", Optional, LONG);
    if result == Some(Performed::Breached) && ground.is_none() {
        reader.refuse("ground", "breach_without_ground", "违约须写明事由。", "A breach names its ground.");
    }
    reader.finish(contract.zip(buyer).zip(result).map(|((contract, buyer), result)| ContractPerformance {
        contract,
        buyer,
        result,
        ground,
    }))
}
