-- The measures told last for each enterprise that ever had one: they are told again only when they differ.
CREATE TABLE measure_told (
    enterprise TEXT PRIMARY KEY REFERENCES enterprise (uscc),
    intervals TEXT NOT NULL,
    position BIGINT NOT NULL
);

-- That a department carries out a measure. Never edited; it ends with its ground, which is computed.
CREATE TABLE measure_record (
    id TEXT PRIMARY KEY,
    enterprise TEXT NOT NULL REFERENCES enterprise (uscc),
    code TEXT NOT NULL,
    ground_fact TEXT,
    department TEXT NOT NULL,
    document_no TEXT NOT NULL,
    from_on DATE NOT NULL,
    to_on DATE,
    organisation TEXT NOT NULL,
    client TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX measure_record_enterprise ON measure_record (enterprise, id);
