DROP TABLE association_member;
DROP TABLE association;
