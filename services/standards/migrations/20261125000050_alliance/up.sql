CREATE TABLE alliance (
    id TEXT PRIMARY KEY NOT NULL,
    -- The name, folded: two alliances that run do not bear the same one.
    folded TEXT NOT NULL,
    lead TEXT NOT NULL,
    dissolved BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX alliance_folded ON alliance (folded);

-- Who is a member, for finding the alliances of an organisation; the history stands in the body.
CREATE TABLE alliance_member (
    alliance TEXT NOT NULL REFERENCES alliance (id),
    organisation TEXT NOT NULL,
    PRIMARY KEY (alliance, organisation)
);
CREATE INDEX alliance_member_organisation ON alliance_member (organisation, alliance);
