//! The first sheet of a workbook (XLSX, ODS or XLS), cell by cell and within bounds.
//!
//! A workbook is a small file that may say anything: two cells in opposite corners of a sheet, a string that stands in every cell,
//! a count of thousands of millions, a row that repeats a million times, parts that unpack without end. So nothing here believes a
//! count that a file gives of itself, nothing reserves room by one, and every cell goes through [`Cells`], which knows when it is enough.

mod chains;
mod numbers;
mod ods;
mod xls;
mod xlsx;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::problem::{ImportProblem, ImportRule};
use super::table::{self, Row};

/// The most columns of one table: no kind has as many.
const COLUMNS_MAX: usize = 200;

/// The most cells of one table, empty ones between filled ones counted.
const CELLS_MAX: usize = 4_000_000;

/// The most bytes of text in all cells together.
const TEXT_BYTES_MAX: usize = 64 << 20;

/// The most bytes into which what is read of a workbook may unfold.
const UNPACKED_BYTES_MAX: u64 = 128 << 20;

/// Why a workbook is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// Not of its format, or cut, or sealed with a password.
    Unreadable,
    /// More than is taken at once.
    TooMuch,
}

impl From<std::io::Error> for Stop {
    fn from(_: std::io::Error) -> Self {
        Self::Unreadable
    }
}

impl From<zip::result::ZipError> for Stop {
    fn from(_: zip::result::ZipError) -> Self {
        Self::Unreadable
    }
}

impl From<quick_xml::Error> for Stop {
    fn from(_: quick_xml::Error) -> Self {
        Self::Unreadable
    }
}

impl From<quick_xml::events::attributes::AttrError> for Stop {
    fn from(_: quick_xml::events::attributes::AttrError) -> Self {
        Self::Unreadable
    }
}

/// Whether these bytes begin as a workbook does.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(chains::BEGINNING)
}

/// The lines of the first sheet that are not empty, with their numbers.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Row>, ImportProblem> {
    let cells = if bytes.starts_with(chains::BEGINNING) {
        xls::read(bytes)
    } else {
        Package::open(bytes).and_then(|mut package| {
            if package.has("xl/workbook.xml") {
                xlsx::read(&mut package)
            } else {
                ods::read(&mut package)
            }
        })
    };
    cells.map(Cells::into_rows).map_err(|stop| {
        ImportProblem::file(match stop {
            Stop::Unreadable => ImportRule::NotATable,
            Stop::TooMuch => ImportRule::TooManyRows {
                most: table::ROWS_MAX,
            },
        })
    })
}

/// The cells of a sheet that hold something, as they come.
#[derive(Default)]
struct Cells {
    lines: BTreeMap<usize, Vec<String>>,
    count: usize,
    text_bytes: usize,
}

impl Cells {
    /// Puts a text at a row and a column, both from 0; one that is empty is passed over.
    fn put(&mut self, row: usize, column: usize, text: &str) -> Result<(), Stop> {
        let text = table::tidy(text);
        if text.is_empty() {
            return Ok(());
        }
        // One line more than may be is the header.
        let is_new = !self.lines.contains_key(&row);
        if column >= COLUMNS_MAX || is_new && self.lines.len() > table::ROWS_MAX {
            return Err(Stop::TooMuch);
        }
        let line = self.lines.entry(row).or_default();
        if line.len() <= column {
            self.count += column + 1 - line.len();
            line.resize(column + 1, String::new());
        }
        self.text_bytes += text.len();
        if self.count > CELLS_MAX || self.text_bytes > TEXT_BYTES_MAX {
            return Err(Stop::TooMuch);
        }
        line[column] = text;
        Ok(())
    }

    fn into_rows(self) -> Vec<Row> {
        let row = |(index, cells)| Row {
            line: index + 1,
            cells,
        };
        self.lines.into_iter().map(row).collect()
    }
}

/// A workbook whose parts are packed in a ZIP, and how much of it may still be unpacked.
struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    left: u64,
}

impl<'a> Package<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, Stop> {
        Ok(Self {
            archive: ZipArchive::new(Cursor::new(bytes))?,
            left: UNPACKED_BYTES_MAX,
        })
    }

    /// The name of a part as the archive spells it: writers do not agree on capitals.
    fn spelled(&self, name: &str) -> Option<String> {
        let name = name.trim_start_matches('/');
        let mut names = self.archive.file_names().filter_map(Result::ok);
        let found = names.find(|found| found.eq_ignore_ascii_case(name));
        found.map(std::borrow::Cow::into_owned)
    }

    fn has(&self, name: &str) -> bool {
        self.spelled(name).is_some()
    }

    /// A part's text; what the archive's directory says of its size is not believed.
    fn part(&mut self, name: &str) -> Result<Option<String>, Stop> {
        let Some(name) = self.spelled(name) else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        // One byte more than may be left tells the part that is too large.
        let read = self
            .archive
            .by_name(&name)?
            .take(self.left + 1)
            .read_to_end(&mut bytes)?;
        self.left = self.left.checked_sub(read as u64).ok_or(Stop::TooMuch)?;
        super::text::decode(&bytes)
            .map(|(text, _)| Some(text))
            .ok_or(Stop::Unreadable)
    }
}

#[cfg(test)]
mod tests;
