//! Reading columns into names and enums, with one typed error.

use std::str::FromStr;

use rusqlite::Row;

use super::StoreError;

/// The bytes of a column through `read`, which answers `None` for what it is not.
pub(super) fn bytes<T>(
    row: &Row<'_>,
    index: usize,
    what: &'static str,
    read: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<T, StoreError> {
    let value = row.get_ref(index)?;
    let slice = value.as_blob().map_err(|_| StoreError::Unreadable { what })?;
    read(slice).ok_or(StoreError::Unreadable { what })
}

/// As [`bytes`], for a column that may be NULL.
pub(super) fn bytes_opt<T>(
    row: &Row<'_>,
    index: usize,
    what: &'static str,
    read: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    let value = row.get_ref(index)?;
    let slice = value
        .as_blob_or_null()
        .map_err(|_| StoreError::Unreadable { what })?;
    slice
        .map(|s| read(s).ok_or(StoreError::Unreadable { what }))
        .transpose()
}

/// The text of a column, parsed.
pub(super) fn text<T: FromStr>(row: &Row<'_>, index: usize, what: &'static str) -> Result<T, StoreError> {
    let value = row.get_ref(index)?;
    let text = value.as_str().map_err(|_| StoreError::Unreadable { what })?;
    text.parse().map_err(|_| StoreError::Unreadable { what })
}

/// Sizes and sequence numbers as SQLite has them.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// … and back; negative values do not occur and read as 0.
pub(super) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
