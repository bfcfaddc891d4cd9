//! The store: rows in, rows out. The only place with SQL, and without a single rule of the domain.

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process held the database for too long: try again.
    #[error("the database is busy")]
    Busy,
    /// The database was written by a newer program.
    #[error("the database has layout {found}, this program knows {known}: install the newer program")]
    Newer {
        /// The layout found.
        found: u32,
        /// The newest layout known.
        known: u32,
    },
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The folder or file cannot be written.
    #[error("the database cannot be written")]
    ReadOnly,
    /// The database is damaged.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// The job gave up; nothing was written.
    #[error("the job was given up")]
    Aborted,
    /// Anything else that the engine said.
    #[error("the database failed: {0}")]
    Engine(String),
}

impl StoreError {
    /// Whether the same call may well succeed in a moment.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Busy)
    }
}
