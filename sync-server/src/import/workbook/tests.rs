//! Workbooks as spreadsheets write them read as another reader reads them; hostile ones end at once.

use std::io::Write;

use calamine::{Data, Reader};
use proptest::prelude::*;

use super::*;

const XLS: &[u8] = include_bytes!("../../../tests/data/people.xls");

/// A ZIP of these parts.
fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const OFFICE: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"";

/// An ODS whose only sheet holds these rows.
fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content {OFFICE}><office:body><office:spreadsheet>\
         <table:table table:name=\"a\"><table:table-column table:number-columns-repeated=\"16384\"/>{rows}</table:table>\
         <table:table table:name=\"b\"><table:table-row><table:table-cell office:value-type=\"string\"><text:p>no</text:p>\
         </table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let parts = [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest:manifest/>"),
        ("content.xml", &content),
    ];
    packed(&parts)
}

/// An XLSX with these shared texts and this sheet.
fn xlsx(texts: &str, sheet: &str) -> Vec<u8> {
    const SHEETS: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const DOCUMENT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let root = format!(
        "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{DOCUMENT}/officeDocument\" \
         Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let relations = format!(
        "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r0\" Type=\"{DOCUMENT}/styles\" \
         Target=\"styles.xml\"/><Relationship Id=\"r1\" Type=\"{DOCUMENT}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
         <Relationship Id=\"r9\" Type=\"{DOCUMENT}/worksheet\" Target=\"worksheets/sheet2.xml\"/></Relationships>"
    );
    let book = format!(
        "<workbook xmlns=\"{SHEETS}\" xmlns:r=\"{DOCUMENT}\"><sheets><sheet name=\"a\" sheetId=\"7\" r:id=\"r1\"/>\
         <sheet name=\"b\" sheetId=\"8\" r:id=\"r9\"/></sheets></workbook>"
    );
    let styles = format!(
        "<styleSheet xmlns=\"{SHEETS}\"><numFmts><numFmt numFmtId=\"170\" formatCode=\"yyyy&quot;年&quot;m\"/></numFmts>\
         <cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>\
         <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"170\"/></cellXfs></styleSheet>"
    );
    packed(&[
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", &root),
        ("xl/_rels/workbook.xml.rels", &relations),
        ("xl/workbook.xml", &book),
        ("xl/styles.xml", &styles),
        (
            "xl/sharedStrings.xml",
            &format!("<sst xmlns=\"{SHEETS}\" {texts}</sst>"),
        ),
        (
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet xmlns=\"{SHEETS}\"><sheetData>{sheet}</sheetData></worksheet>"),
        ),
    ])
}

/// An XLS with this stream of records, whose chain of sectors `next` may lead astray.
fn xls(records: &[u8], next: impl FnOnce(&mut Vec<u32>)) -> Vec<u8> {
    const END: u32 = 0xffff_fffe;
    let mut stream = records.to_vec();
    stream.resize(records.len().next_multiple_of(512).max(4_096), 0);
    let sectors = stream.len() / 512;
    // Sector 0 is the table, 1 the directory, those from 2 on the stream.
    let mut table = vec![0xffff_fffd, END];
    table.extend((3..).take(sectors - 1).chain([END]));
    next(&mut table);
    assert!(table.len() <= 128, "one sector of table");
    table.resize(128, u32::MAX);
    let mut header = chains::BEGINNING.to_vec();
    header.resize(512, 0);
    header[30] = 9;
    header[32] = 6;
    header[44] = 1;
    header[48] = 1;
    header[60..64].copy_from_slice(&END.to_le_bytes());
    header[68..72].copy_from_slice(&END.to_le_bytes());
    header[76..].fill(0xff);
    header[76..80].copy_from_slice(&0_u32.to_le_bytes());
    let mut directory = vec![0; 512];
    for (entry, (name, first, bytes)) in [("Root Entry", END, 0), ("Book", 2, stream.len())]
        .into_iter()
        .enumerate()
    {
        let entry = &mut directory[entry * 128..][..128];
        for (at, sign) in name.encode_utf16().enumerate() {
            entry[at * 2..][..2].copy_from_slice(&sign.to_le_bytes());
        }
        entry[116..120].copy_from_slice(&first.to_le_bytes());
        entry[120..124].copy_from_slice(&u32::try_from(bytes).unwrap().to_le_bytes());
    }
    let table = table.iter().flat_map(|next| next.to_le_bytes());
    header
        .into_iter()
        .chain(table)
        .chain(directory)
        .chain(stream)
        .collect()
}

fn record(about: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&about.to_le_bytes(), &length.to_le_bytes(), data].concat()
}

/// A stream with one sheet of these records; `version` is 0x0500 or 0x0600.
fn book(version: u16, before: &[u8], sheet: &[u8]) -> Vec<u8> {
    let begin = record(
        0x0809,
        &[&version.to_le_bytes()[..], &[5, 0, 0, 0, 0, 0]].concat(),
    );
    let end = record(0x000a, &[]);
    let name: &[u8] = if version == 0x0600 {
        &[1, 0, b'a']
    } else {
        &[1, b'a']
    };
    let at = begin.len() + before.len() + 4 + 6 + name.len() + end.len();
    let sheet_at = record(
        0x0085,
        &[&u32::try_from(at).unwrap().to_le_bytes()[..], &[0, 0], name].concat(),
    );
    [&begin, before, &sheet_at, &end, &begin, sheet, &end].concat()
}

fn texts(bytes: &[u8]) -> Vec<(usize, Vec<String>)> {
    let rows = read(bytes).unwrap_or_else(|problem| panic!("{problem:?}"));
    rows.into_iter().map(|row| (row.line, row.cells)).collect()
}

/// What another reader finds in the first sheet, in the same words.
fn by_another(bytes: &[u8]) -> Vec<(usize, Vec<String>)> {
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let mut lines = Vec::new();
    let (first_row, first_column) = sheet.start().unwrap();
    for (index, row) in sheet.rows().enumerate() {
        let mut cells = vec![String::new(); first_column as usize];
        cells.extend(row.iter().map(|cell| match cell {
            Data::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
            Data::DateTime(instant) => {
                let (year, month, day, ..) = instant.to_ymd_hms_milli();
                format!("{year:04}-{month:02}-{day:02}")
            }
            Data::DateTimeIso(text) => text.split('T').next().unwrap().to_owned(),
            Data::Empty => String::new(),
            other => table::tidy(&other.to_string()),
        }));
        while cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        if !cells.is_empty() {
            lines.push((first_row as usize + index + 1, cells));
        }
    }
    lines
}

#[test]
fn an_xls_is_read_as_another_reader_reads_it() {
    let found = texts(XLS);
    assert_eq!(found, by_another(XLS));
    // Days, numbers, rich texts, truths, several numbers in one record, and texts that run on into a further record.
    assert_eq!(found[1].1[2..6], ["13800000001", "2026-01-02", "左边", "粗细"]);
    assert_eq!(found[3].1[2..], ["0.5", "1900-03-01", "true"]);
    assert_eq!(found[4], (7, vec!["1".into(), "2".into(), "3".into()]));
    assert!(found.len() > 60);
}

#[test]
fn an_xls_of_the_years_before_has_its_texts_in_the_code_page() {
    let label = |row: u8, bytes: &[u8]| {
        let length = u8::try_from(bytes.len()).unwrap();
        record(0x0204, &[&[row, 0, 1, 0, 0, 0, length, 0], bytes].concat())
    };
    let page = record(0x0042, &936_u16.to_le_bytes());
    let sheet = [label(0, b"name"), label(2, b"\xcd\xf5\xb7\xbc")].concat();
    let file = xls(&book(0x0500, &page, &sheet), |_| {});
    assert_eq!(
        texts(&file),
        [
            (1, vec![String::new(), "name".into()]),
            (3, vec![String::new(), "王芳".into()])
        ]
    );
}

#[test]
fn an_ods_is_read_as_another_reader_reads_it() {
    let file = ods(
        "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell/></table:table-row><table:table-row>\
         <table:table-cell/><table:table-cell office:value-type=\"string\" table:number-columns-repeated=\"2\">\
         <text:p>&#x738b;芳&amp;co<text:s text:c=\"2\"/>x</text:p><text:p>two</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"float\" office:value=\"13800000001\"><text:p>1.38E10</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"date\" office:date-value=\"2026-11-22T10:00:00\"><text:p>x</text:p>\
         </table:table-cell><table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"/>\
         <table:table-cell office:value-type=\"string\"><office:annotation><text:p>note</text:p></office:annotation>\
         <text:p>beside</text:p></table:table-cell><table:table-cell table:number-columns-repeated=\"16377\"/></table:table-row>\
         <table:table-row table:number-rows-repeated=\"3\"><table:table-cell office:value-type=\"percentage\" \
         office:value=\"0.5\"/></table:table-row>\
         <table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\"/>\
         </table:table-row>",
    );
    let found = texts(&file);
    assert_eq!(found, by_another(&file));
    assert_eq!(found[0].0, 3);
    assert_eq!(
        found[0].1[1..4],
        ["王芳&co  x\ntwo", "王芳&co  x\ntwo", "13800000001"]
    );
    assert_eq!(found[0].1[4..], ["2026-11-22", "true", "beside"]);
    assert_eq!(found[3], (6, vec!["0.5".to_owned()]));
}

#[test]
fn an_xlsx_is_read_as_another_reader_reads_it() {
    let file = xlsx(
        "uniqueCount=\"2\"><si><r><t>王</t></r><r><t xml:space=\"preserve\">芳 &lt;</t></r><rPh><t>wang</t></rPh></si><si/>",
        "<row r=\"2\"><c r=\"B2\" t=\"s\"><v>0</v></c><c r=\"C2\" s=\"1\"><v>46348.5</v></c><c s=\"2\"><v>1</v></c></row>\
         <row r=\"4\"><c r=\"A4\" t=\"str\"><f>A1</f><v>sum</v></c><c r=\"B4\" t=\"b\"><v>1</v></c><c r=\"C4\" t=\"inlineStr\">\
         <is><t>in</t></is></c><c r=\"D4\"><v>13800000001</v></c><c r=\"E4\"/></row>",
    );
    let found = texts(&file);
    assert_eq!(found, by_another(&file));
    assert_eq!(
        found[0],
        (
            2,
            ["", "王芳 <", "2026-11-22", "1900-01-01"]
                .map(str::to_owned)
                .to_vec()
        )
    );
    assert_eq!(found[1].1, ["sum", "true", "in", "13800000001"]);
}

#[test]
fn what_would_fill_the_memory_is_refused() {
    let too_much = ImportProblem::file(ImportRule::TooManyRows {
        most: table::ROWS_MAX,
    });
    let long = format!(
        "<table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
        "x".repeat(100_000)
    );
    let cell = |row: u32, column: &str, text: u32| {
        format!("<row r=\"{row}\"><c r=\"{column}{row}\" t=\"s\"><v>{text}</v></c></row>")
    };
    let shared = format!("uniqueCount=\"1\"><si><t>{}</t></si>", "x".repeat(1 << 20));
    let each_row: String = (1..80).map(|row| cell(row, "A", 0)).collect();
    let far = [&[0xff; 4][..], &[0; 10]].concat();
    for (what, file) in [
        (
            "corner",
            xlsx(
                ">",
                "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>",
            ),
        ),
        ("one text in every cell", xlsx(&shared, &each_row)),
        (
            "rows",
            ods(&format!(
                "<table:table-row table:number-rows-repeated=\"1000000\">{long}</table:table-row>"
            )),
        ),
        (
            "columns",
            ods(&format!(
                "<table:table-row>{}</table:table-row>",
                long.replace(
                    "<table:table-cell",
                    "<table:table-cell table:number-columns-repeated=\"16384\""
                )
            )),
        ),
        (
            "long rows",
            ods(&format!(
                "<table:table-row table:number-rows-repeated=\"1000\">{long}</table:table-row>"
            )),
        ),
        (
            "corner of an XLS",
            xls(&book(0x0600, &[], &record(0x0203, &far)), |_| {}),
        ),
    ] {
        assert_eq!(read(&file), Err(too_much.clone()), "{what}");
    }
}

#[test]
fn counts_that_a_file_gives_of_itself_are_not_believed() {
    let file = xlsx(
        "count=\"9999999999999\" uniqueCount=\"9999999999999\"><si><t>a</t></si>",
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>",
    );
    assert_eq!(texts(&file), [(1, vec!["a".to_owned()])]);
    let dimensions = record(
        0x0200,
        &[[0; 4], [0xff; 4], [0, 0, 0xff, 0xff], [0; 4]].concat()[..14],
    );
    let shared = record(0x00fc, &[&[0xff; 8][..], &[1, 0, 0, b'a']].concat());
    let label = record(0x00fd, &[0; 10]);
    let file = xls(&book(0x0600, &shared, &[dimensions, label].concat()), |_| {});
    assert_eq!(texts(&file), [(1, vec!["a".to_owned()])]);
}

#[test]
fn chains_without_an_end_are_no_workbook() {
    let unreadable = Err(ImportProblem::file(ImportRule::NotATable));
    for (from, to) in [(1, 1), (5, 2), (2, 2), (3, 4_000)] {
        let file = xls(&book(0x0600, &[], &[]), |next| next[from] = to);
        // A stream that leads into itself is cut at the length that the directory knows.
        let found = read(&file);
        assert!(
            found == unreadable || found.as_ref().is_ok_and(Vec::is_empty),
            "{from} → {to}: {found:?}"
        );
    }
}

proptest! {
    #[test]
    fn whatever_a_workbook_says_it_is_read_or_refused(
        which in 0..4_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let shared = record(0x00fc, &[0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 13, 1, 0, 0, 0, 0, 0, b'a']);
        let mut file = match which {
            0 => XLS.to_vec(),
            1 => xls(&book(0x0600, &shared, &record(0x00fd, &[0; 10])), |_| {}),
            2 => ods(
                "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>a</text:p></table:table-cell>\
                 </table:table-row>",
            ),
            _ => xlsx("><si><t>a</t></si>", "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>"),
        };
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if is_cut {
            let length = cut.index(file.len());
            file.truncate(length);
        }
        if is_one(&file) {
            let _read_or_refused = read(&file);
        }
    }
}
