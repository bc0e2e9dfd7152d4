//! `POST /decisions/{id}/counterfactual`. Not here: the search, `rules.rs`.

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
use contracts::credit::{Detail, Grade};
use model::instant::{Day, Instant};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::actions::{Answered, Ground, answer};
use crate::{
    Procurement,
    change::rules::{Change, Kind},
    criterion::rules::{Answer, Finding, Ground as Reason, Helper, Wording},
    decision::{actions::DecisionView, http::stored, rules::Outcome},
};

/// On which standing.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CounterfactualGround)]
pub enum On {
    /// What was known when it was decided.
    #[default]
    Stored,
    /// What is known now.
    Now,
}

/// A question: what would it take?
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCounterfactual {
    /// On which standing; that of the decision where nothing is said.
    #[serde(default)]
    on: On,
}

/// A change that could help.
#[derive(Serialize, ToSchema)]
#[schema(as = CounterfactualChange)]
pub struct ChangeView {
    /// What is otherwise.
    kind: Kind,
    /// Whose; absent for `wait` and `refresh_source`, which are nobody's.
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier: Option<String>,
    /// Who must act.
    who: Helper,
    /// What to do.
    action: Wording,
    /// The criteria that it could help past.
    criteria: Vec<String>,
    /// The fact that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    fact_id: Option<String>,
    /// The fact that would be there: kind and detail.
    #[serde(skip_serializing_if = "Option::is_none")]
    fact: Option<Detail>,
    /// The grade that is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    grade: Option<Grade>,
    /// The score that is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u16>,
    /// Where it is told how a grade is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// The first day on which it can be; absent where no day is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    earliest: Option<Day>,
}

/// A criterion that is not met, and what could help past it.
#[derive(Serialize, ToSchema)]
pub struct ObstacleView {
    /// The criterion.
    code: String,
    /// `fail` or `unknown`.
    result: Answer,
    /// What was found.
    #[schema(value_type = Object)]
    actual: Value,
    /// What is required.
    #[schema(value_type = Object)]
    required: Value,
    /// Why.
    reason: Reason,
    /// What could help; empty where nothing that is known could.
    needed: Vec<ChangeView>,
}

/// A smallest set of changes that flips the outcome.
#[derive(Serialize, ToSchema)]
pub struct CounterfactualSet {
    /// All of them are needed.
    changes: Vec<ChangeView>,
    /// The outcome with them.
    outcome: Outcome,
    /// The first day on which all of them can be; absent where that of one is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    earliest: Option<Day>,
}

/// What it would take.
#[derive(Serialize, ToSchema)]
pub struct CounterfactualView {
    /// The decision.
    decision: String,
    /// On which standing.
    on: On,
    /// The cut-off of the decision.
    #[schema(value_type = String, format = DateTime)]
    as_of: Instant,
    /// How it comes out as it is.
    outcome: Outcome,
    /// The criteria that are not met or cannot be told.
    criteria: Vec<ObstacleView>,
    /// Every smallest set that flips the outcome, at most five; empty where none was found or none is needed.
    sets: Vec<CounterfactualSet>,
    /// Whether every change was tried; else only the first fourteen were. Sets of more than five are not looked for.
    complete: bool,
    /// What this does not say.
    note: Wording,
}

const NOTE: Wording = Wording::fixed(
    "本结果按所列变化逐一重新判定得出，不构成承诺：不预测机关是否准许，也不预测得分如何变化；得分如何提升见信用服务的 what_if。",
    "Each set was verified by deciding again with its changes. It is no promise: whether an authority agrees is not predicted, nor how the score moves; how a score is raised, credit's what_if tells.",
);

fn show(change: &Change, suppliers: &[String]) -> ChangeView {
    let is_own = !matches!(change.kind, Kind::Wait | Kind::RefreshSource);
    let supplier = suppliers.get(change.whose).filter(|_| is_own).cloned();
    let (grade, score) = change.risen().unwrap_or_default();
    let path = |uscc: &String| format!("/credit/v1/enterprises/{uscc}/score/what_if");
    ChangeView {
        kind: change.kind,
        link: supplier.as_ref().filter(|_| change.kind == Kind::RaiseScore).map(path),
        supplier,
        who: change.who,
        action: change.action.clone(),
        criteria: change.criteria.clone(),
        fact_id: change.fact_id.clone(),
        fact: change.added().cloned(),
        grade,
        score,
        earliest: change.earliest,
    }
}

fn obstacle(finding: &Finding, changes: &[Change], suppliers: &[String]) -> ObstacleView {
    let helps = |change: &&Change| change.criteria.iter().any(|code| finding.code == code.as_str());
    ObstacleView {
        code: finding.code.to_string(),
        result: finding.result,
        actual: finding.actual.clone(),
        required: finding.required.clone(),
        reason: finding.reason.clone(),
        needed: changes.iter().filter(helps).map(|change| show(change, suppliers)).collect(),
    }
}

fn render(view: &DecisionView, found: &Answered, on: On) -> CounterfactualView {
    let suppliers = match &view.consortium {
        None => vec![view.supplier.clone()],
        Some(consortium) => consortium.everyone().map(ToString::to_string).collect(),
    };
    let set = |set: &super::actions::Set| CounterfactualSet {
        changes: set.changes.iter().map(|change| show(change, &suppliers)).collect(),
        outcome: set.outcome,
        earliest: set.earliest,
    };
    CounterfactualView {
        decision: view.id.clone().unwrap_or_default(),
        on,
        as_of: view.as_of,
        outcome: found.outcome,
        criteria: found.obstacles.iter().map(|finding| obstacle(finding, &found.changes, &suppliers)).collect(),
        sets: found.sets.iter().map(set).collect(),
        complete: found.is_complete,
        note: NOTE,
    }
}

/// Ask what it would take: who can do what from when, and the smallest sets of changes that flip the outcome.
#[utoipa::path(
    request_body = NewCounterfactual,
    params(("id" = String, Path, description = "The id of the decision.", example = "dec_01JD0000000000000000000000")),
    responses((status = OK, body = CounterfactualView, description = "What is needed; nothing is stored."), Problems),
    security(("oauth2" = ["procurement:read"]))
)]
#[post("/decisions/{id}/counterfactual")]
pub(crate) async fn create_counterfactual(
    app: Data<Procurement>,
    db: Data<Db>,
    caller: Caller,
    path: Path<String>,
    body: Body<NewCounterfactual>,
) -> Result<HttpResponse> {
    let kept = stored(&db, &caller, &path).await?;
    let ground = match body.on {
        On::Stored => Ground::Stored,
        On::Now => Ground::Now,
    };
    let (view, found) = answer(&app, &kept, ground).await?;
    Ok(HttpResponse::Ok().json(render(&view, &found, body.on)))
}
