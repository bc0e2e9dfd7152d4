DROP TABLE tender_citation;
DROP TABLE tender;
