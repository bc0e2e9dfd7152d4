DROP TABLE foreign_producer;
DROP TABLE name_key;
ALTER TABLE enterprise_name ADD COLUMN search_key TEXT NOT NULL DEFAULT '';
CREATE INDEX enterprise_name_search ON enterprise_name (search_key);
DROP INDEX enterprise_merged;
ALTER TABLE enterprise DROP COLUMN merged_at;
ALTER TABLE enterprise DROP COLUMN merged_into;
