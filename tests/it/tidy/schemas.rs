//! A name of a schema stands for one type: where two types of a document had the same name, one would silently be described as the other. Not here: what
//! a schema must say, `contracts`.

use std::collections::BTreeMap;

use super::{
    none,
    source::{Piece, Placed, pieces},
    tree,
};

fn is(piece: Option<&Placed>, word: &str) -> bool {
    matches!(piece, Some((Piece::Word(found), _)) if found == word)
}

/// The schema names of a source text, each with its line.
fn names(all: &[Placed]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for at in (0..all.len()).filter(|at| is(all.get(*at), "derive")) {
        let Some(end) = (at..all.len()).find(|at| is(all.get(*at), "struct") || is(all.get(*at), "enum")) else { continue };
        let between = &all[at..end];
        if !between.iter().any(|piece| is(Some(piece), "ToSchema")) {
            continue;
        }
        let own = between.windows(3).find(|three| is(three.first(), "as") && three[1].0 == Piece::Mark('='));
        if let Some((Piece::Word(name), line)) = own.map(|three| &three[2]).or(all.get(end + 1)) {
            found.push((name.clone(), *line));
        }
    }
    found
}

#[test]
fn a_schema_name_stands_for_one_type() {
    let mut faults = Vec::new();
    // Each document has the types of one service and those of the libraries.
    for own in ["services/credit/", "services/procurement/", "services/standards/", "gateway/"] {
        let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for path in
            tree::rust().iter().filter(|path| path.starts_with(own) || path.starts_with("libs/")).filter(|path| !tree::is_test(path))
        {
            for (name, line) in names(&pieces(&tree::read(path))) {
                places.entry(name).or_default().push(format!("{path}:{line}"));
            }
        }
        assert!(places.len() > 20, "{own}: only {} schemas were seen", places.len());
        faults.extend(places.iter().filter(|(_, at)| at.len() > 1).map(|(name, at)| format!("{name}: {}", at.join(", "))));
    }
    none("Two types with one schema name; give one of them another with #[schema(as = ...)]:", faults);
}
