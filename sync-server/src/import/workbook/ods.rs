//! ODS: one part holds every sheet; cells and rows that are alike stand once, with how often they repeat.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{COLUMNS_MAX, Cells, Package, Stop, TEXT_BYTES_MAX, numbers};
use crate::import::table;

/// Reads the first sheet.
pub(super) fn read(package: &mut Package<'_>) -> Result<Cells, Stop> {
    let content = package.part("content.xml")?.ok_or(Stop::Unreadable)?;
    let mut sheet = Sheet::default();
    let mut reader = Reader::from_str(&content);
    loop {
        match reader.read_event()? {
            Event::Start(tag) => {
                if sheet.start(&tag)? {
                    // What somebody noted beside a cell is not in it.
                    let end = tag.to_end().into_owned();
                    reader.read_to_end(end.name())?;
                }
            }
            Event::Empty(tag) => {
                sheet.start(&tag)?;
                sheet.end(tag.name().as_ref())?;
            }
            Event::End(tag) => {
                if sheet.end(tag.name().as_ref())? {
                    return Ok(sheet.cells);
                }
            }
            Event::Eof => return Err(Stop::Unreadable),
            event => {
                if let Some(cell) = &mut sheet.open
                    && sheet.paragraphs > 0
                {
                    super::xlsx::add_piece(&event, &mut cell.text);
                }
            }
        }
    }
}

/// A cell while its tags are read.
struct Open {
    /// How many columns it fills.
    times: usize,
    /// What its attributes say it holds; without it, its paragraphs do.
    value: Option<String>,
    text: String,
    has_paragraph: bool,
}

/// The first sheet, as far as it is read.
#[derive(Default)]
struct Sheet {
    cells: Cells,
    is_within: bool,
    /// Sheets within a cell of this one, which some writers make.
    inner: usize,
    row: usize,
    row_times: usize,
    column: usize,
    /// What stands in this row: column and text.
    line: Vec<(usize, String)>,
    open: Option<Open>,
    /// Paragraphs that are open.
    paragraphs: usize,
}

impl Sheet {
    /// Takes a tag that begins; true where what is within it is to be passed over.
    fn start(&mut self, tag: &BytesStart<'_>) -> Result<bool, Stop> {
        let name = tag.name();
        let name = name.as_ref();
        if name == "table:table" {
            self.inner += usize::from(self.is_within);
            self.is_within = true;
            return Ok(false);
        }
        if !self.is_within || self.inner > 0 {
            return Ok(false);
        }
        match name {
            "table:table-row" => {
                self.row_times = times(tag, "table:number-rows-repeated")?;
                self.column = 0;
            }
            "table:table-cell" | "table:covered-table-cell" => {
                self.open = Some(Open {
                    times: times(tag, "table:number-columns-repeated")?,
                    value: value(tag)?,
                    text: String::new(),
                    has_paragraph: false,
                });
            }
            "office:annotation" => return Ok(true),
            _ => {}
        }
        if let Some(cell) = &mut self.open {
            match name {
                "text:p" => {
                    if cell.has_paragraph {
                        cell.text.push('\n');
                    }
                    cell.has_paragraph = true;
                    self.paragraphs += 1;
                }
                "text:s" => {
                    // More blanks than any cell needs are as good as that many.
                    let blanks = times(tag, "text:c")?.min(256);
                    cell.text.extend(std::iter::repeat_n(' ', blanks));
                }
                "text:tab" => cell.text.push('\t'),
                "text:line-break" => cell.text.push('\n'),
                _ => {}
            }
        }
        Ok(false)
    }

    /// Takes a tag that ends; true at the end of the sheet.
    fn end(&mut self, name: &str) -> Result<bool, Stop> {
        if name == "table:table" {
            if self.inner == 0 {
                return Ok(true);
            }
            self.inner -= 1;
            return Ok(false);
        }
        if self.inner > 0 {
            return Ok(false);
        }
        match name {
            "text:p" => self.paragraphs = self.paragraphs.saturating_sub(1),
            "table:table-cell" | "table:covered-table-cell" => self.end_cell()?,
            "table:table-row" => self.end_row()?,
            _ => {}
        }
        Ok(false)
    }

    fn end_cell(&mut self) -> Result<(), Stop> {
        self.paragraphs = 0;
        let Some(cell) = self.open.take() else {
            return Ok(());
        };
        let text = cell.value.unwrap_or(cell.text);
        if !text.trim().is_empty() {
            let bytes = text.len().saturating_mul(cell.times);
            if self.column.saturating_add(cell.times) > COLUMNS_MAX || bytes > TEXT_BYTES_MAX {
                return Err(Stop::TooMuch);
            }
            for column in self.column..self.column + cell.times {
                self.line.push((column, text.clone()));
            }
        }
        // Rows end with an empty cell that repeats to the edge of the sheet.
        self.column = self.column.saturating_add(cell.times);
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Stop> {
        let line = std::mem::take(&mut self.line);
        // Sheets end with an empty row that repeats to their edge.
        if !line.is_empty() {
            if self.row_times > table::ROWS_MAX {
                return Err(Stop::TooMuch);
            }
            for row in self.row..self.row.saturating_add(self.row_times) {
                for (column, text) in &line {
                    self.cells.put(row, *column, text)?;
                }
            }
        }
        self.row = self.row.saturating_add(self.row_times);
        Ok(())
    }
}

/// An attribute by its whole name.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Stop> {
    match tag.try_get_attribute(name)? {
        Some(found) => {
            let value = found.normalized_value(quick_xml::XmlVersion::Implicit1_0)?;
            Ok(Some(value.into_owned()))
        }
        None => Ok(None),
    }
}

/// How often something repeats, at least once.
fn times(tag: &BytesStart<'_>, name: &str) -> Result<usize, Stop> {
    match attribute(tag, name)? {
        Some(value) => value
            .parse::<u32>()
            .map(|times| times.max(1) as usize)
            .map_err(|_| Stop::TooMuch),
        None => Ok(1),
    }
}

/// What a cell's attributes say that it holds.
fn value(tag: &BytesStart<'_>) -> Result<Option<String>, Stop> {
    let of = |name| attribute(tag, name);
    Ok(match of("office:value-type")?.as_deref() {
        Some("float" | "percentage" | "currency") => {
            of("office:value")?.map(|value| match value.parse::<f64>() {
                Ok(number) if number.is_finite() => numbers::shown(number, false, false),
                _ => value,
            })
        }
        Some("date") => {
            of("office:date-value")?.map(|day| day.split('T').next().unwrap_or_default().to_owned())
        }
        Some("time") => of("office:time-value")?,
        Some("boolean") => of("office:boolean-value")?.map(|value| value.to_ascii_lowercase()),
        _ => of("office:string-value")?.filter(|value| !value.is_empty()),
    })
}
