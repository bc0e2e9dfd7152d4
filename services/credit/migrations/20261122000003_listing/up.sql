-- Listings as cases; what a published one says to everyone else is a fact of the integrity file. `expired` is never stored: time alone makes it.
CREATE TABLE listing (
    id TEXT PRIMARY KEY,
    list TEXT NOT NULL CHECK (list IN ('serious_violation', 'abnormal_operation', 'trustworthy')),
    enterprise TEXT NOT NULL REFERENCES enterprise (uscc),
    authority TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('county', 'prefecture', 'province', 'state')),
    organisation TEXT NOT NULL,
    ground TEXT NOT NULL,
    year INTEGER,
    circumstances TEXT NOT NULL,
    fact_ids TEXT NOT NULL,
    rule_from DATE NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'noticed', 'replied', 'consented', 'decided', 'declined', 'published', 'removed')),
    listed_from DATE,
    listed_to DATE,
    fact TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX listing_enterprise ON listing (enterprise, id);
CREATE INDEX listing_list ON listing (list, state, id);
CREATE UNIQUE INDEX listing_fact ON listing (fact);

-- The history of a listing: rows are only added.
CREATE TABLE listing_step (
    listing TEXT NOT NULL REFERENCES listing (id),
    number INTEGER NOT NULL,
    step TEXT NOT NULL,
    happened_on DATE NOT NULL,
    state TEXT NOT NULL,
    document_no TEXT,
    statement TEXT,
    reason TEXT,
    authority TEXT,
    organisation TEXT NOT NULL,
    client TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    PRIMARY KEY (listing, number)
);

-- Who stands on a list: of the millions of facts only those of the lists that stand, in the order in which a list is paged. One index per list, so that
-- both databases see that a query for one list is covered.
CREATE INDEX fact_on_serious_violation ON fact (enterprise, id) WHERE kind = 'serious_violation_listing' AND superseded_at IS NULL;
CREATE INDEX fact_on_abnormal_operation ON fact (enterprise, id) WHERE kind = 'abnormal_operation_listing' AND superseded_at IS NULL;
CREATE INDEX fact_on_trustworthy ON fact (enterprise, id) WHERE kind = 'trustworthy_listing' AND superseded_at IS NULL;
