//! XLSX: one part for the sheet, one for the texts that cells share, one for their formats.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{CELLS_MAX, Cells, Package, Stop, TEXT_BYTES_MAX, numbers};

/// The most formats of a workbook; spreadsheets themselves stop at 64,000.
const FORMATS_MAX: usize = 65_536;

/// Reads the first sheet.
pub(super) fn read(package: &mut Package<'_>) -> Result<Cells, Stop> {
    let book = package.part("xl/workbook.xml")?.ok_or(Stop::Unreadable)?;
    let (relation, counts_from_1904) = first_sheet(&book)?;
    let relations = package
        .part("xl/_rels/workbook.xml.rels")?
        .ok_or(Stop::Unreadable)?;
    let target = target(&relations, &relation)?;
    let path = match target.strip_prefix('/') {
        Some(whole) => whole.to_owned(),
        None => format!("xl/{target}"),
    };
    let texts = package.part("xl/sharedStrings.xml")?;
    let styles = package.part("xl/styles.xml")?;
    let sheet = package.part(&path)?.ok_or(Stop::Unreadable)?;
    let around = Around {
        texts: texts.as_deref().map_or(Ok(Vec::new()), shared_texts)?,
        are_days: styles.as_deref().map_or(Ok(Vec::new()), formats_of_days)?,
        counts_from_1904,
    };
    cells(&sheet, &around)
}

/// What cells refer to.
struct Around {
    texts: Vec<String>,
    are_days: Vec<bool>,
    counts_from_1904: bool,
}

/// An attribute by its name without a prefix.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Stop> {
    // Tags with thousands of attributes would be checked for doubles for ever.
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute?;
        if attribute.key.local_name().as_ref() == name {
            let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0)?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

/// What a text's piece in XML adds to it: words as they are, and signs that were written by name or number.
pub(super) fn add_piece(event: &Event<'_>, text: &mut String) {
    match event {
        Event::Text(words) => text.push_str(&words.xml10_content()),
        Event::CData(words) => text.push_str(&words.xml10_content()),
        Event::GeneralRef(sign) => {
            let named = match sign.resolve_char_ref() {
                Ok(Some(sign)) => return text.push(sign),
                _ => quick_xml::escape::resolve_predefined_entity(sign),
            };
            text.push_str(named.unwrap_or_default());
        }
        _ => {}
    }
}

/// The name of the relation that leads to the first sheet, and whether days count from 1904.
fn first_sheet(book: &str) -> Result<(String, bool), Stop> {
    let mut reader = Reader::from_str(book);
    let mut counts_from_1904 = false;
    loop {
        match reader.read_event()? {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "workbookPr" => {
                    let value = attribute(&tag, "date1904")?;
                    counts_from_1904 = matches!(value.as_deref(), Some("1" | "true"));
                }
                "sheet" => {
                    // `r:id`; `sheetId` is another name.
                    let relation = attribute(&tag, "id")?.ok_or(Stop::Unreadable)?;
                    return Ok((relation, counts_from_1904));
                }
                _ => {}
            },
            Event::Eof => return Err(Stop::Unreadable),
            _ => {}
        }
    }
}

fn target(relations: &str, id: &str) -> Result<String, Stop> {
    let mut reader = Reader::from_str(relations);
    loop {
        match reader.read_event()? {
            Event::Start(tag) | Event::Empty(tag)
                if tag.local_name().as_ref() == "Relationship"
                    && attribute(&tag, "Id")?.as_deref() == Some(id) =>
            {
                return attribute(&tag, "Target")?.ok_or(Stop::Unreadable);
            }
            Event::Eof => return Err(Stop::Unreadable),
            _ => {}
        }
    }
}

/// The texts that cells share, in their order. How to say a text (furigana, pinyin) is no part of it.
fn shared_texts(part: &str) -> Result<Vec<String>, Stop> {
    let mut reader = Reader::from_str(part);
    let (mut texts, mut text, mut bytes) = (Vec::new(), String::new(), 0);
    let (mut is_in_text, mut is_in_reading) = (false, false);
    loop {
        match reader.read_event()? {
            Event::Empty(tag) if tag.local_name().as_ref() == "si" => texts.push(String::new()),
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" => is_in_text = true,
                "rPh" => is_in_reading = true,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => is_in_text = false,
                "rPh" => is_in_reading = false,
                "si" => {
                    bytes += text.len();
                    texts.push(std::mem::take(&mut text));
                }
                _ => {}
            },
            Event::Eof => return Ok(texts),
            event if is_in_text && !is_in_reading => add_piece(&event, &mut text),
            _ => {}
        }
        if texts.len() > CELLS_MAX || bytes > TEXT_BYTES_MAX {
            return Err(Stop::TooMuch);
        }
    }
}

/// Of each format of cells, whether it shows days.
fn formats_of_days(part: &str) -> Result<Vec<bool>, Stop> {
    let mut reader = Reader::from_str(part);
    let mut own = std::collections::BTreeMap::new();
    let (mut are_days, mut is_in_cells) = (Vec::new(), false);
    loop {
        match reader.read_event()? {
            Event::Start(tag) | Event::Empty(tag) => {
                let number = |name| -> Result<Option<u32>, Stop> {
                    Ok(attribute(&tag, name)?.and_then(|value| value.parse().ok()))
                };
                match tag.local_name().as_ref() {
                    "numFmt" => {
                        let code = attribute(&tag, "formatCode")?.unwrap_or_default();
                        if let Some(number) = number("numFmtId")? {
                            own.insert(number, numbers::is_of_days(&code));
                        }
                    }
                    "cellXfs" => is_in_cells = true,
                    "xf" if is_in_cells => {
                        let number = number("numFmtId")?.unwrap_or(0);
                        let is_day = own.get(&number).copied();
                        are_days.push(is_day.unwrap_or_else(|| numbers::is_of_days_by_number(number)));
                    }
                    _ => {}
                }
            }
            Event::End(tag) if tag.local_name().as_ref() == "cellXfs" => is_in_cells = false,
            Event::Eof => return Ok(are_days),
            _ => {}
        }
        if are_days.len() > FORMATS_MAX || own.len() > FORMATS_MAX {
            return Err(Stop::TooMuch);
        }
    }
}

/// A cell while its tags are read.
#[derive(Default)]
struct Open {
    row: usize,
    column: usize,
    kind: String,
    is_day: bool,
    text: String,
}

fn cells(sheet: &str, around: &Around) -> Result<Cells, Stop> {
    let mut reader = Reader::from_str(sheet);
    let mut cells = Cells::default();
    let (mut row, mut column) = (0, 0);
    let mut open: Option<Open> = None;
    let (mut is_in_value, mut is_in_reading) = (false, false);
    loop {
        match reader.read_event()? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "row" => (row, column) = (row_of(&tag)?.unwrap_or(row), 0),
                "c" => {
                    let cell = cell_of(&tag, (row, column), around)?;
                    column = cell.column + 1;
                    open = Some(cell);
                }
                "v" | "t" => is_in_value = true,
                "rPh" => is_in_reading = true,
                _ => {}
            },
            Event::Empty(tag) => match tag.local_name().as_ref() {
                "row" => row = row_of(&tag)?.unwrap_or(row).saturating_add(1),
                "c" => column = cell_of(&tag, (row, column), around)?.column + 1,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "row" => row = row.saturating_add(1),
                "c" => {
                    if let Some(cell) = open.take() {
                        cells.put(cell.row, cell.column, &shown(&cell, around))?;
                    }
                }
                "v" | "t" => is_in_value = false,
                "rPh" => is_in_reading = false,
                "sheetData" => return Ok(cells),
                _ => {}
            },
            Event::Eof => return Ok(cells),
            event => {
                if let Some(cell) = &mut open
                    && is_in_value
                    && !is_in_reading
                {
                    add_piece(&event, &mut cell.text);
                }
            }
        }
    }
}

/// The row, from 0, that a tag names.
fn row_of(tag: &BytesStart<'_>) -> Result<Option<usize>, Stop> {
    let named = attribute(tag, "r")?.and_then(|value| value.parse::<u32>().ok());
    Ok(named.map(|row| (row as usize).saturating_sub(1)))
}

/// A cell, at the place that it names or else at the next.
fn cell_of(tag: &BytesStart<'_>, next: (usize, usize), around: &Around) -> Result<Open, Stop> {
    let named = attribute(tag, "r")?;
    let (row, column) = named.as_deref().and_then(place).unwrap_or(next);
    let style = attribute(tag, "s")?.and_then(|value| value.parse::<usize>().ok());
    Ok(Open {
        row,
        column,
        kind: attribute(tag, "t")?.unwrap_or_default(),
        is_day: style.is_some_and(|style| around.are_days.get(style) == Some(&true)),
        text: String::new(),
    })
}

/// Row and column, from 0, of a name such as `B7`.
fn place(name: &str) -> Option<(usize, usize)> {
    let digits = name.find(|sign: char| sign.is_ascii_digit())?;
    let (letters, row) = name.split_at(digits);
    let row: u32 = row.parse().ok()?;
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut column = 0;
    for letter in letters.bytes() {
        if !letter.is_ascii_alphabetic() {
            return None;
        }
        column = column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1;
    }
    Some(((row as usize).checked_sub(1)?, column - 1))
}

fn shown(cell: &Open, around: &Around) -> String {
    match cell.kind.as_str() {
        "s" => {
            let text = cell.text.trim().parse::<usize>().ok();
            let text = text.and_then(|index| around.texts.get(index));
            text.cloned().unwrap_or_default()
        }
        "str" | "inlineStr" | "e" => cell.text.clone(),
        "b" => if cell.text.trim() == "1" { "true" } else { "false" }.to_owned(),
        "d" => cell.text.split('T').next().unwrap_or_default().to_owned(),
        _ => match cell.text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => numbers::shown(number, cell.is_day, around.counts_from_1904),
            _ => cell.text.clone(),
        },
    }
}
