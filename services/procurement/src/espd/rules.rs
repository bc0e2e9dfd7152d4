//! From the criteria of an ESPD request to those of the catalogue. What the platform cannot judge stays as a requirement in words, with its code. Not here:
//! the XML itself (`xml`), keeping the document (`source`).

use model::{
    fault::FieldFault,
    money::{Currency, Money},
};
use serde_json::{Map, Value, json};

use crate::catalogue::rules::{CATALOGUE, Entry};
use crate::criterion::rules::{Class, Wording};
use crate::parameter::rules::Kind;
use crate::source::rules::Note;
use crate::tender::rules::Requirement;
use crate::xml::rules::{self as xml, Element};

const ROOT: &str = "QualificationApplicationRequest";
const NAMESPACE: &str = "urn:oasis:names:specification:ubl:schema:xsd:QualificationApplicationRequest-2";
/// A ground that a country adds: it fits everything and so nothing.
const CATCH_ALL: &str = "CRITERION.EXCLUSION.NATIONAL.OTHER";
const TEXT_MAX: usize = 4_000;

/// What an ESPD request asks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// The number of the procedure.
    pub folder: Option<String>,
    /// Criteria of the catalogue.
    pub criteria: Vec<Map<String, Value>>,
    /// What people judge.
    pub requirements: Vec<Requirement>,
    /// What was not taken over as it stands.
    pub notes: Vec<Note>,
}

/// Reads a request.
///
/// # Errors
/// What the XML breaks, or `espd_shape`.
pub fn read(text: &str) -> Result<Asked, Vec<FieldFault>> {
    let root = xml::read(text).map_err(|fault| vec![FieldFault::of("", fault)])?;
    let is_request = root.name == ROOT && root.attributes.iter().any(|(_, value)| value == NAMESPACE);
    if !is_request || root.each("TenderingCriterion").next().is_none() {
        let en = "Not a QualificationApplicationRequest of UBL 2 with criteria.";
        return Err(vec![FieldFault::rule("", "espd_shape", "不是含准则的 UBL 2 QualificationApplicationRequest。", en)]);
    }
    let mut asked = Asked { folder: root.said("ContractFolderID").map(str::to_owned), ..Asked::default() };
    let mut number = 0_usize;
    for child in &root.children {
        if child.name == "TenderingCriterion" {
            number = number.saturating_add(1);
            criterion(child, &format!("/{ROOT}/TenderingCriterion[{number}]"), &mut asked);
        } else if !["UBLVersionID", "CustomizationID", "ProfileID", "ID", "CopyIndicator", "UUID", "ContractFolderID", "VersionID"]
            .contains(&child.name.as_str())
        {
            let text = Wording::fixed("采购项目不含此项。", "A tender here has no such part.");
            asked.notes.push(Note { line: Some(child.line), ..Note::new(format!("/{ROOT}/{}", child.name), "not_mapped", text) });
        }
    }
    Ok(asked)
}

fn criterion(element: &Element, place: &str, asked: &mut Asked) {
    let code = element.said("CriterionTypeCode").unwrap_or_default().to_owned();
    let name = element.said("Name").unwrap_or(&code).to_owned();
    let mut note = |word: &str, zh: String, en: String| {
        asked.notes.push(Note { line: Some(element.line), ..Note::new(place, word, Wording::made(zh, en)) });
    };
    if !code.starts_with("CRITERION.EXCLUSION.") && !code.starts_with("CRITERION.SELECTION.") {
        let (zh, en) =
            (format!("“{name}”询问供应商资料，不是条件。"), format!("\"{name}\" asks for data of the bidder and is no condition."));
        return note("not_mapped", zh, en);
    }
    let fitting: Vec<&Entry> = CATALOGUE
        .iter()
        .filter(|entry| entry.espd == Some(code.as_str()) && entry.class != Class::Preference && code != CATCH_ALL)
        .collect();
    let why = match fitting.as_slice() {
        [] => ("平台没有能判断它的准则", "the catalogue has no criterion that judges it"),
        [entry] => match parameters(entry, element) {
            Some(params) => {
                let item = if params.is_empty() { json!({"code": entry.code}) } else { json!({"code": entry.code, "params": params}) };
                if let Value::Object(item) = item
                    && !asked.criteria.contains(&item)
                {
                    asked.criteria.push(item);
                }
                return;
            }
            None => ("文件没有给出所需的数值", "the document does not give the values that the criterion needs"),
        },
        _ => ("有多个准则与它相符", "several criteria fit it"),
    };
    note(
        "kept_as_text",
        format!("“{name}”作为文字要求保留：{}。", why.0),
        format!("\"{name}\" is kept as a requirement in words: {}.", why.1),
    );
    let description = element.said("Description").unwrap_or_default();
    let whole = if description.is_empty() { name } else { format!("{name}: {description}") };
    if whole.chars().count() > TEXT_MAX {
        let text = Wording::fixed("文字过长，已截短。", "The text is too long and was cut.");
        asked.notes.push(Note { line: Some(element.line), ..Note::new(place, "not_mapped", text) });
    }
    asked.requirements.push(Requirement { text: whole.chars().take(TEXT_MAX).collect(), espd: Some(code) });
}

/// The parameters of a criterion, from the values that the document expects; `None` where one that is needed is missing.
fn parameters(entry: &Entry, element: &Element) -> Option<Map<String, Value>> {
    let mut found = Map::new();
    for parameter in &entry.parameters {
        let value = match parameter.kind {
            Kind::Money => first(element, "ExpectedAmount").and_then(money),
            Kind::Name => {
                ["ExpectedDescription", "ExpectedID"].into_iter().find_map(|name| first(element, name)).map(|named| json!(named.text))
            }
            Kind::Whole(..) => first(element, "ExpectedValueNumeric").and_then(|number| number.text.parse::<i64>().ok()).map(Value::from),
            _ => None,
        };
        // A number without a name could mean any optional one.
        match value {
            Some(value) if parameter.required || matches!(parameter.kind, Kind::Name) => {
                found.insert(parameter.name.to_owned(), value);
            }
            None if parameter.required => return None,
            _ => {}
        }
    }
    Some(found)
}

fn money(element: &Element) -> Option<Value> {
    let currency = Currency::parse(element.attribute("currencyID")?).ok()?;
    let money = Money::parse(&element.text, currency).ok().filter(|money| money.is_positive())?;
    serde_json::to_value(money).ok()
}

/// The first element of a name below, if it says anything; the tree is no deeper than the reader lets it be.
fn first<'a>(element: &'a Element, name: &str) -> Option<&'a Element> {
    element.children.iter().find_map(|child| if child.name == name && !child.text.is_empty() { Some(child) } else { first(child, name) })
}
