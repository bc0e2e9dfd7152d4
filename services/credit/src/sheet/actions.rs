//! Reading a text file row by row, on a thread that may block, in bounded memory. Not here: where the bytes come from; what the columns mean.

use std::{
    cell::Cell,
    io::{BufRead, BufReader, Read},
    rc::Rc,
};

use common::{
    error::{Code, Error, FieldError, Result},
    http::json,
};
use encoding_rs::{CoderResult, Decoder, DecoderResult, GB18030};
use model::text::Text;
use serde_json::{Map, Value};

use crate::intake::http::{broken, too_large};

/// One line or row of a file, in bytes.
pub const LINE_BYTES: u64 = 256 * 1024;

/// How far a record may reach: an unclosed quote would otherwise swallow the whole body.
#[derive(Default)]
struct Bound {
    read: Cell<u64>,
    record: Cell<u64>,
}

/// A reader that stops where a record is too long.
struct Bounded<R> {
    inner: R,
    bound: Rc<Bound>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.bound.read.get().saturating_sub(self.bound.record.get()) > LINE_BYTES.saturating_mul(2) {
            return Err(std::io::Error::other("a record is too long"));
        }
        let length = self.inner.read(buffer)?;
        self.bound.read.set(self.bound.read.get().saturating_add(u64::try_from(length).unwrap_or(u64::MAX)));
        Ok(length)
    }
}

/// The rows of a CSV file below its header.
pub struct CsvRows<R> {
    header: Vec<String>,
    reader: csv::Reader<Bounded<R>>,
    bound: Rc<Bound>,
    raw: csv::StringRecord,
}

impl<R: Read> CsvRows<R> {
    /// Reads the header; a byte order mark before it is no part of it.
    ///
    /// # Errors
    /// `malformed_json` when it cannot be read.
    pub fn open(body: R) -> Result<Self> {
        let bound = Rc::new(Bound::default());
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(Bounded { inner: body, bound: Rc::clone(&bound) });
        let header = reader.headers().map_err(|error| Error::malformed(vec![broken(&error)]))?;
        let header = header.iter().map(|column| column.trim_start_matches('\u{feff}').trim().to_owned()).collect();
        Ok(Self { header, reader, bound, raw: csv::StringRecord::new() })
    }

    /// The columns.
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.header
    }
}

impl<R: Read> Iterator for CsvRows<R> {
    type Item = Result<Vec<String>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.bound.record.set(self.reader.position().byte());
        Some(match self.reader.read_record(&mut self.raw) {
            Ok(true) if self.raw.len() == self.header.len() => Ok(self.raw.iter().map(str::to_owned).collect()),
            Ok(true) => {
                let (has, needs) = (self.raw.len(), self.header.len());
                let detail =
                    Text::new(format!("本行有 {has} 列,应为 {needs} 列。"), format!("The row has {has} columns instead of {needs}."));
                Err(Error::malformed(vec![FieldError::new("", "wrong_type", detail)]))
            }
            Ok(false) => return None,
            Err(error) => Err(Error::malformed(vec![broken(&error)])),
        })
    }
}

/// The objects of an NDJSON file; blank lines are none.
pub fn json_rows(body: impl Read) -> impl Iterator<Item = Result<Map<String, Value>>> {
    let mut reader = BufReader::new(body);
    let lines = std::iter::from_fn(move || {
        let mut line = Vec::new();
        match (&mut reader).take(LINE_BYTES).read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(length) if u64::try_from(length).is_ok_and(|length| length == LINE_BYTES) && !line.ends_with(b"\n") => {
                // The rest of an overlong line belongs to it, not to the next row.
                let skipped = skip_line(&mut reader);
                Some(skipped.and(Err(too_large(Code::BODY_TOO_LARGE, usize::try_from(LINE_BYTES).unwrap_or(0)))))
            }
            Ok(_) => Some(Ok(line)),
            Err(error) => Some(Err(Error::malformed(vec![broken(&error)]))),
        }
    });
    let lines = lines.filter(|line| !line.as_ref().is_ok_and(|line| line.trim_ascii().is_empty()));
    lines.map(|line| line.and_then(|line| json::parse::<Value>(&line)).and_then(object))
}

fn object(value: Value) -> Result<Map<String, Value>> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(Error::malformed(vec![FieldError::new("", "wrong_type", Text::new("应为 JSON 对象。", "Must be a JSON object."))])),
    }
}

fn skip_line(reader: &mut impl BufRead) -> Result<()> {
    loop {
        let buffer = reader.fill_buf().map_err(|error| Error::malformed(vec![broken(&error)]))?;
        if buffer.is_empty() {
            return Ok(());
        }
        let (length, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(place) => (place.saturating_add(1), true),
            None => (buffer.len(), false),
        };
        reader.consume(length);
        if ended {
            return Ok(());
        }
    }
}

/// The encodings that files come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// The national standard, a superset of GBK and GB 2312.
    Gb18030,
}

impl Encoding {
    /// The word in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Gb18030 => "gb18030",
        }
    }
}

/// Recognises an encoding by the whole of a text, as it arrives: the beginning alone may be plain ASCII.
pub struct Recogniser {
    utf8: Option<Decoder>,
    gb18030: Option<Decoder>,
}

impl Default for Recogniser {
    fn default() -> Self {
        Self { utf8: Some(encoding_rs::UTF_8.new_decoder_with_bom_removal()), gb18030: Some(GB18030.new_decoder_without_bom_handling()) }
    }
}

impl Recogniser {
    /// Looks at the next bytes.
    pub fn see(&mut self, bytes: &[u8], is_last: bool) {
        for candidate in [&mut self.utf8, &mut self.gb18030] {
            if candidate.as_mut().is_some_and(|decoder| !is_readable(decoder, bytes, is_last)) {
                *candidate = None;
            }
        }
    }

    /// What the text is; none where it is neither.
    #[must_use]
    pub const fn found(&self) -> Option<Encoding> {
        match (&self.utf8, &self.gb18030) {
            (Some(_), _) => Some(Encoding::Utf8),
            (None, Some(_)) => Some(Encoding::Gb18030),
            (None, None) => None,
        }
    }
}

fn is_readable(decoder: &mut Decoder, mut bytes: &[u8], is_last: bool) -> bool {
    let mut scratch = [0_u8; 4096];
    loop {
        let (result, read, _written) = decoder.decode_to_utf8_without_replacement(bytes, &mut scratch, is_last);
        bytes = bytes.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return true,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => return false,
        }
    }
}

/// A text in GB 18030 read as UTF-8; UTF-8 passes as it is.
pub struct Decoded<R> {
    inner: R,
    decoder: Option<Decoder>,
    raw: Held,
    text: Held,
    has_ended: bool,
    is_done: bool,
}

/// Bytes that wait, and from where on.
struct Held {
    bytes: Vec<u8>,
    from: usize,
    to: usize,
}

impl Held {
    fn of(capacity: usize) -> Self {
        Self { bytes: vec![0; capacity], from: 0, to: 0 }
    }

    fn waiting(&self) -> &[u8] {
        self.bytes.get(self.from..self.to).unwrap_or_default()
    }

    fn take(&mut self, count: usize) {
        self.from = self.from.saturating_add(count);
    }

    fn holds(&mut self, count: usize) {
        (self.from, self.to) = (0, count);
    }
}

impl<R: Read> Decoded<R> {
    /// The text of this reader.
    #[must_use]
    pub fn new(inner: R, encoding: Encoding) -> Self {
        let decoder = (encoding == Encoding::Gb18030).then(|| GB18030.new_decoder_without_bom_handling());
        Self { inner, decoder, raw: Held::of(16 * 1024), text: Held::of(64 * 1024), has_ended: false, is_done: false }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let Some(decoder) = &mut self.decoder else { return self.inner.read(buffer) };
        while self.text.waiting().is_empty() && !self.is_done {
            if self.raw.waiting().is_empty() && !self.has_ended {
                let length = self.inner.read(&mut self.raw.bytes)?;
                self.raw.holds(length);
                self.has_ended = length == 0;
            }
            let (result, read, written, _replaced) = decoder.decode_to_utf8(self.raw.waiting(), &mut self.text.bytes, self.has_ended);
            self.raw.take(read);
            self.text.holds(written);
            // A decoder that has finished must not be asked again.
            self.is_done = self.has_ended && result == CoderResult::InputEmpty;
        }
        let length = self.text.waiting().len().min(buffer.len());
        for (place, byte) in buffer.iter_mut().zip(self.text.waiting()) {
            *place = *byte;
        }
        self.text.take(length);
        Ok(length)
    }
}
