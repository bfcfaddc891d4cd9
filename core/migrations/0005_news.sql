-- What other people did that concerns this person, for notifications: each is told once.

CREATE TABLE news (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    command BLOB NOT NULL UNIQUE,  -- the act
    report  BLOB NOT NULL,
    kind    TEXT NOT NULL,         -- `returned`, `approved`, `task`, `order`, `question`, `result`, `settled`
    by_whom TEXT NOT NULL,         -- the person's code
    words   TEXT NOT NULL,         -- what was said with it
    at      INTEGER NOT NULL,      -- the server's receipt
    told_at INTEGER                -- NULL while it is to be told
) STRICT;
CREATE INDEX news_untold ON news (id) WHERE told_at IS NULL;

-- Lists now say by when something is due and what is asked of this person: they are written anew with the next sync.
INSERT INTO setting (name, value) VALUES ('project_again', x'0000000000000001')
    ON CONFLICT (name) DO UPDATE SET value = excluded.value;
