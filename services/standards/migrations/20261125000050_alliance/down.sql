DROP TABLE alliance_member;
DROP TABLE alliance;
