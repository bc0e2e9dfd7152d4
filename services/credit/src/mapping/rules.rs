//! What a mapping may say. Not here: how a file is read by it, `row`.

use std::collections::BTreeMap;

use contracts::credit::FactKind;
use model::{
    fault::{Fault, FieldFault},
    instant::Day,
    normalise::{half_width, line},
    policy::Policy,
    text::Text,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{cell::rules::Reading, detail::rules::parse_detail};

/// The mappings that every installation has.
const SHIPPED: [(&str, &str); 2] = [
    ("double-publicity-penalty", include_str!("../../policy/mappings/double_publicity_penalty.json")),
    ("spot-check-results", include_str!("../../policy/mappings/spot_check_results.json")),
];
const NAME_MAX: usize = 60;
const COLUMN_MAX: usize = 100;
const FIELDS_MAX: usize = 100;
const WORDS_MAX: usize = 500;
/// The fields of a fact that a column may become, besides those of its `detail`.
const FIELDS: [&str; 7] = ["source.authority", "source.document_no", "decided_on", "published_on", "valid_from", "valid_to", "degree"];

/// A title in both languages as the schema shows it.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingTitle {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Which column becomes what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What it is for.
    #[schema(value_type = MappingTitle)]
    pub title: Text,
    /// The kind of the facts.
    pub kind: KindOf,
    /// Whom they are about.
    pub enterprise: EnterpriseOf,
    /// What makes a row the same row when the file comes again.
    #[serde(default)]
    pub external_id: Option<ExternalIdOf>,
    /// Everything else, at most 100.
    pub fields: Vec<FieldOf>,
    /// Cells that say nothing, such as `/` or `无`.
    #[serde(default)]
    pub empty: Vec<String>,
    /// What becomes of columns that the mapping does not name.
    #[serde(default)]
    pub other_columns: Others,
}

/// The kind of the facts: always the same, or told by a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KindOf {
    /// Always this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constant: Option<FactKind>,
    /// Told by this column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What the column says, and which kind that is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, FactKind>,
}

/// How the enterprise is found: by its code, and where the row has none, by its full name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterpriseOf {
    /// The column of the Unified Social Credit Code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "统一社会信用代码")]
    pub code: Option<String>,
    /// The column of the full name; it counts only where exactly one registered enterprise bears it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "行政相对人名称")]
    pub name: Option<String>,
}

/// The own id of a row, made of columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalIdOf {
    /// What stands in front.
    #[serde(default)]
    pub prefix: String,
    /// The columns, joined by `/`.
    pub columns: Vec<String>,
}

/// A field and where it comes from: a column or a constant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldOf {
    /// `source.authority`, `decided_on`, `detail.fine` and so on.
    #[schema(example = "detail.fine")]
    pub to: String,
    /// The column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "罚款金额(万元)")]
    pub column: Option<String>,
    /// Other names of the same column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_called: Vec<String>,
    /// Whether a file may lack the column.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// How its cells are read.
    #[serde(default)]
    pub read: Reading,
    /// The same for every row; read as a cell is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constant: Option<String>,
}

/// What becomes of columns that no field names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Others {
    /// The file is refused: a column that was renamed is not lost in silence.
    #[default]
    Refuse,
    /// They are not read and not kept.
    Ignore,
}

impl FieldOf {
    /// Where the value stands in a fact, as a JSON pointer.
    #[must_use]
    pub fn pointer(&self) -> String {
        format!("/{}", self.to.replace('.', "/"))
    }
}

/// The form in which the names of columns are compared: half-width, without blanks.
#[must_use]
pub fn folded(column: &str) -> String {
    column.chars().map(half_width).filter(|c| !c.is_whitespace() && *c != '\u{feff}').collect()
}

/// Reads the name of a mapping: small letters, digits and hyphens, not one of the shipped ones.
///
/// # Errors
/// `character_not_allowed`, `text_empty`, `text_too_long` or `name_reserved`.
pub fn own_name(text: &str) -> Result<String, Fault> {
    let name = name(text)?;
    if SHIPPED.iter().any(|(shipped, _)| *shipped == name) {
        return Err(Fault::new("name_reserved", "该名称属于内置映射。", "A mapping that is shipped has this name."));
    }
    Ok(name)
}

/// Reads the name of a mapping, own or shipped.
///
/// # Errors
/// `character_not_allowed`, `text_empty` or `text_too_long`.
pub fn name(text: &str) -> Result<String, Fault> {
    let name = line(text, NAME_MAX)?;
    if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return Err(Fault::new("character_not_allowed", "只能使用小写字母、数字和连字符。", "Only a-z, 0-9 and hyphens are allowed."));
    }
    Ok(name)
}

/// The shipped mappings that hold on a day, each with its name.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn shipped(today: Day) -> Result<Vec<(&'static str, Mapping)>, Fault> {
    let mut found = Vec::new();
    for (name, json) in SHIPPED {
        let policy: Policy<Mapping> = Policy::from_json(json)?;
        found.extend(policy.at(today).map(|row| (name, row.value.clone())));
    }
    Ok(found)
}

/// Everything that is wrong with a mapping.
#[must_use]
pub fn faults(mapping: &Mapping) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    for (pointer, text) in [("/title/zh", &mapping.title.zh), ("/title/en", &mapping.title.en)] {
        faults.extend(line(text, COLUMN_MAX).err().map(|fault| FieldFault::of(pointer, fault)));
    }
    match (&mapping.kind.constant, &mapping.kind.column) {
        (Some(_), None) | (None, Some(_)) => {}
        _ => faults.push(either("/kind")),
    }
    if mapping.kind.column.is_some() && mapping.kind.words.is_empty() {
        faults.push(FieldFault::rule("/kind/words", "text_empty", "对照表为空。", "The table of words is empty."));
    }
    if mapping.enterprise == EnterpriseOf::default() {
        faults.push(FieldFault::rule(
            "/enterprise",
            "nothing_selected",
            "须写明代码列或名称列。",
            "Name a column of the code or of the name.",
        ));
    }
    if mapping.external_id.as_ref().is_some_and(|id| id.columns.is_empty()) {
        faults.push(FieldFault::rule("/external_id/columns", "nothing_selected", "须至少写明一列。", "Name at least one column."));
    }
    if mapping.fields.len() > FIELDS_MAX {
        faults.push(FieldFault::rule("/fields", "too_many", "字段最多 100 个。", "At most 100 fields."));
    }
    for (place, field) in mapping.fields.iter().enumerate().take(FIELDS_MAX) {
        field_faults(mapping, place, field, &mut faults);
    }
    faults.extend(
        columns(mapping).filter_map(|(pointer, column)| line(column, COLUMN_MAX).err().map(|fault| FieldFault::of(pointer, fault))),
    );
    faults
}

fn either(pointer: impl Into<String>) -> FieldFault {
    FieldFault::rule(pointer, "column_or_constant", "须写明列或常量之一。", "Give either a column or a constant.")
}

fn field_faults(mapping: &Mapping, place: usize, field: &FieldOf, faults: &mut Vec<FieldFault>) {
    let at = format!("/fields/{place}");
    let detail = field.to.strip_prefix("detail.");
    let is_known = match detail {
        Some(name) => kinds(mapping).any(|kind| has(kind, name)),
        None => FIELDS.contains(&field.to.as_str()),
    };
    if !is_known {
        faults.push(FieldFault::rule(format!("{at}/to"), "unknown_word", "事实没有这个字段。", "A fact of this kind has no such field."));
    }
    if mapping.fields.iter().take(place).any(|earlier| earlier.to == field.to) {
        faults.push(FieldFault::rule(format!("{at}/to"), "repeated_item", "这个字段已有来源。", "This field has a source already."));
    }
    if field.column.is_some() == field.constant.is_some() {
        faults.push(either(at.as_str()));
    }
    let (words, separators) = match &field.read {
        Reading::Word { words } => (Some(words.len()), None),
        Reading::Words { words, separators } => (Some(words.len()), Some(separators)),
        Reading::List { separators } => (None, Some(separators)),
        Reading::Flag { yes, no } => (Some(yes.len().saturating_add(no.len())), None),
        Reading::Text | Reading::Date { .. } | Reading::Money { .. } | Reading::Number => (None, None),
    };
    if words == Some(0) {
        faults.push(FieldFault::rule(format!("{at}/read"), "text_empty", "对照表为空。", "The table of words is empty."));
    }
    if words.is_some_and(|count| count > WORDS_MAX) {
        faults.push(FieldFault::rule(format!("{at}/read"), "too_many", "对照表最多 500 项。", "A table has at most 500 words."));
    }
    if separators.is_some_and(|all| all.iter().any(String::is_empty)) {
        faults.push(FieldFault::rule(format!("{at}/read/separators"), "text_empty", "分隔符为空。", "A separator is empty."));
    }
}

fn kinds(mapping: &Mapping) -> impl Iterator<Item = FactKind> {
    mapping.kind.constant.into_iter().chain(mapping.kind.words.values().copied())
}

/// Whether a kind of fact has this field: its reader does not call it unknown.
fn has(kind: FactKind, name: &str) -> bool {
    let asked: Value = json!({ name: null });
    let is_unknown = |fault: &FieldFault| fault.code == "unknown_field" && fault.pointer == format!("/detail/{name}");
    parse_detail(kind, &asked).err().is_none_or(|faults| !faults.iter().any(is_unknown))
}

/// Every column that a mapping names, with its place in the mapping.
pub fn columns(mapping: &Mapping) -> impl Iterator<Item = (String, &str)> {
    let fixed = [
        ("/kind/column", &mapping.kind.column),
        ("/enterprise/code", &mapping.enterprise.code),
        ("/enterprise/name", &mapping.enterprise.name),
    ];
    let fixed = fixed.into_iter().filter_map(|(pointer, column)| column.as_deref().map(|column| (pointer.to_owned(), column)));
    let ids = mapping.external_id.iter().flat_map(|id| id.columns.iter().enumerate());
    let ids = ids.map(|(place, column)| (format!("/external_id/columns/{place}"), column.as_str()));
    let fields = mapping.fields.iter().enumerate().flat_map(|(place, field)| {
        let names = field.column.iter().chain(&field.also_called);
        names.map(move |column| (format!("/fields/{place}/column"), column.as_str()))
    });
    fixed.chain(ids).chain(fields)
}
