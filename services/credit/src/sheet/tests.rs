//! Encodings, bounds and shapes of text files.

use std::io::Read;

use super::actions::{CsvRows, Decoded, Encoding, Recogniser, json_rows};

fn recognised(bytes: &[u8], step: usize) -> Option<Encoding> {
    let mut recogniser = Recogniser::default();
    bytes.chunks(step).for_each(|piece| recogniser.see(piece, false));
    recogniser.see(&[], true);
    recogniser.found()
}

/// 示例电器, 罚款 and the four-byte 㐀 of GB 18030-2022.
const GB: &[u8] = &[0xCA, 0xBE, 0xC0, 0xFD, 0xB5, 0xE7, 0xC6, 0xF7, b',', 0xB7, 0xA3, 0xBF, 0xEE, b',', 0x81, 0x39, 0xEE, 0x39, b'\n'];

#[test]
fn an_encoding_is_known_by_the_whole_text() {
    let late: Vec<u8> = b"plain,ascii\n".iter().copied().cycle().take(6_000).chain(GB.iter().copied()).collect();
    for (bytes, expected, why) in [
        ("示例,罚款\n".as_bytes(), Some(Encoding::Utf8), "UTF-8"),
        ("\u{feff}示例,罚款\n".as_bytes(), Some(Encoding::Utf8), "UTF-8 with a mark"),
        (b"", Some(Encoding::Utf8), "nothing"),
        (GB, Some(Encoding::Gb18030), "GB 18030"),
        (&late, Some(Encoding::Gb18030), "the first Chinese character comes late"),
        (&[0xFF, 0xFE, 0x3A, 0x79], None, "UTF-16"),
        (&[0xCA], None, "half a character"),
    ] {
        for step in [1, 3, 4096] {
            assert_eq!(recognised(bytes, step), expected, "{why}, {step} bytes at a time");
        }
    }
}

/// A reader that gives a byte at a time.
struct Slow<'a>(&'a [u8]);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
        self.0 = rest;
        buffer[0] = *first;
        Ok(1)
    }
}

#[test]
fn gb18030_is_read_as_utf8_however_small_the_pieces() {
    for mut reader in [Decoded::new(Slow(GB), Encoding::Gb18030)] {
        let mut bytes = Vec::new();
        let mut one = [0_u8; 1];
        while reader.read(&mut one).unwrap() == 1 {
            bytes.push(one[0]);
        }
        assert_eq!(reader.read(&mut one).unwrap(), 0, "an end stays an end");
        assert_eq!(String::from_utf8(bytes).unwrap(), "示例电器,罚款,㐀\n");
    }
}

#[test]
fn rows_of_csv() {
    let rows = CsvRows::open("\u{feff}甲,乙\r\n1,\"2,\n3\"\r\n4\r\n5,6\n".as_bytes()).unwrap();
    assert_eq!(rows.header(), ["甲", "乙"]);
    let found: Vec<_> = rows.map(|row| row.ok()).collect();
    let row = |cells: [&str; 2]| Some(cells.map(str::to_owned).to_vec());
    assert_eq!(found, [row(["1", "2,\n3"]), None, row(["5", "6"])]);
}

#[test]
fn an_unclosed_quote_swallows_no_more_than_a_bound() {
    let mut text = b"a,b\n1,\"".to_vec();
    text.resize(4 * 1024 * 1024, b'x');
    let mut rows = CsvRows::open(text.as_slice()).unwrap();
    assert!(rows.next().unwrap().is_err());
}

#[test]
fn rows_of_ndjson() {
    let found: Vec<_> = json_rows("{\"a\":1}\n\n[1]\n{broken\n".as_bytes()).map(|row| row.is_ok()).collect();
    assert_eq!(found, [true, false, false]);
}
