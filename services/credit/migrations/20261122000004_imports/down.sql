DROP INDEX fact_external;
DROP TABLE import_refusal;
DROP TABLE import_part;
DROP TABLE fact_import;
DROP TABLE import_mapping;
