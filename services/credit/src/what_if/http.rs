//! `POST /enterprises/{uscc}/score/what_if`. Not here: the changes and the search, `rules.rs`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Data, Path},
};
use common::{
    db::Db,
    error::{Error, Problems, Result},
    http::{json::Body, param},
};
use contracts::credit::{Degree, Detail, Fact, FactKind, FactSource, Grade, ModelRef, RecallState};
use model::{
    fault::FieldFault,
    instant::{Day, Instant, parse_day},
    text::{Lang, Text},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rules::{Case, Catalogue, Change, Way, changed, invented, ways};
use crate::{
    Credit,
    draft::rules::{NewFact, read},
    enterprise,
    evaluation::rules::EnterpriseView,
    fact::{self, actions::unknown},
    score::{
        self,
        http::{ScoreView, show},
        rules::brief,
    },
    score_series::rules::Delta,
};

/// Changes in one question.
const MOST_CHANGES: usize = 50;

/// A question: either what these changes would give, or how a grade is reached.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIf {
    /// The day, or an instant of it; today where nothing is said.
    #[serde(default)]
    #[schema(example = "2026-06-01")]
    as_of: Option<String>,
    /// What would be otherwise, at most 50 changes.
    #[serde(default)]
    changes: Option<Vec<NewChange>>,
    /// The grade that is wanted.
    #[serde(default)]
    target_grade: Option<Grade>,
    /// The last day on which it is of use, with `target_grade`.
    #[serde(default)]
    #[schema(format = Date)]
    by: Option<String>,
}

/// One change.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum NewChange {
    /// A fact holds until a day and no longer.
    EndFact {
        /// The fact.
        #[schema(example = "fct_01JD0000000000000000000000")]
        fact_id: String,
        /// Its last day.
        #[schema(format = Date)]
        on: String,
    },
    /// A fact is repaired and counts no more from a day on.
    RepairFact {
        /// The fact.
        fact_id: String,
        /// The first day without it.
        #[schema(format = Date)]
        on: String,
    },
    /// A complaint is settled.
    SettleComplaint {
        /// The fact.
        fact_id: String,
        /// The day.
        #[schema(format = Date)]
        on: String,
        /// Whether that is on time.
        on_time: bool,
    },
    /// A recall is completed.
    CompleteRecall {
        /// The fact.
        fact_id: String,
        /// The day.
        #[schema(format = Date)]
        on: String,
    },
    /// There is another fact.
    AddFact {
        /// The fact, as it would be sent, without its enterprise and its source.
        fact: SupposedFact,
    },
}

/// A fact that is not there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupposedFact {
    kind: FactKind,
    #[serde(default)]
    #[schema(format = Date)]
    decided_on: Option<String>,
    #[serde(default)]
    #[schema(format = Date)]
    published_on: Option<String>,
    /// The first day on which it holds; the day of the decision where nothing is said.
    #[serde(default)]
    #[schema(format = Date)]
    valid_from: Option<String>,
    #[serde(default)]
    #[schema(format = Date)]
    valid_to: Option<String>,
    #[serde(default)]
    degree: Option<Degree>,
    /// What only this kind of fact has.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
}

/// The answer: `after` and `indicators` for changes, `ways` for a grade.
#[derive(Serialize, ToSchema)]
pub struct WhatIfView {
    enterprise: String,
    #[schema(value_type = String, format = DateTime)]
    as_of: Instant,
    model: ModelRef,
    /// As it is.
    score: Option<u16>,
    /// As it is.
    grade: Grade,
    /// As it would be, explained.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<ScoreView>,
    /// The indicators whose points would differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    indicators: Option<Vec<Delta>>,
    /// The ways to the grade: waiting, where time alone reaches it, and the smallest sets of changes that reach it sooner; empty where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    ways: Option<Vec<WayView>>,
    /// Whether there are more such sets than are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<bool>,
}

/// A way to a grade.
#[derive(Serialize, ToSchema)]
pub struct WayView {
    /// The first day with the grade.
    #[schema(value_type = String, format = Date)]
    on: Day,
    /// What is to be done; nothing where waiting is enough.
    changes: Vec<StepView>,
}

/// Something to be done.
#[derive(Serialize, ToSchema)]
#[schema(as = WhatIfStepView)]
pub struct StepView {
    /// The code of the action, from policy data.
    action: String,
    /// The same in the caller's language.
    text: String,
    /// The fact it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    fact_id: Option<String>,
    /// The earliest day on which it can be true.
    #[schema(value_type = String, format = Date)]
    earliest: Day,
}

/// What is asked, read.
enum Asked {
    Changes(Vec<NewChange>),
    Target(Grade, Option<Day>),
}

fn asked(question: WhatIf, as_of: Day) -> Result<Asked> {
    let mut faults = Vec::new();
    let by = question.by.as_deref().and_then(|text| parse_day(text).map_err(|fault| faults.push(FieldFault::of("/by", fault))).ok());
    if by.is_some_and(|by| by < as_of) {
        faults.push(FieldFault::rule("/by", "date_order", "不得早于 as_of。", "Must not lie before as_of."));
    }
    if question.target_grade == Some(Grade::Unrated) {
        faults.push(FieldFault::rule("/target_grade", "target_unrated", "unrated 不是目标。", "Nobody can aim at unrated."));
    }
    if question.changes.as_ref().is_some_and(|changes| changes.len() > MOST_CHANGES) {
        let (zh, en) = (format!("最多 {MOST_CHANGES} 项。"), format!("At most {MOST_CHANGES}."));
        faults.push(FieldFault::rule("/changes", "too_many_items", zh, en));
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    match (question.changes, question.target_grade) {
        (Some(changes), None) if by.is_none() => Ok(Asked::Changes(changes)),
        (None, Some(target)) => Ok(Asked::Target(target, by)),
        _ => {
            let (zh, en) = ("请给出 changes 或 target_grade（可带 by）之一。", "Give either changes, or target_grade, which may have by.");
            Err(Error::invalid(vec![FieldFault::rule("/changes", "one_of_two", zh, en)]))
        }
    }
}

/// Ask what changes would do to a score, or how a grade is reached; nothing is stored.
#[utoipa::path(
    request_body = WhatIf,
    params(("uscc" = String, Path, description = "The Unified Social Credit Code.", example = "914404001000000590")),
    responses((status = OK, body = WhatIfView, description = "The score as it would be, or the ways to the grade."), Problems),
    security(("oauth2" = ["credit:read"]))
)]
#[post("/enterprises/{uscc}/score/what_if")]
pub(crate) async fn ask_what_if(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    path: Path<String>,
    body: Body<WhatIf>,
) -> Result<HttpResponse> {
    let (uscc, now, lang) = (param::uscc(&path)?, app.clock.now(), param::language(&req));
    let question = body.into_inner();
    let as_of = question.as_of.as_deref().map_or(Ok(now), Instant::parse_or_day_end);
    let as_of = as_of.map_err(|fault| Error::invalid(vec![FieldFault::of("/as_of", fault)]))?;
    let asked = asked(question, as_of.cut_off_day())?;
    let inner = Arc::clone(&app);
    let view = db.read(move |conn| {
        let stored = enterprise::store::find_known_at(conn, &uscc, now)?.ok_or_else(|| unknown(&uscc))?;
        let facts = fact::store::known(conn, &uscc, now)?;
        let view = EnterpriseView { established_on: stored.enterprise.established_on, status: stored.enterprise.status };
        let book = inner.models.here(conn)?;
        let (windows, today) = (book.windows(now), as_of.cut_off_day());
        let repairs = inner.repairs.at(today).map(|row| &row.value);
        let case = Case { windows: &windows, uscc: &uscc, view, facts: &facts, today, repairs };
        let model = book.on(today, now);
        let (score, grade) = brief(&model, view, &facts, today);
        let enterprise = uscc.to_string();
        let bare =
            WhatIfView { enterprise, as_of, model: model.reference(), score, grade, after: None, indicators: None, ways: None, more: None };
        match asked {
            Asked::Target(target, by) => {
                let catalogue = inner.what_if.at(now.day()).ok_or_else(|| Error::internal("no policy says what can be done today"))?;
                Ok(reached(bare, &case, &catalogue.value, (target, by), lang))
            }
            Asked::Changes(changes) => {
                let changes = understood(&inner, &case, changes, now.day().max(today))?;
                let before = score::rules::score(&model, view, &facts, today);
                let after = score::rules::score(&model, view, &changed(&facts, &changes), today);
                let indicators = Some(score::rules::differences(&before, &after));
                let watermark = common::feed::head(conn)?;
                let after = Some(show(&uscc, after, model.reference(), (as_of, now), watermark, lang));
                Ok(WhatIfView { after, indicators, ..bare })
            }
        }
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

fn reached(bare: WhatIfView, case: &Case<'_>, catalogue: &Catalogue, (target, by): (Grade, Option<Day>), lang: Lang) -> WhatIfView {
    let (found, more) = ways(case, catalogue, target, by);
    let text = |text: &Text| text.pick(lang).to_owned();
    let way = |way: &Way| WayView {
        on: way.on,
        changes: way
            .changes
            .iter()
            .map(|one| StepView { action: one.code.clone(), text: text(&one.text), fact_id: one.fact_id.clone(), earliest: one.earliest })
            .collect(),
    };
    WhatIfView { ways: Some(found.iter().map(way).collect()), more: Some(more), ..bare }
}

/// The changes with their facts; all faults at once.
fn understood(app: &Credit, case: &Case<'_>, changes: Vec<NewChange>, latest: Day) -> Result<Vec<Change>> {
    let mut faults = Vec::new();
    let mut read = Vec::new();
    for (place, change) in changes.into_iter().enumerate() {
        match one(app, case, place, change, latest) {
            Ok(change) => read.push(change),
            Err(mut bad) => {
                bad.iter_mut().for_each(|fault| fault.pointer = format!("/changes/{place}{}", fault.pointer));
                faults.extend(bad);
            }
        }
    }
    if faults.is_empty() { Ok(read) } else { Err(faults.into()) }
}

fn one(app: &Credit, case: &Case<'_>, place: usize, change: NewChange, latest: Day) -> std::result::Result<Change, Vec<FieldFault>> {
    let fits = |fact_id: &str, on: &str, fits: &dyn Fn(&Fact) -> bool| about(case, fact_id, on, fits);
    match change {
        NewChange::EndFact { fact_id, on } => fits(&fact_id, &on, &|_: &Fact| true).map(|on| Change::End(fact_id, on)),
        NewChange::RepairFact { fact_id, on } => {
            let repaired = |fact: &Fact| case.repairs.is_some_and(|regime| regime.subject(fact.kind()).is_some());
            fits(&fact_id, &on, &repaired).map(|on| Change::Repair(fact_id, on))
        }
        NewChange::SettleComplaint { fact_id, on, on_time } => {
            let on = fits(&fact_id, &on, &|fact: &Fact| fact.kind() == FactKind::Complaint)?;
            Ok(Change::Settle(fact_id, on, on_time))
        }
        NewChange::CompleteRecall { fact_id, on } => {
            let open = |fact: &Fact| matches!(&fact.detail, Detail::Recall(recall) if recall.state == RecallState::Open);
            fits(&fact_id, &on, &open).map(|on| Change::Complete(fact_id, on))
        }
        NewChange::AddFact { fact } => {
            let SupposedFact { kind, decided_on, published_on, valid_from, valid_to, degree, detail } = fact;
            let source = FactSource { authority: "what_if".to_owned(), document_no: None };
            let (enterprise, external_id) = (case.uscc.to_string(), None);
            let new = NewFact { enterprise, kind, external_id, source, decided_on, published_on, valid_from, valid_to, degree, detail };
            let under = |mut faults: Vec<FieldFault>| {
                faults.iter_mut().for_each(|fault| fault.pointer = format!("/fact{}", fault.pointer));
                faults
            };
            let draft = read(&new, latest).map_err(under)?;
            let fact = Fact {
                decided_on: draft.dates.decided_on,
                published_on: draft.dates.published_on,
                valid_to: draft.dates.valid_to,
                degree: draft.degree,
                ..invented(case.uscc, &format!("{place:03}"), draft.detail, draft.valid_from)
            };
            Ok(Change::Add(Box::new(Fact { publicity: app.regimes.windows(&fact), ..fact })))
        }
    }
}

/// The day of a change, where the fact is one of the enterprise's and the change fits it.
fn about(case: &Case<'_>, fact_id: &str, on: &str, fits: &dyn Fn(&Fact) -> bool) -> std::result::Result<Day, Vec<FieldFault>> {
    let mut faults = Vec::new();
    match case.facts.iter().find(|fact| fact.id == fact_id) {
        None => faults.push(FieldFault::rule("/fact_id", "fact_not_there", "该企业没有这个事实。", "The enterprise has no such fact.")),
        Some(fact) if !fits(fact) => {
            faults.push(FieldFault::rule(
                "/fact_id",
                "change_does_not_fit",
                "该事实不能这样改变。",
                "A fact of that kind does not change like that.",
            ));
        }
        Some(_) => {}
    }
    let on = parse_day(on).map_err(|fault| faults.push(FieldFault::of("/on", fault))).ok();
    on.filter(|_| faults.is_empty()).ok_or(faults)
}
