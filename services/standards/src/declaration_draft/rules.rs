//! What a declaration lacks by itself, whatever its numbers name; pure. Not here: how it stands to other standards, `shortfall`.

use model::{
    fault::FieldFault,
    standard_no::{Level, StandardNo},
    uscc::Uscc,
};

use crate::{
    declaration::rules::{DeclaredProduct, PropertyNote},
    indicator::rules::{Indicator, IndicatorKind},
};

/// A number as it is cited, with the title of an own standard that the catalogue does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cited {
    /// The number.
    pub number: StandardNo,
    /// The title.
    pub title: Option<String>,
}

/// A declaration as it comes in, readable.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Who declares.
    pub enterprise: Uscc,
    /// Of what.
    pub product: DeclaredProduct,
    /// What it executes.
    pub executed: Vec<Cited>,
    /// Its own indicators.
    pub indicators: Vec<Indicator>,
    /// That no standard has a method.
    pub own_methods: Vec<PropertyNote>,
    /// What it promises.
    pub commitments: Vec<String>,
    /// Where it published.
    pub channel: String,
    /// In which items it is below what is recommended.
    pub disclosures: Vec<PropertyNote>,
}

/// What a draft lacks by itself, whatever its numbers name.
#[must_use]
pub fn faults(draft: &Draft) -> Vec<FieldFault> {
    let mut bad = Vec::new();
    let own_standard = draft.executed.iter().any(|cited| cited.number.level() == Level::Enterprise);
    let properties: Vec<&str> = draft.indicators.iter().map(|indicator| indicator.property.as_str()).collect();
    for (place, indicator) in draft.indicators.iter().enumerate() {
        let at = format!("/indicators/{place}");
        if properties.iter().take(place).any(|before| *before == indicator.property) {
            let en = "A property has one indicator.";
            bad.push(FieldFault::rule(format!("{at}/property"), "indicator_twice", "同一指标只能申报一次。", en));
        }
        bad.extend(own_standard.then(|| method_fault(draft, indicator, &at)).flatten());
    }
    let wanted = [(IndicatorKind::Functional, "功能", "functional"), (IndicatorKind::Performance, "性能", "of performance")];
    for (kind, zh, en) in wanted.into_iter().filter(|_| own_standard) {
        if !draft.indicators.iter().any(|indicator| indicator.kind == kind) {
            let en = format!("Who executes an own standard publishes at least one indicator that is {en} (Law 27).");
            let zh = format!("执行企业标准的，应当公开至少一项{zh}指标（标准化法第二十七条）。");
            bad.push(FieldFault::rule("/indicators", "indicator_missing", zh, en));
        }
    }
    for (name, notes) in [("own_methods", &draft.own_methods), ("disclosures", &draft.disclosures)] {
        for (place, note) in notes.iter().enumerate() {
            if notes.iter().take(place).any(|before| before.property == note.property) {
                let at = format!("/{name}/{place}/property");
                bad.push(FieldFault::rule(at, "indicator_twice", "同一指标只能说明一次。", "A property is explained once."));
            }
        }
    }
    bad
}

/// Order 83 Art 12: methods are taken from national, industry or international standards; an own one only where there is none, which is to
/// be said.
fn method_fault(draft: &Draft, indicator: &Indicator, at: &str) -> Option<FieldFault> {
    let Some(method) = &indicator.test_method else {
        let en = "An indicator of an own standard names its test method (Order 83 Art 12).";
        return Some(FieldFault::rule(
            format!("{at}/test_method"),
            "test_method_missing",
            "企业标准的指标应写明试验方法（办法第十二条）。",
            en,
        ));
    };
    let is_common = StandardNo::parse(&method.standard).is_ok_and(|number| {
        matches!(number.level(), Level::National | Level::Industry | Level::International | Level::Regional | Level::Foreign)
    });
    if is_common || draft.own_methods.iter().any(|note| note.property == indicator.property) {
        return None;
    }
    let en = "An own method needs the statement that no national, industry or international standard has one (Order 83 Art 12).";
    let zh = "使用自定方法的，须声明没有可用的国家标准、行业标准或国际标准（办法第十二条）。";
    Some(FieldFault::rule(format!("{at}/test_method"), "own_method_unexplained", zh, en))
}
