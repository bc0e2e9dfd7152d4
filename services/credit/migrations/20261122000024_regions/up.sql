-- Other regions whose feeds are followed, and how far.
CREATE TABLE region (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kinds TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by TEXT NOT NULL,
    epoch TEXT,
    position BIGINT NOT NULL,
    head BIGINT NOT NULL,
    seen_at TIMESTAMP,
    taken BIGINT NOT NULL,
    stopped TEXT
);

-- Which fact here is which fact there.
CREATE TABLE region_fact (
    region TEXT NOT NULL REFERENCES region (code),
    origin TEXT NOT NULL,
    fact TEXT NOT NULL REFERENCES fact (id),
    PRIMARY KEY (region, origin)
);

-- Facts about enterprises that are not registered here yet.
CREATE TABLE region_waiting (
    region TEXT NOT NULL REFERENCES region (code),
    origin TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    position BIGINT NOT NULL,
    fact TEXT NOT NULL,
    PRIMARY KEY (region, origin)
);
CREATE INDEX region_waiting_enterprise ON region_waiting (enterprise);

ALTER TABLE fact ADD COLUMN origin_region TEXT;
ALTER TABLE fact ADD COLUMN origin_fact TEXT;
ALTER TABLE fact ADD COLUMN origin_position BIGINT;
