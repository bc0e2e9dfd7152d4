-- What an export holds is fixed by an instant and a day; its parts are made from them whenever they are read, so that only their bounds are kept.
CREATE TABLE export (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('running', 'ready')),
    as_of DATE NOT NULL,
    known_at TIMESTAMP NOT NULL,
    position BIGINT NOT NULL,
    epoch TEXT NOT NULL,
    requested_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);

CREATE TABLE export_part (
    export TEXT NOT NULL REFERENCES export (id),
    number INTEGER NOT NULL,
    after TEXT NOT NULL,
    up_to TEXT NOT NULL,
    enterprises BIGINT NOT NULL,
    facts BIGINT NOT NULL,
    listings BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (export, number)
);
