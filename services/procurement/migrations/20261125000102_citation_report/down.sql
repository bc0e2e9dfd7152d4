DROP TABLE citation_report;
