ALTER TABLE fact DROP COLUMN origin_position;
ALTER TABLE fact DROP COLUMN origin_fact;
ALTER TABLE fact DROP COLUMN origin_region;
DROP TABLE region_waiting;
DROP TABLE region_fact;
DROP TABLE region;
