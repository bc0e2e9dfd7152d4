//! Reading and running the test cases of a ruleset. Not here: the ruleset itself (`ruleset`).

use std::collections::{BTreeMap, BTreeSet};

use contracts::credit::{
    Degree, Detail, EnterpriseRecorded, EnterpriseStatus, Fact, FactKind, FactSource, Grade, MeasureInterval, ModelRef, ScoreSegment,
    ScoreTimeline,
};
use model::{
    fault::{Fault, FieldFault},
    instant::{Day, Instant},
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::criterion::rules::Answer;
use crate::decision::rules::{Outcome, decide};
use crate::parameter::rules::Fields;
use crate::ruleset::rules::Compiled;
use crate::standing::rules::{CREDIT, SourceState, Standing};

/// The supplier of every test case: a code that was never given out.
const SUPPLIER: &str = "914404001000000590";

/// A test case: a supplier as it might be, and what must come out.
#[derive(Clone, Debug)]
pub struct TestCase {
    /// What it shows.
    pub name: String,
    /// The instant that is judged.
    pub as_of: Instant,
    standing: Standing,
    expect: Expectation,
}

/// What must come out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    outcome: Outcome,
    #[serde(default)]
    criteria: BTreeMap<String, Answer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TestEnterprise {
    #[serde(default = "active")]
    status: EnterpriseStatus,
    established_on: Day,
}

const fn active() -> EnterpriseStatus {
    EnterpriseStatus::Active
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TestFact {
    kind: FactKind,
    #[serde(default = "empty")]
    detail: Value,
    valid_from: Day,
    #[serde(default)]
    valid_to: Option<Day>,
    #[serde(default)]
    decided_on: Option<Day>,
    #[serde(default)]
    degree: Option<Degree>,
    #[serde(default)]
    self_declared: bool,
}

fn empty() -> Value {
    json!({})
}

/// A test case that came out otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestFailure {
    /// The test case.
    pub test: String,
    /// `outcome` or the code of a criterion.
    pub what: String,
    /// What must come out.
    pub expected: String,
    /// What came out; empty where the criterion gave no answer.
    pub found: String,
}

impl TestCase {
    pub(crate) fn read(value: &Value, at: &str, codes: &BTreeSet<String>, faults: &mut Vec<FieldFault>) -> Option<Self> {
        const FIELDS: [&str; 10] = ["name", "as_of", "enterprise", "facts", "measures", "segments", "grade", "score", "stale", "expect"];
        let mut fields = Fields::open(value, at.to_owned(), &FIELDS, faults)?;
        let name = fields.need::<String>("name", |name| !name.trim().is_empty());
        let as_of = fields.need::<Instant>("as_of", |_| true);
        let enterprise = fields.may::<Option<TestEnterprise>>("enterprise", |_| true).flatten();
        let measures = fields.may::<Vec<MeasureInterval>>("measures", |_| true).unwrap_or_default();
        let segments = fields.may::<Vec<ScoreSegment>>("segments", |_| true);
        let grade = fields.may::<Grade>("grade", |_| true);
        let score = fields.may::<u16>("score", |score| *score <= 1000);
        let stale = fields.may::<bool>("stale", |_| true).unwrap_or_default();
        let expect = fields.need::<Expectation>("expect", |_| true);
        let facts = fields.list("facts", false);
        let uscc = Uscc::parse(SUPPLIER).ok()?;
        let read: Vec<Option<Fact>> =
            facts.iter().enumerate().map(|(place, fact)| read_fact(fact, place, &format!("{at}/facts/{place}"), &uscc, faults)).collect();
        let facts: Vec<Fact> = read.into_iter().collect::<Option<_>>()?;
        let expect = expect?;
        for code in expect.criteria.keys().filter(|code| !codes.contains(*code)) {
            let fault = Fault::new("criterion_unknown", format!("规则集没有“{code}”。"), format!("The ruleset has no \"{code}\"."));
            faults.push(FieldFault::of(format!("{at}/expect/criteria/{code}"), fault));
        }
        let segments = segments.or_else(|| {
            let first = enterprise.as_ref().map_or(Day::MIN, |one| one.established_on);
            grade.map(|grade| vec![ScoreSegment { from: first, to: None, score, grade, vetoes: Vec::new(), model: None }])
        });
        let timeline = segments.map(|segments| ScoreTimeline {
            uscc: uscc.clone(),
            model: ModelRef { id: "quality-credit".to_owned(), version: 1 },
            segments,
        });
        let enterprise = enterprise.map(|one| recorded(&uscc, &one));
        let sources = vec![SourceState { service: CREDIT.to_owned(), position: 1, epoch: "test".to_owned(), fresh: !stale }];
        Some(Self { name: name?, as_of: as_of?, standing: Standing { uscc, enterprise, facts, timeline, measures, sources }, expect })
    }

    /// The supplier as it might be.
    #[must_use]
    pub const fn standing(&self) -> &Standing {
        &self.standing
    }

    /// What the case says of a criterion.
    #[must_use]
    pub fn expected(&self, code: &str) -> Option<Answer> {
        self.expect.criteria.get(code).copied()
    }

    /// The outcome that the case expects.
    #[must_use]
    pub const fn expected_outcome(&self) -> Outcome {
        self.expect.outcome
    }
}

fn recorded(uscc: &Uscc, one: &TestEnterprise) -> EnterpriseRecorded {
    EnterpriseRecorded {
        uscc: uscc.clone(),
        division: "440400".to_owned(),
        industry: None,
        status: one.status,
        established_on: one.established_on,
    }
}

fn read_fact(value: &Value, place: usize, at: &str, uscc: &Uscc, faults: &mut Vec<FieldFault>) -> Option<Fact> {
    let read = TestFact::deserialize(value)
        .and_then(|fact| Ok((Detail::deserialize(json!({"kind": fact.kind, "detail": fact.detail.clone()}))?, fact)));
    match read {
        Ok((detail, fact)) => Some(Fact {
            id: format!("fct_{place:03}"),
            enterprise: uscc.clone(),
            detail,
            source: FactSource { authority: "示例机关".to_owned(), document_no: None },
            asserted_by: uscc.clone(),
            decided_on: fact.decided_on,
            published_on: None,
            valid_from: fact.valid_from,
            valid_to: fact.valid_to,
            degree: fact.degree,
            self_declared: fact.self_declared,
            recorded_at: Instant::start_of(fact.valid_from),
            publicity: Vec::new(),
            marks: Vec::new(),
            origin: None,
        }),
        Err(error) => {
            let fault = Fault::new("test_fact_invalid", format!("事实无法读取：{error}"), format!("The fact cannot be read: {error}"));
            faults.push(FieldFault::of(at, fault));
            None
        }
    }
}

/// Runs the test cases of a ruleset; empty where all came out as they must.
#[must_use]
pub fn run_tests(compiled: &Compiled) -> Vec<TestFailure> {
    let mut failures = Vec::new();
    for case in compiled.ruleset().tests() {
        let verdict = decide(compiled, &case.standing, case.as_of);
        let mut compare = |what: &str, expected: String, found: String| {
            if expected != found {
                failures.push(TestFailure { test: case.name.clone(), what: what.to_owned(), expected, found });
            }
        };
        compare("outcome", case.expect.outcome.as_str().to_owned(), verdict.outcome.as_str().to_owned());
        for (code, expected) in &case.expect.criteria {
            let mut findings = verdict.criteria.iter().chain(&verdict.preferences);
            let found = findings.find(|finding| finding.code == code.as_str()).map(|finding| finding.result.as_str());
            compare(code, expected.as_str().to_owned(), found.unwrap_or_default().to_owned());
        }
    }
    failures
}
