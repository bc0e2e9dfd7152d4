CREATE TABLE disclosure_duty (
    id TEXT PRIMARY KEY NOT NULL,
    category TEXT NOT NULL,
    effective_from DATE NOT NULL,
    effective_to DATE,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX disclosure_duty_category ON disclosure_duty (category, effective_from);

CREATE TABLE disclosure (
    enterprise TEXT NOT NULL,
    product TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (enterprise, product)
);

-- What was disclosed before is never overwritten.
CREATE TABLE disclosure_version (
    enterprise TEXT NOT NULL,
    product TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (enterprise, product, version)
);
