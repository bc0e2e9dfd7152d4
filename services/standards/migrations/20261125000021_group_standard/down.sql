DROP TABLE consultation_comment;
DROP TABLE group_standard;
