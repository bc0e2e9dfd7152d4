//! When an enterprise may go into another, and what the register says of it afterwards. Not here: who may say so, `http.rs`.

use contracts::credit::EnterpriseStatus;
use model::{
    fault::FieldFault,
    instant::{Day, parse_day},
    normalise::line,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::enterprise::rules::{Enterprise, Merged};

const NUMBER_MAX: usize = 200;

/// A merger as it is sent.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMerger {
    /// Who goes on.
    #[schema(example = "914404001000000590")]
    pub into: String,
    /// Since when the absorbed one is no more.
    #[schema(format = Date, example = "2026-05-01")]
    pub on: String,
    /// The number of the register authority's document.
    #[serde(default)]
    #[schema(example = "示例〔2026〕1号")]
    pub document_no: Option<String>,
}

/// Reads a merger; all that is wrong with it is said at once.
///
/// # Errors
/// Every field that breaks a rule, with its pointer.
pub fn read(absorbed: &Uscc, new: &NewMerger, today: Day) -> Result<Merged, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let into = Uscc::parse(&new.into).map_err(|fault| faults.push(FieldFault::of("/into", fault))).ok();
    if into.as_ref() == Some(absorbed) {
        faults.push(FieldFault::rule("/into", "merged_into_itself", "企业不能并入自身。", "An enterprise cannot be merged into itself."));
    }
    let on = parse_day(&new.on).map_err(|fault| faults.push(FieldFault::of("/on", fault))).ok();
    if on.is_some_and(|on| on > today) {
        faults.push(FieldFault::rule("/on", "date_in_future", "日期不得晚于今天。", "The date must not lie in the future."));
    }
    let number = new.document_no.as_deref().map(|text| line(text, NUMBER_MAX)).transpose();
    let document_no = number.map_err(|fault| faults.push(FieldFault::of("/document_no", fault))).ok().flatten();
    match (into, on) {
        (Some(into), Some(on)) if faults.is_empty() => Ok(Merged { into, on, document_no }),
        _ => Err(faults),
    }
}

/// The entry of the absorbed enterprise afterwards: it is dissolved by the merger (Civil Code Art 69), and the survivor is one that stands.
///
/// # Errors
/// `enterprise_unknown` where nobody is registered as survivor, `survivor_merged` where that one went into another itself, `date_order` where the
/// merger lies before one of them was established.
pub fn absorb(absorbed: &Enterprise, survivor: Option<&Enterprise>, merged: &Merged) -> Result<Enterprise, Vec<FieldFault>> {
    let mut faults = Vec::new();
    match survivor {
        None => {
            faults.push(FieldFault::rule("/into", "enterprise_unknown", "这里没有登记该企业。", "This enterprise is not registered here."))
        }
        Some(survivor) if survivor.merged.is_some() => {
            faults.push(FieldFault::rule(
                "/into",
                "survivor_merged",
                "该企业自身已并入其他企业。",
                "This enterprise was merged into another itself.",
            ));
        }
        Some(_) => {}
    }
    let both = survivor.map_or(absorbed.established_on, |survivor| survivor.established_on.max(absorbed.established_on));
    if merged.on < both {
        faults.push(FieldFault::rule("/on", "date_order", "合并不得早于任何一方成立之日。", "It cannot lie before both were established."));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Enterprise {
        status: EnterpriseStatus::Deregistered,
        status_since: Some(merged.on),
        merged: Some(merged.clone()),
        ..absorbed.clone()
    })
}

/// Whether a merger comes after those by which others went into the absorbed one; `last` is the day of the last of them.
///
/// # Errors
/// `date_order`: whoever is no more takes nobody over.
pub fn in_order(merged: &Merged, last: Option<Day>) -> Result<(), Vec<FieldFault>> {
    match last {
        Some(last) if merged.on < last => {
            let en = "It cannot lie before another enterprise went into this one.";
            Err(vec![FieldFault::rule("/on", "date_order", "合并不得早于其他企业并入该企业之日。", en)])
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn code(number: u32) -> Uscc {
        Uscc::with_check(&format!("9144040010000{number:04}")).unwrap()
    }

    fn entry(number: u32) -> Enterprise {
        Enterprise {
            uscc: code(number),
            name: format!("示例{number}有限公司"),
            former_names: vec![],
            short_name: None,
            name_en: None,
            division: "440305".into(),
            industry: None,
            status: EnterpriseStatus::Active,
            status_since: None,
            established_on: parse_day("1999-02-11").unwrap(),
            merged: None,
        }
    }

    fn codes(faults: Vec<FieldFault>) -> Vec<String> {
        faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
    }

    #[test]
    fn a_merger_is_read_with_all_its_faults() {
        let today = parse_day("2026-06-01").unwrap();
        let new = |into: &str, on: &str, number: Option<&str>| NewMerger {
            into: into.into(),
            on: on.into(),
            document_no: number.map(str::to_owned),
        };
        let good = read(&code(1), &new(code(2).as_str(), "2026-06-01", Some("示例〔2026〕1号")), today).unwrap();
        assert_eq!((good.into, good.document_no.as_deref()), (code(2), Some("示例〔2026〕1号")));
        for (into, on, number, expected) in [
            (code(1).as_str(), "2026-06-01", None, vec!["/into merged_into_itself"]),
            (code(2).as_str(), "2026-06-02", None, vec!["/on date_in_future"]),
            (
                "914404001000000591",
                "2026-02-30",
                Some("\u{0}"),
                vec!["/into uscc_check_character", "/on date_invalid", "/document_no control_character"],
            ),
        ] {
            assert_eq!(codes(read(&code(1), &new(into, on, number), today).unwrap_err()), expected);
        }
    }

    #[test]
    fn who_can_go_into_whom() {
        let merged = |on: &str| Merged { into: code(2), on: parse_day(on).unwrap(), document_no: None };
        let after = absorb(&entry(1), Some(&entry(2)), &merged("2026-05-01")).unwrap();
        assert_eq!(
            (after.status, after.status_since),
            (EnterpriseStatus::Deregistered, Some(parse_day("2026-05-01").unwrap())),
            "Civil Code Art 69"
        );
        assert_eq!(after.merged.clone().unwrap().into, code(2));
        assert_eq!(codes(absorb(&entry(1), None, &merged("2026-05-01")).unwrap_err()), ["/into enterprise_unknown"]);
        assert_eq!(codes(absorb(&entry(1), Some(&after), &merged("1999-02-10")).unwrap_err()), ["/into survivor_merged", "/on date_order"]);
        let young = Enterprise { established_on: parse_day("2026-05-02").unwrap(), ..entry(2) };
        assert_eq!(codes(absorb(&entry(1), Some(&young), &merged("2026-05-01")).unwrap_err()), ["/on date_order"], "there was no survivor");
        let last = parse_day("2026-05-01").ok();
        assert_eq!(codes(in_order(&merged("2026-04-30"), last).unwrap_err()), ["/on date_order"], "it was no more by then");
        assert!(in_order(&merged("2026-05-01"), last).is_ok() && in_order(&merged("2026-04-30"), None).is_ok());
    }

    proptest! {
        /// Whatever is tried in whatever order, every absorbed enterprise leads to exactly one survivor that stands.
        #[test]
        fn no_sequence_of_mergers_makes_a_circle(tries in prop::collection::vec((0_u32..6, 0_u32..7), 0..40)) {
            let mut register: BTreeMap<Uscc, Enterprise> = (0..6).map(|number| (code(number), entry(number))).collect();
            let today = parse_day("2026-06-01").unwrap();
            for (absorbed, survivor) in tries {
                let new = NewMerger { into: code(survivor).to_string(), on: "2026-05-01".into(), document_no: None };
                let stands = register[&code(absorbed)].clone();
                // An absorbed enterprise answers 410 before anything is decided.
                if stands.merged.is_some() { continue; }
                let Ok(merged) = read(&code(absorbed), &new, today) else {
                    prop_assert_eq!(absorbed, survivor);
                    continue;
                };
                match absorb(&stands, register.get(&merged.into), &merged) {
                    Ok(after) => drop(register.insert(code(absorbed), after)),
                    Err(_) => prop_assert!(register.get(&merged.into).is_none_or(|into| into.merged.is_some())),
                }
            }
            prop_assert!(register.values().any(|entry| entry.merged.is_none()));
            for entry in register.values() {
                let (mut at, mut steps) = (entry, 0);
                while let Some(merged) = &at.merged {
                    at = &register[&merged.into];
                    steps += 1;
                    prop_assert!(steps <= register.len());
                }
            }
        }
    }
}
