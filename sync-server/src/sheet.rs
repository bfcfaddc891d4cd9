//! Tables as files for office programs: CSV and XLSX, written row by row, so that a large one costs no memory.
//!
//! What people wrote can hold formulas. In CSV such a cell is kept from being one by a quote before it; in XLSX texts are texts.

use std::io::{self, Write};

mod csv;
mod xlsx;

/// A kind of file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SheetKind {
    /// Comma-separated, UTF-8 with a byte order mark so that Excel opens it.
    Csv,
    /// Office Open XML.
    Xlsx,
}

impl SheetKind {
    /// The end of the file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A cell.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number.
    Number(f64),
    /// A share, 0..=1, shown as a percentage.
    Share(f64),
    /// Nothing.
    Empty,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Number(number as f64)
    }
}

/// A file under way.
pub enum Sheet<W: Write> {
    /// As CSV.
    Csv(csv::CsvSheet<W>),
    /// As XLSX.
    Xlsx(Box<xlsx::XlsxSheet<W>>),
}

impl<W: Write> Sheet<W> {
    /// Begins a file with the names of its columns.
    ///
    /// # Errors
    /// What the target says.
    pub fn begin(kind: SheetKind, target: W, header: &[&str]) -> io::Result<Self> {
        let mut sheet = match kind {
            SheetKind::Csv => Self::Csv(csv::CsvSheet::begin(target)?),
            SheetKind::Xlsx => Self::Xlsx(Box::new(xlsx::XlsxSheet::begin(target, header.len())?)),
        };
        let names: Vec<Cell> = header.iter().map(|name| Cell::from(*name)).collect();
        match &mut sheet {
            Self::Csv(csv) => csv.row(&names)?,
            Self::Xlsx(xlsx) => xlsx.header(&names)?,
        }
        Ok(sheet)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// What the target says.
    pub fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        match self {
            Self::Csv(csv) => csv.row(cells),
            Self::Xlsx(xlsx) => xlsx.row(cells),
        }
    }

    /// Ends the file and gives its target back.
    ///
    /// # Errors
    /// What the target says.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Self::Csv(csv) => csv.finish(),
            Self::Xlsx(xlsx) => xlsx.finish(),
        }
    }
}
