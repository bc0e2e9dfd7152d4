//! Parameters: their kinds, their JSON schema, and the reading of documents that reports every fault with its place. Not here: which criterion has which (`catalogue`).

use contracts::credit::Grade;
use model::{
    fault::{Fault, FieldFault},
    instant::{Day, parse_day},
    money::Money,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

/// What a parameter may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A grade from AAA to D; `unrated` cannot be asked for.
    Grade,
    /// A whole number between two bounds.
    Whole(i64, i64),
    /// A positive amount.
    Money,
    /// A name of 1 to 200 characters.
    Name,
    /// A date.
    Day,
    /// Yes or no.
    Flag,
}

/// A parameter that a criterion has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in JSON.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Whether it must be set.
    pub required: bool,
}

impl Parameter {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: true }
    }

    /// A grade that must be set.
    #[must_use]
    pub const fn grade(name: &'static str) -> Self {
        Self::new(name, Kind::Grade)
    }

    /// A whole number that must be set.
    #[must_use]
    pub const fn whole(name: &'static str, least: i64, most: i64) -> Self {
        Self::new(name, Kind::Whole(least, most))
    }

    /// An amount that must be set.
    #[must_use]
    pub const fn money(name: &'static str) -> Self {
        Self::new(name, Kind::Money)
    }

    /// A name that must be set.
    #[must_use]
    pub const fn name(name: &'static str) -> Self {
        Self::new(name, Kind::Name)
    }

    /// A date that must be set.
    #[must_use]
    pub const fn day(name: &'static str) -> Self {
        Self::new(name, Kind::Day)
    }

    /// Yes or no; it must be set.
    #[must_use]
    pub const fn flag(name: &'static str) -> Self {
        Self::new(name, Kind::Flag)
    }

    /// The same, but it may be left out.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// Its JSON schema.
    #[must_use]
    pub fn schema(&self) -> Value {
        match self.kind {
            Kind::Grade => json!({"type": "string", "enum": ["AAA", "AA", "A", "B", "C", "D"]}),
            Kind::Whole(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
            Kind::Money => json!({
                "type": "object", "additionalProperties": false, "required": ["amount", "currency"],
                "properties": {"amount": {"type": "string"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
            }),
            Kind::Name => json!({"type": "string", "minLength": 1, "maxLength": 200}),
            Kind::Day => json!({"type": "string", "format": "date"}),
            Kind::Flag => json!({"type": "boolean"}),
        }
    }

    fn read(&self, value: &Value) -> Result<Set, Fault> {
        let wrong = |zh: String, en: String| Err(Fault::new("parameter_invalid", zh, en));
        match self.kind {
            Kind::Grade => match Grade::deserialize(value) {
                Ok(grade) if grade.rank().is_some() => Ok(Set::Grade(grade)),
                _ => wrong("须为 AAA 至 D 的等级。".to_owned(), "Must be a grade from AAA to D.".to_owned()),
            },
            Kind::Whole(least, most) => match value.as_i64() {
                Some(number) if (least..=most).contains(&number) => Ok(Set::Whole(number)),
                _ => wrong(format!("须为 {least} 至 {most} 的整数。"), format!("Must be a whole number from {least} to {most}.")),
            },
            Kind::Money => match Money::deserialize(value) {
                Ok(money) if money.is_positive() => Ok(Set::Money(money)),
                Ok(_) => wrong("金额须大于零。".to_owned(), "The amount must be above zero.".to_owned()),
                Err(error) => wrong(format!("不是金额：{error}"), format!("Not an amount: {error}")),
            },
            Kind::Name => match value.as_str() {
                Some(text) if is_name(text) => Ok(Set::Name(text.to_owned())),
                _ => wrong("须为 1 至 200 个字符的文本。".to_owned(), "Must be a text of 1 to 200 characters.".to_owned()),
            },
            Kind::Day => value.as_str().map_or_else(
                || wrong("须为 YYYY-MM-DD 形式的日期。".to_owned(), "Must be a date of the form YYYY-MM-DD.".to_owned()),
                |text| parse_day(text).map(Set::Day),
            ),
            Kind::Flag => match value.as_bool() {
                Some(flag) => Ok(Set::Flag(flag)),
                None => wrong("须为 true 或 false。".to_owned(), "Must be true or false.".to_owned()),
            },
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= 200 && !text.chars().any(char::is_control)
}

/// What a parameter was set to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Set {
    Grade(Grade),
    Whole(i64),
    Money(Money),
    Name(String),
    Day(Day),
    Flag(bool),
}

/// The parameters of one criterion, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(Vec<(&'static str, Set)>);

impl Values {
    fn get(&self, name: &str) -> Option<&Set> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, set)| set)
    }

    /// A grade.
    #[must_use]
    pub fn grade(&self, name: &str) -> Option<Grade> {
        if let Some(Set::Grade(grade)) = self.get(name) { Some(*grade) } else { None }
    }

    /// A whole number.
    #[must_use]
    pub fn whole(&self, name: &str) -> Option<i64> {
        if let Some(Set::Whole(number)) = self.get(name) { Some(*number) } else { None }
    }

    /// An amount.
    #[must_use]
    pub fn money(&self, name: &str) -> Option<Money> {
        if let Some(Set::Money(money)) = self.get(name) { Some(*money) } else { None }
    }

    /// A name.
    #[must_use]
    pub fn name(&self, name: &str) -> Option<&str> {
        if let Some(Set::Name(text)) = self.get(name) { Some(text) } else { None }
    }

    /// A date.
    #[must_use]
    pub fn day(&self, name: &str) -> Option<Day> {
        if let Some(Set::Day(day)) = self.get(name) { Some(*day) } else { None }
    }

    /// Whether it was set to yes.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Set::Flag(true)))
    }

    /// The parameters as JSON, for `required` in an answer.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Value::Object(self.0.iter().map(|(name, set)| ((*name).to_owned(), serde_json::to_value(set).unwrap_or_default())).collect())
    }
}

/// Reads the parameters of a criterion, with every fault at its place.
///
/// # Errors
/// What is missing, unknown or of the wrong kind.
pub fn read(known: &[Parameter], given: &Map<String, Value>, pointer: &str) -> Result<Values, Vec<FieldFault>> {
    let mut faults = Vec::new();
    for name in given.keys().filter(|name| known.iter().all(|parameter| parameter.name != name.as_str())) {
        let fault = Fault::new("parameter_unknown", format!("没有参数“{name}”。"), format!("There is no parameter \"{name}\"."));
        faults.push(FieldFault::of(format!("{pointer}/{}", escaped(name)), fault));
    }
    let mut values = Vec::with_capacity(known.len());
    for parameter in known {
        match given.get(parameter.name).map(|value| parameter.read(value)) {
            Some(Ok(set)) => values.push((parameter.name, set)),
            Some(Err(fault)) => faults.push(FieldFault::of(format!("{pointer}/{}", parameter.name), fault)),
            None if parameter.required => {
                let name = parameter.name;
                let fault = Fault::new("parameter_missing", format!("缺少参数“{name}”。"), format!("The parameter \"{name}\" is missing."));
                faults.push(FieldFault::of(format!("{pointer}/{name}"), fault));
            }
            None => {}
        }
    }
    if faults.is_empty() { Ok(Values(values)) } else { Err(faults) }
}

/// A key as part of a JSON pointer, RFC 6901, section 3.
#[must_use]
pub fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The most entries that a list of a document may have.
const MAX_ENTRIES: usize = 100;

/// The fields of an object, read one by one so that every fault is found.
pub(crate) struct Fields<'a, 'f> {
    fields: &'a Map<String, Value>,
    pointer: String,
    faults: &'f mut Vec<FieldFault>,
}

impl<'a, 'f> Fields<'a, 'f> {
    pub(crate) fn open(value: &'a Value, pointer: String, known: &[&str], faults: &'f mut Vec<FieldFault>) -> Option<Self> {
        let Some(fields) = value.as_object() else {
            faults.push(FieldFault::of(pointer, Fault::new("field_invalid", "须为对象。", "Must be an object.")));
            return None;
        };
        for name in fields.keys().filter(|name| !known.contains(&name.as_str())) {
            let fault = Fault::new("field_unknown", format!("没有字段“{name}”。"), format!("There is no field \"{name}\"."));
            faults.push(FieldFault::of(format!("{pointer}/{}", escaped(name)), fault));
        }
        Some(Self { fields, pointer, faults })
    }

    fn push(&mut self, name: &str, fault: Fault) {
        self.faults.push(FieldFault::of(format!("{}/{name}", self.pointer), fault));
    }

    fn missing(&mut self, name: &str) {
        self.push(name, Fault::new("field_missing", format!("缺少字段“{name}”。"), format!("The field \"{name}\" is missing.")));
    }

    pub(crate) fn need<T: DeserializeOwned>(&mut self, name: &str, fits: impl FnOnce(&T) -> bool) -> Option<T> {
        if !self.fields.contains_key(name) {
            self.missing(name);
            return None;
        }
        self.may(name, fits)
    }

    pub(crate) fn may<T: DeserializeOwned>(&mut self, name: &str, fits: impl FnOnce(&T) -> bool) -> Option<T> {
        match T::deserialize(self.fields.get(name)?) {
            Ok(value) if fits(&value) => Some(value),
            Ok(_) => {
                self.push(name, Fault::new("field_invalid", "字段的值不在允许范围内。", "The value of the field is not allowed."));
                None
            }
            Err(error) => {
                self.push(
                    name,
                    Fault::new("field_invalid", format!("字段无法读取：{error}"), format!("The field cannot be read: {error}")),
                );
                None
            }
        }
    }

    pub(crate) fn list(&mut self, name: &str, required: bool) -> Vec<&'a Value> {
        let fields = self.fields;
        let Some(value) = fields.get(name) else {
            if required {
                self.missing(name);
            }
            return Vec::new();
        };
        match value.as_array() {
            Some(items) if items.len() <= MAX_ENTRIES && !(required && items.is_empty()) => items.iter().collect(),
            _ => {
                let least = u8::from(required);
                let zh = format!("须为 {least} 至 {MAX_ENTRIES} 项的数组。");
                self.push(name, Fault::new("field_invalid", zh, format!("Must be an array of {least} to {MAX_ENTRIES} items.")));
                Vec::new()
            }
        }
    }
}
