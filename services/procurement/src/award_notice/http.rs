//! The public list of results, and one of them. Not here: what its parties read, `award`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Error, Problems, Result},
    http::{
        page::{self, Cursor, Page},
        query::Query,
    },
};
use contracts::credit::MoneyView;
use model::{fault::FieldFault, id::Id, instant::Day, money::Money};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::award::{
    rules::{Contract, Notice, State},
    store::{self, Stored},
};

/// A result as everybody reads it.
#[derive(Serialize, ToSchema)]
pub struct PublicAward {
    /// `awd_…`.
    id: String,
    tender: String,
    lot: String,
    buyer: String,
    winner: String,
    #[schema(value_type = MoneyView)]
    price: Money,
    state: State,
    notice: Option<Notice>,
    /// The contract, once it is public.
    contract: Option<PublicContract>,
}

/// A contract as everybody reads it.
#[derive(Serialize, ToSchema)]
pub struct PublicContract {
    number: String,
    #[schema(value_type = String, format = Date)]
    signed_on: Day,
    #[schema(value_type = MoneyView)]
    amount: Money,
    #[schema(value_type = Option<String>, format = Date)]
    published_on: Option<Day>,
}

impl From<Stored> for PublicAward {
    fn from(stored: Stored) -> Self {
        let award = stored.award;
        let contract = award.contract.filter(|contract| contract.published_on.is_some());
        Self {
            id: award.id,
            tender: award.tender,
            lot: award.lot,
            buyer: award.buyer.to_string(),
            winner: award.winner.to_string(),
            price: award.price,
            state: award.state,
            notice: award.notice,
            contract: contract.map(|Contract { number, signed_on, amount, published_on, .. }| PublicContract {
                number,
                signed_on,
                amount,
                published_on,
            }),
        }
    }
}

/// Which results.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PublicAwardsQuery {
    /// Of this tender.
    #[param(example = "SZ-2026-0001")]
    tender: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the results that were made public, the oldest first; nobody needs a token.
#[utoipa::path(params(PublicAwardsQuery), responses((status = OK, body = Page<PublicAward>, description = "One page."), Problems))]
#[get("/public/awards")]
pub(crate) async fn list_public_awards(db: Data<Db>, req: HttpRequest, query: Query<PublicAwardsQuery>) -> Result<HttpResponse> {
    let (asked, bad) = query.into_parts();
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let found = db.read(move |conn| store::public(conn, asked.tender.as_deref(), after.as_deref(), limit)).await?;
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.award.id.clone()]));
    Ok(page.map(PublicAward::from).respond(&req))
}

/// Read a result that was made public; nobody needs a token.
#[utoipa::path(params(("id" = String, Path, description = "The id of the award.", example = "awd_01JD0000000000000000000000")), responses((status = OK, body = PublicAward, description = "The result."), Problems))]
#[get("/public/awards/{id}")]
pub(crate) async fn read_public_award(db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = Id::parse("awd", &path).map_err(|fault| Error::invalid(vec![FieldFault::of("{id}", fault)]))?;
    let name = id.clone();
    let found = db.read(move |conn| store::find(conn, &id)).await?;
    let stored = found.filter(|stored| stored.award.notice.is_some()).ok_or_else(|| Error::not_found("award", name))?;
    Ok(HttpResponse::Ok().json(PublicAward::from(stored)))
}
