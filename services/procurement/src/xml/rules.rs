//! Reading an XML document into a tree of elements with local names. Not here: what the elements mean (`espd`).

use model::fault::Fault;
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

/// Deeper documents are refused.
pub const MAX_DEPTH: usize = 64;
/// So are those with more elements and attributes.
pub const MAX_NODES: usize = 100_000;

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name without prefix.
    pub name: String,
    /// Its attributes, names as they stand.
    pub attributes: Vec<(String, String)>,
    /// Its own text, trimmed.
    pub text: String,
    /// The elements in it.
    pub children: Vec<Self>,
    /// The line on which its tag ends, counted from 1.
    pub line: usize,
}

impl Element {
    /// The children of a name.
    pub fn each<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of a name, if there is any.
    #[must_use]
    pub fn said(&self, name: &str) -> Option<&str> {
        self.children.iter().find(|child| child.name == name && !child.text.is_empty()).map(|child| child.text.as_str())
    }

    /// An attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a document.
///
/// # Errors
/// `xml_malformed`, `xml_forbidden` or `xml_too_large`, with the line.
pub fn read(text: &str) -> Result<Element, Fault> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut open: Vec<Element> = Vec::new();
    let (mut root, mut nodes) = (None, 0_usize);
    loop {
        let event = reader.read_event();
        let line = lines.upto(usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX));
        match event.map_err(|error| malformed(line, &error.to_string()))? {
            Event::Start(tag) => {
                let element = element(&tag, line, &mut nodes)?;
                if open.len() >= MAX_DEPTH || root.is_some() {
                    return Err(if root.is_some() { malformed(line, "a second root") } else { too_large(line) });
                }
                open.push(element);
            }
            Event::Empty(tag) => close(element(&tag, line, &mut nodes)?, &mut open, &mut root, line)?,
            Event::End(_) => {
                let Some(element) = open.pop() else { return Err(malformed(line, "an end without a beginning")) };
                close(element, &mut open, &mut root, line)?;
            }
            Event::Text(part) => add(&part.xml10_content(), &mut open, line)?,
            Event::CData(part) => add(&part.xml10_content(), &mut open, line)?,
            Event::GeneralRef(name) => {
                let character = match name.resolve_char_ref() {
                    Ok(Some(character)) => Some(character),
                    Ok(None) => predefined(&name.xml10_content()),
                    Err(_) => None,
                };
                let character =
                    character.ok_or_else(|| forbidden(line, "只允许预定义实体。", "only the predefined entities are allowed"))?;
                add(&character.to_string(), &mut open, line)?;
            }
            Event::DocType(_) => return Err(forbidden(line, "不允许文档类型声明。", "no document type is allowed")),
            Event::Decl(declaration) => {
                let encoding = declaration.encoding().and_then(Result::ok);
                if encoding.is_some_and(|name| !name.eq_ignore_ascii_case("utf-8")) {
                    return Err(forbidden(line, "只接受 UTF-8。", "only UTF-8 is read"));
                }
            }
            Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => break,
        }
    }
    match root {
        Some(root) if open.is_empty() => Ok(root),
        _ => Err(malformed(lines.line, "the document ends too early")),
    }
}

fn element(tag: &BytesStart<'_>, line: usize, nodes: &mut usize) -> Result<Element, Fault> {
    let mut made = Element { name: tag.local_name().into_inner().to_owned(), line, ..Element::default() };
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| malformed(line, &error.to_string()))?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| malformed(line, &error.to_string()))?;
        made.attributes.push((attribute.key.into_inner().to_owned(), value.into_owned()));
    }
    *nodes = nodes.saturating_add(1).saturating_add(made.attributes.len());
    if *nodes > MAX_NODES { Err(too_large(line)) } else { Ok(made) }
}

fn close(mut element: Element, open: &mut [Element], root: &mut Option<Element>, line: usize) -> Result<(), Fault> {
    element.text = element.text.split_whitespace().collect::<Vec<_>>().join(" ");
    match (open.last_mut(), root.is_some()) {
        (Some(parent), _) => parent.children.push(element),
        (None, false) => *root = Some(element),
        (None, true) => return Err(malformed(line, "a second root")),
    }
    Ok(())
}

fn add(text: &str, open: &mut [Element], line: usize) -> Result<(), Fault> {
    match open.last_mut() {
        Some(element) => {
            element.text.push_str(text);
            Ok(())
        }
        None if text.trim().is_empty() => Ok(()),
        None => Err(malformed(line, "text outside of the root")),
    }
}

fn predefined(name: &str) -> Option<char> {
    [("lt", '<'), ("gt", '>'), ("amp", '&'), ("apos", '\''), ("quot", '"')].into_iter().find(|(known, _)| *known == name).map(|(_, c)| c)
}

/// Counts lines on the way through the text.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn upto(&mut self, place: usize) -> usize {
        let place = place.min(self.text.len());
        let passed = self.text.as_bytes().get(self.at..place).unwrap_or_default();
        self.line = self.line.saturating_add(passed.iter().filter(|byte| **byte == b'\n').count());
        self.at = self.at.max(place);
        self.line
    }
}

fn malformed(line: usize, what: &str) -> Fault {
    let what: String = what.chars().filter(|c| !c.is_control()).take(200).collect();
    Fault::new("xml_malformed", format!("第 {line} 行：XML 无法读取（{what}）。"), format!("Line {line}: the XML cannot be read: {what}."))
}

fn forbidden(line: usize, zh: &str, en: &str) -> Fault {
    Fault::new("xml_forbidden", format!("第 {line} 行：{zh}"), format!("Line {line}: {en}."))
}

fn too_large(line: usize) -> Fault {
    Fault::new(
        "xml_too_large",
        format!("第 {line} 行：XML 嵌套过深或元素过多。"),
        format!("Line {line}: the XML is too deep or has too many elements."),
    )
}
