CREATE TABLE enterprise (
    uscc TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    short_name TEXT,
    name_en TEXT,
    division TEXT NOT NULL,
    industry TEXT,
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'revoked', 'deregistered')),
    established_on DATE NOT NULL,
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX enterprise_division ON enterprise (division, uscc);
CREATE INDEX enterprise_industry ON enterprise (industry, uscc);

-- What the register said, when: a score of the past is computed with what was known then.
CREATE TABLE enterprise_version (
    uscc TEXT NOT NULL REFERENCES enterprise (uscc),
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (uscc, version)
);

-- Every name an enterprise has or had, folded for search.
CREATE TABLE enterprise_name (
    uscc TEXT NOT NULL REFERENCES enterprise (uscc),
    number INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('current', 'former', 'short', 'english')),
    name TEXT NOT NULL,
    search_key TEXT NOT NULL,
    until DATE,
    PRIMARY KEY (uscc, number)
);
CREATE INDEX enterprise_name_search ON enterprise_name (search_key);

-- The integrity file. A row is never edited: a correction ends its time on the second axis and adds another.
CREATE TABLE fact (
    id TEXT PRIMARY KEY,
    enterprise TEXT NOT NULL REFERENCES enterprise (uscc),
    kind TEXT NOT NULL,
    external_id TEXT,
    asserted_by TEXT NOT NULL,
    asserted_through TEXT NOT NULL,
    self_declared BOOLEAN NOT NULL,
    authority TEXT NOT NULL,
    document_no TEXT,
    decided_on DATE,
    published_on DATE,
    valid_from DATE NOT NULL,
    valid_to DATE,
    degree TEXT CHECK (degree IN ('minor', 'general', 'serious')),
    detail TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    superseded_at TIMESTAMP,
    superseded_by TEXT,
    annulled BOOLEAN NOT NULL,
    ended_because TEXT,
    supersedes TEXT
);
CREATE INDEX fact_enterprise ON fact (enterprise, id);
CREATE UNIQUE INDEX fact_external_id ON fact (asserted_by, external_id) WHERE superseded_at IS NULL;

-- The timeline told last for each enterprise: it is told again only when it differs.
CREATE TABLE score_timeline (
    enterprise TEXT PRIMARY KEY REFERENCES enterprise (uscc),
    model TEXT NOT NULL,
    model_version INTEGER NOT NULL,
    segments TEXT NOT NULL,
    position BIGINT NOT NULL
);

-- Deadlines that a fact sets. The rule, its version and the period stand beside the day, so that a later rule rewrites no history; a day that cannot be
-- counted yet is NULL with its reason and is counted when the calendar of the year is there.
CREATE TABLE fact_deadline (
    fact TEXT NOT NULL REFERENCES fact (id),
    rule TEXT NOT NULL,
    rule_from DATE NOT NULL,
    period TEXT NOT NULL,
    event_on DATE NOT NULL,
    due_on DATE,
    reason TEXT,
    PRIMARY KEY (fact, rule)
);
CREATE INDEX fact_deadline_open ON fact_deadline (fact) WHERE due_on IS NULL;
