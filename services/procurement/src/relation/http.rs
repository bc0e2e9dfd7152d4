//! Comparing bidders on HTTP; nothing is stored. Not here: the evaluation, which compares them as well.

use std::collections::BTreeSet;

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{FieldError, Problems, Result},
    http::json::Body,
    token::Caller,
};
use model::{fault::FieldFault, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    actions::{Bidder, relations},
    rules::{Declared, Relation},
};
use crate::{
    Procurement,
    buyer::actions::{Author, unknown},
    opening::rules::declared_fits,
    tender::{http::tender_id, store},
};

const BIDDERS_MAX: usize = 200;
const MEMBERS_MAX: usize = 20;

/// A bidder with what it declares.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ComparedBidder)]
pub struct NewBidder {
    /// Who bids; of a consortium the member that leads it.
    #[schema(example = "914404001000000590")]
    bidder: String,
    /// The other members of a consortium.
    #[serde(default)]
    #[schema(example = json!([]))]
    members: Vec<String>,
    /// What it declares of itself; nothing of it is kept.
    declared: Declared,
}

/// The bidders of one lot.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// Those who bid for the same lot.
    bidders: Vec<NewBidder>,
}

/// What bidders have in common.
#[derive(Serialize, ToSchema)]
pub struct RelationsView {
    /// Every pair with something in common, in the order of their codes.
    relations: Vec<Relation>,
}

fn read(body: &Comparison) -> Result<Vec<Bidder>> {
    let mut faults: Vec<FieldError> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    if body.bidders.is_empty() || body.bidders.len() > BIDDERS_MAX {
        let (zh, en) = (format!("须为 1 至 {BIDDERS_MAX} 家。"), format!("1 to {BIDDERS_MAX} bidders."));
        return Err(vec![FieldFault::rule("/bidders", "list_too_long", zh, en)].into());
    }
    for (place, one) in body.bidders.iter().enumerate() {
        let at = format!("/bidders/{place}");
        if one.members.len() > MEMBERS_MAX {
            let (zh, en) = (format!("最多 {MEMBERS_MAX} 家。"), format!("At most {MEMBERS_MAX}."));
            faults.push(FieldFault::rule(format!("{at}/members"), "list_too_long", zh, en));
        }
        let mut code = |text: &str, at: String| Uscc::parse(text).map_err(|fault| faults.push(FieldFault::of(at, fault))).ok();
        let bidder = code(&one.bidder, format!("{at}/bidder"));
        let others = one.members.iter().enumerate().filter_map(|(place, member)| code(member, format!("{at}/members/{place}")));
        let members: Vec<Uscc> = bidder.iter().cloned().chain(others.collect::<Vec<_>>()).collect();
        declared_fits(&one.declared, &format!("{at}/declared"), &mut faults);
        let Some(bidder) = bidder else { continue };
        if !seen.insert(bidder.clone()) {
            let (zh, en) = ("同一投标人出现两次。", "The same bidder stands twice.");
            faults.push(FieldFault::rule(format!("{at}/bidder"), "bid_duplicate", zh, en));
        }
        found.push(Bidder { bidder, members, declared: one.declared.clone() });
    }
    if faults.is_empty() { Ok(found) } else { Err(faults.into()) }
}

/// Compare the bidders of one lot: same person in charge, control, address, account and the like. Nothing is stored.
#[utoipa::path(
    request_body = Comparison,
    params(("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001")),
    responses((status = OK, body = RelationsView, description = "What they have in common, and what follows from it."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[post("/tenders/{id}/relations")]
pub(crate) async fn compare_bidders(
    app: Data<Procurement>,
    db: Data<Db>,
    caller: Caller,
    path: Path<String>,
    body: Body<Comparison>,
) -> Result<HttpResponse> {
    let (id, author) = (tender_id(&path)?, Author::of(&caller)?);
    let bidders = read(&body)?;
    let wanted = id.clone();
    let stored = db.read(move |conn| store::find(conn, &wanted)).await?.ok_or_else(|| unknown(&id))?;
    author.owns(&stored)?;
    let on = stored.published_at.unwrap_or(stored.recorded_at).day();
    Ok(HttpResponse::Ok().json(RelationsView { relations: relations(&app, on, &bidders) }))
}
