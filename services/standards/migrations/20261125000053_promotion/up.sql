CREATE TABLE promotion (
    id TEXT PRIMARY KEY NOT NULL,
    edition TEXT NOT NULL REFERENCES edition (id),
    association TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX promotion_edition ON promotion (edition, state);
CREATE INDEX promotion_association ON promotion (association, id);

-- Who drafted an edition: the list as a whole has the version, its rows are counted.
CREATE TABLE edition_drafting (
    edition TEXT PRIMARY KEY NOT NULL REFERENCES edition (id),
    version BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);

CREATE TABLE edition_drafter (
    edition TEXT NOT NULL REFERENCES edition_drafting (edition),
    organisation TEXT NOT NULL,
    part TEXT NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (edition, organisation)
);
CREATE INDEX edition_drafter_organisation ON edition_drafter (organisation, edition);
