//! Reading a fact as it is sent. Not here: whether this caller may assert it, `fact::rules::may_assert`.

use contracts::credit::{Degree, Detail, FactKind, FactSource, Origin};
use model::{
    fault::{Fault, FieldFault},
    instant::{Day, parse_day},
    normalise::line,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    detail::rules::parse_detail,
    fact::rules::{Dates, check_dates, check_settled},
};

const EXTERNAL_ID_MAX: usize = 100;
const AUTHORITY_MAX: usize = 200;

/// A fact as it is sent.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFact {
    /// Whom it is about: a Unified Social Credit Code.
    #[schema(example = "914404001000000590")]
    pub enterprise: String,
    /// Its kind.
    pub kind: FactKind,
    /// The own id of the asserting organisation; the same id and content again answers with the stored fact.
    #[serde(default)]
    #[schema(example = "SZ-2026-0001")]
    pub external_id: Option<String>,
    /// Where it comes from.
    pub source: FactSource,
    /// When the authority decided.
    #[serde(default)]
    #[schema(format = Date, example = "2026-05-11")]
    pub decided_on: Option<String>,
    /// When it was made public.
    #[serde(default)]
    #[schema(format = Date)]
    pub published_on: Option<String>,
    /// The first day on which it holds; the day of the decision where nothing is said.
    #[serde(default)]
    #[schema(format = Date, example = "2026-05-11")]
    pub valid_from: Option<String>,
    /// The last day on which it holds, inclusive.
    #[serde(default)]
    #[schema(format = Date)]
    pub valid_to: Option<String>,
    /// How grave.
    #[serde(default)]
    pub degree: Option<Degree>,
    /// What only this kind of fact has; see the kinds.
    #[schema(value_type = Object, example = json!({"result": "fail", "product": "电热水壶", "items": ["接地措施"]}))]
    pub detail: serde_json::Value,
}

/// A fact that was read.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Whom it is about.
    pub enterprise: Uscc,
    /// The own id of the asserting organisation.
    pub external_id: Option<String>,
    /// Kind and detail.
    pub detail: Detail,
    /// Where it comes from.
    pub source: FactSource,
    /// Its dates.
    pub dates: Dates,
    /// The first day on which it holds.
    pub valid_from: Day,
    /// How grave.
    pub degree: Option<Degree>,
    /// Whether it is the enterprise's own word.
    pub self_declared: bool,
    /// The region that it was taken from.
    pub origin: Option<Origin>,
}

/// Reads a fact; all that is wrong with it is said at once.
///
/// # Errors
/// Every bad field with its pointer.
pub fn read(new: &NewFact, today: Day) -> Result<Draft, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let enterprise = take(&mut faults, "/enterprise", Uscc::parse(&new.enterprise));
    let external_id = optional(&mut faults, "/external_id", new.external_id.as_deref(), |text| line(text, EXTERNAL_ID_MAX));
    let authority = take(&mut faults, "/source/authority", line(&new.source.authority, AUTHORITY_MAX));
    let document_no = optional(&mut faults, "/source/document_no", new.source.document_no.as_deref(), |text| line(text, AUTHORITY_MAX));
    let known = faults.len();
    let dates = Dates {
        decided_on: optional(&mut faults, "/decided_on", new.decided_on.as_deref(), parse_day),
        published_on: optional(&mut faults, "/published_on", new.published_on.as_deref(), parse_day),
        valid_from: optional(&mut faults, "/valid_from", new.valid_from.as_deref(), parse_day),
        valid_to: optional(&mut faults, "/valid_to", new.valid_to.as_deref(), parse_day),
    };
    // The order of dates is judged only where each of them could be read.
    let is_dated = faults.len() == known;
    if is_dated {
        faults.extend(check_dates(new.kind, &dates, today));
    }
    let detail = parse_detail(new.kind, &new.detail).map_err(|bad| faults.extend(bad)).ok();
    faults.extend(detail.as_ref().filter(|_| is_dated).and_then(|detail| check_settled(detail, &dates, today)));
    if detail.as_ref().and_then(Detail::speaker).is_some_and(|speaker| enterprise.as_ref() == Some(speaker)) {
        let en = "Whoever buys does not buy of itself.";
        faults.push(FieldFault::rule("/detail/buyer", "buyer_is_supplier", "采购人不能是供应商本身。", en));
    }
    match (enterprise, authority, dates.begins(), detail) {
        (Some(enterprise), Some(authority), Some(valid_from), Some(detail)) if faults.is_empty() => Ok(Draft {
            enterprise,
            external_id,
            detail,
            source: FactSource { authority, document_no },
            dates,
            valid_from,
            degree: new.degree,
            self_declared: false,
            origin: None,
        }),
        _ => Err(faults),
    }
}

fn take<T>(faults: &mut Vec<FieldFault>, pointer: &str, read: Result<T, Fault>) -> Option<T> {
    read.map_err(|fault| faults.push(FieldFault::of(pointer, fault))).ok()
}

fn optional<T>(faults: &mut Vec<FieldFault>, pointer: &str, text: Option<&str>, parse: impl Fn(&str) -> Result<T, Fault>) -> Option<T> {
    text.and_then(|text| take(faults, pointer, parse(text)))
}
