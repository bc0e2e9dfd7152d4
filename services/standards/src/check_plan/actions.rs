//! Making a plan, drawing by it, drawing again. Not here: who is drawn, `draw`; the checks that follow, `declaration_check`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
    http::precondition::mismatch,
};
use model::{fault::FieldFault, text::Text};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    rules::{Beacon, Disclosed, Draw, Plan, PlanState, Replay, Weights, faults, order, replay, too_early},
    store::{self, Stored},
};
use crate::{author::actions::Author, declaration, declaration_check, draw::rules::population_digest};

/// An urn holds at most so many: only a guard of the memory, which a plan of all products must not come near to.
const POPULATION_MAX: i64 = 1_000_000;

/// SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// There is no such plan.
#[must_use]
pub fn unknown(id: &str) -> Error {
    Error::not_found("check_plan", id)
}

/// One by its id.
///
/// # Errors
/// `not_found`.
pub fn found(conn: &mut Conn, id: &str) -> Result<Stored> {
    store::find(conn, id)?.ok_or_else(|| unknown(id))
}

/// A plan as it is made.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What it is for.
    pub title: String,
    /// `sha256:…` of the seed.
    pub commitment: String,
    /// The public source.
    pub beacon: Option<Beacon>,
    /// Only products of this class.
    pub ics: Option<String>,
    /// How many are drawn.
    pub count: u32,
    /// How often each lies in the urn.
    pub weights: Weights,
}

/// Fixes who may be drawn, and the hash of the seed.
///
/// # Errors
/// `beacon_known`, `population_empty`, `population_too_large`.
pub fn commit(tx: &mut Tx<'_>, planned: &Planned, author: &Author) -> Result<Stored> {
    if planned.beacon.as_ref().is_some_and(|beacon| beacon.known_from <= tx.now()) {
        let en = "The public value is known already; name one that is known after the plan is made.";
        let fault = FieldFault::rule("/beacon/known_from", "beacon_known", "该公共随机数值已可知，应选用计划公布之后的数值。", en);
        return Err(Error::invalid(vec![fault]));
    }
    let standing = declaration::store::standing(tx.conn, planned.ics.as_deref(), POPULATION_MAX.saturating_add(1))?;
    if i64::try_from(standing.len()).unwrap_or(i64::MAX) > POPULATION_MAX {
        let detail = Text::new(
            format!("范围内的声明超过 {POPULATION_MAX} 份，请缩小范围。"),
            format!("More than {POPULATION_MAX} declarations; narrow the class."),
        );
        return Err(Error::rule("population_too_large", detail));
    }
    let passed = declaration_check::store::passed(tx.conn, &standing)?;
    let population = planned.weights.urn(standing, &passed);
    if population.is_empty() {
        return Err(Error::rule("population_empty", Text::new("范围内没有可抽取的声明。", "There is no declaration to draw from.")));
    }
    let Planned { title, commitment, beacon, ics, count, weights } = planned.clone();
    let made = Plan {
        id: tx.id("dcp"),
        title,
        state: PlanState::Committed,
        commitment,
        beacon,
        ics,
        count,
        weights,
        population_digest: population_digest(sha256, &population),
        population_count: population.len(),
        population,
        committed_on: tx.now().day(),
        by: author.organisation.clone(),
        draw: None,
    };
    store::insert(tx, made)
}

/// Draws, and opens a check for each declaration that was drawn; one that was taken back meanwhile is checked all the same.
///
/// # Errors
/// `not_found`, `etag_mismatch`, `illegal_transition`, `seed_differs`, `seed_short`, `beacon_missing`, `beacon_not_announced`, `beacon_invalid`,
/// `beacon_not_yet`.
pub fn draw(tx: &mut Tx<'_>, (id, version): (&str, i64), disclosed: &Disclosed, author: &Author) -> Result<Stored> {
    let Stored { plan, version: stands } = found(tx.conn, id)?;
    if stands != version {
        return Err(mismatch(stands));
    }
    if plan.state == PlanState::Drawn {
        let detail = Text::new("该计划已抽取。", "The plan was drawn.");
        return Err(Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(["replay"])));
    }
    let mut bad = faults(&plan, disclosed, sha256);
    bad.extend(too_early(&plan, tx.now()));
    if !bad.is_empty() {
        return Err(Error::invalid(bad));
    }
    let order = order(&plan, disclosed, sha256);
    for id in &order {
        let declaration = declaration::actions::found(tx.conn, id, None)?.declaration;
        declaration_check::actions::open(tx, &plan.id, &declaration, author)?;
    }
    let Disclosed { seed, beacon } = disclosed.clone();
    let draw = Some(Draw { seed, beacon, order, drawn_on: tx.now().day() });
    store::save(tx, Plan { state: PlanState::Drawn, draw, ..plan }, version)
}

/// Draws again, by what was disclosed.
///
/// # Errors
/// `not_found`; `illegal_transition` where nothing was drawn.
pub fn again(conn: &mut Conn, id: &str) -> Result<Replay> {
    let plan = found(conn, id)?.plan;
    replay(&plan, sha256).ok_or_else(|| {
        let detail = Text::new("该计划尚未抽取。", "The plan was not drawn yet.");
        Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(["draw"]))
    })
}
