//! Every code that a caller may read in a problem has its page under `/problems/`. Not here: the codes of `model`, which a test there compares.

use std::collections::{BTreeMap, BTreeSet};

use common::service::Service;
use credit::Credit;
use procurement::Procurement;
use standards::Standards;

use super::{
    none,
    source::{self, Piece, Placed, arguments, begins, closing, pieces},
    tree,
};

/// Whatever makes a fault, and which of its arguments is the code.
const MAKERS: [(&str, usize); 10] = [
    ("Fault::new(", 0),
    ("FieldFault::new(", 1),
    ("FieldFault::rule(", 1),
    ("FieldFault::shape(", 1),
    ("FieldError::new(", 1),
    ("FieldError::rule(", 1),
    ("FieldError::shape(", 1),
    ("Error::rule(", 0),
    ("Code::rule(", 0),
    ("Self::rule(", 0),
];

/// What a function that takes a code and refuses makes of it.
const FAULTS: [&str; 5] = ["Fault", "FieldFault", "FieldError", "Error", "Code"];

fn is_code(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// The functions of a crate that take a code and make a fault of it, with the place of that argument (`self` not counted): a code is always a
/// `&'static str`, so its parameter shows.
fn own_makers(all: &[Placed]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for at in 0..all.len() {
        if let (true, Some((Piece::Word(name), _))) = (begins(&all[at..], "fn"), all.get(at + 1))
            && name != "new"
            && all.get(at + 2).is_some_and(|(piece, _)| *piece == Piece::Mark('('))
        {
            let end = all[at..].iter().position(|(piece, _)| *piece == Piece::Mark('{')).map_or(at, |offset| closing(all, at + offset));
            // Reasons of a decision have codes as well, and are no refusals.
            if !all[at..end].iter().any(|(piece, _)| matches!(piece, Piece::Word(word) if FAULTS.contains(&word.as_str()))) {
                continue;
            }
            let parameters = arguments(all, at + 2);
            let is_self = |parameter: &&[Placed]| parameter.iter().any(|(piece, _)| *piece == Piece::Word("self".to_owned()));
            let place =
                parameters.iter().filter(|parameter| !is_self(parameter)).position(|parameter| begins(parameter, "code: &'static str"));
            found.extend(place.map(|place| (name.clone(), place)));
        }
    }
    found
}

fn texts(part: &[Placed]) -> impl Iterator<Item = (String, usize)> {
    part.iter().filter_map(|(piece, line)| match piece {
        Piece::Text(text) if is_code(text) => Some((text.clone(), *line)),
        _ => None,
    })
}

/// The codes in one file, with their lines.
fn codes_in(all: &[Placed], own: &[(String, usize)]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for at in 0..all.len() {
        let rest = &all[at..];
        for (maker, place) in MAKERS {
            if begins(rest, maker) {
                let open = at + pieces(maker).len() - 1;
                found.extend(arguments(all, open).get(place).into_iter().flat_map(|part| texts(part)));
            }
        }
        let is_definition = at > 0 && all[at - 1].0 == Piece::Word("fn".to_owned());
        if let (Some((Piece::Word(name), _)), Some((Piece::Mark('('), _)), false) = (rest.first(), rest.get(1), is_definition) {
            let places = own.iter().filter(|(known, _)| known == name);
            found.extend(
                places.flat_map(|(_, place)| arguments(all, at + 1).get(*place).copied().into_iter().flat_map(texts).collect::<Vec<_>>()),
            );
        }
        // A `Code` in full, and the table of an error type: `fn code(&self) -> &'static str { match self { … } }`.
        if begins(rest, "Code { code:") || begins(rest, "fn code(&self) -> &'static str {") {
            let open = rest.iter().position(|(piece, _)| *piece == Piece::Mark('{')).map_or(at, |offset| at + offset);
            let end = if begins(rest, "Code {") { open + 4 } else { closing(all, open) };
            found.extend(texts(&all[open..end]));
        }
    }
    found
}

/// The codes of a folder, each with the places where it is made.
fn codes(folder: &str) -> BTreeMap<String, Vec<String>> {
    let files: Vec<(String, Vec<Placed>)> = tree::rust()
        .into_iter()
        .filter(|path| path.starts_with(&format!("{folder}/src/")) && !tree::is_test(path) && !path.ends_with("/problem.rs"))
        .map(|path| (path.clone(), source::without_tests(pieces(&tree::read(&path)))))
        .collect();
    let own: Vec<(String, usize)> = files.iter().flat_map(|(_, all)| own_makers(all)).collect();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, all) in &files {
        for (code, line) in codes_in(all, &own) {
            found.entry(code).or_default().push(format!("{path}:{line}"));
        }
    }
    found
}

fn shared() -> BTreeSet<&'static str> {
    let model = model::fault::CODES.iter().map(|(code, _, _)| *code);
    common::error::CODES.iter().map(|code| code.code).chain(model).collect()
}

/// What a crate may refuse with, and the codes that it has pages for besides the shared ones.
fn compared(folder: &str, made: &BTreeMap<String, Vec<String>>, listed: &[common::error::Code]) -> Vec<String> {
    let (shared, own): (_, BTreeSet<&str>) = (shared(), listed.iter().map(|code| code.code).collect());
    let missing = made.iter().filter(|(code, _)| !shared.contains(code.as_str()) && !own.contains(code.as_str()));
    let mut faults: Vec<String> =
        missing.map(|(code, places)| format!("{folder}: {code} has no page, made at {}", places.join(", "))).collect();
    faults.extend(own.iter().filter(|code| !made.contains_key(**code)).map(|code| format!("{folder}: {code} is listed and never made")));
    faults.extend(own.intersection(&shared).map(|code| format!("{folder}: {code} is a shared code and listed again")));
    if own.len() != listed.len() {
        faults.push(format!("{folder}: a code is listed twice"));
    }
    for code in listed {
        let is_chinese = code.title_zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        if code.title_en.is_empty() || !is_chinese || !(400..600).contains(&code.status) {
            faults.push(format!("{folder}: {} has no title in both languages, or no status", code.code));
        }
    }
    faults
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let mut procurement = codes("services/procurement");
    // Verifying a receipt refuses with the receipt's own words.
    procurement.extend(codes("libs/receipt"));
    let mut faults = compared("services/credit", &codes("services/credit"), Credit::CODES);
    faults.extend(compared("services/procurement", &procurement, Procurement::CODES));
    faults.extend(compared("services/standards", &codes("services/standards"), Standards::CODES));
    faults.extend(compared("gateway", &codes("gateway"), gateway::CODES));
    let common = codes("libs/common");
    faults.extend(
        common.iter().filter(|(code, _)| !shared().contains(code.as_str())).map(|(code, at)| format!("libs/common: {code}: {at:?}")),
    );
    none("Problem codes:", faults);
}

#[test]
fn one_code_means_one_thing_in_every_service() {
    let mut seen: BTreeMap<&str, (&str, u16)> = BTreeMap::new();
    let all = Credit::CODES.iter().chain(Procurement::CODES).chain(Standards::CODES).chain(gateway::CODES);
    let clash = all
        .filter(|code| seen.insert(code.code, (code.title_en, code.status)).is_some_and(|before| before != (code.title_en, code.status)));
    none("These codes have two meanings under one address:", clash.map(|code| code.code.to_owned()).collect());
}
