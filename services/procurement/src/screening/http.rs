//! Dry run and eligible suppliers on HTTP. Not here: the work, `actions.rs`.

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Error, Problems, Result},
    feed::Freshness,
    http::{
        json::Body,
        page::{self, Cursor, next_link},
        param,
        query::Query,
    },
    token::Caller,
};
use model::{fault::FieldFault, instant::Instant};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    actions::{dry_run, eligible, named_standards},
    rules::{LEAST, MOST_EXAMINED, Step, Warning, cited},
};
use crate::{
    Procurement,
    buyer::actions::visible,
    criterion::rules::Wording,
    decision::{
        actions::tally,
        rules::{Outcome, StatedCondition},
    },
    tender::{
        actions::{LotTerms, TenderRef, compiled},
        http::tender_id,
        rules::State,
    },
};

/// How far credit was known.
#[derive(Serialize, ToSchema)]
pub struct ScreeningSource {
    /// The service.
    service: &'static str,
    /// The life of its feed.
    epoch: String,
    /// Every event up to here was known.
    position: i64,
    /// How old that knowledge was, in milliseconds.
    age_ms: i64,
}

fn source(known: &Freshness, now: Instant) -> ScreeningSource {
    ScreeningSource {
        service: crate::standing::rules::CREDIT,
        epoch: known.epoch.clone(),
        position: known.position,
        age_ms: now.since_millis(known.seen_at).max(0),
    }
}

/// For which lot, and as of when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDryRun {
    /// The lot; needed where the tender has lots.
    #[serde(default)]
    #[schema(example = "LOT-1")]
    lot: Option<String>,
    /// An instant, or a day, which means its end; the cut-off where nothing is said.
    #[serde(default)]
    #[schema(example = "2036-06-01T09:30:00+08:00")]
    as_of: Option<String>,
}

/// How many known suppliers are left after each criterion.
#[derive(Serialize, ToSchema)]
pub struct DryRunView {
    tender: TenderRef,
    #[schema(value_type = String, format = DateTime)]
    as_of: Instant,
    #[schema(value_type = String, format = DateTime)]
    known_at: Instant,
    source: ScreeningSource,
    /// How many suppliers the platform knows.
    population: usize,
    /// How many of them were examined.
    examined: usize,
    /// Whether that is a sample: blocks spread evenly over all codes.
    sampled: bool,
    /// The criteria in their order.
    steps: Vec<Step>,
    /// The criterion that leaves fewer than three.
    fewer_than_three: Option<Step>,
    /// The outcomes with their number.
    #[schema(value_type = Object)]
    outcomes: Value,
    /// What a buyer should look at.
    warnings: Vec<Warning>,
}

/// What a lot asks, of a draft as well for those who see it, and how many criteria and conditions its ruleset has.
async fn asked(app: &Procurement, db: &Db, caller: Caller, id: String, lot: Option<String>) -> Result<(LotTerms, (usize, usize))> {
    let rulebook = app.rulebook.clone();
    db.read(move |conn| {
        let stored = visible(conn, &id, None, &caller)?;
        if stored.state == State::Cancelled {
            let fault = FieldFault::rule("{id}", "tender_cancelled", "采购项目已取消。", "The tender was cancelled.");
            return Err(Error::invalid(vec![fault]));
        }
        let terms = compiled(&rulebook, &stored, lot.as_deref())?;
        let base = rulebook.version(terms.entry.id(), terms.entry.version())?;
        Ok((terms, (base.compiled.criteria().len(), base.compiled.conditions().len())))
    })
    .await
}

/// See how many known suppliers are left after each criterion of a lot, before or after it is published.
#[utoipa::path(
    request_body = NewDryRun,
    params(("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001")),
    responses((status = OK, body = DryRunView, description = "The counts."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[post("/tenders/{id}/dry_run")]
pub(crate) async fn create_dry_run(
    app: Data<Procurement>,
    db: Data<Db>,
    caller: Caller,
    path: Path<String>,
    body: Body<NewDryRun>,
) -> Result<HttpResponse> {
    let id = tender_id(&path)?;
    let as_of = body.as_of.as_deref().map(Instant::parse_or_day_end).transpose();
    let as_of = as_of.map_err(|fault| Error::invalid(vec![FieldFault::of("/as_of", fault)]))?;
    let (terms, base) = asked(&app, &db, caller, id, body.lot.clone()).await?;
    let as_of = as_of.unwrap_or(terms.cut_off);
    let screened = dry_run(&app, &terms.entry, base, as_of).await?;
    let (tallied, now) = (&screened.tally, app.clock.now());
    let sampled = screened.population > tallied.examined();
    let register = named_standards(&app, &terms.entry).await?;
    let mut warnings = cited(&terms.entry.compiled, &register, as_of.cut_off_day());
    if sampled {
        let text = Wording::made(
            format!("供应商共 {} 家，抽查 {MOST_EXAMINED} 家：按代码均匀分布。", screened.population),
            format!("There are {} suppliers; {MOST_EXAMINED} were examined, spread evenly over their codes.", screened.population),
        );
        warnings.push(Warning { code: "sampled", criterion: None, text });
    }
    if let Some(step) = tallied.fewer_than_three() {
        let text = Wording::made(
            format!("{} 之后剩 {} 家，不足 {LEAST} 家。", step.code, step.remaining),
            format!("After {} only {} are left, fewer than {LEAST}.", step.code, step.remaining),
        );
        warnings.push(Warning { code: "fewer_than_three", criterion: Some(step.code.clone()), text });
    }
    Ok(HttpResponse::Ok().json(DryRunView {
        tender: terms.tender,
        as_of,
        known_at: now,
        source: source(&screened.known, now),
        population: screened.population,
        examined: tallied.examined(),
        sampled,
        steps: tallied.steps().to_vec(),
        fewer_than_three: tallied.fewer_than_three().cloned(),
        outcomes: tally(tallied.outcomes()),
        warnings,
    }))
}

/// Who is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EligibleQuery {
    /// The lot; needed where the tender has lots.
    #[param(example = "LOT-1")]
    lot: Option<String>,
    /// An instant, or a day, which means its end; the cut-off where nothing is said.
    #[param(example = "2036-06-01")]
    as_of: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A supplier that may take part.
#[derive(Serialize, ToSchema)]
pub struct EligibleSupplier {
    /// Its Unified Social Credit Code.
    supplier: String,
    outcome: Outcome,
    /// The conditions of an outcome that holds only under conditions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<StatedCondition>,
}

/// Who may take part. A page may hold fewer than asked for, none even, and have a next one: a request examines a bounded number of suppliers.
#[derive(Serialize, ToSchema)]
pub struct EligiblePage {
    tender: TenderRef,
    #[schema(value_type = String, format = DateTime)]
    as_of: Instant,
    #[schema(value_type = String, format = DateTime)]
    known_at: Instant,
    source: ScreeningSource,
    items: Vec<EligibleSupplier>,
    /// How many suppliers were examined for this page.
    examined: usize,
    next_cursor: Option<String>,
}

/// List who may take part in a lot, by code.
#[utoipa::path(
    params(("id" = String, Path, description = "The id of the tender.", example = "SZ-2036-001"), EligibleQuery),
    responses((status = OK, body = EligiblePage, description = "One page."), Problems),
    security(("oauth2" = ["procurement:decide"]))
)]
#[get("/tenders/{id}/eligible")]
pub(crate) async fn list_eligible(
    app: Data<Procurement>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    query: Query<EligibleQuery>,
) -> Result<HttpResponse> {
    let id = tender_id(&path)?;
    let (query, mut bad) = query.into_parts();
    let as_of = param::instant("as_of", query.as_of.as_deref(), Instant::from_micros(0), &mut bad);
    let (limit, after) = page::asked(query.limit.as_deref(), query.cursor.as_deref(), bad)?;
    let (terms, _) = asked(&app, &db, caller, id, query.lot).await?;
    let as_of = if query.as_of.is_some() { as_of } else { terms.cut_off };
    let found = eligible(&app, &terms.entry, as_of, &after.unwrap_or_default(), usize::try_from(limit).unwrap_or(1)).await?;
    let next_cursor = found.last.map(|last| Cursor::after([last]).encode());
    let now = app.clock.now();
    let items = found.eligible.into_iter().map(|one| EligibleSupplier {
        supplier: one.supplier.to_string(),
        outcome: one.outcome,
        conditions: one.conditions,
    });
    let view = EligiblePage {
        tender: terms.tender,
        as_of,
        known_at: now,
        source: source(&found.known, now),
        items: items.collect(),
        examined: found.examined,
        next_cursor,
    };
    let mut answer = HttpResponse::Ok();
    if let Some(cursor) = &view.next_cursor {
        answer.insert_header(next_link(&req, cursor));
    }
    Ok(answer.json(view))
}
