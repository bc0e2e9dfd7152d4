-- A code is reserved for ever: rows are never deleted, so a code cannot be given to another one after its association ended.
CREATE TABLE association (
    code TEXT PRIMARY KEY NOT NULL,
    uscc TEXT NOT NULL UNIQUE,
    ended_on DATE,
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    body TEXT NOT NULL
);

-- Whoever joins again has a new row beside the one that ended; the version is counted over both.
CREATE TABLE association_member (
    association TEXT NOT NULL REFERENCES association (code),
    member TEXT NOT NULL,
    term BIGINT NOT NULL,
    since DATE NOT NULL,
    left_on DATE,
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    PRIMARY KEY (association, member, term)
);
