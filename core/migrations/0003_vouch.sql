-- The server signs the words of an answer together. What a phone needs to prove one of them again lies here.
CREATE TABLE vouch (
    -- The first eight bytes of the list's SHA-256.
    id        INTEGER PRIMARY KEY,
    hashes    BLOB NOT NULL,  -- SHA-256 of each word's body, 32 bytes each
    signature BLOB NOT NULL   -- CBOR
) STRICT;

-- The list that holds the hash of `result`; NULL where the server signed the word alone.
ALTER TABLE command ADD COLUMN vouch INTEGER;
