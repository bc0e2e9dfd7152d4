CREATE TABLE green_standard (
    id TEXT PRIMARY KEY NOT NULL,
    edition TEXT NOT NULL REFERENCES edition (id),
    category TEXT NOT NULL,
    effective_from DATE NOT NULL,
    effective_to DATE,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX green_standard_category ON green_standard (category, effective_from);

CREATE TABLE green_mark (
    certificate TEXT PRIMARY KEY NOT NULL,
    enterprise TEXT NOT NULL,
    standard TEXT NOT NULL REFERENCES green_standard (id),
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX green_mark_enterprise ON green_mark (enterprise, certificate);
