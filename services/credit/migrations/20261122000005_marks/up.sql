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

-- Proceedings about one fact: objections of enterprises, and applications for credit repair. At most one of a kind is open about a fact.
CREATE TABLE proceeding (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    fact TEXT NOT NULL REFERENCES fact (id),
    enterprise TEXT NOT NULL REFERENCES enterprise (uscc),
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    CHECK (
        (kind = 'objection' AND state IN ('open', 'upheld', 'dismissed', 'withdrawn'))
        OR (kind = 'repair' AND state IN ('applied', 'accepted', 'returned', 'granted', 'confirmed', 'refused', 'withdrawn', 'revoked'))
    )
);
CREATE INDEX proceeding_kind ON proceeding (kind, id);
CREATE INDEX proceeding_fact ON proceeding (fact);
CREATE INDEX proceeding_enterprise ON proceeding (enterprise, kind, id);
CREATE INDEX proceeding_state ON proceeding (kind, state, id);
CREATE UNIQUE INDEX objection_open ON proceeding (fact) WHERE kind = 'objection' AND state = 'open';
CREATE UNIQUE INDEX repair_open ON proceeding (fact) WHERE kind = 'repair' AND state IN ('applied', 'accepted');
