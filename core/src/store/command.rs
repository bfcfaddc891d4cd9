//! Commands, own and others', with the server's word on them.

use rusqlite::Row;

use super::{StoreError, Tx, column};
use crate::command::{CommandResult, SignedCommand, VouchId, Word};
use crate::id::{CommandId, ReportId};
use crate::signature::Signature;

/// One command as kept.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct CommandRow {
    pub(crate) id: CommandId,
    pub(crate) report: ReportId,
    pub(crate) signed: SignedCommand,
    pub(crate) is_own: bool,
    pub(crate) result: Option<Word>,
}

const COLUMNS: &str = "id, report, body, signature, is_own, result, vouch";

impl Tx<'_> {
    /// Keeps a command, with its result where it is there. One of the same name stays as it was; then the answer is `false`.
    pub(crate) fn insert_command(&self, row: &CommandRow) -> Result<bool, StoreError> {
        let signature = row
            .signed
            .signature
            .map(|s| minicbor::to_vec(s).expect("encoding to memory cannot fail"));
        let order = row
            .result
            .as_ref()
            .and_then(|signed| Some(signed.result().ok()?.order()));
        let result = row
            .result
            .as_ref()
            .map(|signed| minicbor::to_vec(signed).expect("encoding to memory cannot fail"));
        let inserted = self
            .conn
            .prepare_cached(
                "INSERT OR IGNORE INTO command (id, report, position, body, signature, is_own, result,
                                                generation, seq, vouch)
                 VALUES (?1, ?2, (SELECT COALESCE(MAX(position), 0) + 1 FROM command WHERE report = ?2),
                         ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute((
                row.id.as_bytes(),
                row.report.as_bytes(),
                row.signed.body.as_slice(),
                signature,
                row.is_own,
                result,
                order.map(|(generation, _)| *generation.as_bytes()),
                order.map(|(_, seq)| column::signed(seq)),
                row.result.as_ref().and_then(vouch),
            ))?;
        Ok(inserted == 1)
    }

    /// Writes an unsent command anew (its heads changed when its edits were issued again).
    pub(crate) fn replace_command(&self, id: &CommandId, signed: &SignedCommand) -> Result<(), StoreError> {
        let signature = signed
            .signature
            .map(|s| minicbor::to_vec(s).expect("encoding to memory cannot fail"));
        self.conn
            .prepare_cached("UPDATE command SET body = ?2, signature = ?3 WHERE id = ?1 AND result IS NULL")?
            .execute((id.as_bytes(), signed.body.as_slice(), signature))?;
        Ok(())
    }

    pub(crate) fn set_command_result(
        &self,
        id: &CommandId,
        signed: &Word,
        result: &CommandResult,
    ) -> Result<(), StoreError> {
        let bytes = minicbor::to_vec(signed).expect("encoding to memory cannot fail");
        let (generation, seq) = result.order();
        self.conn
            .prepare_cached(
                "UPDATE command SET result = ?2, generation = ?3, seq = ?4, vouch = ?5 WHERE id = ?1",
            )?
            .execute((
                id.as_bytes(),
                bytes,
                generation.as_bytes(),
                column::signed(seq),
                vouch(signed),
            ))?;
        Ok(())
    }

    pub(crate) fn command(&self, id: &CommandId) -> Result<Option<CommandRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM command WHERE id = ?1"))?;
        let mut rows = statement.query([id.as_bytes()])?;
        rows.next()?.map(command_row).transpose()
    }

    /// The report's story: what the server decided in its order, then what waits in the order of making.
    pub(crate) fn commands(&self, report: &ReportId) -> Result<Vec<CommandRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM command WHERE report = ?1
             ORDER BY result IS NULL, generation, seq, position"
        ))?;
        let mut rows = statement.query([report.as_bytes()])?;
        let mut commands = Vec::new();
        while let Some(row) = rows.next()? {
            commands.push(command_row(row)?);
        }
        Ok(commands)
    }

    /// Every act made on this phone, in no order.
    pub(crate) fn own_commands(&self) -> Result<Vec<CommandRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM command WHERE is_own = 1"))?;
        let mut rows = statement.query([])?;
        let mut commands = Vec::new();
        while let Some(row) = rows.next()? {
            commands.push(command_row(row)?);
        }
        Ok(commands)
    }

    pub(crate) fn delete_command(&self, id: &CommandId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM command WHERE id = ?1")?
            .execute([id.as_bytes()])?;
        Ok(())
    }
}

fn vouch(word: &Word) -> Option<i64> {
    word.vouch.map(|id| id.0)
}

fn command_row(row: &Row<'_>) -> Result<CommandRow, StoreError> {
    let body: Vec<u8> = row.get(2)?;
    let signature: Option<Signature> = column::bytes_opt(row, 3, "signature", |b| minicbor::decode(b).ok())?;
    let mut result: Option<Word> = column::bytes_opt(row, 5, "result", |b| minicbor::decode(b).ok())?;
    if let Some(word) = &mut result {
        word.vouch = row.get::<_, Option<i64>>(6)?.map(VouchId);
    }
    Ok(CommandRow {
        id: column::bytes(row, 0, "command", CommandId::from_slice)?,
        report: column::bytes(row, 1, "report", ReportId::from_slice)?,
        signed: SignedCommand {
            body: body.into(),
            signature,
        },
        is_own: row.get(4)?,
        result,
    })
}
