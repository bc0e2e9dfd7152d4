DROP TABLE comparison_version;
DROP TABLE comparison;
DROP TABLE method_conversion;
DROP TABLE clause_property;
DROP TABLE clause_set_version;
DROP TABLE clause_set;
