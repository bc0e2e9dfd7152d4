//! Handing a plan in, approving and rejecting it. Not here: what a plan must be, `rules.rs`; ranking by it, `ranking`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
    http::precondition::mismatch,
};
use model::{
    fault::FieldFault,
    instant::Day,
    standard_no::{Level, StandardNo},
    text::Text,
};
use serde_json::json;

use super::{
    rules::{Floor, Graded, GradedKind, PlanDecision, PlanState, RankingPlan, below, faults, incomplete},
    store::{self, Stored},
};
use crate::{
    Standards, assessor,
    author::actions::Author,
    clause::{
        self,
        rules::{Bearing, Clause, Mandatory, overlap},
    },
    edition,
    method_conversion::{self, rules::MethodConversion},
};

/// A plan as it is handed in.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The body; its own where none is named.
    pub assessor: Option<String>,
    /// Its title.
    pub title: String,
    /// The products.
    pub ics: String,
    /// Which standards are meant.
    pub scope: Option<String>,
    /// For which year.
    pub year: i32,
    /// What no band may be below.
    pub baseline: Vec<StandardNo>,
    /// The indicators.
    pub indicators: Vec<Graded>,
}

/// One by its id.
///
/// # Errors
/// `not_found`.
pub fn found(conn: &mut Conn, id: &str) -> Result<Stored> {
    store::find(conn, id)?.ok_or_else(|| Error::not_found("ranking plan", id))
}

/// What no band may be below on a day: what the baseline requires, and every mandatory clause that bears on the products, named or not; what is wrong with
/// the baseline.
///
/// # Errors
/// When the database fails.
pub fn floors(
    conn: &mut Conn,
    (baseline, ics, indicators): (&[String], &str, &[Graded]),
    day: Day,
    bad: &mut Vec<FieldFault>,
) -> Result<Vec<Floor>> {
    let mut floors = Vec::new();
    for (place, number) in baseline.iter().enumerate() {
        let pointer = format!("/baseline/{place}");
        let Some(stored) = edition::store::by_number(conn, number)? else {
            let (zh, en) = ("标准库中没有该标准版本。", "The register does not hold this edition.");
            bad.push(FieldFault::rule(pointer, "edition_unknown", zh, en));
            continue;
        };
        let level = stored.entry.number.level();
        if !matches!(level, Level::National | Level::Industry) {
            let en = "A baseline is a national or an industry standard.";
            bad.push(FieldFault::rule(pointer, "baseline_level", "基准应为国家标准或行业标准。", en));
        } else if !stored.windows.status_on(day).holds() {
            let en = "This edition is not in force.";
            bad.push(FieldFault::rule(pointer, "baseline_not_in_force", "该标准版本未生效或已失效。", en));
        }
        floors.extend(required(conn, &stored, ics)?);
    }
    let classes = [ics.to_owned()];
    let mandatory = clause::actions::mandatory_for(conn, &properties(indicators, |_| true), &classes, &[], day)?;
    let bears = |known: &Mandatory| known.bearing(&classes, &[]) == Bearing::Applies && !baseline.contains(&known.number);
    let floor = |known: Mandatory| Floor { number: known.number, clause: known.clause.number, required: known.clause.indicator };
    floors.extend(mandatory.into_iter().filter(bears).map(floor));
    if baseline.is_empty()
        && let Some(number) = standard_for(conn, indicators, &classes, day)?
    {
        let (zh, en) = (format!("{number} 对核心指标有要求，应列为基准。"), format!("{number} requires something of a core indicator."));
        bad.push(FieldFault::rule("/baseline", "baseline_missing", zh, en));
    }
    Ok(floors)
}

fn properties(indicators: &[Graded], are: impl Fn(&Graded) -> bool) -> Vec<String> {
    indicators.iter().filter(|graded| are(graded)).map(|graded| graded.property.clone()).collect()
}

/// A national or industry edition in force that requires something of a core indicator of such products, or does not say of which.
fn standard_for(conn: &mut Conn, indicators: &[Graded], classes: &[String], day: Day) -> Result<Option<String>> {
    let core = properties(indicators, |graded| graded.kind == GradedKind::Core);
    let numbers = store::requiring(conn, &core)?;
    for stored in edition::store::by_numbers(conn, &numbers)?.into_iter().filter(|stored| stored.windows.status_on(day).holds()) {
        let known = clause::store::of_edition(conn, &stored.id)?.map(|set| set.clauses).unwrap_or_default();
        let bears = |one: &Clause| {
            let scope = if one.applies_to.is_empty() { &stored.entry.ics } else { &one.applies_to };
            core.contains(&one.indicator.property) && (scope.is_empty() || overlap(scope, classes))
        };
        if known.iter().any(bears) {
            return Ok(Some(stored.entry.number.to_string()));
        }
    }
    Ok(None)
}

/// What an edition requires of products of a class.
fn required(conn: &mut Conn, stored: &edition::store::Stored, ics: &str) -> Result<Vec<Floor>> {
    let known = clause::store::of_edition(conn, &stored.id)?.map(|set| set.clauses).unwrap_or_default();
    let field = [ics.to_owned()];
    let applies = |one: &Clause| one.applies_to.is_empty() || overlap(&one.applies_to, &field);
    let number = stored.entry.number.to_string();
    let floor = |one: Clause| Floor { number: number.clone(), clause: one.number, required: one.indicator };
    Ok(known.into_iter().filter(applies).map(floor).collect())
}

/// What is known of the test methods of these properties.
///
/// # Errors
/// When the database fails.
pub fn conversions(conn: &mut Conn, indicators: &[Graded]) -> Result<Vec<MethodConversion>> {
    method_conversion::store::of_properties(conn, &properties(indicators, |_| true))
}

/// Hands a plan in.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `assessor_missing`, `baseline_missing`, and every fault of the plan by its field.
pub fn hand_in(tx: &mut Tx<'_>, draft: &Draft, author: &Author) -> Result<Stored> {
    let assessor = assessor::actions::acting(tx.conn, draft.assessor.as_deref(), author)?;
    let mut bad = faults(&draft.indicators);
    if !assessor.covers(&draft.ics) {
        let en = "The assessment body does not assess products of this class.";
        bad.push(FieldFault::rule("/ics", "field_not_covered", "该评估机构未登记此类产品领域。", en));
    }
    let baseline: Vec<String> = draft.baseline.iter().map(ToString::to_string).collect();
    let floors = floors(tx.conn, (&baseline, &draft.ics, &draft.indicators), tx.now().day(), &mut bad)?;
    let conversions = conversions(tx.conn, &draft.indicators)?;
    bad.extend(below(&draft.indicators, &floors, &conversions));
    if !bad.is_empty() {
        return Err(Error::invalid(bad));
    }
    let Draft { title, ics, scope, year, indicators, .. } = draft.clone();
    let made = RankingPlan {
        id: tx.id("rkp"),
        assessor: assessor.id,
        title,
        ics,
        scope,
        year,
        baseline,
        indicators,
        state: PlanState::Draft,
        decision: None,
        recorded_at: tx.now(),
    };
    store::insert(tx.conn, &made)
}

/// What an authority decides of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Rankings may be made by it.
    Approve,
    /// They may not.
    Reject,
}

/// Approves or rejects a plan after the version that was read.
///
/// # Errors
/// `not_found`, `etag_mismatch`, `illegal_transition`; every fault that keeps the plan from being approved.
pub fn decide(
    tx: &mut Tx<'_>,
    app: &Standards,
    (id, version): (&str, i64),
    (verdict, document_no, text): (Verdict, &str, &str),
) -> Result<Stored> {
    let Stored { mut plan, version: stands } = found(tx.conn, id)?;
    if stands != version {
        return Err(mismatch(stands));
    }
    if plan.state != PlanState::Draft {
        let detail = Text::new("该方案已有决定。", format!("The plan is {}; it was decided already.", plan.state.as_str()));
        return Err(Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(plan.state.allowed())));
    }
    let today = tx.now().day();
    if verdict == Verdict::Approve {
        let lacks = lacks(tx.conn, app, &plan, today)?;
        if !lacks.is_empty() {
            return Err(Error::invalid(lacks));
        }
    }
    plan.state = if verdict == Verdict::Approve { PlanState::Approved } else { PlanState::Rejected };
    plan.decision = Some(PlanDecision { on: today, document_no: document_no.to_owned(), text: text.to_owned() });
    store::save(tx.conn, plan, version)
}

/// Everything that keeps a plan from being approved on a day; clauses may have changed since it was handed in.
fn lacks(conn: &mut Conn, app: &Standards, plan: &RankingPlan, day: Day) -> Result<Vec<FieldFault>> {
    let Some(terms) = app.ranking_terms.at(day) else {
        let en = "No terms are known for that day.";
        return Ok(vec![FieldFault::rule("", "policy_missing", "该日没有可适用的规定。", en)]);
    };
    let mut bad = incomplete(&plan.indicators, &terms.value);
    let floors = floors(conn, (&plan.baseline, &plan.ics, &plan.indicators), day, &mut bad)?;
    let conversions = conversions(conn, &plan.indicators)?;
    bad.extend(below(&plan.indicators, &floors, &conversions));
    Ok(bad)
}
