//! Which step of a group standard may follow which, and everything that it lacks; pure. Not here: who may take it, `actions.rs`.

use chrono::Datelike;
use model::{
    calendar::Calendar,
    fault::{Fault, FieldFault},
    instant::Day,
    period::Period,
    policy::Policy,
    standard_no::StandardNo,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};

use crate::{
    association::rules::{Share, VoteBase, Voting},
    group_standard_record::rules::{Correction, Entry, Publication, Review, Vote, Window},
    group_standard_word::rules::{Proposal, PublicationTerms, State, Step, VoteCount, identity},
};

const TERMS: &str = include_str!("../../policy/group_standard.json");

/// How long, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Comments are asked for at least this long.
    pub consultation: Period,
    /// No association votes with less.
    pub vote_floor: Share,
    /// A published standard is reviewed at least this often.
    pub review_cycle: Period,
}

/// The shipped terms by day.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn policy() -> Result<Policy<Terms>, Fault> {
    Policy::from_json(TERMS)
}

/// A group standard, from the proposal on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupStandard {
    /// `gst_…`.
    pub id: String,
    /// The code of its association.
    pub association: String,
    /// The association itself.
    pub uscc: Uscc,
    /// What it is about.
    pub proposal: Proposal,
    /// The number of the edition that it revises.
    pub revises: Option<String>,
    /// Where it stands.
    pub state: State,
    /// The last time in which comments were asked for.
    pub consultation: Option<Window>,
    /// The last review of the text that stands.
    pub review: Option<Review>,
    /// The last vote on the text that stands, passed or not.
    pub vote: Option<Vote>,
    /// Its publication.
    pub publication: Option<Publication>,
    /// When it was last confirmed.
    pub confirmed_on: Option<Day>,
    /// By when it is to be reviewed again.
    pub review_due_on: Option<Day>,
    /// The project that revises it.
    pub revision: Option<String>,
    /// Corrections that are not done.
    pub corrections: Vec<Correction>,
    /// From when it is without effect by its own end.
    pub ended_on: Option<Day>,
    /// What was done, in order.
    pub history: Vec<Entry>,
}

/// A step that is not possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It does not follow on where the standard stands.
    NotAllowed,
    /// It lacks all of these.
    Lacks(Vec<FieldFault>),
}

/// What a step is judged by.
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// How long, and how many.
    pub terms: &'a Terms,
    /// How the association votes.
    pub voting: Voting,
    /// Comments that nobody answered.
    pub unanswered: &'a [String],
    /// Whether the number of a publication on this day is in the catalogue already.
    pub is_number_taken: bool,
    /// The work calendar.
    pub calendar: &'a Calendar,
}

/// The number of an edition of this sequence that is published on a day.
///
/// # Errors
/// `standard_no_unreadable`.
pub fn numbered(association: &str, sequence: &str, on: Day) -> Result<StandardNo, Fault> {
    StandardNo::parse(&format!("T/{association} {sequence}-{}", on.year()))
}

fn lack(pointer: &str, code: &'static str, zh: &str, en: &str) -> FieldFault {
    FieldFault::rule(pointer, code, zh, en)
}

impl GroupStandard {
    /// Whether everybody who reads the register may see it: comments were asked for.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.consultation.is_some()
    }

    /// Whether its review is overdue on a day.
    #[must_use]
    pub fn is_review_overdue(&self, day: Day) -> bool {
        self.state.is_in_force() && self.review_due_on.is_some_and(|due| day > due)
    }

    /// The standard after a step.
    ///
    /// # Errors
    /// Everything that the step lacks.
    pub fn step(mut self, entry: Entry, by: By<'_>) -> Result<Self, Refusal> {
        if !self.state.allowed().contains(&entry.step.act()) {
            return Err(Refusal::NotAllowed);
        }
        let on = entry.on;
        let mut lacks = Vec::new();
        if self.history.last().is_some_and(|last| on < last.on) {
            lacks.push(lack("/on", "date_order", "日期早于上一步。", "The day lies before the step before."));
        }
        let next = match &entry.step {
            Step::Propose | Step::Amend => return Err(Refusal::NotAllowed),
            Step::ApproveProject => State::Drafting,
            Step::Consult { until } => self.consulted(on, *until, by, &mut lacks),
            Step::Review { experts, consensus, text_digest, record_digest } => {
                let review = Review {
                    on,
                    experts: *experts,
                    consensus: *consensus,
                    text_digest: text_digest.clone(),
                    record_digest: record_digest.clone(),
                };
                self.reviewed(review, by, &mut lacks)
            }
            Step::Vote { count, voters, record_digest } => self.voted((on, count, voters, record_digest), by, &mut lacks),
            Step::Approve => self.approved(&mut lacks),
            Step::Publish { terms } => self.published(on, terms, by, &mut lacks),
            Step::Confirm => {
                self.confirmed_on = Some(on);
                self.review_due_on = by.terms.review_cycle.due(on, by.calendar).due_on;
                State::Published
            }
            Step::Revise { project } => self.revising(project, &mut lacks),
            Step::DropRevision => {
                self.revision = None;
                self.standing()
            }
            Step::Replace { .. } => State::Replaced,
            Step::Abandon => State::Abandoned,
            Step::Withdraw => self.ended(on, State::Withdrawn),
            Step::Abolish { .. } => self.ended(on, State::Abolished),
            Step::RevokeNumber { .. } => self.ended(on, State::NumberRevoked),
            Step::OrderCorrection { case, due_on } => {
                self.corrections.push(Correction { case: case.clone(), due_on: *due_on });
                State::CorrectionOrdered
            }
            Step::ConfirmCorrection { case } => {
                self.corrections.retain(|correction| correction.case != *case);
                self.standing()
            }
        };
        if !lacks.is_empty() {
            return Err(Refusal::Lacks(lacks));
        }
        self.state = next;
        self.history.push(Entry { state: next, ..entry });
        Ok(self)
    }

    /// The standard with another proposal. What was reviewed is reviewed again where its substance changed; while comments are asked for it stays.
    ///
    /// # Errors
    /// Everything that the change lacks.
    pub fn amended(mut self, proposal: Proposal, entry: Entry) -> Result<Self, Refusal> {
        if !self.state.allowed().contains(&"amend") {
            return Err(Refusal::NotAllowed);
        }
        let is_substance = self.proposal.differs_in_substance(&proposal);
        let mut lacks = Vec::new();
        if self.history.last().is_some_and(|last| entry.on < last.on) {
            lacks.push(lack("/on", "date_order", "日期早于上一步。", "The day lies before the step before."));
        }
        let is_asked = self.state == State::Consultation && self.consultation.as_ref().is_some_and(|window| entry.on <= window.until);
        if is_substance && is_asked {
            let en = "Comments are being asked for on this text; only rights and classes may change meanwhile.";
            lacks.push(lack("", "consultation_running", "征求意见期间不得更改内容。", en));
        }
        if self.revises.is_some() && self.proposal.sequence != proposal.sequence {
            let en = "A revision keeps the sequence number of what it revises.";
            lacks.push(lack("/sequence", "sequence_fixed", "修订保留原顺序号。", en));
        }
        if !lacks.is_empty() {
            return Err(Refusal::Lacks(lacks));
        }
        if is_substance && matches!(self.state, State::Reviewed | State::Voted | State::Approved) {
            (self.state, self.review, self.vote) = (State::Consultation, None, None);
        }
        self.proposal = proposal;
        self.history.push(Entry { step: Step::Amend, state: self.state, ..entry });
        Ok(self)
    }

    fn standing(&self) -> State {
        match (self.corrections.is_empty(), &self.revision) {
            (false, _) => State::CorrectionOrdered,
            (true, Some(_)) => State::Revising,
            (true, None) => State::Published,
        }
    }

    fn ended(&mut self, on: Day, state: State) -> State {
        self.ended_on = Some(on);
        state
    }

    fn consulted(&mut self, on: Day, until: Day, by: By<'_>, lacks: &mut Vec<FieldFault>) -> State {
        if self.consultation.as_ref().is_some_and(|window| on <= window.until) {
            let en = "Comments are being asked for already.";
            lacks.push(lack("/on", "consultation_running", "正在征求意见。", en));
        }
        let least = by.terms.consultation.due(on, by.calendar).due_on.unwrap_or(Day::MAX);
        if until < least {
            let days = by.terms.consultation.length;
            let zh = format!("征求意见期限不得少于 {days} 日，至少至 {least}。");
            lacks.push(FieldFault::rule(
                "/until",
                "consultation_short",
                zh,
                format!("Comments are asked for at least {days} days, up to {least}."),
            ));
        }
        match self.proposal.text_digest.clone() {
            Some(text_digest) => self.consultation = Some(Window { from: on, until, text_digest }),
            None => {
                lacks.push(lack("", "draft_missing", "尚无征求意见稿。", "There is no text to comment on; its digest is not recorded."))
            }
        }
        State::Consultation
    }

    fn reviewed(&mut self, review: Review, by: By<'_>, lacks: &mut Vec<FieldFault>) -> State {
        if let Some(until) = self.consultation.as_ref().map(|window| window.until).filter(|until| review.on <= *until) {
            let zh = format!("征求意见至 {until} 止，届满后方可审查。");
            lacks.push(FieldFault::rule(
                "/on",
                "consultation_running",
                zh,
                format!("Comments are asked for until {until}; the review comes after."),
            ));
        }
        if !by.unanswered.is_empty() {
            let (zh, en) =
                (format!("尚有 {} 条意见未答复。", by.unanswered.len()), format!("{} comments have no reply.", by.unanswered.len()));
            lacks.push(FieldFault::rule("", "comments_unanswered", zh, en));
        }
        if review.experts == 0 {
            lacks.push(lack("/experts", "experts_missing", "审查应有专家参加。", "A review has experts."));
        }
        if self.proposal.text_digest.as_deref() != Some(review.text_digest.as_str()) {
            let en = "The text that was reviewed is not the one that stands.";
            lacks.push(lack("/text_digest", "text_differs", "审查的文本与现有文本不一致。", en));
        }
        (self.review, self.vote) = (Some(review), None);
        State::Reviewed
    }

    /// Consensus comes first: a vote is held where there was none. One that fails leads back to the review.
    fn voted(&mut self, cast: (Day, &VoteCount, &[String], &str), by: By<'_>, lacks: &mut Vec<FieldFault>) -> State {
        let (on, count, voters, record_digest) = cast;
        if self.review.as_ref().is_some_and(|review| review.consensus) {
            lacks.push(lack("", "vote_not_needed", "已协商一致，无需表决。", "There was consensus; a vote is held where there is none."));
        }
        lacks.extend(count_faults(count, voters));
        for (place, _) in voters.iter().enumerate().filter(|(_, voter)| self.proposal.drafters.include(voter)) {
            let en = "Who drafted the standard does not vote on it.";
            lacks.push(lack(&format!("/voters/{place}"), "voter_is_drafter", "起草人员不得参加表决。", en));
        }
        let Voting { threshold, base } = by.voting;
        let needed = if threshold.reaches(by.terms.vote_floor) { threshold } else { by.terms.vote_floor };
        let whole = if base == VoteBase::All { count.eligible } else { count.present };
        let passed = needed.is_reached(count.agreed, whole);
        self.vote = Some(Vote { on, count: count.clone(), needed, base, passed, record_digest: record_digest.to_owned() });
        if passed { State::Voted } else { State::Consultation }
    }

    fn approved(&self, lacks: &mut Vec<FieldFault>) -> State {
        let has_consensus = self.review.as_ref().is_some_and(|review| review.consensus);
        if !has_consensus && !self.vote.as_ref().is_some_and(|vote| vote.passed) {
            lacks.push(lack("", "vote_missing", "未协商一致且未经表决。", "There was no consensus, and no vote was passed."));
        }
        if self.proposal.ipr.is_none() {
            let en = "There is no statement on patents and other rights.";
            lacks.push(lack("", "ipr_statement_missing", "缺少知识产权声明。", en));
        }
        State::Approved
    }

    fn published(&mut self, on: Day, terms: &PublicationTerms, by: By<'_>, lacks: &mut Vec<FieldFault>) -> State {
        lacks.extend(publication_faults(self, on, terms, by));
        let number = numbered(&self.association, &self.proposal.sequence, on).map(|number| number.to_string());
        let PublicationTerms { text_digest, effective_on, compliance_digest, main_content, full_text_at, .. } = terms.clone();
        if let (Ok(number), Some(effective_on), Some(text_digest), Some(compliance_digest)) =
            (number, effective_on, text_digest, compliance_digest)
        {
            self.publication = Some(Publication { number, on, effective_on, text_digest, compliance_digest, main_content, full_text_at });
        }
        self.review_due_on = by.terms.review_cycle.due(on, by.calendar).due_on;
        State::Published
    }

    fn revising(&mut self, project: &str, lacks: &mut Vec<FieldFault>) -> State {
        if self.revision.is_some() {
            lacks.push(lack("", "revision_open", "已有修订项目。", "A revision is being written already."));
        }
        self.revision = Some(project.to_owned());
        self.standing()
    }
}

/// What is wrong with the counting of votes.
fn count_faults(count: &VoteCount, voters: &[String]) -> Vec<FieldFault> {
    let mut bad = Vec::new();
    let cast = u64::from(count.agreed).saturating_add(count.against.into()).saturating_add(count.abstained.into());
    if count.present == 0 || count.present > count.eligible || cast != u64::from(count.present) {
        let en = "Somebody is present, at most all who may vote, and each agrees, is against it or abstains.";
        bad.push(lack("/count", "votes_do_not_add_up", "表决票数不符。", en));
    }
    let mut seen: Vec<String> = voters.iter().map(|voter| identity(voter)).collect();
    seen.sort();
    seen.dedup();
    if seen.len() != voters.len() || u32::try_from(voters.len()) != Ok(count.present) {
        let en = "The voters are those who were present, each once.";
        bad.push(lack("/voters", "voters_do_not_add_up", "表决人应为到会人员，且不重复。", en));
    }
    bad
}

/// Everything that a publication lacks.
fn publication_faults(standard: &GroupStandard, on: Day, terms: &PublicationTerms, by: By<'_>) -> Vec<FieldFault> {
    let mut bad = Vec::new();
    let approved = standard.review.as_ref().map(|review| &review.text_digest);
    if terms.text_digest.as_ref() != approved || approved.is_none() {
        let en = "The text is not the one that was approved.";
        bad.push(lack("/text_digest", "text_not_approved", "文本与批准的文本不一致。", en));
    }
    if terms.compliance_digest.is_none() {
        let en = "The association has not declared that the standard obeys law and mandatory standards.";
        bad.push(lack("/compliance_digest", "compliance_missing", "缺少社会团体的合规声明。", en));
    }
    if terms.main_content.is_none() && terms.full_text_at.is_none() {
        let en = "Its main technical content is made public, or where the text may be read.";
        bad.push(lack("/main_content", "content_not_public", "应公开主要技术内容或全文地址。", en));
    }
    let is_before = |one: Option<Day>, other: Option<Day>| one.zip(other).is_some_and(|(one, other)| one < other);
    match terms.effective_on {
        None => bad.push(lack("/effective_on", "effective_day_missing", "缺少实施日期。", "The day from which it is in force is missing.")),
        Some(day) if day < on => {
            bad.push(lack("/effective_on", "date_order", "实施日期早于发布日期。", "It is in force before it was published."));
        }
        Some(_) => {}
    }
    if terms.transition_until.is_some() && standard.revises.is_none() {
        let en = "Only a revision has a transition from the edition before.";
        bad.push(lack("/transition_until", "transition_not_wanted", "只有修订才有过渡期。", en));
    } else if is_before(terms.transition_until, terms.effective_on) {
        bad.push(lack("/transition_until", "date_order", "过渡期早于实施日期。", "The transition ends before the edition is in force."));
    }
    if by.is_number_taken {
        let en = "The catalogue has an edition of that sequence and year.";
        bad.push(lack("", "number_taken", "该顺序号与年份的编号已存在。", en));
    }
    bad
}
