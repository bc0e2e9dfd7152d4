-- For how long a fact is public, by place, as counted by the regime of the day of its decision: JSON, and the last day at the place that the platform follows.
ALTER TABLE fact ADD COLUMN publicity TEXT;
ALTER TABLE fact ADD COLUMN public_until DATE;
CREATE INDEX fact_public_until ON fact (public_until, id);

-- What was marked on a fact since. A row is never edited: a mark that ends on a day ends its time on the second axis and another row says so.
CREATE TABLE fact_mark (
    id TEXT PRIMARY KEY,
    fact TEXT NOT NULL REFERENCES fact (id),
    enterprise TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('under_objection', 'stayed', 'repaired', 'masked')),
    from_on DATE NOT NULL,
    to_on DATE,
    ground TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by TEXT NOT NULL,
    ended_at TIMESTAMP
);
CREATE INDEX fact_mark_fact ON fact_mark (fact);

-- Objections of enterprises against facts.
CREATE TABLE objection (
    id TEXT PRIMARY KEY,
    fact TEXT NOT NULL REFERENCES fact (id),
    enterprise TEXT NOT NULL REFERENCES enterprise (uscc),
    state TEXT NOT NULL CHECK (state IN ('open', 'upheld', 'dismissed', 'withdrawn')),
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX objection_enterprise ON objection (enterprise, id);
CREATE INDEX objection_state ON objection (state, id);
CREATE UNIQUE INDEX objection_open ON objection (fact) WHERE state = 'open';

-- Applications for credit repair.
CREATE TABLE repair (
    id TEXT PRIMARY KEY,
    fact TEXT NOT NULL REFERENCES fact (id),
    enterprise TEXT NOT NULL REFERENCES enterprise (uscc),
    state TEXT NOT NULL CHECK (state IN ('applied', 'accepted', 'returned', 'granted', 'confirmed', 'refused', 'withdrawn', 'revoked')),
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX repair_enterprise ON repair (enterprise, id);
CREATE INDEX repair_state ON repair (state, id);
CREATE UNIQUE INDEX repair_open ON repair (fact) WHERE state IN ('applied', 'accepted');
