//! CSV that Excel opens as it is: a byte order mark, lines with two signs at their end, no formulas.

use std::io::{self, Write};

use super::Cell;

/// A CSV file under way.
pub struct CsvSheet<W: Write> {
    target: W,
}

impl<W: Write> CsvSheet<W> {
    pub(super) fn begin(mut target: W) -> io::Result<Self> {
        target.write_all("\u{feff}".as_bytes())?;
        Ok(Self { target })
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        let mut line = String::new();
        for (n, cell) in cells.iter().enumerate() {
            if n > 0 {
                line.push(',');
            }
            match cell {
                Cell::Text(text) => push_text(&mut line, text),
                Cell::Number(number) => line.push_str(&number.to_string()),
                Cell::Share(share) => line.push_str(&format!("{:.1}%", share * 100.0)),
                Cell::Empty => {}
            }
        }
        line.push_str("\r\n");
        self.target.write_all(line.as_bytes())
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.target.flush()?;
        Ok(self.target)
    }
}

/// Whether a program that opens the file might take the text for a formula. Blanks and marks of direction before it do not help.
fn is_formula(text: &str) -> bool {
    let first = text
        .trim_start_matches(|c: char| c.is_whitespace() || is_mark(c))
        .chars()
        .next();
    text.starts_with(['\t', '\r', '\n'])
        || matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'))
}

/// Marks of direction and of nothing.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn push_text(line: &mut String, text: &str) {
    line.push('"');
    if is_formula(text) {
        line.push('\'');
    }
    for c in text.chars() {
        match c {
            '"' => line.push_str("\"\""),
            '\0' => {}
            c => line.push(c),
        }
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::super::{Sheet, SheetKind};

    #[test]
    fn formulas_are_kept_from_being_formulas_and_quotes_are_doubled() {
        let mut sheet = Sheet::begin(SheetKind::Csv, Vec::new(), &["内容"]).unwrap();
        for text in [
            "=1+1",
            "+8613800000000",
            " @SUM(A1)",
            "\u{202e}=cmd|' /C calc'!A0",
            "\tx",
            "a \"b\"",
        ] {
            sheet.row(&[text.into()]).unwrap();
        }
        let text = String::from_utf8(sheet.finish().unwrap()).unwrap();
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines[0], "\u{feff}\"内容\"");
        assert_eq!(lines[1], "\"'=1+1\"");
        assert_eq!(lines[2], "\"'+8613800000000\"");
        assert!(lines[3].starts_with("\"' @SUM") && lines[4].starts_with("\"'\u{202e}="));
        assert!(lines[5].starts_with("\"'\t"));
        assert_eq!(lines[6], "\"a \"\"b\"\"\"");
    }
}
