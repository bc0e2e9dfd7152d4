//! What procurement reports of a tender. Not here: who asks for it, `impact`.

use actix_web::{HttpResponse, post, web::Data};
use common::{
    db::Db,
    error::{Code, Error, Problems, Result},
    http::json::Body,
    token::{Caller, Role},
};
use model::{fault::FieldFault, instant::Instant, normalise::line, standard_no::StandardNo, text::Text, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, CitingTender};

const ID_MAX: usize = 64;
const TITLE_MAX: usize = 500;
const STANDARDS_MAX: usize = 500;

/// A tender and the standards that it cites.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenderCitations {
    /// Chosen by the buyer.
    #[schema(example = "T-2026-1")]
    id: String,
    /// Its version; an older one than is known changes nothing.
    #[schema(example = 1)]
    version: u32,
    /// The buyer, a Unified Social Credit Code.
    #[schema(example = "124404001000000590")]
    organisation: String,
    /// What is bought.
    #[schema(example = "示例采购项目")]
    title: String,
    /// Until when bids come in.
    #[schema(format = DateTime, example = "2036-06-01T00:00:00+08:00")]
    cut_off: String,
    /// The numbers that it cites, dated or undated.
    #[schema(example = json!(["T/SLXH 001"]))]
    standards: Vec<String>,
    /// Whether it still runs.
    open: bool,
}

fn read(new: &TenderCitations) -> std::result::Result<(CitingTender, Vec<String>), Vec<FieldFault>> {
    let mut bad = Vec::new();
    let id = line(&new.id, ID_MAX).map_err(|fault| bad.push(FieldFault::of("/id", fault))).unwrap_or_default();
    let organisation = Uscc::parse(&new.organisation).map_err(|fault| bad.push(FieldFault::of("/organisation", fault))).ok();
    let title = line(&new.title, TITLE_MAX).map_err(|fault| bad.push(FieldFault::of("/title", fault))).unwrap_or_default();
    let cut_off = Instant::parse(&new.cut_off).map_err(|fault| bad.push(FieldFault::of("/cut_off", fault))).ok();
    if new.standards.len() > STANDARDS_MAX {
        bad.push(FieldFault::rule("/standards", "citation_count", "引用条数过多。", "Too many citations."));
    }
    let mut numbers = Vec::new();
    for (place, text) in new.standards.iter().enumerate().take(STANDARDS_MAX) {
        match StandardNo::parse(text) {
            Ok(number) => numbers.push(number.to_string()),
            Err(fault) => bad.push(FieldFault::of(format!("/standards/{place}"), fault)),
        }
    }
    numbers.sort();
    numbers.dedup();
    let (Some(organisation), Some(cut_off), true) = (organisation, cut_off, bad.is_empty()) else { return Err(bad) };
    let told = CitingTender { id, version: i64::from(new.version), organisation: organisation.to_string(), title, cut_off, open: new.open };
    Ok((told, numbers))
}

/// A tender whose citations are known.
#[derive(Serialize, ToSchema)]
pub struct KnownTender {
    #[schema(example = "T-2026-1")]
    id: String,
    version: i64,
    /// Whether it was newer than what was known.
    taken: bool,
}

/// Report which standards a tender cites; for the service of procurement.
#[utoipa::path(
    request_body = TenderCitations,
    responses((status = OK, body = KnownTender, description = "It is known."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/tender_citations")]
pub(crate) async fn report_tender_citations(db: Data<Db>, caller: Caller, body: Body<TenderCitations>) -> Result<HttpResponse> {
    if !matches!(caller.role(), Role::Service | Role::Authority) {
        let detail = Text::new("仅供采购服务报告。", "Only the service of procurement reports this.");
        return Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail));
    }
    let (told, numbers) = read(&body.into_inner()).map_err(Error::invalid)?;
    let (id, version) = (told.id.clone(), told.version);
    let taken = db.write(move |tx| store::put(tx, &told, &numbers)).await?;
    Ok(HttpResponse::Ok().json(KnownTender { id, version, taken }))
}
