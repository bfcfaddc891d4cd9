-- Words that were begun beside a report or a task and are not sent yet (a note, a reason, an answer): kept as they are typed, gone when
-- they are sent or taken back.

CREATE TABLE kept_words (
    about   TEXT NOT NULL PRIMARY KEY,  -- the shell's name for what they belong to
    words   TEXT NOT NULL,
    kept_at INTEGER NOT NULL            -- the phone's wall clock, ms
) STRICT, WITHOUT ROWID;
