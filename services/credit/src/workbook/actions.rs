//! Reading the first sheet of a workbook cell by cell. Not here: where the bytes come from; what the columns mean.

use std::io::{Cursor, Read};

use calamine::{Cell, DataRef, ExcelDateTime, Reader, Xlsx, XlsxCellReader, XlsxError};
use common::error::{Error, FieldError, Result};
use model::text::Text;

/// A workbook in bytes.
pub const WORKBOOK_BYTES: u64 = 50 * 1024 * 1024;
/// All parts of a workbook unfolded, in bytes: what is declared in the archive is not believed, it is counted.
const UNFOLDED_BYTES: u64 = 400 * 1024 * 1024;
/// Parts of the archive.
const PARTS: usize = 1_000;
/// Columns of a row.
const COLUMNS: u32 = 500;

/// A workbook that was found to be of bounded size.
pub struct Workbook {
    xlsx: Xlsx<Cursor<Vec<u8>>>,
    sheet: String,
}

impl Workbook {
    /// Opens it.
    ///
    /// # Errors
    /// `workbook_unreadable`, or `workbook_too_large` when it unfolds to more than the bound.
    pub fn open(bytes: Vec<u8>) -> Result<Self> {
        measure(&bytes, UNFOLDED_BYTES)?;
        let xlsx: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
        let sheet = xlsx.sheet_names().first().cloned().ok_or_else(|| unreadable(&"no sheet"))?;
        Ok(Self { xlsx, sheet })
    }

    /// The rows of its first sheet, the header first; rows without any text are left out.
    ///
    /// # Errors
    /// `workbook_unreadable`.
    pub fn rows(&mut self) -> Result<Rows<'_>> {
        let cells = self.xlsx.worksheet_cells_reader(&self.sheet).map_err(|error| unreadable(&error))?;
        let last = cells.dimensions().end.0;
        Ok(Rows { cells, next: None, last, has_ended: false })
    }
}

/// Unfolds every part of the archive into nothing and counts.
pub(super) fn measure(bytes: &[u8], most: u64) -> Result<()> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    if archive.len() > PARTS {
        return Err(too_large());
    }
    let mut left = most;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|error| unreadable(&error))?;
        let read = std::io::copy(&mut part.take(left.saturating_add(1)), &mut std::io::sink()).map_err(|error| unreadable(&error))?;
        left = left.checked_sub(read).ok_or_else(too_large)?;
    }
    Ok(())
}

/// The rows of a sheet: number of the row in the sheet from 1, and its cells as text.
pub struct Rows<'a> {
    cells: XlsxCellReader<'a, Cursor<Vec<u8>>>,
    next: Option<Cell<DataRef<'a>>>,
    last: u32,
    has_ended: bool,
}

impl<'a> Rows<'a> {
    /// How many rows the sheet says it has.
    #[must_use]
    pub const fn promised(&self) -> u32 {
        self.last
    }

    /// The next cell; a reader that has come to the end of its sheet must not be asked again.
    fn cell(&mut self) -> std::result::Result<Option<Cell<DataRef<'a>>>, XlsxError> {
        if let Some(held) = self.next.take() {
            return Ok(Some(held));
        }
        if self.has_ended {
            return Ok(None);
        }
        let cell = self.cells.next_cell()?;
        self.has_ended = cell.is_none();
        Ok(cell)
    }

    fn row(&mut self) -> std::result::Result<Option<(u32, Vec<String>)>, XlsxError> {
        let Some(first) = self.cell()? else { return Ok(None) };
        let (number, mut row) = (first.get_position().0, Vec::new());
        place(&mut row, &first);
        while let Some(cell) = self.cell()? {
            if cell.get_position().0 != number {
                self.next = Some(cell);
                break;
            }
            place(&mut row, &cell);
        }
        Ok(Some((number, row)))
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<(u64, Vec<String>)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.row() {
                Ok(Some((_, row))) if row.iter().all(String::is_empty) => {}
                Ok(Some((number, row))) => return Some(Ok((u64::from(number).saturating_add(1), row))),
                Ok(None) => return None,
                Err(error) => {
                    (self.next, self.has_ended) = (None, true);
                    return Some(Err(unreadable(&error)));
                }
            }
        }
    }
}

/// Puts a cell into its column; what lies beyond the widest table is left out, as the header cannot name it.
fn place(row: &mut Vec<String>, cell: &Cell<DataRef<'_>>) {
    let column = cell.get_position().1;
    let Some(place) = usize::try_from(column).ok().filter(|_| column < COLUMNS) else { return };
    if row.len() <= place {
        row.resize(place.saturating_add(1), String::new());
    }
    if let Some(held) = row.get_mut(place) {
        *held = shown(cell.get_value());
    }
}

/// A cell as text: a date as its day, a number without needless decimals.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(date) => day(date),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn day(date: &ExcelDateTime) -> String {
    if date.is_duration() {
        return date.as_f64().to_string();
    }
    let (year, month, day, ..) = date.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}

fn unreadable(error: &dyn std::fmt::Display) -> Error {
    let detail = Text::new("文件不是可以读取的 XLSX 工作簿。", format!("The file is not a readable XLSX workbook: {error}."));
    Error::malformed(vec![FieldError::new("", "workbook_unreadable", detail)])
}

fn too_large() -> Error {
    let (zh, en) = ("工作簿解压后过大。", "The workbook unfolds to more than is read here.");
    Error::malformed(vec![FieldError::new("", "workbook_too_large", Text::new(zh, en))])
}
