//! Use cases of rankings: reading the inputs, ranking, working a ranking out again. Not here: in which band a declaration is, `rules.rs`.

use std::collections::HashSet;

use common::{
    db::{Conn, Tx},
    error::{Error, Result},
};
use model::{fault::FieldFault, instant::Day, standard_no::StandardNo, text::Text};
use serde_json::{json, to_value};

use super::{
    rules::{Ranking, Reason, rank},
    store::{self, Stored},
};
use crate::{
    Standards, assessor,
    author::actions::Author,
    declaration::{
        self,
        rules::{Declaration, DeclarationState},
    },
    edition::{self, actions::holding, rules::RelationKind},
    ranking_exclusion::{self, rules::ExclusionGround},
    ranking_input::rules::{CitedEdition, Input, KeptOut, Measurement, RankingDifference, differences},
    ranking_plan::{
        self,
        rules::{Graded, PlanState},
    },
};

/// One by its id.
///
/// # Errors
/// `not_found`.
pub fn found(conn: &mut Conn, id: &str) -> Result<Stored> {
    store::find(conn, id)?.ok_or_else(|| Error::not_found("ranking", id))
}

/// A measured value and the declaration that it is about.
#[derive(Clone, Debug)]
pub struct Handed {
    /// `dcl_…`.
    pub declaration: String,
    /// What was measured.
    pub measurement: Measurement,
}

/// How an edition that is cited stood on a day, as it is known now.
fn cited(number: &str, stored: Option<&edition::store::Stored>, day: Day) -> CitedEdition {
    CitedEdition {
        number: number.to_owned(),
        edition: stored.map(|stored| stored.id.clone()),
        version: stored.map(|stored| stored.version),
        holds: stored.map(|stored| stored.windows.status_on(day).holds()),
    }
}

/// A normative reference: of an undated one, the edition that holds.
fn reference(conn: &mut Conn, number: &str, day: Day) -> Result<CitedEdition> {
    if let Some(dated) = edition::store::by_number(conn, number)? {
        return Ok(cited(number, Some(&dated), day));
    }
    let undated = StandardNo::parse(number).ok().filter(|parsed| parsed.year().is_none());
    let standard = undated.map(|parsed| edition::store::standard_numbered(conn, parsed.undated())).transpose()?.flatten();
    let Some(standard) = standard else { return Ok(cited(number, None, day)) };
    let editions = edition::store::of_standard(conn, &standard.id)?;
    let newest = holding(&editions, day).or_else(|| editions.iter().max_by_key(|stored| stored.entry.number.year()));
    Ok(cited(number, newest, day))
}

/// What keeps a declaration out on a day, as it is known now.
fn kept_out(conn: &mut Conn, said: &Declaration, day: Day) -> Result<Vec<KeptOut>> {
    let told = ranking_exclusion::store::of_enterprise(conn, said.enterprise.as_str())?;
    let told = told.into_iter().map(|stored| stored.exclusion).filter(|exclusion| exclusion.keeps_out(&said.id, day));
    let told = told.map(|exclusion| KeptOut { id: exclusion.id, ground: exclusion.ground, document_no: Some(exclusion.document_no) });
    Ok(told.collect())
}

/// The checks that a declaration did not pass and that stand now.
fn failed_checks(conn: &mut Conn, declaration: &str) -> Result<Vec<KeptOut>> {
    let failed = store::failed_checks(conn, declaration)?;
    Ok(failed.into_iter().map(|id| KeptOut { id, ground: ExclusionGround::FailedCheck, document_no: None }).collect())
}

/// What a ranking reads of a declaration on a day, as it is known now; without checks and measurements.
fn input(conn: &mut Conn, said: &Declaration, indicators: &[Graded], day: Day) -> Result<Input> {
    let (mut executed, mut references) = (Vec::new(), Vec::new());
    for standard in &said.executed {
        executed.push(cited(&standard.number, edition::store::find(conn, &standard.edition)?.as_ref(), day));
    }
    let numbers: Vec<String> = said.executed.iter().map(|standard| standard.number.clone()).collect();
    for number in edition::store::targets(conn, &numbers, RelationKind::CitesNormative)? {
        references.push(reference(conn, &number, day)?);
    }
    let main = said.main().map(|main| (main.number.clone(), main.edition.clone()));
    let (number, edition) = main.unwrap_or_default();
    let is_asked = |property: &str| indicators.iter().any(|graded| graded.property == property);
    Ok(Input {
        declaration: said.id.clone(),
        declaration_version: said.version,
        enterprise: said.enterprise.clone(),
        product: said.product.name.clone(),
        number,
        edition,
        stands: said.state == DeclarationState::Declared,
        executed,
        references,
        indicators: said.indicators.iter().filter(|declared| is_asked(&declared.property)).cloned().collect(),
        kept_out: kept_out(conn, said, day)?,
        results: Vec::new(),
    })
}

/// Why a declaration that was ranked may not lead on a day: what it is now, or that it was declared anew since.
///
/// # Errors
/// When the database fails.
pub fn unfit(conn: &mut Conn, (id, version): (&str, i64), day: Day) -> Result<Vec<Reason>> {
    let said = declaration::actions::found(conn, id, None)?.declaration;
    let mut input = input(conn, &said, &[], day)?;
    input.kept_out.extend(failed_checks(conn, id)?);
    let mut reasons = input.reasons();
    reasons.extend((said.version != version).then_some(Reason::DeclarationChanged { version: said.version }));
    Ok(reasons)
}

/// What is wrong with handed results: about declarations or properties that are not ranked, or the same one twice.
fn results_faults(results: &[Handed], ids: &[String], indicators: &[Graded]) -> Vec<FieldFault> {
    let (mut bad, ids) = (Vec::new(), ids.iter().collect::<HashSet<_>>());
    for (place, Handed { declaration, measurement }) in results.iter().enumerate() {
        if !ids.contains(declaration) {
            let (zh, en) = ("本方案的领域内没有该声明。", "There is no such declaration in the field of the plan.");
            bad.push(FieldFault::rule(format!("/results/{place}/declaration"), "not_in_field", zh, en));
        }
        if !indicators.iter().any(|graded| graded.property == measurement.property) {
            let (zh, en) = ("方案没有该指标。", "The plan has no such indicator.");
            bad.push(FieldFault::rule(format!("/results/{place}/property"), "property_not_in_plan", zh, en));
        }
    }
    bad
}

/// Refuses more declarations than one ranking may hold; of those nothing but ids was read.
fn bounded(app: &Standards, count: usize, day: Day) -> Result<()> {
    let Some(terms) = app.ranking_terms.at(day) else {
        return Err(Error::rule("policy_missing", Text::new("该日没有可适用的规定。", "No terms are known for that day.")));
    };
    let most = terms.value.declarations;
    if count <= most {
        return Ok(());
    }
    let zh = format!("领域内有 {count} 项声明，一次排行最多 {most} 项。");
    let en = format!("The field has {count} declarations; a ranking holds {most} at most.");
    Err(Error::rule("field_too_large", Text::new(zh, en)).with_member("count", json!(count)))
}

/// Ranks the declarations of a field by an approved plan on the day, with what the body measured.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `plan_not_approved`, `plan_year_over`, `field_too_large`, and what is wrong with the results.
pub fn run(tx: &mut Tx<'_>, app: &Standards, plan: &str, results: &[Handed], author: &Author) -> Result<Stored> {
    let ranking_plan::store::Stored { plan, version } = ranking_plan::actions::found(tx.conn, plan)?;
    let assessor = assessor::actions::found(tx.conn, &plan.assessor)?;
    author.owns(assessor.organisation.as_str())?;
    if plan.state != PlanState::Approved {
        let detail = Text::new("方案尚未批准，不得据此排行。", "The plan is not approved; no ranking is made by it.");
        return Err(Error::rule("plan_not_approved", detail));
    }
    let today = tx.now().day();
    if !plan.is_of(today) {
        let (zh, en) = (format!("方案仅用于 {} 年度。", plan.year), format!("Rankings are made by this plan in {} alone.", plan.year));
        return Err(Error::rule("plan_year_over", Text::new(zh, en)));
    }
    let ids = store::in_field(tx.conn, &plan.ics)?;
    bounded(app, ids.len(), today)?;
    let bad = results_faults(results, &ids, &plan.indicators);
    if !bad.is_empty() {
        return Err(Error::invalid(bad));
    }
    let mut inputs = Vec::new();
    for id in &ids {
        let said = declaration::actions::found(tx.conn, id, None)?.declaration;
        let mut one = input(tx.conn, &said, &plan.indicators, today)?;
        one.kept_out.extend(failed_checks(tx.conn, id)?);
        let own = results.iter().filter(|result| result.declaration == *id);
        one.results = own.map(|result| Measurement { assessor: assessor.id.clone(), ..result.measurement.clone() }).collect();
        // In whatever order they were handed in, the answer is the same.
        one.results.sort_by(|one, other| {
            (&one.property, &one.report_digest, one.value).cmp(&(&other.property, &other.report_digest, other.value))
        });
        inputs.push(one);
    }
    let conversions = ranking_plan::actions::conversions(tx.conn, &plan.indicators)?;
    let made = Ranking {
        id: tx.id("rkg"),
        plan: plan.id,
        plan_version: version,
        outcome: rank(&plan.indicators, &inputs, &conversions),
        indicators: plan.indicators,
        assessor: assessor.id,
        ranked_on: today,
        recorded_at: tx.now(),
        inputs,
        conversions,
        namings: Vec::new(),
    };
    store::insert(tx.conn, &made)
}

/// Refuses a ranking after which its plan has a newer one.
///
/// # Errors
/// `ranking_outdated`, with the newest.
pub fn newest(conn: &mut Conn, ranking: &Ranking) -> Result<()> {
    let Some(newest) = store::newest(conn, &ranking.plan)?.filter(|newest| *newest != ranking.id) else { return Ok(()) };
    let (zh, en) = (format!("该方案已有更新的排行 {newest}。"), format!("The plan has a newer ranking, {newest}."));
    Err(Error::rule("ranking_outdated", Text::new(zh, en)).with_member("ranking", json!(newest)))
}

/// Works a ranking out again from what is kept, and reads what it rests on again: the same versions of declarations, what is known now of that day.
///
/// # Errors
/// `not_found`.
pub fn replay(conn: &mut Conn, id: &str) -> Result<(Stored, Vec<RankingDifference>)> {
    let stored = found(conn, id)?;
    let (ranking, mut all) = (&stored.ranking, Vec::new());
    let again = rank(&ranking.indicators, &ranking.inputs, &ranking.conversions);
    let json = |outcome| to_value(outcome).map_err(Error::internal);
    differences("/outcome", &json(&ranking.outcome)?, &json(&again)?, &mut all);
    for (place, kept) in ranking.inputs.iter().enumerate() {
        let said = declaration::actions::found(conn, &kept.declaration, Some(kept.declaration_version))?.declaration;
        let mut found = input(conn, &said, &ranking.indicators, ranking.ranked_on)?;
        // A check that was put right since, counted on that day; one that was annulled never should have.
        for check in kept.kept_out.iter().filter(|out| out.document_no.is_none()) {
            found.kept_out.extend((!store::is_annulled(conn, &check.id)?).then(|| check.clone()));
        }
        found.results.clone_from(&kept.results);
        differences(&format!("/inputs/{place}"), &known(kept)?, &known(&found)?, &mut all);
    }
    Ok((stored, all))
}

/// An input without the counting of versions: an edition that is told anew and stands as it stood makes no difference.
fn known(input: &Input) -> Result<serde_json::Value> {
    let mut input = input.clone();
    for edition in input.executed.iter_mut().chain(&mut input.references) {
        edition.version = None;
    }
    to_value(&input).map_err(Error::internal)
}
