-- What the register of standards tells of editions, with the positions of its feed between which it stood.
CREATE TABLE edition_row (
    number TEXT NOT NULL,
    standard TEXT NOT NULL,
    from_position BIGINT NOT NULL,
    to_position BIGINT,
    body TEXT NOT NULL,
    PRIMARY KEY (number, from_position)
);
CREATE INDEX edition_row_standard ON edition_row (standard, number);

-- Which edition is stricter than which, by number.
CREATE TABLE edition_stricter (
    number TEXT NOT NULL,
    looser TEXT NOT NULL,
    from_position BIGINT NOT NULL,
    to_position BIGINT,
    PRIMARY KEY (number, looser, from_position)
);
CREATE INDEX edition_stricter_looser ON edition_stricter (looser, number);

-- What was decided with the register as a source, and is asked again when the register moves; `job` says by whom.
CREATE TABLE register_interest (
    job TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (job, id)
);

CREATE TABLE register_cursor (
    job TEXT PRIMARY KEY NOT NULL,
    position BIGINT NOT NULL
);
