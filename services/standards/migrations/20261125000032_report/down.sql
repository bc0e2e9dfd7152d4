DROP TABLE credit_report;
