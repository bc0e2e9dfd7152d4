//! The fenced blocks of a page. Not here: running them.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Marks a block that shows a part of the answer of the commands above it.
const SHOWN: &str = "shown";

/// A fenced block.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// What stands behind the fence.
    pub(super) info: String,
    pub(super) text: String,
    /// Where it begins, for messages.
    pub(super) line: usize,
}

/// Commands, and what is shown of their answer.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) block: Block,
    pub(super) shown: Option<Block>,
}

/// The folder of the repository.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in (1..).zip(text.lines()) {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => open = Some(Block { info: info.trim().to_owned(), text: String::new(), line: number }),
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "the block of line {} has no end", open.unwrap().line);
    found
}

/// Every block of commands of a page, in its order.
pub(super) fn parts(page: &Path) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for block in blocks(&fs::read_to_string(page).unwrap()) {
        match block.info.split_once(' ') {
            None if block.info == "sh" => parts.push(Part { block, shown: None }),
            Some((_, SHOWN)) => {
                let above = parts.last_mut().unwrap_or_else(|| panic!("line {}: nothing is run above", block.line));
                assert!(above.shown.is_none(), "line {}: two blocks are shown for one", block.line);
                above.shown = Some(block);
            }
            _ => {}
        }
    }
    parts
}

#[test]
fn blocks_are_found_with_what_they_show() {
    let found = blocks("a\n```sh\nls\n```\n```json shown\n{}\n```\n");
    let infos: Vec<(&str, &str, usize)> = found.iter().map(|block| (block.info.as_str(), block.text.as_str(), block.line)).collect();
    assert_eq!(infos, [("sh", "ls\n", 2), ("json shown", "{}\n", 5)]);
}
