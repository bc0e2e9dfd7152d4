DROP TABLE disclosure_version;
DROP TABLE disclosure;
DROP TABLE disclosure_duty;
