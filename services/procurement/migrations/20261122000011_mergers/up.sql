-- Who went into whom, and from which feed position on: the facts of the absorbed enterprise are judged with the survivor.
CREATE TABLE standing_merger (
    absorbed TEXT PRIMARY KEY,
    survivor TEXT NOT NULL,
    from_position BIGINT NOT NULL
);
CREATE INDEX standing_merger_survivor ON standing_merger (survivor, absorbed);
