//! `GET /facts/{id}/repair`: which conditions of a repair are met, and from when the others will be. Not here: applications, `repair`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Error, Problems, Result},
    http::{param, query::Query},
    token::Caller,
};
use model::{
    instant::Day,
    text::{Lang, Text},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{self, Asked, weigh},
    rules::{Basis, ConditionCode, Met, earliest},
};
use crate::{
    Credit, enterprise,
    fact::{self, http::fact_id},
};

/// On which day, and on what a repair would rest.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EligibilityQuery {
    /// The day; today where nothing is said.
    #[param(example = "2026-12-01")]
    as_of: Option<String>,
    /// On what it would rest; the conditions of the regime where nothing is said.
    #[param(value_type = Option<Basis>)]
    basis: Option<String>,
}

/// Whether a fact can be repaired, condition by condition.
#[derive(Serialize, ToSchema)]
pub struct EligibilityView {
    fact: String,
    #[schema(value_type = String, format = Date)]
    as_of: Day,
    /// Whether an application can be made: what an authority must verify does not stand in its way.
    eligible: bool,
    /// The first day on which it can, where that is known.
    #[schema(value_type = Option<String>, format = Date)]
    earliest: Option<Day>,
    conditions: Vec<ConditionView>,
    /// Where the conditions stand written.
    legal_basis: String,
}

/// One condition of a repair.
#[derive(Serialize, ToSchema)]
pub struct ConditionView {
    code: ConditionCode,
    /// `met`, `not_met` or `to_verify`.
    result: &'static str,
    /// The first day on which it is met, where that is known.
    #[schema(value_type = Option<String>, format = Date)]
    earliest: Option<Day>,
    text: String,
}

fn condition((code, met): (ConditionCode, Met), lang: Lang) -> ConditionView {
    let (result, earliest) = match met {
        Met::Yes => ("met", None),
        Met::No(from) => ("not_met", from),
        Met::ToVerify => ("to_verify", None),
    };
    ConditionView { code, result, earliest, text: Text::pick(&code.text(), lang).to_owned() }
}

/// Ask which conditions of a repair a fact meets, and from when it will meet the others.
#[utoipa::path(params(("id" = String, Path, description = "The id of the fact.", example = "fct_01JD0000000000000000000000"), EligibilityQuery), responses((status = OK, body = EligibilityView, description = "Condition by condition."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/facts/{id}/repair")]
pub(crate) async fn read_eligibility(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    query: Query<EligibilityQuery>,
) -> Result<HttpResponse> {
    let (id, now) = (fact_id(&path)?, app.clock.now());
    let (query, mut bad) = query.into_parts();
    let day = param::instant("as_of", query.as_of.as_deref(), now, &mut bad).cut_off_day();
    let words = [("ordinary", Basis::Ordinary), ("reorganisation", Basis::Reorganisation)];
    let basis = param::word("basis", query.basis.as_deref(), &words, &mut bad).unwrap_or(Basis::Ordinary);
    param::refuse(bad)?;
    let row = actions::regime(&app, day)?;
    let asked = Asked { day, committed: true, verified: &[], basis };
    let name = id.clone();
    let found = db.read(move |conn| {
        let stored = fact::store::find(conn, &id)?.ok_or_else(|| Error::not_found("fact", &id))?;
        // After a merger it is the survivor's matter.
        let bearer = enterprise::store::survivor_of(conn, &stored.fact.enterprise)?;
        let known = fact::store::known(conn, &bearer, now)?;
        Ok((stored.fact, bearer, known))
    });
    let (fact, bearer, known) = found.await?;
    caller.owns(&bearer)?;
    let judged = weigh(row, &fact, &known, &asked)?;
    let lang = param::language(&req);
    Ok(HttpResponse::Ok().json(EligibilityView {
        fact: name,
        as_of: day,
        eligible: !judged.iter().any(|(_, met)| matches!(met, Met::No(_))),
        earliest: earliest(&judged, day),
        conditions: judged.into_iter().map(|each| condition(each, lang)).collect(),
        legal_basis: row.source.clone(),
    }))
}
