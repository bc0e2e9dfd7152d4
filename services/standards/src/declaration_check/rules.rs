//! Which step of a check may follow which, and what measurements say of a declaration; pure. Not here: who may take a step, `http.rs`.

use model::{
    calendar::Calendar,
    fault::FieldFault,
    instant::{Day, Instant},
    period::Period,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    declaration::rules::Declaration,
    indicator::rules::{Amount, Direction, Indicator, IndicatorKind, TestMethod},
    shortfall::rules::{Bar, Bars, Kept, kept},
};

/// Where a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// It was drawn, and nothing is known yet.
    Drawn,
    /// It has an outcome.
    Found,
    /// 责令限期改正.
    Ordered,
    /// It was corrected.
    Corrected,
    /// 公示: it was not corrected in time, and is shown to the public.
    Publicised,
    /// The outcome should never have stood.
    Annulled,
}

impl CheckState {
    /// All, with their words.
    pub const ALL: [(&'static str, Self); 6] = [
        ("drawn", Self::Drawn),
        ("found", Self::Found),
        ("ordered", Self::Ordered),
        ("corrected", Self::Corrected),
        ("publicised", Self::Publicised),
        ("annulled", Self::Annulled),
    ];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, state)| *state == self).map_or("drawn", |(word, _)| word)
    }
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// The goods are as declared.
    Conforms,
    /// They are worse than declared.
    Untrue,
    /// They break a mandatory requirement.
    BelowMandatory,
    /// Nothing was declared of them (Law 38).
    NotDeclared,
}

impl CheckOutcome {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::Untrue => "untrue",
            Self::BelowMandatory => "below_mandatory",
            Self::NotDeclared => "not_declared",
        }
    }
}

/// A value that was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// Of which property.
    pub property: String,
    /// How much.
    pub value: Amount,
    /// In which unit.
    pub unit: String,
    /// By which method.
    pub test_method: Option<TestMethod>,
}

impl Measurement {
    /// As a requirement that only this one value meets.
    fn indicator(&self) -> Indicator {
        Indicator {
            property: self.property.clone(),
            title: self.property.clone(),
            direction: Direction::Range,
            lower: Some(self.value),
            upper: Some(self.value),
            unit: self.unit.clone(),
            test_method: self.test_method.clone(),
            kind: IndicatorKind::Other,
        }
    }
}

/// A measured value beside what it was compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckComparison)]
pub struct Compared {
    /// Of which property.
    #[schema(example = "wear_resistance")]
    pub property: String,
    /// The measured value, as it was sent.
    #[schema(value_type = String, example = "12.5")]
    pub value: Amount,
    /// In which unit.
    #[schema(example = "mg")]
    pub unit: String,
    /// The number of the standard and its clause; `declared` for an own indicator.
    #[schema(example = "declared")]
    pub against: String,
    /// Whether everybody must keep to it.
    pub mandatory: bool,
    /// How the value stands to it.
    pub how: Kept,
}

/// What was found, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// What.
    pub outcome: CheckOutcome,
    /// On which day.
    pub found_on: Day,
    /// The authority that says so.
    pub authority: Uscc,
    /// Who measured; none where nothing was declared.
    pub assessor: Option<Uscc>,
    /// `sha256:…` of its report.
    pub report: Option<String>,
    /// Value by value.
    pub compared: Vec<Compared>,
}

/// An order to correct.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionOrder {
    /// Its number.
    pub document_no: String,
    /// The day of the order.
    #[schema(value_type = String, format = Date)]
    pub ordered_on: Day,
    /// The last day for correction.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Day>,
}

/// What was done, by whom, on which day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckEntry {
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
    /// Its words.
    pub text: String,
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// `dck_…`.
    pub id: String,
    /// The plan by which it was drawn.
    pub plan: Option<String>,
    /// The declaration and its version when it was drawn.
    pub declaration: Option<(String, i64)>,
    /// Whose.
    pub enterprise: Uscc,
    /// Of which product.
    pub product: String,
    /// The number of the standard that the outcome is about: the broken mandatory one, otherwise the main one of the declaration.
    pub standard: Option<String>,
    /// Where it stands.
    pub state: CheckState,
    /// What was found.
    pub finding: Option<Finding>,
    /// The order to correct.
    pub order: Option<CorrectionOrder>,
    /// From when it is shown to the public.
    pub publicised_on: Option<Day>,
    /// What was done, in order.
    pub history: Vec<CheckEntry>,
}

/// How much of a check somebody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All of it.
    Whole,
    /// What the public sees of it: outcome and order.
    Outcome,
    /// That it exists, and its state.
    State,
    /// Nothing: it is as if it were not there.
    Nothing,
}

/// Who looks at a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looker {
    /// An authority, or a service of the platform.
    Official,
    /// The enterprise itself.
    Itself,
    /// Anybody else.
    Stranger,
}

/// How much of a check in a state somebody sees. Who was drawn is not told before it was looked at; what was found is between the
/// enterprise and the authorities unless it is publicised.
#[must_use]
pub const fn sight(looker: Looker, state: CheckState) -> Sight {
    match (looker, state) {
        (Looker::Official, _) => Sight::Whole,
        (_, CheckState::Drawn) => Sight::Nothing,
        (Looker::Itself, _) => Sight::Whole,
        (Looker::Stranger, CheckState::Publicised) => Sight::Outcome,
        (Looker::Stranger, _) => Sight::State,
    }
}

/// A step of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckStep {
    /// It has an outcome, which is about this standard.
    Find(Finding, Option<String>),
    /// To correct, by an order of this number.
    Order(String),
    /// It was corrected.
    Correct,
    /// It is shown to the public.
    Publicise,
    /// The outcome is taken back.
    Annul,
}

impl CheckStep {
    /// The word of the step.
    #[must_use]
    pub const fn act(&self) -> &'static str {
        match self {
            Self::Find(..) => "find",
            Self::Order(_) => "order",
            Self::Correct => "correct",
            Self::Publicise => "publicise",
            Self::Annul => "annul",
        }
    }
}

/// A step that is not possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckRefusal {
    /// It does not follow on where the check stands.
    NotAllowed,
    /// The day lies before the last step.
    BeforeLastStep,
    /// There is still time to correct: up to this day, or to one that is not known.
    CorrectionRuns(Option<Day>),
}

impl Check {
    /// The steps that may follow.
    #[must_use]
    pub fn allowed(&self) -> &'static [&'static str] {
        let conforms = self.finding.as_ref().is_some_and(|finding| finding.outcome == CheckOutcome::Conforms);
        match self.state {
            CheckState::Drawn => &["find"],
            CheckState::Found if conforms => &["annul"],
            CheckState::Found => &["order", "annul"],
            CheckState::Ordered => &["correct", "publicise", "annul"],
            CheckState::Publicised => &["correct", "annul"],
            CheckState::Corrected => &["annul"],
            CheckState::Annulled => &[],
        }
    }

    /// The check after a step.
    ///
    /// # Errors
    /// What the step lacks.
    pub fn step(mut self, step: CheckStep, entry: CheckEntry, correction: Option<Period>) -> Result<Self, CheckRefusal> {
        if !self.allowed().contains(&step.act()) {
            return Err(CheckRefusal::NotAllowed);
        }
        let on = entry.on;
        if self.history.last().is_some_and(|last| on < last.on) {
            return Err(CheckRefusal::BeforeLastStep);
        }
        self.state = match step {
            CheckStep::Find(finding, standard) => {
                self.finding = Some(finding);
                self.standard = standard.or(self.standard);
                CheckState::Found
            }
            CheckStep::Order(document_no) => {
                // Days need no calendar.
                let due_on = correction.and_then(|correction| correction.due(on, &Calendar::default()).due_on);
                self.order = Some(CorrectionOrder { document_no, ordered_on: on, due_on });
                CheckState::Ordered
            }
            CheckStep::Correct => CheckState::Corrected,
            CheckStep::Publicise => {
                let due = self.order.as_ref().and_then(|order| order.due_on);
                if due.is_none_or(|due| on <= due) {
                    return Err(CheckRefusal::CorrectionRuns(due));
                }
                self.publicised_on = Some(on);
                CheckState::Publicised
            }
            CheckStep::Annul => CheckState::Annulled,
        };
        self.history.push(entry);
        Ok(self)
    }
}

/// What measurements say of a declaration, and the broken mandatory standard. What is declared is its own indicators, and beside them,
/// also where an own indicator cannot be compared, the standards that it executes, but for what it discloses.
///
/// # Errors
/// `nothing_comparable`.
pub fn judged(
    declaration: &Declaration,
    bars: &Bars,
    measured: &[Measurement],
) -> Result<(CheckOutcome, Option<String>, Vec<Compared>), FieldFault> {
    let own = |property: &str| declaration.indicators.iter().find(|indicator| indicator.property == property);
    let is_disclosed = |property: &str| declaration.disclosures.iter().any(|note| note.property == property);
    let place = |bar: &Bar| format!("{} {}", bar.standard, bar.clause);
    let (mut compared, mut broken) = (Vec::new(), None);
    for one in measured {
        let mut compare = |against: String, mandatory: bool, required: &Indicator| {
            let how = kept(&one.indicator(), required, &bars.conversions);
            let (property, value, unit) = (one.property.clone(), one.value, one.unit.clone());
            compared.push(Compared { property, value, unit, against, mandatory, how });
            how
        };
        let about = |bar: &&Bar| bar.indicator.property == one.property;
        for bar in bars.mandatory.iter().filter(about) {
            if compare(place(bar), true, &bar.indicator) == Kept::Looser {
                broken.get_or_insert_with(|| bar.standard.clone());
            }
        }
        let declared = own(&one.property).map(|indicator| compare("declared".to_owned(), false, indicator));
        if matches!(declared, Some(Kept::Kept | Kept::Looser)) || is_disclosed(&one.property) {
            continue;
        }
        for bar in bars.executed().filter(about) {
            compare(place(bar), false, &bar.indicator);
        }
    }
    if !compared.iter().any(|one| matches!(one.how, Kept::Kept | Kept::Looser)) {
        let en = "Nothing that was measured can be compared with what is declared or mandatory.";
        return Err(FieldFault::rule("/measured", "nothing_comparable", "所测项目均无法与声明或强制性要求比对。", en));
    }
    let outcome = match (&broken, compared.iter().any(|one| one.how == Kept::Looser)) {
        (Some(_), _) => CheckOutcome::BelowMandatory,
        (None, true) => CheckOutcome::Untrue,
        (None, false) => CheckOutcome::Conforms,
    };
    Ok((outcome, broken, compared))
}
