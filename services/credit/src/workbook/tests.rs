//! Workbooks: cells as text, and archives that are not what they seem.

use std::io::{Cursor, Write};

use zip::{ZipWriter, write::SimpleFileOptions};

use super::actions::{Workbook, measure};

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn workbook(sheet: &str) -> Vec<u8> {
    let types = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
    let top = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let book = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="公示" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let links = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
    let styles = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    let sheet = format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:C4"/><sheetData>{sheet}</sheetData></worksheet>"#
    );
    archive(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", top.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", links.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

#[test]
fn cells_become_text() {
    let sheet = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>文号</t></is></c><c r="C1" t="inlineStr"><is><t> 日期 </t></is></c></row>
        <row r="2"><c r="A2" t="inlineStr"><is><t></t></is></c></row>
        <row r="4"><c r="A4"><v>0.5</v></c><c r="B4"><v>20260511</v></c><c r="C4" s="1"><v>46153</v></c></row>"#;
    let mut book = Workbook::open(workbook(sheet)).unwrap();
    let rows: Vec<_> = book.rows().unwrap().map(Result::unwrap).collect();
    let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
    assert_eq!(rows, [(1, row(["文号", "", "日期"])), (4, row(["0.5", "20260511", "2026-05-11"]))]);
}

#[test]
fn an_archive_that_unfolds_without_end_is_refused() {
    let zeros = vec![0_u8; 8 * 1024 * 1024];
    let bomb = archive(&[("xl/worksheets/sheet1.xml", &zeros)]);
    assert!(bomb.len() < 64 * 1024, "{}", bomb.len());
    assert_eq!(measure(&bomb, 1024 * 1024).unwrap_err().errors()[0].code, "workbook_too_large");
    assert!(measure(&bomb, 8 * 1024 * 1024).is_ok());
}

#[test]
fn what_is_no_workbook_is_said() {
    for bytes in [b"PK".to_vec(), b"uscc,name\n".to_vec(), Vec::new(), archive(&[("a.txt", b"a")])] {
        assert_eq!(Workbook::open(bytes).err().unwrap().errors()[0].code, "workbook_unreadable");
    }
}
