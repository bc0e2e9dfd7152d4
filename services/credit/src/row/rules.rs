//! From the cells of a row to a draft, with every fault and the column behind it. Not here: whether the caller may assert it, `fact::rules`.

use std::collections::{BTreeMap, BTreeSet};

use contracts::credit::{FactKind, FactSource};
use model::{fault::FieldFault, instant::Day, uscc::Uscc};
use serde_json::{Map, Value};

use crate::{
    cell::rules::{Reading, read},
    draft::rules::{self as draft, Draft, NewFact},
    mapping::rules::{FieldOf, Mapping, Others, columns, folded},
};

/// A mapping laid over the header of a file.
#[derive(Clone, Debug)]
pub struct Plan {
    mapping: Mapping,
    header: Vec<String>,
    /// Where the columns of the mapping stand, by their folded names.
    places: BTreeMap<String, usize>,
}

/// A row as a fact in the making.
#[derive(Clone, Debug)]
pub struct Assembled {
    /// The fact as far as its cells could be read.
    pub new: NewFact,
    /// The name by which the enterprise is to be found, where the row has no code.
    pub by_name: Option<String>,
    /// What was wrong with the cells.
    pub faults: Vec<FieldFault>,
}

impl Plan {
    /// Lays a mapping over a header.
    ///
    /// # Errors
    /// Every column that is missing, stands twice or is not known, with its name as the pointer.
    pub fn new(mapping: &Mapping, header: &[String]) -> Result<Self, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let mut places = BTreeMap::new();
        let known: Vec<String> = columns(mapping).map(|(_, column)| folded(column)).collect();
        for (place, column) in header.iter().enumerate().filter(|(_, column)| !column.trim().is_empty()) {
            let key = folded(column);
            if !known.contains(&key) {
                if mapping.other_columns == Others::Refuse {
                    faults.push(FieldFault::shape(at(column), "unknown_field", "映射中没有这一列。", "The mapping knows no such column."));
                }
            } else if places.insert(key, place).is_some() {
                faults.push(FieldFault::shape(at(column), "unknown_field", "这一列重复。", "This column stands twice."));
            }
        }
        let plan = Self { mapping: mapping.clone(), header: header.to_vec(), places };
        faults.extend(plan.missing());
        if faults.is_empty() { Ok(plan) } else { Err(faults) }
    }

    fn missing(&self) -> Vec<FieldFault> {
        let Mapping { kind, enterprise, external_id, fields, .. } = &self.mapping;
        let mut needed: Vec<&str> = kind.column.as_deref().into_iter().collect();
        // Where there is a code the name is only a second way.
        needed.extend(enterprise.code.as_deref().or(enterprise.name.as_deref()));
        needed.extend(external_id.iter().flat_map(|id| id.columns.iter().map(String::as_str)));
        let fields = fields.iter().filter(|field| !field.optional && self.place(field).is_none());
        let mut absent: Vec<&str> = needed.into_iter().filter(|column| !self.places.contains_key(&folded(column))).collect();
        absent.extend(fields.filter_map(|field| field.column.as_deref()));
        // A column may be needed twice, for a field and for the id.
        let mut told = BTreeSet::new();
        absent.retain(|column| told.insert(folded(column)));
        absent.into_iter().map(|column| FieldFault::shape(at(column), "missing_field", "缺少这一列。", "This column is missing.")).collect()
    }

    fn place(&self, field: &FieldOf) -> Option<usize> {
        field.column.iter().chain(&field.also_called).find_map(|column| self.places.get(&folded(column)).copied())
    }

    /// The first of the columns of a field that says something in this row.
    fn told<'a>(&self, field: &FieldOf, cells: &'a [String]) -> &'a str {
        let mut said = field.column.iter().chain(&field.also_called).map(|column| self.cell(cells, column));
        said.find(|cell| !cell.is_empty()).unwrap_or_default()
    }

    fn cell<'a>(&self, cells: &'a [String], column: &str) -> &'a str {
        self.places.get(&folded(column)).map_or("", |place| self.at(cells, *place))
    }

    fn at<'a>(&self, cells: &'a [String], place: usize) -> &'a str {
        let cell = cells.get(place).map_or("", |cell| cell.trim_matches([' ', '\t', '\r', '\n', '\u{a0}', '\u{3000}']));
        if self.mapping.empty.iter().any(|nothing| nothing == cell) { "" } else { cell }
    }

    /// The column behind a place in a fact.
    #[must_use]
    pub fn column_of(&self, pointer: &str) -> Option<String> {
        let is_under = |top: &str| pointer.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let Mapping { kind, enterprise, external_id, fields, .. } = &self.mapping;
        if let Some(field) = fields.iter().find(|field| is_under(&field.pointer())) {
            return self.place(field).and_then(|place| self.header.get(place).cloned());
        }
        match pointer {
            "/enterprise" => enterprise.code.clone().or_else(|| enterprise.name.clone()),
            "/kind" => kind.column.clone(),
            "/external_id" => external_id.as_ref().map(|id| id.columns.join(" / ")),
            _ => None,
        }
    }

    /// The cells of the columns that the mapping names: what it does not name is not kept, personal data least of all.
    #[must_use]
    pub fn kept(&self, cells: &[String]) -> Map<String, Value> {
        let mut places: Vec<usize> = self.places.values().copied().collect();
        places.sort_unstable();
        let named = places.into_iter().filter_map(|place| self.header.get(place).cloned().zip(cells.get(place)));
        named.map(|(column, cell)| (column, Value::String(cell.clone()))).collect()
    }

    /// Reads the cells of a row.
    #[must_use]
    pub fn assemble(&self, cells: &[String]) -> Assembled {
        let mut faults = Vec::new();
        let kind = self.kind(cells, &mut faults);
        let mut new = NewFact {
            enterprise: String::new(),
            kind: kind.unwrap_or(FactKind::Penalty),
            external_id: self.external_id(cells, &mut faults),
            source: FactSource { authority: String::new(), document_no: None },
            decided_on: None,
            published_on: None,
            valid_from: None,
            valid_to: None,
            degree: None,
            detail: Value::Object(Map::new()),
        };
        let mut detail = Map::new();
        for field in &self.mapping.fields {
            let cell = field.constant.as_deref().unwrap_or_else(|| self.told(field, cells));
            if cell.is_empty() {
                continue;
            }
            match read(&field.read, cell) {
                Ok(value) => put(&mut new, &mut detail, field, value, &mut faults),
                Err(fault) => faults.push(FieldFault::of(field.pointer(), fault)),
            }
        }
        new.detail = Value::Object(detail);
        let code = self.mapping.enterprise.code.as_deref().map_or("", |column| self.cell(cells, column));
        let name = self.mapping.enterprise.name.as_deref().map_or("", |column| self.cell(cells, column));
        new.enterprise = code.to_owned();
        let by_name = (code.is_empty() && !name.is_empty()).then(|| name.to_owned());
        if code.is_empty() && name.is_empty() {
            faults.push(FieldFault::shape("/enterprise", "missing_field", "没有企业代码或名称。", "The row names no enterprise."));
        }
        Assembled { new, by_name, faults }
    }

    fn kind(&self, cells: &[String], faults: &mut Vec<FieldFault>) -> Option<FactKind> {
        let of = &self.mapping.kind;
        if of.constant.is_some() {
            return of.constant;
        }
        let column = of.column.as_deref()?;
        let found = of.words.get(self.cell(cells, column)).copied();
        if found.is_none() {
            let words = of.words.keys().map(|word| (word.clone(), word.clone())).collect();
            let fault = read(&Reading::Word { words }, self.cell(cells, column)).err();
            faults.extend(fault.map(|fault| FieldFault::of("/kind", fault)));
        }
        found
    }

    fn external_id(&self, cells: &[String], faults: &mut Vec<FieldFault>) -> Option<String> {
        let of = self.mapping.external_id.as_ref()?;
        let parts: Vec<&str> = of.columns.iter().map(|column| self.cell(cells, column)).collect();
        // Without it the same file sent again would be recorded twice.
        if parts.iter().all(|part| part.is_empty()) {
            faults.push(FieldFault::shape("/external_id", "missing_field", "构成编号的列为空。", "The columns of the id are empty."));
            return None;
        }
        Some(format!("{}{}", of.prefix, parts.join("/")))
    }
}

impl Assembled {
    /// The same about an enterprise that was found by its name.
    #[must_use]
    pub fn about(mut self, enterprise: &Uscc) -> Self {
        self.new.enterprise = enterprise.to_string();
        self
    }

    /// The draft of the row.
    ///
    /// # Errors
    /// Everything that is wrong with it: the cells, and what the fact lacks besides.
    pub fn judge(self, today: Day) -> Result<Draft, Vec<FieldFault>> {
        let Self { new, mut faults, .. } = self;
        match draft::read(&new, today) {
            Ok(draft) if faults.is_empty() => Ok(draft),
            Ok(_) => Err(faults),
            Err(more) => {
                let follows = |fault: &FieldFault| faults.iter().any(|known| is_behind(known, fault));
                let more: Vec<FieldFault> = more.into_iter().filter(|fault| !follows(fault)).collect();
                faults.extend(more);
                Err(faults)
            }
        }
    }
}

/// Whether a fault is only what another one has left behind: the same place, a detail of an unknown kind, a date that could not be read.
fn is_behind(known: &FieldFault, fault: &FieldFault) -> bool {
    fault.pointer.starts_with(known.pointer.as_str())
        || (known.pointer == "/kind" && fault.pointer.starts_with("/detail"))
        || (fault.code == "date_missing" && ["/decided_on", "/valid_from"].contains(&known.pointer.as_str()))
}

fn at(column: &str) -> String {
    format!("/{}", column.trim().replace('~', "~0").replace('/', "~1"))
}

/// Puts a value where its field stands.
fn put(new: &mut NewFact, detail: &mut Map<String, Value>, field: &FieldOf, value: Value, faults: &mut Vec<FieldFault>) {
    if let Some(name) = field.to.strip_prefix("detail.") {
        detail.insert(name.to_owned(), value);
        return;
    }
    if field.to == "degree" {
        match serde_json::from_value(value) {
            Ok(degree) => new.degree = Some(degree),
            Err(_) => faults.push(FieldFault::rule("/degree", "unknown_word", "不是违法程度。", "That is not a degree.")),
        }
        return;
    }
    let text = match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    match field.to.as_str() {
        "source.authority" => new.source.authority = text,
        "source.document_no" => new.source.document_no = Some(text),
        "decided_on" => new.decided_on = Some(text),
        "published_on" => new.published_on = Some(text),
        "valid_from" => new.valid_from = Some(text),
        "valid_to" => new.valid_to = Some(text),
        _ => {}
    }
}
