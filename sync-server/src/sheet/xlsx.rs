//! XLSX, written as a stream: one sheet whose texts stand in their cells, a frozen line of names, nothing that needs to be known before.

use std::io::{self, Write};

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::Cell;

/// Excel takes no longer texts.
const TEXT_CHARS_MAX: usize = 32_767;

/// Excel takes no more rows.
const ROWS_MAX: u32 = 1_048_576;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#;

const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

const WORKBOOK: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="巡格" sheetId="1" r:id="rId1"/></sheets></workbook>"#;

const WORKBOOK_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;

/// Style 0 is plain, 1 a name of a column, 2 a percentage.
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="0.0%"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>"#;

/// An XLSX file under way.
pub struct XlsxSheet<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    rows: u32,
}

fn options() -> SimpleFileOptions {
    // The time of the entries says nothing; a fixed one makes equal tables equal files.
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1))
        .last_modified_time(zip::DateTime::default())
}

impl<W: Write> XlsxSheet<W> {
    pub(super) fn begin(target: W, columns: usize) -> io::Result<Self> {
        let mut zip = ZipWriter::new_stream(target);
        for (name, text) in [
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", RELATIONS),
            ("xl/workbook.xml", WORKBOOK),
            ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONS),
            ("xl/styles.xml", STYLES),
        ] {
            zip.start_file(name, options())?;
            zip.write_all(text.as_bytes())?;
        }
        zip.start_file("xl/worksheets/sheet1.xml", options().large_file(true))?;
        let head = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
             <worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews><sheetView \
             workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView>\
             </sheetViews><cols><col min=\"1\" max=\"{columns}\" width=\"18\" customWidth=\"1\"/></cols><sheetData>"
        );
        zip.write_all(head.as_bytes())?;
        Ok(Self { zip, rows: 0 })
    }

    pub(super) fn header(&mut self, cells: &[Cell]) -> io::Result<()> {
        self.line(cells, 1)
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        self.line(cells, 0)
    }

    fn line(&mut self, cells: &[Cell], style: u8) -> io::Result<()> {
        // What Excel would not open is left out; whoever needs more takes CSV.
        if self.rows >= ROWS_MAX {
            return Ok(());
        }
        self.rows += 1;
        let mut line = String::from("<row>");
        for cell in cells {
            match cell {
                Cell::Text(text) => {
                    line.push_str(&format!(
                        "<c t=\"inlineStr\" s=\"{style}\"><is><t xml:space=\"preserve\">"
                    ));
                    push_text(&mut line, text);
                    line.push_str("</t></is></c>");
                }
                Cell::Number(number) if number.is_finite() => {
                    line.push_str(&format!("<c s=\"{style}\"><v>{number}</v></c>"));
                }
                Cell::Share(share) if share.is_finite() => {
                    line.push_str(&format!("<c s=\"2\"><v>{share}</v></c>"));
                }
                Cell::Number(_) | Cell::Share(_) | Cell::Empty => line.push_str("<c/>"),
            }
        }
        line.push_str("</row>");
        self.zip.write_all(line.as_bytes())
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.zip.write_all(b"</sheetData></worksheet>")?;
        Ok(self.zip.finish()?.into_inner())
    }
}

/// Text as XML takes it: escaped, without the signs that XML 1.0 forbids.
fn push_text(line: &mut String, text: &str) {
    for c in text.chars().take(TEXT_CHARS_MAX) {
        match c {
            '&' => line.push_str("&amp;"),
            '<' => line.push_str("&lt;"),
            '>' => line.push_str("&gt;"),
            '\t' | '\n' | '\r' => line.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => line.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader, Xlsx};

    use super::super::{Sheet, SheetKind};
    use super::*;

    #[test]
    fn another_program_reads_what_was_written_and_nothing_is_a_formula() {
        let mut sheet = Sheet::begin(SheetKind::Xlsx, Vec::new(), &["内容", "件数"]).unwrap();
        let strange = "=1+1 <b>&\u{1}\u{fffe} 换行\n\u{202e}😀";
        sheet.row(&[strange.into(), 7_u64.into()]).unwrap();
        sheet.row(&[Cell::Empty, Cell::Share(0.25)]).unwrap();
        let bytes = sheet.finish().unwrap();
        let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range("巡格").unwrap();
        let cell = |row, column| range.get_value((row, column)).cloned().unwrap_or_default();
        assert_eq!(cell(0, 0), Data::String("内容".into()));
        assert_eq!(cell(1, 0), Data::String("=1+1 <b>& 换行\n\u{202e}😀".into()));
        assert_eq!(cell(1, 1), Data::Float(7.0));
        assert_eq!(cell(2, 1), Data::Float(0.25));
        assert!(book.worksheet_formula("巡格").unwrap().is_empty());
    }
}
