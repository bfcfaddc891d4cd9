-- Patrols on this phone, what waits to be sent of them, and what the server knows of the coverage of grids in scope.
-- Days are civil days in the township's zone as `2026-11-22`, or `unknown`.

CREATE TABLE patrol (
    -- One row per patrol of this profile. At most one is not over.
    patrol   BLOB PRIMARY KEY,
    ordinal  INTEGER NOT NULL UNIQUE,     -- the order of starting
    revision INTEGER NOT NULL DEFAULT 0,  -- counts the writes of `json`, so that one process sees another's
    is_over  INTEGER NOT NULL DEFAULT 0,
    json     TEXT NOT NULL                -- the patrol without the fixes of its open segment
) STRICT, WITHOUT ROWID;

CREATE TABLE patrol_fix (
    -- The open segment of a patrol: one row per kept fix, written before the call returns. They go as their segment comes.
    patrol   BLOB NOT NULL,
    position INTEGER NOT NULL,  -- from 0
    json     TEXT NOT NULL,
    PRIMARY KEY (patrol, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE patrol_event (
    -- What happened on a patrol, in order: for the worker's own eyes.
    patrol   BLOB NOT NULL,
    position INTEGER NOT NULL,  -- from 0
    json     TEXT NOT NULL,
    PRIMARY KEY (patrol, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE trail (
    -- Segments of tracks and words about key places: immutable, named by their SHA-256, sent after the outbox.
    position   INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL CHECK (kind IN ('track', 'visit')),
    name       BLOB NOT NULL UNIQUE,
    patrol     BLOB,                        -- of a track
    bytes      BLOB NOT NULL,
    made_at    INTEGER NOT NULL,
    is_waiting INTEGER NOT NULL DEFAULT 1,  -- to be sent; leaves by the server's word on it, by nothing else
    is_held    INTEGER NOT NULL DEFAULT 0,  -- refused: waits for a person
    is_offered INTEGER NOT NULL DEFAULT 0,  -- the server had it before its restore
    acked_at   INTEGER,
    word       TEXT,                        -- the server's last word: `stored`, `expired`, `review_list`, `refused` …
    age        INTEGER NOT NULL DEFAULT 0   -- syncs to the end since the word; from 2 on the server's coverage speaks for it
) STRICT;
CREATE INDEX trail_waiting ON trail (kind, position) WHERE is_waiting = 1;
CREATE INDEX trail_young ON trail (position) WHERE age < 2;
CREATE INDEX trail_by_patrol ON trail (patrol, position);

CREATE TABLE coverage_cells (
    -- What the server knows of a grid's day: cells seen, and cells that may have been seen, by reason. Rows only grow.
    feed  TEXT NOT NULL,
    grid  TEXT NOT NULL,
    on_day TEXT NOT NULL,
    why   TEXT NOT NULL,  -- `seen`, or the reason as the server writes it; reasons newer than this program are kept
    cells BLOB NOT NULL,
    at    INTEGER NOT NULL,
    PRIMARY KEY (feed, grid, on_day, why)
) STRICT, WITHOUT ROWID;

CREATE TABLE coverage_patrol (
    -- Which patrols served a grid on a day. Whose they were is not told.
    feed   TEXT NOT NULL,
    grid   TEXT NOT NULL,
    on_day TEXT NOT NULL,
    patrol BLOB NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (feed, grid, on_day, patrol)
) STRICT, WITHOUT ROWID;

CREATE TABLE coverage_visit (
    -- Key places that somebody was at, or that did not have to be visited.
    feed       TEXT NOT NULL,
    grid       TEXT NOT NULL,
    on_day     TEXT NOT NULL,
    place      TEXT NOT NULL,
    visited_at INTEGER NOT NULL,
    how        TEXT NOT NULL,  -- `patrol`, `report`, `check_up`, `excused`; newer words are kept
    at         INTEGER NOT NULL,
    PRIMARY KEY (feed, grid, on_day, place, visited_at, how)
) STRICT, WITHOUT ROWID;
