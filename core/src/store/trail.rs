//! Segments of tracks and words about key places: what waits to be sent after the outbox, and what the server has lately receipted.

use super::{StoreError, Tx};
use crate::id::PatrolId;

/// What a row is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum TrailKind {
    Track,
    Visit,
}

impl TrailKind {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Visit => "visit",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Track, Self::Visit]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// One segment or word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TrailRow {
    pub(crate) position: i64,
    pub(crate) kind: TrailKind,
    /// SHA-256 of the bytes.
    pub(crate) name: Vec<u8>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) made_at_ms: i64,
    pub(crate) is_offered: bool,
}

/// How much waits that the server never had.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct TrailSum {
    pub(crate) track_count: u32,
    pub(crate) visit_count: u32,
    pub(crate) oldest_at_ms: Option<i64>,
}

const COLUMNS: &str = "position, kind, name, bytes, made_at, is_offered";

impl Tx<'_> {
    /// Puts a segment or word in line. The same bytes are there once.
    pub(crate) fn add_trail(
        &self,
        kind: TrailKind,
        name: &[u8],
        patrol: Option<&PatrolId>,
        bytes: &[u8],
        made_at_ms: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT OR IGNORE INTO trail (kind, name, patrol, bytes, made_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((kind.word(), name, patrol.map(PatrolId::as_bytes), bytes, made_at_ms))?;
        Ok(())
    }

    /// What waits and is not held, words first, each in the order of making.
    pub(crate) fn trail_waiting(&self, limit: u32) -> Result<Vec<TrailRow>, StoreError> {
        self.trail_where(
            "is_waiting = 1 AND is_held = 0 ORDER BY kind DESC, position LIMIT ?1",
            [i64::from(limit)],
        )
    }

    /// What waits and the server never had, held rows too.
    pub(crate) fn trail_unsent(&self) -> Result<Vec<TrailRow>, StoreError> {
        self.trail_where(
            "is_waiting = 1 AND is_offered = 0 ORDER BY kind DESC, position LIMIT ?1",
            [-1],
        )
    }

    /// What the server's coverage does not speak for yet, in the order of making.
    pub(crate) fn trail_young(&self) -> Result<Vec<TrailRow>, StoreError> {
        self.trail_where("age < 2 ORDER BY position LIMIT ?1", [-1])
    }

    /// Everything that is kept of one kind, in the order of making.
    pub(crate) fn trail_of(&self, kind: TrailKind) -> Result<Vec<TrailRow>, StoreError> {
        self.trail_where("kind = ?1 ORDER BY position", [kind.word()])
    }

    pub(crate) fn trail_row(&self, position: i64) -> Result<Option<TrailRow>, StoreError> {
        Ok(self.trail_where("position = ?1", [position])?.pop())
    }

    fn trail_where(
        &self,
        condition: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<TrailRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM trail WHERE {condition}");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let word: String = row.get(1)?;
            found.push(TrailRow {
                position: row.get(0)?,
                kind: TrailKind::from_word(&word).ok_or(StoreError::Unreadable { what: "trail" })?,
                name: row.get(2)?,
                bytes: row.get(3)?,
                made_at_ms: row.get(4)?,
                is_offered: row.get(5)?,
            });
        }
        Ok(found)
    }

    /// The server has it, or has let go of it: it waits no more.
    pub(crate) fn settle_trail(&self, position: i64, word: &str, now_ms: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE trail SET is_waiting = 0, is_held = 0, is_offered = 0, word = ?2,
                     acked_at = COALESCE(acked_at, ?3) WHERE position = ?1",
            )?
            .execute((position, word, now_ms))?;
        Ok(())
    }

    /// Refused: it waits for a person.
    pub(crate) fn hold_trail(&self, position: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE trail SET is_held = 1, word = 'refused' WHERE position = ?1")?
            .execute([position])?;
        Ok(())
    }

    /// A person lets a refused one go again.
    pub(crate) fn release_trail(&self, name: &[u8]) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE trail SET is_held = 0, word = NULL WHERE name = ?1",
            [name],
        )?;
        Ok(())
    }

    /// A person has seen to a refused one: it is let go of.
    pub(crate) fn delete_held_trail(&self, name: &[u8]) -> Result<(), StoreError> {
        self.conn
            .execute("DELETE FROM trail WHERE name = ?1 AND is_held = 1", [name])?;
        Ok(())
    }

    /// After a restore of the server: what it had stored goes in line again.
    pub(crate) fn offer_trail_again(&self) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE trail SET is_waiting = 1, is_offered = 1 WHERE is_waiting = 0 AND word = 'stored'",
            [],
        )?;
        Ok(())
    }

    /// How much waits that the server never had.
    pub(crate) fn trail_sum(&self) -> Result<TrailSum, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT COUNT(*) FILTER (WHERE kind = 'track'), COUNT(*) FILTER (WHERE kind = 'visit'),
                     MIN(made_at) FROM trail WHERE is_waiting = 1 AND is_offered = 0",
            )?
            .query_row([], |row| {
                Ok(TrailSum {
                    track_count: row.get(0)?,
                    visit_count: row.get(1)?,
                    oldest_at_ms: row.get(2)?,
                })
            })?)
    }

    /// How many segments of a patrol are kept, and how many of them wait.
    pub(crate) fn segment_counts(&self, patrol: &PatrolId) -> Result<(u32, u32), StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT COUNT(*), COUNT(*) FILTER (WHERE is_waiting = 1) FROM trail WHERE patrol = ?1",
            )?
            .query_row([patrol.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// A sync went through to the end: what was settled is one sync older. What was receipted before `before_ms` goes.
    pub(crate) fn age_trail(&self, before_ms: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE trail SET age = age + 1 WHERE is_waiting = 0 AND age < 2")?
            .execute([])?;
        self.conn
            .prepare_cached("DELETE FROM trail WHERE is_waiting = 0 AND age >= 2 AND acked_at < ?1")?
            .execute([before_ms])?;
        Ok(())
    }
}
