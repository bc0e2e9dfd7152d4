DROP TABLE performance_report;
DROP TABLE performance;
DROP TABLE award;
DROP TABLE challenge;
DROP TABLE deadline;
