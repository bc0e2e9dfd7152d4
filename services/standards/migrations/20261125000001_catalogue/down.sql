DROP TABLE import;
DROP TABLE relation;
DROP TABLE edition_class;
DROP TABLE edition_version;
DROP TABLE edition;
DROP TABLE standard;
