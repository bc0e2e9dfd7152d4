//! What is never published is named in as few places as can be: the internal risk class by its own room, its payload and one hook. Not here: what the
//! running product answers; `flows::leaks` walks that.

use super::{
    none,
    source::{Piece, begins, pieces},
    tree,
};

/// The room and the payload.
const OWN: [&str; 2] = ["services/credit/src/risk/", "libs/contracts/src/credit/risk.rs"];
/// The only other places, each with the only ways in which it may name them.
const HOOKS: [(&str, &[&str]); 4] = [
    // A fact has moved.
    ("services/credit/src/score/actions.rs", &["risk::actions::refresh("]),
    // The routes and the clock; what a route answers to whom is its own business.
    (
        "services/credit/src/lib.rs",
        &["risk;", "risk::http::read_risk", "risk::http::list_risks", "risk::http::GUARDED_EVENTS", "risk::actions::follow("],
    ),
    ("services/credit/src/schema.rs", &["risk_class (", "risk_class)"]),
    ("libs/contracts/src/credit/mod.rs", &["risk;", "risk::{RiskClass, RiskClassified}", "RiskClass,", "RiskClassified}"]),
];
const WORDS: [&str; 4] = ["risk", "risk_class", "RiskClass", "RiskClassified"];

#[test]
fn the_internal_risk_class_is_named_by_its_room_alone() {
    let mut faults = Vec::new();
    let is_watched = |path: &String| {
        (path.starts_with("services/") || path.starts_with("libs/") || path.starts_with("gateway/")) && !path.starts_with("libs/testkit/")
    };
    for path in tree::rust().into_iter().filter(is_watched).filter(|path| !OWN.iter().any(|own| path.starts_with(own))) {
        // Another service may well speak of a risk of its own; it cannot reach this one but by its payload.
        let is_near = path.starts_with("services/credit/") || path.starts_with("libs/contracts/src/credit/");
        let allowed = HOOKS.iter().find(|(hook, _)| *hook == path).map_or(&[][..], |(_, allowed)| *allowed);
        let all = pieces(&tree::read(&path));
        for (at, (piece, line)) in all.iter().enumerate() {
            let Piece::Word(word) = piece else { continue };
            let is_named = WORDS.contains(&word.as_str()) && (is_near || word.starts_with("RiskClass"));
            if is_named && !allowed.iter().any(|way| begins(&all[at..], way)) {
                faults.push(format!("{path}:{line}: {word}"));
            }
        }
    }
    none("The internal risk class is never published (domain.md 0.3); only its room may name it:", faults);
}

#[test]
fn its_event_is_for_services_and_authorities() {
    use contracts::event::{Audience, Payload};
    assert_eq!(<contracts::credit::RiskClassified as Payload>::AUDIENCE, Audience::Internal);
}
