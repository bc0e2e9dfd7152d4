DROP TABLE standing_merger;
