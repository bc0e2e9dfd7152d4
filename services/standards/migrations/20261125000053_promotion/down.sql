DROP TABLE edition_drafter;
DROP TABLE edition_drafting;
DROP TABLE promotion;
