//! A table as people keep it: CSV (comma, semicolon or tab) or the first sheet of a spreadsheet, with the numbers of its lines.

use super::problem::{ImportProblem, ImportRule};
use super::{text, workbook};

/// One line of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its number in the file, from 1, as an editor or a spreadsheet shows it.
    pub(crate) line: usize,
    /// Its cells, trimmed.
    pub(crate) cells: Vec<String>,
}

/// A table: its header and the lines that are not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    /// The first line that is not empty.
    pub(crate) header: Row,
    /// The others.
    pub(crate) rows: Vec<Row>,
}

/// The most lines of one table, without its header.
pub(crate) const ROWS_MAX: usize = 100_000;

/// Reads a table by its content: a spreadsheet (XLSX, XLS, ODS) or text.
pub(crate) fn read(bytes: &[u8]) -> Result<Table, Vec<ImportProblem>> {
    let rows = if workbook::is_one(bytes) {
        workbook::read(bytes)
    } else {
        read_csv(bytes)
    };
    let mut rows = rows.map_err(|problem| vec![problem])?;
    rows.retain(|row| row.cells.iter().any(|cell| !cell.is_empty()));
    if rows.len() > ROWS_MAX {
        return Err(vec![ImportProblem::file(ImportRule::TooManyRows {
            most: ROWS_MAX,
        })]);
    }
    let mut rows = rows.into_iter();
    match rows.next() {
        Some(header) if rows.len() > 0 => Ok(Table {
            header,
            rows: rows.collect(),
        }),
        _ => Err(vec![ImportProblem::file(ImportRule::NoRows)]),
    }
}

fn read_csv(bytes: &[u8]) -> Result<Vec<Row>, ImportProblem> {
    let (text, _) = text::decode(bytes).ok_or_else(|| ImportProblem::file(ImportRule::NotATable))?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, |at| at.line());
            ImportProblem::line(usize::try_from(line).unwrap_or(0), ImportRule::NotATable)
        })?;
        rows.push(Row {
            line: record.position().map_or(0, |at| line_of(&text, at)),
            cells: record.iter().map(tidy).collect(),
        });
    }
    Ok(rows)
}

/// The line on which a record begins: the reader's position stands before the empty lines that it then passes over.
fn line_of(text: &str, at: &csv::Position) -> usize {
    let start = usize::try_from(at.byte()).unwrap_or(usize::MAX);
    let passed_over = text.as_bytes().get(start..).map_or(0, |rest| {
        rest.iter()
            .take_while(|byte| matches!(byte, b'\n' | b'\r'))
            .filter(|byte| **byte == b'\n')
            .count()
    });
    usize::try_from(at.line()).unwrap_or(usize::MAX) + passed_over
}

/// Whichever of comma, semicolon and tab the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let count = |delimiter: u8| first.bytes().filter(|byte| *byte == delimiter).count();
    [b',', b'\t', b';']
        .into_iter()
        .rev()
        .max_by_key(|delimiter| count(*delimiter))
        .unwrap_or(b',')
}

/// Without the invisible characters that come along when cells are copied from web pages and chats.
pub(super) fn tidy(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{a0}'))
        .to_owned()
}

/// The letters of a spreadsheet's column, from its index: A, B … Z, AA …
pub(crate) fn column_letters(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_an_editor_shows_them() {
        let table = read("\u{feff}编号;姓名\n\na;\"两\n行\"\nb;c\n".as_bytes()).unwrap();
        assert_eq!(table.header.cells, ["编号", "姓名"]);
        let lines: Vec<_> = table.rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [3, 5]);
    }

    #[test]
    fn columns_have_letters_as_in_a_spreadsheet() {
        let letters: Vec<_> = [0, 25, 26, 701, 702].into_iter().map(column_letters).collect();
        assert_eq!(letters, ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn an_empty_file_and_a_header_alone_are_told() {
        for text in ["", "编号,姓名\n"] {
            let problems = read(text.as_bytes()).unwrap_err();
            assert_eq!(problems, [ImportProblem::file(ImportRule::NoRows)]);
        }
    }
}
