//! Reading the columns of a row one after another.

use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use xunge_core::attachment::BlobHash;
use xunge_core::id::{InstallId, PersonId, ReportId, UnitId};
use xunge_core::sync::message::Digest;
use xunge_core::time::Timestamp;

use crate::store::{StoreError, StoreResult};

/// A stored value that no version of this program wrote.
pub(super) fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(format!("{what} is not readable"))
}

/// A whole number for the database.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A free text for the database, which holds every character but NUL.
pub(super) fn text(value: &str) -> String {
    value.replace('\0', "\u{fffd}")
}

/// The columns of one row, read from the first to the last.
pub(super) struct Cells<'r> {
    row: &'r Row,
    at: usize,
}

impl<'r> Cells<'r> {
    pub(super) fn of(row: &'r Row) -> Self {
        Self { row, at: 0 }
    }

    pub(super) fn next<T: FromSql<'r>>(&mut self) -> StoreResult<T> {
        let at = self.at;
        self.at += 1;
        self.row
            .try_get(at)
            .map_err(|error| StoreError::Damaged(error.to_string()))
    }

    pub(super) fn number<T: TryFrom<i64>>(&mut self) -> StoreResult<T> {
        T::try_from(self.next::<i64>()?).map_err(|_| damaged("a number"))
    }

    pub(super) fn number_maybe<T: TryFrom<i64>>(&mut self) -> StoreResult<Option<T>> {
        let held: Option<i64> = self.next()?;
        held.map(T::try_from).transpose().map_err(|_| damaged("a number"))
    }

    pub(super) fn is(&mut self) -> StoreResult<bool> {
        Ok(self.next::<i64>()? != 0)
    }

    pub(super) fn at(&mut self) -> StoreResult<Timestamp> {
        Ok(Timestamp(self.next()?))
    }

    pub(super) fn at_maybe(&mut self) -> StoreResult<Option<Timestamp>> {
        Ok(self.next::<Option<i64>>()?.map(Timestamp))
    }

    pub(super) fn hash(&mut self) -> StoreResult<[u8; 32]> {
        let bytes: &[u8] = self.next()?;
        bytes.try_into().map_err(|_| damaged("a hash"))
    }

    pub(super) fn blob(&mut self) -> StoreResult<BlobHash> {
        self.hash().map(BlobHash::from_bytes)
    }

    pub(super) fn digest(&mut self) -> StoreResult<Digest> {
        let count = self.number()?;
        let xor: &[u8] = self.next()?;
        let xor = xor.try_into().map_err(|_| damaged("a digest"))?;
        Ok(Digest { count, xor })
    }

    pub(super) fn person(&mut self) -> StoreResult<PersonId> {
        PersonId::new(self.next::<String>()?).map_err(|_| damaged("a person"))
    }

    pub(super) fn unit(&mut self) -> StoreResult<UnitId> {
        UnitId::new(self.next::<String>()?).map_err(|_| damaged("a unit"))
    }

    pub(super) fn unit_maybe(&mut self) -> StoreResult<Option<UnitId>> {
        let held: Option<String> = self.next()?;
        held.map(UnitId::new).transpose().map_err(|_| damaged("a unit"))
    }

    pub(super) fn report(&mut self) -> StoreResult<ReportId> {
        ReportId::from_slice(self.next()?).ok_or_else(|| damaged("a report's name"))
    }

    pub(super) fn report_maybe(&mut self) -> StoreResult<Option<ReportId>> {
        let held: Option<&[u8]> = self.next()?;
        held.map(|bytes| ReportId::from_slice(bytes).ok_or_else(|| damaged("a report's name")))
            .transpose()
    }

    pub(super) fn install(&mut self) -> StoreResult<InstallId> {
        InstallId::from_slice(self.next()?).ok_or_else(|| damaged("an install"))
    }

    pub(super) fn install_maybe(&mut self) -> StoreResult<Option<InstallId>> {
        let held: Option<&[u8]> = self.next()?;
        held.map(|bytes| InstallId::from_slice(bytes).ok_or_else(|| damaged("an install")))
            .transpose()
    }
}
