//! Reading, checking and compiling a ruleset. Not here: its test cases (`self_test`), the verdict (`decision`), storing and publishing.

use std::collections::BTreeSet;
use std::sync::Arc;

use contracts::credit::BanScope;
use model::{
    fault::{Fault, FieldFault},
    instant::Day,
    text::Text,
};
use serde_json::{Map, Value};

use crate::catalogue::rules::find;
use crate::condition::rules::Condition;
use crate::criterion::rules::{Class, Combination, Criterion, Question};
use crate::extra_condition::rules::Extra;
use crate::parameter::rules::{Fields, read};
use crate::self_test::rules::TestCase;
use crate::standard_register::rules::StandardRegister;
use crate::standing::rules::{STANDARDS, Standing};

/// What a ruleset says beside its criteria.
#[derive(Clone, Debug)]
pub struct Ruleset {
    /// For example `government-procurement`.
    pub id: String,
    /// Counted from 1.
    pub version: u32,
    /// Its name.
    pub title: Text,
    /// What it gives access to; bans of this scope count.
    pub scope: BanScope,
    /// First day on which it is used.
    pub effective_from: Day,
    /// Last day, inclusive.
    pub effective_to: Option<Day>,
    /// Where it stands written.
    pub source: String,
    /// How old a source may be, in milliseconds.
    pub freshness_bound_ms: u64,
    criteria: Vec<Criterion>,
    conditions: Vec<Extra>,
    preferences: Vec<Criterion>,
    tests: Vec<TestCase>,
    value: Value,
}

/// A ruleset ready to decide, with what is known of the standards that it cites.
#[derive(Clone, Debug)]
pub struct Compiled(Ruleset, Arc<StandardRegister>);

/// What a tender or a lot asks beside its ruleset, in the same grammar.
#[derive(Clone, Debug, Default)]
pub struct Own {
    /// Criteria of the catalogue.
    pub criteria: Vec<Criterion>,
    /// Extra conditions.
    pub conditions: Vec<Extra>,
    /// What only gives priority.
    pub preferences: Vec<Criterion>,
}

impl Own {
    /// Reads the three lists that stand at a place; faults are added to `faults`.
    ///
    /// A criterion may stand again with other parameters, for two certificates say: each is judged, so nothing becomes weaker by it.
    pub fn read(
        (criteria, conditions, preferences): (&[Value], &[Value], &[Value]),
        at: &str,
        codes: &mut BTreeSet<String>,
        faults: &mut Vec<FieldFault>,
    ) -> Self {
        let mut list = |items: &[Value], name: &str, preferred: bool| {
            let mut seen: Vec<&Value> = Vec::new();
            let mut found = Vec::new();
            for (place, item) in items.iter().enumerate() {
                let at = format!("{at}/{name}/{place}");
                let code = item.get("code").and_then(Value::as_str).unwrap_or_default();
                if seen.contains(&item) {
                    unique(code, &at, &mut BTreeSet::from([code.to_owned()]), faults);
                }
                seen.push(item);
                found.extend(criterion(item, &at, preferred, &mut BTreeSet::new(), faults));
            }
            found
        };
        let (criteria, preferences) = (list(criteria, "criteria", false), list(preferences, "preferences", true));
        let conditions: Vec<&Value> = conditions.iter().collect();
        let conditions = each(&conditions, &format!("{at}/conditions"), faults, |item, at, faults| extra(item, at, codes, faults));
        Self { criteria, conditions, preferences }
    }
}

/// Reads and checks a ruleset.
///
/// # Errors
/// Every fault that is found, each with its place.
pub fn parse(value: &Value) -> Result<Ruleset, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let Some(ruleset) = build(value, &mut faults) else { return Err(faults) };
    if faults.is_empty() { Ok(ruleset) } else { Err(faults) }
}

fn build(value: &Value, faults: &mut Vec<FieldFault>) -> Option<Ruleset> {
    const FIELDS: [&str; 12] = [
        "id",
        "version",
        "title",
        "scope",
        "effective_from",
        "effective_to",
        "source",
        "freshness_bound_ms",
        "criteria",
        "conditions",
        "preferences",
        "tests",
    ];
    let mut fields = Fields::open(value, String::new(), &FIELDS, faults)?;
    let id = fields.need::<String>("id", |id| is_slug(id));
    let version = fields.need::<u32>("version", |version| *version > 0 && i32::try_from(*version).is_ok());
    let title = fields.need::<Text>("title", is_said);
    let scope = fields.need::<BanScope>("scope", |_| true);
    let effective_from = fields.need::<Day>("effective_from", |_| true);
    let effective_to = fields.may::<Day>("effective_to", |last| effective_from.is_none_or(|first| *last >= first));
    let source = fields.need::<String>("source", |source| !source.trim().is_empty());
    let freshness_bound_ms = fields.need::<u64>("freshness_bound_ms", |bound| (1..=31 * 86_400_000).contains(bound));
    let criteria = fields.list("criteria", true);
    let conditions = fields.list("conditions", false);
    let preferences = fields.list("preferences", false);
    let tests = fields.list("tests", true);

    let mut codes = BTreeSet::new();
    let criteria = each(&criteria, "/criteria", faults, |item, at, faults| criterion(item, at, false, &mut codes, faults));
    let conditions = each(&conditions, "/conditions", faults, |item, at, faults| extra(item, at, &mut codes, faults));
    let preferences = each(&preferences, "/preferences", faults, |item, at, faults| criterion(item, at, true, &mut codes, faults));
    let tests = each(&tests, "/tests", faults, |item, at, faults| TestCase::read(item, at, &codes, faults));
    Some(Ruleset {
        id: id?,
        version: version?,
        title: title?,
        scope: scope?,
        effective_from: effective_from?,
        effective_to,
        source: source?,
        freshness_bound_ms: freshness_bound_ms?,
        criteria,
        conditions,
        preferences,
        tests,
        value: value.clone(),
    })
}

fn each<T>(
    items: &[&Value],
    pointer: &str,
    faults: &mut Vec<FieldFault>,
    mut read: impl FnMut(&Value, &str, &mut Vec<FieldFault>) -> Option<T>,
) -> Vec<T> {
    items.iter().enumerate().filter_map(|(place, item)| read(item, &format!("{pointer}/{place}"), faults)).collect()
}

fn criterion(item: &Value, at: &str, preferred: bool, codes: &mut BTreeSet<String>, faults: &mut Vec<FieldFault>) -> Option<Criterion> {
    let mut fields = Fields::open(item, at.to_owned(), &["code", "params", "combination"], faults)?;
    let code = fields.need::<String>("code", |_| true)?;
    let params = fields.may::<Map<String, Value>>("params", |_| true).unwrap_or_default();
    let combination = fields.may::<Combination>("combination", |_| true);
    let Some(entry) = find(&code) else {
        let shown: String = code.chars().take(60).collect();
        let fault = Fault::new("criterion_unknown", format!("目录中没有“{shown}”。"), format!("The catalogue has no \"{shown}\"."));
        faults.push(FieldFault::of(format!("{at}/code"), fault));
        return None;
    };
    if (entry.class == Class::Preference) != preferred {
        let fault = Fault::new(
            "criterion_class",
            "优先条件须列入 preferences，其他条件须列入 criteria。",
            "Preferences belong in preferences, all others in criteria.",
        );
        faults.push(FieldFault::of(format!("{at}/code"), fault));
    }
    if combination.is_some_and(|one| !entry.combinations.contains(&one)) {
        let fault = Fault::new(
            "combination_not_allowed",
            "目录不允许联合体以此方式满足该条件。",
            "The catalogue does not let a consortium meet this criterion so.",
        );
        faults.push(FieldFault::of(format!("{at}/combination"), fault));
    }
    unique(&code, at, codes, faults);
    match read(&entry.parameters, &params, &format!("{at}/params")) {
        Ok(values) => {
            let criterion = Criterion::new(entry, values);
            Some(if let Some(combination) = combination { criterion.combined(combination) } else { criterion })
        }
        Err(found) => {
            faults.extend(found);
            None
        }
    }
}

fn extra(item: &Value, at: &str, codes: &mut BTreeSet<String>, faults: &mut Vec<FieldFault>) -> Option<Extra> {
    let known = ["code", "class", "title", "expression", "legal_basis", "failed_text"];
    let mut fields = Fields::open(item, at.to_owned(), &known, faults)?;
    let code = fields.need::<String>("code", |code| is_condition_code(code));
    let class = fields.need::<Class>("class", |_| true);
    let title = fields.need::<Text>("title", is_said);
    let legal_basis = fields.need::<String>("legal_basis", |basis| !basis.trim().is_empty());
    let failed_text = fields.need::<Text>("failed_text", is_said);
    let expression = fields.need::<String>("expression", |_| true);
    if let Some(code) = &code {
        unique(code, at, codes, faults);
    }
    let condition = match Condition::compile(&expression?) {
        Ok(condition) => Some(condition),
        Err(found) => {
            faults.extend(found.into_iter().map(|fault| FieldFault::of(format!("{at}/expression"), fault)));
            None
        }
    };
    Some(Extra { code: code?, class: class?, title: title?, legal_basis: legal_basis?, failed_text: failed_text?, condition: condition? })
}

fn unique(code: &str, at: &str, codes: &mut BTreeSet<String>, faults: &mut Vec<FieldFault>) {
    if !codes.insert(code.to_owned()) {
        let fault = Fault::new("code_duplicate", format!("“{code}”出现两次。"), format!("\"{code}\" stands twice."));
        faults.push(FieldFault::of(format!("{at}/code"), fault));
    }
}

fn is_slug(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_condition_code(code: &str) -> bool {
    let name = code.strip_prefix("COND.").unwrap_or_default();
    (1..=60).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn is_said(text: &Text) -> bool {
    !text.zh.trim().is_empty() && !text.en.trim().is_empty()
}

impl Ruleset {
    /// What is digested: the document as it was read; unknown fields were refused, so nothing in it is without effect.
    #[must_use]
    pub const fn canonical_value(&self) -> &Value {
        &self.value
    }

    /// Its own test cases.
    #[must_use]
    pub fn tests(&self) -> &[TestCase] {
        &self.tests
    }

    /// Whether it is used on a day.
    #[must_use]
    pub fn is_effective_on(&self, day: Day) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|last| day <= last)
    }

    /// Makes it ready to decide.
    #[must_use]
    pub fn compile(self) -> Compiled {
        Compiled(self, Arc::default())
    }
}

impl Compiled {
    /// The ruleset.
    #[must_use]
    pub const fn ruleset(&self) -> &Ruleset {
        &self.0
    }

    /// The same with more to ask, each behind what stands already.
    #[must_use]
    pub fn with(&self, own: &[&Own]) -> Self {
        let mut more = self.0.clone();
        for own in own {
            more.criteria.extend(own.criteria.iter().cloned());
            more.conditions.extend(own.conditions.iter().cloned());
            more.preferences.extend(own.preferences.iter().cloned());
        }
        Self(more, Arc::clone(&self.1))
    }

    /// The same with what is known of the standards that it cites.
    #[must_use]
    pub fn informed(&self, register: Arc<StandardRegister>) -> Self {
        Self(self.0.clone(), register)
    }

    /// What is known of the standards that it cites.
    #[must_use]
    pub fn register(&self) -> &StandardRegister {
        &self.1
    }

    /// What its criteria are judged by on a day.
    #[must_use]
    pub fn question<'a>(&'a self, standing: &'a Standing, day: Day) -> Question<'a> {
        Question { standing, day, scope: self.0.scope, register: &self.1 }
    }

    /// The standards whose register must be asked, each once, as they are written.
    #[must_use]
    pub fn citations(&self) -> Vec<String> {
        let criteria = self.criteria().iter().chain(self.preferences()).filter(|criterion| criterion.entry().source == STANDARDS);
        let cited = criteria.filter_map(|criterion| criterion.required().get("standard").and_then(Value::as_str));
        cited.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Its criteria, in their order.
    #[must_use]
    pub fn criteria(&self) -> &[Criterion] {
        &self.0.criteria
    }

    /// Its extra conditions, in their order.
    #[must_use]
    pub fn conditions(&self) -> &[Extra] {
        &self.0.conditions
    }

    /// Its preferences, in their order.
    #[must_use]
    pub fn preferences(&self) -> &[Criterion] {
        &self.0.preferences
    }

    /// How many criteria and conditions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.criteria.len().saturating_add(self.0.conditions.len())
    }

    /// Whether there are none; such a ruleset is refused when it is read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
