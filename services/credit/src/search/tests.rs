//! Labelled pairs: how often the right enterprise is among the first five, and how often another one is taken for it, class by class. The keys of a register
//! of 3,900 names are held in memory here as the database holds them; origin and making of the pairs: `tests/data/matching/README.md`.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::collections::{BTreeMap, BTreeSet};

use super::rules::{Hit, Matched, most_shared, ranked};
use crate::{
    matching::rules::{ACCEPTED, compare, compare_parts, query},
    name_key::rules::{of_name, wanted},
    name_part::rules::{Parts, parts},
};

fn rows(file: &str) -> Vec<csv::StringRecord> {
    let path = format!("{}/../../tests/data/matching/{file}", env!("CARGO_MANIFEST_DIR"));
    csv::Reader::from_path(path).unwrap().records().map(Result::unwrap).collect()
}

/// A register in memory: names by code, codes by key.
struct Register {
    names: BTreeMap<String, Vec<(String, &'static str, Parts)>>,
    keys: BTreeMap<String, Vec<String>>,
    rows: usize,
}

impl Register {
    fn read() -> Self {
        let mut register = Self { names: BTreeMap::new(), keys: BTreeMap::new(), rows: 0 };
        for row in rows("cn_register.csv") {
            let code = row[0].to_owned();
            let names = [(row[1].to_owned(), "current"), (row[2].to_owned(), "english")];
            let names: Vec<_> = names.into_iter().filter(|(name, _)| !name.is_empty()).collect();
            let keys: BTreeSet<String> = names.iter().flat_map(|(name, _)| of_name(name)).collect();
            let names = names.into_iter().map(|(name, kind)| (name.clone(), kind, parts(&name))).collect();
            register.rows += keys.len();
            for key in keys {
                register.keys.entry(key).or_default().push(code.clone());
            }
            register.names.insert(code, names);
        }
        register
    }

    fn find(&self, text: &str) -> Vec<Hit> {
        let query = query(text);
        let wanted = wanted(&query);
        let subjects = |key: &String| self.keys.get(key).into_iter().flat_map(|codes| codes.iter().take(400).cloned());
        let mut candidates: BTreeSet<String> = wanted.exact.iter().chain(&wanted.sounds).flat_map(subjects).collect();
        let mut shared: BTreeMap<String, usize> = BTreeMap::new();
        for code in wanted.pieces.iter().flat_map(subjects) {
            *shared.entry(code).or_default() += 1;
        }
        candidates.extend(most_shared(shared));
        let mut found: BTreeMap<String, Vec<Matched>> = BTreeMap::new();
        for code in candidates {
            for (name, kind, parts) in &self.names[&code] {
                if let Some(likeness) = compare_parts(&query, parts) {
                    let matched = Matched { name: name.clone(), kind: (*kind).to_owned(), score: likeness.score, how: likeness.how };
                    found.entry(code.clone()).or_default().push(matched);
                }
            }
        }
        ranked(found)
    }
}

#[derive(Default)]
struct Count {
    all: usize,
    first: usize,
    five: usize,
    accepted: usize,
}

impl Count {
    fn share(&self, part: usize) -> usize {
        part * 1000 / self.all.max(1)
    }
}

/// Recall@5 that a class must reach, in thousandths: a little below what was measured.
const FLOORS: [(&str, usize); 15] = [
    ("traditional", 990),
    ("place_in_brackets", 990),
    ("form_dropped", 990),
    ("place_dropped", 990),
    ("short_form", 980),
    ("pinyin", 980),
    ("pinyin_tones", 980),
    ("pinyin_run_together", 850),
    ("initials", 960),
    ("homophone", 980),
    ("one_missing", 960),
    ("one_swapped", 930),
    ("two_exchanged", 930),
    ("middle_part", 860),
    ("english", 980),
];

#[test]
fn chinese_pairs_by_class() {
    let register = Register::read();
    let mut counts: BTreeMap<(bool, String), Count> = BTreeMap::new();
    for row in rows("cn_pairs.csv") {
        let (class, text, code, same) = (&row[0], &row[1], &row[2], &row[3] == "true");
        let hits = register.find(text);
        let place = hits.iter().position(|hit| hit.code == code);
        let count = counts.entry((!same, class.to_owned())).or_default();
        count.all += 1;
        count.first += usize::from(place == Some(0));
        count.five += usize::from(place.is_some_and(|place| place < 5));
        let accepted = place.is_some_and(|place| hits[place].score >= ACCEPTED);
        count.accepted += usize::from(accepted);
        if accepted && !same {
            println!("taken for another: {text} for {}", register.names[code][0].0);
        }
    }
    println!("{} names, {} keys", register.names.len(), register.rows);
    println!("{:<28} {:>5} {:>9} {:>9} {:>9}", "class", "pairs", "recall@1", "recall@5", "accepted");
    for ((_, class), count) in &counts {
        let [first, five, accepted] = [count.first, count.five, count.accepted].map(|part| count.share(part));
        println!("{class:<28} {:>5} {first:>8}‰ {five:>8}‰ {accepted:>8}‰", count.all);
    }
    for (class, floor) in FLOORS {
        let count = &counts[&(false, class.to_owned())];
        assert!(count.share(count.five) >= floor, "{class}: recall@5 {}‰, at least {floor}‰", count.share(count.five));
    }
    for ((differs, class), count) in &counts {
        assert!(!*differs || count.accepted == 0, "{class}: {} others were accepted", count.accepted);
    }
    let names: usize = register.names.values().map(Vec::len).sum();
    assert!(register.rows <= names * 11, "about ten keys a name: {} for {names}", register.rows);
}

#[test]
fn latin_pairs() {
    let (mut same, mut other) = (Count::default(), Count::default());
    for row in rows("org_name_match_cases.csv") {
        let accepted = [(&row[2], &row[3]), (&row[3], &row[2])]
            .into_iter()
            .any(|(one, two)| compare(&query(one), two).is_some_and(|likeness| likeness.score >= ACCEPTED));
        let count = if &row[4] == "true" { &mut same } else { &mut other };
        count.all += 1;
        count.accepted += usize::from(accepted);
        if accepted != (&row[4] == "true") {
            println!("{} | {}: {}", &row[2], &row[3], if accepted { "accepted" } else { "not accepted" });
        }
    }
    let (recall, false_accepts) = (same.share(same.accepted), other.share(other.accepted));
    println!("accepted of {} same: {recall}‰; of {} others: {false_accepts}‰", same.all, other.all);
    assert!(recall >= 550, "{recall}‰");
    assert!(false_accepts <= 25, "{false_accepts}‰");
}
