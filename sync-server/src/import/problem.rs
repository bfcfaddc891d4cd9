//! What can be wrong in a file that is imported: each names its line, its column, the value, and what to do.

use xunge_core::directory::DirectoryRule;
use xunge_core::grid::BoundaryProblem;
use xunge_core::rescue::RescueError;

/// One thing that is wrong, where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportProblem {
    /// The line of a table, or the number of a GeoJSON feature, from 1; 0 where it is the whole file.
    pub line: usize,
    /// The column as its header says it, or the property's name.
    pub column: Option<String>,
    /// The value as written, cut to a length that fits on a line.
    pub value: Option<String>,
    /// What is wrong.
    pub rule: ImportRule,
}

/// A rule that a file does not keep.
#[derive(Debug, Clone, PartialEq)]
pub enum ImportRule {
    /// Neither text nor a spreadsheet.
    NotATable,
    /// A header and nothing below it, or nothing at all.
    NoRows,
    /// More lines than are taken at once.
    TooManyRows {
        /// The most.
        most: usize,
    },
    /// A column that is needed is not there.
    MissingColumn {
        /// How it may be called.
        names: &'static [&'static str],
    },
    /// Two columns have names for the same thing.
    DoubledColumn,
    /// A value is needed and none is there.
    Empty,
    /// Not a code.
    BadCode,
    /// Not a day.
    BadDay,
    /// A day in the future.
    FutureDay,
    /// The end lies before the start.
    EndBeforeStart,
    /// Not a number, or out of its bounds.
    BadNumber,
    /// Not spans of working hours.
    BadHours,
    /// Not a length of time.
    BadAllowance,
    /// Not a test of a field.
    BadFieldTest,
    /// Not a rule in JSON.
    BadJson,
    /// A rule that says nothing of the reports that it is about.
    SaysNothing,
    /// Neither yes nor no.
    BadYesNo,
    /// Not one of the words that are known.
    UnknownWord {
        /// The words.
        known: &'static [&'static str],
    },
    /// Not a telephone number.
    BadTelephone,
    /// An identity-card number, which is never kept.
    IdentityCard,
    /// The same code stands twice.
    DoubledCode {
        /// Where it stood first.
        first_line: usize,
    },
    /// The same name and telephone under two codes.
    DoubledPerson {
        /// The other code.
        other: String,
    },
    /// A position outside China.
    OutsideChina,
    /// Latitude and longitude are swapped.
    SwappedAxes,
    /// A rule by days and one by weeks for the same place.
    TwoRules,
    /// Not a month and day.
    BadSeason,
    /// A field of a category stands before (or without) its category.
    FieldWithoutCategory,
    /// A name is longer than is shown anywhere.
    TooLong {
        /// The most characters.
        most: usize,
    },
    /// Something is wrong with an outline.
    Outline(BoundaryProblem),
    /// The directory would not make sense with it.
    Directory(DirectoryRule),
    /// A rescue file that cannot be taken.
    Rescue(RescueError),
}

/// Values longer than this are cut in messages, in characters.
const VALUE_CHARS_MAX: usize = 40;

impl ImportProblem {
    /// A problem of the whole file.
    pub fn file(rule: ImportRule) -> Self {
        Self::line(0, rule)
    }

    /// A problem of a line.
    pub fn line(line: usize, rule: ImportRule) -> Self {
        Self {
            line,
            column: None,
            value: None,
            rule,
        }
    }

    /// A problem of one cell.
    pub fn cell(line: usize, column: &str, value: &str, rule: ImportRule) -> Self {
        let value = (!value.is_empty()).then(|| {
            let cut: String = value.chars().take(VALUE_CHARS_MAX).collect();
            if cut.len() < value.len() {
                format!("{cut}…")
            } else {
                cut
            }
        });
        Self {
            line,
            column: Some(column.to_owned()),
            value,
            rule,
        }
    }
}
