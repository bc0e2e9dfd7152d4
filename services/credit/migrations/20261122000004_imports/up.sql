-- How an organisation's files are read; a version is never edited.
CREATE TABLE import_mapping (
    organisation TEXT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (organisation, name, version)
);

-- A file of facts and how far it was read. The mapping is kept as it stood, so that a later version changes no import under way.
CREATE TABLE fact_import (
    id TEXT PRIMARY KEY,
    organisation TEXT NOT NULL,
    client TEXT NOT NULL,
    role TEXT NOT NULL,
    mapping TEXT NOT NULL,
    mapping_version BIGINT NOT NULL,
    mapping_body TEXT NOT NULL,
    form TEXT NOT NULL CHECK (form IN ('csv', 'ndjson', 'xlsx')),
    encoding TEXT,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    row_cursor BIGINT NOT NULL,
    progress INTEGER NOT NULL,
    created BIGINT NOT NULL,
    same BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    failure TEXT,
    received_at TIMESTAMP NOT NULL,
    started_at TIMESTAMP,
    finished_at TIMESTAMP,
    worker TEXT,
    alive_until TIMESTAMP
);
CREATE INDEX fact_import_organisation ON fact_import (organisation, id);
CREATE INDEX fact_import_open ON fact_import (id) WHERE state IN ('queued', 'running');

-- The file itself until it has been read, in base64: replicas share nothing but the database.
CREATE TABLE import_part (
    import TEXT NOT NULL,
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    received_at TIMESTAMP NOT NULL,
    PRIMARY KEY (import, number)
);

-- Every row that was refused, with what was wrong in both languages.
CREATE TABLE import_refusal (
    import TEXT NOT NULL,
    row_number BIGINT NOT NULL,
    status INTEGER NOT NULL,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    cells TEXT NOT NULL,
    PRIMARY KEY (import, row_number)
);

-- An organisation's own id names one fact for ever, also after that fact has ended: every row of a file asks for it.
CREATE INDEX fact_external ON fact (asserted_by, external_id, id) WHERE external_id IS NOT NULL;
