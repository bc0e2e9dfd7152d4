DROP TABLE evaluation;
