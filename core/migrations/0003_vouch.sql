-- The server signs the words of an answer together. What a phone needs to prove one of them again lies here.
CREATE TABLE vouch (
    -- The first eight bytes of the list's SHA-256.
    id        INTEGER PRIMARY KEY,
    hashes    BLOB NOT NULL,  -- SHA-256 of each word's body, 32 bytes each
    signature BLOB NOT NULL   -- CBOR
) STRICT;

-- Acts stand in the order of arrival: their names are random, and in the order of names each new one would touch a page of its own.
CREATE TABLE command_in_order (
    number    INTEGER PRIMARY KEY,
    id        BLOB NOT NULL UNIQUE,
    report    BLOB NOT NULL,
    position  INTEGER NOT NULL,  -- the order of arrival or making here, within the report
    body      BLOB NOT NULL,
    signature BLOB,              -- the CBOR of the install's signature; own acts only
    is_own    INTEGER NOT NULL DEFAULT 0,
    result    BLOB,              -- the CBOR of the server's word; NULL while waiting
    generation BLOB,             -- of the result; a story orders by generation, then sequence
    seq       INTEGER,
    vouch     INTEGER            -- the list that holds the hash of `result`; NULL where the server signed the word alone
) STRICT;
INSERT INTO command_in_order (id, report, position, body, signature, is_own, result, generation, seq)
    SELECT id, report, position, body, signature, is_own, result, generation, seq
    FROM command ORDER BY report, position;
DROP TABLE command;
ALTER TABLE command_in_order RENAME TO command;
CREATE INDEX command_by_report ON command (report, generation, seq, position);

-- What the document says, so that a list row can be written anew without loading the document.
ALTER TABLE document ADD COLUMN content TEXT;            -- JSON; NULL where it was saved by an older program
ALTER TABLE document ADD COLUMN content_format INTEGER;  -- the program's number for the JSON's shape
