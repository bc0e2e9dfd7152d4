-- Clocks of law that run on a challenge or an award. `open`: a duty that nobody has done; `told`: that it was missed stands in the feed.
CREATE TABLE deadline (
    matter TEXT NOT NULL,
    rule TEXT NOT NULL,
    place INTEGER NOT NULL,
    tender TEXT NOT NULL,
    lot TEXT,
    buyer TEXT NOT NULL,
    due_on DATE,
    open BOOLEAN NOT NULL,
    uncounted BOOLEAN NOT NULL,
    told BOOLEAN NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (matter, rule)
);
CREATE INDEX deadline_missed ON deadline (open, told, due_on);
CREATE INDEX deadline_uncounted ON deadline (uncounted, matter);

-- Challenges of tenders. `suspended_until`: the last day of the longest suspension, lifted or not.
CREATE TABLE challenge (
    id TEXT PRIMARY KEY,
    tender TEXT NOT NULL,
    lot TEXT,
    supplier TEXT NOT NULL,
    buyer TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queried', 'answered', 'complained', 'accepted', 'decided', 'rejected', 'withdrawn')),
    suspended_until DATE,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX challenge_tender ON challenge (tender, id);
CREATE INDEX challenge_supplier ON challenge (supplier, id);
CREATE INDEX challenge_buyer ON challenge (buyer, id);

-- Awards of lots; `-` is the lot of a tender without lots. One stands at a time.
CREATE TABLE award (
    id TEXT PRIMARY KEY,
    tender TEXT NOT NULL,
    lot TEXT NOT NULL,
    buyer TEXT NOT NULL,
    winner TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('awarded', 'noticed', 'contracted', 'given_up', 'void')),
    public BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX award_standing ON award (tender, lot) WHERE state IN ('awarded', 'noticed', 'contracted');
CREATE INDEX award_lot ON award (tender, lot, id);
CREATE INDEX award_public ON award (public, id);

-- Evaluations of performance after delivery.
CREATE TABLE performance (
    id TEXT PRIMARY KEY,
    tender TEXT NOT NULL,
    lot TEXT NOT NULL,
    award TEXT NOT NULL,
    buyer TEXT NOT NULL,
    supplier TEXT NOT NULL,
    external_id TEXT NOT NULL,
    withdrawn BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX performance_external ON performance (buyer, external_id);
CREATE INDEX performance_lot ON performance (tender, lot, id);

-- How far the report of each to credit has come: which version is known there, as which fact. Rows follow the feed; `position` is where it was told.
CREATE TABLE performance_report (
    performance TEXT PRIMARY KEY,
    position BIGINT NOT NULL,
    version BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'acknowledged', 'refused')),
    fact TEXT,
    attempts INTEGER NOT NULL,
    next_at TIMESTAMP NOT NULL,
    failure TEXT
);
CREATE INDEX performance_report_position ON performance_report (position);
CREATE INDEX performance_report_due ON performance_report (state, next_at);
