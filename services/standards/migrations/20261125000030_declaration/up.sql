-- What an enterprise declares of a product; the row is its newest version.
CREATE TABLE declaration (
    id TEXT PRIMARY KEY NOT NULL,
    enterprise TEXT NOT NULL,
    -- The product's name, folded, and its GTIN.
    product TEXT NOT NULL,
    -- The edition that it declares first of all.
    main TEXT NOT NULL REFERENCES edition (id),
    ics TEXT,
    state TEXT NOT NULL CHECK (state IN ('declared', 'withdrawn')),
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (enterprise, product, main)
);
CREATE INDEX declaration_enterprise ON declaration (enterprise, id);
CREATE INDEX declaration_ics ON declaration (ics, id);
CREATE INDEX declaration_state ON declaration (state, id);

CREATE TABLE declaration_version (
    declaration TEXT NOT NULL REFERENCES declaration (id),
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (declaration, version)
);

-- What the newest version cites.
CREATE TABLE declaration_edition (
    edition TEXT NOT NULL REFERENCES edition (id),
    declaration TEXT NOT NULL REFERENCES declaration (id),
    PRIMARY KEY (edition, declaration)
);
CREATE INDEX declaration_edition_of ON declaration_edition (declaration, edition);
