//! Which column is which: Chinese and English headers, in any order, with columns of other programs passed over; and reading cells so
//! that every problem of every line is told at once.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::problem::{ImportProblem, ImportRule};
use super::table::{Row, Table, column_letters};

/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 60;

/// A column that a kind of table may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// How the parsers call it.
    pub(crate) key: &'static str,
    /// How headers may call it, the one of our samples first.
    pub(crate) names: &'static [&'static str],
    /// Whether the table is of no use without it.
    pub(crate) is_required: bool,
}

/// A column that must be there.
pub(crate) const fn required(key: &'static str, names: &'static [&'static str]) -> Column {
    Column {
        key,
        names,
        is_required: true,
    }
}

/// A column that may be left out.
pub(crate) const fn optional(key: &'static str, names: &'static [&'static str]) -> Column {
    Column {
        key,
        names,
        is_required: false,
    }
}

/// Where each known column stands in one table.
#[derive(Debug)]
pub(crate) struct Columns {
    places: BTreeMap<&'static str, (usize, String)>,
    /// Headers that no column has.
    pub(crate) passed_over: Vec<String>,
}

impl Columns {
    /// Finds the columns by the header; missing and doubled ones are problems.
    pub(crate) fn find(table: &Table, known: &[Column]) -> Result<Self, Vec<ImportProblem>> {
        let mut places: BTreeMap<&'static str, (usize, String)> = BTreeMap::new();
        let mut passed_over = Vec::new();
        let mut problems = Vec::new();
        for (index, header) in table.header.cells.iter().enumerate() {
            let plain = plain(header);
            let column = known
                .iter()
                .find(|column| column.names.iter().any(|name| self::plain(name) == plain));
            match column {
                None if header.is_empty() => {}
                None => passed_over.push(header.clone()),
                Some(column) => {
                    let label = match table.header.line {
                        0 => header.clone(),
                        _ => format!("{header} ({})", column_letters(index)),
                    };
                    if places.insert(column.key, (index, label.clone())).is_some() {
                        problems.push(ImportProblem::cell(
                            table.header.line,
                            &label,
                            "",
                            ImportRule::DoubledColumn,
                        ));
                    }
                }
            }
        }
        for column in known.iter().filter(|column| column.is_required) {
            if !places.contains_key(column.key) {
                let rule = ImportRule::MissingColumn { names: column.names };
                problems.push(ImportProblem::line(table.header.line, rule));
            }
        }
        if problems.is_empty() {
            Ok(Self { places, passed_over })
        } else {
            Err(problems)
        }
    }

    /// Begins the reading of one line.
    pub(crate) fn of<'c>(&'c self, row: &'c Row, problems: &'c mut Vec<ImportProblem>) -> Cells<'c> {
        Cells {
            columns: self,
            row,
            problems,
        }
    }
}

/// Lower case, without spaces, hyphens, underscores and what stands in brackets.
fn plain(header: &str) -> String {
    header
        .split(['(', '（'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '*' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// One line being read. Getters answer `None` after they have noted a problem.
pub(crate) struct Cells<'c> {
    columns: &'c Columns,
    row: &'c Row,
    problems: &'c mut Vec<ImportProblem>,
}

impl Cells<'_> {
    /// The line's number.
    pub(crate) fn line(&self) -> usize {
        self.row.line
    }

    /// A cell's text; empty where the column or the cell is not there.
    pub(crate) fn text(&self, key: &str) -> &str {
        self.columns
            .places
            .get(key)
            .and_then(|(index, _)| self.row.cells.get(*index))
            .map_or("", String::as_str)
    }

    /// Notes a problem of a cell.
    pub(crate) fn problem(&mut self, key: &str, rule: ImportRule) {
        let label = self
            .columns
            .places
            .get(key)
            .map_or(key, |(_, label)| label.as_str());
        let value = self.text(key);
        self.problems
            .push(ImportProblem::cell(self.row.line, label, value, rule));
    }

    /// A name that must be there.
    pub(crate) fn name(&mut self, key: &str) -> Option<String> {
        let text = self.text(key).to_owned();
        if text.is_empty() {
            self.problem(key, ImportRule::Empty);
            return None;
        }
        if text.chars().count() > NAME_CHARS_MAX {
            self.problem(key, ImportRule::TooLong { most: NAME_CHARS_MAX });
            return None;
        }
        Some(text)
    }

    /// A code that must be there.
    pub(crate) fn code<T: std::str::FromStr>(&mut self, key: &str) -> Option<T> {
        if self.text(key).is_empty() {
            self.problem(key, ImportRule::Empty);
            return None;
        }
        self.code_if_any(key)
    }

    /// A code that may be left out; `None` as well where it is no code, which is noted.
    pub(crate) fn code_if_any<T: std::str::FromStr>(&mut self, key: &str) -> Option<T> {
        let text = self.text(key);
        if text.is_empty() {
            return None;
        }
        let code = text.parse().ok();
        if code.is_none() {
            self.problem(key, ImportRule::BadCode);
        }
        code
    }

    /// A telephone number that may be left out.
    pub(crate) fn telephone(&mut self, key: &str) -> Option<String> {
        let text = self.text(key).to_owned();
        if text.is_empty() {
            return None;
        }
        if xunge_core::person::has_identity_number(&text) {
            self.problem(key, ImportRule::IdentityCard);
            return None;
        }
        if !xunge_core::person::is_telephone(&text) {
            self.problem(key, ImportRule::BadTelephone);
            return None;
        }
        Some(text)
    }

    /// Yes or no; the default where the cell is empty.
    pub(crate) fn yes_no(&mut self, key: &str, default: bool) -> bool {
        match self.text(key).to_lowercase().as_str() {
            "" => default,
            "是" | "有" | "y" | "yes" | "true" | "1" | "√" => true,
            "否" | "无" | "没有" | "n" | "no" | "false" | "0" | "×" => false,
            _ => {
                self.problem(key, ImportRule::BadYesNo);
                default
            }
        }
    }

    /// A number within bounds that may be left out.
    pub(crate) fn number(&mut self, key: &str, least: f64, greatest: f64) -> Option<f64> {
        let text = self.text(key);
        if text.is_empty() {
            return None;
        }
        let number = text
            .parse::<f64>()
            .ok()
            .filter(|number| (least..=greatest).contains(number));
        if number.is_none() {
            self.problem(key, ImportRule::BadNumber);
        }
        number
    }

    /// A whole number within bounds that may be left out.
    pub(crate) fn whole(&mut self, key: &str, least: u32, greatest: u32) -> Option<u32> {
        let text = self.text(key);
        if text.is_empty() {
            return None;
        }
        let number = text
            .parse::<u32>()
            .ok()
            .filter(|number| (least..=greatest).contains(number));
        if number.is_none() {
            self.problem(key, ImportRule::BadNumber);
        }
        number
    }

    /// A civil day that may be left out: 2026-11-22, 2026/11/22, 2026.11.22, 20261122 or 2026年11月22日.
    pub(crate) fn day(&mut self, key: &str) -> Option<NaiveDate> {
        let text = self.text(key);
        if text.is_empty() {
            return None;
        }
        let day = parse_day(text);
        if day.is_none() {
            self.problem(key, ImportRule::BadDay);
        }
        day
    }

    /// One of some words; the default where the cell is empty.
    pub(crate) fn word<T: Copy>(
        &mut self,
        key: &str,
        words: &[(&str, T)],
        known: &'static [&'static str],
        default: Option<T>,
    ) -> Option<T> {
        let text = plain(self.text(key));
        if text.is_empty() && default.is_some() {
            return default;
        }
        let found = words.iter().find(|(word, _)| plain(word) == text);
        if found.is_none() {
            let rule = if text.is_empty() {
                ImportRule::Empty
            } else {
                ImportRule::UnknownWord { known }
            };
            self.problem(key, rule);
        }
        found.map(|(_, value)| *value)
    }
}

/// A civil day in one of the forms that people write.
pub(crate) fn parse_day(text: &str) -> Option<NaiveDate> {
    let text = text.split([' ', 'T']).next().unwrap_or_default();
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return NaiveDate::parse_from_str(text, "%Y%m%d").ok();
    }
    let mut parts = text
        .split(['-', '/', '.', '年', '月', '日'])
        .filter(|part| !part.is_empty());
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 5);
        for text in [
            "2026-03-05",
            "2026/3/5",
            "2026.3.5",
            "20260305",
            "2026年3月5日",
            "2026-03-05 00:00:00",
        ] {
            assert_eq!(parse_day(text), day, "{text}");
        }
        for text in ["2026-02-30", "5.3.2026", "26-03-05", "明天", "2026-3"] {
            assert_eq!(parse_day(text), None, "{text}");
        }
    }

    #[test]
    fn headers_match_without_regard_to_case_spaces_and_brackets() {
        assert_eq!(plain("Held From（起）"), "heldfrom");
        assert_eq!(plain("held_from"), "heldfrom");
        assert_eq!(plain("*姓名 (必填)"), "姓名");
    }
}
