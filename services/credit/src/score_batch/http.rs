//! `POST /scores/batch`. Not here: the calculation, `score` and `evaluation`.

use std::{collections::BTreeMap, sync::Arc};

use actix_web::{HttpMessage, HttpRequest, HttpResponse, post, web::Data};
use common::{
    db::{Conn, Db},
    error::{Code, Error, Problems, Result, protocol},
    http::{json::Body, param},
};
use contracts::credit::{Grade, ModelRef};
use model::{
    fault::FieldFault,
    instant::Instant,
    text::{Lang, Text},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    Credit, enterprise,
    evaluation::rules::EnterpriseView,
    fact::{self, actions::unknown},
    query_log::http::LookedUp,
    score::rules::brief,
    score_run::store::enterprises_of,
};

/// Codes in one request.
const MOST: usize = 1_000;

/// Whose scores, when, and by which knowledge.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreBatch {
    /// Unified Social Credit Codes, at most 1,000.
    #[schema(example = json!(["914404001000000590"]))]
    enterprises: Vec<String>,
    /// The day, or an instant of it; today where nothing is said.
    #[serde(default)]
    #[schema(example = "2026-06-01")]
    as_of: Option<String>,
    /// What the platform knew at this instant; now where nothing is said.
    #[serde(default)]
    #[schema(example = "2026-06-01T09:30:00+08:00")]
    known_at: Option<String>,
}

/// The scores in the order asked.
#[derive(Serialize, ToSchema)]
pub struct ScoreBatchView {
    #[schema(value_type = String, format = DateTime)]
    as_of: Instant,
    #[schema(value_type = String, format = DateTime)]
    known_at: Instant,
    /// The feed position they were computed from.
    watermark: i64,
    items: Vec<ScoreItem>,
}

/// A score, or why there is none.
#[derive(Serialize, ToSchema)]
pub struct ScoreItem {
    index: usize,
    status: u16,
    /// The score.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<BriefScore>,
    /// The problem document, where the code was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    problem: Option<Value>,
}

/// A score without its explanation.
#[derive(Serialize, ToSchema)]
pub struct BriefScore {
    enterprise: String,
    /// 0 to 1000; `null` while `unrated`.
    score: Option<u16>,
    grade: Grade,
    model: ModelRef,
}

/// Read the scores of many enterprises; one bad code never fails the rest.
#[utoipa::path(
    request_body = ScoreBatch,
    responses((status = OK, body = ScoreBatchView, description = "One item per code, in order."), Problems),
    security(("oauth2" = ["credit:read"]))
)]
#[post("/scores/batch")]
pub(crate) async fn read_scores(app: Data<Credit>, db: Data<Db>, req: HttpRequest, body: Body<ScoreBatch>) -> Result<HttpResponse> {
    let now = app.clock.now();
    if body.enterprises.len() > MOST {
        return Err(protocol(Code::BATCH_TOO_LARGE, Text::new(format!("一次最多 {MOST} 家。"), format!("At most {MOST} in one batch."))));
    }
    let mut faults = Vec::new();
    let mut instant = |name: &str, text: Option<&str>| {
        text.map_or(now, |text| {
            Instant::parse_or_day_end(text).unwrap_or_else(|fault| {
                faults.push(FieldFault::of(format!("/{name}"), fault));
                now
            })
        })
    };
    let (as_of, known_at) = (instant("as_of", body.as_of.as_deref()), instant("known_at", body.known_at.as_deref()).min(now));
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let (lang, trace_id) = (param::language(&req), param::trace_id(&req));
    let parsed = body.into_inner().enterprises.into_iter().map(|code| Uscc::parse(&code)).collect::<Vec<_>>();
    req.extensions_mut().insert(LookedUp(parsed.iter().flatten().cloned().collect()));
    let inner = Arc::clone(&app);
    let view = db.read(move |conn| {
        let codes: Vec<String> = parsed.iter().flatten().map(ToString::to_string).collect();
        let scores = scores(conn, &inner, &codes, as_of, (known_at, now))?;
        let mut items = Vec::with_capacity(parsed.len());
        for (index, code) in parsed.into_iter().enumerate() {
            let found = match code {
                Err(fault) => Err(Error::invalid(vec![FieldFault::of(format!("/enterprises/{index}"), fault)])),
                Ok(code) => match scores.get(code.as_str()).cloned() {
                    Some(found) => Ok((code, found)),
                    // Who went into another is told by whom.
                    None => Err(enterprise::store::exists(conn, &code).map_or_else(|merged| merged, |_unknown| unknown(&code))),
                },
            };
            items.push(item(index, found, lang, &trace_id));
        }
        Ok(ScoreBatchView { as_of, known_at, watermark: common::feed::head(conn)?, items })
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

type Found = (Option<u16>, Grade, ModelRef);

fn item(index: usize, found: Result<(Uscc, Found)>, lang: Lang, trace_id: &str) -> ScoreItem {
    match found {
        Ok((code, (score, grade, model))) => {
            ScoreItem { index, status: 200, body: Some(BriefScore { enterprise: code.to_string(), score, grade, model }), problem: None }
        }
        Err(error) => ScoreItem {
            index,
            status: error.status(),
            body: None,
            problem: Some(error.document(lang, "/credit/v1/scores/batch", trace_id)),
        },
    }
}

/// The scores by code; the facts of all come with one query.
fn scores(
    conn: &mut Conn,
    app: &Credit,
    codes: &[String],
    as_of: Instant,
    (known_at, now): (Instant, Instant),
) -> Result<BTreeMap<String, Found>> {
    let model = app.models.here(conn)?.on(as_of.cut_off_day(), known_at);
    let facts = fact::store::known_of(conn, codes, known_at)?;
    let mut found = BTreeMap::new();
    for known in enterprises_of(conn, codes)? {
        let view = if known_at == now {
            Some(known.view)
        } else {
            // What the register said then may be another thing than what it says now.
            let then = enterprise::store::find_known_at(conn, &known.uscc, known_at)?;
            then.map(|then| EnterpriseView { established_on: then.enterprise.established_on, status: then.enterprise.status })
        };
        if let Some(view) = view {
            let own = facts.get(known.uscc.as_str()).map(Vec::as_slice).unwrap_or_default();
            let (score, grade) = brief(&model, view, own, as_of.cut_off_day());
            found.insert(known.uscc.to_string(), (score, grade, model.reference()));
        }
    }
    Ok(found)
}
