//! What is read of an XML document, and what is refused.

use proptest::prelude::*;

use super::rules::{MAX_DEPTH, read};

#[test]
fn elements_texts_attributes_and_lines() {
    let root = read("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- x --><a:root xmlns:a=\"u\">\n <b c='1 &lt; 2'>x &amp;\n y&#x4E2D;<![CDATA[<z>]]></b><d/>\n</a:root>\n").unwrap();
    let b = root.each("b").next().unwrap();
    assert_eq!((root.name.as_str(), b.text.as_str(), b.attribute("c"), b.line), ("root", "x & y中<z>", Some("1 < 2"), 3));
    assert_eq!((root.children.len(), root.attribute("xmlns:a")), (2, Some("u")));
}

#[test]
fn what_is_dangerous_or_broken_is_refused_with_its_line() {
    let deep = "<a>".repeat(MAX_DEPTH + 1);
    let wide = format!("<a>{}</a>", "<b/>".repeat(100_001));
    let bomb = "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\"><!ENTITY y \"&x;&x;&x;\">]>\n<a>&y;</a>";
    for (text, code) in [
        ("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", "xml_forbidden"),
        (bomb, "xml_forbidden"),
        ("<a>&secret;</a>", "xml_forbidden"),
        ("<a>&#xFFFFFFFF;</a>", "xml_forbidden"),
        ("<?xml version=\"1.0\" encoding=\"GBK\"?><a/>", "xml_forbidden"),
        (deep.as_str(), "xml_too_large"),
        (wide.as_str(), "xml_too_large"),
        ("", "xml_malformed"),
        ("<a>", "xml_malformed"),
        ("<a></b>", "xml_malformed"),
        ("</a>", "xml_malformed"),
        ("<a/><b/>", "xml_malformed"),
        ("<a/>text", "xml_malformed"),
        ("plain", "xml_malformed"),
        ("<a b=1/>", "xml_malformed"),
        ("<a b='1' b='2'/>", "xml_malformed"),
        ("<a b='&secret;'/>", "xml_malformed"),
    ] {
        let fault = read(text).unwrap_err();
        assert_eq!(fault.code, code, "{}: {fault}", text.chars().take(60).collect::<String>());
        assert!(fault.detail.en.starts_with("Line "), "{fault}");
    }
    assert!(read("<a>\n\n</b>").unwrap_err().detail.en.starts_with("Line 3"));
}

proptest! {
    #[test]
    fn nothing_stops_the_reader(text in "[<>&;/a-c='\"! \\[\\]\\-?x#]{0,80}") {
        drop(read(&text));
    }
}
