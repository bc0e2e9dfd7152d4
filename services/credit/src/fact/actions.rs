//! Use cases of the integrity file: record, supersede, annul; each tells the followers and moves the score in the same transaction. Not here: what a
//! fact must be like, `rules.rs` and `detail`.

use common::{
    db::Tx,
    error::{Code, Error, Kind, Result},
    token::Role,
};
use contracts::{
    credit::{Detail, Fact, FactAnnulled, FactRecorded, FactSuperseded, Rectification},
    event::tell,
};
use model::{fault::FieldFault, instant::Instant, text::Text, uscc::Uscc};

use super::store::{self, Stored};
use crate::{Credit, draft::rules::Draft, enterprise, listing, listing_fact, mark, score, withdrawal};

/// Who acts.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The client.
    pub client: String,
    /// Its organisation.
    pub organisation: Uscc,
    /// Its role.
    pub role: Role,
}

impl Actor {
    /// Whether it may speak for an enterprise: the enterprise itself, or an authority.
    ///
    /// # Errors
    /// `not_your_organisation`.
    pub fn speaks_for(&self, enterprise: &Uscc) -> Result<()> {
        if self.role == Role::Authority || (self.role == Role::Enterprise && self.organisation == *enterprise) {
            return Ok(());
        }
        let detail = Text::new("只有企业本身或主管部门可以提出。", "Only the enterprise itself or an authority may do this.");
        Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail))
    }

    /// Whether it may decide.
    ///
    /// # Errors
    /// `not_your_organisation`.
    pub fn is_authority(&self) -> Result<()> {
        if self.role == Role::Authority {
            return Ok(());
        }
        Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, Text::new("只有主管部门可以决定。", "Only an authority may decide.")))
    }
}

/// Whether a fact was added or stood already.
#[derive(Clone, Debug)]
pub enum Recorded {
    /// It is new.
    Created(Stored),
    /// The same organisation had said the same under the same `external_id`.
    Same(Stored),
}

/// Records a fact; the caller refreshes the score in the same transaction.
///
/// # Errors
/// `enterprise_unknown`, `duplicate` when the organisation's `external_id` stands with other content, or `fact_not_there`.
pub fn record(tx: &mut Tx<'_>, app: &Credit, draft: &Draft, actor: &Actor) -> Result<Recorded> {
    if !enterprise::store::exists(tx.conn, &draft.enterprise)? {
        return Err(unknown(&draft.enterprise));
    }
    if let Some(external_id) = &draft.external_id
        && let Some(stands) = store::find_external(tx.conn, &actor.organisation, external_id)?
    {
        return if stands.superseded_at.is_none() && says_the_same(app, draft, &stands.fact) {
            Ok(Recorded::Same(stands))
        } else {
            Err(duplicate(external_id, &stands))
        };
    }
    rectifies(tx, draft)?;
    let mut stored = stored(app, draft, tx.id("fct"), actor.organisation.clone(), tx.now());
    stored.deadlines = app.deadlines_of(&stored.fact);
    store::insert(tx.conn, &stored, &actor.client)?;
    tell(tx, &FactRecorded { fact: stored.fact.clone() }, &actor.client)?;
    withdrawal::actions::at_once(tx, &stored.fact)?;
    Ok(Recorded::Created(stored))
}

/// Brings up to date what follows from the facts of an enterprise, once after one fact or after all facts of a chunk: a listing as trustworthy that a new
/// adverse fact ends, then the score timeline where it has moved.
///
/// # Errors
/// When the database fails.
pub fn refresh(tx: &mut Tx<'_>, app: &Credit, enterprise: &Uscc, actor: &Actor) -> Result<()> {
    let enterprise = counting(tx, enterprise)?;
    listing::actions::follow(tx, app, &enterprise, actor)?;
    score::actions::refresh(tx, &app.models, &enterprise, &actor.client)
}

/// Puts a whole new fact in the place of one that stands; both stay readable.
///
/// # Errors
/// `not_found`, `not_your_fact`, `illegal_transition` when it has ended already, `enterprise_differs`, `kind_differs`, `fact_not_there`.
pub fn supersede(tx: &mut Tx<'_>, app: &Credit, id: &str, draft: &Draft, reason: &str, actor: &Actor) -> Result<Stored> {
    standing(tx, id, actor)?;
    listing_fact::actions::free(tx, id)?;
    let stored = replace(tx, app, id, draft, reason, actor)?;
    refresh(tx, app, &draft.enterprise, actor)?;
    Ok(stored)
}

/// The same without what follows from it; the caller calls [`refresh`] in the same transaction.
///
/// # Errors
/// As [`supersede`].
pub fn replace(tx: &mut Tx<'_>, app: &Credit, id: &str, draft: &Draft, reason: &str, actor: &Actor) -> Result<Stored> {
    let old = standing(tx, id, actor)?;
    if old.fact.enterprise != draft.enterprise {
        let detail = Text::new("更正后的事实必须属于同一企业。", "A correction must be about the same enterprise.");
        return Err(Error::rule("enterprise_differs", detail));
    }
    // What another region has told stands as it is told there.
    if draft.origin.is_none() && old.fact.kind() != draft.detail.kind() {
        let en = "A correction is of the same kind; annul the fact and record another.";
        return Err(Error::invalid(vec![FieldFault::rule("/fact/kind", "kind_differs", "更正后的事实种类须相同；请撤销后另行申报。", en)]));
    }
    rectifies(tx, draft).map_err(|error| error.under("/fact"))?;
    // The correction speaks for the organisation that asserted the fact, also when an authority makes it.
    let owner = old.fact.asserted_by.clone();
    let mut stored = Stored { supersedes: Some(id.to_owned()), ..stored(app, draft, tx.id("fct"), owner, tx.now()) };
    stored.deadlines = app.deadlines_of(&stored.fact);
    store::end(tx.conn, id, tx.now(), Some(&stored.fact.id), false, reason)?;
    store::insert(tx.conn, &stored, &actor.client)?;
    mark::actions::carry(tx, id, &stored.fact, actor)?;
    let stored = store::find(tx.conn, &stored.fact.id)?.ok_or_else(|| Error::not_found("fact", &stored.fact.id))?;
    let told = FactSuperseded { superseded: id.to_owned(), reason: reason.to_owned(), fact: stored.fact.clone() };
    tell(tx, &told, &actor.client)?;
    Ok(stored)
}

/// Ends a fact that should never have stood; it stays readable by `known_at`.
///
/// # Errors
/// `not_found`, `not_your_fact`, `illegal_transition` when it has ended already.
pub fn annul(tx: &mut Tx<'_>, app: &Credit, id: &str, reason: &str, actor: &Actor) -> Result<Stored> {
    let old = standing(tx, id, actor)?;
    listing_fact::actions::free(tx, id)?;
    strike(tx, &old, reason, actor)?;
    refresh(tx, app, &old.fact.enterprise, actor)?;
    store::find(tx.conn, id)?.ok_or_else(|| Error::not_found("fact", id))
}

/// The same for a fact that stands, without asking who may, and without what follows from it; the caller calls [`refresh`] in the same transaction.
///
/// # Errors
/// When the database fails.
pub fn strike(tx: &mut Tx<'_>, old: &Stored, reason: &str, actor: &Actor) -> Result<()> {
    store::end(tx.conn, &old.fact.id, tx.now(), None, true, reason)?;
    let told = FactAnnulled { enterprise: old.fact.enterprise.clone(), annulled: old.fact.id.clone(), reason: reason.to_owned() };
    tell(tx, &told, &actor.client).map(|_position| ())
}

/// Asks whether the fact that a rectification names is one of the same enterprise, or of one that went into it; another region names its own.
fn rectifies(tx: &mut Tx<'_>, draft: &Draft) -> Result<()> {
    let Detail::Rectification(Rectification { of_fact: Some(id), .. }) = &draft.detail else { return Ok(()) };
    if draft.origin.is_some() {
        return Ok(());
    }
    let whose = match store::find(tx.conn, id)? {
        Some(stored) => Some(enterprise::store::survivor_of(tx.conn, &stored.fact.enterprise)?),
        None => None,
    };
    if whose == Some(enterprise::store::survivor_of(tx.conn, &draft.enterprise)?) {
        return Ok(());
    }
    let fault = FieldFault::rule("/detail/of_fact", "fact_not_there", "该企业没有这个事实。", "The enterprise has no such fact.");
    Err(Error::invalid(vec![fault]))
}

/// The fact of a draft with what the platform adds.
fn stored(app: &Credit, draft: &Draft, id: String, asserted_by: Uscc, now: Instant) -> Stored {
    let draft = draft.clone();
    let fact = Fact {
        id,
        enterprise: draft.enterprise,
        detail: draft.detail,
        source: draft.source,
        asserted_by,
        decided_on: draft.dates.decided_on,
        published_on: draft.dates.published_on,
        valid_from: draft.valid_from,
        valid_to: draft.dates.valid_to,
        degree: draft.degree,
        self_declared: draft.self_declared,
        recorded_at: now,
        publicity: Vec::new(),
        marks: Vec::new(),
        origin: draft.origin,
    };
    let fact = Fact { publicity: app.regimes.windows(&fact), ..fact };
    Stored {
        fact,
        external_id: draft.external_id,
        superseded_at: None,
        superseded_by: None,
        annulled: false,
        ended_because: None,
        supersedes: None,
        deadlines: Vec::new(),
    }
}

/// Whether a stored fact says the same as a draft, whoever recorded it when.
fn says_the_same(app: &Credit, draft: &Draft, fact: &Fact) -> bool {
    let said = stored(app, draft, fact.id.clone(), fact.asserted_by.clone(), fact.recorded_at).fact;
    // The windows as they were counted then, and what was marked since, are not what was said.
    Fact { publicity: fact.publicity.clone(), marks: fact.marks.clone(), ..said } == *fact
}

/// A fact that still stands and that this actor may change: its own, or any for an authority.
///
/// # Errors
/// `not_found`, `not_your_fact`, `illegal_transition` when it has ended already.
pub(crate) fn standing(tx: &mut Tx<'_>, id: &str, actor: &Actor) -> Result<Stored> {
    let stored = store::find(tx.conn, id)?.ok_or_else(|| Error::not_found("fact", id))?;
    if actor.role != Role::Authority && stored.fact.asserted_by != actor.organisation {
        let detail = Text::new("只有申报单位或主管部门可以更正。", "Only the asserting organisation or an authority may change it.");
        return Err(Error::forbidden(Code::NOT_YOUR_FACT, detail));
    }
    if stored.superseded_at.is_some() {
        let detail = Text::new("该事实已被更正或撤销。", "This fact was superseded or annulled already.");
        let error = Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", serde_json::json!([]));
        return Err(error.with_member("superseded_by", serde_json::json!(stored.superseded_by)));
    }
    Ok(stored)
}

fn registered(tx: &mut Tx<'_>, uscc: &Uscc) -> Result<enterprise::rules::Enterprise> {
    enterprise::store::find(tx.conn, uscc)?.map(|stored| stored.enterprise).ok_or_else(|| unknown(uscc))
}

/// For whom a fact counts: a fact about a merged enterprise can still be wrong, and then it is the survivor's score that moves.
fn counting(tx: &mut Tx<'_>, uscc: &Uscc) -> Result<enterprise::rules::Enterprise> {
    let survivor = enterprise::store::survivor_of(tx.conn, uscc)?;
    registered(tx, &survivor)
}

/// Unknown is an error, never "clean".
#[must_use]
pub fn unknown(uscc: &Uscc) -> Error {
    let detail = Text::new(format!("这里没有登记企业 {uscc}。"), format!("The enterprise {uscc} is not registered here."));
    Error::new(Kind::NotFound, Code::ENTERPRISE_UNKNOWN, detail)
}

fn duplicate(external_id: &str, stands: &Stored) -> Error {
    let detail = Text::new(
        format!("编号 {external_id} 已用于内容不同的事实。"),
        format!("The external_id {external_id} stands with other content; supersede that fact instead."),
    );
    Error::conflict(Code::DUPLICATE, detail).with_member("fact", serde_json::json!(stands.fact.id))
}
