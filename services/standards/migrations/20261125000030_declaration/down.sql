DROP TABLE declaration_edition;
DROP TABLE declaration_version;
DROP TABLE declaration;
