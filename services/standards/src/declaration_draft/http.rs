//! Reading a declaration as it is sent. Not here: what it must hold, `rules.rs`.

use common::{error::Result, token::Role};
use model::{
    fault::{Fault, FieldFault},
    gs1::Gtin,
    normalise::line,
    standard_no::StandardNo,
    uscc::Uscc,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::rules::{Cited, Draft};
use crate::{
    author::actions::Author,
    classification::rules::is_ics,
    declaration::rules::{DeclaredProduct, PropertyNote},
    indicator::rules::{NewIndicator, property},
};

const NAME_MAX: usize = 200;
const TEXT_MAX: usize = 500;
const EXECUTED_MAX: usize = 50;
const INDICATORS_MAX: usize = 200;
const COMMITMENTS_MAX: usize = 20;

/// A standard that is executed, as it is declared.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExecuted {
    /// Its number in any spelling; without a year the edition that is in force is meant.
    #[schema(example = "GB/T 20223-2006")]
    number: String,
    /// The title of an own standard that the catalogue does not hold; for any other the title of the catalogue stands.
    #[serde(default)]
    #[schema(example = json!(null))]
    title: Option<String>,
}

/// What an enterprise declares of a product.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeclaration {
    /// Who declares; an authority names it, an enterprise declares for itself.
    #[serde(default)]
    #[schema(example = json!(null))]
    enterprise: Option<String>,
    /// Of what.
    product: DeclaredProduct,
    /// What it executes, at most 50; the first is the main one, and makes the declaration's identity with enterprise and product.
    executed: Vec<NewExecuted>,
    /// Its own indicators: where it executes an own standard, at least one that is functional and one of performance, each with its test
    /// method.
    #[serde(default)]
    indicators: Vec<NewIndicator>,
    /// For each property with an own test method, the statement that no national, industry or international standard has one.
    #[serde(default)]
    own_methods: Vec<PropertyNote>,
    /// What it promises of quality, at most 20 short texts.
    #[serde(default)]
    #[schema(example = json!(["示例：三年质保。"]))]
    commitments: Vec<String>,
    /// Where it published: `platform` for the national standard information service platform, or the name or address of another channel.
    #[schema(example = "platform")]
    channel: String,
    /// In which items it is lower or fewer than a recommended standard that it executes.
    #[serde(default)]
    disclosures: Vec<PropertyNote>,
}

/// What is wrong of one request.
struct Reading(Vec<FieldFault>);

impl Reading {
    fn kept<T>(&mut self, at: impl Into<String>, read: std::result::Result<T, Fault>) -> Option<T> {
        read.map_err(|fault| self.0.push(FieldFault::of(at, fault))).ok()
    }

    fn at_most(&mut self, at: &str, count: usize, most: usize) {
        if count > most {
            let (zh, en) = (format!("最多 {most} 项。"), format!("At most {most}."));
            self.0.push(FieldFault::rule(at, "too_many", zh, en));
        }
    }

    fn notes(&mut self, at: &str, sent: &[PropertyNote]) -> Vec<PropertyNote> {
        self.at_most(at, sent.len(), INDICATORS_MAX);
        let read = |(place, note): (usize, &PropertyNote)| {
            let property = self.kept(format!("{at}/{place}/property"), property(&note.property));
            let text = self.kept(format!("{at}/{place}/text"), line(&note.text, TEXT_MAX));
            Some(PropertyNote { property: property?, text: text? })
        };
        sent.iter().enumerate().filter_map(read).collect()
    }

    fn product(&mut self, sent: &DeclaredProduct) -> Option<DeclaredProduct> {
        let name = self.kept("/product/name", line(&sent.name, NAME_MAX));
        let gtin = sent.gtin.as_deref().and_then(|text| self.kept("/product/gtin", Gtin::parse(text))).map(|gtin| gtin.to_string());
        if sent.ics.as_deref().is_some_and(|code| !is_ics(code)) {
            let en = "The ICS has no such class.";
            self.0.push(FieldFault::rule("/product/ics", "ics_unknown", "国际标准分类法没有该类目。", en));
        }
        Some(DeclaredProduct { name: name?, gtin, ics: sent.ics.clone() })
    }

    fn executed(&mut self, sent: &[NewExecuted]) -> Vec<Cited> {
        if sent.is_empty() {
            let en = "A declaration names at least one standard.";
            self.0.push(FieldFault::rule("/executed", "standard_missing", "声明应至少列出一项标准。", en));
        }
        self.at_most("/executed", sent.len(), EXECUTED_MAX);
        let read = |(place, executed): (usize, &NewExecuted)| {
            let number = self.kept(format!("/executed/{place}/number"), StandardNo::parse(&executed.number))?;
            Some(Cited { number, title: executed.title.clone() })
        };
        sent.iter().enumerate().filter_map(read).collect()
    }

    /// For whom it is declared.
    fn enterprise(&mut self, sent: Option<&str>, author: &Author) -> Option<Uscc> {
        match sent {
            Some(text) => self.kept("/enterprise", Uscc::parse(text)),
            None if author.role == Role::Authority => {
                self.0.push(FieldFault::rule(
                    "/enterprise",
                    "enterprise_missing",
                    "主管部门代录须写明企业。",
                    "An authority names the enterprise.",
                ));
                None
            }
            None => Some(author.organisation.clone()),
        }
    }
}

/// Reads a declaration; what cannot be read is all said at once.
///
/// # Errors
/// Every bad field.
pub(crate) fn draft(body: &NewDeclaration, author: &Author) -> Result<Draft> {
    let mut reading = Reading(Vec::new());
    let enterprise = reading.enterprise(body.enterprise.as_deref(), author);
    let (product, executed) = (reading.product(&body.product), reading.executed(&body.executed));
    reading.at_most("/indicators", body.indicators.len(), INDICATORS_MAX);
    let indicators = body.indicators.iter().enumerate();
    let indicators = indicators.filter_map(|(place, sent)| sent.read(&format!("/indicators/{place}"), &mut reading.0)).collect();
    let own_methods = reading.notes("/own_methods", &body.own_methods);
    let disclosures = reading.notes("/disclosures", &body.disclosures);
    reading.at_most("/commitments", body.commitments.len(), COMMITMENTS_MAX);
    let promise = |(place, text): (usize, &String)| reading.kept(format!("/commitments/{place}"), line(text, TEXT_MAX));
    let commitments = body.commitments.iter().enumerate().filter_map(promise).collect();
    let channel = reading.kept("/channel", line(&body.channel, NAME_MAX));
    let (Some(enterprise), Some(product), Some(channel), true) = (enterprise, product, channel, reading.0.is_empty()) else {
        return Err(reading.0.into());
    };
    Ok(Draft { enterprise, product, executed, indicators, own_methods, commitments, channel, disclosures })
}
