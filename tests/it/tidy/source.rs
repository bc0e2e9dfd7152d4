//! Rust source as a row of words, texts and marks, without comments: enough to see imports, calls and literals. Not here: any grammar; what
//! needs one is the compiler's business.

/// One piece of source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A name, a keyword or a number.
    Word(String),
    /// What stands in a string literal.
    Text(String),
    /// `::`.
    Path,
    /// Any other character.
    Mark(char),
}

/// A piece with its line, counted from 1.
pub(super) type Placed = (Piece, usize);

/// The pieces of a source text.
pub(super) fn pieces(text: &str) -> Vec<Placed> {
    let chars: Vec<char> = text.chars().collect();
    let (mut found, mut at, mut line) = (Vec::new(), 0, 1);
    while let Some(&here) = chars.get(at) {
        let (piece, length) = piece(&chars[at..]);
        if let Some(piece) = piece {
            found.push((piece, line));
        }
        debug_assert!(length > 0, "{here}");
        line += chars[at..at + length].iter().filter(|c| **c == '\n').count();
        at += length;
    }
    found
}

fn piece(rest: &[char]) -> (Option<Piece>, usize) {
    let at = |index: usize| rest.get(index).copied();
    match (rest[0], at(1)) {
        ('/', Some('/')) => (None, until(rest, |tail| tail[0] == '\n')),
        ('/', Some('*')) => (None, until(&rest[2..], |tail| tail.starts_with(&['*', '/'])) + 4),
        ('"', _) => quoted(rest, 0),
        ('b' | 'c', Some('"')) => quoted(rest, 1),
        ('r', Some('"' | '#')) if raw(rest, 1).is_some() => raw(rest, 1).unwrap(),
        ('b', Some('r')) if raw(rest, 2).is_some() => raw(rest, 2).unwrap(),
        ('\'', Some('\\')) => (None, until(&rest[3..], |tail| tail[0] == '\'') + 4),
        ('\'', _) if at(2) == Some('\'') => (None, 3),
        (':', Some(':')) => (Some(Piece::Path), 2),
        (first, _) if first.is_alphanumeric() || first == '_' => {
            let length = until(rest, |tail| !(tail[0].is_alphanumeric() || tail[0] == '_'));
            (Some(Piece::Word(rest[..length].iter().collect())), length)
        }
        (first, _) if first.is_whitespace() => (None, 1),
        (first, _) => (Some(Piece::Mark(first)), 1),
    }
}

fn until(rest: &[char], end: impl Fn(&[char]) -> bool) -> usize {
    (0..rest.len()).find(|index| end(&rest[*index..])).unwrap_or(rest.len())
}

fn quoted(rest: &[char], prefix: usize) -> (Option<Piece>, usize) {
    let (mut at, mut text) = (prefix + 1, String::new());
    while let Some(&here) = rest.get(at) {
        match here {
            '"' => break,
            '\\' => at += 1,
            other => text.push(other),
        }
        at += 1;
    }
    (Some(Piece::Text(text)), (at + 1).min(rest.len()))
}

fn raw(rest: &[char], prefix: usize) -> Option<(Option<Piece>, usize)> {
    let hashes = until(&rest[prefix..], |tail| tail[0] != '#');
    let open = prefix + hashes;
    (rest.get(open) == Some(&'"')).then_some(())?;
    let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let length = until(&rest[open + 1..], |tail| tail.starts_with(&close));
    let text = rest[open + 1..open + 1 + length].iter().collect();
    Some((Some(Piece::Text(text)), (open + 1 + length + close.len()).min(rest.len())))
}

/// The pieces without modules that are compiled for tests only.
pub(super) fn without_tests(all: Vec<Placed>) -> Vec<Placed> {
    let pattern: Vec<Piece> = pieces("#[cfg(test)]").into_iter().map(|(piece, _)| piece).collect();
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < all.len() {
        let is_attribute = all[at..].iter().map(|(piece, _)| piece).take(pattern.len()).eq(pattern.iter());
        let end = all[at..].iter().position(|(piece, _)| matches!(piece, Piece::Mark('{' | ';'))).map(|offset| at + offset);
        match end.filter(|_| is_attribute) {
            Some(open) if all[open].0 == Piece::Mark('{') => at = closing(&all, open) + 1,
            Some(semicolon) => at = semicolon + 1,
            None => {
                kept.push(all[at].clone());
                at += 1;
            }
        }
    }
    kept
}

/// Where the bracket that opens here is closed.
pub(super) fn closing(all: &[Placed], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, (piece, _)) in all.iter().enumerate().skip(open) {
        match piece {
            Piece::Mark('(' | '[' | '{') => depth += 1,
            Piece::Mark(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    all.len() - 1
}

/// The arguments between the bracket that opens here and its end.
pub(super) fn arguments(all: &[Placed], open: usize) -> Vec<&[Placed]> {
    let end = closing(all, open);
    let (mut found, mut start, mut at) = (Vec::new(), open + 1, open + 1);
    while at < end {
        match &all[at].0 {
            Piece::Mark('(' | '[' | '{') => at = closing(all, at),
            Piece::Mark(',') => {
                found.push(&all[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    if start < end {
        found.push(&all[start..end]);
    }
    found
}

/// Whether a row of pieces begins like this text.
pub(super) fn begins(all: &[Placed], like: &str) -> bool {
    // Most rows differ at once: those need no reading of the text.
    let may = all.first().is_some_and(|(piece, _)| match piece {
        Piece::Word(word) => like.starts_with(word.as_str()),
        Piece::Mark(mark) => like.starts_with(*mark),
        Piece::Path => like.starts_with("::"),
        Piece::Text(_) => like.starts_with('"'),
    });
    if !may {
        return false;
    }
    let wanted = pieces(like);
    all.len() >= wanted.len() && all.iter().zip(&wanted).all(|((piece, _), (other, _))| piece == other)
}

/// Every path that is named, with its line: those of `use`, spelled out one by one, and the first two steps of those in the code.
pub(super) fn named_paths(all: &[Placed]) -> Vec<(String, usize)> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < all.len() {
        let (piece, line) = &all[at];
        let before = at.checked_sub(1).map(|before| &all[before].0);
        match piece {
            Piece::Word(word) if word == "use" => {
                let end = all[at..].iter().position(|(piece, _)| *piece == Piece::Mark(';')).map_or(all.len(), |offset| at + offset);
                found.extend(spelled_out("", &all[at + 1..end]).into_iter().map(|path| (path, *line)));
                at = end;
            }
            Piece::Word(root) if before != Some(&Piece::Path) => {
                if let [(Piece::Path, _), (Piece::Word(next), _), ..] = &all[at + 1..] {
                    found.push((format!("{root}::{next}"), *line));
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

fn spelled_out(prefix: &str, tree: &[Placed]) -> Vec<String> {
    let mut path = prefix.to_owned();
    for (at, (piece, _)) in tree.iter().enumerate() {
        match piece {
            Piece::Word(word) if word == "as" => break,
            Piece::Word(word) => path.push_str(word),
            Piece::Path => path.push_str("::"),
            Piece::Mark('{') => return arguments(tree, at).into_iter().flat_map(|branch| spelled_out(&path, branch)).collect(),
            _ => {}
        }
    }
    vec![path]
}

#[test]
fn comments_texts_and_paths_are_told_apart() {
    let text = "use a::{b, c::{self as d, e}}; // x::y\nlet f = g::h(\"i::\\\"j\", 'k', r#\"l\"m\"#, &'n str); /* o::p */";
    let all = pieces(text);
    let paths: Vec<String> = named_paths(&all).into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["a::b", "a::c::self", "a::c::e", "g::h"]);
    let open = all.iter().position(|(piece, _)| *piece == Piece::Mark('(')).unwrap();
    assert_eq!(arguments(&all, open).len(), 4);
    assert_eq!(all[open + 1], (Piece::Text("i::\"j".replace('"', "")), 2));
    assert_eq!(without_tests(pieces("a #[cfg(test)] mod b { c { d } } e #[cfg(test)] mod f; g")).len(), 3);
}
