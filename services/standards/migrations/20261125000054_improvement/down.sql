DROP TABLE edition_confirmation;
DROP TABLE edition_feedback;
DROP TABLE edition_finding;
DROP TABLE edition_applicability;
