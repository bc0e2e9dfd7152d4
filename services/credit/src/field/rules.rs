//! A reader of one JSON object that collects what is wrong instead of stopping at the first fault (api.md, "Errors"). Not here: which fields there are.

use model::{
    fault::Fault,
    id::Id,
    instant::{Day, parse_day},
    money::{Currency, Money},
    normalise,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use model::fault::FieldFault;

/// The most items of a list.
const MAX_ITEMS: usize = 100;

/// Whether a field may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must be there; `null` is a wrong type.
    Required,
    /// It may be left out; `null` says the same.
    Optional,
}

/// Reads one object and remembers what was wrong.
#[derive(Debug)]
pub struct Reader<'a> {
    pointer: String,
    fields: Option<&'a Map<String, Value>>,
    known: Vec<&'static str>,
    faults: Vec<FieldFault>,
}

impl<'a> Reader<'a> {
    /// A reader of this value, which should be an object, at this place of the body.
    #[must_use]
    pub fn new(pointer: &str, value: &'a Value) -> Self {
        let fields = value.as_object();
        let faults = if fields.is_none() { vec![wrong_type(pointer, "对象", "an object")] } else { Vec::new() };
        Self { pointer: pointer.to_owned(), fields, known: Vec::new(), faults }
    }

    /// Ends the reading: what no call asked for is unknown. Gives the value only where nothing was wrong.
    ///
    /// # Errors
    /// Everything that was wrong.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<T, Vec<FieldFault>> {
        for name in self.fields.into_iter().flat_map(Map::keys).filter(|name| !self.known.contains(&name.as_str())) {
            let place = format!("{}/{}", self.pointer, escaped(name));
            self.faults.push(FieldFault::shape(place, "unknown_field", "没有这个字段。", "There is no such field."));
        }
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => Err(self.faults),
        }
    }

    fn place(&self, name: &str) -> String {
        format!("{}/{name}", self.pointer)
    }

    /// The value of a field; a missing one that is required is a fault.
    fn take(&mut self, name: &'static str, need: Need) -> Option<&'a Value> {
        self.known.push(name);
        let found = self.fields?.get(name);
        match (found, need) {
            (None, Need::Required) => {
                self.faults.push(FieldFault::shape(self.place(name), "missing_field", "缺少必填字段。", "A required field is missing."));
                None
            }
            (Some(Value::Null), Need::Optional) => None,
            (found, _) => found,
        }
    }

    fn keep<T>(&mut self, name: &str, read: Result<T, Fault>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(fault) => {
                self.faults.push(FieldFault::of(self.place(name), fault));
                None
            }
        }
    }

    fn wrong(&mut self, name: &str, zh: &str, en: &str) {
        self.faults.push(wrong_type(&self.place(name), zh, en));
    }

    /// Notes a value that breaks a rule.
    pub fn refuse(&mut self, name: &str, code: &'static str, zh: &str, en: &str) {
        self.faults.push(FieldFault::rule(self.place(name), code, zh, en));
    }

    fn string(&mut self, name: &'static str, need: Need) -> Option<&'a str> {
        let value = self.take(name, need)?;
        if value.as_str().is_none() {
            self.wrong(name, "字符串", "a string");
        }
        value.as_str()
    }

    /// A line of text for people.
    pub fn text(&mut self, name: &'static str, need: Need, max_chars: usize) -> Option<String> {
        let text = self.string(name, need)?;
        self.keep(name, normalise::line(text, max_chars))
    }

    /// A date.
    pub fn day(&mut self, name: &'static str, need: Need) -> Option<Day> {
        let text = self.string(name, need)?;
        self.keep(name, parse_day(text))
    }

    /// The id of a record.
    pub fn id(&mut self, name: &'static str, need: Need, prefix: &str) -> Option<String> {
        let text = self.string(name, need)?;
        self.keep(name, Id::parse(prefix, text))
    }

    /// A text that a parser of the model reads; kept as the caller gave it, trimmed.
    pub fn parsed<T>(&mut self, name: &'static str, need: Need, parse: impl Fn(&str) -> Result<T, Fault>) -> Option<T> {
        let text = self.string(name, need)?;
        self.keep(name, parse(text))
    }

    /// True or false.
    pub fn flag(&mut self, name: &'static str, need: Need) -> Option<bool> {
        let value = self.take(name, need)?;
        if value.as_bool().is_none() {
            self.wrong(name, "布尔值", "true or false");
        }
        value.as_bool()
    }

    /// A whole number between two bounds, both inclusive.
    pub fn integer(&mut self, name: &'static str, need: Need, least: i64, most: i64) -> Option<i64> {
        let value = self.take(name, need)?;
        let Some(number) = value.as_number() else {
            self.wrong(name, "整数", "a whole number");
            return None;
        };
        if number.is_f64() {
            self.wrong(name, "整数", "a whole number");
            return None;
        }
        let fits = number.as_i64().filter(|number| (least..=most).contains(number));
        if fits.is_none() {
            self.faults.push(FieldFault::rule(
                self.place(name),
                "out_of_range",
                format!("须在 {least} 至 {most} 之间。"),
                format!("It must lie between {least} and {most}."),
            ));
        }
        fits
    }

    /// One of the words of an enum.
    pub fn word<T: DeserializeOwned>(&mut self, name: &'static str, need: Need) -> Option<T> {
        let text = self.string(name, need)?;
        let read = word_of(text);
        self.keep(name, read)
    }

    /// A list of words of an enum, each once.
    pub fn words<T: DeserializeOwned + PartialEq>(&mut self, name: &'static str, need: Need) -> Option<Vec<T>> {
        let words: Vec<T> = self.list(name, need, word_of)?;
        let repeated = words.iter().enumerate().any(|(place, word)| words.iter().skip(place.saturating_add(1)).any(|other| other == word));
        if repeated {
            self.refuse(name, "repeated_item", "列表中有重复项。", "The list names something twice.");
            return None;
        }
        Some(words)
    }

    /// A list of lines of text.
    pub fn texts(&mut self, name: &'static str, max_chars: usize) -> Option<Vec<String>> {
        self.list(name, Need::Optional, |text| normalise::line(text, max_chars))
    }

    /// A list of strings that are read one by one; every bad item is named.
    fn list<T>(&mut self, name: &'static str, need: Need, read: impl Fn(&str) -> Result<T, Fault>) -> Option<Vec<T>> {
        let Some(items) = self.take(name, need)?.as_array() else {
            self.wrong(name, "列表", "a list");
            return None;
        };
        if items.len() > MAX_ITEMS {
            self.refuse(name, "too_many_items", "列表最多 100 项。", "A list has 100 items at most.");
            return None;
        }
        let mut read_all = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let place = format!("{name}/{place}");
            match item.as_str() {
                Some(text) => read_all.extend(self.keep(&place, read(text))),
                None => self.wrong(&place, "字符串", "a string"),
            }
        }
        (read_all.len() == items.len()).then_some(read_all)
    }

    /// An amount of money (domain.md 0.2); every bad part of it is named.
    pub fn money(&mut self, name: &'static str, need: Need) -> Option<Money> {
        let value = self.take(name, need)?;
        let mut inner = Reader::new(&self.place(name), value);
        let amount = inner.string("amount", Need::Required);
        let currency = inner.parsed("currency", Need::Required, Currency::parse);
        let read = match (amount, currency) {
            (Some(amount), Some(currency)) => inner.keep("amount", Money::parse(amount, currency)),
            _ => None,
        };
        match inner.finish(read) {
            Ok(money) => Some(money),
            Err(faults) => {
                self.faults.extend(faults);
                None
            }
        }
    }
}

/// Reads a word as the enum knows it.
fn word_of<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    serde_json::from_value(Value::String(text.to_owned())).map_err(|error| {
        let allowed = error.to_string();
        Fault::new("unknown_word", format!("取值不在允许范围内：{allowed}"), format!("That is not one of the allowed words: {allowed}"))
    })
}

fn wrong_type(pointer: &str, zh: &str, en: &str) -> FieldFault {
    FieldFault::shape(pointer, "wrong_type", format!("须为{zh}。"), format!("It must be {en}."))
}

/// A name as it stands in a JSON pointer (RFC 6901).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
