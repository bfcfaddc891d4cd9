//! From the bytes of a file to text: UTF-8 with or without a byte order mark, UTF-16 with one, else GBK as spreadsheets in China write it.

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

/// How a file's text was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16 with a byte order mark.
    Utf16,
    /// GBK, read as its superset GB 18030.
    Gbk,
}

/// The text of a file, or `None` where it is in none of these encodings.
pub(crate) fn decode(bytes: &[u8]) -> Option<(String, Encoding)> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return Some((std::str::from_utf8(rest).ok()?.to_owned(), Encoding::Utf8));
    }
    for (mark, encoding) in [(b"\xff\xfe", UTF_16LE), (b"\xfe\xff", UTF_16BE)] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            let text = encoding.decode_without_bom_handling_and_without_replacement(rest)?;
            return Some((text.into_owned(), Encoding::Utf16));
        }
    }
    // A zero byte is in no table's text; without this, many binary files would read as GB 18030.
    if bytes.contains(&0) {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some((text.to_owned(), Encoding::Utf8));
    }
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some((text.into_owned(), Encoding::Gbk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_are_read_from_each_encoding() {
        let gbk = GB18030.encode("编号,姓名").0.into_owned();
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("编号,姓名".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let marked = [b"\xef\xbb\xbf", "编号,姓名".as_bytes()].concat();
        for (bytes, encoding) in [
            ("编号,姓名".as_bytes().to_vec(), Encoding::Utf8),
            (marked, Encoding::Utf8),
            (utf16, Encoding::Utf16),
            (gbk, Encoding::Gbk),
        ] {
            assert_eq!(decode(&bytes), Some(("编号,姓名".to_owned(), encoding)));
        }
    }

    #[test]
    fn a_picture_is_no_text() {
        assert_eq!(decode(b"\x89PNG\r\n\x1a\n\x00\x00"), None);
    }
}
