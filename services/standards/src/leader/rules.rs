//! Which step of a leader may follow which, and what each needs; pure. Not here: who may take it, `actions.rs`; who may be a candidate, `ranking::rules`.

use model::{
    calendar::Calendar,
    fault::Fault,
    instant::{Day, Instant},
    period::Period,
    policy::Policy,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};

use crate::leader_word::rules::{Commitment, LeaderState, ObjectionDecision, ObjectionOutcome, Removal, State, Title, Window};

const TERMS: &str = include_str!("../../policy/leader_terms.json");

/// How many objections one candidate has at most.
pub const OBJECTIONS_MAX: usize = 100;

/// How many of them are by one organisation at most: one may come back with what it found later, and nobody fills the place of all others.
pub const OBJECTIONS_OF_ONE_MAX: usize = 5;

/// How long candidates are public before they are named, and how long a title lasts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaderTerms {
    /// The window of publicity.
    pub publicity: Period,
    /// The title.
    pub title: Period,
}

/// The shipped terms by day.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn policy() -> Result<Policy<LeaderTerms>, Fault> {
    Policy::from_json(TERMS)
}

/// An objection to a candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objection {
    /// Counted from 1.
    pub number: u32,
    /// Who objects.
    pub by: Uscc,
    /// Why.
    pub text: String,
    /// Digests of what it shows, `sha256:…`.
    pub evidence: Vec<String>,
    /// The day.
    pub on: Day,
    /// How it was decided.
    pub decision: Option<ObjectionDecision>,
}

/// For what a leader stands: a declaration as it was ranked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The ranking.
    pub ranking: String,
    /// Its plan.
    pub plan: String,
    /// The body that ranked.
    pub assessor: String,
    /// The enterprise.
    pub enterprise: Uscc,
    /// Its declaration.
    pub declaration: String,
    /// The version that was ranked.
    pub declaration_version: i64,
    /// The product.
    pub product: String,
    /// The number of the standard.
    pub number: String,
    /// The edition.
    pub edition: String,
}

/// A candidate, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leader {
    /// `ldr_…`.
    pub id: String,
    /// For what.
    pub claim: Claim,
    /// To what it commits itself.
    pub commitment: Commitment,
    /// When everybody may look and object.
    pub publicity: Window,
    /// Where it stands.
    pub state: State,
    /// The objections.
    pub objections: Vec<Objection>,
    /// The title.
    pub title: Option<Title>,
    /// How it was lost.
    pub removal: Option<Removal>,
    /// When the candidacy was recorded.
    pub recorded_at: Instant,
}

/// What keeps a step from being taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// It does not follow on where the leader stands.
    NotAllowed,
    /// The window of publicity runs until this day.
    PublicityRuns(Day),
    /// The window of publicity ended on this day.
    PublicityOver(Day),
    /// The objection of this number is not decided.
    ObjectionOpen(u32),
    /// There is no open objection of this number.
    ObjectionUnknown,
    /// There are too many objections.
    ObjectionsFull,
    /// There are too many of the same organisation.
    ObjectionsOfOneFull,
    /// No policy says what holds, or its last day cannot be counted.
    NoPolicy,
}

/// By what the days of a leader are counted.
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// The terms.
    pub policy: &'a Policy<LeaderTerms>,
    /// The work calendar.
    pub calendar: &'a Calendar,
}

impl By<'_> {
    fn window(&self, from: Day, of: impl Fn(&LeaderTerms) -> Period) -> Result<Window, Lack> {
        let terms = &self.policy.at(from).ok_or(Lack::NoPolicy)?.value;
        let until = of(terms).due(from, self.calendar).due_on.ok_or(Lack::NoPolicy)?;
        Ok(Window { from, until })
    }

    /// The window of publicity that begins with a day; the day itself is not counted.
    ///
    /// # Errors
    /// `NoPolicy`.
    pub fn publicity(&self, from: Day) -> Result<Window, Lack> {
        self.window(from, |terms| terms.publicity)
    }
}

impl Leader {
    /// Where it stands on a day, by the day from which its edition is without effect.
    #[must_use]
    pub fn shown(&self, day: Day, edition_ends: Option<Day>) -> LeaderState {
        match self.state {
            State::Publicised => LeaderState::Publicised,
            State::Refused => LeaderState::Refused,
            State::Withdrawn => LeaderState::Withdrawn,
            State::Removed => LeaderState::Removed,
            State::Named if self.title.as_ref().is_some_and(|title| title.until < day) => LeaderState::Expired,
            State::Named if edition_ends.is_some_and(|from| from <= day) => LeaderState::Lapsed,
            State::Named => LeaderState::Named,
        }
    }

    fn open(&self, step: &str) -> Result<(), Lack> {
        if self.state.allowed().contains(&step) { Ok(()) } else { Err(Lack::NotAllowed) }
    }

    /// With one more objection.
    ///
    /// # Errors
    /// `NotAllowed`, `PublicityOver`, `ObjectionsFull`, `ObjectionsOfOneFull`.
    pub fn objected(mut self, objection: Objection) -> Result<Self, Lack> {
        self.open("object")?;
        if objection.on > self.publicity.until {
            return Err(Lack::PublicityOver(self.publicity.until));
        }
        if self.objections.len() >= OBJECTIONS_MAX {
            return Err(Lack::ObjectionsFull);
        }
        if self.objections.iter().filter(|stands| stands.by == objection.by).count() >= OBJECTIONS_OF_ONE_MAX {
            return Err(Lack::ObjectionsOfOneFull);
        }
        let number = u32::try_from(self.objections.len()).unwrap_or(u32::MAX).saturating_add(1);
        self.objections.push(Objection { number, decision: None, ..objection });
        Ok(self)
    }

    /// With an objection decided; one that is right ends the candidacy.
    ///
    /// # Errors
    /// `NotAllowed`, `ObjectionUnknown`.
    pub fn decided(mut self, number: u32, decision: ObjectionDecision) -> Result<Self, Lack> {
        self.open("decide_objection")?;
        let open = self.objections.iter_mut().find(|objection| objection.number == number && objection.decision.is_none());
        let objection = open.ok_or(Lack::ObjectionUnknown)?;
        if decision.outcome == ObjectionOutcome::Upheld {
            self.state = State::Refused;
        }
        objection.decision = Some(decision);
        Ok(self)
    }

    /// With the candidacy taken back.
    ///
    /// # Errors
    /// `NotAllowed`.
    pub fn withdrawn(mut self) -> Result<Self, Lack> {
        self.open("withdraw")?;
        self.state = State::Withdrawn;
        Ok(self)
    }

    /// With the title, once the window is over and every objection is decided.
    ///
    /// # Errors
    /// `NotAllowed`, `PublicityRuns`, `ObjectionOpen`, `NoPolicy`.
    pub fn named(mut self, on: Day, document_no: &str, by: By<'_>) -> Result<Self, Lack> {
        self.open("name")?;
        if on <= self.publicity.until {
            return Err(Lack::PublicityRuns(self.publicity.until));
        }
        if let Some(open) = self.objections.iter().find(|objection| objection.decision.is_none()) {
            return Err(Lack::ObjectionOpen(open.number));
        }
        let Window { from, until } = by.window(on, |terms| terms.title)?;
        self.title = Some(Title { from, until, document_no: document_no.to_owned() });
        self.state = State::Named;
        Ok(self)
    }

    /// Without the title.
    ///
    /// # Errors
    /// `NotAllowed`.
    pub fn removed(mut self, removal: Removal) -> Result<Self, Lack> {
        self.open("remove")?;
        self.removal = Some(removal);
        self.state = State::Removed;
        Ok(self)
    }
}
