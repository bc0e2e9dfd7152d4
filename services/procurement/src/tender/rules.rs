//! What a tender must be like, and its states. Not here: whether it may be published now (`publication`), what it may not ask (`discrimination`), the rules
//! that it names (`ruleset`).

use std::collections::BTreeSet;

use contracts::credit::MoneyView;
use model::{
    fault::FieldFault,
    instant::{Instant, parse_day},
    money::Money,
    normalise::line,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{evaluation::rules::Terms, ruleset::rules::Own};

const TITLE_MAX: usize = 500;
const TEXT_MAX: usize = 4_000;
const LOTS_MAX: usize = 500;
const LIST_MAX: usize = 200;
/// The ruleset that is meant where none is named.
pub const DEFAULT_RULESET: &str = "government-procurement";

/// What is bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TenderCategory)]
pub enum Category {
    /// Goods.
    Goods,
    /// Works.
    Works,
    /// Services.
    Services,
}

/// How it is bought, Law Art 26 and the orders that added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TenderMethod)]
pub enum Method {
    /// 公开招标.
    Open,
    /// 邀请招标.
    Invited,
    /// 竞争性谈判.
    CompetitiveNegotiation,
    /// 竞争性磋商.
    CompetitiveConsultation,
    /// 询价.
    Inquiry,
    /// 单一来源.
    SingleSource,
    /// 框架协议.
    Framework,
}

/// Where a tender stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TenderState)]
pub enum State {
    /// Only its organisation and authorities see it.
    Draft,
    /// Bids may come in.
    Published,
    /// It was called off.
    Cancelled,
    /// A supplier was chosen.
    Awarded,
    /// It came to nothing.
    Void,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Published, Self::Cancelled, Self::Awarded, Self::Void];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Cancelled => "cancelled",
            Self::Awarded => "awarded",
            Self::Void => "void",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Where it may go from here. An award that a complaint upsets leads back, Law Arts 52 to 58.
    #[must_use]
    pub const fn allowed(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::Published, Self::Cancelled],
            Self::Published => &[Self::Awarded, Self::Void, Self::Cancelled],
            Self::Awarded => &[Self::Published, Self::Void, Self::Cancelled],
            Self::Cancelled | Self::Void => &[],
        }
    }
}

/// The ruleset that a tender is judged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TenderRuleset)]
pub struct RulesetAsked {
    /// Its name.
    #[schema(example = "government-procurement")]
    pub id: String,
    /// Its version; where none is named, the one in force at the cut-off is pinned when the tender is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub version: Option<u32>,
}

/// A requirement in words, which people judge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// In words.
    #[schema(example = "电热水壶，容量不低于1.5升")]
    pub text: String,
    /// The criterion type of the European Single Procurement Document that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub espd: Option<String>,
}

/// What is asked beside the ruleset, of a tender or of a lot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLot {
    /// 1 to 100 letters, digits, `.`, `_` and `-`.
    #[schema(example = "LOT-1")]
    pub id: String,
    /// Its name.
    #[schema(example = "电热水壶")]
    pub title: String,
    /// What may be spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<MoneyView>)]
    pub budget: Option<Money>,
    /// Criteria of the catalogue, as in a ruleset.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>, example = json!([{"code": "SEL.MIN_GRADE", "params": {"grade": "B"}}]))]
    pub criteria: Vec<Map<String, Value>>,
    /// Extra conditions, as in a ruleset.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>, example = json!([]))]
    pub conditions: Vec<Map<String, Value>>,
    /// What only gives priority, as in a ruleset.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>, example = json!([]))]
    pub preferences: Vec<Map<String, Value>>,
    /// Requirements in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<Requirement>,
}

/// Why a published tender is changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Amendment {
    /// In words; everybody reads it.
    #[schema(example = "澄清技术参数，顺延截止时间")]
    pub rationale: String,
    /// Whether it may change what bidders write; said to be so where nothing is said.
    #[serde(default)]
    pub affects_bids: Option<bool>,
}

/// A tender as a buyer writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTender {
    /// What is bought, in a line.
    #[schema(example = "示例小家电采购")]
    pub title: String,
    /// The same in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// Goods, works or services.
    pub category: Category,
    /// How it is bought.
    pub method: Method,
    /// What it is judged by; `government-procurement` where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruleset: Option<RulesetAsked>,
    /// Until when bids come in: an instant, or a day, which means its end.
    #[schema(example = "2036-06-01T09:30:00+08:00")]
    pub cut_off: String,
    /// When the goods are due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Date, example = "2036-09-01")]
    pub delivery_on: Option<String>,
    /// What may be spent on the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<MoneyView>, example = json!(null))]
    pub budget: Option<Money>,
    /// Criteria of the catalogue beside those of the ruleset, in the same grammar.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>, example = json!([{"code": "SEL.TRACEABILITY", "params": {"level": 1}}]))]
    pub criteria: Vec<Map<String, Value>>,
    /// Extra conditions beside those of the ruleset, in the same grammar.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>, example = json!([]))]
    pub conditions: Vec<Map<String, Value>>,
    /// What only gives priority, in the same grammar.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>, example = json!([]))]
    pub preferences: Vec<Map<String, Value>>,
    /// Requirements in words, which people judge; none may discriminate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<Requirement>,
    /// The lots; none means that the whole is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lots: Vec<NewLot>,
    /// How bids are evaluated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, example = json!(null))]
    pub evaluation: Option<Map<String, Value>>,
    /// The digest of the document that it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null))]
    pub source: Option<String>,
    /// Required where the tender is published, refused where it is not.
    #[serde(default, skip_serializing)]
    #[schema(example = json!(null))]
    pub amendment: Option<Amendment>,
}

/// A tender that was read and found to be in order.
#[derive(Clone, Debug)]
pub struct Tender {
    /// As it was written, texts trimmed.
    pub written: NewTender,
    /// What it is judged by.
    pub ruleset: RulesetAsked,
    /// Until when bids come in.
    pub cut_off: Instant,
    /// What it asks of every lot.
    pub own: Own,
    /// What each lot asks, by its id.
    pub lots: Vec<(String, Own)>,
}

/// Whether a text can name a tender or a lot.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// Reads a tender.
///
/// # Errors
/// Every fault, each with its place.
pub fn read(written: &NewTender) -> Result<Tender, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let mut made = written.clone();
    made.title = said("/title", &written.title, TITLE_MAX, &mut faults);
    made.title_en = written.title_en.as_ref().map(|title| said("/title_en", title, TITLE_MAX, &mut faults));
    let cut_off = Instant::parse_or_day_end(&written.cut_off).map_err(|fault| faults.push(FieldFault::of("/cut_off", fault))).ok();
    let delivery = written.delivery_on.as_deref().map(parse_day).transpose();
    match (delivery, cut_off) {
        (Err(fault), _) => faults.push(FieldFault::of("/delivery_on", fault)),
        (Ok(Some(due)), Some(cut_off)) if due < cut_off.day() => {
            faults.push(FieldFault::rule("/delivery_on", "tender_dates", "交付不得早于投标截止。", "Delivery is not before the cut-off."));
        }
        _ => {}
    }
    if written.ruleset.as_ref().is_some_and(|ruleset| ruleset.version == Some(0)) {
        faults.push(FieldFault::rule("/ruleset/version", "version_invalid", "版本须为正整数。", "A version is a positive whole number."));
    }
    if written.source.as_ref().is_some_and(|digest| !is_digest(digest)) {
        let en = "Must be sha256: and 64 hexadecimal digits.";
        faults.push(FieldFault::rule("/source", "tender_source_invalid", "须为 sha256: 加 64 位十六进制数。", en));
    }
    positive(written.budget, "/budget", &mut faults);
    if let Some(amendment) = made.amendment.as_mut() {
        amendment.rationale = said("/amendment/rationale", &amendment.rationale, TEXT_MAX, &mut faults);
    }
    if let Some(evaluation) = &written.evaluation {
        Terms::read(&Value::Object(evaluation.clone()), "/evaluation", &mut faults);
    }
    let mut codes = BTreeSet::new();
    let own = asked((&written.criteria, &written.conditions, &written.preferences), "", &mut codes, &mut faults);
    requirements(&mut made.requirements, "", &mut faults);
    let lots = lots(&mut made.lots, &codes, &mut faults);
    let ruleset = written.ruleset.clone().unwrap_or_else(|| RulesetAsked { id: DEFAULT_RULESET.to_owned(), version: None });
    made.ruleset = Some(ruleset.clone());
    match cut_off {
        Some(cut_off) if faults.is_empty() => Ok(Tender { written: made, ruleset, cut_off, own, lots }),
        _ => Err(faults),
    }
}

fn lots(lots: &mut [NewLot], codes: &BTreeSet<String>, faults: &mut Vec<FieldFault>) -> Vec<(String, Own)> {
    if lots.len() > LOTS_MAX {
        let (zh, en) = (format!("最多 {LOTS_MAX} 个包。"), format!("At most {LOTS_MAX} lots."));
        faults.push(FieldFault::rule("/lots", "list_too_long", zh, en));
        return Vec::new();
    }
    let (mut seen, mut found) = (BTreeSet::new(), Vec::with_capacity(lots.len()));
    for (place, lot) in lots.iter_mut().enumerate() {
        let at = format!("/lots/{place}");
        if !is_id(&lot.id) {
            let en = "1 to 100 letters, digits, \".\", \"_\" and \"-\".";
            faults.push(FieldFault::rule(format!("{at}/id"), "tender_id_invalid", "须为 1 至 100 个字母、数字、点、下划线或连字符。", en));
        } else if !seen.insert(lot.id.clone()) {
            faults.push(FieldFault::rule(format!("{at}/id"), "lot_duplicate", "包号重复。", "Two lots have this id."));
        }
        lot.title = said(&format!("{at}/title"), &lot.title, TITLE_MAX, faults);
        positive(lot.budget, &format!("{at}/budget"), faults);
        let own = asked((&lot.criteria, &lot.conditions, &lot.preferences), &at, &mut codes.clone(), faults);
        requirements(&mut lot.requirements, &at, faults);
        found.push((lot.id.clone(), own));
    }
    found
}

type Items = [Map<String, Value>];

fn asked(
    (criteria, conditions, preferences): (&Items, &Items, &Items),
    at: &str,
    codes: &mut BTreeSet<String>,
    faults: &mut Vec<FieldFault>,
) -> Own {
    let mut values = |items: &Items, name: &str| -> Vec<Value> {
        if items.len() > LIST_MAX {
            let (zh, en) = (format!("最多 {LIST_MAX} 项。"), format!("At most {LIST_MAX} entries."));
            faults.push(FieldFault::rule(format!("{at}/{name}"), "list_too_long", zh, en));
            return Vec::new();
        }
        items.iter().cloned().map(Value::Object).collect()
    };
    let (criteria, conditions) = (values(criteria, "criteria"), values(conditions, "conditions"));
    let preferences = values(preferences, "preferences");
    Own::read((&criteria, &conditions, &preferences), at, codes, faults)
}

fn requirements(requirements: &mut [Requirement], at: &str, faults: &mut Vec<FieldFault>) {
    if requirements.len() > LIST_MAX {
        let (zh, en) = (format!("最多 {LIST_MAX} 项。"), format!("At most {LIST_MAX} entries."));
        faults.push(FieldFault::rule(format!("{at}/requirements"), "list_too_long", zh, en));
        return;
    }
    for (place, requirement) in requirements.iter_mut().enumerate() {
        let at = format!("{at}/requirements/{place}");
        requirement.text = said(&format!("{at}/text"), &requirement.text, TEXT_MAX, faults);
        requirement.espd = requirement.espd.as_ref().map(|code| said(&format!("{at}/espd"), code, 200, faults));
    }
}

fn said(pointer: &str, text: &str, most: usize, faults: &mut Vec<FieldFault>) -> String {
    line(text, most).unwrap_or_else(|fault| {
        faults.push(FieldFault::of(pointer, fault));
        String::new()
    })
}

fn positive(budget: Option<Money>, pointer: &str, faults: &mut Vec<FieldFault>) {
    if budget.is_some_and(|budget| !budget.is_positive()) {
        faults.push(FieldFault::rule(pointer, "budget_not_positive", "预算须大于零。", "The budget is above zero."));
    }
}

fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}
