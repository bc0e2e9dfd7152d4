-- A standard is what its undated number names; an edition is what the dated one names.
CREATE TABLE standard (
    id TEXT PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    level TEXT NOT NULL,
    body TEXT NOT NULL,
    sequence TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);
-- Whoever cites a number with the wrong mark (GB for GB/T) is shown what there is.
CREATE INDEX standard_body ON standard (body, sequence);

CREATE TABLE edition (
    id TEXT PRIMARY KEY NOT NULL,
    standard TEXT NOT NULL REFERENCES standard (id),
    number TEXT NOT NULL UNIQUE,
    year INTEGER,
    level TEXT NOT NULL,
    publisher TEXT,
    -- Title in both languages and the number, folded, for searching.
    folded TEXT NOT NULL,
    -- The windows of its life, worked out from its own dates and those of what replaces it.
    current_from DATE,
    superseded_from DATE,
    ended_from DATE,
    ended TEXT,
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX edition_standard ON edition (standard, number);
CREATE INDEX edition_level ON edition (level, number);

CREATE TABLE edition_version (
    edition TEXT NOT NULL,
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (edition, version)
);

CREATE TABLE edition_class (
    edition TEXT NOT NULL REFERENCES edition (id),
    scheme TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (edition, scheme, code)
);
CREATE INDEX edition_class_code ON edition_class (scheme, code, edition);

-- Both ends by number: a list names what it does not hold.
CREATE TABLE relation (
    from_number TEXT NOT NULL,
    kind TEXT NOT NULL,
    to_number TEXT NOT NULL,
    degree TEXT,
    source TEXT NOT NULL,
    note TEXT,
    recorded_at TIMESTAMP NOT NULL,
    PRIMARY KEY (from_number, kind, to_number)
);
CREATE INDEX relation_to ON relation (to_number, kind, from_number);

-- What an import did, with every fault of the list.
CREATE TABLE import (
    id TEXT PRIMARY KEY NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by TEXT NOT NULL,
    body TEXT NOT NULL
);
