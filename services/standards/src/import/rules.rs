//! The forms of lists, and how a row of our own is read. Not here: rows of the lists of others, `published_list`; keeping what was read, `actions.rs`.

use model::{
    fault::FieldFault,
    instant::{Day, parse_day},
    normalise::line,
    standard_no::StandardNo,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    classification::rules::is_ics,
    edition::rules::{Degree, Entry, Relation, RelationKind, Stated},
    said::rules::is_digest,
};

/// The longest title that is taken.
pub const TITLE_MAX: usize = 500;
/// The longest scope that is taken.
const SCOPE_MAX: usize = 2_000;

/// The forms of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = StandardListForm)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Our own, [`NewEdition`].
    Own,
    /// Rows of the public Chinese list: `code`, `title`, `type`, `status`, `issueDate`, `replacedBy` and so on.
    CnList,
    /// Rows of the open ISO catalogue: `docid`, `stage`, `published`, `obsoletes`, `updated_by` and so on.
    IsoList,
}

impl Form {
    /// All, with their words.
    pub const ALL: [(&'static str, Self); 3] = [("own", Self::Own), ("cn_list", Self::CnList), ("iso_list", Self::IsoList)];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, form)| *form == self).map_or("own", |(word, _)| word)
    }
}

/// A relation of an edition that is given in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRelation {
    /// How it stands.
    pub kind: RelationKind,
    /// To which number.
    #[schema(example = "GB/T 20223-2006")]
    pub to: String,
    /// Only of an adoption.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub degree: Option<Degree>,
    /// In words.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub note: Option<String>,
}

/// An edition that is given in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEdition {
    /// Its number with the year.
    #[schema(example = "GB/T 99001-2024")]
    pub number: String,
    /// Its title.
    #[schema(example = "示例用品通用要求")]
    pub title: String,
    /// Its title in English.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub title_en: Option<String>,
    /// When it was issued.
    #[serde(default)]
    #[schema(format = Date, example = "2024-01-01")]
    pub published_on: Option<String>,
    /// From when it is in force.
    #[serde(default)]
    #[schema(format = Date, example = "2024-07-01")]
    pub effective_on: Option<String>,
    /// From when it is without effect.
    #[serde(default)]
    #[schema(format = Date, example = json!(null))]
    pub withdrawn_on: Option<String>,
    /// Until when goods may still be made by it beside its successor.
    #[serde(default)]
    #[schema(format = Date, example = json!(null))]
    pub transition_until: Option<String>,
    /// What the source says of its status.
    pub status: Stated,
    /// Whether everybody must keep to it; by its number where nothing is said.
    #[serde(default)]
    pub mandatory: Option<bool>,
    /// Who issues it, in words.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub publisher: Option<String>,
    /// Codes of the International Classification for Standards.
    #[serde(default)]
    #[schema(example = json!(["97.220.01"]))]
    pub ics: Vec<String>,
    /// Codes of the Chinese Classification for Standards.
    #[serde(default)]
    #[schema(example = json!(["Y55"]))]
    pub ccs: Vec<String>,
    /// The harmonised stage code of an international one.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub stage: Option<String>,
    /// What it is about and not about.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub scope: Option<String>,
    /// `sha256:…` of the text.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub text_digest: Option<String>,
    /// How it stands to others.
    #[serde(default)]
    pub relations: Vec<NewRelation>,
}

/// A fault of a row that does not keep it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowFault {
    /// Which field.
    #[schema(example = "replacedBy")]
    pub field: String,
    /// Which fault.
    #[schema(example = "replaced_by_not_a_number")]
    pub code: String,
    /// What stood there.
    #[schema(example = "TC291")]
    pub value: String,
    /// What was done about it.
    pub taken: String,
}

/// A fault of a row.
#[must_use]
pub fn fault(field: &str, code: &str, value: impl ToString, taken: &str) -> RowFault {
    RowFault { field: field.to_owned(), code: code.to_owned(), value: value.to_string(), taken: taken.to_owned() }
}

/// A row that was read.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it says of the edition.
    pub entry: Entry,
    /// How it stands to others.
    pub relations: Vec<Relation>,
    /// Whether the form says all of an edition; what it cannot say stays as it is known.
    pub is_whole: bool,
    /// Its faults.
    pub faults: Vec<RowFault>,
}

/// What is recorded where an edition stands already, and what was kept of it against the row.
#[must_use]
pub fn beside(stands: &Entry, row: &Row) -> (Entry, Vec<RowFault>) {
    let mut kept = Vec::new();
    if stands.association.is_some() {
        // A registered association's edition moves by its own steps, and by those of supervision.
        if (row.entry.stated, row.entry.withdrawn_on) != (stands.stated, stands.withdrawn_on) {
            kept.push(fault("status", "kept_by_life_cycle", row.entry.number.as_str(), "the register's own procedure stands"));
        }
        return (stands.clone(), kept);
    }
    if row.is_whole {
        return (row.entry.clone(), kept);
    }
    let mut entry = row.entry.clone();
    entry.scope = entry.scope.or_else(|| stands.scope.clone());
    entry.text_digest.clone_from(&stands.text_digest);
    entry.transition_until = stands.transition_until;
    entry.mandatory = stands.mandatory;
    entry.title_en = entry.title_en.or_else(|| stands.title_en.clone());
    if entry.ics.is_empty() {
        entry.ics.clone_from(&stands.ics);
    }
    if entry.ccs.is_empty() {
        entry.ccs.clone_from(&stands.ccs);
    }
    if entry.stated_on < stands.stated_on {
        kept.push(fault("status", "older_list", entry.stated_on, "what a newer list says stands"));
        (entry.stated, entry.withdrawn_on, entry.stated_on) = (stands.stated, stands.withdrawn_on, stands.stated_on);
        entry.effective_on = stands.effective_on;
    } else if entry.withdrawn_on.is_none() && stands.withdrawn_on.is_some() {
        kept.push(fault("status", "end_kept", entry.number.as_str(), "the end that is known stands"));
        (entry.stated, entry.withdrawn_on) = (stands.stated, stands.withdrawn_on);
    }
    (entry, kept)
}

/// What a row of a list is about: which list, and how old it is.
#[derive(Clone, Debug)]
pub struct Listed<'a> {
    /// The name of the source.
    pub source: &'a str,
    /// The day of the list.
    pub on: Day,
}

/// Reads a row of our own form.
///
/// # Errors
/// Every field that is wrong.
pub fn own(new: &NewEdition, listed: &Listed<'_>) -> Result<Row, Vec<FieldFault>> {
    let mut bad = Vec::new();
    let number = StandardNo::parse(&new.number).map_err(|fault| bad.push(FieldFault::of("/number", fault))).ok();
    let mut day = |pointer: &str, text: &Option<String>| {
        text.as_deref().and_then(|text| parse_day(text).map_err(|fault| bad.push(FieldFault::of(pointer, fault))).ok())
    };
    let published_on = day("/published_on", &new.published_on);
    let effective_on = day("/effective_on", &new.effective_on);
    let withdrawn_on = day("/withdrawn_on", &new.withdrawn_on);
    let transition_until = day("/transition_until", &new.transition_until);
    let mut text = |pointer: &str, text: &Option<String>, most: usize| {
        text.as_deref().and_then(|text| line(text, most).map_err(|fault| bad.push(FieldFault::of(pointer, fault))).ok())
    };
    let title = text("/title", &Some(new.title.clone()), TITLE_MAX).unwrap_or_default();
    let title_en = text("/title_en", &new.title_en, TITLE_MAX);
    let publisher = text("/publisher", &new.publisher, TITLE_MAX);
    let scope = text("/scope", &new.scope, SCOPE_MAX);
    let stage = text("/stage", &new.stage, 5);
    let digest = new.text_digest.as_deref();
    if digest.is_some_and(|digest| !is_digest(digest)) {
        bad.push(FieldFault::rule(
            "/text_digest",
            "digest_invalid",
            "应为 sha256: 加 64 位十六进制。",
            "Must be sha256: and 64 hexadecimal digits.",
        ));
    }
    for (place, code) in new.ics.iter().enumerate().filter(|(_, code)| !is_ics(code)) {
        let (zh, en) = (format!("没有 ICS 类目 {code}。"), format!("The ICS has no class {code}."));
        bad.push(FieldFault::rule(format!("/ics/{place}"), "ics_unknown", zh, en));
    }
    for (place, code) in new.ccs.iter().enumerate().filter(|(_, code)| !is_ccs(code)) {
        let (zh, en) = (format!("{code} 不是中国标准文献分类号。"), format!("{code} is no code of the CCS: a letter and two digits."));
        bad.push(FieldFault::rule(format!("/ccs/{place}"), "ccs_unknown", zh, en));
    }
    let mut relations = Vec::new();
    for (place, one) in new.relations.iter().enumerate() {
        match relation(number.as_ref(), one, listed.source) {
            Ok(read) => relations.extend(read),
            Err(faults) => bad.extend(faults.into_iter().map(|fault| at(format!("/relations/{place}"), fault))),
        }
    }
    let Some(number) = number.filter(|_| bad.is_empty()) else { return Err(bad) };
    let faults = number.warnings().into_iter().map(|warning| fault("number", warning.code, &new.number, "read")).collect();
    let entry = Entry {
        mandatory: new.mandatory.unwrap_or_else(|| number.mandatory()),
        title,
        title_en,
        published_on,
        effective_on,
        withdrawn_on,
        transition_until,
        stated: new.status,
        stated_on: listed.on,
        publisher,
        association: None,
        ics: new.ics.clone(),
        ccs: new.ccs.clone(),
        stage,
        scope,
        text_digest: new.text_digest.clone(),
        source: listed.source.to_owned(),
        number,
    };
    Ok(Row { entry, relations, is_whole: true, faults })
}

fn at(place: String, fault: FieldFault) -> FieldFault {
    FieldFault { pointer: format!("{place}{}", fault.pointer), ..fault }
}

fn relation(from: Option<&StandardNo>, new: &NewRelation, source: &str) -> Result<Option<Relation>, Vec<FieldFault>> {
    let mut bad = Vec::new();
    let to = StandardNo::parse(&new.to).map_err(|fault| bad.push(FieldFault::of("/to", fault))).ok();
    let note = new.note.as_deref().and_then(|text| line(text, TITLE_MAX).map_err(|fault| bad.push(FieldFault::of("/note", fault))).ok());
    if (new.kind == RelationKind::Adopts) != new.degree.is_some() {
        let en = "An adoption has a degree (IDT, MOD or NEQ), and nothing else has (GB/T 20000.2).";
        bad.push(FieldFault::rule("/degree", "degree_of_adoption", "采标须写明一致性程度，其他关系不写（GB/T 20000.2）。", en));
    }
    if new.kind == RelationKind::StricterThan {
        let en = "That one is stricter is found by comparing clauses, not by saying so.";
        bad.push(FieldFault::rule("/kind", "stricter_by_comparison", "是否更严格由条款比对得出，不能直接声明。", en));
    }
    if !bad.is_empty() {
        return Err(bad);
    }
    let found = from.zip(to);
    Ok(found.map(|(from, to)| Relation {
        from: from.to_string(),
        kind: new.kind,
        to: to.to_string(),
        degree: new.degree,
        source: source.to_owned(),
        note,
    }))
}

/// Whether a text is a code of the CCS by its form: a letter and two digits.
#[must_use]
pub fn is_ccs(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_uppercase()) && text.len() == 3 && bytes.all(|byte| byte.is_ascii_digit())
}
