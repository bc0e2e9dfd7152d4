-- The clauses of an edition: always the whole set, each version kept.
CREATE TABLE clause_set (
    edition TEXT PRIMARY KEY NOT NULL REFERENCES edition (id),
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE clause_set_version (
    edition TEXT NOT NULL,
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (edition, version)
);

-- Which editions say something of a property, by their newest sets.
CREATE TABLE clause_property (
    edition TEXT NOT NULL REFERENCES edition (id),
    property TEXT NOT NULL,
    PRIMARY KEY (edition, property)
);
CREATE INDEX clause_property_property ON clause_property (property, edition);

-- Both methods as JSON: standard and clause.
CREATE TABLE method_conversion (
    id TEXT PRIMARY KEY NOT NULL,
    property TEXT NOT NULL,
    from_method TEXT NOT NULL,
    to_method TEXT NOT NULL,
    -- One that is withdrawn is no longer used, and another may take its place.
    is_withdrawn BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX method_conversion_property ON method_conversion (property, from_method, to_method);

CREATE TABLE comparison (
    id TEXT PRIMARY KEY NOT NULL,
    ours TEXT NOT NULL REFERENCES edition (id),
    theirs TEXT NOT NULL REFERENCES edition (id),
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (ours, theirs)
);
CREATE INDEX comparison_theirs ON comparison (theirs, id);

CREATE TABLE comparison_version (
    comparison TEXT NOT NULL REFERENCES comparison (id),
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (comparison, version)
);
