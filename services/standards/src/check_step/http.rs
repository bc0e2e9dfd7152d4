//! The steps of a check on HTTP: one operation each. Not here: which step is allowed, `declaration_check`.

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use common::{
    db::Db,
    error::{Problems, Result},
    http::{
        json::Body,
        once,
        step::{Part, Place},
    },
    token::Caller,
};
use model::{
    fault::{Fault, FieldFault},
    instant::{Day, parse_day},
    normalise::line,
    standard_no::StandardNo,
    uscc::Uscc,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Standards,
    author::{
        actions::Author,
        http::{Judged, Sent, judged, today},
    },
    declaration_check::{
        actions::{self, Assessment, Said, Undeclared},
        http::{CheckView, answer, check_id},
        rules::{CheckStep, Measurement},
    },
    indicator::rules::{Amount, TestMethod, property},
    said::rules::digest,
    unit::rules::Unit,
};

const TEXT_MAX: usize = 2_000;
const NAME_MAX: usize = 200;
const MEASURED_MAX: usize = 200;

/// A check of a declaration in a path.
pub(crate) struct OfCheck;

impl Place for OfCheck {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the check.", "dck_01JD0000000000000000000000")]
    }
}

/// Words and day of a step: today, or a day of the past that an authority records later.
fn said(text: &str, on: Option<&str>, today: Day, bad: &mut Vec<FieldFault>) -> Option<Said> {
    let text = line(text, TEXT_MAX).map_err(|fault| bad.push(FieldFault::of("/text", fault))).ok();
    let on = on.map_or(Ok(today), parse_day).map_err(|fault| bad.push(FieldFault::of("/on", fault))).ok();
    if on.is_some_and(|on| on > today) {
        bad.push(FieldFault::rule("/on", "date_in_future", "日期不得晚于今天。", "The date must not lie in the future."));
    }
    Some(Said { on: on?, text: text? })
}

/// Goods of which nothing was declared.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUndeclared {
    /// Whose.
    #[schema(example = "914404001000000590")]
    enterprise: String,
    /// Which goods.
    #[schema(example = "示例滑板车 A1")]
    product: String,
    /// The number of a standard that they are made by, where it is known.
    #[serde(default)]
    #[schema(example = json!(null))]
    standard: Option<String>,
    /// How it became known.
    #[schema(example = "示例：巡查发现未公开执行标准。")]
    text: String,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// Record that an enterprise declared nothing of its goods (Law 38); for authorities.
#[utoipa::path(
    request_body = NewUndeclared,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = CheckView, description = "It is recorded; an order to correct may follow."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/declaration_checks")]
pub(crate) async fn create_declaration_check(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    body: Body<NewUndeclared>,
) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[])?;
    let key = once::key(&req, &caller, &body.sha256)?;
    let mut bad = Vec::new();
    let enterprise = Uscc::parse(&body.enterprise).map_err(|fault| bad.push(FieldFault::of("/enterprise", fault))).ok();
    let product = line(&body.product, NAME_MAX).map_err(|fault| bad.push(FieldFault::of("/product", fault))).ok();
    let standard = body.standard.as_deref().map(StandardNo::parse).transpose();
    let standard = standard.map_err(|fault| bad.push(FieldFault::of("/standard", fault))).ok().flatten();
    let said = said(&body.text, body.on.as_deref(), app.clock.now().day(), &mut bad);
    let (Some(enterprise), Some(product), Some(said), true) = (enterprise, product, said, bad.is_empty()) else { return Err(bad.into()) };
    let case = Undeclared { enterprise, product, standard: standard.map(|number| number.to_string()) };
    let done = db.write_once(key, move |tx| answer(201, actions::undeclared(tx, case.clone(), &said, &author)?));
    Ok(once::respond(&done.await?))
}

/// A value that was measured.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMeasurement {
    /// The own word of what is measured.
    #[schema(example = "wear_resistance")]
    property: String,
    /// How much, a decimal number of at most 18 digits.
    #[schema(example = "12.5")]
    value: String,
    /// In which unit, a UCUM code; `1` for a pure number.
    #[schema(example = "mg")]
    unit: String,
    /// By which method.
    #[serde(default)]
    test_method: Option<TestMethod>,
}

/// What an assessor measured.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckFinding {
    /// Who measured.
    #[schema(example = "914404001000000590")]
    assessor: String,
    /// `sha256:…` of its report.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    report: String,
    /// Value by value; at most 200.
    measured: Vec<NewMeasurement>,
    /// In words.
    #[schema(example = "示例：送检样品三件。")]
    text: String,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

fn measured(sent: &[NewMeasurement], bad: &mut Vec<FieldFault>) -> Vec<Measurement> {
    if sent.is_empty() || sent.len() > MEASURED_MAX {
        bad.push(FieldFault::rule("/measured", "item_count", "应有一至二百项测量值。", "There are one to two hundred values."));
    }
    let read = |(place, one): (usize, &NewMeasurement)| {
        let at = |name: &str| format!("/measured/{place}/{name}");
        let property = kept(at("property"), property(&one.property), bad);
        let value = kept(at("value"), Amount::parse(&one.value), bad);
        let unit = kept(at("unit"), Unit::parse(&one.unit), bad).map(|_unit| one.unit.clone());
        let test_method = one.test_method.as_ref().map(|method| method.read(&at("test_method"), bad));
        Some(Measurement { property: property?, value: value?, unit: unit?, test_method: test_method.flatten() })
    };
    sent.iter().enumerate().filter_map(read).collect()
}

/// A value that could be read; what is wrong with it goes to `bad`.
pub(crate) fn kept<T>(at: impl Into<String>, read: std::result::Result<T, Fault>, bad: &mut Vec<FieldFault>) -> Option<T> {
    read.map_err(|fault| bad.push(FieldFault::of(at, fault))).ok()
}

/// Record what was measured, and compare it with what was declared and what is mandatory; for authorities.
#[utoipa::path(request_body = CheckFinding, params(Sent<OfCheck>), responses((status = OK, body = CheckView, description = "It has an outcome."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/declaration_checks/{id}/find")]
pub(crate) async fn find_declaration_check(sent: Sent<OfCheck>, body: Body<CheckFinding>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    let (id, mut bad) = (check_id(&judged.part(0))?, Vec::new());
    let assessor = kept("/assessor", Uscc::parse(&body.assessor), &mut bad);
    digest(&body.report, "/report", &mut bad);
    let measured = measured(&body.measured, &mut bad);
    let said = said(&body.text, body.on.as_deref(), today(&judged), &mut bad);
    let (Some(assessor), Some(said), true) = (assessor, said, bad.is_empty()) else { return Err(bad.into()) };
    let assessment = Assessment { assessor, report: body.report.clone(), measured };
    let taken =
        judged.take(move |tx, judged| answer(200, actions::find(tx, &judged.app, (&id, judged.version), &assessment, &said, &judged.by)?));
    taken.await
}

/// Words that go with a step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckRemark {
    /// In words.
    #[schema(example = "示例：已核实改正。")]
    text: String,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// An order to correct.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCorrectionOrder {
    /// Its number.
    #[schema(example = "示例市监责改〔2026〕1号")]
    document_no: String,
    /// In words.
    #[schema(example = "示例：限期改正声明。")]
    text: String,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// Takes a step with its words and its day; the faults of the body so far are told with theirs.
async fn take(judged: Judged, step: Option<CheckStep>, text: &str, on: Option<&str>, mut bad: Vec<FieldFault>) -> Result<HttpResponse> {
    let id = check_id(&judged.part(0))?;
    let said = said(text, on, today(&judged), &mut bad);
    let (Some(step), Some(said), true) = (step, said, bad.is_empty()) else { return Err(bad.into()) };
    let taken =
        judged.take(move |tx, judged| answer(200, actions::step(tx, &judged.app, (&id, judged.version), step.clone(), &said, &judged.by)?));
    taken.await
}

/// Order an enterprise to correct; for authorities.
#[utoipa::path(request_body = NewCorrectionOrder, params(Sent<OfCheck>), responses((status = OK, body = CheckView, description = "The time for correction runs."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/declaration_checks/{id}/order")]
pub(crate) async fn order_declaration_check(sent: Sent<OfCheck>, body: Body<NewCorrectionOrder>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    let mut bad = Vec::new();
    let step = kept("/document_no", line(&body.document_no, NAME_MAX), &mut bad).map(CheckStep::Order);
    take(judged, step, &body.text, body.on.as_deref(), bad).await
}

/// Record that an enterprise has corrected; for authorities.
#[utoipa::path(request_body = CheckRemark, params(Sent<OfCheck>), responses((status = OK, body = CheckView, description = "It is corrected, and shown to the public no longer."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/declaration_checks/{id}/correct")]
pub(crate) async fn correct_declaration_check(sent: Sent<OfCheck>, body: Body<CheckRemark>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    take(judged, Some(CheckStep::Correct), &body.text, body.on.as_deref(), Vec::new()).await
}

/// Show to the public what was not corrected in time (Law 38); for authorities.
#[utoipa::path(request_body = CheckRemark, params(Sent<OfCheck>), responses((status = OK, body = CheckView, description = "It is public."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/declaration_checks/{id}/publicise")]
pub(crate) async fn publicise_declaration_check(sent: Sent<OfCheck>, body: Body<CheckRemark>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    take(judged, Some(CheckStep::Publicise), &body.text, body.on.as_deref(), Vec::new()).await
}

/// Take an outcome back that should never have stood; credit hears of it. For authorities.
#[utoipa::path(request_body = CheckRemark, params(Sent<OfCheck>), responses((status = OK, body = CheckView, description = "It is annulled."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/declaration_checks/{id}/annul")]
pub(crate) async fn annul_declaration_check(sent: Sent<OfCheck>, body: Body<CheckRemark>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    take(judged, Some(CheckStep::Annul), &body.text, body.on.as_deref(), Vec::new()).await
}
