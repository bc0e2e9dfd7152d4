//! `GET /enterprises/{uscc}/score`. Not here: the calculation, `rules.rs`; the models, `model_version`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::{Conn, Db},
    error::{Error, FieldError, Problems, Result},
    http::{param, query::Query},
    token::{Caller, Role},
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
    model_version::{self, rules::State},
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
    /// A certain version of the model instead of the one in force on the day; a draft, for an authority.
    #[param(example = "quality-credit@1")]
    model: Option<String>,
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
    caller: Caller,
    path: Path<String>,
    query: Query<ScoreQuery>,
) -> Result<HttpResponse> {
    let (uscc, now) = (param::uscc(&path)?, app.clock.now());
    let (query, mut bad) = query.into_parts();
    let as_of = param::instant("as_of", query.as_of.as_deref(), now, &mut bad);
    let known_at = param::instant("known_at", query.known_at.as_deref(), now, &mut bad).min(now);
    let version = version("model", query.model.as_deref(), &mut bad);
    param::refuse(bad)?;
    let with_drafts = caller.role() == Role::Authority;
    let lang = param::language(&req);
    let inner = Arc::clone(&app);
    let view = db.read(move |conn| {
        let stored = enterprise::store::find_known_at(conn, &uscc, known_at)?.ok_or_else(|| unknown(&uscc))?;
        let facts = fact::store::known(conn, &uscc, known_at)?;
        let register = EnterpriseView { established_on: stored.enterprise.established_on, status: stored.enterprise.status };
        let book = inner.models.here(conn)?;
        let model = match &version {
            None => book.on(as_of.cut_off_day(), known_at),
            Some((id, version)) => match book.version(id, *version, known_at) {
                Some(model) => model,
                None => draft(conn, id, *version, with_drafts)?,
            },
        };
        let score = rules::score(&model, register, &facts, as_of.cut_off_day());
        Ok(show(&uscc, score, model.reference(), (as_of, known_at), common::feed::head(conn)?, lang))
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

/// `id@version` of a query. A fault is added to `bad`.
fn version(name: &str, text: Option<&str>, bad: &mut Vec<FieldError>) -> Option<(String, u32)> {
    let text = text?;
    let read = || {
        let (id, version) = text.split_once('@')?;
        let digits = !version.starts_with('0') && version.bytes().all(|byte| byte.is_ascii_digit());
        let version = digits.then(|| version.parse::<i32>().ok()).flatten().and_then(|version| u32::try_from(version).ok())?;
        (!id.is_empty()).then(|| (id.to_owned(), version))
    };
    let found = read();
    if found.is_none() {
        let detail = Text::new("应为“模型@版本”，例如 quality-credit@1。", "Must be model@version, for example quality-credit@1.");
        bad.push(FieldError::new(format!("?{name}"), "bad_parameter", detail));
    }
    found
}

/// A draft, for those who may see one.
fn draft(conn: &mut Conn, id: &str, version: u32, with_drafts: bool) -> Result<Arc<ScoringModel>> {
    let stored = if with_drafts { model_version::store::find(conn, id, version)? } else { None };
    let draft = stored.filter(|stored| stored.state == State::Draft);
    draft.map(|stored| Arc::new(stored.model)).ok_or_else(|| Error::not_found("model", format!("{id}@{version}")))
}

pub(crate) fn show(
    uscc: &Uscc,
    score: Score,
    model: ModelRef,
    (as_of, known_at): (Instant, Instant),
    watermark: i64,
    lang: Lang,
) -> ScoreView {
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
