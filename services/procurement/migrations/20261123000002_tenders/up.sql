-- Tenders as they stand now. One that was never published is seen by its organisation and by authorities.
CREATE TABLE tender (
    id TEXT PRIMARY KEY,
    organisation TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'cancelled', 'awarded', 'void')),
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    cut_off TIMESTAMP NOT NULL,
    published_at TIMESTAMP
);
CREATE INDEX tender_organisation ON tender (organisation, id);

-- Every version of them, never changed: a decision of the past is replayed by the one it named.
CREATE TABLE tender_version (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    digest TEXT NOT NULL,
    ruleset_version INTEGER,
    body TEXT NOT NULL,
    rationale TEXT,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by TEXT NOT NULL,
    client TEXT NOT NULL,
    PRIMARY KEY (id, version)
);

-- Documents that tenders were made from, byte for byte as they were sent.
CREATE TABLE tender_source (
    id TEXT NOT NULL,
    digest TEXT NOT NULL,
    form TEXT NOT NULL CHECK (form IN ('ocds', 'espd')),
    body TEXT NOT NULL,
    notes TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    PRIMARY KEY (id, digest)
);

-- Rounds: all suppliers and all lots of a tender decided by a job. Which suppliers, how far it has come, and its lines.
CREATE TABLE decision_round (
    id TEXT PRIMARY KEY,
    tender TEXT NOT NULL,
    tender_version INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    body TEXT NOT NULL,
    after_supplier TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    recorded_by TEXT NOT NULL,
    client TEXT NOT NULL
);
CREATE INDEX decision_round_state ON decision_round (state, recorded_at, id);
-- Some hundred codes in one row, in order; `supplier` is the last of them.
CREATE TABLE decision_round_supplier (
    round TEXT NOT NULL,
    supplier TEXT NOT NULL,
    codes TEXT NOT NULL,
    PRIMARY KEY (round, supplier)
);
-- Some hundred lines in one row, each ended by a line feed: from `number` to `last`.
CREATE TABLE decision_round_line (
    round TEXT NOT NULL,
    number BIGINT NOT NULL,
    last BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (round, number)
);
