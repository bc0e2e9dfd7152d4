DROP TABLE decision_round_line;
DROP TABLE decision_round_supplier;
DROP TABLE decision_round;
DROP TABLE tender_source;
DROP TABLE tender_version;
DROP TABLE tender;
