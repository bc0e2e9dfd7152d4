//! What is wrong with the shape of a body, all of it, by the same schema that the documentation shows. Not here: reading; serde reads, and
//! this runs only after it refused.

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

use jsonschema::{ValidationError, Validator, error::ValidationErrorKind as Why};
use model::text::Text;
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};
use utoipa::ToSchema;

use super::close;
use crate::error::{Code, FieldError};

/// How many errors of one body are told.
const TOLD: usize = 100;
/// How much of a name that a caller invented is repeated to him.
const NAME: usize = 200;

/// The schema of a type, ready for use.
#[derive(Clone)]
struct Ready {
    validator: Arc<Validator>,
    /// Whether serde alone would let fields pass that the schema does not name: flattened structs cannot deny unknown fields.
    loose: bool,
}

/// Every error of shape; empty where the schema finds nothing, or there is none that can be used.
pub(super) fn errors<T: ToSchema + 'static>(value: &Value, at: &str) -> Vec<FieldError> {
    ready::<T>().map_or_else(Vec::new, |ready| found(&ready, value, at))
}

/// Whether serde needs help to refuse unknown fields of this type.
pub(super) fn is_loose<T: ToSchema + 'static>() -> bool {
    ready::<T>().is_some_and(|ready| ready.loose)
}

/// What is wrong with a value although serde has read it: fields that nobody knows, and lists in the place of objects.
pub(super) fn missed<T: ToSchema + 'static>(value: &Value, at: &str) -> Vec<FieldError> {
    let loose = is_loose::<T>();
    let is_list = |pointer: &str| pointer.strip_prefix(at).and_then(|pointer| value.pointer(pointer)).is_some_and(Value::is_array);
    let missed = |error: &FieldError| {
        (loose && error.code == Code::UNKNOWN_FIELD.code) || (error.code == Code::WRONG_TYPE.code && is_list(&error.pointer))
    };
    errors::<T>(value, at).into_iter().filter(missed).collect()
}

fn found(ready: &Ready, value: &Value, at: &str) -> Vec<FieldError> {
    let mut found = Vec::new();
    for error in ready.validator.iter_errors(value) {
        collect(&error, at, &mut found);
        if found.len() >= TOLD {
            break;
        }
    }
    found.truncate(TOLD);
    let mut unlike: Vec<FieldError> = Vec::with_capacity(found.len());
    for error in found {
        if !unlike.iter().any(|other| other.pointer == error.pointer && other.code == error.code) {
            unlike.push(error);
        }
    }
    unlike
}

/// The compiled schema of a type, made once.
fn ready<T: ToSchema + 'static>() -> Option<Ready> {
    static MADE: OnceLock<RwLock<HashMap<TypeId, Option<Ready>>>> = OnceLock::new();
    let made = MADE.get_or_init(RwLock::default);
    if let Some(ready) = made.read().unwrap_or_else(PoisonError::into_inner).get(&TypeId::of::<T>()) {
        return ready.clone();
    }
    let (root, named) = document::<T>();
    let closed = close::closed(&root, &named);
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true);
    let ready = match options.build(&closed) {
        Ok(validator) => Some(Ready { validator: Arc::new(validator), loose: close::changed(&closed, &root, &named) }),
        Err(error) => {
            tracing::error!(schema = %T::name(), cause = %error, "a schema cannot be used; only the first error of a body is told");
            None
        }
    };
    made.write().unwrap_or_else(PoisonError::into_inner).insert(TypeId::of::<T>(), ready.clone());
    ready
}

/// The schema of a type and all schemas that it names.
fn document<T: ToSchema>() -> (Value, Map<String, Value>) {
    let mut named = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut named);
    let mut schemas = Map::new();
    for (name, schema) in named {
        let schema = serde_json::to_value(schema).unwrap_or(Value::Bool(true));
        schemas.entry(name).or_insert(schema);
    }
    (serde_json::to_value(T::schema()).unwrap_or(Value::Bool(true)), schemas)
}

fn collect(error: &ValidationError<'_>, at: &str, found: &mut Vec<FieldError>) {
    let pointer = format!("{at}{}", error.instance_path());
    match error.kind() {
        Why::AdditionalProperties { unexpected } | Why::UnevaluatedProperties { unexpected } => {
            let unknown = |name: &String| {
                FieldError::new(
                    format!("{pointer}{}", step(name)),
                    Code::UNKNOWN_FIELD.code,
                    Text::new("没有这个字段。", "There is no such field."),
                )
            };
            found.extend(unexpected.iter().take(TOLD).map(unknown));
        }
        Why::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let detail = Text::new("缺少必填字段。", "The field is required.");
            found.push(FieldError::new(format!("{pointer}{}", step(name)), Code::MISSING_FIELD.code, detail));
        }
        Why::OneOfNotValid { context } | Why::AnyOf { context } => closest(error, context, at, pointer, found),
        Why::Enum { options } => found.push(not_one_of(pointer, words(options))),
        Why::Constant { expected_value } => found.push(not_one_of(pointer, words(expected_value))),
        // Lengths, patterns and counts are rules of the domain: serde does not know them, so they are not why it refused.
        Why::MinLength { .. } | Why::MaxLength { .. } | Why::Pattern { .. } | Why::MinItems { .. } | Why::MaxItems { .. } => {}
        Why::UniqueItems | Why::MultipleOf { .. } | Why::MinProperties { .. } | Why::MaxProperties { .. } => {}
        Why::OneOfMultipleValid { .. } => {}
        // An object without any field: which one is unknown, only serde tells.
        Why::FalseSchema => {}
        Why::Format { format } => {
            let detail = Text::new(format!("不是有效的 {format}。"), format!("It is not a valid {format}."));
            found.push(FieldError::new(pointer, Code::WRONG_TYPE.code, detail));
        }
        Why::Type { .. } => {
            let english = short(&error.to_string());
            found.push(wrong_type(pointer, &english));
        }
        _ => found.push(wrong_type(pointer, &short(&error.to_string()))),
    }
}

/// The errors of the form that was most likely meant: the one whose own words and types fit at the top.
fn closest(error: &ValidationError<'_>, context: &[Vec<ValidationError<'static>>], at: &str, pointer: String, found: &mut Vec<FieldError>) {
    let here = error.instance_path().as_str();
    let off = |inner: &ValidationError<'static>| {
        let rest = inner.instance_path().as_str().strip_prefix(here).unwrap_or_default();
        let near = rest.bytes().filter(|byte| *byte == b'/').count();
        match inner.kind() {
            Why::Type { .. } => near == 0,
            Why::Enum { .. } | Why::Constant { .. } => near <= 1,
            _ => false,
        }
    };
    let fits = context.iter().filter(|branch| !branch.iter().any(off));
    if let Some(best) = fits.min_by_key(|branch| branch.len()) {
        best.iter().for_each(|inner| collect(inner, at, found));
        return;
    }
    // No form fits. Where all that differ do so in one word, that word is what is wrong.
    let mut place = None;
    let mut allowed = Vec::new();
    for inner in context.iter().flatten().filter(|inner| off(inner)) {
        let options = match inner.kind() {
            Why::Enum { options } => words(options),
            Why::Constant { expected_value } => words(expected_value),
            _ => continue,
        };
        let path = format!("{at}{}", inner.instance_path());
        if *place.get_or_insert_with(|| path.clone()) == path {
            allowed.extend(options);
        }
    }
    match place {
        Some(place) => found.push(not_one_of(place, allowed)),
        None => found.push(wrong_type(pointer, &short(&error.to_string()))),
    }
}

fn words(options: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match options {
        Value::Array(options) => options.iter().map(word).collect(),
        one => vec![word(one)],
    }
}

fn not_one_of(pointer: String, words: Vec<String>) -> FieldError {
    let allowed = words.join(", ");
    FieldError::new(
        pointer,
        Code::WRONG_TYPE.code,
        Text::new(format!("应为以下之一:{allowed}。"), format!("It must be one of: {allowed}.")),
    )
}

fn wrong_type(pointer: String, english: &str) -> FieldError {
    FieldError::new(pointer, Code::WRONG_TYPE.code, Text::new("字段类型不对。", format!("The field has the wrong type: {english}.")))
}

/// What serde told about one place.
pub(super) fn told(pointer: String, text: &str) -> FieldError {
    let quoted = |start: &str| text.strip_prefix(start).and_then(|rest| rest.split('`').next());
    if let Some(name) = quoted("missing field `") {
        let detail = Text::new("缺少必填字段。", "The field is required.");
        return FieldError::new(format!("{pointer}{}", step(name)), Code::MISSING_FIELD.code, detail);
    }
    if let Some(name) = quoted("unknown field `") {
        // The path ends at the unknown field itself already.
        let own = step(name);
        let pointer = if pointer.ends_with(&own) { pointer } else { pointer + &own };
        return FieldError::new(pointer, Code::UNKNOWN_FIELD.code, Text::new("没有这个字段。", "There is no such field."));
    }
    wrong_type(pointer, &short(text))
}

/// A part of a JSON pointer (RFC 6901), shortened where a caller invented something long.
pub(super) fn step(name: &str) -> String {
    let name: String = name.chars().take(NAME).collect();
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The path of serde as a JSON pointer; variants are not part of the document.
pub(super) fn pointer(path: &Path) -> String {
    let steps = path.iter().map(|segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => step(key),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    });
    steps.collect()
}

/// The beginning of a message that may repeat what a caller sent.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(NAME).collect()
}
