-- A merged enterprise names who goes on; the instant tells from when on the platform knew it.
ALTER TABLE enterprise ADD COLUMN merged_into TEXT;
ALTER TABLE enterprise ADD COLUMN merged_at TIMESTAMP;
CREATE INDEX enterprise_merged ON enterprise (merged_into) WHERE merged_into IS NOT NULL;

-- Names are found by keys that are looked up as they are, never by a scan: what a name sounds like, its initials, pairs of its syllables.
DROP INDEX enterprise_name_search;
ALTER TABLE enterprise_name DROP COLUMN search_key;
CREATE TABLE name_key (
    key TEXT NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY (key, subject)
);

-- Producers abroad, by their legal entity identifier.
CREATE TABLE foreign_producer (
    lei TEXT PRIMARY KEY,
    country TEXT NOT NULL,
    represented_by TEXT,
    body TEXT NOT NULL,
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by TEXT NOT NULL
);
CREATE INDEX foreign_producer_country ON foreign_producer (country, lei);
