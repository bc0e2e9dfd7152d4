-- The measures that follow from lists, grade and bans are told by credit as one list for each enterprise.
DROP INDEX standing_row_now;
DROP INDEX standing_row_from;
DROP INDEX standing_row_to;
ALTER TABLE standing_row RENAME TO standing_row_before;
CREATE TABLE standing_row (
    source TEXT NOT NULL,
    uscc TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('enterprise', 'fact', 'timeline', 'measures')),
    item TEXT NOT NULL,
    from_position BIGINT NOT NULL,
    to_position BIGINT,
    body TEXT NOT NULL,
    PRIMARY KEY (source, uscc, kind, item, from_position)
);
INSERT INTO standing_row (source, uscc, kind, item, from_position, to_position, body)
    SELECT source, uscc, kind, item, from_position, to_position, body FROM standing_row_before;
DROP TABLE standing_row_before;
CREATE INDEX standing_row_now ON standing_row (uscc, kind, item) WHERE to_position IS NULL;
CREATE INDEX standing_row_from ON standing_row (source, from_position);
CREATE INDEX standing_row_to ON standing_row (source, to_position);

-- How often a draft was stored: its ETag.
ALTER TABLE ruleset ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
