-- What other services have told about a supplier, each row with the feed positions between which it stood: a decision of the past is replayed from it.
CREATE TABLE standing_row (
    source TEXT NOT NULL,
    uscc TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('enterprise', 'fact', 'timeline')),
    item TEXT NOT NULL,
    from_position BIGINT NOT NULL,
    to_position BIGINT,
    body TEXT NOT NULL,
    PRIMARY KEY (source, uscc, kind, item, from_position)
);
CREATE INDEX standing_row_now ON standing_row (uscc, kind, item) WHERE to_position IS NULL;
CREATE INDEX standing_row_from ON standing_row (source, from_position);
CREATE INDEX standing_row_to ON standing_row (source, to_position);

-- Rulesets besides those that are built in. A published version is never changed.
CREATE TABLE ruleset (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'published')),
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    effective_from DATE NOT NULL,
    effective_to DATE,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by TEXT NOT NULL,
    published_at TIMESTAMP,
    PRIMARY KEY (id, version)
);

-- One row per decision: the row is the record and the answer that is given again.
CREATE TABLE decision (
    id TEXT PRIMARY KEY,
    supplier TEXT NOT NULL,
    ruleset TEXT NOT NULL,
    ruleset_version INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    decided_at TIMESTAMP NOT NULL,
    client TEXT NOT NULL,
    body TEXT NOT NULL
);

-- One row per batch: what was asked, by which rules and positions, and the digest of the answered lines.
CREATE TABLE decision_batch (
    id TEXT PRIMARY KEY,
    ruleset TEXT NOT NULL,
    ruleset_version INTEGER NOT NULL,
    suppliers BIGINT NOT NULL,
    decided_at TIMESTAMP NOT NULL,
    client TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL
);
