//! `POST /standards/resolve`. Not here: what is found, `actions.rs`.

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use common::{
    db::Db,
    error::{Error, Problems, Result},
    http::{json::Body, param},
};
use model::{
    fault::FieldFault,
    instant::{Day, parse_day},
    text::Lang,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions::{Resolved, resolve};
use crate::{
    Standards,
    edition::{http::EditionView, store::level_of},
};

/// Citations of one request.
const CITATIONS_MAX: usize = 1_000;
/// Characters of a citation.
const CITATION_MAX: usize = 300;

/// Citations as they stand in documents.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Citations {
    /// At most 1,000, each as it was written.
    #[schema(example = json!(["GB/T 20223—2006", "ＧＢ６６７５.1", "T/CAQ20301-2023"]))]
    citations: Vec<String>,
    /// On which day; today where nothing is said.
    #[serde(default)]
    #[schema(format = Date, example = "2026-11-01")]
    on: Option<String>,
}

/// What is odd about a citation.
#[derive(Serialize, ToSchema)]
pub struct CitationFault {
    #[schema(example = "standard_year_two_digits")]
    code: String,
    detail: String,
}

/// What a citation means.
#[derive(Serialize, ToSchema)]
pub struct ResolvedCitation {
    /// As it was written.
    input: String,
    /// `resolved`; `candidates`: it names none, these might be meant; `unknown`: nothing like it is known; `unreadable`: it is no number.
    #[schema(example = "resolved")]
    result: String,
    /// The canonical number.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<String>,
    /// Whether the citation names a year; an undated one means what holds on the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    dated: Option<bool>,
    /// The edition, with its status on the day and its successors.
    #[serde(skip_serializing_if = "Option::is_none")]
    edition: Option<EditionView>,
    /// The cited amendment sheet is not known; the edition is the one that it amends.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    amendment_unknown: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<EditionView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<CitationFault>,
}

/// What citations mean, in the order asked.
#[derive(Serialize, ToSchema)]
pub struct ResolvedCitations {
    /// The day that was asked about.
    #[schema(value_type = String, format = Date)]
    on: Day,
    items: Vec<ResolvedCitation>,
}

fn show(input: String, resolved: Resolved, day: Day, lang: Lang) -> ResolvedCitation {
    let Resolved { number, faults, edition, candidates, amendment_unknown } = resolved;
    let result = match (&number, &edition, candidates.is_empty()) {
        (None, ..) => "unreadable",
        (_, Some(_), _) => "resolved",
        (_, None, false) => "candidates",
        (_, None, true) => "unknown",
    };
    ResolvedCitation {
        input,
        result: result.to_owned(),
        level: number.as_ref().map(level_of),
        dated: number.as_ref().map(|number| number.year().is_some()),
        number: number.map(|number| number.to_string()),
        edition: edition.map(|stored| EditionView::on(&stored, day)),
        amendment_unknown,
        candidates: candidates.iter().map(|stored| EditionView::on(stored, day)).collect(),
        warnings: faults
            .into_iter()
            .map(|fault| CitationFault { code: fault.code.to_owned(), detail: fault.detail.pick(lang).to_owned() })
            .collect(),
    }
}

/// Resolve citations of standards, in any spelling, to editions with their status on a day.
#[utoipa::path(request_body = Citations, responses((status = OK, body = ResolvedCitations, description = "One answer per citation, in order."), Problems), security(("oauth2" = ["standards:read"])))]
#[post("/standards/resolve")]
pub(crate) async fn resolve_citations(app: Data<Standards>, db: Data<Db>, req: HttpRequest, body: Body<Citations>) -> Result<HttpResponse> {
    let asked = body.into_inner();
    let mut bad = Vec::new();
    if asked.citations.is_empty() || asked.citations.len() > CITATIONS_MAX {
        bad.push(FieldFault::rule("/citations", "citation_count", "请给出 1 到 1,000 条引用。", "Give 1 to 1,000 citations."));
    }
    for (place, _) in asked.citations.iter().enumerate().filter(|(_, text)| text.chars().count() > CITATION_MAX) {
        bad.push(FieldFault::rule(
            format!("/citations/{place}"),
            "citation_too_long",
            "引用过长。",
            "A citation has at most 300 characters.",
        ));
    }
    let on = asked.on.as_deref().and_then(|text| parse_day(text).map_err(|fault| bad.push(FieldFault::of("/on", fault))).ok());
    if !bad.is_empty() {
        return Err(Error::invalid(bad));
    }
    let (day, lang) = (on.unwrap_or_else(|| app.clock.now().day()), param::language(&req));
    let citations = asked.citations.clone();
    let found = db.read(move |conn| resolve(conn, &citations, day)).await?;
    let items = asked.citations.into_iter().zip(found).map(|(input, resolved)| show(input, resolved, day, lang)).collect();
    Ok(HttpResponse::Ok().json(ResolvedCitations { on: day, items }))
}
