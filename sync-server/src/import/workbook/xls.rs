//! XLS: one stream of records, each with its number and length (BIFF8, and BIFF5 of the years before it).

use std::collections::BTreeMap;

use encoding_rs::{Encoding, GBK, UTF_16LE};

use super::chains::{self, u16_at, u32_at};
use super::{CELLS_MAX, Cells, Stop, TEXT_BYTES_MAX, numbers};

/// What a record is about, by its number.
mod about {
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const END: u16 = 0x000a;
    pub(super) const DAYS_FROM_1904: u16 = 0x0022;
    pub(super) const PASSWORD: u16 = 0x002f;
    pub(super) const CONTINUED: u16 = 0x003c;
    pub(super) const CODE_PAGE: u16 = 0x0042;
    pub(super) const SHEET: u16 = 0x0085;
    pub(super) const NUMBERS: u16 = 0x00bd;
    pub(super) const RICH_TEXT: u16 = 0x00d6;
    pub(super) const STYLE: u16 = 0x00e0;
    pub(super) const SHARED_TEXTS: u16 = 0x00fc;
    pub(super) const SHARED_TEXT: u16 = 0x00fd;
    pub(super) const NUMBER: u16 = 0x0203;
    pub(super) const TEXT: u16 = 0x0204;
    pub(super) const TRUTH: u16 = 0x0205;
    pub(super) const FORMULAS_TEXT: u16 = 0x0207;
    pub(super) const SHORT_NUMBER: u16 = 0x027e;
    pub(super) const FORMAT: u16 = 0x041e;
    pub(super) const BEGIN: u16 = 0x0809;
}

/// Reads the first sheet.
pub(super) fn read(bytes: &[u8]) -> Result<Cells, Stop> {
    let stream = chains::stream(bytes, &["Workbook", "Book"])?;
    let book = Book::read(&stream)?;
    let start = book.first_sheet.ok_or(Stop::Unreadable)?;
    let mut sheet = Sheet {
        book: &book,
        cells: Cells::default(),
        formula: None,
    };
    // Charts within the sheet begin and end as it does.
    let mut depth = 0_usize;
    for record in Records(stream.get(start..).ok_or(Stop::Unreadable)?) {
        let record = record?;
        match record.about {
            about::BEGIN => depth += 1,
            about::END if depth <= 1 => break,
            about::END => depth -= 1,
            _ if depth <= 1 => sheet.take(&record)?,
            _ => {}
        }
    }
    Ok(sheet.cells)
}

/// A record and what continues it.
struct Record<'a> {
    about: u16,
    data: &'a [u8],
    more: Vec<&'a [u8]>,
}

/// The records of a stream, one after another.
struct Records<'a>(&'a [u8]);

impl<'a> Records<'a> {
    fn one(&mut self) -> Result<(u16, &'a [u8]), Stop> {
        let about = u16_at(self.0, 0)?;
        let length = usize::from(u16_at(self.0, 2)?);
        let data = self.0.get(4..4 + length).ok_or(Stop::Unreadable)?;
        self.0 = &self.0[4 + length..];
        Ok((about, data))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, Stop>;

    fn next(&mut self) -> Option<Self::Item> {
        // Writers fill the last sector with zeroes.
        if self.0.len() < 4 || self.0.starts_with(&[0; 4]) {
            return None;
        }
        let (about, data) = match self.one() {
            Ok(one) => one,
            Err(stop) => {
                self.0 = &[];
                return Some(Err(stop));
            }
        };
        let mut more = Vec::new();
        while u16_at(self.0, 0) == Ok(about::CONTINUED) {
            match self.one() {
                Ok((_, data)) => more.push(data),
                Err(stop) => return Some(Err(stop)),
            }
        }
        Some(Ok(Record { about, data, more }))
    }
}

/// What the stream says of the whole workbook.
struct Book {
    first_sheet: Option<usize>,
    counts_from_1904: bool,
    is_of_8: bool,
    page: &'static Encoding,
    texts: Vec<String>,
    /// Of each style of cells, whether it shows days.
    are_days: Vec<bool>,
}

impl Book {
    fn read(stream: &[u8]) -> Result<Self, Stop> {
        let mut book = Self {
            first_sheet: None,
            counts_from_1904: false,
            is_of_8: true,
            page: GBK,
            texts: Vec::new(),
            are_days: Vec::new(),
        };
        let (mut formats, mut styles) = (BTreeMap::new(), Vec::new());
        for record in Records(stream) {
            let record = record?;
            let data = record.data;
            match record.about {
                about::BEGIN => book.is_of_8 = u16_at(data, 0)? != 0x0500,
                about::PASSWORD => return Err(Stop::Unreadable),
                about::CODE_PAGE => book.page = page(u16_at(data, 0)?),
                about::DAYS_FROM_1904 => book.counts_from_1904 = u16_at(data, 0)? == 1,
                about::SHEET if book.first_sheet.is_none() => {
                    book.first_sheet = Some(u32_at(data, 0)? as usize)
                }
                about::FORMAT => {
                    let rest = data.get(2..).ok_or(Stop::Unreadable)?;
                    formats.insert(u16_at(data, 0)?, numbers::is_of_days(&book.text(rest)?));
                }
                about::STYLE => styles.push(u16_at(data, 2)?),
                about::SHARED_TEXTS => book.texts = shared_texts(record)?,
                about::END => break,
                _ => {}
            }
        }
        let is_day = |number: u16| {
            let own = formats.get(&number).copied();
            own.unwrap_or_else(|| numbers::is_of_days_by_number(u32::from(number)))
        };
        book.are_days = styles.into_iter().map(is_day).collect();
        Ok(book)
    }

    /// A text with its length before it, in signs.
    fn text(&self, data: &[u8]) -> Result<String, Stop> {
        let signs = usize::from(u16_at(data, 0)?);
        let (is_wide, rest) = if self.is_of_8 {
            // Some writers leave out the flags of an empty text.
            (
                data.get(2).is_some_and(|flags| flags & 1 != 0),
                data.get(3..).unwrap_or_default(),
            )
        } else {
            let bytes = &data[2..data.len().min(2 + signs)];
            return Ok(self.page.decode(bytes).0.into_owned());
        };
        let bytes = if is_wide { signs * 2 } else { signs };
        Ok(decoded(&rest[..rest.len().min(bytes)], is_wide))
    }
}

/// Two bytes a sign, or one for those of Latin.
fn decoded(bytes: &[u8], is_wide: bool) -> String {
    if is_wide {
        UTF_16LE.decode_without_bom_handling(bytes).0.into_owned()
    } else {
        bytes.iter().map(|byte| char::from(*byte)).collect()
    }
}

/// The encoding of a code page; China's where it is unknown.
fn page(number: u16) -> &'static Encoding {
    match number {
        950 => encoding_rs::BIG5,
        1252 => encoding_rs::WINDOWS_1252,
        65001 => encoding_rs::UTF_8,
        _ => GBK,
    }
}

/// The texts that cells share, in their order.
fn shared_texts(record: Record<'_>) -> Result<Vec<String>, Stop> {
    let mut rest = Rest {
        data: record.data.get(8..).ok_or(Stop::Unreadable)?,
        more: record.more.into_iter(),
    };
    let (mut texts, mut bytes) = (Vec::new(), 0);
    while !rest.is_at_end() {
        let text = rest.rich_text()?;
        bytes += text.len();
        texts.push(text);
        if texts.len() > CELLS_MAX || bytes > TEXT_BYTES_MAX {
            return Err(Stop::TooMuch);
        }
    }
    Ok(texts)
}

/// What is left of a record and of those that continue it.
struct Rest<'a> {
    data: &'a [u8],
    more: std::vec::IntoIter<&'a [u8]>,
}

impl<'a> Rest<'a> {
    /// Goes on to the next record where this one is used up; true where there is none.
    fn is_at_end(&mut self) -> bool {
        while self.data.is_empty() {
            match self.more.next() {
                Some(next) => self.data = next,
                None => return true,
            }
        }
        false
    }

    /// At most so many bytes, of this record alone.
    fn take(&mut self, most: usize) -> &'a [u8] {
        let (taken, left) = self.data.split_at(most.min(self.data.len()));
        self.data = left;
        taken
    }

    fn skip(&mut self, mut bytes: usize) -> Result<(), Stop> {
        while bytes > 0 {
            if self.is_at_end() {
                return Err(Stop::Unreadable);
            }
            bytes -= self.take(bytes).len();
        }
        Ok(())
    }

    /// A text with its length, its flags, and what is said of its looks.
    fn rich_text(&mut self) -> Result<String, Stop> {
        let mut signs = usize::from(u16_at(self.data, 0)?);
        let flags = *self.data.get(2).ok_or(Stop::Unreadable)?;
        self.take(3);
        let mut behind = 0;
        if flags & 8 != 0 {
            behind += 4 * usize::from(u16_at(self.data, 0)?);
            self.take(2);
        }
        if flags & 4 != 0 {
            behind += u32_at(self.data, 0)? as usize;
            self.take(4);
        }
        let mut is_wide = flags & 1 != 0;
        let mut text = String::new();
        while signs > 0 {
            if self.data.is_empty() {
                if self.is_at_end() {
                    return Err(Stop::Unreadable);
                }
                // A record that goes on within a text says anew how wide its signs are.
                is_wide = self.take(1).first().is_some_and(|flags| flags & 1 != 0);
            }
            let width = if is_wide { 2 } else { 1 };
            let bytes = self.take(signs * width);
            if bytes.len() < width && !self.data.is_empty() {
                return Err(Stop::Unreadable);
            }
            text.push_str(&decoded(bytes, is_wide));
            // Half a sign at the end of a record counts as one, so that this ends.
            signs -= bytes.len().div_ceil(width).min(signs);
        }
        self.skip(behind)?;
        Ok(text)
    }
}

/// A sheet while it is read.
struct Sheet<'a> {
    book: &'a Book,
    cells: Cells,
    /// Where the formula stands whose text comes next.
    formula: Option<(usize, usize)>,
}

impl Sheet<'_> {
    fn take(&mut self, record: &Record<'_>) -> Result<(), Stop> {
        let data = record.data;
        let place = || Ok::<_, Stop>((usize::from(u16_at(data, 0)?), usize::from(u16_at(data, 2)?)));
        let text = match record.about {
            about::SHARED_TEXT => {
                let text = self.book.texts.get(u32_at(data, 6)? as usize);
                let (row, column) = place()?;
                return self.cells.put(row, column, text.map_or("", String::as_str));
            }
            about::TEXT | about::RICH_TEXT => self.book.text(data.get(6..).ok_or(Stop::Unreadable)?)?,
            about::NUMBER => self.number(float_at(data, 6)?, u16_at(data, 4)?),
            about::SHORT_NUMBER => self.number(short_number(u32_at(data, 6)?), u16_at(data, 4)?),
            about::TRUTH => truth(data.get(6..8).ok_or(Stop::Unreadable)?),
            about::NUMBERS => return self.numbers(data),
            about::FORMULAS_TEXT => {
                let Some((row, column)) = self.formula.take() else {
                    return Ok(());
                };
                return self.cells.put(row, column, &self.book.text(data)?);
            }
            about::FORMULA => match data.get(6..14).ok_or(Stop::Unreadable)? {
                [0, .., 0xff, 0xff] => {
                    self.formula = Some(place()?);
                    return Ok(());
                }
                [1, _, is, .., 0xff, 0xff] => truth(&[*is, 0]),
                [2, _, error, .., 0xff, 0xff] => truth(&[*error, 1]),
                [.., 0xff, 0xff] => return Ok(()),
                _ => self.number(float_at(data, 6)?, u16_at(data, 4)?),
            },
            _ => return Ok(()),
        };
        let (row, column) = place()?;
        self.cells.put(row, column, &text)
    }

    /// Several numbers of one row: its number, the first column, for each a style and a number, the last column.
    fn numbers(&mut self, data: &[u8]) -> Result<(), Stop> {
        let (row, first) = (usize::from(u16_at(data, 0)?), usize::from(u16_at(data, 2)?));
        let end = data.len().checked_sub(2).ok_or(Stop::Unreadable)?;
        let each = data.get(4..end).ok_or(Stop::Unreadable)?.chunks_exact(6);
        for (index, one) in each.enumerate() {
            let text = self.number(short_number(u32_at(one, 2)?), u16_at(one, 0)?);
            self.cells.put(row, first + index, &text)?;
        }
        Ok(())
    }

    fn number(&self, number: f64, style: u16) -> String {
        let is_day = self.book.are_days.get(usize::from(style)) == Some(&true);
        numbers::shown(number, is_day, self.book.counts_from_1904)
    }
}

fn float_at(data: &[u8], at: usize) -> Result<f64, Stop> {
    let found = data.get(at..).and_then(|rest| rest.first_chunk());
    found
        .map(|eight| f64::from_le_bytes(*eight))
        .ok_or(Stop::Unreadable)
}

/// A number in 30 bits: whole, or the upper half of one with a point; and perhaps hundredths.
fn short_number(bits: u32) -> f64 {
    let number = if bits & 2 != 0 {
        f64::from(bits.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(bits & !3) << 32)
    };
    if bits & 1 != 0 { number / 100.0 } else { number }
}

/// Yes, no, or the error that a formula came to.
fn truth(bytes: &[u8]) -> String {
    let name = match bytes {
        [0, 0] => "false",
        [_, 0] => "true",
        [0x07, _] => "#DIV/0!",
        [0x0f, _] => "#VALUE!",
        [0x17, _] => "#REF!",
        [0x1d, _] => "#NAME?",
        [0x24, _] => "#NUM!",
        [0x2a, _] => "#N/A",
        _ => "#NULL!",
    };
    name.to_owned()
}
