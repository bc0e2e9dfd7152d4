//! The machine of a group standard: what each step lacks, the share of a vote, and random walks.

use model::{
    calendar::Calendar,
    instant::{Day, Instant, parse_day},
    uscc::Uscc,
};
use proptest::prelude::*;

use super::rules::{By, GroupStandard, Refusal, Terms, policy};
use crate::{
    association::rules::{Share, VoteBase, Voting},
    group_standard_record::rules::Entry,
    group_standard_word::rules::{Drafters, IprStatement, Person, Proposal, PublicationTerms, State, Step, VoteCount, identity},
};

const TEXT: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const OTHER: &str = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn organisation() -> Uscc {
    Uscc::with_check("51440300XY0000016").unwrap()
}

fn entry(step: Step, on: Day) -> Entry {
    Entry { step, state: State::Proposed, on, recorded_at: Instant::from_micros(0), by: organisation(), text: "示例".into() }
}

fn proposal() -> Proposal {
    Proposal {
        title: "示例".into(),
        scope: "示例".into(),
        sequence: "0012.1".into(),
        drafters: Drafters {
            organisations: vec!["914404001000000590".into()],
            persons: vec![Person { id: "P-01".into(), role: "示例".into() }],
        },
        ipr: Some(IprStatement { digest: TEXT.into(), patents: 0 }),
        cites: Vec::new(),
        ics: Vec::new(),
        ccs: Vec::new(),
        text_digest: Some(TEXT.into()),
    }
}

fn proposed(on: &str) -> GroupStandard {
    GroupStandard {
        id: "gst_1".into(),
        association: "SLXH".into(),
        uscc: organisation(),
        proposal: proposal(),
        revises: None,
        state: State::Proposed,
        consultation: None,
        review: None,
        vote: None,
        publication: None,
        confirmed_on: None,
        review_due_on: None,
        revision: None,
        corrections: Vec::new(),
        ended_on: None,
        history: vec![entry(Step::Propose, day(on))],
    }
}

/// What steps are judged by.
struct World {
    terms: Terms,
    voting: Voting,
    unanswered: Vec<String>,
    is_number_taken: bool,
    calendar: Calendar,
}

impl World {
    fn new() -> Self {
        Self {
            terms: policy().unwrap().at(day("2026-01-01")).unwrap().value,
            voting: Voting { threshold: Share { numerator: 3, denominator: 4 }, base: VoteBase::Present },
            unanswered: Vec::new(),
            is_number_taken: false,
            calendar: Calendar::built_in(),
        }
    }

    fn by(&self) -> By<'_> {
        By {
            terms: &self.terms,
            voting: self.voting,
            unanswered: &self.unanswered,
            is_number_taken: self.is_number_taken,
            calendar: &self.calendar,
        }
    }

    fn step(&self, stands: GroupStandard, step: Step, on: &str) -> Result<GroupStandard, Refusal> {
        stands.step(entry(step, day(on)), self.by())
    }

    /// One that went these steps.
    fn walked(&self, steps: &[(Step, &str)]) -> GroupStandard {
        steps.iter().fold(proposed("2026-01-05"), |stands, (step, on)| self.step(stands, step.clone(), on).unwrap())
    }

    /// The codes and places of what a step lacks.
    fn lacks(&self, stands: &GroupStandard, step: Step, on: &str) -> Vec<(String, &'static str)> {
        match self.step(stands.clone(), step, on) {
            Err(Refusal::Lacks(faults)) => faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect(),
            Err(Refusal::NotAllowed) => vec![(String::new(), "not_allowed")],
            Ok(_) => Vec::new(),
        }
    }
}

fn consult(until: &str) -> Step {
    Step::Consult { until: day(until) }
}

fn review(consensus: bool) -> Step {
    Step::Review { experts: 7, consensus, text_digest: TEXT.into(), record_digest: TEXT.into() }
}

fn vote(agreed: u32, against: u32, abstained: u32, eligible: u32) -> Step {
    let present = agreed + against + abstained;
    let voters = (0..present).map(|number| format!("V-{number}")).collect();
    Step::Vote { count: VoteCount { eligible, present, agreed, against, abstained }, voters, record_digest: TEXT.into() }
}

fn terms() -> PublicationTerms {
    PublicationTerms {
        text_digest: Some(TEXT.into()),
        effective_on: Some(day("2030-01-01")),
        compliance_digest: Some(TEXT.into()),
        main_content: Some("示例".into()),
        full_text_at: None,
        transition_until: None,
    }
}

fn publish() -> Step {
    Step::Publish { terms: terms() }
}

/// The steps up to the review, without it.
fn consulted() -> Vec<(Step, &'static str)> {
    vec![(Step::ApproveProject, "2026-01-06"), (consult("2026-02-09"), "2026-01-10")]
}

fn approved() -> Vec<(Step, &'static str)> {
    [consulted(), vec![(review(true), "2026-02-10"), (Step::Approve, "2026-02-11")]].concat()
}

fn published() -> Vec<(Step, &'static str)> {
    [approved(), vec![(publish(), "2026-03-02")]].concat()
}

fn at(places: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    places.iter().map(|(pointer, code)| ((*pointer).to_owned(), *code)).collect()
}

/// domain 2.3: thirty days, all answered; everything that is missing at once.
#[test]
fn what_a_step_lacks_is_named_all_at_once() {
    let mut world = World::new();
    let drafting = world.walked(&[(Step::ApproveProject, "2026-01-06")]);
    let without_text = GroupStandard { proposal: Proposal { text_digest: None, ..proposal() }, ..drafting.clone() };
    let short = at(&[("/on", "date_order"), ("/until", "consultation_short"), ("", "draft_missing")]);
    assert_eq!(world.lacks(&without_text, consult("2026-02-03"), "2026-01-05"), short);
    // The day of the event is not counted (Civil Code 201).
    assert_eq!(world.lacks(&drafting, consult("2026-02-08"), "2026-01-10"), at(&[("/until", "consultation_short")]));
    assert_eq!(world.lacks(&drafting, consult("2026-02-09"), "2026-01-10"), []);

    let asked = world.walked(&consulted());
    assert_eq!(world.lacks(&asked, consult("2026-06-01"), "2026-02-09"), at(&[("/on", "consultation_running")]));
    assert_eq!(world.lacks(&asked, consult("2026-06-01"), "2026-02-10"), [], "a second round");
    world.unanswered = vec!["cmt_1".into()];
    let early = Step::Review { experts: 0, consensus: true, text_digest: OTHER.into(), record_digest: TEXT.into() };
    let expected =
        [("/on", "consultation_running"), ("", "comments_unanswered"), ("/experts", "experts_missing"), ("/text_digest", "text_differs")];
    assert_eq!(world.lacks(&asked, early, "2026-02-09"), at(&expected));
    world.unanswered.clear();
    assert_eq!(world.lacks(&asked, Step::Approve, "2026-02-10"), at(&[("", "not_allowed")]));

    let undecided = world.walked(&[consulted(), vec![(review(false), "2026-02-10")]].concat());
    let bare = GroupStandard { proposal: Proposal { ipr: None, ..proposal() }, ..undecided };
    assert_eq!(world.lacks(&bare, Step::Approve, "2026-02-11"), at(&[("", "vote_missing"), ("", "ipr_statement_missing")]));

    world.is_number_taken = true;
    let ready = world.walked(&approved());
    let expected = [
        ("/text_digest", "text_not_approved"),
        ("/compliance_digest", "compliance_missing"),
        ("/main_content", "content_not_public"),
        ("/effective_on", "effective_day_missing"),
        ("", "number_taken"),
    ];
    assert_eq!(world.lacks(&ready, Step::Publish { terms: PublicationTerms::default() }, "2026-03-02"), at(&expected));
    world.is_number_taken = false;
    let odd = PublicationTerms { effective_on: Some(day("2026-03-01")), transition_until: Some(day("2026-09-01")), ..terms() };
    let expected = [("/effective_on", "date_order"), ("/transition_until", "transition_not_wanted")];
    assert_eq!(world.lacks(&ready, Step::Publish { terms: odd }, "2026-03-02"), at(&expected));
    assert_eq!(world.lacks(&ready, publish(), "2026-03-02"), []);
}

/// domain-updates A21: at least three quarters of those present; an association may ask for more, or count all.
#[test]
fn the_share_of_a_vote_is_exact() {
    let share = |numerator, denominator| Share { numerator, denominator };
    let cases = [
        (share(3, 4), VoteBase::Present, (6, 2, 0, 12), true),
        (share(3, 4), VoteBase::Present, (5, 1, 1, 12), false),
        (share(3, 4), VoteBase::Present, (3, 0, 1, 4), true),
        (share(3, 4), VoteBase::Present, (74, 26, 0, 100), false),
        (share(3, 4), VoteBase::Present, (75, 0, 25, 100), true),
        (share(3, 4), VoteBase::All, (8, 0, 0, 12), false),
        (share(3, 4), VoteBase::All, (9, 0, 0, 12), true),
        (share(4, 5), VoteBase::Present, (79, 21, 0, 100), false),
        (share(4, 5), VoteBase::Present, (80, 20, 0, 100), true),
        // What was registered under a lower floor does not count below the one of the day.
        (share(1, 2), VoteBase::Present, (7, 3, 0, 10), false),
    ];
    for (threshold, base, (agreed, against, abstained, eligible), passes) in cases {
        let world = World { voting: Voting { threshold, base }, ..World::new() };
        let undecided = world.walked(&[consulted(), vec![(review(false), "2026-02-10")]].concat());
        let voted = world.step(undecided, vote(agreed, against, abstained, eligible), "2026-02-11").unwrap();
        assert_eq!(voted.vote.as_ref().unwrap().passed, passes, "{threshold:?} {base:?} {agreed}/{eligible}");
        assert_eq!(voted.state, if passes { State::Voted } else { State::Consultation });
    }
}

#[test]
fn drafters_do_not_vote_and_votes_add_up() {
    let world = World::new();
    let undecided = world.walked(&[consulted(), vec![(review(false), "2026-02-10")]].concat());
    let cast = |voters: &[&str], count: VoteCount| Step::Vote {
        count,
        voters: voters.iter().map(|voter| (*voter).to_owned()).collect(),
        record_digest: TEXT.into(),
    };
    let count = |present, agreed| VoteCount { eligible: 9, present, agreed, against: 0, abstained: 0 };
    let drafters = cast(&["P-01", "V-2", "914404001000000590"], count(3, 3));
    let expected = [("/voters/0", "voter_is_drafter"), ("/voters/2", "voter_is_drafter")];
    assert_eq!(world.lacks(&undecided, drafters, "2026-02-11"), at(&expected));
    let spelt = world.lacks(&undecided, cast(&[" p-01 "], count(1, 1)), "2026-02-11");
    assert_eq!(spelt, at(&[("/voters/0", "voter_is_drafter")]));
    let code = organisation().to_string();
    for (spelling, expected) in [
        (code.as_str(), code.as_str()),
        (&code.to_lowercase(), &code),
        (&format!("{} {}", &code[..8], &code[8..]), &code),
        (" v-1 ", "V-1"),
        ("V-1", "V-1"),
    ] {
        assert_eq!(identity(spelling), expected);
    }
    let odd = [
        cast(&["V-1", "v-1"], count(2, 2)),
        cast(&["V-1", "V-1"], count(2, 2)),
        cast(&["V-1"], count(2, 2)),
        cast(&["V-1", "V-2"], count(2, 1)),
        cast(&[], count(0, 0)),
        cast(&["V-1"], VoteCount { eligible: 0, ..count(1, 1) }),
    ];
    let codes: Vec<Vec<&str>> =
        odd.into_iter().map(|step| world.lacks(&undecided, step, "2026-02-11").into_iter().map(|(_, code)| code).collect()).collect();
    let (votes, voters) = ("votes_do_not_add_up", "voters_do_not_add_up");
    assert_eq!(codes, [vec![voters], vec![voters], vec![voters], vec![votes], vec![votes], vec![votes]]);
    let agreed = world.walked(&[consulted(), vec![(review(true), "2026-02-10")]].concat());
    assert_eq!(world.lacks(&agreed, vote(6, 2, 0, 12), "2026-02-11"), at(&[("", "vote_not_needed")]));
}

#[test]
fn what_changes_in_substance_is_reviewed_again() {
    let world = World::new();
    let ready = world.walked(&approved());
    let amended = |to: Proposal, on: &str| ready.clone().amended(to, entry(Step::Amend, day(on))).unwrap();
    let rights = amended(Proposal { ipr: None, ics: vec!["97.220".into()], ..proposal() }, "2026-02-12");
    assert_eq!((rights.state, rights.review.is_some()), (State::Approved, true));
    let changed = amended(Proposal { text_digest: Some(OTHER.into()), ..proposal() }, "2026-02-12");
    assert_eq!((changed.state, changed.review.is_none()), (State::Consultation, true));
    assert_eq!(world.lacks(&changed, publish(), "2026-02-13"), at(&[("", "not_allowed")]));
    let asked = world.walked(&consulted());
    let to = Proposal { title: "另".into(), ..proposal() };
    assert!(matches!(asked.clone().amended(to.clone(), entry(Step::Amend, day("2026-02-09"))), Err(Refusal::Lacks(_))));
    assert!(asked.amended(to, entry(Step::Amend, day("2026-02-10"))).is_ok());
    let stands = world.walked(&published());
    assert_eq!(stands.amended(proposal(), entry(Step::Amend, day("2026-03-03"))), Err(Refusal::NotAllowed));
}

/// Standardization Law 29: reviewed within five years, and again five years after it was confirmed.
#[test]
fn the_review_is_due_and_overdue() {
    let world = World::new();
    let stands = world.walked(&published());
    assert_eq!(stands.publication.as_ref().unwrap().number, "T/SLXH 0012.1-2026");
    assert_eq!(stands.review_due_on, Some(day("2031-03-02")));
    assert_eq!([stands.is_review_overdue(day("2031-03-02")), stands.is_review_overdue(day("2031-03-03"))], [false, true]);
    let confirmed = world.step(stands, Step::Confirm, "2031-05-04").unwrap();
    assert_eq!((confirmed.review_due_on, confirmed.is_review_overdue(day("2031-05-05"))), (Some(day("2036-05-04")), false));
    let withdrawn = world.step(confirmed, Step::Withdraw, "2032-01-01").unwrap();
    assert!(!withdrawn.is_review_overdue(day("2040-01-01")), "what has ended is not reviewed");
}

#[test]
fn a_correction_and_a_revision_stand_beside_each_other() {
    let world = World::new();
    let order = |case: &str| Step::OrderCorrection { case: case.into(), due_on: day("2026-06-01") };
    let confirm = |case: &str| Step::ConfirmCorrection { case: case.into() };
    let states = |steps: Vec<(Step, &'static str)>| world.walked(&[published(), steps].concat()).state;
    let revise = Step::Revise { project: "gst_2".into() };
    assert_eq!(states(vec![(revise.clone(), "2026-04-01"), (order("a"), "2026-04-02")]), State::CorrectionOrdered);
    let both = vec![(revise.clone(), "2026-04-01"), (order("a"), "2026-04-02"), (order("b"), "2026-04-02"), (confirm("a"), "2026-04-03")];
    assert_eq!(states(both.clone()), State::CorrectionOrdered, "the other order stands");
    assert_eq!(states([both.clone(), vec![(confirm("b"), "2026-04-04")]].concat()), State::Revising);
    let dropped = [both, vec![(Step::DropRevision, "2026-04-04"), (confirm("b"), "2026-04-05")]].concat();
    assert_eq!(states(dropped), State::Published);
    assert_eq!(states(vec![(order("a"), "2026-04-02"), (revise, "2026-04-03")]), State::CorrectionOrdered, "a revision corrects it");
    let end = Step::Abolish { case: "a".into() };
    assert_eq!(world.lacks(&world.walked(&published()), end, "2026-04-01"), at(&[("", "not_allowed")]));
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::ApproveProject),
        // Its last day is set when it is tried.
        4 => Just(Step::Consult { until: Day::MIN }),
        6 => any::<bool>().prop_map(review),
        3 => (0_u32..9, 0_u32..4).prop_map(|(agreed, against)| vote(agreed, against, 0, 12)),
        6 => Just(Step::Approve),
        6 => Just(publish()),
        1 => Just(Step::Confirm),
        1 => Just(Step::Revise { project: "gst_2".into() }),
        1 => Just(Step::DropRevision),
        1 => Just(Step::Replace { number: "T/SLXH 0012.1-2031".into() }),
        1 => Just(Step::Withdraw),
        1 => Just(Step::OrderCorrection { case: "a".into(), due_on: day("2026-06-01") }),
        1 => Just(Step::ConfirmCorrection { case: "a".into() }),
        1 => Just(Step::Abolish { case: "a".into() }),
        1 => Just(Step::RevokeNumber { case: "a".into() }),
        1 => Just(Step::Amend),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]

    /// Whatever is tried in whatever order, nothing is published without its consultation, its replies and its review; and what is closed stays closed.
    #[test]
    fn random_walks_stay_lawful(steps in prop::collection::vec((any_step(), 0_u64..25, 24_u64..40, 0_u8..8), 0..60)) {
        let mut world = World::new();
        let (mut stands, mut on) = (proposed("2026-01-01"), day("2026-01-01"));
        let mut answered_at = None;
        for (step, days, window, chance) in steps {
            on = on.checked_add_days(chrono::Days::new(days)).unwrap();
            let (has_unanswered, changes_text) = (chance < 3, chance % 2 == 0);
            let until = on.checked_add_days(chrono::Days::new(window)).unwrap();
            let step = if step.act() == "consult" { Step::Consult { until } } else { step };
            world.unanswered = if has_unanswered { vec!["cmt_1".into()] } else { Vec::new() };
            let before = stands.clone();
            let tried = if step == Step::Amend {
                let digest = if changes_text { OTHER } else { TEXT };
                stands.clone().amended(Proposal { text_digest: Some(digest.into()), ..stands.proposal.clone() }, entry(Step::Amend, on))
            } else {
                stands.clone().step(entry(step.clone(), on), world.by())
            };
            let Ok(after) = tried else { continue };
            prop_assert!(!before.state.is_closed() && before.state.allowed().contains(&step.act()));
            prop_assert_eq!(after.history.len(), before.history.len() + 1);
            if step.act() == "review" {
                answered_at = Some((on, !has_unanswered));
            }
            if step.act() == "publish" {
                check_publication(&after, answered_at, on)?;
            }
            stands = after;
        }
        prop_assert!(stands.history.is_sorted_by_key(|entry| entry.on));
    }
}

fn check_publication(stands: &GroupStandard, answered_at: Option<(Day, bool)>, on: Day) -> Result<(), TestCaseError> {
    let window = stands.consultation.as_ref().unwrap();
    prop_assert!(window.until.signed_duration_since(window.from).num_days() >= 30);
    let review = stands.review.as_ref().unwrap();
    prop_assert!(review.on > window.until && review.on <= on);
    prop_assert_eq!(answered_at, Some((review.on, true)), "every comment had its reply");
    let passed = stands.vote.as_ref().is_some_and(|vote| vote.passed && vote.on >= review.on);
    prop_assert!(review.consensus || passed);
    let publication = stands.publication.as_ref().unwrap();
    prop_assert_eq!(&publication.text_digest, &review.text_digest);
    prop_assert_eq!(Some(&publication.text_digest), stands.proposal.text_digest.as_ref());
    prop_assert!(stands.proposal.ipr.is_some());
    Ok(())
}
