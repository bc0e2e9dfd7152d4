//! Use cases of leaders: candidacy, objections, naming, removal; each is told. Not here: which step is allowed, `rules.rs`; what a ranking found, `ranking`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
    http::precondition::mismatch,
};
use contracts::{
    event::tell,
    standards::{LeaderNamed, LeaderRemoved},
};
use model::{fault::FieldFault, instant::Day, text::Text};
use serde_json::json;

use super::{
    rules::{By, Claim, Lack, Leader, Objection},
    store::{self, Stored},
};
use crate::{
    Standards,
    author::actions::Author,
    leader_word::rules::{Commitment, ObjectionDecision, Removal, State},
    ranking::{
        self,
        rules::{Naming, Reason},
    },
};

/// One by its id.
///
/// # Errors
/// `not_found`.
pub fn found(conn: &mut Conn, id: &str) -> Result<Stored> {
    store::find(conn, id)?.ok_or_else(|| Error::not_found("leader", id))
}

/// Makes a declaration of the best band a candidate, with the commitment of its enterprise.
///
/// # Errors
/// `not_found`, `ranking_outdated`, `not_in_best_band`, `not_your_organisation`, `duplicate`, `candidate_unfit`.
pub fn stand(
    tx: &mut Tx<'_>,
    app: &Standards,
    (ranking, declaration): (&str, &str),
    commitment: &Commitment,
    author: &Author,
) -> Result<Stored> {
    let ranked = ranking::actions::found(tx.conn, ranking)?.ranking;
    ranking::actions::newest(tx.conn, &ranked)?;
    let place = ranked.outcome.best().iter().find(|place| place.declaration == declaration).cloned().ok_or_else(|| {
        let en = "The declaration is not in the best band of this ranking.";
        Error::invalid(vec![FieldFault::rule("/declaration", "not_in_best_band", "该声明不在本次排行的最高档。", en)])
    })?;
    // Nobody commits another one, not even an authority.
    if author.organisation != place.enterprise {
        let detail = Text::new("承诺须由企业本身作出。", "An enterprise commits only itself.");
        return Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail));
    }
    if let Some(stands) = store::of_declaration(tx.conn, ranking, declaration)? {
        let detail = Text::new("该声明已是本次排行的候选。", "The declaration is a candidate of this ranking already.");
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("leader", json!(stands)));
    }
    let claim = Claim {
        ranking: ranked.id,
        plan: ranked.plan,
        assessor: ranked.assessor,
        enterprise: place.enterprise,
        declaration: place.declaration,
        declaration_version: place.declaration_version,
        product: place.product,
        number: place.number,
        edition: place.edition,
    };
    let today = tx.now().day();
    fit(tx.conn, &claim, today, "/declaration")?;
    let calendar = app.calendars.current();
    let by = By { policy: &app.leader_terms, calendar: &calendar };
    let candidate = Leader {
        id: tx.id("ldr"),
        claim,
        commitment: commitment.clone(),
        publicity: by.publicity(today).map_err(|lack| Error::invalid(vec![fault("", &lack)]))?,
        state: State::Publicised,
        objections: Vec::new(),
        title: None,
        removal: None,
        recorded_at: tx.now(),
    };
    store::insert(tx.conn, &candidate)
}

/// Refuses what is not any more as it was ranked.
fn fit(conn: &mut Conn, claim: &Claim, day: Day, pointer: &str) -> Result<()> {
    let reasons = ranking::actions::unfit(conn, (&claim.declaration, claim.declaration_version), day)?;
    if reasons.is_empty() {
        return Ok(());
    }
    let words: Vec<&str> = reasons.iter().map(Reason::word).collect();
    let zh = format!("该声明已不符合条件：{}。", words.join("、"));
    let en = format!("The declaration is not fit any more: {}.", words.join(", "));
    Err(Error::invalid(vec![FieldFault::rule(pointer, "candidate_unfit", zh, en)]))
}

/// Objects to a candidate.
///
/// # Errors
/// `not_found`, `illegal_transition`, `publicity_over`, `too_many`.
pub fn object(tx: &mut Tx<'_>, id: &str, (text, evidence): (&str, &[String]), author: &Author) -> Result<Stored> {
    let Stored { leader, version, .. } = found(tx.conn, id)?;
    let objection = Objection {
        number: 0,
        by: author.organisation.clone(),
        text: text.to_owned(),
        evidence: evidence.to_vec(),
        on: tx.now().day(),
        decision: None,
    };
    let state = leader.state;
    let moved = leader.objected(objection).map_err(|lack| refused(state, "", &lack))?;
    store::save(tx.conn, moved, version)
}

/// What is done to one leader.
#[derive(Clone, Debug)]
pub enum Step {
    /// An objection of this number is decided.
    Decide(u32, ObjectionDecision),
    /// The enterprise takes its candidacy back.
    Withdraw,
    /// The title is lost.
    Remove(Removal),
}

/// Takes a step after the version that was read.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `etag_mismatch`, `illegal_transition`, `objection_unknown`.
pub fn step(tx: &mut Tx<'_>, (id, version): (&str, i64), step: &Step, author: &Author) -> Result<Stored> {
    let Stored { leader, version: stands, .. } = found(tx.conn, id)?;
    if matches!(step, Step::Withdraw) {
        author.owns(leader.claim.enterprise.as_str())?;
    }
    if stands != version {
        return Err(mismatch(stands));
    }
    let state = leader.state;
    let moved = match step {
        Step::Decide(number, decision) => leader.decided(*number, decision.clone()),
        Step::Withdraw => leader.withdrawn(),
        Step::Remove(removal) => leader.removed(removal.clone()),
    };
    let stored = store::save(tx.conn, moved.map_err(|lack| refused(state, "", &lack))?, version)?;
    if let Step::Remove(removal) = step {
        let claim = &stored.leader.claim;
        let told = LeaderRemoved {
            id: stored.leader.id.clone(),
            enterprise: claim.enterprise.to_string(),
            product: claim.product.clone(),
            number: claim.number.clone(),
            ground: removal.ground.as_str().to_owned(),
            removed_on: removal.on,
            document_no: removal.document_no.clone(),
        };
        tell(tx, &told, &author.client)?;
    }
    Ok(stored)
}

/// Names candidates of a ranking, all of them or none: every one that cannot be named is told.
///
/// # Errors
/// `not_found`, `etag_mismatch`, `ranking_outdated`, `leader_unknown`, `publicity_runs`, `objection_open`, `candidate_unfit`, `illegal_transition`.
pub fn name(
    tx: &mut Tx<'_>,
    app: &Standards,
    (ranking, version): (&str, i64),
    (leaders, document_no): (&[String], &str),
    author: &Author,
) -> Result<(ranking::store::Stored, Vec<Stored>)> {
    let ranking::store::Stored { ranking: mut ranked, version: stands } = ranking::actions::found(tx.conn, ranking)?;
    if stands != version {
        return Err(mismatch(stands));
    }
    ranking::actions::newest(tx.conn, &ranked)?;
    let today = tx.now().day();
    let calendar = app.calendars.current();
    let by = By { policy: &app.leader_terms, calendar: &calendar };
    let (mut moved, mut faults) = (Vec::new(), Vec::new());
    for (place, id) in leaders.iter().enumerate() {
        let pointer = format!("/leaders/{place}");
        let known = store::find(tx.conn, id)?.filter(|stored| stored.leader.claim.ranking == ranking);
        let Some(Stored { leader, version, .. }) = known else {
            faults.push(FieldFault::rule(pointer, "leader_unknown", "本次排行没有该候选。", "The ranking has no such candidate."));
            continue;
        };
        if let Err(error) = fit(tx.conn, &leader.claim, today, &pointer) {
            if error.is_failure() {
                return Err(error);
            }
            faults.extend(error.errors().iter().cloned());
        }
        match leader.named(today, document_no, by) {
            Ok(named) => moved.push((named, version)),
            Err(lack) => faults.push(fault(&pointer, &lack)),
        }
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let named = moved.into_iter().map(|(leader, version)| store::save(tx.conn, leader, version)).collect::<Result<Vec<Stored>>>()?;
    for stored in &named {
        told(tx, stored, author)?;
    }
    ranked.namings.push(Naming { on: today, document_no: document_no.to_owned(), leaders: leaders.to_vec() });
    Ok((ranking::store::save(tx.conn, ranked, version)?, named))
}

fn told(tx: &mut Tx<'_>, stored: &Stored, author: &Author) -> Result<()> {
    let Leader { id, claim, title, .. } = stored.leader.clone();
    let Some(title) = title else { return Ok(()) };
    let told = LeaderNamed {
        id,
        enterprise: claim.enterprise.to_string(),
        product: claim.product,
        number: claim.number,
        ranking: claim.ranking,
        assessor: claim.assessor,
        named_on: title.from,
        valid_until: title.until,
        document_no: title.document_no,
    };
    tell(tx, &told, &author.client).map(|_position| ())
}

fn refused(state: State, pointer: &str, lack: &Lack) -> Error {
    if *lack == Lack::NotAllowed {
        let detail = Text::new("当前状态不允许这一步。", format!("The leader is {}; that step is not allowed.", state.as_str()));
        return Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!(state.allowed()));
    }
    Error::invalid(vec![fault(pointer, lack)])
}

/// What a step lacks, at its place in the body.
fn fault(pointer: &str, lack: &Lack) -> FieldFault {
    match lack {
        Lack::NotAllowed => FieldFault::rule(pointer, "leader_not_open", "当前状态不允许命名。", "It cannot be named as it stands."),
        Lack::PublicityRuns(until) => {
            let (zh, en) = (format!("公示至 {until} 止。"), format!("It is public for objections until {until}."));
            FieldFault::rule(pointer, "publicity_runs", zh, en)
        }
        Lack::PublicityOver(until) => {
            let (zh, en) = (format!("公示已于 {until} 结束。"), format!("The time for objections ended on {until}."));
            FieldFault::rule(pointer, "publicity_over", zh, en)
        }
        Lack::ObjectionOpen(number) => {
            let (zh, en) = (format!("异议 {number} 尚未处理。"), format!("Objection {number} is not decided."));
            FieldFault::rule(pointer, "objection_open", zh, en)
        }
        Lack::ObjectionUnknown => {
            FieldFault::rule("{number}", "objection_unknown", "没有该项未处理的异议。", "There is no open objection of this number.")
        }
        Lack::ObjectionsFull => FieldFault::rule(pointer, "too_many", "异议过多。", "There are too many objections."),
        Lack::ObjectionsOfOneFull => {
            let en = "An organisation objects to a candidate five times at most.";
            FieldFault::rule(pointer, "too_many", "同一单位对同一候选最多提出五项异议。", en)
        }
        Lack::NoPolicy => FieldFault::rule(pointer, "policy_missing", "该日没有可适用的规定。", "No terms are known for that day."),
    }
}
