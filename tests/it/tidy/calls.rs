//! Who calls whom, as a file that is reviewed like code: `call_graph.txt`. A line is `procurement -> credit (feed)`: procurement follows credit's
//! feed; `(call)` is a question asked over HTTP. Not here: the gateway's routing, which reaches every service by design.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    none,
    source::{self, Piece, Placed, arguments, begins, pieces},
    tree,
};

const FILE: &str = "tests/it/tidy/call_graph.txt";

/// The source of a crate without its tests.
fn code(folder: &str) -> Vec<(String, Vec<Placed>)> {
    let files = tree::rust().into_iter().filter(|path| path.starts_with(&format!("{folder}/src/")) && !tree::is_test(path));
    files.map(|path| (path.clone(), source::without_tests(pieces(&tree::read(&path))))).collect()
}

/// The constants of a crate that hold a text: `const CREDIT: &str = "credit";`.
fn constants(files: &[(String, Vec<Placed>)]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (_, all) in files {
        for at in 0..all.len() {
            if let (true, Some((Piece::Word(name), _))) = (begins(&all[at..], "const"), all.get(at + 1))
                && let Some((Piece::Text(value), _)) = all[at..].iter().take_while(|(piece, _)| *piece != Piece::Mark(';')).last()
            {
                found.insert(name.clone(), value.clone());
            }
        }
    }
    found
}

/// The name that an argument stands for: a literal, or a constant by the last step of its path.
fn meant(argument: &[Placed], constants: &BTreeMap<String, String>) -> Option<String> {
    match &argument.last()?.0 {
        Piece::Text(name) => Some(name.clone()),
        Piece::Word(name) => constants.get(name).cloned(),
        _ => None,
    }
}

/// The edges of one crate, and the places that cannot be read.
fn edges(name: &str, folder: &str) -> (BTreeSet<String>, Vec<String>) {
    let files = code(folder);
    let constants = constants(&files);
    let (mut called, mut followed, mut faults) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (path, all) in &files {
        for (at, (_, line)) in all.iter().enumerate() {
            if begins(&all[at..], ".peer(") {
                let peer = arguments(all, at + 2).first().and_then(|argument| meant(argument, &constants));
                match peer {
                    Some(peer) => drop(called.insert(peer)),
                    None => faults.push(format!("{path}:{line}: name the peer with a literal or a constant")),
                }
            }
            if begins(&all[at..], "Follower {") {
                let fields = arguments(all, at + 1);
                followed.extend(fields.into_iter().filter(|field| begins(field, "source:")).filter_map(|field| meant(field, &constants)));
            }
        }
    }
    let shown = |peer: &String| format!("{name} -> {peer} ({})", if followed.contains(peer) { "feed" } else { "call" });
    (called.iter().map(shown).collect(), faults)
}

fn graph() -> (BTreeSet<String>, Vec<String>) {
    let (mut all, mut faults) = edges("gateway", "gateway");
    for service in tree::services() {
        let (found, wrong) = edges(&service, &format!("services/{service}"));
        all.extend(found);
        faults.extend(wrong);
    }
    (all, faults)
}

#[test]
fn the_calls_between_services_are_the_reviewed_ones() {
    let (found, faults) = graph();
    none("These calls cannot be read from the source:", faults);
    let reviewed: BTreeSet<String> =
        tree::read(FILE).lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect();
    assert_eq!(found, reviewed, "{FILE} does not say who calls whom (left: the source)");
}

#[test]
fn services_never_wait_for_each_other_in_a_circle() {
    let services = tree::services();
    // The gateway is left out: everybody gets tokens from it, and it shows the keys of receipts.
    let mut arrows: Vec<(String, String)> = graph()
        .0
        .iter()
        .filter_map(|line| {
            let (from, rest) = line.split_once(" -> ")?;
            Some((from.to_owned(), rest.split_once(' ')?.0.to_owned()))
        })
        .filter(|(from, to)| services.contains(from) && services.contains(to))
        .collect();
    // Whoever is called by nobody that is left cannot be in a circle.
    loop {
        let targets: BTreeSet<String> = arrows.iter().map(|(_, to)| to.clone()).collect();
        let before = arrows.len();
        arrows.retain(|(from, _)| targets.contains(from));
        if arrows.len() == before {
            break;
        }
    }
    none("These calls lead back to where they began:", arrows.into_iter().map(|(from, to)| format!("{from} -> {to}")).collect());
}
