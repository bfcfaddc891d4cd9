//! Enrolment codes for people: a QR code of half blocks for the terminal, and the text for whoever cannot scan.

use fast_qr::qr::QRBuilder;
use fast_qr::{ECL, QRCode};
use xunge_core::enrolment::EnrolmentCode;

/// Light modules around the code, as readers need them.
const QUIET: usize = 4;

/// Why no QR code can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the code is too long for a QR code; shorten public_url")]
pub struct TooLong;

/// The code as lines of half blocks, dark on light, for terminals of any colour.
pub fn terminal(code: &EnrolmentCode) -> Result<String, TooLong> {
    let qr = QRBuilder::new(code.to_string())
        .ecl(ECL::M)
        .build()
        .map_err(|_| TooLong)?;
    let side = qr.size + 2 * QUIET;
    let mut text = String::new();
    for row in (0..side).step_by(2) {
        // Black on white whatever the terminal's colours are: half the cameras cannot read inverted codes.
        text.push_str("\x1b[30;107m");
        for column in 0..side {
            text.push(match (is_dark(&qr, row, column), is_dark(&qr, row + 1, column)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        text.push_str("\x1b[0m\n");
    }
    Ok(text)
}

/// A text as the path of an SVG whose side is the number given back, each module one unit, light modules around it.
pub fn path(text: &str) -> Result<(String, usize), TooLong> {
    let qr = QRBuilder::new(text).ecl(ECL::M).build().map_err(|_| TooLong)?;
    let side = qr.size + 2 * QUIET;
    let mut path = String::new();
    for row in 0..side {
        for column in 0..side {
            if is_dark(&qr, row, column) {
                path.push_str(&format!("M{column} {row}h1v1h-1z"));
            }
        }
    }
    Ok((path, side))
}

fn is_dark(qr: &QRCode, row: usize, column: usize) -> bool {
    let (Some(row), Some(column)) = (row.checked_sub(QUIET), column.checked_sub(QUIET)) else {
        return false;
    };
    row < qr.size && column < qr.size && qr[row][column].value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_finder_patterns_stand_where_readers_look() {
        let code = EnrolmentCode {
            base_url: "http://192.168.1.10:8420".into(),
            root: None,
            secret: "ab".repeat(16),
        };
        let text = terminal(&code).unwrap();
        let lines: Vec<Vec<char>> = text
            .lines()
            .map(|line| {
                let line = line.strip_prefix("\x1b[30;107m").unwrap();
                line.strip_suffix("\x1b[0m").unwrap().chars().collect()
            })
            .collect();
        let side = lines[0].len();
        assert!(lines.iter().all(|line| line.len() == side) && side > 25);
        // A row of seven dark modules over the ring of a finder pattern, on both upper corners.
        let ring: String = lines[QUIET / 2][QUIET..QUIET + 7].iter().collect();
        assert_eq!(ring, "█▀▀▀▀▀█");
        let other: String = lines[QUIET / 2][side - QUIET - 7..side - QUIET].iter().collect();
        assert_eq!(other, "█▀▀▀▀▀█");
    }

    #[test]
    fn an_address_of_thousands_of_characters_is_told() {
        let code = EnrolmentCode {
            base_url: format!("http://{}", "a".repeat(5_000)),
            root: None,
            secret: "ab".into(),
        };
        assert_eq!(terminal(&code), Err(TooLong));
    }
}
