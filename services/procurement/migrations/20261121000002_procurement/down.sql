DROP TABLE decision_batch;
DROP TABLE decision;
DROP TABLE ruleset;
DROP TABLE standing_row;
