-- Bodies that assess standards of enterprises; one organisation is one.
CREATE TABLE assessor (
    id TEXT PRIMARY KEY NOT NULL,
    organisation TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
);

-- By which indicators and bands a field of products is ranked.
CREATE TABLE ranking_plan (
    id TEXT PRIMARY KEY NOT NULL,
    assessor TEXT NOT NULL REFERENCES assessor (id),
    ics TEXT NOT NULL,
    year INTEGER NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX ranking_plan_ics ON ranking_plan (ics, id);

-- What is told by an authority and keeps an enterprise or a declaration out.
CREATE TABLE ranking_exclusion (
    id TEXT PRIMARY KEY NOT NULL,
    enterprise TEXT NOT NULL,
    declaration TEXT,
    ground TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX ranking_exclusion_enterprise ON ranking_exclusion (enterprise, id);

-- A ranking with everything that it rests on.
CREATE TABLE ranking (
    id TEXT PRIMARY KEY NOT NULL,
    plan TEXT NOT NULL REFERENCES ranking_plan (id),
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX ranking_plan_of ON ranking (plan, id);
