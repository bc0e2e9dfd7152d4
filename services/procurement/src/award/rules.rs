//! Which step of an award may follow which, and what each starts and ends; pure. Not here: the numbers that the law checks, `award_terms`; whether the
//! winner is eligible, `actions.rs`.

use model::{
    calendar::Calendar,
    fault::FieldFault,
    instant::{Day, Instant},
    money::Money,
    policy::{Policy, Row},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    award_terms::rules::{Terms, contract_faults, supplement_faults},
    deadline::rules::{Deadline, clock, counted},
};

/// Where an award stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AwardState)]
pub enum State {
    /// The winner is determined.
    Awarded,
    /// The result is public.
    Noticed,
    /// The contract is signed.
    Contracted,
    /// The winner gave up before a contract.
    GivenUp,
    /// It was declared void, or its contract was revoked.
    Void,
}

impl State {
    /// The word on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Awarded => "awarded",
            Self::Noticed => "noticed",
            Self::Contracted => "contracted",
            Self::GivenUp => "given_up",
            Self::Void => "void",
        }
    }

    /// The steps that may follow.
    #[must_use]
    pub const fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Awarded => &["notice", "give_up", "void"],
            Self::Noticed => &["contract", "give_up", "void"],
            Self::Contracted => &["publish_contract", "file_contract", "supplement", "void"],
            Self::GivenUp | Self::Void => &[],
        }
    }

    /// Whether the lot has a winner by it.
    #[must_use]
    pub const fn stands(self) -> bool {
        matches!(self, Self::Awarded | Self::Noticed | Self::Contracted)
    }
}

/// How the result was made public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// The day of the notice to the winner and of its publication.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// The last day of the period in which it is shown; none while it cannot be counted.
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Day>,
    /// Where else it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medium: Option<String>,
}

/// A purchase beyond the contract, of the same supplier (Law 49).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supplement {
    /// The number of the agreement.
    pub number: String,
    /// How much.
    pub amount: Money,
    /// When it was signed.
    pub on: Day,
}

/// A contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Its number.
    pub number: String,
    /// When it was signed.
    pub signed_on: Day,
    /// How much.
    pub amount: Money,
    /// The performance bond.
    #[serde(default)]
    pub performance_bond: Option<Money>,
    /// When it was made public.
    #[serde(default)]
    pub published_on: Option<Day>,
    /// When its copy was filed.
    #[serde(default)]
    pub filed_on: Option<Day>,
    /// What was bought beyond it.
    #[serde(default)]
    pub supplements: Vec<Supplement>,
}

/// One step of an award.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The result is made public.
    Notice {
        /// Where else.
        medium: Option<String>,
    },
    /// The contract is signed.
    Contract {
        /// Its number.
        number: String,
        /// How much.
        amount: Money,
        /// The performance bond.
        bond: Option<Money>,
    },
    /// The contract is made public.
    PublishContract,
    /// The copy of the contract is filed.
    FileContract,
    /// A purchase beyond it.
    Supplement {
        /// Its number.
        number: String,
        /// How much.
        amount: Money,
    },
    /// The winner gives up.
    GiveUp,
    /// A decision voids it.
    Void,
}

impl Step {
    /// Its word.
    #[must_use]
    pub const fn act(&self) -> &'static str {
        match self {
            Self::Notice { .. } => "notice",
            Self::Contract { .. } => "contract",
            Self::PublishContract => "publish_contract",
            Self::FileContract => "file_contract",
            Self::Supplement { .. } => "supplement",
            Self::GiveUp => "give_up",
            Self::Void => "void",
        }
    }
}

/// What was done, by whom, on which day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AwardEntry {
    /// The step.
    pub act: String,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Instant,
    /// The organisation that acted.
    #[schema(value_type = String)]
    pub by: Uscc,
    /// Why, where a reason is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An award.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Award {
    /// `awd_…`.
    pub id: String,
    /// The tender.
    pub tender: String,
    /// Its version.
    pub tender_version: u32,
    /// The lot.
    pub lot: String,
    /// Who awards.
    pub buyer: Uscc,
    /// Who wins.
    pub winner: Uscc,
    /// For how much.
    pub price: Money,
    /// The decision by which the winner is eligible.
    pub decision: String,
    /// The evaluation that ranked the bids.
    pub evaluation: Option<String>,
    /// The winner's rank in it.
    pub rank: Option<u32>,
    /// Why it is not the first, where it is not.
    pub ground: Option<String>,
    /// Where it stands.
    pub state: State,
    /// When the winner was determined.
    pub awarded_on: Day,
    /// How the result was made public.
    pub notice: Option<Notice>,
    /// The contract.
    pub contract: Option<Contract>,
    /// What was done, in order.
    pub history: Vec<AwardEntry>,
    /// Its clocks; kept apart.
    #[serde(skip)]
    pub deadlines: Vec<Deadline>,
}

/// A step that is not possible, and what it lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It does not follow on where the award stands.
    NotAllowed,
    /// The day lies before the last step.
    BeforeLastStep,
    /// It was done already.
    DoneAlready,
    /// No policy says what holds on that day.
    NoPolicy,
    /// Numbers that the law does not allow.
    Faults(Vec<FieldFault>),
}

/// What a step is judged by.
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// The terms.
    pub policy: &'a Policy<Terms>,
    /// The work calendar.
    pub calendar: &'a Calendar,
}

impl By<'_> {
    fn row(&self, day: Day) -> Result<&Row<Terms>, Refusal> {
        self.policy.at(day).ok_or(Refusal::NoPolicy)
    }

    fn started(&self, rule: &str, day: Day) -> Result<Deadline, Refusal> {
        let row = self.row(day)?;
        let clock = clock(&row.value.clocks, rule).map_err(|_fault| Refusal::NoPolicy)?;
        Ok(Deadline::from_event(clock, row.effective_from, day))
    }
}

impl Award {
    /// Begins one: the winner is determined, and the clock of the notice runs.
    ///
    /// # Errors
    /// `NoPolicy`.
    pub fn begun(mut self, entry: AwardEntry, by: By<'_>) -> Result<Self, Refusal> {
        self.deadlines = counted(vec![by.started("award_notice", entry.on)?], by.calendar);
        self.history.push(entry);
        Ok(self)
    }

    /// The award after a step.
    ///
    /// # Errors
    /// What the step lacks.
    pub fn step(mut self, step: &Step, entry: AwardEntry, by: By<'_>) -> Result<Self, Refusal> {
        if !self.state.allowed().contains(&step.act()) {
            return Err(Refusal::NotAllowed);
        }
        let on = entry.on;
        if self.history.last().is_some_and(|last| on < last.on) {
            return Err(Refusal::BeforeLastStep);
        }
        let terms = &by.row(on)?.value;
        match step {
            Step::Notice { medium } => {
                self.notice = Some(Notice { on, until: terms.notice.due(on, by.calendar).due_on, medium: medium.clone() });
                self.done("award_notice", on);
                self.deadlines.push(by.started("contract", on)?);
                self.state = State::Noticed;
            }
            Step::Contract { number, amount, bond } => {
                let faults = contract_faults(self.price, *amount, *bond, terms);
                if !faults.is_empty() {
                    return Err(Refusal::Faults(faults));
                }
                self.contract = Some(Contract {
                    number: number.clone(),
                    signed_on: on,
                    amount: *amount,
                    performance_bond: *bond,
                    published_on: None,
                    filed_on: None,
                    supplements: Vec::new(),
                });
                self.done("contract", on);
                self.deadlines.push(by.started("contract_publicity", on)?);
                self.deadlines.push(by.started("contract_filing", on)?);
                self.state = State::Contracted;
            }
            Step::PublishContract | Step::FileContract | Step::Supplement { .. } => self.on_contract(step, on, terms)?,
            Step::GiveUp => self.state = State::GivenUp,
            Step::Void => self.state = State::Void,
        }
        if !self.state.stands() {
            // Nobody owes anything any more.
            self.deadlines.iter_mut().for_each(|deadline| deadline.done_on = deadline.done_on.or(Some(on)));
        }
        self.deadlines = counted(self.deadlines, by.calendar);
        self.history.push(entry);
        Ok(self)
    }

    fn on_contract(&mut self, step: &Step, on: Day, terms: &Terms) -> Result<(), Refusal> {
        let contract = self.contract.as_mut().ok_or(Refusal::NotAllowed)?;
        let (date, rule) = match step {
            Step::PublishContract => (&mut contract.published_on, "contract_publicity"),
            Step::FileContract => (&mut contract.filed_on, "contract_filing"),
            Step::Supplement { number, amount } => {
                let bought: Vec<Money> = contract.supplements.iter().map(|one| one.amount).collect();
                let faults = supplement_faults(contract.amount, &bought, *amount, terms);
                if !faults.is_empty() {
                    return Err(Refusal::Faults(faults));
                }
                contract.supplements.push(Supplement { number: number.clone(), amount: *amount, on });
                return Ok(());
            }
            _ => return Err(Refusal::NotAllowed),
        };
        if date.replace(on).is_some() {
            return Err(Refusal::DoneAlready);
        }
        self.done(rule, on);
        Ok(())
    }

    fn done(&mut self, rule: &str, on: Day) {
        if let Some(deadline) = self.deadlines.iter_mut().find(|deadline| deadline.rule == rule) {
            deadline.done_on = Some(on);
        }
    }
}
