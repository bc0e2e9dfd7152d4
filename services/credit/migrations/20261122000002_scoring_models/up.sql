-- Versions of the scoring model beside the one that is built in. A published row is never changed.
CREATE TABLE scoring_model (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'published')),
    revision BIGINT NOT NULL,
    effective_from DATE NOT NULL,
    body TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by TEXT NOT NULL,
    published_at TIMESTAMP,
    published_by TEXT,
    PRIMARY KEY (id, version)
);

-- Drafts held against the model in force, over many enterprises; the report grows with the cursor.
CREATE TABLE shadow_run (
    id TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    version INTEGER NOT NULL,
    revision BIGINT NOT NULL,
    as_of DATE NOT NULL,
    one_in BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'abandoned')),
    last TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    report TEXT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP
);
CREATE INDEX shadow_run_model ON shadow_run (model, version, id);

-- Every enterprise scored again after a publication; `last` is the code up to which it is done.
CREATE TABLE score_run (
    id TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'superseded')),
    last TEXT NOT NULL,
    done BIGINT NOT NULL,
    told BIGINT NOT NULL,
    total BIGINT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    moved_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP
);

-- Who does a long piece of work among the replicas, and until when nobody else may.
CREATE TABLE work_lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until TIMESTAMP NOT NULL
);
