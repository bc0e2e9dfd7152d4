//! Whether a text is JSON that everybody reads the same way: no key twice in an object, not too deep. Not here: what it should say.

use std::{borrow::Cow, collections::HashSet, fmt};

use model::text::Text;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{shape, syntax};
use crate::error::{Code, Error, FieldError, Kind, Result};

/// How deep arrays and objects may lie in each other.
const DEPTH: usize = 64;
/// How many repeated keys are told.
const TOLD: usize = 100;

/// 400 `malformed_json` unless the text is JSON, each key stands once in its object, and nothing lies deeper than 64.
pub(super) fn check(text: &str) -> Result<()> {
    let mut seen = Seen::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Walk(&mut seen).deserialize(&mut reader).and_then(|()| reader.end());
    if seen.too_deep {
        let detail = Text::new(format!("嵌套超过 {DEPTH} 层。"), format!("It is nested deeper than {DEPTH}."));
        return Err(super::malformed("", detail));
    }
    read.map_err(|error| syntax(&error))?;
    if seen.twice.is_empty() {
        return Ok(());
    }
    let told = |pointer| FieldError::new(pointer, Code::MALFORMED_JSON.code, Text::new("键重复。", "The key stands more than once."));
    let detail = Text::new("对象中有重复的键。", "An object has the same key more than once.");
    Err(Error::new(Kind::Malformed, Code::MALFORMED_JSON, detail).with_errors(seen.twice.into_iter().map(told).collect()))
}

#[derive(Default)]
struct Seen<'de> {
    path: Vec<Step<'de>>,
    twice: Vec<String>,
    too_deep: bool,
}

enum Step<'de> {
    Key(Cow<'de, str>),
    Index(usize),
}

impl Seen<'_> {
    fn pointer(&self) -> String {
        let steps = self.path.iter().map(|step| match step {
            Step::Key(key) => shape::step(key),
            Step::Index(index) => format!("/{index}"),
        });
        steps.collect()
    }
}

struct Walk<'a, 'de>(&'a mut Seen<'de>);

impl<'de> Walk<'_, 'de> {
    fn deeper<E: serde::de::Error>(&mut self) -> std::result::Result<(), E> {
        if self.0.path.len() < DEPTH {
            return Ok(());
        }
        self.0.too_deep = true;
        Err(E::custom("too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> std::result::Result<(), A::Error> {
        self.deeper()?;
        for index in 0.. {
            self.0.path.push(Step::Index(index));
            if items.next_element_seed(Walk(self.0))?.is_none() {
                self.0.path.pop();
                return Ok(());
            }
            self.0.path.pop();
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> std::result::Result<(), A::Error> {
        self.deeper()?;
        let mut keys = HashSet::new();
        while let Some(key) = entries.next_key_seed(Key)? {
            let new = keys.insert(key.clone());
            self.0.path.push(Step::Key(key));
            if !new && self.0.twice.len() < TOLD {
                let pointer = self.0.pointer();
                self.0.twice.push(pointer);
            }
            entries.next_value_seed(Walk(self.0))?;
            self.0.path.pop();
        }
        Ok(())
    }
}

/// A key, borrowed from the text where it holds no escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> std::result::Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> std::result::Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}
