//! `GET /enterprises/{uscc}/score` and the models behind it. Not here: the calculation, `rules.rs`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Problems, Result},
    http::{param, query::Query},
};
use contracts::credit::{Grade, ModelRef};
use model::{
    instant::Instant,
    text::{Lang, Text},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{FamilyScore, Score, rules};
use crate::{
    Credit, enterprise,
    evaluation::rules::EnterpriseView,
    fact::{self, actions::unknown},
    scoring_model::rules::ScoringModel,
};

/// When, and by which knowledge.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ScoreQuery {
    /// The day, or an instant of it; today where nothing is said.
    #[param(example = "2026-06-01")]
    as_of: Option<String>,
    /// What the platform knew at this instant; now where nothing is said.
    #[param(example = "2026-06-01T09:30:00+08:00")]
    known_at: Option<String>,
}

/// A score, with what it rests on.
#[derive(Serialize, ToSchema)]
pub struct ScoreView {
    enterprise: String,
    /// 0 to 1000; `null` while `unrated`.
    score: Option<u16>,
    grade: Grade,
    model: ModelRef,
    #[schema(value_type = String, format = DateTime)]
    as_of: Instant,
    #[schema(value_type = String, format = DateTime)]
    known_at: Instant,
    /// The feed position it was computed from.
    watermark: i64,
    families: Vec<FamilyScore>,
    vetoes: Vec<VetoView>,
    /// Most points lost first.
    reasons: Vec<ReasonView>,
}

/// A veto in the caller's language.
#[derive(Serialize, ToSchema)]
pub struct VetoView {
    code: String,
    text: String,
    fact_ids: Vec<String>,
}

/// A reason in the caller's language.
#[derive(Serialize, ToSchema)]
pub struct ReasonView {
    code: String,
    points_lost: u16,
    text: String,
    fact_ids: Vec<String>,
}

/// Read the score of an enterprise on a day, with every indicator's share and the facts behind it.
#[utoipa::path(params(("uscc" = String, Path, description = "The Unified Social Credit Code.", example = "914404001000000590"), ScoreQuery), responses((status = OK, body = ScoreView, description = "The score with what it is made of."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/enterprises/{uscc}/score")]
pub(crate) async fn read_score(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    path: Path<String>,
    query: Query<ScoreQuery>,
) -> Result<HttpResponse> {
    let (uscc, now) = (param::uscc(&path)?, app.clock.now());
    let (query, mut bad) = query.into_parts();
    let as_of = param::instant("as_of", query.as_of.as_deref(), now, &mut bad);
    let known_at = param::instant("known_at", query.known_at.as_deref(), now, &mut bad).min(now);
    param::refuse(bad)?;
    let lang = param::language(&req);
    let inner = Arc::clone(&app);
    let view = db.read(move |conn| {
        let stored = enterprise::store::find_known_at(conn, &uscc, known_at)?.ok_or_else(|| unknown(&uscc))?;
        let facts = fact::store::known(conn, &uscc, known_at)?;
        let register = EnterpriseView { established_on: stored.enterprise.established_on, status: stored.enterprise.status };
        let score = rules::score(inner.models.live(), register, &facts, as_of.cut_off_day());
        Ok(show(&uscc, score, inner.models.live().reference(), (as_of, known_at), common::feed::head(conn)?, lang))
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

fn show(uscc: &Uscc, score: Score, model: ModelRef, (as_of, known_at): (Instant, Instant), watermark: i64, lang: Lang) -> ScoreView {
    let text = |text: &Text| text.pick(lang).to_owned();
    ScoreView {
        enterprise: uscc.to_string(),
        score: score.score,
        grade: score.grade,
        model,
        as_of,
        known_at,
        watermark,
        families: score.families,
        vetoes: score
            .vetoes
            .iter()
            .map(|veto| VetoView { code: veto.code.clone(), text: text(&veto.text), fact_ids: veto.fact_ids.clone() })
            .collect(),
        reasons: score
            .reasons
            .iter()
            .map(|reason| ReasonView {
                code: reason.code.clone(),
                points_lost: reason.points_lost,
                text: text(&reason.text),
                fact_ids: reason.fact_ids.clone(),
            })
            .collect(),
    }
}

/// The scoring models.
#[derive(Serialize, ToSchema)]
pub struct ModelPage {
    /// Each with its indicators, points, decay tables, caps and vetoes.
    #[schema(value_type = Vec<Object>)]
    items: Vec<ScoringModel>,
    next_cursor: Option<String>,
}

/// Read the scoring models and their versions: indicators, points, decay, caps and vetoes are data.
#[utoipa::path(responses((status = OK, body = ModelPage, description = "The models as data."), Problems), security(("oauth2" = ["credit:read"])))]
#[get("/models")]
pub(crate) async fn list_models(app: Data<Credit>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(ModelPage { items: vec![app.models.live().clone()], next_cursor: None }))
}
