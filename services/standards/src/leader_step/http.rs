//! Steps of candidates and leaders on HTTP: deciding objections, taking a candidacy back, naming, removing. Not here: which is allowed, `leader`.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, post};
use common::{
    error::{Problems, Result},
    http::{
        json::Body,
        step::{Part, Place},
    },
    token::Role,
};
use model::{fault::FieldFault, id::Id, normalise::line};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    assessor::http::{answer, id_of},
    author::http::{Judged, Sent, judged, today},
    leader::{
        actions::{self, Step},
        http::{LeaderView, TEXT_MAX},
    },
    leader_word::rules::{ObjectionDecision, ObjectionOutcome, Removal, RemovalGround},
};

const NUMBER_MAX: usize = 200;
const LEADERS_MAX: usize = 500;

/// A leader in a path.
pub(crate) struct OfLeader;

impl Place for OfLeader {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the leader.", "ldr_01JD0000000000000000000000")]
    }
}

/// An objection in a path.
pub(crate) struct OfObjection;

impl Place for OfObjection {
    fn parts() -> Vec<Part> {
        let mut parts = OfLeader::parts();
        parts.push(Part::new("number", "The number of the objection.", "1"));
        parts
    }
}

/// A ranking in a path.
pub(crate) struct OfRanking;

impl Place for OfRanking {
    fn parts() -> Vec<Part> {
        vec![Part::new("id", "The id of the ranking.", "rkg_01JD0000000000000000000000")]
    }
}

/// The decision on an objection.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionVerdict {
    /// Whether it is right.
    outcome: ObjectionOutcome,
    /// Why.
    #[schema(example = "示例：经核查，异议不成立。")]
    text: String,
    /// The number of the decision.
    #[schema(example = "示例标准〔2026〕3号")]
    document_no: String,
}

/// Who is named.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLeaders {
    /// The candidates, all of them or none; at most 500.
    #[schema(example = json!(["ldr_01JD0000000000000000000000"]))]
    leaders: Vec<String>,
    /// The number of the decision.
    #[schema(example = "示例标准〔2026〕4号")]
    document_no: String,
}

/// Who was named.
#[derive(Serialize, ToSchema)]
pub struct NamedLeaders {
    /// The ranking.
    ranking: String,
    /// Those that have the title now.
    leaders: Vec<LeaderView>,
    /// The version of the ranking; also the `ETag`.
    version: i64,
}

/// How a title is lost.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaderLoss {
    /// Why.
    ground: RemovalGround,
    /// In words.
    #[schema(example = "示例：监督抽查不合格。")]
    text: String,
    /// The number of the decision.
    #[schema(example = "示例标准〔2026〕5号")]
    document_no: String,
}

/// Nothing but the step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CandidacyEnd {}

/// Text and number of a decision.
fn words(text: &str, document_no: &str, bad: &mut Vec<FieldFault>) -> Option<(String, String)> {
    let text = line(text, TEXT_MAX).map_err(|fault| bad.push(FieldFault::of("/text", fault))).ok();
    let document_no = line(document_no, NUMBER_MAX).map_err(|fault| bad.push(FieldFault::of("/document_no", fault))).ok();
    text.zip(document_no)
}

async fn take(judged: Judged, step: Step) -> Result<HttpResponse> {
    let id = id_of("ldr", &judged.part(0))?;
    let taken = judged.take(move |tx, judged| {
        let stored = actions::step(tx, (&id, judged.version), &step, &judged.by)?;
        answer(200, None, stored.version, &LeaderView::on(stored, today(judged), &judged.by))
    });
    taken.await
}

/// Decide on an objection; authorities only. One that is right ends the candidacy.
#[utoipa::path(request_body = ObjectionVerdict, params(Sent<OfObjection>), responses((status = OK, body = LeaderView, description = "It is decided."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/leaders/{id}/objections/{number}/decide")]
pub(crate) async fn decide_leader_objection(sent: Sent<OfObjection>, body: Body<ObjectionVerdict>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    let mut bad = Vec::new();
    let number = judged.part(1).parse::<u32>().ok().filter(|number| *number > 0);
    if number.is_none() {
        bad.push(FieldFault::shape("{number}", "bad_parameter", "应为从 1 起的序号。", "Must be a number from 1 on."));
    }
    let words = words(&body.text, &body.document_no, &mut bad);
    let (Some(number), Some((text, document_no))) = (number, words) else { return Err(bad.into()) };
    let decision = ObjectionDecision { outcome: body.outcome, text, document_no, on: today(&judged) };
    take(judged, Step::Decide(number, decision)).await
}

/// Take a candidacy back; the enterprise itself, or an authority for it.
#[utoipa::path(request_body = CandidacyEnd, params(Sent<OfLeader>), responses((status = OK, body = LeaderView, description = "It is closed."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/leaders/{id}/withdraw")]
pub(crate) async fn withdraw_candidate(sent: Sent<OfLeader>, body: Body<CandidacyEnd>) -> Result<HttpResponse> {
    take(judged(sent, &body.sha256, &[Role::Enterprise])?, Step::Withdraw).await
}

/// Take the title from a leader; authorities only.
#[utoipa::path(request_body = LeaderLoss, params(Sent<OfLeader>), responses((status = OK, body = LeaderView, description = "It has the title no more."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/leaders/{id}/remove")]
pub(crate) async fn remove_leader(sent: Sent<OfLeader>, body: Body<LeaderLoss>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    let mut bad = Vec::new();
    let Some((text, document_no)) = words(&body.text, &body.document_no, &mut bad) else { return Err(bad.into()) };
    let removal = Removal { ground: body.ground, text, document_no, on: today(&judged) };
    take(judged, Step::Remove(removal)).await
}

/// Name candidates of a ranking after their publicity; authorities only.
///
/// All that stands against it is told, and then nobody is named.
#[utoipa::path(request_body = NewLeaders, params(Sent<OfRanking>), responses((status = OK, body = NamedLeaders, description = "They have the title."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/rankings/{id}/name_leaders")]
pub(crate) async fn name_leaders(sent: Sent<OfRanking>, body: Body<NewLeaders>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[])?;
    let (ranking, mut bad) = (id_of("rkg", &judged.part(0))?, Vec::new());
    let document_no = line(&body.document_no, NUMBER_MAX).map_err(|fault| bad.push(FieldFault::of("/document_no", fault))).ok();
    if body.leaders.is_empty() || body.leaders.len() > LEADERS_MAX {
        bad.push(FieldFault::rule("/leaders", "leader_count", "应有一至五百个候选。", "Name one to five hundred."));
    }
    let mut once = BTreeSet::new();
    for (place, id) in body.leaders.iter().enumerate() {
        let pointer = format!("/leaders/{place}");
        if let Err(fault) = Id::parse("ldr", id) {
            bad.push(FieldFault::of(pointer, fault));
        } else if !once.insert(id) {
            bad.push(FieldFault::rule(pointer, "leader_twice", "同一候选只能列一次。", "A candidate is named once."));
        }
    }
    let (Some(document_no), true) = (document_no, bad.is_empty()) else { return Err(bad.into()) };
    let leaders = body.leaders.clone();
    let taken = judged.take(move |tx, judged| {
        let of = (ranking.as_str(), judged.version);
        let (ranked, named) = actions::name(tx, &judged.app, of, (&leaders, &document_no), &judged.by)?;
        let leaders = named.into_iter().map(|stored| LeaderView::on(stored, today(judged), &judged.by)).collect();
        let view = NamedLeaders { ranking: ranked.ranking.id, leaders, version: ranked.version };
        answer(200, None, ranked.version, &view)
    });
    taken.await
}
