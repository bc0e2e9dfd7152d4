//! `POST /rulesets/{id}/versions/{version}/shadow`. Not here: the comparison, `actions.rs`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Problems, Result},
    http::json::Body,
    token::Caller,
};
use model::{fault::FieldFault, instant::Instant, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    actions::{Trial, compare},
    rules::Report,
};
use crate::{
    Procurement,
    decision::actions::RulesetRef,
    ruleset::http::{authority, place},
};

/// Suppliers in one comparison.
const MOST: usize = 1_000;

/// What to compare.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRulesetShadow {
    /// The version to hold it against; the one in force at `as_of` where none is named.
    #[serde(default)]
    #[schema(minimum = 1, example = 1)]
    against: Option<u32>,
    /// These suppliers, at most 1,000; where nothing is said, those that the register knows.
    #[serde(default)]
    suppliers: Option<Vec<String>>,
    /// The cut-off: an instant, or a day, which means its end. Now where nothing is said.
    #[serde(default)]
    #[schema(example = "2026-06-01")]
    as_of: Option<String>,
    /// Of those that the register knows, only after this code: `next` of the answer before.
    #[serde(default)]
    after: Option<String>,
    /// Of those that the register knows, at most so many, in the order of their codes.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000, example = 200)]
    limit: Option<usize>,
}

/// One version held against another.
#[derive(Serialize, ToSchema)]
pub struct RulesetShadowView {
    /// The version that was tried.
    tried: RulesetRef,
    /// `draft` or `published`.
    state: &'static str,
    /// The version that it was held against.
    against: RulesetRef,
    /// The cut-off.
    #[schema(value_type = String, format = DateTime)]
    as_of: Instant,
    /// Every event of credit up to here was known.
    position: i64,
    #[serde(flatten)]
    report: Report,
    /// Those among the suppliers asked for that the register does not know.
    unknown: Vec<String>,
    /// The last supplier, where there may be more: send it as `after`.
    next: Option<String>,
}

fn read(body: &NewRulesetShadow, (id, version): (String, u32), now: Instant) -> Result<Trial> {
    let mut faults = Vec::new();
    let as_of = body.as_of.as_deref().map(Instant::parse_or_day_end).transpose();
    let as_of = as_of.unwrap_or_else(|fault| {
        faults.push(FieldFault::of("/as_of", fault));
        None
    });
    if body.against.is_some_and(|against| against == version) {
        let (zh, en) = ("不能与自身比较。", "A version cannot be held against itself.");
        faults.push(FieldFault::rule("/against", "ruleset_differs", zh, en));
    }
    if body.against.is_some_and(|against| against == 0 || i32::try_from(against).is_err()) {
        faults.push(FieldFault::rule("/against", "version_invalid", "版本应为正整数。", "A version is a positive whole number."));
    }
    let limit = body.limit.unwrap_or(200);
    if !(1..=MOST).contains(&limit) {
        let (zh, en) = (format!("应为 1 到 {MOST}。"), format!("Must be from 1 to {MOST}."));
        faults.push(FieldFault::rule("/limit", "out_of_range", zh, en));
    }
    let given = body.suppliers.as_deref().unwrap_or_default();
    if body.suppliers.is_some() && !(1..=MOST).contains(&given.len()) {
        let (zh, en) = (format!("应为 1 到 {MOST} 家。"), format!("From 1 to {MOST} suppliers."));
        faults.push(FieldFault::rule("/suppliers", "out_of_range", zh, en));
    }
    let mut suppliers = Vec::new();
    for (index, code) in given.iter().take(MOST).enumerate() {
        match Uscc::parse(code) {
            Ok(uscc) => suppliers.push(uscc),
            Err(fault) => faults.push(FieldFault::of(format!("/suppliers/{index}"), fault)),
        }
    }
    let after = body.after.as_deref().map(Uscc::parse).transpose().unwrap_or_else(|fault| {
        faults.push(FieldFault::of("/after", fault));
        None
    });
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let after = after.map(|after| after.to_string()).unwrap_or_default();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(Trial { id, version, against: body.against, as_of: as_of.unwrap_or(now), suppliers, after, limit })
}

/// Hold a version of a ruleset, draft or published, against another: whose outcome flips, and why. Nothing is stored.
#[utoipa::path(
    request_body = NewRulesetShadow,
    params(("id" = String, Path, description = "The name of the ruleset.", example = "government-procurement"), ("version" = u32, Path, description = "Its version.", example = 2)),
    responses((status = OK, body = RulesetShadowView, description = "What would change."), Problems),
    security(("oauth2" = ["procurement:write"]))
)]
#[post("/rulesets/{id}/versions/{version}/shadow")]
pub(crate) async fn create_ruleset_shadow(
    app: Data<Procurement>,
    db: Data<Db>,
    caller: Caller,
    path: Path<(String, String)>,
    body: Body<NewRulesetShadow>,
) -> Result<HttpResponse> {
    let trial = read(&body, place(path.into_inner())?, app.clock.now())?;
    authority(&caller)?;
    let as_of = trial.as_of;
    let found = db.read(move |conn| compare(conn, &trial)).await?;
    let (tried, is_published) = found.tried;
    Ok(HttpResponse::Ok().json(RulesetShadowView {
        tried,
        state: if is_published { "published" } else { "draft" },
        against: found.against,
        as_of,
        position: found.position,
        report: found.report,
        unknown: found.unknown,
        next: found.last,
    }))
}
