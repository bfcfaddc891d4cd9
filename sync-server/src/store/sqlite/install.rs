//! Installs to and from their table.

use rusqlite::{Row, params};
use xunge_core::id::{InstallId, PersonId, UnitId};
use xunge_core::time::Timestamp;

use super::ledger_read::hash32;
use super::{SqliteTx, damaged};
use crate::store::{InstallNo, InstallRow, StoreResult};

pub(super) const INSTALL: &str = "SELECT install_no, install, person, township, public_key, token_hash, actors, feeds, \
     device_label, app_version, enrolled_at, revoked_at, last_sync_at, health FROM installs";

pub(super) fn person(text: String) -> rusqlite::Result<PersonId> {
    PersonId::new(text).map_err(|_| damaged("a person"))
}

pub(super) fn unit(text: String) -> rusqlite::Result<UnitId> {
    UnitId::new(text).map_err(|_| damaged("a unit"))
}

pub(super) fn install_id(bytes: Vec<u8>) -> rusqlite::Result<InstallId> {
    InstallId::from_slice(&bytes).ok_or_else(|| damaged("an install"))
}

pub(super) fn install_row(row: &Row<'_>) -> rusqlite::Result<InstallRow> {
    Ok(InstallRow {
        no: InstallNo(row.get(0)?),
        install: install_id(row.get(1)?)?,
        person: person(row.get(2)?)?,
        township: unit(row.get(3)?)?,
        public_key: row.get(4)?,
        token_hash: hash32(row.get(5)?)?,
        actors: row.get(6)?,
        feeds: row.get(7)?,
        device_label: row.get(8)?,
        app_version: row.get(9)?,
        enrolled_at: Timestamp(row.get(10)?),
        revoked_at: row.get::<_, Option<i64>>(11)?.map(Timestamp),
        last_sync_at: row.get::<_, Option<i64>>(12)?.map(Timestamp),
        health: row.get(13)?,
    })
}

impl SqliteTx<'_> {
    pub(super) fn insert_install(&self, i: &InstallRow) -> StoreResult<InstallNo> {
        let sql = "INSERT INTO installs (install, person, township, public_key, token_hash, actors, feeds, device_label, \
                   app_version, enrolled_at, revoked_at, last_sync_at, health) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        self.run(
            sql,
            params![
                i.install.as_bytes(),
                i.person.as_str(),
                i.township.as_str(),
                i.public_key,
                i.token_hash,
                i.actors,
                i.feeds,
                i.device_label,
                i.app_version,
                i.enrolled_at.as_millis(),
                i.revoked_at.map(Timestamp::as_millis),
                i.last_sync_at.map(Timestamp::as_millis),
                i.health,
            ],
        )?;
        Ok(InstallNo(self.tx.last_insert_rowid()))
    }

    pub(super) fn update_install(&self, i: &InstallRow) -> StoreResult<()> {
        let sql = "UPDATE installs SET token_hash = ?, actors = ?, feeds = ?, app_version = ?, revoked_at = ?, \
                   last_sync_at = ?, health = ? WHERE install_no = ?";
        self.run(
            sql,
            params![
                i.token_hash,
                i.actors,
                i.feeds,
                i.app_version,
                i.revoked_at.map(Timestamp::as_millis),
                i.last_sync_at.map(Timestamp::as_millis),
                i.health,
                i.no.0,
            ],
        )?;
        Ok(())
    }
}
